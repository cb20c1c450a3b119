"""Formulas are computed exactly; what cannot be computed is missing with a reason, never infinite."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.formula.made import constant, formula, series, table
from zhiheng.engine.formula import run
from zhiheng.methods import linking, normalisation

NATION = ("000000", "2024", "")


def result(root, **tables):
    found = run(formula(root), tables)
    return {key: (found.value(key), found.at("root", key).why) for key in found.cells()}


def ratio(one, other, **more):
    return {"op": "ratio", "of": [series(one), series(other)], **more}


def test_a_fail_rate_turned_round_has_no_dust_of_binary_numbers():
    turned = {"op": "difference", "of": [constant("100"), series("fail")]}

    assert result(turned, fail=table({"": "2.96"})) == {NATION: (Decimal("97.04"), "")}


def test_a_division_by_zero_is_missing_with_its_reason():
    found = result(ratio("a", "b", unit="%"), a=table({"": "1"}), b=table({"": "0"}))

    assert found == {NATION: (None, "zero")}


def test_weights_that_add_up_to_nothing_are_missing_with_their_reason():
    mean = {"op": "weighted_mean", "of": series("x", by=["d"]), "by": series("w", by=["d"]), "over": ["d"]}

    found = result(mean, x=table({"d=1": "90", "d=2": "80"}), w=table({"d=1": "0", "d=2": "0"}))

    assert found == {NATION: (None, "zero")}


@pytest.mark.parametrize(
    ("x", "w", "why"),
    [
        ({"d=1": "90", "d=2": "80"}, {"d=1": "3"}, "lacking"),
        ({"d=1": "90"}, {"d=1": "3", "d=2": "1"}, "lacking"),
        ({"d=1": "90", "d=2": (None, None, "suppressed")}, {"d=1": "3", "d=2": "1"}, "suppressed"),
        ({"d=1": "90", "d=2": "80"}, {"d=1": "3", "d=2": "-1"}, "outside"),
    ],
)
def test_a_mean_never_leaves_a_cell_out_in_silence(x, w, why):
    mean = {"op": "weighted_mean", "of": series("x", by=["d"]), "by": series("w", by=["d"]), "over": ["d"]}

    assert result(mean, x=table(x), w=table(w)) == {NATION: (None, why)}


def test_a_total_that_needs_more_cells_is_missing():
    total = {"op": "sum", "of": [series("x", by=["d"])], "over": ["d"], "cells": 3}

    assert result(total, x=table({"d=1": "1", "d=2": "2"})) == {NATION: (None, "cells")}


def test_a_mean_over_regions_takes_one_level_and_no_breakdown_but_its_own():
    rows = {
        ("330000", "2024", "d=1"): "90",
        ("440000", "2024", "d=1"): "70",
        ("440100", "2024", "d=1"): "10",
        ("000000", "2024", "d=1"): "50",
        ("330000", "2024", ""): "1",
        ("330000", "2024", "c=2;d=1"): "2",
    }
    total = {"op": "sum", "of": [series("x", by=["d"], level="province")], "over": ["d", "region"]}

    assert result(total, x=table(rows)) == {NATION: (Decimal(160), "")}


def test_where_fixes_a_dimension_and_takes_it_out_of_the_breakdown():
    fixed = series("x", where={"scope": "new"}, by=["d"])

    found = result(fixed, x=table({"d=1;scope=new": "5", "d=1;scope=old": "4", "d=1": "3"}))

    assert found == {("000000", "2024", "d=1"): (Decimal(5), "")}


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
)
def test_a_weighted_mean_is_that_of_numpy_in_any_order(rows, random):
    mean = {"op": "weighted_mean", "of": series("x", by=["d"]), "by": series("w", by=["d"]), "over": ["d"]}
    x = {f"d={place}": str(value) for place, (value, _weight) in enumerate(rows)}
    w = {f"d={place}": str(weight) for place, (_value, weight) in enumerate(rows)}
    turned = list(x.items())
    random.shuffle(turned)

    found = result(mean, x=table(x), w=table(w))

    assert found == result(mean, x=table(dict(turned)), w=table(w))
    values, weights = np.array(rows, dtype=float).T
    assert float(found[NATION][0]) == pytest.approx(np.average(values, weights=weights), rel=1e-12)


@given(st.decimals(-50, 150, places=3), st.sampled_from(["higher", "lower"]))
def test_a_score_is_the_goalpost_of_the_methods(x, direction):
    score = {"op": "standardise", "of": series("x"), "low": "0", "high": "80", "direction": direction}

    found = result(score, x=table({"": str(x)}))[NATION][0]

    turn = [1 if direction == "higher" else -1]
    peer = normalisation.goalposts([[float(x)]], 0, 80, low=60, high=100, direction=turn)[0, 0]
    assert float(found) == pytest.approx(peer, rel=1e-12)


@pytest.mark.parametrize("scale", ["difference", "ratio", "logit"])
def test_a_measured_link_is_the_splice_of_the_methods_with_its_error(scale):
    years = ("2016", "2017", "2018", "2019")
    old, new, error = (97.5, 97.9, 98.2), (97.5, 97.4), 0.1
    rows = {("000000", year, "s=old"): (str(x), "0.1") for year, x in zip(years, old, strict=False)}
    rows |= {("000000", year, "s=new"): (str(x), "0.1") for year, x in zip(years[2:], new, strict=True)}
    link = {
        "op": "index_link",
        "old": series("x", where={"s": "old"}),
        "new": series("x", where={"s": "new"}),
    }

    found = run(formula({**link, "at": "2018", "scale": scale}), {"x": table(rows)})

    part = np.array
    peer = linking.splice(
        part(old) / 100, part(new) / 100, 1, scale=scale, errors=[[error / 100] * 3, [error / 100] * 2]
    )
    keys = found.cells()
    assert [key[1] for key in keys] == list(years)
    assert [float(found.value(key)) for key in keys] == pytest.approx(peer.values * 100, rel=1e-12)
    assert [float(found.error(key)) for key in keys] == pytest.approx(peer.errors * 100, rel=1e-9)


def test_a_bridge_of_unknown_error_gives_a_value_without_one():
    link = {"op": "index_link", "old": series("x"), "new": series("x"), "at": "2018", "step": "-0.7"}
    rows = table({("000000", "2017", ""): ("97.9", "0.1"), ("000000", "2019", ""): ("97.4", "0.1")})

    unknown = run(formula(link), {"x": rows})
    known = run(formula({**link, "step_error": "0.05"}), {"x": rows})

    old, new = unknown.cells()
    assert (unknown.value(old), unknown.error(old)) == (Decimal("97.2"), None)
    assert (unknown.value(new), unknown.error(new)) == (Decimal("97.4"), Decimal("0.1"))
    assert float(known.error(old)) == pytest.approx(math.hypot(0.1, 0.05))


def test_old_and_new_without_a_common_period_are_not_linked():
    link = {"op": "index_link", "old": series("x"), "new": series("y"), "at": "2018"}

    found = run(formula(link), {"x": table({"": "1"}, period="2017"), "y": table({"": "2"}, period="2018")})

    assert [found.at("root", key).why for key in found.cells()] == ["no-overlap", ""]


def test_a_series_that_stands_twice_is_one_variable():
    twice = {"op": "sum", "of": [series("x"), series("x")]}
    gone = {"op": "difference", "of": [series("x"), series("x")]}
    rows = {"x": table({"": ("90", "0.5")})}

    assert run(formula(twice), rows).error(NATION) == Decimal(1)
    assert run(formula(gone), rows).error(NATION) == Decimal(0)


def test_errors_of_different_cells_add_in_squares_and_an_unknown_one_is_never_zero():
    both = {"op": "linear", "of": [series("x"), series("y")], "weights": ["3", "4"]}
    known = {"x": table({"": ("1", "1")}), "y": table({"": ("1", "1")})}
    unknown = {"x": table({"": ("1", "1")}), "y": table({"": "1"})}

    assert run(formula(both), known).error(NATION) == Decimal(5)
    assert run(formula(both), unknown).error(NATION) is None


def test_a_result_names_the_cells_that_it_rests_on():
    found = run(formula(ratio("a", "b")), {"a": table({"": "1", "d=1": "7"}), "b": table({"": "2"})})

    assert found.inputs(NATION) == (("a", NATION), ("b", NATION))
