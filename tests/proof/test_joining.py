"""Neighbouring classes become one stratum where a quota is below their least numbers, without any choice."""

from __future__ import annotations

import random

import pytest

from zhiheng.proof import joining

NAMES = [f"{risk}{credit}" for risk in "ABCD" for credit in ("", "-A", "-B", "-C", "-D", "-x", "-x-r")]


def made(seed):
    """Return classes with their sizes, a least number and a quota below all units."""
    chance = random.Random(seed)
    sizes = {name: chance.randint(1, 30) for name in chance.sample(NAMES, chance.randint(1, 12))}
    return sizes, chance.randint(1, sum(sizes.values())), chance.randint(1, 6)


@pytest.mark.parametrize("seed", range(200))
def test_every_class_is_in_one_stratum_of_neighbours_and_the_quota_serves_all(seed):
    sizes, quota, minimum = made(seed)

    groups = joining.join(sizes, quota, minimum)

    assert [name for group in groups for name in group] == sorted(sizes)
    least = sum(joining.floor(group, sizes, minimum) for group in groups)
    assert least <= quota or len(groups) == 1


@pytest.mark.parametrize("seed", range(50))
def test_a_higher_quota_never_joins_more(seed):
    sizes, quota, minimum = made(seed)

    assert len(joining.join(sizes, quota, minimum)) <= len(joining.join(sizes, quota + 1, minimum))


def test_a_quota_that_serves_every_class_joins_none():
    groups = joining.join({"A": 9, "B": 9}, 4, 2)

    assert groups == [["A"], ["B"]]
    assert joining.table(groups, 4, 2) is None


def test_classes_of_one_risk_class_are_joined_before_others():
    assert joining.join({"A-A": 90, "A-x": 90, "B": 1, "C": 1}, 4, 2) == [["A-A", "A-x"], ["B"], ["C"]]


def test_what_the_duty_states_of_a_class_adds_up_in_a_joined_stratum():
    assert joining.floor(["A", "B"], {"A": 10, "B": 10}, 2, {"A": 3, "B": 4}) == 7
