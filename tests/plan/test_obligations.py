"""An obligation keeps a share above zero and a floor for every class."""

from __future__ import annotations

import itertools

import pytest

from zhiheng.reference import parameters
from zhiheng.stages.plan.rules import obligations

SHARES = {"A": [1, 25], "B": [1, 12], "C": [1, 6], "D": [1, 3]}


def faults(**changes):
    said = {
        "region": "330000",
        "period": "2024Q1",
        "article": 27,
        "basis": "纲要第27条",
        "fractions": SHARES,
        "minimum_per_stratum": 2,
    } | changes
    return [(fault.field, fault.rule) for fault in obligations.faults(**said)]


def test_a_right_obligation_has_no_fault():
    assert faults() == []


def test_the_house_rule_is_a_right_obligation():
    shares = {name: [s.numerator, s.denominator] for name, s in parameters.sampling_fractions().items()}

    assert faults(fractions=shares, minimum_per_stratum=parameters.value("minimum_per_stratum")) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"region": "3300"}, ("region", "region-unknown")),
        ({"period": "2024Q5"}, ("period", "period-shape")),
        ({"period": "2024-13"}, ("period", "period-shape")),
        ({"period": "2024Q1\n"}, ("period", "period-shape")),
        ({"article": 33}, ("article", "article-unknown")),
        ({"article": 0}, ("article", "article-unknown")),
        ({"basis": ""}, ("basis", "required")),
        ({"basis": "长" * 401}, ("basis", "too-long")),
        ({"minimum_per_stratum": 1}, ("minimum_per_stratum", "floor-too-low")),
        ({"minimum_per_stratum": 2.5}, ("minimum_per_stratum", "floor-too-low")),
        ({"minimum_per_stratum": True}, ("minimum_per_stratum", "floor-too-low")),
        ({"fractions": {"A": [1, 2]} | {c: [1, 2] for c in "BC"}}, ("fractions", "class-missing")),
        ({"fractions": SHARES | {"E": [1, 2]}}, ("fractions", "class-unknown")),
        ({"fractions": SHARES | {"A": [0, 25]}}, ("fractions", "share-outside")),
        ({"fractions": SHARES | {"A": [3, 2]}}, ("fractions", "share-outside")),
        ({"fractions": SHARES | {"A": [1, 0]}}, ("fractions", "share-outside")),
        ({"fractions": SHARES | {"A": [0.5, 1]}}, ("fractions", "share-outside")),
        ({"fractions": SHARES | {"A": 0.04}}, ("fractions", "share-outside")),
    ],
)
def test_a_wrong_field_is_named(changes, expected):
    assert faults(**changes) == [expected]


def test_nothing_leaves_an_end_and_every_state_is_reached():
    reached = {"draft"} | set(itertools.chain.from_iterable(obligations.MOVES.values()))

    assert reached == set(obligations.MOVES)
    assert not any(obligations.may_move(end, to) for end in ("done", "withdrawn", "lapsed") for to in reached)
    assert obligations.may_move("issued", "lapsed")
    assert not obligations.may_move("unknown", "issued")
