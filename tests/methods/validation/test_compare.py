"""A result holds only when every number that a case expects is as near as the case asks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.methods.validation.compare import Near, compare


def holds(expected, found, rtol=1e-8):
    return all(finding.holds for finding in compare(expected, found, rtol))


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (1.5, np.array([1.5])),
        ([1.5], 1.5),
        ([[1, 2]], np.array([1.0, 2.0])),
        ([1, None], np.array([1.0, np.nan])),
        (None, []),
        ([], np.array([])),
        ([0, 2.0], np.array([1e-17, 2.0])),
        ("a", np.array(["a"])),
        (["a", "b"], np.array(["a", "b"])),
        ([{"x": 1}], [{"x": 1.0, "y": 9}]),
        ({"a": {"b": [1, 2]}}, {"a": {"b": (1, 2)}}),
        ([[1], [2, 3]], [[1], [2, 3]]),
        (True, True),
    ],
)
def test_the_same_numbers_hold_in_whatever_shape_json_gave_them(expected, found):
    assert holds(expected, found)


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (1.5, 1.50001),
        ([1, 2], [1, 2, 3]),
        ([1, 2], [2, 1]),
        ([1, None], [1, 2]),
        ([1, 2], [1, np.nan]),
        (1.0, np.inf),
        (0, 1e-9),
        ("a", "b"),
        (["a"], ["a", "b"]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, 1),
        ([{"x": 1}, {"x": 2}], [{"x": 1}]),
        ([[1], [2, 3]], [[1], [2, 4]]),
        ([1, 2], "no numbers"),
    ],
)
def test_a_difference_is_found(expected, found):
    assert not holds(expected, found)


@given(
    st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=6),
    st.sampled_from([1e-8, 1e-4]),
)
def test_a_shift_of_twice_the_tolerance_is_found_and_of_half_is_not(values, rtol):
    values = np.asarray(values)
    largest = np.argmax(np.abs(values))
    if values[largest] == 0:
        return
    unit = np.zeros(values.size)
    unit[largest] = rtol * values[largest]

    assert holds(values.tolist(), values + unit / 2, rtol)
    assert not holds(values.tolist(), values + 2 * unit, rtol)


def test_exact_means_equal_in_the_digits_that_are_written():
    assert holds([0.1, 7], [0.1 + 1e-16, 7], rtol=0)
    assert not holds([0.1, 7], [0.1 + 1e-12, 7], rtol=0)
    assert not holds([7], [8], rtol=0)


def test_a_value_with_its_own_tolerance_is_held_to_it():
    assert holds({"p": [0.2, 0.3]}, {"p": Near([0.21, 0.29], atol=0.011)})
    assert not holds({"p": [0.2, 0.3]}, {"p": Near([0.21, 0.28], atol=0.011)}, rtol=0.9)


def test_an_output_is_computed_only_when_it_is_expected():
    def never():
        raise AssertionError

    assert holds({"a": 1}, {"a": lambda: 1, "b": never})


def test_a_missing_output_is_told_apart_from_a_wrong_one():
    missing, wrong = compare({"a": 1, "b": 1}, {"b": 2}, 1e-8)

    assert (missing.output, missing.is_absent, missing.holds) == ("a", True, False)
    assert (wrong.output, wrong.is_absent, wrong.holds) == ("b", False, False)
