"""Estimates what a measure changed by the change elsewhere: two-way and by group and time.

Without the measure all units would have moved alike: this is assumed, and may be doubted with the figures
before (``event_study``, ``placebo``). Sources in each function; checked against R lm and against the
minimum-wage panel of Callaway & Sant'Anna (2021).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays
from zhiheng.methods.panel import Panel

VERSION = "1"
Control = Literal["never", "not_yet"]
Kind = Literal["simple", "event", "group", "calendar"]


@dataclass(frozen=True)
class Effect:
    """An average effect on the treated, in the unit of the figures, and what it rests on."""

    estimate: float
    standard_error: float
    lower: float
    upper: float
    p_value: float
    treated: int
    controls: int
    negative_weight: float
    method: str
    version: str = VERSION


def two_way(panel: Panel, *, confidence: float = 0.95) -> Effect:
    """Return the coefficient of "treated now" beside effects of unit and period, errors clustered by unit.

    b = sum d y / sum d^2 with d the residual of the indicator from unit and period means; variance c sum_i
    (sum_t d_it e_it)^2 / (sum d^2)^2, c = G / (G - 1) (N - 1) / (N - k) (Liang & Zeger 1986; Cameron & Miller
    2015), Student's t with G - 1. ``negative_weight`` is the share of treated cells that count negatively
    when starts differ (de Chaisemartin & D'Haultfoeuille 2020): above zero take ``group_time``.

    >>> found = two_way(Panel([[1, 2, 3], [2, 3, 3], [1, 5, 6], [2, 5, 7]], [None, None, 1, 1]))
    >>> print(round(found.estimate, 4), round(found.standard_error, 4))
    3.0 0.4282
    """
    y, n, t = arrays.instance(panel, Panel, "panel").figures, *panel.figures.shape
    if n < 3:
        raise BadInput("Two units have no error.", "Give three or more.")
    now = panel.is_treated.astype(float)
    d, square = _within(now), float((_within(now) ** 2).sum())
    if not square > 1e-12:
        raise BadInput(
            "Treatment follows from unit and period.", "Give units that are not treated at the time."
        )
    estimate = float((d * y).sum() / square)
    left = _within(y) - estimate * d
    scale = n / (n - 1) * (n * t - 1) / (n * t - n - t)
    error = float(np.sqrt(scale * ((d * left).sum(axis=1) ** 2).sum())) / square
    cells = d[panel.is_treated]
    negative = float(-cells[cells < -1e-12].sum() / np.abs(cells).sum())
    return _effect(estimate, error, n - 1, confidence, panel, negative, "two-way")


@dataclass(frozen=True)
class Effects:
    """Several effects with pointwise and joint limits; ``label`` says of which group, date or distance."""

    label: np.ndarray
    estimate: np.ndarray
    standard_error: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    joint_lower: np.ndarray
    joint_upper: np.ndarray
    covariance: np.ndarray
    units: int
    confidence: float
    method: str
    version: str = VERSION

    def before(self) -> tuple[float, int, float]:
        """Return F, its first degrees of freedom q and p of "no effect before the start".

        T = b' V^-1 b (1 - 2 / n) over the q distances below zero, F = T (n - 1 - q) / (q (n - 2)) with q and
        n - 1 - q degrees (Hotelling 1931), n the number of units. A large p does not prove that all would
        have moved alike: few units see little (Roth 2022).

        >>> rows = [[1, 2, 3], [2, 4, 3], [3, 3, 5], [1, 3, 6], [2, 3, 7], [2, 5, 7]]
        >>> value, q, p = event_study(Panel(rows, [None] * 3 + [2] * 3), np.random.default_rng(1)).before()
        >>> print(round(value, 4), q, round(p, 4))
        1.5 1 0.2879
        """
        if np.isnan(self.standard_error[self.label < 0]).any():
            raise BadInput(
                "A side of one unit leaves errors unknown.", "Give two units or more on each side."
            )
        early = np.flatnonzero((self.label < 0) & (self.standard_error > 0))
        if not early.size:
            raise BadInput(
                "There is no distance before the start.", "Take an event study with earlier periods."
            )
        b, v = self.estimate[early], self.covariance[np.ix_(early, early)]
        q = int(np.linalg.matrix_rank(v))
        if self.units - 1 - q < 1:
            raise BadInput(
                "There are too few units for so many periods.", "Give more units, or fewer periods."
            )
        square = float(b @ np.linalg.pinv(v, hermitian=True) @ b) * (1 - 2 / self.units)
        value = square * (self.units - 1 - q) / (q * (self.units - 2))
        return value, q, float(special.fdtrc(q, self.units - 1 - q, value))


@dataclass(frozen=True)
class GroupTime:
    """Effects by group (first treated period) and period, with the influence of every unit on each."""

    group: np.ndarray
    period: np.ndarray
    estimate: np.ndarray
    standard_error: np.ndarray
    influence: np.ndarray
    panel: Panel
    method: str = "group-time"
    version: str = VERSION


def group_time(panel: Panel, *, control: Control = "never", anticipation: int = 0) -> GroupTime:
    """Return ATT(g, t) for every group and period (Callaway & Sant'Anna 2021, unconditional).

    ATT = mean over G = g of (y_t - y_b) - mean over controls of the same; b = g - 1 - anticipation from the
    start on, t - 1 before it. Controls: never treated, or also those not yet treated at t (and b). Influence
    of unit i: n / n_g (dy - mean) for the group, less n / n_c (dy - mean) for controls; error = sqrt(sum
    psi^2) / n, unknown (NaN) where the group or its controls are one unit: one does not show how units vary.

    >>> found = group_time(Panel([[1, 2, 3], [2, 3, 3], [1, 5, 6], [2, 5, 7]], [None, None, 1, 1]))
    >>> print(found.estimate.tolist(), found.standard_error.round(4).tolist())
    [2.5, 3.5] [0.3536, 0.3536]
    """
    found = []
    for cell in cells(panel, control, anticipation):
        effect = cell.change[cell.treated].mean() - cell.change[cell.controls].mean()
        psi = (_influence(cell.change[:, None], side)[:, 0] for side in (cell.treated, cell.controls))
        found.append((cell, effect, np.subtract(*psi)))
    return of_cells(found, panel, "group-time")


@dataclass(frozen=True)
class Cell:
    """A group at a period: who is treated, who is compared with, and what changed since the base."""

    group: int
    period: int
    treated: np.ndarray
    controls: np.ndarray
    change: np.ndarray


def cells(panel: Panel, control: Control, anticipation: int) -> Iterator[Cell]:
    """Yield every group and period that has units to compare with; see ``group_time``."""
    if not arrays.is_one_of(control, Control):
        raise BadInput(f"There is no control {control!r}.", "Give 'never' or 'not_yet'.")
    y, is_met = arrays.instance(panel, Panel, "panel").figures, False
    anticipation = arrays.whole(anticipation, "anticipation", least=0)
    if panel.groups[0] - 1 - anticipation < 0:
        raise BadInput(
            "There is no period before the anticipation.", "Shorten it, or leave the early group out."
        )
    for g in panel.groups:
        for t in range(1, y.shape[1]):
            base = g - 1 - anticipation if t >= g - anticipation else t - 1
            inside, outside = panel.start == g, np.isinf(panel.start)
            if control == "not_yet":
                outside = outside | ((panel.start > max(t, base) + anticipation) & ~inside)
            if outside.any():
                is_met = is_met or t >= g
                yield Cell(int(g), t, inside, outside, y[:, t] - y[:, base])
            elif t < g:
                raise BadInput("There are no units to compare with.", "Take control='not_yet', or add units.")
            # Where every other unit is treated by now, there is nothing to compare with.
    if not is_met:
        raise BadInput("There are no units to compare with.", "Take control='not_yet', or add units.")


def of_cells(found: Sequence[tuple[Cell, float, np.ndarray]], panel: Panel, method: str) -> GroupTime:
    """Return the effects of cells, each with the influence of every unit of the panel on it."""
    influence = np.array([psi for *_rest, psi in found])
    return GroupTime(
        group=np.array([cell.group for cell, *_rest in found]),
        period=np.array([cell.period for cell, *_rest in found]),
        estimate=np.array([effect for _cell, effect, _psi in found]),
        standard_error=np.sqrt((influence**2).sum(axis=1)) / influence.shape[1],
        influence=influence,
        panel=panel,
        method=method,
    )


def summarise(
    found: GroupTime, kind: Kind, rng: np.random.Generator, *, confidence: float = 0.95, draws: int = 5000
) -> Effects:
    """Return effects averaged over groups and periods, weighted by the number of treated units.

    "simple" all treated cells; "event" by distance t - g; "group" by group over its periods; "calendar" by
    period over its groups (Callaway & Sant'Anna 2021, section 3). The influence of estimated group sizes is
    in the errors. Joint limits: quantile of the largest |z| of ``draws`` normals with the same correlation.

    >>> found = group_time(Panel([[1, 2, 3], [2, 3, 3], [1, 5, 6], [2, 5, 7]], [None, None, 1, 1]))
    >>> event = summarise(found, "event", np.random.default_rng(1))
    >>> print(event.label.tolist(), event.estimate.tolist())
    [0, 1] [2.5, 3.5]
    """
    if not arrays.is_one_of(kind, Kind):
        raise BadInput(f"There is no summary {kind!r}.", "Give 'simple', 'event', 'group' or 'calendar'.")
    arrays.between(confidence, 0, 1, "confidence")
    draws, rng = arrays.whole(draws, "number of draws"), arrays.generator(rng)
    g, t = arrays.instance(found, GroupTime, "effect by group and time").group, found.period
    key = {"simple": np.zeros(g.size, dtype=int), "event": t - g, "group": g, "calendar": t}[kind]
    used = np.ones(g.size, dtype=bool) if kind == "event" else t >= g
    label, estimates, influences = np.unique(key[used]), [], []
    for value in label:
        place = np.flatnonzero(used & (key == value))
        estimate, psi = _averaged(found, place, is_sized=kind != "group")
        estimates.append(estimate)
        influences.append(psi)
    return _several(
        label, np.array(estimates), np.array(influences), rng, confidence, draws, f"group-time-{kind}"
    )


def _averaged(found: GroupTime, place: np.ndarray, *, is_sized: bool) -> tuple[float, np.ndarray]:
    start, n = found.panel.start, found.panel.start.size
    member = (start[None, :] == found.group[place][:, None]).astype(float)
    size = member.mean(axis=1) if is_sized else np.ones(place.size)
    weight = size / size.sum()
    estimate = float(weight @ found.estimate[place])
    psi = weight @ found.influence[place]
    if is_sized:
        psi = psi + (found.estimate[place] - estimate) @ (member - size[:, None]) / size.sum()
    return estimate, psi.reshape(n)


def event_study(
    panel: Panel, rng: np.random.Generator, *, confidence: float = 0.95, draws: int = 5000
) -> Effects:
    """Return effects by distance from one common start, the period before it as base, errors by unit.

    With one start the regression on unit, period and distance is the difference of mean changes from the base
    between treated and controls: b_k = (y_tr,k - y_tr,-1) - (y_co,k - y_co,-1). Starts at several times mix
    distances with each other (Sun & Abraham 2021) and are refused; errors are unknown (NaN) where a side is
    one unit: take ``summarise(group_time(...),
    "event")``.

    >>> panel = Panel([[1, 2, 3], [2, 3, 3], [1, 3, 6], [2, 3, 7]], [None, None, 2, 2])
    >>> event_study(panel, np.random.default_rng(1)).estimate.tolist()
    [-0.5, 0.0, 3.0]
    """
    _controls, _treated, start = arrays.instance(panel, Panel, "panel").block()
    arrays.between(confidence, 0, 1, "confidence")
    draws, rng = arrays.whole(draws, "number of draws"), arrays.generator(rng)
    change = panel.figures - panel.figures[:, [start - 1]]
    estimate = change[panel.ever].mean(axis=0) - change[~panel.ever].mean(axis=0)
    psi = (_influence(change, panel.ever) - _influence(change, ~panel.ever)).T
    psi[start - 1] = 0.0  # the base is none of the effects
    label = np.arange(panel.figures.shape[1]) - start
    return _several(label, estimate, psi, rng, confidence, draws, "event-study")


@dataclass(frozen=True)
class Placebo:
    """An effect beside those of drawn assignments in which nothing could have happened."""

    estimate: float
    p_value: float
    drawn: np.ndarray
    method: str
    version: str = VERSION


def placebo(panel: Panel, rng: np.random.Generator, *, draws: int = 999) -> Placebo:
    """Return the two-way effect with the share of random reassignments of starts that give one as large.

    p = (1 + number with |b*| >= |b|) / (draws + 1): exact if starts were given at random, whatever the
    distribution (Fisher 1935; MacKinnon & Webb 2020).

    >>> rows = [[0, 0], [0, 1], [1, 1], [0, 0], [1, 2], [0, 9]]
    >>> found = placebo(Panel(rows, [None] * 5 + [1]), np.random.default_rng(1), draws=599)
    >>> print(round(found.estimate, 2), round(found.p_value, 3))  # 1 of 6 starts gives as much: 0.167
    8.6 0.155
    """
    draws, rng = arrays.whole(draws, "number of draws"), arrays.generator(rng)
    y = _within(arrays.instance(panel, Panel, "panel").figures)

    def slope(start: np.ndarray) -> float:
        d = _within((np.arange(y.shape[1]) >= start[:, None]).astype(float))
        square = (d**2).sum()
        return float((d * y).sum() / square) if square > 1e-12 else 0.0

    estimate = two_way(panel).estimate
    drawn = np.array([slope(rng.permutation(panel.start)) for _draw in range(draws)])
    as_large = int((np.abs(drawn) >= abs(estimate) * (1 - 1e-9)).sum())
    return Placebo(estimate, (1 + as_large) / (draws + 1), drawn, "reassigned-starts")


def _influence(change: np.ndarray, side: np.ndarray) -> np.ndarray:
    """Return the influence of every unit on the mean change of a side; unknown for a side of one unit."""
    psi = np.zeros(change.shape)
    psi[side] = side.size / side.sum() * (change[side] - change[side].mean(axis=0))
    return psi if side.sum() > 1 else np.where(side[:, None], np.nan, psi)


def _within(x: np.ndarray) -> np.ndarray:
    return x - x.mean(axis=1, keepdims=True) - x.mean(axis=0) + x.mean()


def _effect(
    estimate: float, error: float, df: int, confidence: float, panel: Panel, negative: float, method: str
) -> Effect:
    arrays.between(confidence, 0, 1, "confidence")
    half = special.stdtrit(df, (1 + confidence) / 2) * error
    p = float(2 * special.stdtr(df, -abs(estimate) / error)) if error > 0 else float(estimate == 0)
    treated = int(panel.ever.sum())
    controls = panel.start.size - treated
    return Effect(estimate, error, estimate - half, estimate + half, p, treated, controls, negative, method)


def _several(
    label: np.ndarray,
    estimate: np.ndarray,
    influence: np.ndarray,
    rng: np.random.Generator,
    confidence: float,
    draws: int,
    method: str,
) -> Effects:
    covariance = influence @ influence.T / influence.shape[1] ** 2
    error = np.sqrt(np.diag(covariance))
    z = special.ndtri((1 + confidence) / 2)
    scaled = influence[error > 0] / influence.shape[1] / error[error > 0, None]
    joint = z
    if scaled.shape[0] > 1:
        largest = np.abs(rng.standard_normal((draws, scaled.shape[1])) @ scaled.T).max(axis=1)
        joint = max(float(np.quantile(largest, confidence)), z)
    return Effects(
        label=label,
        estimate=estimate,
        standard_error=error,
        lower=estimate - z * error,
        upper=estimate + z * error,
        joint_lower=estimate - joint * error,
        joint_upper=estimate + joint * error,
        covariance=covariance,
        units=influence.shape[1],
        confidence=confidence,
        method=method,
    )
