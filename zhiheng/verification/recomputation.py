"""The figure of a bundle is computed again from its rows by the published method (``methods.survey``)."""

from __future__ import annotations

from collections import Counter

import numpy as np

from zhiheng.formats.shapes import FigureBundle
from zhiheng.methods import survey

Numbers = dict[str, float | None]


def recompute(body: FigureBundle) -> Numbers:
    """Return estimate, limits, standard error, raw, Hajek, coverage and design effect of a body.

    Strata of the same name are one class of the smoothed error (risk class A of every quarter). A rate
    weighted by output needs every answered unit of its strata; a Hajek rate of a domain takes the answered
    units outside the domain from the strata table.
    """
    level = float(body.method["confidence"])
    if body.method["id"] == "post-stratified":
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
