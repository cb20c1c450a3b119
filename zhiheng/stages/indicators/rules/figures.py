"""Computes the figures of a release from its data set, and the body from which a stranger repeats each.

Headline of a region and period: the share weighted by output, with the raw and the Hajek share beside it.
Division of a region and period: the Hajek share of that division.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zhiheng.formats.shapes import (
    DivisionOutput,
    FigureBundle,
    FigureCell,
    FigureOverlap,
    FigureRow,
    FigureStratum,
    FigureValues,
)
from zhiheng.formats.shapes.figure_bundle import rows_to_list
from zhiheng.methods import multiframe, survey
from zhiheng.proof import canonical
from zhiheng.verification.figure import decimal_text

from ..refusals import refuse
from .dataset import Base, Beside, Cell, Drawn, Row, Stratum
from .periods import made_of
from .showing import SUPPRESSED, SizeRule
from .weighing import Weight, extremes, weights

if TYPE_CHECKING:
    import polars as pl

# Polars and the engine are loaded where figures are computed: each process of a site would wait for them.
WEIGHTED, DOMAIN, SEVERAL = "post-stratified", "hajek", multiframe.METHOD
INTERVAL, CONFIDENCE = "wilson-composite", "0.95"
LARGEST = 2**53 - 1  # the largest whole number of RFC 8785


@dataclass(frozen=True)
class Terms:
    """What every figure of a release shares; ``data`` is demonstration or operational."""

    data: str
    series: str
    vintage: str
    basis: str
    purpose: str
    size_rule: SizeRule
    target: dict[str, Any] | None
    dataset_sha256: str


@dataclass(frozen=True)
class Value:
    """One computed figure; the numbers are None where the size rule withholds them."""

    region: str
    division: str
    period: str
    status: str
    n: int
    n_sampled: int
    population: int
    coverage: float
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    standard_error: float | None = None
    raw: float | None = None
    hajek: float | None = None
    design_effect: float | None = None


@dataclass(frozen=True)
class Slice:
    """The part of a data set that one region and period rests on, as small tables.

    Over several lists ``low`` and ``high`` hold the same units with the weights of the lowest and the highest
    rate that unknown memberships allow, ``counted`` with weight one; elsewhere they are ``sample`` itself.
    """

    region: str
    period: str
    draws: tuple[Drawn, ...]
    strata: tuple[Stratum, ...]
    cells: tuple[Cell, ...]
    divisions: tuple[str, ...]
    outputs: tuple[str, ...]
    sample: survey.Sample
    low: survey.Sample
    high: survey.Sample
    counted: survey.Sample
    drawn: np.ndarray
    method: str
    weights: dict[tuple[str, str], Weight]
    overlaps: tuple[Beside, ...]


@dataclass(frozen=True)
class Reduced:
    """A data set as small tables: five sums of the answered units by their weights, and the drawn units."""

    answered: pl.DataFrame
    low: pl.DataFrame
    high: pl.DataFrame
    counted: pl.DataFrame
    drawn: pl.DataFrame
    weights: dict[tuple[str, str], Weight]


def method(division: str, headline: str = WEIGHTED) -> dict[str, Any]:
    """Return the method of a headline ('' as division) or of a division, as bodies say it."""
    return {
        "id": DOMAIN if division and headline == WEIGHTED else headline,
        "version": survey.VERSION,
        "interval": INTERVAL,
        "confidence": CONFIDENCE,
        "alone_from": survey.ALONE_FROM,
    }


def reduce(base: Base, rows: Iterable[Row]) -> Reduced:
    """Reduce the rows of a release once to the sums of each stratum and division (``engine.memory``)."""
    import polars as pl

    held = list(rows)
    found = weights(base, held)
    answered = [row for row in held if row.verdict]
    known = [float(found[row.draw, row.unit].most) for row in answered]
    whole = _sums(answered, known)
    low = high = counted = whole
    if base.method == SEVERAL:
        low, high = (
            _sums(answered, [extremes(found, row, is_high=is_high) for row in answered])
            for is_high in (False, True)
        )
        counted = _sums(answered, [1.0] * len(answered))
    table = pl.DataFrame(
        {"cell": [_cell(row) for row in held], "division": [row.division for row in held]},
        schema={"cell": pl.String, "division": pl.String},
    )
    drawn = table.group_by("cell", "division").agg(n=pl.len())
    return Reduced(whole, low, high, counted, drawn, found)


def _cell(row: Row) -> str:
    return f"{row.draw} {row.stratum}"


def _sums(answered: Sequence[Row], weight: Sequence[float]) -> pl.DataFrame:
    import polars as pl

    from zhiheng.engine import Reduction, memory

    table = pl.DataFrame(
        {
            "cell": [_cell(row) for row in answered],
            "division": [row.division for row in answered],
            "weight": weight,
            "passed": [row.verdict == "pass" for row in answered],
        },
        schema={"cell": pl.String, "division": pl.String, "weight": pl.Float64, "passed": pl.Boolean},
    )
    return memory.Memory().repeatable(table, Reduction(("cell", "division")))


def cut(base: Base, reduced: Reduced, region: str, period: str) -> Slice:
    """Return the tables of one region and period."""
    from zhiheng.engine import memory

    draws = base.draws_of(region, made_of(period, base.periods_of(region)))
    if not draws:
        raise refuse("no-draw")
    serials = {draw.serial for draw in draws}
    strata = tuple(row for row in base.strata if row.draw in serials)
    cells = tuple(cell for cell in base.cells if cell.draw in serials)
    divisions = tuple(sorted({cell.division for cell in cells}))
    texts = tuple(f"{base.output(serials, division):.2f}" for division in divisions)
    if not any(float(text) > 0 for text in texts):
        raise refuse("no-output", region=region)
    keys = [f"{row.draw} {row.stratum}" for row in strata]
    place = {key: number for number, key in enumerate(keys)}
    column = {division: number for number, division in enumerate(divisions)}
    frame = np.zeros((len(keys), len(divisions)))
    for cell in cells:
        frame[place[f"{cell.draw} {cell.stratum}"], column[cell.division]] += cell.population
    sizes, classes = np.array([row.population for row in strata]), [row.stratum for row in strata]

    def laid_out(table: pl.DataFrame) -> survey.Sample:
        axes = {"cell": keys, "division": divisions}
        return memory.sample(
            table.filter(table["cell"].is_in(keys)), axes, sizes, frame=frame, classes=classes
        )

    sample = laid_out(reduced.answered)
    others = [sample] * 3
    if base.method == SEVERAL:
        others = [laid_out(table) for table in (reduced.low, reduced.high, reduced.counted)]
    drawn = np.zeros(len(divisions), dtype=np.int64)
    held = reduced.drawn.filter(reduced.drawn["cell"].is_in(keys))
    for division, count in held.select("division", "n").group_by("division").sum().iter_rows():
        drawn[column[division]] = count
    beside = tuple(row for row in base.overlaps if row.draw in serials)
    tables = (strata, cells, divisions, texts, sample, *others, drawn)
    return Slice(region, period, tuple(draws), *tables, base.method, reduced.weights, beside)


def values(part: Slice, rule: SizeRule) -> Iterator[Value]:
    """Yield the headline and then each division of a slice."""
    whole = part.sample.merge()
    hajek, raw = _weighted(part, is_whole=True).at(0), survey.naive(part.counted.merge()).at(0)
    headline = hajek
    if part.method == WEIGHTED:
        hajek = survey.hajek(whole).at(0)
        headline = survey.post_stratified(part.sample, [float(text) for text in part.outputs]).at()
    yield _value(
        part, "", headline, hajek, raw, int(part.drawn.sum()), int(part.sample.population.sum()), rule
    )
    each, found = _weighted(part), survey.naive(part.counted)
    sampled, population = part.drawn, part.sample.frame.sum(axis=0)
    for number, division in enumerate(part.divisions):
        share = each.at(number)
        counts = int(sampled[number]), int(population[number])
        yield _value(part, division, share, share, found.at(number), *counts, rule)


def _weighted(part: Slice, *, is_whole: bool = False) -> survey.Rates:
    """Return the rate of each division, or of all together, by the weights of the draws alone."""
    tables = [table.merge() if is_whole else table for table in (part.sample, part.low, part.high)]
    if part.method == SEVERAL:
        return multiframe.pass_rate(tables[0], low=tables[1], high=tables[2])
    return survey.hajek(tables[0])


def _value(
    part: Slice,
    division: str,
    rate: survey.Rate,
    hajek: survey.Rate,
    raw: survey.Rate,
    sampled: int,
    population: int,
    rule: SizeRule,
) -> Value:
    status = rule.state(n=rate.n, population=population)
    said: dict[str, Any] = {
        "region": part.region,
        "division": division,
        "period": part.period,
        "status": status,
        "n": rate.n,
        "n_sampled": sampled,
        "population": population,
        "coverage": rate.coverage or 0.0,
    }
    if status == SUPPRESSED or rate.estimate is None:
        return Value(**{**said, "status": SUPPRESSED})
    estimate = min(max(rate.estimate, 0.0), 1.0)
    return Value(
        **said,
        estimate=estimate,
        lower=min(max(rate.lower, 0.0), estimate),
        upper=max(min(rate.upper, 1.0), estimate),
        standard_error=rate.standard_error,
        raw=raw.estimate,
        hajek=hajek.estimate,
        design_effect=rate.design_effect,
    )


def body(part: Slice, value: Value, rows: dict[str, list[Row]], terms: Terms) -> dict[str, Any]:
    """Return the body of a shown figure: everything that it is computed from."""
    division = value.division
    counts = {(row.draw, row.stratum): (row.population, row.respondents) for row in part.strata}
    held = tuple(
        FigureRow(
            row.draw,
            row.unit,
            row.stratum,
            row.region,
            row.division,
            row.visit,
            row.verdict or None,
            _pair(part, row, counts) if row.verdict else None,
        )
        for draw in part.draws
        for row in rows.get(draw.serial, ())
        if not division or row.division == division
    )
    outputs = zip(part.divisions, part.outputs, strict=True)
    units = {(row.draw, row.unit) for row in held}
    return FigureBundle(
        data=terms.data,
        figure=_figure_values(value, terms),
        method=method(division, part.method),
        size_rule={"minimum": terms.size_rule.minimum, "firm": terms.size_rule.firm},
        target=terms.target,
        strata=tuple(FigureStratum(*row) for row in part.strata),
        cells=tuple(FigureCell(*cell) for cell in part.cells if not division or cell.division == division),
        outputs=tuple(DivisionOutput(*pair) for pair in outputs if not division or pair[0] == division),
        rows=held,
        draws=tuple((draw.serial, draw.certificate_sha256) for draw in part.draws),
        rows_sha256=canonical.digest(rows_to_list(held)),
        dataset_sha256=terms.dataset_sha256,
        overlaps=tuple(
            FigureOverlap(row.draw, row.unit, row.other, row.source, row.code or None, row.stratum or None)
            for row in part.overlaps
            if (row.draw, row.unit) in units
        ),
    ).to_dict()


def _pair(part: Slice, row: Row, counts: dict[tuple[str, str], tuple[int, int]]) -> tuple[int, int]:
    """Return the weight of an answered unit: N and r of its stratum, or that over lists in lowest terms."""
    if part.method != SEVERAL:
        return counts[row.draw, row.stratum]
    weight = part.weights[row.draw, row.unit].most
    if max(weight.numerator, weight.denominator) > LARGEST:
        weight = weight.limit_denominator(1_000_000)
    return weight.numerator, weight.denominator


def _figure_values(value: Value, terms: Terms) -> FigureValues:
    if value.estimate is None:
        raise refuse("figure-withheld", n=value.n, minimum=terms.size_rule.minimum)
    numbers = ("estimate", "lower", "upper", "standard_error", "raw", "hajek", "coverage", "design_effect")
    return FigureValues(
        series=terms.series,
        region=value.region,
        division=value.division,
        period=value.period,
        vintage=terms.vintage,
        status=value.status,
        basis=terms.basis,
        purpose=terms.purpose,
        n=value.n,
        n_sampled=value.n_sampled,
        population=value.population,
        **{name: decimal_text(getattr(value, name)) for name in numbers},
    )


def margins(base: Base, region: str) -> Sequence[str]:
    """Return the regions that a release speaks of: its own, and every province when it spans several."""
    inside = sorted({draw.region[:2] + "0000" for draw in base.draws})
    return [region] if len(inside) < 2 else [region, *(code for code in inside if code != region)]
