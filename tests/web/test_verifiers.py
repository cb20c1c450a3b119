"""The verifiers for strangers are served as they lie in the source, the page under a policy of its own."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from zhiheng.web import verifiers

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["verify.html", "verify.py", "verify_numbers.py"])
def test_what_is_handed_out_is_what_lies_in_the_source(client, name):
    answer = client.get(f"/verifier/{name}")

    assert answer.status_code == 200
    assert answer.content == (ROOT / "verifier" / name).read_bytes()


@pytest.mark.parametrize("name", ["verify.py", "verify_numbers.py"])
def test_a_python_file_is_saved_and_not_shown(name, client):
    assert client.get(f"/verifier/{name}")["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_page_runs_its_own_script_and_nothing_else(client):
    answer = client.get("/verifier/verify.html")
    policy = answer["Content-Security-Policy"]
    script = re.search(rb"<script>(.*?)</script>", answer.content, re.DOTALL)[1]

    assert f"sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not re.search(rb"<[^>]+ (?:style|on[a-z]+)=", answer.content)


def test_an_installation_without_the_files_says_so(client, monkeypatch):
    monkeypatch.setattr(verifiers, "PLACES", ())
    verifiers._read.cache_clear()

    assert client.get("/verifier/verify.py").status_code == 404
