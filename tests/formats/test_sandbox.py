"""The child process: refusals come back whole; every kind of death becomes one clear refusal."""

from __future__ import annotations

import os
import sys
import time

import pytest

from zhiheng.errors import BadInput, LimitExceeded
from zhiheng.formats import sandbox

PARSER = "zhiheng.formats.spreadsheet:parse"
SMALL = sandbox.Limits(cpu_seconds=2, wall_seconds=3.0)


def test_a_refusal_comes_back_with_class_code_and_remedy():
    with pytest.raises(BadInput) as refusal:
        sandbox.run(PARSER, b"\x00\x00")

    assert (refusal.value.code, type(refusal.value)) == ("unknown-file", BadInput)
    assert refusal.value.remedy


def test_an_answer_comes_back_as_plain_json():
    assert sandbox.run(PARSER, b"a,b\n", sheet=0)["rows"] == [["a", "b"]]


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("abort", SMALL),
        ("leak", SMALL),
        ("spin", sandbox.Limits(cpu_seconds=1, wall_seconds=5.0)),
        ("sleep", sandbox.Limits(wall_seconds=0.8)),
        ("chatter", sandbox.Limits(output_bytes=10_000, wall_seconds=5.0)),
        ("fault", SMALL),
        ("leave", SMALL),
    ],
)
def test_every_death_of_the_child_is_one_clear_refusal(name, limits, monkeypatch):
    monkeypatch.setattr(sandbox, "_ROOT", os.pathsep.join([sandbox._ROOT, *sys.path]))
    monkeypatch.setattr(sandbox, "PREFIX", "tests.formats.")
    started = time.monotonic()

    with pytest.raises(LimitExceeded) as refusal:
        sandbox.run(f"tests.formats.misbehaving:{name}", b"x", limits=limits)

    assert refusal.value.code == "parser-stopped"
    assert refusal.value.remedy
    assert time.monotonic() - started < 30, "half of what the child would sleep"


def test_a_file_above_the_bound_never_reaches_a_child():
    with pytest.raises(LimitExceeded) as refusal:
        sandbox.run(PARSER, b"x" * 11, limits=sandbox.Limits(input_bytes=10))

    assert refusal.value.code == "file-too-large"


def test_only_parsers_of_the_house_can_be_named():
    with pytest.raises(BadInput):
        sandbox.run("os:system", b"")


def test_the_child_sees_no_secret_of_the_parent(monkeypatch):
    monkeypatch.setattr(sandbox, "_ROOT", os.pathsep.join([sandbox._ROOT, *sys.path]))
    monkeypatch.setattr(sandbox, "PREFIX", "tests.formats.")
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")

    seen = sandbox.run("tests.formats.misbehaving:environment", b"")

    assert "DATABASE_URL" not in seen
