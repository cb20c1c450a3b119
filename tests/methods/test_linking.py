"""A linked series keeps the movements of both footings and owns up to the error of the join."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import linking as link


@settings(max_examples=25)
@given(st.lists(st.floats(0.5, 2), min_size=1, max_size=10), st.integers(0, 10))
def test_another_base_keeps_every_movement(links, place):
    index = link.chain(links)
    other = link.rebase(index, min(place, len(links)), base=1)

    assert other[1:] / other[:-1] == pytest.approx(np.array(links))


@pytest.mark.parametrize("scale", ["difference", "ratio", "logit"])
def test_series_that_agree_where_they_overlap_are_joined_as_they_are(scale):
    found = link.splice([0.90, 0.91, 0.92], [0.91, 0.92, 0.95], 2, scale=scale)

    assert found.values == pytest.approx([0.90, 0.91, 0.92, 0.95])
    assert (found.step, found.is_linked.tolist()) == (pytest.approx(0), [True, False, False, False])


def test_a_ratio_keeps_relative_movements_and_a_logit_stays_a_rate():
    ratio = link.splice([50, 60, 66], [132, 140], 1)
    logit = link.splice([0.98, 0.90], [0.97, 0.96], 1, scale="logit")

    assert ratio.values == pytest.approx([100, 120, 132, 140])
    assert 0.97 < logit.values[0] < 1


@pytest.mark.parametrize("scale", ["difference", "ratio", "logit"])
def test_the_stated_error_is_that_of_repeated_measurement(scale):
    rng = np.random.default_rng(4)
    old, new = np.array([0.80, 0.82, 0.84, 0.85]), np.array([0.88, 0.89, 0.90])
    ea, eb = np.full(4, 0.004), np.full(3, 0.003)
    seen = [link.splice(rng.normal(old, ea), rng.normal(new, eb), 2, scale=scale) for _ in range(700)]

    stated = link.splice(old, new, 2, errors=(ea, eb), scale=scale)

    assert stated.step_error == pytest.approx(np.std([one.step for one in seen]), rel=0.1)
    assert stated.errors == pytest.approx(np.std([one.values for one in seen], axis=0), rel=0.1)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: link.chain([1, 0]), "not above zero"),
        (lambda: link.rebase([1, 2], 2), "place 2 is no whole"),
        (lambda: link.rebase([0, 2], 0), "not above zero"),
        (lambda: link.laspeyres_link([1, 0], [1, 1], [1, 1]), "not above zero"),
        (lambda: link.laspeyres_link([1, 1], [1, 1], [0, 0]), "all zero"),
        (lambda: link.splice([1, 2], [2, 3], 0), "cannot share"),
        (lambda: link.splice([1, 2], [2, 3], 3), "cannot share"),
        (lambda: link.splice([1, -2], [2, 3], 1), "not above zero"),
        (lambda: link.splice([0.5, 1.0], [0.9, 0.9], 1, scale="logit"), "between 0 and 1"),
        (lambda: link.splice([1, 2], [2, 3], 1, scale="guess"), "no scale"),
        (lambda: link.splice([1, 2], [2, 3], 1, errors=([1, -1], [0, 0])), "negative"),
        (lambda: link.splice([1, np.nan], [2, 3], 1), "unknown"),
    ],
)
def test_series_without_a_join_are_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
