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
    "cells": 31 * 29,
}
PROVINCES = series("output", level="province")


def difference(*of):
    return {"op": "difference", "of": list(of)}


def linear(*of, **more):
    return {"op": "linear", "of": list(of), "weights": ["0.5"] * len(of), **more}


def cut(division):
    return series("rate", where={"division": division})


def score(of):
    return {"op": "standardise", "of": of, "low": "0", "high": "100"}


def test_a_share_turned_round_keeps_basis_and_purpose():
    turned = difference(constant("100"), series("food_fail"))

    meaning = check(formula(turned, basis="judgement", purpose="enforcement"), CATALOGUE)

    assert meaning == Meaning("%", "judgement", "enforcement", ("region",))


def test_a_mean_over_regions_and_divisions_is_laid_out_by_nothing():
    assert check(formula(WEIGHTED), CATALOGUE) == Meaning("%", "probability", "evaluation", ())


def test_amounts_add_up_over_divisions_and_over_all_provinces():
    by_division = {"op": "sum", "of": [series("output", by=["division"])], "over": ["division"]}
    whole = {"op": "sum", "of": [PROVINCES], "over": ["region"], "cells": 31}

    for root, dimensions in ((by_division, ("region",)), (whole, ())):
        found = check(formula(root, "CNY", "administrative"), CATALOGUE)
        assert found == Meaning("CNY", "administrative", "evaluation", dimensions)


def test_two_shares_of_one_whole_and_a_mean_of_two_cells_may_be_added():
    for root in (
        {"op": "sum", "of": [series("rate"), series("other_rate")]},
        linear(cut("13"), cut("17")),
        difference(cut("13"), cut("17")),
    ):
        assert check(formula(root), CATALOGUE).unit == "%"


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
        ({"op": "sum", "of": [series("output")], "over": ["division"]}, "root", "formula-dimension-over"),
        (
            {"op": "sum", "of": [series("output", by=["division"])], "over": ["region"]},
            "root.of[0]",
            "formula-level",
        ),
        ({"op": "sum", "of": [series("rate", **CELLS)], "over": ["division"]}, "root", "formula-total"),
        (
            {"op": "sum", "of": [series("rate", level="province")], "over": ["region"], "cells": 31},
            "root",
            "formula-total",
        ),
        (
            {"op": "sum", "of": [score(series("energy", level="province"))], "over": ["region"]},
            "root",
            "formula-total",
        ),
        ({"op": "sum", "of": [cut("13"), cut("17")]}, "root", "formula-total"),
        ({**linear(cut("13"), cut("17")), "weights": ["1", "1"]}, "root", "formula-total"),
        ({**linear(cut("13"), cut("17")), "weights": ["-1", "-1"]}, "root", "formula-total"),
        ({"op": "sum", "of": [PROVINCES], "over": ["region"]}, "root", "formula-cells"),
        ({"op": "sum", "of": [PROVINCES], "over": ["region"], "cells": 2}, "root", "formula-cells"),
        ({**WEIGHTED, "cells": 30}, "root", "formula-cells"),
        (difference(constant("100"), {**WEIGHTED, "cells": 2}), "root.of[1]", "formula-cells"),
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
