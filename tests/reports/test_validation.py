"""The validation report names every case with its reference and result, and says what did not agree."""

from __future__ import annotations

from datetime import date

import pytest

from zhiheng.methods.validation import cases
from zhiheng.methods.validation.run import judge
from zhiheng.reports import page, pdf, validation

CASE = {
    "id": "survey/hypergeometric_ci/worked",
    "method": "hypergeometric_ci",
    "inputs": {"N": 450, "n": 60, "x": 5, "level": 0.95},
    "expected": {"M_lower": 14, "M_upper": 79},
    "rtol": 1e-8,
    "made_with": {"r": "4.2.2", "package": "base"},
}


def paper(*changes):
    rows = [{**CASE, **change} for change in changes]
    found = cases.parse({"format": cases.FORMAT, "topic": "survey", "cases": rows})
    return validation.paper(
        [judge(case) for case in found], {"survey.json": "ab" * 32}, dated=date(2026, 3, 2)
    )


def test_a_report_names_method_reference_and_result():
    said = page.render(paper({})).decode()

    for word in ("survey/hypergeometric_ci/worked", "base (R 4.2.2)", "1e-08", "ab" * 32, "2026-03-02"):
        assert word in said
    assert "all 1 cases passed" in said
    assert "Differences" not in said


@pytest.mark.parametrize(
    ("change", "word"),
    [({"expected": {"M_lower": 15}}, "15.0"), ({"method": "unheard_of"}, "no method survey/unheard_of")],
)
def test_what_did_not_agree_is_shown(change, word):
    said = page.render(paper({}, change)).decode()

    assert "1 of 2 cases did not pass" in said
    assert "Differences" in said
    assert word in said


def test_the_same_verdicts_give_the_same_bytes():
    assert pdf.render(paper({})) == pdf.render(paper({}))
