"""Digits of honest values follow their laws as often as chance says, and invented ones do not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import digits

recorded = st.decimals(min_value="0.001", max_value="99999", places=3, allow_nan=False, allow_infinity=False)


@given(st.lists(recorded, min_size=1, max_size=30))
def test_leading_digits_are_those_that_were_written(values):
    written = [str(value).replace(".", "").lstrip("0").ljust(3, "0") for value in values]
    x = [float(value) for value in values]

    for count in (1, 2, 3):
        assert digits.leading(x, digits=count).tolist() == [int(text[:count]) for text in written]


@given(st.lists(st.decimals(min_value=-999, max_value=999, places=2), min_size=1, max_size=40))
def test_last_digits_are_those_that_were_written(values):
    found = digits.heaping([float(value) for value in values], 2, digits=(7,))

    assert found.share == pytest.approx(np.mean([str(value)[-1] == "7" for value in values]))


@given(st.integers(0, 2**32 - 1))
def test_benford_does_not_depend_on_the_unit_by_a_power_of_ten(seed):
    x = np.round(np.random.default_rng(seed).lognormal(3, 2, 80), 6) + 1e-6

    ours, moved = digits.benford(x), digits.benford(x * 1000)

    assert np.array_equal(ours.counts, moved.counts)
    assert ours.counts.sum() == ours.n == 80
    assert ours.mantissa_arc == pytest.approx(moved.mantissa_arc, abs=1e-9)


def test_honest_values_fail_as_often_as_chance_says_and_invented_ones_always():
    rng = np.random.default_rng(1)
    fair = np.array([digits.benford(10 ** rng.uniform(0, 4, 400)).p for _repeat in range(300)])

    assert np.mean(fair < 0.05) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 300))
    invented = digits.benford(rng.uniform(1, 10, 400))
    assert (invented.conformity, invented.p < 1e-6, invented.mantissa_p < 1e-6) == (
        "nonconforming",
        True,
        True,
    )


@pytest.mark.parametrize("count", [1, 2])
def test_many_values_that_follow_benford_conform_closely(count):
    found = digits.benford(10 ** np.linspace(0, 3, 30_000, endpoint=False), digits=count)

    assert found.conformity == "close"
    assert found.expected.sum() == pytest.approx(30_000)
    assert found.magnitudes == pytest.approx(3, abs=1e-3)
    assert np.abs(found.z).max() < 1
    assert digits.distortion(10 ** np.linspace(1, 3, 30_000, endpoint=False)) == pytest.approx(0, abs=0.01)


def test_last_digits_of_measurements_are_even_and_those_of_people_are_not():
    rng = np.random.default_rng(3)
    honest = np.round(rng.normal(50, 5, 600), 1)
    people = honest.copy()
    people[:200] = np.round(people[:200] * 2) / 2

    assert digits.last_digits(honest, 1).p > 0.001 > digits.last_digits(people, 1).p
    heaped = digits.heaping(people, 1)
    assert heaped.rounded == pytest.approx(1 / 3, abs=0.08)
    assert digits.heaping(honest, 1).index == pytest.approx(100, abs=20)
    assert heaped.p < 1e-6


def test_the_chance_of_heaping_is_that_of_r():
    """R 4.2.2: ``binom.test(58, 200, .2, alternative="greater")``."""
    found = digits.heaping([0.5] * 58 + [0.3] * 142, 1)

    assert found.p == pytest.approx(0.00149355260002805, rel=1e-12)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: digits.benford([1.0, 0.0]), "zero or negative"),
        (lambda: digits.benford([1.0, -3]), "zero or negative"),
        (lambda: digits.benford([]), "sequence"),
        (lambda: digits.benford([np.nan]), "unknown"),
        (lambda: digits.benford([np.inf]), "infinite"),
        (lambda: digits.benford(["x"]), "numbers"),
        (lambda: digits.benford([1e300]), "beyond"),
        (lambda: digits.last_digits([6.5] * 60, np.nan), "decimals nan is no"),
        (lambda: digits.benford([1], digits=9), "leading"),
        (lambda: digits.distortion([1.0, 9.9]), "10 or more"),
        (lambda: digits.last_digits([6.5] * 20, 1), "too few"),
        (lambda: digits.last_digits([6.55] * 60, 1), "more than 1 decimals"),
        (lambda: digits.last_digits([6.5] * 60, 0.5), "decimals 0.5 is no"),
        (lambda: digits.heaping([6.5], 1, digits=(0, 0)), "digits that people like"),
        (lambda: digits.heaping([6.5], 1, digits=(11,)), "digits that people like"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word) as refused:
        call()
    assert refused.value.remedy
