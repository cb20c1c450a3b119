"""Weights that reproduce known totals: post-strata, raking, and calibration by distance.

Deville & Sarndal (1992): the weights w = d F(x' lambda) nearest to the weights d of the draw with
sum w x = T. The error of any estimate on them is that of its residuals on x, which ``rows.Fit`` carries, so
that every estimate of ``taylor`` on the returned rows knows what calibration took out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays
from zhiheng.methods.rows import Fit, Rows

VERSION = "1"
Distance = Literal["linear", "raking", "logit", "truncated"]
Residuals = Literal["design", "equal"]
ROUNDS = 500


def post_stratify(rows: Rows, groups: Any, totals: Mapping[Any, float]) -> Rows:
    """Return rows whose weights add up to the known size of each group: w = d N_g / sum_g d.

    ``totals`` gives the number of units N_g of every group that has a row. A group that is known but has no
    row is refused: nothing can stand for it; join it with another (Holt & Smith 1979).

    >>> rows = post_stratify(Rows.of([10, 10, 5, 5]), ["u", "u", "v", "v"], {"u": 30, "v": 20})
    >>> rows.weight.tolist()
    [15.0, 15.0, 10.0, 10.0]
    """
    codes, sizes = _margin(rows, groups, totals)

    def again(weight: np.ndarray) -> np.ndarray:
        return _scaled(weight, codes, sizes)

    return rows.reweighted(again(rows.weight), Fit(_indicators(codes), rows.weight, again))


def rake(
    rows: Rows,
    margins: Sequence[tuple[Any, Mapping[Any, float]]],
    *,
    residuals: Residuals = "design",
    rounds: int = ROUNDS,
    tolerance: float = 1e-10,
) -> Rows:
    """Return rows whose weights meet the known sizes of the groups of several margins at once.

    Iterative proportional fitting (Deming & Stephan 1940) until no sum is off by more than ``tolerance`` of
    it; the same weights as calibration to the indicators of all groups with F(u) = exp(u) (Deville, Sarndal &
    Sautory 1993). Margins with other grand totals are refused: no weights can meet them. The residuals
    behind the error are fitted with the weights of the draw (``design``), or with every row alike
    (``equal``), as R survey ``rake`` does; both hold in large samples.

    >>> margins = [(["a", "a", "b"], {"a": 6, "b": 4}), (["x", "y", "y"], {"x": 3, "y": 7})]
    >>> rake(Rows.of([1, 1, 1]), margins).weight.round(6).tolist()
    [3.0, 3.0, 4.0]
    """
    pairs = [arrays.listed(margin, "margin") for margin in arrays.listed(margins, "margins")]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise BadInput("There is no margin to rake to.", "Give pairs of groups and their sizes.")
    coded = [_margin(rows, groups, totals) for groups, totals in pairs]
    grand = [sizes.sum() for _codes, sizes in coded]
    if max(grand) - min(grand) > 1e-9 * max(grand):
        raise BadInput(
            "The margins add up to different totals.",
            f"All must give one: {min(grand):g} is not {max(grand):g}.",
        )
    if not arrays.is_one_of(residuals, Residuals):
        raise BadInput(f"There are no residuals {residuals!r}.", "Give 'design' or 'equal'.")
    rounds, tolerance = _checked_rounds(rounds, tolerance)

    def again(weight: np.ndarray) -> np.ndarray:
        return _raked(weight, coded, rounds, tolerance)

    auxiliary = np.hstack([_indicators(codes) for codes, _sizes in coded])
    fitted = np.ones(len(rows)) if residuals == "equal" else rows.weight
    return rows.reweighted(again(rows.weight), Fit(auxiliary, fitted, again))


def calibrate(
    rows: Rows,
    auxiliary: Any,
    totals: Any,
    *,
    distance: Distance = "linear",
    bounds: tuple[float, float] | None = None,
    rounds: int = 100,
    tolerance: float = 1e-12,
) -> Rows:
    """Return rows with w = d g, g = F(x' lambda), whose weighted ``auxiliary`` columns give ``totals``.

    ``distance`` chooses F (Deville & Sarndal 1992, cases 1, 2, 6 and 7): ``linear`` 1 + u, ``raking`` exp(u),
    ``logit`` [L (U - 1) + U (1 - L) e^(A u)] / [(U - 1) + (1 - L) e^(A u)] with
    A = (U - L) / ((1 - L)(U - 1)), ``truncated`` 1 + u held within [L, U]; ``bounds`` are L < 1 < U, given
    for the last two. lambda is found by Newton's method. ``linear`` can give weights of zero or below, which
    are refused: bound them, or rake.

    >>> rows = Rows.of([10, 10, 10])
    >>> x = [[1, 1], [1, 2], [1, 3]]
    >>> calibrate(rows, x, [30, 66]).weight.round(6).tolist()
    [7.0, 10.0, 13.0]
    """
    arrays.instance(rows, Rows, "rows")
    x, target = arrays.frozen(arrays.numbers(auxiliary, "auxiliary")), arrays.numbers(totals, "totals")
    target = arrays.frozen(np.atleast_1d(target))
    x = x[:, None] if x.ndim == 1 else x
    if (
        x.ndim != 2
        or x.shape != (len(rows), target.size)
        or not (np.isfinite(x).all() and np.isfinite(target).all())
    ):
        raise BadInput("The auxiliary columns do not fit.", "Give known values by row, and a total a column.")
    if np.linalg.matrix_rank(x) < target.size:
        raise BadInput("One auxiliary column follows from the others.", "Leave it out.")
    form = _form(distance, bounds)
    rounds, tolerance = _checked_rounds(rounds, tolerance)
    scale = np.maximum(np.abs(x).max(0), 1e-300)

    def again(weight: np.ndarray) -> np.ndarray:
        factor = _solve(weight, x / scale, target / scale, form, rounds, tolerance)
        fallen = int(((factor <= 0) & (weight > 0)).sum())
        if fallen:
            raise BadInput(
                f"{fallen} weights fell to zero or below.", "Set bounds (truncated, logit) or rake."
            )
        return weight * factor

    return rows.reweighted(again(rows.weight), Fit(x, rows.weight, again))


@dataclass(frozen=True)
class _Form:
    """F and its derivative."""

    factor: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


def _form(distance: str, bounds: tuple[float, float] | None) -> _Form:
    if not isinstance(distance, str):
        raise BadInput("The distance is no name.", "Give linear, raking, logit or truncated.")
    if (distance in ("logit", "truncated")) != (bounds is not None):
        raise BadInput(
            f"Bounds do not go with {distance!r}." if bounds else f"{distance!r} needs bounds.",
            "logit and truncated take bounds such as (0.5, 2); linear and raking take none.",
        )
    if distance == "linear":
        return _Form(lambda u: 1 + u, np.ones_like)
    if distance == "raking":
        return _Form(lambda u: np.exp(np.clip(u, -700, 700)), lambda u: np.exp(np.clip(u, -700, 700)))
    if distance not in ("logit", "truncated"):
        raise BadInput(f"There is no distance {distance!r}.", "Give linear, raking, logit or truncated.")
    low, high = arrays.vector(bounds, "bounds", size=2).tolist()
    if not 0 <= low < 1 < high:
        raise BadInput(f"The bounds {low:g} to {high:g} do not enclose 1.", "Give 0 <= L < 1 < U.")
    if distance == "truncated":
        return _Form(
            lambda u: np.clip(1 + u, low, high), lambda u: ((1 + u > low) & (1 + u < high)).astype(float)
        )
    steep = (high - low) / ((1 - low) * (high - 1))

    def factor(u: np.ndarray) -> np.ndarray:
        grown = np.exp(np.clip(steep * u, -700, 700))
        return (low * (high - 1) + high * (1 - low) * grown) / ((high - 1) + (1 - low) * grown)

    def slope(u: np.ndarray) -> np.ndarray:
        value = factor(u)
        return steep * (value - low) * (high - value) / (high - low)

    return _Form(factor, slope)


def _solve(
    d: np.ndarray, x: np.ndarray, target: np.ndarray, form: _Form, rounds: int, tolerance: float
) -> np.ndarray:
    """Find F(x' lambda) with sum d F x = target by Newton steps, halved while they lead away."""
    size = np.maximum(np.abs(target), d @ np.abs(x))
    place = np.zeros(target.size)
    factor = form.factor(x @ place)
    off = target - (d * factor) @ x
    for _round in range(rounds):
        if np.all(np.abs(off) <= tolerance * size):
            return factor
        u = x @ place
        step = np.linalg.lstsq((x * (d * form.slope(u))[:, None]).T @ x, off, rcond=None)[0]
        for half in range(40):
            new = place + step / 2**half
            trial = form.factor(x @ new)
            new_off = target - (d * trial) @ x
            if np.max(np.abs(new_off) / size) < np.max(np.abs(off) / size):
                break
        else:
            break
        place, factor, off = new, trial, new_off
    if np.all(np.abs(off) <= 1e-9 * size):
        return factor
    raise BadInput(
        "No weights within the bounds meet the totals.",
        "Widen the bounds, leave a column out, or check the totals against the rows.",
    )


def _margin(rows: Rows, groups: Any, totals: Mapping[Any, float]) -> tuple[np.ndarray, np.ndarray]:
    names, codes = arrays.labels(groups, "group", len(arrays.instance(rows, Rows, "rows")))
    if not isinstance(totals, Mapping):
        raise BadInput(
            "The sizes do not say of which group they are.", "Give a size by the name of its group."
        )
    unknown = [name for name in names if name not in totals]
    unmet = [name for name in totals if name not in set(names)]
    if unknown or unmet:
        raise BadInput(
            f"Groups without a size: {unknown}; sizes without a row: {unmet}.",
            "Give the size of every group that has rows, and join groups that have none.",
        )
    sizes = arrays.numbers([totals[name] for name in names], "size of a group")
    if not np.all(np.isfinite(sizes) & (sizes > 0)):
        raise BadInput("A group has no size above zero.", "Leave empty groups out.")
    return codes, sizes


def _indicators(codes: np.ndarray) -> np.ndarray:
    return (codes[:, None] == np.arange(codes.max() + 1)).astype(float)


def _scaled(weight: np.ndarray, codes: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return weights that add up to the size of each group; a replicate may have left a group empty."""
    held = np.bincount(codes, weight, sizes.size)
    if np.any(held <= 0):
        raise BadInput(
            "A replicate leaves a group without any row of weight.",
            "Join the group with a like one, or take the linear error of taylor.",
        )
    return weight * (sizes / held)[codes]


def _raked(
    weight: np.ndarray, coded: Sequence[tuple[np.ndarray, np.ndarray]], rounds: int, tolerance: float
) -> np.ndarray:
    off = np.inf
    for _round in range(rounds):
        for codes, sizes in coded:
            weight = _scaled(weight, codes, sizes)
        off = max(np.max(np.abs(np.bincount(codes, weight) / sizes - 1)) for codes, sizes in coded)
        if off <= tolerance:
            return weight
    raise BadInput(
        f"Raking is still off by {off:.1e} after {rounds} rounds.",
        "Two margins contradict each other in the rows: join small groups.",
    )


def _checked_rounds(rounds: int, tolerance: float) -> tuple[int, float]:
    rounds, tolerance = arrays.number(rounds, "number of rounds"), arrays.number(tolerance, "tolerance")
    if rounds < 1 or rounds != int(rounds) or tolerance < 0:
        raise BadInput("There is no round, or a tolerance below zero.", "Ask for 100 rounds, and 1e-10.")
    return int(rounds), tolerance
