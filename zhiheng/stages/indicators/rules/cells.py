"""Rates of small cells, region by division, that borrow strength from all cells (Fay & Herriot 1979).

A cell of fewer answers than the firm limit gets the rate of the model beside its own: the Hajek rate y_i
drawn towards x_i' beta. x_i is the failure rate that the cell would have if each class of its frame failed as
that class does, over several regions with a factor of its region and of its division. Sampling variances come
from such a synthetic rate, never from the few answers of a cell (``areas.posterior_means``). The interval is
one of the model, and the headline is never made from these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import areas

from .figures import WEIGHTED, Slice

VERSION = "2"
MEMBER = "borrowed"
LEAST_RATE, MOST_FAILING = 0.002, 0.9
"""A synthetic failure rate is taken as no smaller than this, so that no cell counts as free of error."""
TURNS = 5


@dataclass(frozen=True)
class Borrowed:
    """The rate of one small cell by the model, with its interval, which is one of the model."""

    region: str
    division: str
    period: str
    estimate: float
    lower: float
    upper: float
    error: float
    n: int
    population: int
    own_weight: float


@dataclass(frozen=True)
class Fit:
    """The borrowed cells of one period, and what all cells add up to with them in place of their own."""

    cells: tuple[Borrowed, ...]
    fitted: int
    variance: float
    total: float

    def said(self, headline: float | None) -> dict[str, Any]:
        """Return what a release says of it; per cent as texts."""
        return {
            "method": method(),
            "fitted": self.fitted,
            "borrowed": len(self.cells),
            "variance": f"{self.variance:.9f}",
            "sum": f"{100 * self.total:.2f}",
            "headline": "" if headline is None else f"{100 * headline:.2f}",
        }


@dataclass(frozen=True)
class _Cells:
    """All cells with an answer, as columns; ``place`` numbers regions, ``column`` divisions."""

    place: np.ndarray
    column: np.ndarray
    direct: np.ndarray
    synthetic: np.ndarray
    by_class: np.ndarray
    n: np.ndarray
    effective: np.ndarray
    population: np.ndarray


@dataclass(frozen=True)
class _Tables:
    """Region x class x division: frame units, answers, weights, weights of failures, squared weights."""

    frame: np.ndarray
    n: np.ndarray
    w: np.ndarray
    wf: np.ndarray
    w2: np.ndarray


def method() -> dict[str, str]:
    """Return the method as releases and the formula digest say it."""
    return {
        "id": "fay-herriot-posterior-finite",
        "version": f"{VERSION}.{areas.VERSION}",
        "interval": "model",
    }


def borrow(parts: Sequence[Slice], *, firm: int) -> Fit | None:
    """Return the rates of the cells below ``firm`` answers; nothing where cells are too few for a model."""
    if not parts or any(part.method != WEIGHTED for part in parts):
        return None
    names = sorted({name for part in parts for name in part.divisions})
    cells = _cells(_tables(parts, names))
    rate = cells.synthetic * (1 - cells.synthetic)
    whole = cells.effective * cells.population / cells.n
    try:
        fit = areas.posterior_means(cells.direct, _known(cells), rate, cells.effective, whole)
    except BadInput:
        return None
    is_small = (cells.n < firm) & (cells.n < cells.population)
    estimate = np.clip(fit.estimate, 0.0, 1.0)
    made = [
        _borrowed(parts[cells.place[spot]], names[cells.column[spot]], cells, fit, spot)
        for spot in np.flatnonzero(is_small).tolist()
    ]
    shown = np.where(is_small, estimate, cells.direct)
    return Fit(tuple(made), cells.n.size, fit.variance, _added(parts, names, cells, shown))


def _known(cells: _Cells) -> np.ndarray:
    """Return the columns of the regression: one, and what classes explain, by region and by division."""
    one, by_class = np.ones((cells.n.size, 1)), cells.by_class[:, None]
    if cells.place.max() == 0:
        return np.hstack([one, by_class]) if np.ptp(by_class) > 1e-9 else one
    regions = cells.place[:, None] == np.unique(cells.place)
    divisions = cells.column[:, None] == np.unique(cells.column)[1:]
    return np.hstack([one, by_class * regions, by_class * divisions])


def _borrowed(part: Slice, division: str, cells: _Cells, fit: areas.Posterior, spot: int) -> Borrowed:
    value, lower, upper = np.clip([fit.estimate[spot], fit.lower[spot], fit.upper[spot]], 0, 1).tolist()
    return Borrowed(
        region=part.region,
        division=division,
        period=part.period,
        estimate=value,
        lower=lower,
        upper=upper,
        error=float(fit.error[spot]),
        n=int(cells.n[spot]),
        population=int(cells.population[spot]),
        own_weight=float(fit.shrinkage[spot]),
    )


def _tables(parts: Sequence[Slice], names: list[str]) -> _Tables:
    classes = sorted({name for part in parts for name in part.sample.classes.tolist()})
    held = np.zeros((5, len(parts), len(classes), len(names)))
    for place, part in enumerate(parts):
        column = [names.index(name) for name in part.divisions]
        sample = part.sample
        columns = (sample.frame, sample.n, sample.w, sample.w - sample.wy, sample.w2)
        for spot, name in enumerate(sample.classes.tolist()):
            at = classes.index(name)
            for table, values in enumerate(columns):
                held[table, place, at, column] += values[spot]
    return _Tables(*held)


def _cells(tables: _Tables) -> _Cells:
    """Return the cells with an answer, each with its synthetic rate and effective size.

    The failure rate of a class in a cell is taken as that of the class, times how much more its division and
    its region fail than their classes explain (of one region alone: of the class). An answer of a class tells
    of its cell with the variance within the class and the distance of the class from the cell.
    """
    by_class = tables.wf.sum((0, 2)) / np.maximum(tables.w.sum((0, 2)), 1e-300)
    expected = tables.w * by_class[None, :, None]
    division, region = np.ones(tables.w.shape[2]), np.ones(tables.w.shape[0])
    for _turn in range(TURNS if region.size > 1 else 0):
        division = _relative(tables.wf.sum((0, 1)), (expected * region[:, None, None]).sum((0, 1)))
        region = _relative(tables.wf.sum((1, 2)), (expected * division).sum((1, 2)))
    failing = by_class[None, :, None] * region[:, None, None] * division
    failing = np.clip(failing, LEAST_RATE, MOST_FAILING)
    frame, n, w = tables.frame.sum(1), tables.n.sum(1), tables.w.sum(1)
    whole = (tables.frame * failing).sum(1) / np.maximum(frame, 1e-300)
    spread = failing * (1 - failing) + (failing - whole[:, None, :]) ** 2
    seen = (n > 0) & (frame > 0)
    variance = (tables.w2 * spread).sum(1)[seen] / w[seen] ** 2
    rate = whole[seen]
    place, column = np.nonzero(seen)
    direct = 1 - tables.wf.sum(1)[seen] / w[seen]
    effective = np.maximum(rate * (1 - rate) / np.maximum(variance, 1e-300), 1.0)
    known = (tables.frame * by_class[None, :, None]).sum(1)[seen] / frame[seen]
    return _Cells(place, column, direct, 1 - rate, known, n[seen], effective, frame[seen])


def _relative(seen: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.divide(seen, expected, out=np.ones(seen.size), where=expected > 0)


def _added(parts: Sequence[Slice], names: list[str], cells: _Cells, value: np.ndarray) -> float:
    """Return what cells add up to: by population within a division, by output over the divisions."""
    output = np.zeros(len(names))
    for part in parts:
        for name, text in zip(part.divisions, part.outputs, strict=True):
            output[names.index(name)] += float(text)
    above = np.bincount(cells.column, value * cells.population, len(names))
    below = np.bincount(cells.column, cells.population, len(names))
    held = below > 0
    return float((output[held] * above[held] / below[held]).sum() / output[held].sum())
