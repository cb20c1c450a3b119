"""Big tables give what the reference gives: numbers to 1e-12, errors, and reasons word for word."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.formula.made import constant, formula, series, table
from zhiheng.engine.formula import frames, run

CELLS = {"by": ["division"], "level": "province"}
TREES = {
    "turned": {"op": "difference", "of": [constant("100"), series("x", by=["division"])]},
    "share": {"op": "ratio", "of": [series("x"), series("y")], "unit": "%"},
    "sum": {"op": "sum", "of": [series("x"), series("y", where={"channel": "shop"})]},
    "total": {"op": "sum", "of": [series("x", **CELLS)], "over": ["division", "region"]},
    "counted": {"op": "sum", "of": [series("x", by=["division"])], "over": ["division"], "cells": 2},
    "mean": {
        "op": "weighted_mean",
        "of": series("x", **CELLS),
        "by": series("y", **CELLS),
        "over": ["division", "region"],
    },
    "regional": {
        "op": "weighted_mean",
        "of": series("x", by=["division"]),
        "by": series("y", by=["division"]),
        "over": ["division"],
    },
    "score": {
        "op": "linear",
        "weights": ["0.4", "0.6"],
        "plus": "-1",
        "of": [
            {"op": "standardise", "of": series("x"), "low": "10", "high": "60"},
            {"op": "standardise", "of": series("y"), "low": "0", "high": "90", "direction": "lower"},
        ],
    },
    "linked": {"op": "index_link", "old": series("x"), "new": series("y"), "at": "2024"},
    "by ratio": {"op": "index_link", "old": series("x"), "new": series("y"), "at": "2024", "scale": "ratio"},
    "by logit": {"op": "index_link", "old": series("x"), "new": series("y"), "at": "2024", "scale": "logit"},
    "bridged": {"op": "index_link", "old": series("x"), "new": series("y"), "at": "2024", "step": "-0.7"},
    "bridged by ratio": {
        "op": "index_link",
        "old": series("x"),
        "new": series("y"),
        "at": "2024",
        "scale": "ratio",
        "step": "1.02",
        "step_error": "0.01",
    },
}

keys = st.tuples(
    st.sampled_from(["000000", "330000", "440000", "330100"]),
    st.sampled_from(["2023", "2024", "2025", "2024Q1"]),
    st.sampled_from(["", "division=13", "division=17", "channel=shop", "channel=shop;division=13"]),
)
numbers = st.one_of(
    st.tuples(st.integers(0, 100).map(str), st.sampled_from(["0", "0.5", "2"])),
    st.tuples(st.integers(0, 100).map(str), st.none()),
    st.just((None, None, "suppressed")),
)
cells = st.dictionaries(keys, numbers, max_size=14)


def framed(held):
    columns = {"region": [], "period": [], "breakdown": [], "value": [], "standard_error": [], "missing": []}
    for (region, period, breakdown), cell in held.items():
        error = None if cell.value is None or cell.error is None else float(cell.error)
        value = None if cell.value is None else float(cell.value)
        row = (region, period, breakdown, value, error, cell.why)
        for name, item in zip(columns, row, strict=True):
            columns[name].append(item)
    kinds = {"value": pl.Float64, "standard_error": pl.Float64}
    return pl.DataFrame(columns, schema={name: kinds.get(name, pl.String) for name in columns})


@pytest.mark.parametrize("tree", TREES)
@given(x=cells, y=cells)
@settings(max_examples=25)  # of each tree; ``test_engines`` walks a whole table of cells besides
def test_frames_and_fractions_say_the_same(tree, x, y):
    held = {"x": table(x), "y": table(y)}

    found = run(formula(TREES[tree]), held)
    rows = frames.evaluate(formula(TREES[tree]), {name: framed(cells) for name, cells in held.items()})

    assert rows.columns == list(frames.COLUMNS)
    assert [row[:3] for row in rows.rows()] == list(found.cells())
    for *key, value, error, missing in rows.rows():
        exact, known = found.value(tuple(key)), found.error(tuple(key))
        assert missing == found.at("root", tuple(key)).why
        assert value == (None if exact is None else pytest.approx(float(exact), rel=1e-12, abs=1e-11))
        assert error == (None if known is None else pytest.approx(float(known), rel=1e-9, abs=1e-11))


def test_a_series_that_stands_twice_has_no_error_in_frames():
    twice = {"op": "sum", "of": [series("x"), series("x")]}

    rows = frames.evaluate(formula(twice), {"x": framed(table({"": ("90", "0.5")}))})

    assert rows.select("value", "standard_error").row(0) == (180.0, None)
