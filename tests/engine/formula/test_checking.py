"""A formula whose parts do not go together is refused when defined, by the path of the node."""

from __future__ import annotations

import pytest

from tests.engine.formula.made import CATALOGUE, constant, formula, series
from zhiheng.engine.formula import Meaning, check
from zhiheng.errors import BadInput

CELLS = {"by": ["division"], "level": "province"}
WEIGHTED = {
    "op": "weighted_mean",
    "of": series("rate", **CELLS),
    "by": series("output", **CELLS),
    "over": ["division", "region"],
}


def difference(*of):
    return {"op": "difference", "of": list(of)}


def linear(*of, **more):
    return {"op": "linear", "of": list(of), "weights": ["0.5"] * len(of), **more}


def score(of):
    return {"op": "standardise", "of": of, "low": "0", "high": "100"}


def test_a_share_turned_round_keeps_basis_and_purpose():
    turned = difference(constant("100"), series("food_fail"))

    meaning = check(formula(turned, basis="judgement", purpose="enforcement"), CATALOGUE)

    assert meaning == Meaning("%", "judgement", "enforcement", ("region",))


def test_a_mean_over_regions_and_divisions_is_laid_out_by_nothing():
    assert check(formula(WEIGHTED), CATALOGUE) == Meaning("%", "probability", "evaluation", ())


def test_a_ratio_of_unlike_units_carries_both():
    ratio = {"op": "ratio", "of": [series("energy"), series("output")]}

    assert check(formula(ratio, "tce/CNY", "administrative"), CATALOGUE).unit == "tce/CNY"


def test_a_composite_that_says_so_may_bring_bases_together():
    both = linear(
        score(series("rate")), score(series("energy")), as_basis="administrative", because="an index"
    )

    assert check(formula(both, "index", "administrative"), CATALOGUE).basis == "administrative"


@pytest.mark.parametrize(
    ("root", "path", "code"),
    [
        (difference(series("rate"), series("energy")), "root.of[1]", "formula-unit"),
        (difference(constant("1", "1"), series("rate")), "root.of[1]", "formula-unit"),
        (difference(series("rate"), series("food_fail")), "root.of[1]", "formula-purpose"),
        (linear(score(series("rate")), score(series("energy"))), "root.of[1]", "formula-basis"),
        (
            linear(score(series("rate")), score(series("food_fail")), as_basis="probability", because="no"),
            "root.of[1]",
            "formula-purpose",
        ),
        (linear(series("rate"), series("output")), "root.of[1]", "formula-unit"),
        ({"op": "ratio", "unit": "%", "of": [series("energy"), series("output")]}, "root", "formula-share"),
        (difference(series("rate"), series("unknown")), "root.of[1]", "formula-series-unknown"),
        (
            difference(series("rate"), series("rate", by=["colour"])),
            "root.of[1]",
            "formula-dimension-unknown",
        ),
        (difference(series("rate"), series("rate", by=["division"])), "root", "formula-dimension"),
        ({"op": "sum", "of": [series("rate")], "over": ["division"]}, "root", "formula-dimension-over"),
        (
            {"op": "sum", "of": [series("rate", by=["division"])], "over": ["region"]},
            "root.of[0]",
            "formula-level",
        ),
        ({**WEIGHTED, "by": series("other_rate", **CELLS)}, "root.by", "formula-weights"),
        (difference(constant("1", "grade"), series("grades")), "root.of[1]", "formula-grade"),
        (constant("94"), "root", "formula-without-series"),
        (difference(series("rate"), series("made")), "root", "formula-reads-itself"),
        (series("energy"), "root", "formula-says-unit"),
        (series("food_fail"), "root", "formula-says-basis"),
        (
            {
                "op": "index_link",
                "old": series("energy"),
                "new": series("energy"),
                "at": "2018",
                "scale": "logit",
            },
            "root",
            "formula-logit",
        ),
    ],
)
def test_what_does_not_go_together_is_refused_by_its_path(root, path, code):
    with pytest.raises(BadInput) as refused:
        check(formula(root), CATALOGUE)

    assert (refused.value.facts["path"], refused.value.code) == (path, code)
