"""A draw by weight fixes every probability beforehand, and its table is the one that the plain rule gives."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import ordered
from zhiheng.proof import lottery, weighting
from zhiheng.proof.frame import FrameRow

SEED = bytes(range(32))
CASES = json.loads((Path(__file__).parent / "data/draw_zh1_proposed.json").read_text())["cases"]
PARETO = [case for case in CASES if case["input"]["announcement"]["method"] == "pareto"]

classes = st.dictionaries(
    st.sampled_from("ABCDEFG"), st.tuples(st.integers(1, 30), st.integers(1, 50)), min_size=1
)


def table(sizes, weights, n):
    given_ = {name: Fraction(weight) for name, weight in weights.items()}
    return weighting.terms(sizes, given_, dict.fromkeys(sizes, "test"), n)


def rows_of(sizes):
    return sorted(
        FrameRow(f"{name}{number:03d}", 1, name, "330106", "13")
        for name, size in sizes.items()
        for number in range(size)
    )


@given(classes, st.data())
def test_the_probabilities_of_all_units_add_up_to_the_sample(held, data):
    sizes = {name: size for name, (size, _weight) in held.items()}
    n = data.draw(st.integers(1, sum(sizes.values())))
    said = table(sizes, {name: weight for name, (_size, weight) in held.items()}, n)

    total = sum(size * Fraction(*weighting.target(said, name)) for name, size in sizes.items())
    assert total == n
    assert all(0 < Fraction(*weighting.target(said, name)) <= 1 for name in sizes)
    weighting.check(said, n)


@given(classes, st.data())
def test_whole_classes_are_certain_exactly_where_the_plain_rule_takes_their_units(held, data):
    sizes = {name: size for name, (size, _weight) in held.items()}
    n = data.draw(st.integers(1, sum(sizes.values())))
    said = table(sizes, {name: weight for name, (_size, weight) in held.items()}, n)
    weights = {row["stratum"]: row["weight"] for row in said["classes"]}

    units = [weights[row.stratum] for row in rows_of(sizes)]
    taken, left, total = lottery.certain(units, n)

    assert (said["certain"], said["left"], said["weight"]) == (len(taken), left, total)


@given(classes, st.data())
def test_the_draw_is_the_plain_one_over_the_weights_of_the_classes(held, data):
    sizes = {name: size for name, (size, _weight) in held.items()}
    n = data.draw(st.integers(1, sum(sizes.values())))
    said = table(sizes, {name: weight for name, (_size, weight) in held.items()}, n)
    weights = {row["stratum"]: row["weight"] for row in said["classes"]}
    rows = rows_of(sizes)

    found = weighting.select(SEED, rows, said, n, 3)
    plain = lottery.select_by_weight(SEED, [(row.id, weights[row.stratum]) for row in rows], n, 3)

    assert (found.selected, found.reserves) == (plain.selected, plain.reserves)
    assert (found.stratum, found.population) == ("*", len(rows))


@pytest.mark.parametrize("case", PARETO, ids=lambda case: case["input"]["announcement"]["draw_id"])
def test_a_published_pareto_case_is_drawn_by_units_of_a_class_each(case):
    """Two implementations agreed on these cases; here each weight is a class."""
    rows = sorted(FrameRow(unit, 1, str(weight), "-", "-") for unit, weight in case["input"]["frame"])
    n = case["input"]["announcement"]["n"]
    sizes = weighting.counted(rows)
    said = table(sizes, {name: int(name) for name in sizes}, n)

    found = weighting.select(bytes.fromhex(case["expected"]["seed"]), rows, said, n, 3)

    assert sorted(found.selected) == sorted(case["expected"]["selected"])


def test_many_units_are_drawn_by_the_fast_way_with_the_same_outcome(monkeypatch):
    sizes = {"A": 300, "B": 60, "C": 9}
    said = table(sizes, {"A": 1, "B": 5, "C": 90}, 40)
    plain = weighting.select(SEED, rows_of(sizes), said, 40, 5)
    monkeypatch.setattr(weighting, "MANY", 10)

    assert weighting.select(SEED, rows_of(sizes), said, 40, 5) == plain


@pytest.mark.parametrize("n", [6, 12, 30])
def test_the_realised_probabilities_lie_within_the_stated_bound(n):
    sizes = {"A": 60, "B": 30, "C": 10}
    said = table(sizes, {"A": 1, "B": 3, "C": 12}, n)
    names = [row.stratum for row in rows_of(sizes)]
    nominal = np.array([float(Fraction(*weighting.target(said, name))) for name in names])

    exact = ordered.of_order(nominal, n)

    assert np.max(np.abs(exact / nominal - 1)) <= float(weighting.bound(said))


def test_with_nearly_nothing_left_to_chance_no_bound_is_claimed():
    assert weighting.bound(table({"A": 2, "B": 2}, {"A": 1, "B": 1}, 1)) is None
    assert weighting.bound(table({"A": 2}, {"A": 1}, 2)) == 0


@pytest.mark.parametrize("change", [{"left": 3}, {"certain": 1}, {"weight": 1}, {"rule": "zh-weight-2"}])
def test_a_table_that_does_not_follow_from_its_classes_is_refused(change):
    said = table({"A": 8, "D": 2}, {"A": 1, "D": 4}, 4)

    with pytest.raises(BadInput):
        weighting.check({**said, **change}, 4)


@pytest.mark.parametrize("weights", [{}, {"A": Fraction(0)}, {"A": Fraction(-1)}])
def test_a_class_without_a_weight_is_refused(weights):
    with pytest.raises(BadInput):
        weighting.whole(weights)


@pytest.mark.parametrize(("sizes", "n"), [({"A": 3}, 0), ({"A": 3}, 4)])
def test_a_size_that_cannot_be_drawn_is_refused(sizes, n):
    with pytest.raises(BadInput):
        table(sizes, {"A": 1}, n)


def test_weights_too_large_to_hold_as_fractions_are_refused():
    with pytest.raises(BadInput):
        table({"A": 10, "B": 2}, {"A": 1, "B": 2**31}, 2)
