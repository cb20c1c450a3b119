"""One cell of a formula computed alone is that of the whole, its explanation too, from fewer numbers."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.engine.formula.made import formula, series, table
from tests.engine.formula.test_frames import TREES, cells
from zhiheng.engine.formula import explain, reads, run

NESTED = {
    "op": "sum",
    "of": [
        {
            "op": "index_link",
            "old": {"op": "sum", "of": [series("x", by=["channel", "division"])], "over": ["channel"]},
            "new": series("y", by=["division"], where={"channel": "shop"}),
            "at": "2024",
        }
    ],
    "over": ["division"],
}


def narrowed(tree, key, held):
    """Keep of each table what is read, as a database would."""
    kept = {name: {} for name in held}
    for part in reads(tree, key):
        for cell, value in held[part.series].items():
            region, period, breakdown = cell
            fits = part.region in (None, region) and part.breakdown in (None, breakdown)
            if fits and period in part.periods:
                kept[part.series][cell] = value
    return kept


@pytest.mark.parametrize("name", [*TREES, "nested"])
@given(x=cells, y=cells)
@settings(max_examples=40, deadline=None)
def test_a_cell_computed_alone_is_that_of_the_whole(name, x, y):
    tree, held = formula({**TREES, "nested": NESTED}[name]), {"x": table(x), "y": table(y)}
    whole = run(tree, held)

    for key in whole.cells():
        alone = run(tree, narrowed(tree, key, held))

        assert (alone.value(key), alone.error(key)) == (whole.value(key), whole.error(key))
        assert alone.inputs(key) == whole.inputs(key)
        assert explain(alone, key) == explain(whole, key)


def test_a_cell_of_its_own_place_reads_that_place_alone():
    (part,) = reads(formula(TREES["turned"]), ("330000", "2024", "division=13"))

    assert (part.region, set(part.periods), part.breakdown) == ("330000", {"2024"}, "division=13")


def test_a_total_reads_every_member_and_a_link_its_period_too():
    (total,) = reads(formula(TREES["total"]), ("000000", "2024", ""))
    old, new = reads(formula(TREES["linked"]), ("330000", "2022", ""))

    assert (total.region, total.breakdown) == (None, None)
    assert old.periods == new.periods == {"2022", "2024"}
