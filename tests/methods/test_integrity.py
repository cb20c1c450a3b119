"""The search for copies agrees with trying all, and honest groups are suspected as rarely as chance says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import integrity


def by_trying_all(x):
    """Return length, first and second place of the longest run that comes twice without overlap."""
    best = (0, -1, -1)
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            length = 0
            while i + length < j and j + length < len(x) and x[i + length] == x[j + length]:
                length += 1
            if length > best[0]:
                best = (length, i, j)
    return best


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
@example([1])
@example([1] * 9)
@example([0, 1, 2, 3] * 8)
def test_the_longest_copy_is_that_of_trying_all(x):
    found = integrity.repeated_run(x)

    assert (found.length, found.first, found.second) == by_trying_all(x)
    assert 0 <= found.p <= 1


def test_chance_makes_a_run_as_long_about_as_often_as_p_says():
    rng = np.random.default_rng(6)
    lengths = np.array([integrity.repeated_run(rng.integers(0, 20, 150)).length for _repeat in range(250)])
    p = integrity.repeated_run(np.concatenate([x := rng.integers(0, 20, 146), x[:4]])).p

    assert np.mean(lengths >= 4) == pytest.approx(p, abs=0.06)


def test_a_copy_is_found_in_a_long_series_in_a_moment():
    rng = np.random.default_rng(7)
    x = np.round(rng.normal(5, 0.4, 50_000), 2)
    x[30_000:30_025] = x[1_000:1_025]

    found = integrity.repeated_run(x)

    assert (found.length, found.first, found.second, found.p < 1e-12) == (25, 1_000, 30_000, True)


def test_equal_laboratories_are_suspected_as_rarely_as_chance_says():
    rng, repeats = np.random.default_rng(8), 400
    group = np.repeat(np.arange(6), [5, 8, 12, 20, 20, 20])
    found = [integrity.under_dispersion(rng.normal(10, 1, group.size), group) for _repeat in range(repeats)]

    allowed = 4 * np.sqrt(0.05 * 0.95 / repeats)
    assert np.mean([one.p < 0.05 for one in found], axis=0) == pytest.approx(np.full(6, 0.05), abs=allowed)
    assert np.mean([one.adjusted.min() < 0.05 for one in found]) <= 0.05 + allowed
    assert np.mean([one.bartlett_p < 0.05 for one in found]) == pytest.approx(0.05, abs=allowed)


@given(st.integers(0, 2**32 - 1), st.floats(-50, 50), st.floats(0.01, 100))
def test_dispersion_does_not_depend_on_unit_or_order(seed, shift, scale):
    rng = np.random.default_rng(seed)
    group, x = rng.permutation(np.repeat([3, 1, 2], 6)), rng.normal(0, 1, 18)
    ours, moved = integrity.under_dispersion(x, group), integrity.under_dispersion(shift + scale * x, group)

    assert ours.groups.tolist() == [1, 2, 3]
    assert moved.p == pytest.approx(ours.p, rel=1e-6)
    assert moved.bartlett == pytest.approx(ours.bartlett, rel=1e-6)


def test_a_group_that_does_not_vary_is_the_surest_sign():
    found = integrity.under_dispersion([0.1, 0.1, 0.1, 1, 2, 4], list("aaabbb"))

    assert (*found.p, found.bartlett, found.bartlett_p) == (0, 1, np.inf, 0)


def test_bartlett_and_holm_are_those_of_r():
    """R 4.2.2: ``bartlett.test`` on groups of 3, 3 and 4; ``p.adjust(.., "holm")``."""
    x = [5.1, 4.2, 6.0, 5.0, 5.0, 5.1, 4.1, 5.8, 5.3, 4.9]
    found = integrity.under_dispersion(x, list("aaabbbcccc"))

    assert found.bartlett == pytest.approx(6.9081932991147275, rel=1e-12)
    assert found.bartlett_p == pytest.approx(0.0316158516536282, rel=1e-12)
    assert integrity.holm([0.01, 0.04, 0.03, 0.005, 0.6]) == pytest.approx([0.04, 0.09, 0.09, 0.025, 0.6])


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: integrity.repeated_run([]), "sequence"),
        (lambda: integrity.repeated_run([1, np.nan]), "unknown"),
        (lambda: integrity.under_dispersion([1, 2], ["a"]), "go together"),
        (lambda: integrity.under_dispersion([1, 2, 3], list("aab")), "two values"),
        (lambda: integrity.under_dispersion([1, 2], list("aa")), "two groups"),
        (lambda: integrity.under_dispersion([1, 1, 2, 2], list("aabb")), "No group varies"),
        (lambda: integrity.holm([1.5]), "p-value"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word) as refused:
        call()
    assert refused.value.remedy
