"""A frame proof shows offline that a unit is listed, or absent; each way of cheating is refused."""

from __future__ import annotations

import copy
import json

import pytest

from tests.verification import made
from zhiheng.site import cli
from zhiheng.verification import frame_proof


def failing(file: dict) -> list[str]:
    return [step.name for step in frame_proof.check(file).steps if not step.ok]


UNITS = [made.frame_rows()[place].id for place in (0, 17, 59)]


@pytest.mark.parametrize("ids", ["open", "salted"])
@pytest.mark.parametrize("unit", UNITS)
def test_a_listed_unit_is_proved(unit, ids):
    report = frame_proof.check(made.frame_proof(unit, ids))

    assert report.ok, report.refusal
    assert "listed" in report.steps[-1].detail


@pytest.mark.parametrize("unit", ["0", "91330106ZZZZZZZZZZ", "zzz"])
def test_the_absence_of_a_unit_is_proved_by_its_neighbours(unit):
    file = made.frame_proof(unit)

    assert frame_proof.check(file).ok
    assert file["answer"] == "absent"


def test_absence_under_salted_ids_is_refused_as_no_proof():
    file = made.frame_proof("91330106ZZZZZZZZZZ", "salted")

    assert failing(file) == ["answer"]
    assert "nobody can show" in frame_proof.check(file).refusal


def test_a_listed_unit_cannot_be_called_absent():
    file = made.frame_proof(UNITS[1])
    without = [row for row in file["lines"] if not row["line"].startswith(UNITS[1])]

    assert failing({**file, "answer": "absent"}) == ["answer"]
    assert failing({**file, "answer": "absent", "lines": without}) == ["lines", "answer"]


def test_an_absent_unit_cannot_be_called_listed():
    file = made.frame_proof("91330106ZZZZZZZZZZ")

    assert failing({**file, "answer": "listed"}) == ["answer"]


def test_a_proof_without_its_neighbours_is_refused():
    file = made.frame_proof(UNITS[1])

    assert failing({**file, "lines": file["lines"][1:]}) == ["answer"]


def test_an_opening_of_another_unit_is_refused():
    file = made.frame_proof(UNITS[1], "salted")
    other = made.NAMES.opening(UNITS[0])

    assert failing({**file, "opening": other}) == ["opening", "answer"]
    assert failing({**file, "opening": {**file["opening"], "salt": "00" * 32}}) == ["opening"]


def changed(file: dict, where: str) -> dict:
    altered = copy.deepcopy(file)
    if where == "line":
        altered["lines"][1]["line"] = altered["lines"][1]["line"].replace("\t1\t", "\t2\t", 1)
    if where == "path":
        altered["lines"][1]["path"][0] = "00" * 32
    if where == "index":
        altered["lines"][1]["index"] += 1
    if where == "root":
        altered["frame"]["root"] = "11" * 32
    if where == "size":
        altered["frame"]["size"] += 1
    if where == "frame":
        altered["frame"]["id"] = "01900000-0000-7000-8000-0000000000f2"
    if where == "entry":
        altered["ledger"][0]["statement"]["detail"]["merkle_root"] = "22" * 32
    return altered


@pytest.mark.parametrize(
    ("where", "steps"),
    [
        ("line", ["lines"]),
        ("path", ["lines"]),
        ("index", ["lines", "answer"]),
        ("root", ["published", "lines"]),
        ("size", ["published"]),
        ("frame", ["published"]),
        ("entry", ["ledger", "published"]),
    ],
)
def test_each_altered_part_is_refused_where_it_was_altered(where, steps):
    assert failing(changed(made.frame_proof(UNITS[1]), where)) == steps


@pytest.mark.parametrize("key", ["frame", "lines", "ledger", "answer", "ids"])
def test_a_proof_that_lacks_a_part_is_refused(key):
    file = made.frame_proof(UNITS[0])
    del file[key]

    assert failing(file) == ["shape"]


def test_the_command_checks_a_frame_proof(tmp_path, capsys):
    place = tmp_path / "frame-proof.json"
    place.write_text(json.dumps(made.frame_proof(UNITS[0], "salted")))

    assert cli.main(["verify", str(place)]) == 0
    assert f"verified: demonstration data, frame proof {UNITS[0]}" in capsys.readouterr().out
    place.write_text(json.dumps(changed(made.frame_proof(UNITS[1]), "path")))
    assert cli.main(["verify", str(place)]) == 1
