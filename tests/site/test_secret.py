"""The secret key is made once, read by its owner alone, and never printed."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from zhiheng.errors import Missing
from zhiheng.site import secret


def test_a_key_is_made_at_the_first_start_and_kept(tmp_path, monkeypatch):
    monkeypatch.delenv("ZHIHENG_SECRET_KEY", raising=False)
    folder = tmp_path / "var"

    first = secret.read_or_make(folder)

    assert len(first) >= secret.SHORTEST
    assert secret.read_or_make(folder) == first
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret_key"]


def test_two_first_starts_at_once_agree_on_one_key(tmp_path, monkeypatch):
    monkeypatch.delenv("ZHIHENG_SECRET_KEY", raising=False)

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret.read_or_make(tmp_path), range(8)))

    assert len(keys) == 1


def test_the_environment_goes_before_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIHENG_SECRET_KEY", "e" * 60)

    assert secret.read_or_make(tmp_path) == "e" * 60
    assert list(tmp_path.iterdir()) == []


def test_a_short_key_is_refused_and_not_shown(tmp_path, monkeypatch):
    monkeypatch.delenv("ZHIHENG_SECRET_KEY", raising=False)
    (tmp_path / "secret_key").write_text("tooshort\n")

    with pytest.raises(Missing) as caught:
        secret.read_or_make(tmp_path)

    assert "tooshort" not in str(caught.value)
