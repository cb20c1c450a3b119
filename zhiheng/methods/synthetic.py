"""Compares treated units with a weighted blend of others that moved alike before.

For one or few treated units with a long before. Checked against the published effects on California's tobacco
tax (Abadie, Diamond & Hainmueller 2010; Arkhangelsky and others 2021, table 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy import optimize, special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays
from zhiheng.methods.panel import NEVER, Panel

VERSION = "1"
Errors = Literal["placebo", "jackknife"]


@dataclass(frozen=True)
class Blend:
    """The effect by period and on average, the weights behind it, and how well the blend fitted before.

    ``gap`` holds treated less blend for all periods; ``unit_weights`` those of the controls in their order;
    ``time_weights`` those of the periods before (None for the synthetic control); ``fit`` is the root mean
    square of the gap before (about its level for ``difference``): if it is large beside the effect, the blend
    is none.
    """

    estimate: float
    gap: np.ndarray
    unit_weights: np.ndarray
    time_weights: np.ndarray | None
    fit: float
    treated: int
    controls: int
    method: str
    standard_error: float | None = None
    lower: float | None = None
    upper: float | None = None
    version: str = VERSION


def control(panel: Panel) -> Blend:
    """Return the synthetic control: w >= 0, sum w = 1, least sum of (y_tr - sum w y)^2 over the time before.

    Effect: mean gap from the start on (Abadie, Diamond & Hainmueller 2010, matched on all figures before).
    Several treated units are taken as their mean. It has no standard error: see ``in_space`` and ``in_time``.

    >>> rows = [[0, 1, 2, 3], [4, 3, 4, 5], [9, 9, 0, 9], [2, 2, 3, 8]]
    >>> found = control(Panel(rows, [None, None, None, 3]))
    >>> print(found.unit_weights.round(3).tolist(), round(found.estimate, 3))
    [0.5, 0.5, 0.0] 4.0
    """
    controls, treated, start = arrays.instance(panel, Panel, "panel").block()
    target = treated.mean(axis=0)
    weights = _simplex(controls[:, :start].T, target[:start])
    gap = target - weights @ controls
    return Blend(
        estimate=float(gap[start:].mean()),
        gap=gap,
        unit_weights=weights,
        time_weights=None,
        fit=float(np.sqrt((gap[:start] ** 2).mean())),
        treated=len(treated),
        controls=len(controls),
        method="synthetic-control",
    )


def difference(panel: Panel) -> Blend:
    """Return the synthetic difference in differences (Arkhangelsky and others 2021, algorithm 1).

    Unit weights: as for the synthetic control, but with a free level and a ridge z^2 T0 sum w^2, z = (N_tr
    T_post)^(1/4) s, s the standard deviation of the controls' first differences before. Time weights: periods
    before, blended to the controls' mean after, with a free level. Effect: (post - lambda-weighted before) of
    the treated less the same of the blend. Errors: ``with_error``.

    >>> rows = [[0, 1, 2, 3], [4, 3, 4, 5], [9, 9, 1, 9], [2, 2, 3, 8]]
    >>> print(round(difference(Panel(rows, [None, None, None, 3])).estimate, 3))
    4.0
    """
    controls, treated, start = arrays.instance(panel, Panel, "panel").block()
    if start < 2 or len(controls) < 2:
        raise BadInput("There are too few periods before, or controls.", "Give two or more of each.")
    changes = np.diff(controls[:, :start], axis=1)
    noise = float(changes.std(ddof=1)) if changes.size > 1 else 0.0
    ridge = (len(treated) * (controls.shape[1] - start)) ** 0.25 * noise
    target = treated.mean(axis=0)
    before, after = controls[:, :start], controls[:, start:].mean(axis=1)
    units = _simplex(_centred(before.T), _centred(target[:start]), ridge=ridge * np.sqrt(start))
    # A trace of a ridge makes the time weights one, as in the paper.
    times = _simplex(_centred(before), _centred(after), ridge=1e-6 * noise * np.sqrt(len(controls)))
    return _joined(controls, target, start, units, times, len(treated))


def with_error(
    panel: Panel,
    found: Blend,
    *,
    errors: Errors = "placebo",
    rng: np.random.Generator | None = None,
    draws: int = 200,
    confidence: float = 0.95,
) -> Blend:
    """Return the synthetic difference with a standard error and normal limits (algorithms 3 and 4).

    "placebo": as many controls as there are treated units are drawn and taken for treated, ``draws`` times;
    the error is the spread of what is found, which assumes that controls are as noisy as the treated.
    "jackknife": leave out one unit at a time with the weights kept; needs two treated units.

    >>> rng = np.random.default_rng(1)
    >>> panel = Panel(rng.normal(size=(12, 8)).cumsum(axis=1), [None] * 10 + [6, 6])
    >>> found = with_error(panel, difference(panel), rng=rng, draws=50)
    >>> print(round(found.estimate, 3), round(found.standard_error, 2), round(found.lower, 2))
    -0.212 0.98 -2.13
    """
    if not arrays.is_one_of(errors, Errors):
        raise BadInput(f"There is no error {errors!r}.", "Give 'placebo' or 'jackknife'.")
    if arrays.instance(found, Blend, "blend").method != "synthetic-difference":
        raise BadInput("A synthetic control has no such error.", "Take in_space, or difference.")
    controls, treated, start = arrays.instance(panel, Panel, "panel").block()
    arrays.between(confidence, 0, 1, "confidence")
    if errors == "jackknife":
        error = _jackknife(controls, treated, start, found)
    else:
        draws = arrays.whole(draws, "number of draws")
        if rng is None or draws < 2 or len(controls) <= len(treated) + 1:
            raise BadInput(
                "Placebos cannot be drawn.", "Give rng, draws and more controls than treated units."
            )
        values, rng = [], arrays.generator(rng)
        for _draw in range(draws):
            chosen = rng.permutation(len(controls)) < len(treated)
            values.append(difference(Panel(controls, np.where(chosen, start, NEVER))).estimate)
        error = float(np.std(values))
    half = float(special.ndtri((1 + confidence) / 2)) * error
    return replace(found, standard_error=error, lower=found.estimate - half, upper=found.estimate + half)


@dataclass(frozen=True)
class Placebos:
    """The effect beside those found where or when nothing happened; ``p_value`` is the rank of its ratio.

    ``ratios``: root mean square of the gap after over before, the treated first; ``estimates`` likewise.
    """

    estimates: np.ndarray
    ratios: np.ndarray
    p_value: float
    method: str
    version: str = VERSION


def in_space(panel: Panel) -> Placebos:
    """Give every control the measure in turn, the treated left out, and rank post/pre ratios of the gap.

    p = share of units whose ratio is at least that of the treated, itself among them (Abadie, Diamond &
    Hainmueller 2010): with 19 controls none is below 0.05.

    >>> rows = [[0, 1, 2, 3, 4], [4, 3, 4, 5, 6], [1, 3, 3, 4, 6], [2, 2.1, 3, 8, 9]]
    >>> in_space(Panel(rows, [None, None, None, 3])).p_value
    0.25
    """
    controls, treated, start = arrays.instance(panel, Panel, "panel").block()
    if len(controls) < 3:
        raise BadInput("There are too few controls to compare with.", "Give three or more.")
    rows = np.concatenate([treated.mean(axis=0, keepdims=True), controls])
    estimates, ratios = [], []
    for place in range(len(rows)):
        others = [k for k in range(1, len(rows)) if k != place]
        one = control(Panel(rows[[place, *others]], [start] + [None] * len(others)))
        estimates.append(one.estimate)
        after = float(np.sqrt((one.gap[start:] ** 2).mean()))
        ratios.append(after / one.fit if one.fit > 0 else np.inf)
    ranks = np.array(ratios)
    return Placebos(np.array(estimates), ranks, float((ranks >= ranks[0]).mean()), "placebo-in-space")


def in_time(
    panel: Panel, starts: Any, *, estimator: Callable[[Panel], Blend] = difference
) -> dict[int, float]:
    """Return the effects found for earlier, false starts, the periods from the true one left out.

    They should be near zero: one that is not says that the blend does not follow the treated (Heckman & Hotz
    1989). ``estimator`` is ``control`` or ``difference``.

    >>> rows = [[0, 1, 2, 3, 4], [4, 3, 4, 5, 6], [1, 3, 3, 4, 6], [2, 2, 3, 8, 9]]
    >>> abs(in_time(Panel(rows, [None] * 3 + [3]), [2], estimator=control)[2]) < 1e-9
    True
    """
    controls, treated, true = arrays.instance(panel, Panel, "panel").block()
    given = np.atleast_1d(arrays.numbers(starts, "false starts")).ravel().tolist()
    false = [arrays.whole(start, "false start", least=0) for start in given]
    if not callable(estimator):
        raise BadInput("The estimator is no function.", "Give control or difference.")
    if not false or any(not 1 <= start < true for start in false):
        raise BadInput("A false start is not before the true one.", f"Give periods from 1 to {true - 1}.")
    rows = np.concatenate([controls, treated])[:, :true]
    return {
        start: estimator(Panel(rows, [None] * len(controls) + [start] * len(treated))).estimate
        for start in false
    }


def _joined(
    controls: np.ndarray, target: np.ndarray, start: int, units: np.ndarray, times: np.ndarray, treated: int
) -> Blend:
    gap = target - units @ controls
    level = float(times @ gap[:start])
    before = gap[:start] - gap[:start].mean()
    return Blend(
        estimate=float(gap[start:].mean()) - level,
        gap=gap - level,
        unit_weights=units,
        time_weights=times,
        fit=float(np.sqrt((before**2).mean())),
        treated=treated,
        controls=len(controls),
        method="synthetic-difference",
    )


def _jackknife(controls: np.ndarray, treated: np.ndarray, start: int, found: Blend) -> float:
    if len(treated) < 2 or np.any(found.unit_weights > 1 - 1e-12):
        raise BadInput("One unit carries everything.", "Take errors='placebo'.")
    units, times, values = found.unit_weights, found.time_weights, []
    for place in range(len(controls)):
        kept = np.arange(len(controls)) != place
        share = units[kept] / units[kept].sum()
        values.append(_joined(controls[kept], treated.mean(axis=0), start, share, times, 1).estimate)
    for place in range(len(treated)):
        target = np.delete(treated, place, axis=0).mean(axis=0)
        values.append(_joined(controls, target, start, units, times, 1).estimate)
    n = len(values)
    return float(np.sqrt((n - 1) / n * ((np.array(values) - np.mean(values)) ** 2).sum()))


def _centred(x: np.ndarray) -> np.ndarray:
    """Leave the level free: take means off over the rows that are matched."""
    return x - x.mean(axis=0)


def _simplex(columns: np.ndarray, target: np.ndarray, *, ridge: float = 0.0) -> np.ndarray:
    """Return the w >= 0 with sum 1 that minimise |columns w - target|^2 + ridge^2 |w|^2.

    Over the simplex this is |M w|^2 with M = (columns - target; ridge I). Free of the sum, |M v|^2 + (sum v -
    1)^2 has its least value at a multiple of the same w: one non-negative least squares (Lawson & Hanson
    1974).
    """
    size = columns.shape[1]
    m = columns - target[:, None]
    if ridge > 0:
        m = np.concatenate([m, ridge * np.eye(size)])
    scale = float(np.sqrt((m**2).mean(axis=0).min() * len(m))) or 1.0
    system = np.concatenate([m / scale, np.ones((1, size))])
    try:
        found = optimize.nnls(system, np.r_[np.zeros(len(m)), 1.0], maxiter=50 * size)[0]
    except RuntimeError:
        raise BadInput("The weights do not settle.", "Leave out controls that repeat each other.") from None
    return found / found.sum()
