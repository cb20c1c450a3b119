"""No page shows a person a link, or a form that only asks, which then refuses or fails."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.country import ROOT, copied


@pytest.mark.prove
def test_nobody_is_led_to_a_page_that_refuses(story_var, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "tests.loop.crawl"],
        cwd=ROOT,
        env=copied(story_var, tmp_path / "var").environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-2000:]

    walked = json.loads(done.stdout)

    assert min(len(found["opened"]) for found in walked.values()) > 10
    assert {login: found["lost"] for login, found in walked.items() if found["lost"]} == {}
