"""Estimates from a table with one row a unit: a share or a mean, of all units and of domains, by its design.

What a statistician holds after any draw: the outcome (missing where a unit did not answer), its stratum, and
what is known of its chances: the size of the stratum, a probability or weight of its own, its cluster.
The way is chosen by what is known and named in the answer, never silently:

- ``hajek``: pass or fail, strata with their sizes, no clusters, no weights of its own: the published method
  of the pass rate (``survey.hajek``; card docs/methods/pass-rate.md).
- ``taylor``: everything else: weighted mean with its linearised error (``taylor.mean``), Korn-Graubard
  interval for shares with the degrees of freedom of its design effect (``taylor.design_effect_df``; those of
  the design, as R takes them, hold too little where a few failures carry much weight), Student's for means.

Non-response within a stratum of known size is spread over those who answered; a stratum of known size where
nobody did is refused, for nothing stands for it. Without sizes the answered units keep their weights and the
share that answered is told. Checked against R survey 4.1.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, intervals, survey, taylor
from zhiheng.methods.rows import Rows
from zhiheng.methods.variance import Lonely

VERSION = "2"


@dataclass(frozen=True)
class Design:
    """What is known of each row's chances; arrays of one length, None where a column is not given.

    ``population`` is N_h of the row's stratum, ``probability`` its inclusion probability (0 to 1], ``weight``
    the number of units it stands for, ``psu`` its cluster.
    """

    stratum: Any = None
    population: Any = None
    probability: Any = None
    weight: Any = None
    psu: Any = None

    def __post_init__(self) -> None:
        for name in ("stratum", "population", "probability", "weight", "psu"):
            object.__setattr__(self, name, arrays.kept(getattr(self, name)))
        if self.probability is not None and self.weight is not None:
            raise BadInput(
                "Both a probability and a weight are given.",
                "Give one of them: a weight is one by the probability.",
            )


@dataclass(frozen=True)
class Estimate:
    """A share (0 to 1) or a mean with what is needed to question it; None where nothing can be said.

    ``df`` is that of the design, ``interval_df`` that of the limits, None where their way takes none.
    """

    estimate: float | None
    lower: float | None
    upper: float | None
    standard_error: float | None
    n: int
    df: int
    raw: float | None
    method: str
    interval: str
    version: str = VERSION
    level: float = 0.95
    interval_df: float | None = None


def estimate(
    y: Any,
    design: Design,
    *,
    is_share: bool = True,
    lonely: Lonely = "adjust",
    level: float = 0.95,
) -> Estimate:
    """Return the estimate over all rows.

    ``y`` is 1 or 0 (or any number, with ``is_share`` false), NaN for a unit that did not answer.
    Formulas: see ``survey.hajek`` and ``taylor.mean``; the raw value is the plain mean of the answered rows.

    >>> d = Design(stratum=["a", "a", "b", "b"], population=[20, 20, 10, 10])
    >>> e = estimate([1, 1, 0, 1], d)
    >>> print(e.method, round(e.estimate, 4), round(e.standard_error, 4), e.n, e.df)
    hajek 0.8333 0.1491 4 2
    """
    whole = np.zeros(arrays.column(y, "outcomes").size, dtype=int)
    return by_domain(y, design, whole, is_share=is_share, lonely=lonely, level=level)[0]


def by_domain(
    y: Any,
    design: Design,
    labels: Any,
    *,
    is_share: bool = True,
    lonely: Lonely = "adjust",
    level: float = 0.95,
) -> list[Estimate]:
    """Return the estimate of each domain 0, 1, ...; ``labels`` gives the domain of each row.

    The design is that of all rows: a domain keeps the strata it has no row in, as its error needs.

    >>> d = Design(stratum=["a", "a", "b", "b"], population=[20, 20, 10, 10])
    >>> [e.estimate for e in by_domain([1, 1, 0, 1], d, [0, 1, 0, 1])]
    [0.6666666666666666, 1.0]
    """
    y, labels = arrays.numbers(y, "outcomes"), arrays.column(labels, "labels")
    level, is_share = arrays.confidence(level), arrays.flag(is_share, "mark of a share")
    is_numbered = labels.dtype.kind in "iu" and y.ndim == 1
    if not y.size or not is_numbered or labels.shape != y.shape or labels.min() < 0:
        raise BadInput("There is not one domain label a row.", "Label every row from 0 up.")
    for place in np.flatnonzero(np.isinf(y))[:1].tolist():
        raise BadInput(
            "An outcome has no end.",
            "Leave it empty where a unit did not answer.",
            code="outcome",
            rows=(place,),
        )
    answered = np.isfinite(y)
    if is_share and not np.isin(y[answered], (0.0, 1.0)).all():
        raise BadInput("A share needs outcomes of 0 and 1.", "Ask for a mean of measured values instead.")
    if not arrays.is_one_of(lonely, Lonely):
        raise BadInput(f"There is no way {lonely!r} for a stratum with one unit.", "Give 'adjust'.")
    stratum = _labels(arrays.instance(design, Design, "design").stratum, y.size)
    population = None
    if design.population is not None:
        population = _populations(design.population, stratum, design)
        _refuse_lost(stratum, answered, design)
    if is_share and population is not None and _is_plain(design):
        return _by_counts(y, stratum, population, labels, level)
    weight = _weights(design, stratum, population, answered)
    table = _Table(y, answered, weight, stratum, population, _clusters(design, y.size))
    inside = [labels == domain for domain in range(labels.max() + 1)]
    return [table.estimate(seen, is_share, lonely, level) for seen in inside]


def _is_plain(design: Design) -> bool:
    return design.psu is None and design.weight is None and design.probability is None


def _labels(stratum: Any, size: int) -> np.ndarray:
    if stratum is None:
        return np.zeros(size, dtype=int)
    return arrays.labels(stratum, "stratum or cluster", size)[1]


def _column(values: Any, size: int, name: str) -> np.ndarray:
    found = arrays.numbers(values, name)
    if found.shape != (size,):
        raise BadInput(f"There is not one {name} a row.", "Give every row its own.")
    return found


def _refuse_lost(stratum: np.ndarray, answered: np.ndarray, design: Design) -> None:
    """Refuse a stratum where nobody answered: an estimate of the others would not be one of the whole."""
    if not answered.any():
        return
    counts = np.bincount(stratum[answered], minlength=stratum.max() + 1)
    for code in np.flatnonzero(counts == 0)[:1].tolist():
        rows = np.flatnonzero(stratum == code).tolist()
        raise BadInput(
            f"Nobody answered in stratum {_named(design, rows[0])!r}, and nothing stands for it.",
            "Join it with a like stratum, or leave it out and say that the figure does not cover it.",
            code="stratum-unanswered",
            rows=tuple(rows),
        )


def _populations(population: Any, stratum: np.ndarray, design: Design) -> np.ndarray:
    """Return N_h by stratum; a stratum with two sizes, or with more rows than units, is refused by its name.

    ``rows`` among the facts of a refusal are the places of the rows at fault, from 0.
    """
    given = _column(population, stratum.size, "population")
    size = np.zeros(stratum.max() + 1)
    size[stratum[::-1]] = given[::-1]  # of each stratum the size that its first row says
    for place in np.flatnonzero(~(np.isfinite(given) & (given > 0)))[:1].tolist():
        raise BadInput(
            f"Stratum {_named(design, place)!r} has the size {given[place]:g}, which is not above zero.",
            "Give the number of units of the frame in every row.",
            code="stratum-size",
            rows=(place,),
        )
    for place in np.flatnonzero(size[stratum] != given)[:1].tolist():
        first = int(np.flatnonzero(stratum == stratum[place])[0])
        raise BadInput(
            f"Stratum {_named(design, place)!r} has two sizes, {given[first]:g} and {given[place]:g}.",
            "Give the same number of units in all its rows.",
            code="stratum-sizes-differ",
            rows=(first, place),
        )
    counts = np.bincount(stratum)
    for code in np.flatnonzero(counts > size)[:1].tolist():
        rows = np.flatnonzero(stratum == code).tolist()
        raise BadInput(
            f"Stratum {_named(design, rows[0])!r} has more rows than units: "
            f"{counts[code]} rows, {size[code]:g} units.",
            "Check its size, or take out rows twice given.",
            code="stratum-too-small",
            rows=tuple(rows),
        )
    return size


def _named(design: Design, place: int) -> str:
    """Return the stratum of a row as the table names it; a label of several columns with a plus sign."""
    if design.stratum is None:
        return "all rows"
    return str(np.asarray(design.stratum)[place]).replace("\x1f", "+")


def _by_counts(
    y: np.ndarray, stratum: np.ndarray, population: np.ndarray, labels: np.ndarray, level: float
) -> list[Estimate]:
    """Estimate every domain 0, 1, ... at once from its counts of answers and passes by stratum."""
    answered, domains = np.isfinite(y), labels.max() + 1
    place, shape = stratum * domains + labels, (population.size, domains)
    n = np.bincount(place[answered], minlength=population.size * domains).reshape(shape)
    passes = np.bincount(place[answered], y[answered], population.size * domains).reshape(shape)
    rates = survey.hajek(survey.Sample.from_counts(population, n, passes), level=level)
    raw = np.divide(passes.sum(0), n.sum(0), out=np.full(domains, np.nan), where=n.sum(0) > 0)
    return [_counted(rates.at(place), float(raw[place]), level) for place in range(domains)]


def _counted(found: survey.Rate, raw: float, level: float) -> Estimate:
    if found.estimate is None:
        return _nothing(level)
    return Estimate(
        found.estimate,
        found.lower,
        found.upper,
        found.standard_error,
        found.n,
        found.df,
        raw,
        "hajek",
        "Wilson on the composite error",
        level=level,
    )


def _nothing(level: float) -> Estimate:
    return Estimate(None, None, None, None, 0, 0, None, "none", "none", level=level)


@dataclass(frozen=True)
class _Table:
    """The answered rows of a design with their weights; clusters are counted within their stratum."""

    y: np.ndarray
    answered: np.ndarray
    weight: np.ndarray
    stratum: np.ndarray
    population: np.ndarray | None
    psu: np.ndarray | None

    def estimate(self, inside: np.ndarray, is_share: bool, lonely: Lonely, level: float) -> Estimate:
        kept, seen = self.answered, self.answered & inside
        if not seen.any():
            return _nothing(level)
        # N_h counts units, not clusters: with clusters there is no finite correction, which is the safe side.
        is_finite = self.population is not None and self.psu is None
        drawn = Rows.of(
            self.weight[kept],
            stratum=self.stratum[kept],
            psu=None if self.psu is None else self.psu[kept],
            population=self.population[self.stratum[kept]] if is_finite else None,
        )
        found = taylor.mean(self.y[kept], drawn, domain=seen[kept], lonely=lonely)
        raw, error, df = float(self.y[seen].mean()), found.standard_error, float(max(found.df, 1))
        if is_share:
            share, name = min(max(found.estimate, 0.0), 1.0), "Korn-Graubard"
            df = max(taylor.design_effect_df(self.y[kept], drawn, domain=seen[kept], lonely=lonely), 1.0)
            lower, upper = intervals.korn_graubard(share, error, found.n, df, level=level)
        else:
            half, name = float(special.stdtrit(df, 1 - (1 - level) / 2)) * error, "Student's t"
            lower, upper = found.estimate - half, found.estimate + half
        return Estimate(
            found.estimate,
            float(lower),
            float(upper),
            error,
            found.n,
            found.df,
            raw,
            "taylor",
            name,
            level=level,
            interval_df=df,
        )


def _clusters(design: Design, size: int) -> np.ndarray | None:
    return None if design.psu is None else _labels(design.psu, size)


def _weights(
    design: Design, stratum: np.ndarray, population: np.ndarray | None, answered: np.ndarray
) -> np.ndarray:
    if design.weight is not None:
        given = _column(design.weight, stratum.size, "weight")
        is_known = np.isfinite(given) & (given > 0)
        if not is_known[answered].all():
            place = int(np.flatnonzero(answered & ~is_known)[0])
            raise BadInput(
                f"A weight of {given[place]:g} is not above zero.",
                "Give each answered unit the number it stands for.",
                code="weight",
                rows=(place,),
            )
        return given
    if design.probability is not None:
        chance = _column(design.probability, stratum.size, "probability")
        if not ((chance[answered] > 0) & (chance[answered] <= 1)).all():
            place = int(np.flatnonzero(answered & ~((chance > 0) & (chance <= 1)))[0])
            raise BadInput(
                f"A probability of {chance[place]:g} lies outside (0, 1].",
                "Give inclusion probabilities as shares, not per cent.",
                code="probability",
                rows=(place,),
            )
        return 1 / np.where(answered, chance, 1.0)
    if population is None:
        return np.ones(stratum.size)
    counts = np.bincount(stratum[answered], minlength=population.size)
    return (population / np.maximum(counts, 1))[stratum]
