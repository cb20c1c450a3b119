"""A stranger with the released rows and the standard library gets the released figure."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.methods import plain_rate
from zhiheng.methods import survey
from zhiheng.methods.survey import Sample

OUTPUT = [5200.0, 3100.0, 900.0, 250.0]
CLASSES = [0, 1, 2, 0, 1, 2]


def both(seed: int, alone_from: float) -> tuple[survey.Rate, tuple[float, ...]]:
    random = np.random.Generator(np.random.Philox(seed))
    frame = random.integers(0, 40, (6, 4)) + np.array([20, 10, 3, 1])
    n = random.binomial(frame, 0.2)
    n[0, 0] = max(n[0, 0], 1)
    passes = random.binomial(n, 0.9)
    sample = Sample.from_counts(frame.sum(1), n, passes, frame=frame, classes=CLASSES)
    rows = [(h, d, int(unit < passes[h, d])) for (h, d), count in np.ndenumerate(n) for unit in range(count)]
    cells = {cell: int(count) for cell, count in np.ndenumerate(frame)}
    plain = plain_rate.weighted(rows, cells, dict(enumerate(OUTPUT)), classes=CLASSES, alone_from=alone_from)
    return survey.post_stratified(sample, OUTPUT, alone_from=alone_from).at(), plain


@given(st.integers(0, 2**32 - 1), st.sampled_from([0, 5, 12, 30, 10**6]))
def test_the_arrays_and_the_plain_steps_give_the_same_figure(seed, alone_from):
    rate, plain = both(seed, alone_from)

    found = (rate.estimate, rate.lower, rate.upper, rate.standard_error, rate.coverage)
    assert found == pytest.approx(plain, rel=1e-9, abs=1e-8)
