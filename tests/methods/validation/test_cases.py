"""A file of cases that is wrong in one place is refused, or that case fails, with what is wrong."""

from __future__ import annotations

import pytest

from tests.methods.test_bad_arguments import instead
from zhiheng.errors import ZhihengError
from zhiheng.methods.validation import cases, run

CASE = {
    "id": "one",
    "topic": "allocation",
    "method": "neyman",
    "inputs": {"N": [10, 20], "S": [1, 2], "n": 5},
    "expected": {"neyman": [1, 4]},
    "rtol": 1e-3,
    "note": "",
    "made_with": {"r": "4.2.2"},
}
DOCUMENT = {"format": cases.FORMAT, "topic": "allocation", "cases": [CASE]}


def judged(document):
    """Return the reasons of the verdicts, or the refusal of the whole."""
    try:
        return [run.judge(case).reason for case in cases.parse(document)]
    except ZhihengError as refused:
        assert refused.cause and refused.remedy
        return []


def test_the_case_itself_is_met():
    assert [run.judge(case).status for case in cases.parse(DOCUMENT)] == ["passed"]


@pytest.mark.parametrize("place", [None, *DOCUMENT])
def test_a_document_that_is_wrong_in_one_place_meets_no_bare_error(place):
    for bad in instead(DOCUMENT if place is None else DOCUMENT[place]):
        assert not any(
            "Error" in reason for reason in judged(bad if place is None else DOCUMENT | {place: bad})
        )


@pytest.mark.parametrize("place", list(CASE))
def test_a_case_that_is_wrong_in_one_place_meets_no_bare_error(place):
    for bad in instead(CASE[place]):
        reasons = judged(DOCUMENT | {"cases": [CASE | {place: bad}]})
        assert not any("Error" in reason for reason in reasons), bad


@pytest.mark.parametrize("place", list(CASE["inputs"]))
def test_an_input_that_is_wrong_meets_no_bare_error(place):
    for bad in instead(CASE["inputs"][place]):
        reasons = judged(DOCUMENT | {"cases": [CASE | {"inputs": CASE["inputs"] | {place: bad}}]})
        assert not any("Error" in reason for reason in reasons), bad


@pytest.mark.parametrize("path", [None, 5, "cases.json", []])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(ZhihengError, match="no file"):
        cases.read(path)
