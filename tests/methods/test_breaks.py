"""Changes are found where they are, and none where there are none."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods import series
from zhiheng.errors import BadInput
from zhiheng.methods import breaks


def test_the_nile_changed_after_1898():
    nile = series.printed()["nile"]

    found = breaks.segments(nile)
    single = breaks.one(nile, np.full(100, 130.0), np.random.default_rng(1), draws=200)

    # 1871 is period 0; Cobb (1978) and many since: the new level begins in 1899, about 248 lower.
    assert (found.changes.tolist(), single.change) == ([28], 28)
    assert found.levels == pytest.approx([nile[:28].mean(), nile[28:].mean()])
    assert single.step == pytest.approx(-247.8, abs=0.1)
    assert single.chances[26:30].sum() > 0.95


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 8))
def test_no_other_levels_cost_less(seed, penalty):
    rng = np.random.default_rng(seed)
    y, s = rng.normal(0, 1, 8) + 3 * (np.arange(8) > rng.integers(8)), rng.uniform(0.5, 1.5, 8)

    def cost(changes):
        parts = np.split(np.arange(8), changes)
        if min(map(len, parts)) < 2:
            return np.inf
        levels = [np.average(y[p], weights=s[p] ** -2.0) for p in parts]
        return sum(
            (((y[p] - m) / s[p]) ** 2).sum() for p, m in zip(parts, levels, strict=True)
        ) + penalty * len(changes)

    found = breaks.segments(y, s, penalty=penalty)

    every = [c for k in range(4) for c in itertools.combinations(range(1, 8), k)]
    assert cost(found.changes) == pytest.approx(min(cost(list(c)) for c in every))


def test_a_test_without_a_change_rejects_as_rarely_as_is_said():
    rng, s = np.random.default_rng(2), np.linspace(0.5, 1.5, 12)
    p = [breaks.one(rng.normal(3, s), s, rng, draws=199).p_value for _round in range(400)]

    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(p) == pytest.approx(0.5, abs=0.05)


def test_chances_add_up_and_keep_their_distance_from_the_ends():
    found = breaks.one([1, 2, 1, 2, 5, 5, 4.0], [1] * 7, np.random.default_rng(3), least=2, draws=10)

    assert found.chances.sum() == pytest.approx(1)
    assert np.all(found.chances[[0, 1, 6]] == 0)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: breaks.segments([1, 2, 3]), "3 numbers"),
        (lambda: breaks.segments([1, 1, 1, 1, 2]), "repeat the one before"),
        (lambda: breaks.segments([1, 2, 3, 4], [1, 1, 1, 0]), "not above zero"),
        (lambda: breaks.segments([1, 2, np.nan, 4]), "unknown"),
        (lambda: breaks.segments([1, 2, 3, 5], penalty=-1), "means nothing"),
        (lambda: breaks.segments([1, 2, 3, 5], least=3), "means nothing"),
        (lambda: breaks.one([1, 2, 3, 4], [1] * 3, np.random.default_rng(1)), "where 4 belong"),
        (lambda: breaks.one([1, 2, 3, 4], [1] * 4, np.random.default_rng(1), draws=0), "no draws"),
    ],
)
def test_series_in_which_nothing_can_be_found_are_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
