"""A change is its rates and its mix, exactly, and the errors are those of repeated samples."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods.decomposition import Groups, change

DATA = Path(__file__).parent / "data"


@st.composite
def times(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    g = draw(st.integers(1, 6))
    return [
        Groups(rng.dirichlet(np.ones(g)), rng.uniform(0, 1, g), rng.uniform(0, 0.1, g)) for _time in range(2)
    ]


@given(times())
def test_rates_and_mix_add_up_to_the_change_in_every_group(two):
    before, after = two

    found = change(before, after)

    assert found.total.estimate == pytest.approx(after.share @ after.rate - before.share @ before.rate)
    assert found.rate.by_group + found.mix.by_group == pytest.approx(found.total.by_group)
    assert found.rate.estimate + found.mix.estimate == pytest.approx(found.total.estimate)


@given(times())
def test_looking_back_turns_every_sign_and_no_error(two):
    forward, backward = change(*two), change(*two[::-1])

    for part in ("total", "rate", "mix"):
        assert getattr(backward, part).estimate == pytest.approx(-getattr(forward, part).estimate)
        assert getattr(backward, part).standard_error == pytest.approx(getattr(forward, part).standard_error)


@pytest.mark.parametrize(
    ("table", "unit", "crude", "total", "rate", "mix"),
    [
        ("5.1", 100, (44.7268, 47.6940), 2.9672, 1.7403, 1.2269),
        ("5.3", 1000, (9.421833, 8.735618), -0.6862158, -2.2277254, 1.5415096),
    ],
)
def test_published_decompositions_come_out(table, unit, crude, total, rate, mix):
    """Das Gupta 1993: headship of households by age, and deaths by race and age, in 1970 and 1985."""
    with (DATA / "das_gupta.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == table]
    times = []
    for year in ("1970", "1985"):
        size, seen = (
            np.array([float(row[name]) for row in rows if row["time"] == year]) for name in ("size", "rate")
        )
        times.append(Groups(size / size.sum(), seen / unit, np.zeros(size.size)))

    found = change(*times)

    assert [unit * float(t.share @ t.rate) for t in times] == pytest.approx(crude, rel=1e-6)
    parts = [found.total.estimate, found.rate.estimate, found.mix.estimate]
    assert np.array(parts) * unit == pytest.approx([total, rate, mix], abs=6e-5 if table == "5.1" else 6e-8)


@given(times())
def test_each_part_is_the_mean_over_the_orders_in_which_shares_and_rates_may_change(two):
    """Das Gupta's symmetric effects, by changing one after the other in every order, group by group."""
    states = [{"share": time.share, "rate": time.rate} for time in two]
    brought = {"share": np.zeros(two[0].share.size), "rate": np.zeros(two[0].share.size)}
    orders = list(itertools.permutations(brought))
    for order in orders:
        now = dict(states[0])
        for factor in order:
            before = now["share"] * now["rate"]
            now[factor] = states[1][factor]
            brought[factor] += (now["share"] * now["rate"] - before) / len(orders)

    found = change(*two)

    assert found.rate.by_group == pytest.approx(brought["rate"])
    assert found.mix.by_group == pytest.approx(brought["share"])


def test_the_same_rates_in_another_mix_are_all_mix():
    found = change(Groups([0.5, 0.5], [0.9, 0.8], [0, 0]), Groups([0.7, 0.3], [0.9, 0.8], [0, 0]))

    assert (found.rate.estimate, found.rate.standard_error) == (0, 0)
    assert found.mix.estimate == pytest.approx(0.02)


def test_errors_are_those_of_repeated_samples():
    rng, n = np.random.default_rng(3), np.array([400, 300])
    truth = [([0.6, 0.4], [0.9, 0.7]), ([0.4, 0.6], [0.93, 0.8])]
    seen, stated = [], []
    for _round in range(3000):
        two = []
        for share, rate in truth:
            p, s = rng.binomial(n, rate) / n, rng.multinomial(500, share) / 500
            two.append(Groups(s, p, np.sqrt(p * (1 - p) / n), (np.diag(s) - np.outer(s, s)) / 500))
        found = change(*two)
        parts = (found.total, found.rate, found.mix)
        seen.append([part.estimate for part in parts])
        stated.append([part.standard_error for part in parts])

    assert np.mean(stated, axis=0) == pytest.approx(np.std(seen, axis=0), rel=0.05)


@pytest.mark.parametrize(
    ("groups", "word"),
    [
        (([0.5, 0.6], [0.9, 0.9], [0, 0]), "add up to"),
        (([1.5, -0.5], [0.9, 0.9], [0, 0]), "add up to"),
        (([0.5, 0.5], [0.9, 1.1], [0, 0]), "outside 0 to 1"),
        (([0.5, 0.5], [0.9, np.nan], [0, 0]), "outside 0 to 1"),
        (([0.5, 0.5], [0.9, 0.9], [0, -1]), "negative or unknown"),
        (([0.5, 0.5], [0.9], [0, 0]), "do not fit"),
        (([], [], []), "do not fit"),
        (([1.0], [0.9], [0.1], [[0.1, 0.1]]), "symmetric"),
    ],
)
def test_groups_that_are_no_parts_of_a_whole_are_refused(groups, word):
    with pytest.raises(BadInput, match=word):
        Groups(*groups)


def test_two_times_must_have_the_same_groups():
    with pytest.raises(BadInput, match="different groups"):
        change(Groups([1.0], [0.9], [0.1]), Groups([0.5, 0.5], [0.9, 0.9], [0.1, 0.1]))


@pytest.mark.parametrize(
    "covariance", [[[np.nan, 0], [0, np.nan]], [[np.inf, 0], [0, 1]], [[-1, 0], [0, -1]], [["a", 0], [0, 1]]]
)
def test_a_covariance_that_is_none_is_refused(covariance):
    with pytest.raises(BadInput):
        Groups([0.5, 0.5], [0.9, 0.5], [0.0, 0.0], covariance)


def test_groups_stay_what_was_checked():
    share = np.array([0.5, 0.5])
    groups = Groups(share, [0.9, 0.5], [0.0, 0.0])

    share[0] = 9

    assert groups.share.tolist() == [0.5, 0.5]
