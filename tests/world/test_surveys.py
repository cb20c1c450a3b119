"""Invented rounds and surveys have a truth that a census, or very many answers, would find."""

from __future__ import annotations

import numpy as np
import pytest

from zhiheng.reference import questionnaires
from zhiheng.world import survey_assumptions as assumed
from zhiheng.world.answers import People
from zhiheng.world.cities import Cities
from zhiheng.world.farms import Farms

CODES = ("330100", "330200", "330300")


def test_a_city_is_the_same_whatever_other_cities_there_are():
    alone, among = Cities(7, CODES[1:2]), Cities(7, CODES)

    assert alone.people[0] == among.people[1]
    assert Farms(alone).counts[0].tolist() == Farms(among).counts[1].tolist()


def test_a_census_of_lots_finds_the_truth():
    farms, random = Farms(Cities(7, CODES)), np.random.default_rng(1)

    rows = farms.sampled([0, 1, 2], 10**9, random)

    assert rows[:, 2].mean() == pytest.approx(farms.truth())


def test_very_many_answers_come_close_to_the_true_score_of_a_group():
    people = People(Cities(7, CODES), questionnaires.get("quality-perception"))

    _place, group, answers = people.asked([0], 40_000, np.random.default_rng(1))

    for number in range(len(assumed.GROUPS)):
        points = (answers[group == number][:, 0] - 1) / 9 * 100
        assert np.nanmean(points) == pytest.approx(people._expected[0, number, 0], abs=0.6)
