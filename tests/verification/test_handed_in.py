"""What strangers hand in is checked in a child process, and nothing in it can fill or stop the parent."""

from __future__ import annotations

import copy

import pytest

from tests.verification import made
from zhiheng.errors import BadInput, LimitExceeded
from zhiheng.formats import sandbox
from zhiheng.proof import canonical
from zhiheng.verification import figure, handed_in
from zhiheng.verification.report import Report, Steps

LIMITS = sandbox.Limits(memory_bytes=1024 * sandbox.MIB, output_bytes=sandbox.MIB)


def by_child(value, limits=LIMITS):
    return sandbox.run(handed_in.PARSER, canonical.dumps(value), limits=limits, draws="/nowhere")


def test_the_child_gives_the_report_that_the_parent_would(figure_bundles):
    report = Report.from_dict(by_child(figure_bundles[""]))

    assert report == figure.check(figure_bundles[""])
    assert report.ok and report.data == "demonstration"


def test_a_draw_is_checked_and_another_file_is_no_bundle(draw_bundle):
    assert by_child(draw_bundle)["ok"]
    assert by_child({"type": "x"}) is None
    with pytest.raises(BadInput):
        sandbox.run(handed_in.PARSER, b"{", limits=LIMITS, draws="/nowhere")


def many_strata(count: int) -> dict:
    """Return a bundle of very many strata, each of a class of its own."""
    bundle = copy.deepcopy(made.figure_bundles()["13"])
    body = bundle["body"]
    strata = [
        {"draw": made.SERIAL, "stratum": f"S{number}", "population": 1, "sample": 0, "respondents": 0}
        for number in range(count)
    ]
    body["strata"] += strata
    return bundle


def test_more_strata_than_a_country_has_are_refused_by_name():
    found = by_child(many_strata(10_000))

    assert not found["ok"]
    assert "strata: 10004 entries stand here; at most 10000 are read" in found["refusal"]


def test_as_many_strata_as_are_read_need_little_memory():
    """A table of strata by classes of 10 000 each would need 800 MB."""
    bundle = many_strata(9_990)
    bundle["digest"] = figure.digest(bundle["body"])

    found = by_child(bundle, sandbox.Limits(memory_bytes=512 * sandbox.MIB, output_bytes=sandbox.MIB))

    assert "figure" in [step["name"] for step in found["steps"] if step["ok"]]


def test_a_child_without_memory_is_one_clear_refusal(figure_bundles):
    with pytest.raises(LimitExceeded):
        by_child(figure_bundles[""], sandbox.Limits(memory_bytes=24 * sandbox.MIB))


@pytest.mark.parametrize("fault", [MemoryError, RecursionError])
def test_a_step_that_runs_out_of_memory_is_a_refusal(fault):
    def look():
        raise fault

    steps = Steps()

    assert not steps.take("figure", look)
    assert steps.taken[0].detail == "it asks for more memory than may be used"
