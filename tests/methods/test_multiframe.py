"""Draws from overlapping frames: the numbers of another program, no bias, and openness to what is unknown."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import multiframe, survey, taylor
from zhiheng.methods.rows import Rows

SIZES = {"A1": (12, 60), "A2": (9, 30), "B": (16, 48)}
CHANCE = {name: Fraction(*pair) for name, pair in SIZES.items()}


def two_frames():
    """The two draws of ``data/frames2_bka.R``: strata, weights, and the three variables."""
    strata = ["A1"] * 12 + ["A2"] * 9 + ["B"] * 16
    others, values = [], []
    for k in range(1, 22):
        others.append("B" if k % 3 == 0 else "")
        values.append((float(k % 5 != 0), 10 + (7 * k) % 11))
    for k in range(1, 17):
        others.append(("A2" if k % 4 == 0 else "A1") if k % 2 == 0 else "")
        values.append((float(k % 4 != 1), 12 + (5 * k) % 7))
    weights = [
        float(multiframe.box([CHANCE[own], *([CHANCE[other]] if other else [])])[0])
        for own, other in zip(strata, others, strict=True)
    ]
    return strata, weights, np.array(values)


def test_totals_and_their_variances_are_those_of_frames2():
    strata, weights, values = two_frames()
    population = {name: size for name, (_n, size) in SIZES.items()}
    columns = {"pass": values[:, 0], "value": values[:, 1], "one": np.ones(37)}
    path = Path(__file__).parent / "data" / "frames2_bka.csv"
    expected = list(csv.DictReader(path.read_text().splitlines()))

    for row in expected:
        found = multiframe.total(columns[row["variable"]], weights, strata, population)
        assert found.estimate == pytest.approx(float(row["total"]), rel=1e-12)
        assert found.standard_error**2 == pytest.approx(float(row["variance"]), rel=1e-10)
    assert {row["variable"] for row in expected} == set(columns)


def sums(strata, weights, passed, population) -> survey.Sample:
    """Reduce rows to the five sums of each stratum, with one domain."""
    names = sorted(population)
    table = np.zeros((5, len(names), 1))
    for name, w, y in zip(strata, weights, passed, strict=True):
        table[:, names.index(name), 0] += (1, w, w * y, w * w, w * w * y)
    return survey.Sample(np.array([population[name] for name in names]), *table)


def test_the_rate_and_its_error_are_those_of_the_stacked_design():
    """The numbers of R ``svymean(svydesign())`` are those of ``taylor.mean``; here on both draws stacked."""
    strata, weights, values = two_frames()
    population = {name: size for name, (_n, size) in SIZES.items()}

    found = multiframe.pass_rate(sums(strata, weights, values[:, 0], population)).at(0)
    whole = [population[name] for name in strata]
    expected = taylor.mean(values[:, 0], Rows.of(weights, stratum=strata, population=whole))

    assert found.estimate == pytest.approx(expected.estimate, abs=1e-12)
    assert found.standard_error == pytest.approx(expected.standard_error, abs=1e-12)
    assert found.method == "multiple-frame"


def country(random):
    """Return membership in three frames and the truth of 1 200 firms; who sells online fails more."""
    makes = random.random(1200) < 0.7
    online = np.where(makes, random.random(1200) < 0.25, random.random(1200) < 0.45)
    shop = ~makes & ~online | (random.random(1200) < 0.15)
    passes = random.random(1200) >= np.where(online, 0.30, np.where(shop, 0.15, 0.05))
    return np.array([makes, shop, online]), passes


def test_the_pooled_share_is_biased_where_the_combined_one_is_not():
    """600 campaigns on one known country: 60 factories, 60 shops, 60 online shops each."""
    random = np.random.Generator(np.random.Philox(20250601))
    held, passes = country(random)
    truth = passes[held.any(0)].mean()
    population = {name: int(held[name].sum()) for name in range(3)}
    chance = np.array([60 / population[name] for name in range(3)])
    weight = 1 / np.maximum((held * chance[:, None]).sum(0), 1e-9)
    combined, pooled, covered = [], [], 0

    for _campaign in range(600):
        drawn = [random.choice(np.flatnonzero(held[f]), 60, replace=False) for f in range(3)]
        units, strata = np.concatenate(drawn), np.repeat([0, 1, 2], 60)
        rate = multiframe.pass_rate(sums(strata, weight[units], passes[units], population)).at(0)
        combined.append(rate.estimate)
        covered += rate.lower <= truth <= rate.upper
        pooled.append(passes[units].mean())

    error = np.std(combined) / np.sqrt(600)
    assert abs(np.mean(combined) - truth) < max(3 * error, 0.002)
    assert truth - np.mean(pooled) > 0.03
    assert 0.92 <= covered / 600 <= 0.99


CHANCES = st.lists(st.fractions(Fraction(1, 50), 1, max_denominator=60), min_size=1, max_size=3)


@settings(max_examples=30)
@given(st.lists(st.tuples(CHANCES, CHANCES, st.booleans()), min_size=4, max_size=12), st.integers(0, 4095))
def test_whatever_the_unknown_frames_hold_the_rate_lies_between_the_two_extremes(units, told):
    boxes = [multiframe.box(known, possible) for known, possible, _passed in units]
    passed = [one[2] for one in units]
    strata, population = ["h"] * len(units), {"h": 40}
    low = [float(least if y else most) for (least, most), y in zip(boxes, passed, strict=True)]
    high = [float(most if y else least) for (least, most), y in zip(boxes, passed, strict=True)]
    true = [float(most if told >> place & 1 else least) for place, (least, most) in enumerate(boxes)]

    rate = [
        multiframe.pass_rate(sums(strata, w, passed, population)).at(0).estimate for w in (low, true, high)
    ]

    assert rate[0] <= rate[1] + 1e-12 and rate[1] <= rate[2] + 1e-12


def test_an_interval_widens_by_what_is_not_known():
    passed = [1, 1, 1, 0, 1, 1, 0, 1]
    strata, population = ["h"] * 8, {"h": 80}
    base, low, high = (
        sums(strata, [10 if keep else 4 for keep in kept], passed, population)
        for kept in ([1] * 8, [not y for y in passed], passed)
    )

    plain, wide = multiframe.pass_rate(base).at(0), multiframe.pass_rate(base, low=low, high=high).at(0)

    assert wide.estimate == plain.estimate
    assert wide.lower < plain.lower and plain.upper < wide.upper


def test_rows_that_cannot_be_honoured_are_refused():
    with pytest.raises(BadInput):
        multiframe.total([1, 1], [5, 0], ["A", "A"], {"A": 10})
    with pytest.raises(BadInput):
        multiframe.total([1], [5], ["A"], {"A": 10})
    with pytest.raises(BadInput):
        multiframe.box([])


@pytest.mark.parametrize(
    ("y", "weight", "stratum", "population"),
    [
        ([1, 2, 3], [5, 5, 5], ["A"] * 3, {"A": 2}),
        ([1, 2], [np.inf, 5], ["A", "A"], {"A": 10}),
        ([1, 2], [5, 5], ["A", "A"], {"A": np.nan}),
        ([1, 2], [5, 5], ["A", "A"], {"B": 10}),
        ([1, 2], [5, 5], ["A", None], {"A": 10, None: 3}),
        (["a", 2], [5, 5], ["A", "A"], {"A": 10}),
        ([[1, 2]], [[5, 5]], [["A", "A"]], {"A": 10}),
        ([], [], [], {}),
    ],
)
def test_draws_that_leave_the_error_unknown_are_refused(y, weight, stratum, population):
    with pytest.raises(BadInput):
        multiframe.total(y, weight, stratum, population)


def test_bounds_of_other_domains_are_refused():
    one = survey.Sample.from_counts([100], [[10, 5]], [[9, 4]])
    other = survey.Sample.from_counts([100], [[10, 5, 5]], [[9, 4, 4]])

    with pytest.raises(BadInput, match="other strata or domains"):
        multiframe.pass_rate(one, low=other)
