"""How likely a target is reached by its date, and which path would reach it, from a series and its errors.

Never from two end points: the level is followed through all figures with their sampling errors, and what is
asked is whether the true level stands at the target (``methods.structural``).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from zhiheng import methods
from zhiheng.reference import parameters, tables

from ..refusals import refuse
from .showing import AT_LEAST, AT_MOST

if TYPE_CHECKING:
    from zhiheng.methods.structural import Fitted, Scale

AHEAD = 15
LIKELY, EVEN, UNLIKELY = "likely", "even", "unlikely"
AMBIGUOUS, UNBOUND, TOO_FEW = "ambiguous-series", "unbound", "too-few-figures"
NO_SIZE, LOWER_BOUND, DUE_PAST = "no-size", "lower-bound", "due-past"
DESIGN_EFFECT, SMALLEST_N, RECORDS, EXACT = "design-effect", "smallest-n", "records-a-year", "exact"
NO_STEP = "breaks-without-step"
LEAST, WITH_SLOPE = 3, 6


@dataclass(frozen=True)
class Point:
    """One yearly figure: a share from 0 to 1 or a score, with its standard error."""

    year: int
    value: float
    standard_error: float


@dataclass(frozen=True)
class Expected:
    """The level that the model expects in a year with its 95 % interval, and what the target asks by then."""

    year: int
    level: float
    lower: float
    upper: float
    needed: float


@dataclass(frozen=True)
class Attainment:
    """The chance to stand at a target at its date, with the path needed; ``refused`` says why there is none.

    ``at`` is the chance at the date, ``by`` that of having been there by then, ``other`` the first under the
    other model of the slope. ``needed_per_year`` is what the level has to gain every year from the last one,
    or to lose where the target says "at most"; never below zero.
    ``expected`` is the first year in which the expected level stands at the target, None within 15 years.
    """

    target: float
    due: int
    at: float | None = None
    by: float | None = None
    other: float | None = None
    expected: int | None = None
    needed_per_year: float | None = None
    colour: str = ""
    path: tuple[Expected, ...] = ()
    history: tuple[Point, ...] = ()
    assumptions: tuple[str, ...] = ()
    method: str = ""
    version: str = field(default_factory=lambda: methods.structural.VERSION)
    refused: str = ""


def colour(chance: float) -> str:
    """Return the word of a chance: likely from 0.8, even from 0.5, else unlikely (an editable house rule).

    >>> colour(0.8), colour(0.5), colour(0.335)
    ('likely', 'even', 'unlikely')
    """
    bounds = parameters.value("attainment_bounds")
    if chance >= bounds[LIKELY]:
        return LIKELY
    return EVEN if chance >= bounds[EVEN] else UNLIKELY


def assumed_error(share: float, n: float) -> float:
    """Return the error of a share published with its number of records alone: sqrt(deff p (1 - p) / n).

    The design effect is assumed and said beside everything that rests on it.

    >>> round(100 * assumed_error(0.9393, 300_000), 4)
    0.0872
    """
    if not 0 < share < 1 or n <= 0:
        raise refuse("no-error-assumed", share=share, n=n)
    return math.sqrt(float(parameters.value("assumed_design_effect")) * share * (1 - share) / n)


def refusal(target: float, due: int, why: str, *, history: Sequence[Point] = ()) -> Attainment:
    """Return the answer that says why no chance is computed."""
    return Attainment(target, due, refused=why, history=tuple(history))


def of(
    history: Sequence[Point],
    target: float,
    due: int,
    *,
    scale: Scale = "logit",
    assumptions: Sequence[str] = (),
    operator: str = AT_LEAST,
) -> Attainment:
    """Return the chance that the level stands at ``target`` or above in the year ``due``, and the path.

    For a target that says "at most" it is the chance to stand there or below: the same question about
    1 - share, or about -score, with the answer turned back.
    Local level with the sampling errors given; shares on the logit scale. From six figures on the level has a
    slope, with fewer it has none, and figures may then vary beyond their sampling errors; the other choice
    is computed too, since so few figures cannot tell. The seed of the drawn paths comes from the figures,
    so that equal figures always have equal answers.
    """
    rows = tuple(sorted(history, key=lambda point: point.year))
    if len({point.year for point in rows}) != len(rows):
        raise refuse("year-twice")
    if len(rows) < LEAST:
        return refusal(target, due, TOO_FEW, history=rows)
    if due <= rows[-1].year:
        return refusal(target, due, DUE_PAST, history=rows)
    if operator != AT_MOST:
        return _computed(rows, target, due, scale, tuple(assumptions))
    mirror = _turned(scale)
    turned = tuple(Point(one.year, mirror(one.value), one.standard_error) for one in rows)
    found = _computed(turned, mirror(target), due, scale, tuple(assumptions))
    path = tuple(
        Expected(one.year, mirror(one.level), mirror(one.upper), mirror(one.lower), mirror(one.needed))
        for one in found.path
    )
    return replace(found, target=target, path=path, history=rows)


def _turned(scale: Scale) -> Callable[[float], float]:
    """Return what makes a fall of a share or a score a rise."""
    return (lambda share: 1.0 - share) if scale == "logit" else (lambda score: -score)


@lru_cache(maxsize=256)
def _computed(
    rows: tuple[Point, ...], target: float, due: int, scale: Scale, assumptions: tuple[str, ...]
) -> Attainment:
    """Return the answer kept for exactly this question, else the one computed now, which takes seconds."""
    held = kept().get(question(rows, target, due, scale))
    if held is None:
        return compute(rows, target, due, scale, assumptions)
    path = tuple(Expected(int(year), *ends) for year, *ends in held["path"])
    facts = {name: held[name] for name in ("at", "by", "other", "expected", "needed_per_year", "method")}
    return Attainment(
        target=target,
        due=due,
        colour=colour(held["at"]),
        path=path,
        history=rows,
        assumptions=assumptions,
        **facts,
    )


@cache
def kept() -> dict[str, dict[str, Any]]:
    """Return the answers for the published series, made by ``keeping`` so that no page waits for a model."""
    return {row["question"]: row for row in tables.document("attainment.yaml")["answers"]}


def question(rows: Sequence[Point], target: float, due: int, scale: str) -> str:
    """Return the digest of what is asked: figures with errors, target, year, scale and version of method."""
    points = [(one.year, f"{one.value:.10g}", f"{one.standard_error:.10g}") for one in rows]
    said = repr((points, f"{target:.10g}", due, scale, methods.structural.VERSION, LEAST, WITH_SLOPE))
    return hashlib.sha256(said.encode()).hexdigest()


def compute(
    rows: tuple[Point, ...], target: float, due: int, scale: Scale, assumptions: tuple[str, ...]
) -> Attainment:
    """Return the answer of the model itself."""
    ahead, last = due - rows[-1].year, rows[-1].year
    has_slope = len(rows) >= WITH_SLOPE
    fitted = _fitted(rows, scale, has_slope=has_slope)
    chance = methods.structural.reaching(fitted, target, ahead, _generator(rows, target))
    other = methods.structural.reaching(
        _fitted(rows, scale, has_slope=not has_slope), target, ahead, _generator(rows, target)
    )
    coming = methods.structural.forecast(fitted, AHEAD)
    now = float(fitted.level[-1])
    needed = (target - now) / ahead
    path = [Expected(last, now, float(fitted.lower[-1]), float(fitted.upper[-1]), now)]
    path += [
        Expected(
            last + step,
            float(coming.level[step - 1]),
            float(coming.lower[step - 1]),
            float(coming.upper[step - 1]),
            now + needed * step,
        )
        for step in range(1, ahead + 1)
    ]
    reached = np.flatnonzero(coming.level >= target)
    return Attainment(
        target=target,
        due=due,
        at=chance.at,
        by=chance.by,
        other=other.at,
        expected=last + 1 + int(reached[0]) if reached.size else None,
        needed_per_year=max(needed, 0.0),
        colour=colour(chance.at),
        path=tuple(path),
        history=rows,
        assumptions=assumptions,
        method=f"{fitted.method}-{scale}",
    )


def _fitted(rows: Sequence[Point], scale: Scale, *, has_slope: bool) -> Fitted:
    """Fit the level over every year from the first to the last; years without a figure stay unknown."""
    years = rows[-1].year - rows[0].year + 1
    figures, errors = np.full(years, np.nan), np.full(years, np.nan)
    for point in rows:
        figures[point.year - rows[0].year] = point.value
        errors[point.year - rows[0].year] = point.standard_error
    # A slope takes up what is left beyond the sampling error; without one the figures need a noise.
    is_noisy = not has_slope
    return methods.structural.fit(
        figures, errors, slope="fixed" if has_slope else "none", scale=scale, is_noisy=is_noisy
    )


def _generator(rows: Sequence[Point], target: float) -> np.random.Generator:
    said = repr((rows, target)).encode()
    return np.random.default_rng(int.from_bytes(hashlib.sha256(said).digest()[:8], "big"))
