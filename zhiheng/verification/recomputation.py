"""The figure of a bundle is computed again from its rows by the published method (``methods.survey``)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from zhiheng.formats.shapes import FigureBundle, FigureRow
from zhiheng.formats.shapes.figure_bundle import SEVERAL
from zhiheng.methods import multiframe, survey

Numbers = dict[str, float | None]


def recompute(body: FigureBundle) -> Numbers:
    """Return estimate, limits, standard error, raw, Hajek, coverage and design effect of a body.

    Strata of the same name are one class of the smoothed error (risk class A of every quarter). A rate
    weighted by output needs every answered unit of its strata; a Hajek rate of a domain takes the answered
    units outside the domain from the strata table. Over
    several lists each row has a weight of its own, and the interval is open to memberships not known.
    """
    level = float(body.method["confidence"])
    if body.method["id"] == SEVERAL:
        rate, raw = _over_lists(body, level)
        hajek = rate.estimate
    elif body.method["id"] == "post-stratified":
        sample = _by_division(body)
        output = [float(row.output) for row in body.outputs]
        rate = survey.post_stratified(sample, output, alone_from=body.method["alone_from"], level=level).at()
        hajek = survey.hajek(sample.merge(), level=level).at(0).estimate
        raw = survey.naive(sample.merge(), level=level).at(0).estimate
    else:
        sample = _by_domain(body)
        rate = survey.hajek(sample, level=level).at(0)
        hajek, raw = rate.estimate, survey.naive(sample, level=level).at(0).estimate
    return {
        "estimate": rate.estimate,
        "lower": rate.lower,
        "upper": rate.upper,
        "standard_error": rate.standard_error,
        "raw": raw,
        "hajek": hajek,
        "coverage": rate.coverage,
        "design_effect": rate.design_effect,
    }


def chances(body: FigureBundle) -> dict[tuple[str, str], tuple[list[Fraction], list[Fraction]]]:
    """Return the chances r/N of each row in the lists that hold it, and the highest of those not known."""
    share = {(row.draw, row.stratum): Fraction(row.respondents, row.population or 1) for row in body.strata}
    highest: dict[str, Fraction] = defaultdict(Fraction)
    for (draw, _stratum), chance in share.items():
        highest[draw] = max(highest[draw], chance)
    found = {(row.draw, row.unit): ([share[row.draw, row.stratum]], []) for row in body.rows}
    for row in body.overlaps:
        known, perhaps = found[row.draw, row.unit]
        if row.stratum is None:
            perhaps.append(highest[row.other])
        else:
            known.append(share[row.other, row.stratum])
    return {key: (list(filter(None, one)), list(filter(None, two))) for key, (one, two) in found.items()}


def _over_lists(body: FigureBundle, level: float) -> tuple[survey.Rate, float | None]:
    """Return the rate over several lists, and the raw share."""
    held = chances(body)
    answered = [row for row in body.rows if row.verdict]
    passed = [row.verdict == "pass" for row in answered]
    boxes = [multiframe.box(*held[row.draw, row.unit]) for row in answered]
    base = [most for _least, most in boxes]
    low = [least if y else most for y, (least, most) in zip(passed, boxes, strict=True)]
    high = [most if y else least for y, (least, most) in zip(passed, boxes, strict=True)]
    tables = [_by_weight(body, answered, weights) for weights in (base, low, high)]
    rate = multiframe.pass_rate(tables[0], low=tables[1], high=tables[2], level=level).at(0)
    return rate, sum(passed) / len(passed) if passed else None


def _by_weight(
    body: FigureBundle, answered: Sequence[FigureRow], weights: Sequence[Fraction]
) -> survey.Sample:
    """Return the five sums by strata and (inside, outside) the domain; outside counts and weighs nothing."""
    place = {(row.draw, row.stratum): number for number, row in enumerate(body.strata)}
    table, frame = np.zeros((5, len(place), 2)), np.zeros((len(place), 2))
    for row, weight in zip(answered, map(float, weights), strict=True):
        y = row.verdict == "pass"
        table[:, place[row.draw, row.stratum], 0] += (1, weight, weight * y, weight**2, weight**2 * y)
    for cell in body.cells:
        frame[place[cell.draw, cell.stratum], 0] += cell.population
    population = np.array([row.population for row in body.strata])
    frame[:, 1] = population - frame[:, 0]
    table[0, :, 1] = np.array([row.respondents for row in body.strata]) - table[0, :, 0]
    kinds = [row.stratum for row in body.strata]
    return survey.Sample(population, *table, frame=frame, classes=np.array(kinds))


def _by_division(body: FigureBundle) -> survey.Sample:
    """Return the table of strata by divisions; the rows are all answered units."""
    strata = [(row.draw, row.stratum) for row in body.strata]
    divisions = [row.division for row in body.outputs]
    cells = Counter({(row.draw, row.stratum, row.division): row.population for row in body.cells})
    answered = Counter((row.draw, row.stratum, row.division) for row in body.rows if row.verdict)
    passed = Counter((row.draw, row.stratum, row.division) for row in body.rows if row.verdict == "pass")

    def table(counts: Counter[tuple[str, str, str]]) -> np.ndarray:
        return np.array([[counts[(*stratum, division)] for division in divisions] for stratum in strata])

    return survey.Sample.from_counts(
        [row.population for row in body.strata],
        table(answered),
        table(passed),
        frame=table(cells),
        classes=[stratum for _, stratum in strata],
    )


def _by_domain(body: FigureBundle) -> survey.Sample:
    """Return the table of strata by (inside, outside) the domain."""
    inside = Counter((row.draw, row.stratum) for row in body.rows if row.verdict)
    passed = Counter((row.draw, row.stratum) for row in body.rows if row.verdict == "pass")
    frame: Counter[tuple[str, str]] = Counter()
    for cell in body.cells:
        frame[cell.draw, cell.stratum] += cell.population
    strata = [(row.draw, row.stratum) for row in body.strata]
    n, framed = [inside[key] for key in strata], [frame[key] for key in strata]
    outside = [row.respondents - count for row, count in zip(body.strata, n, strict=True)]
    beyond = [row.population - count for row, count in zip(body.strata, framed, strict=True)]
    return survey.Sample.from_counts(
        [row.population for row in body.strata],
        list(zip(n, outside, strict=True)),
        [(passed[key], 0) for key in strata],
        frame=list(zip(framed, beyond, strict=True)),
        classes=[stratum for _, stratum in strata],
    )
