"""Pairs of inspectors: repeatable, from two offices where possible, never in conflict, never overloaded."""

from __future__ import annotations

from collections import Counter

import pytest

from zhiheng.errors import BadInput, RuleRefused
from zhiheng.proof import hashes, lottery

SEED = bytes(range(32))
OFFICES = {f"I{number:02d}": f"office-{number % 3}" for number in range(9)}
UNITS = [f"unit-{number}" for number in range(30)]


def test_the_order_is_the_hmac_of_unit_and_inspector():
    offices = {key: key for key in OFFICES}  # everybody in an office of his own
    keys = sorted(offices, key=lambda key: hashes.hmac_digest(SEED, b"pair\0unit-1\0" + key.encode()))

    assert lottery.pair(SEED, "unit-1", offices) == (keys[0], keys[1])


def test_a_pair_comes_from_two_offices():
    pairs = lottery.pair_all(SEED, UNITS, OFFICES)

    assert all(OFFICES[first] != OFFICES[second] for first, second in pairs.values())


def test_one_office_alone_still_gives_a_pair():
    first, second = lottery.pair(SEED, "unit-1", {"I1": "same", "I2": "same"})

    assert first != second


def test_an_inspector_in_conflict_never_visits_the_unit():
    conflicts = {unit: {"I00", "I01", "I02", "I03"} for unit in UNITS}

    pairs = lottery.pair_all(SEED, UNITS, OFFICES, conflicts)

    assert not any(conflicts[unit] & set(pair) for unit, pair in pairs.items())


def test_nobody_carries_more_than_the_cap():
    pairs = lottery.pair_all(SEED, UNITS, OFFICES, cap=7)

    loads = Counter(key for pair in pairs.values() for key in pair)
    assert sum(loads.values()) == 60
    assert max(loads.values()) <= 7


def test_pairs_repeat_and_depend_on_the_seed():
    assert lottery.pair_all(SEED, UNITS, OFFICES, cap=8) == lottery.pair_all(SEED, UNITS, OFFICES, cap=8)
    assert lottery.pair_all(SEED, UNITS, OFFICES) != lottery.pair_all(bytes(32), UNITS, OFFICES)


def test_too_few_inspectors_are_refused_by_unit():
    with pytest.raises(RuleRefused, match="unit-1"):
        lottery.pair(SEED, "unit-1", OFFICES, conflicts=set(list(OFFICES)[1:]))
    with pytest.raises(RuleRefused) as refusal:
        lottery.pair_all(SEED, UNITS, OFFICES, cap=2)

    assert refusal.value.code == "no-two-inspectors"


def test_a_unit_named_twice_or_a_code_with_a_nul_is_refused():
    with pytest.raises(BadInput):
        lottery.pair_all(SEED, ["unit-1", "unit-1"], OFFICES)
    with pytest.raises(BadInput):
        lottery.pair(SEED, "unit-1", {"I\x001": "a", "I2": "b"})
