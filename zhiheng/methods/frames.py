"""Estimates from several overlapping frames that were drawn from independently.

Online shops and registered makers, say: together they cover what neither covers alone, and some units are
in both. Each sample gives its values with the ``part`` of each unit that it answers for; over the frames
the parts of a unit add up to one. ``multiplicity`` and ``composite`` make parts;
``selection.frame_weights`` gives the weights of single units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays
from zhiheng.methods.rows import Rows
from zhiheng.methods.taylor import Estimates

VERSION = "1"


@dataclass(frozen=True)
class FromFrame:
    """The sample of one frame: values, the part of each unit that this frame answers for, and its draw."""

    y: Any
    part: Any
    rows: Rows

    def __post_init__(self) -> None:
        arrays.instance(self.rows, Rows, "rows")
        y, part = arrays.numbers(self.y, "values"), arrays.numbers(self.part, "parts")
        if not y.shape == part.shape == (len(self.rows),) or not np.all(np.isfinite(y)):
            raise BadInput("The rows do not fit.", "Give a known value and a part for every row.")
        if not np.all((part >= 0) & (part <= 1)):
            raise BadInput(
                "A part lies outside 0 to 1.", "Over the frames the parts of a unit add up to one."
            )
        object.__setattr__(self, "y", arrays.frozen(y))
        object.__setattr__(self, "part", arrays.frozen(part))


def multiplicity(frames: Any) -> np.ndarray:
    """Return 1 / m for units that m frames hold (Mecatti 2007).

    >>> multiplicity([1, 2, 4]).tolist()
    [1.0, 0.5, 0.25]
    """
    m = arrays.numbers(frames, "number of frames")
    if not np.all((m >= 1) & (m == np.round(m)) & (m < np.inf)):
        raise BadInput("A unit is in no frame.", "Count the frames that hold it, this one among them.")
    return 1 / m


def composite(is_in_both: Any, theta: float) -> np.ndarray:
    """Return theta for units in both of two frames and 1 for the others (Hartley 1962).

    The other frame takes 1 - theta. Choose theta before looking at results, as n_A / (n_A + n_B) or so.

    >>> composite([True, False], 0.4).tolist()
    [0.4, 1.0]
    """
    theta, both = arrays.number(theta, "part"), arrays.column(is_in_both, "units in both")
    if not 0 <= theta <= 1:
        raise BadInput(
            f"A part of {theta} lies outside 0 to 1.", "Give theta here, 1 - theta in the other frame."
        )
    return np.where(arrays.marks(is_in_both, "units in both", both.size), theta, 1.0)


def total(samples: Sequence[FromFrame]) -> Estimates:
    """Return sum over frames of sum w part y, with the sum of the frames' variances.

    >>> a = FromFrame([1.0, 1.0], [1.0, 0.5], Rows.of([10.0, 10.0]))
    >>> b = FromFrame([1.0, 0.0], [0.5, 0.5], Rows.of([20.0, 20.0]))
    >>> total([a, b]).estimate
    25.0
    """
    _some(samples)
    estimate = sum(float(one.rows.weight @ (one.part * one.y)) for one in samples)
    variance = sum(float(one.rows.covariance(one.part * one.y)[0, 0]) for one in samples)
    return _found(samples, estimate, variance, "multiple-frame total")


def mean(samples: Sequence[FromFrame]) -> Estimates:
    """Return the mean over all frames, sum w part y / sum w part, with its linearised error.

    >>> a = FromFrame([1.0, 1.0], [1.0, 0.5], Rows.of([10.0, 10.0]))
    >>> b = FromFrame([1.0, 0.0], [0.5, 0.5], Rows.of([20.0, 20.0]))
    >>> round(mean([a, b]).estimate, 4)
    0.7143
    """
    _some(samples)
    size = sum(float(one.rows.weight @ one.part) for one in samples)
    if not size > 0:
        raise BadInput("No frame answers for any unit.", "Give parts above zero.")
    estimate = sum(float(one.rows.weight @ (one.part * one.y)) for one in samples) / size
    variance = sum(float(one.rows.covariance(one.part * (one.y - estimate) / size)[0, 0]) for one in samples)
    return _found(samples, estimate, variance, "multiple-frame mean")


def _found(samples: Sequence[FromFrame], estimate: float, variance: float, method: str) -> Estimates:
    df, n = sum(one.rows.df for one in samples), sum(len(one.rows) for one in samples)
    return Estimates(estimate, variance, df, n, method, VERSION)


def _some(samples: Sequence[FromFrame]) -> None:
    found = arrays.listed(samples, "samples")
    if not found or not all(isinstance(one, FromFrame) for one in found):
        raise BadInput("There is no sample.", "Give the sample of each frame, as FromFrame.")
