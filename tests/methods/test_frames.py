"""Overlapping frames together give an unbiased total, however their overlap is shared."""

from __future__ import annotations

import numpy as np
import pytest

from zhiheng.errors import BadInput
from zhiheng.methods import frames, taylor
from zhiheng.methods.rows import Rows


def population(seed=4):
    rng = np.random.default_rng(seed)
    y = rng.normal(10, 3, 300)
    in_a, in_b = np.arange(300) < 220, np.arange(300) >= 120
    return y, in_a, in_b


@pytest.mark.parametrize("way", ["multiplicity", "composite"])
def test_totals_and_means_over_two_frames_are_unbiased_with_their_errors(way):
    y, in_a, in_b = population()
    both, rng = in_a & in_b, np.random.default_rng(6)
    totals, means, errors = [], [], []
    for _round in range(800):
        samples = []
        for inside, n, theta in ((in_a, 40, 0.4), (in_b, 60, 0.6)):
            units = rng.choice(np.flatnonzero(inside), n, replace=False)
            size = int(inside.sum())
            part = (
                frames.composite(both[units], theta)
                if way == "composite"
                else frames.multiplicity(1 + both[units])
            )
            samples.append(
                frames.FromFrame(y[units], part, Rows.of(np.full(n, size / n), population=np.full(n, size)))
            )
        total, mean = frames.total(samples), frames.mean(samples)
        totals.append(total.estimate)
        means.append(mean.estimate)
        errors.append((total.standard_error, mean.standard_error))

    for found, truth, error in ((totals, y.sum(), 0), (means, y.mean(), 1)):
        assert np.mean(found) == pytest.approx(truth, abs=4 * np.std(found) / np.sqrt(800))
        assert np.mean([pair[error] for pair in errors]) == pytest.approx(np.std(found), rel=0.08)


def test_one_frame_alone_is_the_plain_estimate():
    rows, y = Rows.of([2.0, 3, 4], stratum=[0, 0, 0]), [1.0, 5, 2]
    alone = [frames.FromFrame(y, np.ones(3), rows)]

    for ours, plain in (
        (frames.total(alone), taylor.total(y, rows)),
        (frames.mean(alone), taylor.mean(y, rows)),
    ):
        assert (ours.estimate, ours.covariance, ours.df) == pytest.approx(
            (plain.estimate, plain.covariance, 2)
        )


ROWS = Rows.of([1.0, 1.0])


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: frames.FromFrame([1.0], [1.0], ROWS), "do not fit"),
        (lambda: frames.FromFrame([1.0, np.nan], [1.0, 1], ROWS), "do not fit"),
        (lambda: frames.FromFrame([1.0, 2], [1.0, 1.5], ROWS), "outside 0 to 1"),
        (lambda: frames.multiplicity([0, 1]), "no frame"),
        (lambda: frames.composite([True], 1.2), "outside 0 to 1"),
        (lambda: frames.total([]), "no sample"),
        (lambda: frames.mean([frames.FromFrame([1.0, 2], [0.0, 0], ROWS)]), "any unit"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: frames.composite(["no"], 0.5),
        lambda: frames.composite([np.nan], 0.5),
        lambda: frames.multiplicity(["a"]),
        lambda: frames.multiplicity([np.inf]),
        lambda: frames.total([1, 2]),
        lambda: frames.FromFrame(["a"], [1.0], Rows.of([1.0])),
    ],
)
def test_marks_and_samples_that_say_nothing_are_refused(call):
    with pytest.raises(BadInput):
        call()
