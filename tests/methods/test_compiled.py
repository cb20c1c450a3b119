"""The compiled loop takes the very units that the plain one takes, and refuses what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from zhiheng.errors import BadInput
from zhiheng.methods import chances, compiled, draws

numba = pytest.importorskip("numba", reason="the extra zhiheng[fast] is not installed")


@pytest.fixture(autouse=True)
def _always(monkeypatch):
    monkeypatch.setattr(compiled, "COMPILED_FROM", 0)


@given(seed=st.integers(0, 2**32), size=st.integers(2, 400), share=st.floats(0.01, 0.9))
def test_the_units_are_the_same_to_the_last(seed, size, share):
    random = np.random.Generator(np.random.Philox(seed))
    pi = chances.proportional(random.lognormal(0, 1, size), max(1, round(size * share)))
    u = random.random(size)

    assert np.array_equal(compiled.along(pi, u), compiled.plain(pi, u))
    assert np.array_equal(draws.sequential_pivotal(pi, u), compiled.plain(pi, u))


@given(u=arrays.arrays(float, 12, elements=st.floats(0, 1, exclude_max=True)))
def test_certain_units_are_taken_by_both(u):
    pi = np.array([1.0, 0.25, 0.25, 1.0, 0.5, 1.0, 0.75, 0.25, 1.0, 0.5, 0.25, 0.25])

    drawn = compiled.along(pi, u)

    assert set(np.flatnonzero(pi == 1)) <= set(drawn) and drawn.size == 7
    assert np.array_equal(drawn, compiled.plain(pi, u))


@pytest.mark.parametrize(
    ("pi", "u"),
    [
        ([0.5, np.nan, 0.5], [0.1, 0.2, 0.3]),
        ([0.5, 0.0, 0.5], [0.1, 0.2, 0.3]),
        ([0.5, 1.5, 1.0], [0.1, 0.2, 0.3]),
        ([0.5, 0.25, 0.5], [0.1, 0.2, 0.3]),
        ([0.5, 0.5, 1.0], [0.1, 1.0, 0.3]),
        ([0.5, 0.5, 1.0], [0.1, np.nan, 0.3]),
        ([0.5, 0.5, 1.0], [0.1, 0.2]),
        ([], []),
        ([[0.5, 0.5]], [[0.5, 0.5]]),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(pi, u):
    with pytest.raises(BadInput):
        draws.sequential_pivotal(pi, u)


def test_without_numba_the_plain_loop_draws(monkeypatch):
    monkeypatch.setattr(compiled.importlib.util, "find_spec", lambda name: None)
    pi, u = np.full(8, 0.5), np.linspace(0.05, 0.95, 8)

    assert not compiled.fit(pi, u)
    assert np.array_equal(draws.sequential_pivotal(pi, u), compiled.plain(pi, u))
