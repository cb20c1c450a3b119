"""A draw from a frame with salted names is repeated by anybody, who learns who was drawn and nobody else."""

from __future__ import annotations

import copy
import json

import pytest

from tests.verification import made
from zhiheng.verification import draw as draw_check
from zhiheng.verification import drawn, framed


@pytest.fixture
def bundle():
    return made.salted_bundle()


def failing(bundle: dict) -> list[str]:
    return [step.name for step in draw_check.check(bundle).steps if not step.ok]


def rebound(bundle: dict) -> dict:
    """Return the bundle with its ledger naming the altered certificate, as a cheating office would."""
    ledger = made.Ledger()
    ledger.append("draw.committed", {"announcement_hash": bundle["certificate"]["announcement_hash"]})
    return made.bound(bundle["certificate"], ledger, bundle["frame"]["lines"].encode())


def test_every_step_of_a_salted_draw_holds(bundle):
    report = draw_check.check(bundle)

    assert report.ok, report.refusal
    assert "24 drawn units opened" in {step.name: step.detail for step in report.steps}["openings"]


def test_the_bundle_names_the_drawn_units_and_nobody_else(bundle):
    told = json.dumps(bundle)

    named = {row.id for row in made.frame_rows() if row.id in told}

    assert named == {row["id"] for row in bundle["certificate"]["openings"]}
    assert len(named) == 24


def test_a_drawn_name_cannot_be_opened_as_another_unit(bundle):
    altered = copy.deepcopy(bundle)
    friend = next(row.id for row in made.frame_rows() if row.id not in json.dumps(bundle))
    altered["certificate"]["openings"][0]["id"] = friend

    assert failing(rebound(altered)) == ["openings"]


@pytest.mark.parametrize("change", ["missing", "twice", "all", "strange salt"])
def test_openings_other_than_one_for_each_drawn_unit_are_no_certificate(bundle, change):
    held = bundle["certificate"]["openings"]
    if change == "missing":
        held.pop()
    elif change == "twice":
        held[0] = dict(held[1])
    elif change == "strange salt":
        held[0]["salt"] = "no salt"
    else:
        del bundle["certificate"]["openings"]

    assert failing(rebound(bundle)) == ["shape"]


def test_a_draw_with_open_ids_opens_nothing(draw_bundle):
    unit = draw_bundle["certificate"]["selected"][0]["unit"]
    altered = copy.deepcopy(draw_bundle)
    altered["certificate"]["openings"] = [made.NAMES.opening(unit)]

    assert failing(altered) == ["shape"]


def test_the_announcement_says_that_ids_are_salted(bundle):
    del bundle["certificate"]["announcement"]["ids"]

    assert failing(bundle)[0] == "shape"


def test_the_rows_of_a_figure_are_compared_with_the_units_behind_the_names(bundle, tmp_path):
    certificate = bundle["certificate"]
    (tmp_path / f"draw-{made.SERIAL}.json").write_text(json.dumps(bundle))
    opened = framed.units_behind(certificate)
    by_code = [{**row, "unit": opened[row["unit"]]} for row in certificate["selected"]]
    body = made.figure_body({**certificate, "selected": by_code})
    body["draws"] = [
        {"serial": made.SERIAL, "certificate_sha256": draw_check.certificate_sha256(certificate)}
    ]

    said = drawn.compare(made.FigureBundle.from_dict(body), tmp_path)

    assert said == "the 24 rows are the drawn units of 1 draw(s), none left out, none added"
