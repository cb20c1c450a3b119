"""Every number of a release from an uploaded sample: the whole, each part, each city."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from zhiheng.formats.shapes.observation import breakdown
from zhiheng.reference import regions
from zhiheng.reference.questionnaires import Questionnaire

from ..sample_refusals import refuse
from . import scores
from .families import GROUP, Family
from .sample_files import NO_CAUSE, Table
from .samples import COUNT, SCORE, Estimate, Sample, plain

MOST_NAMED = 5


@dataclass(frozen=True)
class Number:
    """One number of a release: of which region and part, and how it was estimated."""

    region: str
    breakdown: str
    estimate: Estimate


def numbers(
    table: Table,
    family: Family,
    form: Questionnaire | None,
    *,
    region: str,
    totals: Mapping[str, float] | None = None,
) -> list[Number]:
    """Return all numbers of a table, the whole first."""
    if family.kind == COUNT:
        return list(_counted(table, family, region))
    drawn = sample(table, totals)
    return list(_drawn(table, drawn, family, form, region))


def check_covered(table: Table, region: str) -> None:
    """Refuse a sample without any city drawn by chance that leaves cities of its region out.

    Such a sample stands for the cities in it alone: every other had the chance zero (Särndal, Swensson and
    Wretman 1992, 2.4). Where some were drawn by chance, the ones left out are those that were not drawn.
    """
    cities = set(table.columns["city"])
    if (table.numbers("chance") < 1).any() or region in cities:
        return
    lost = [one.zh for one in _below(region) if not any(regions.contains(one.code, city) for city in cities)]
    if lost:
        shown = "、".join(lost[:MOST_NAMED]) + ("…" if len(lost) > MOST_NAMED else "")
        raise refuse("cities-left-out", count=len(lost), cities=shown, field="file")


def _below(region: str) -> list[regions.Region]:
    """Return the regions just below one; a statistical row that is no government is passed through."""
    found = []
    for one in regions.children(region):
        found += regions.children(one.code) if one.placeholder else [one]
    return found


def sample(table: Table, totals: Mapping[str, float] | None = None) -> Sample:
    """Return the design of a table."""
    group = table.texts(GROUP) if GROUP in table.columns else None
    design = (table.texts("stratum"), table.texts("city"), table.numbers("chance"), table.numbers("units"))
    return Sample(*design, group, totals or None)


def _counted(table: Table, family: Family, region: str) -> Iterator[Number]:
    y = 1 - table.passed() if family.of_failures else table.passed()
    yield Number(region, "", plain(y))
    for name in family.by:
        column = table.texts(name)
        for member in np.unique(column).tolist():
            inside = column == member
            if name != "cause":
                yield Number(region, breakdown({name: member}), plain(y[inside]))
            elif member != NO_CAUSE:  # the share of all batches that fail for this cause
                yield Number(region, breakdown({name: member}), plain(np.where(inside, y, 0.0)))


def _drawn(
    table: Table, drawn: Sample, family: Family, form: Questionnaire | None, region: str
) -> Iterator[Number]:
    is_share = family.kind != SCORE
    measured = {"": table.passed()} if form is None else _scores(table, form)
    for name, y in measured.items():
        part = breakdown({"field": name}) if name else ""
        yield Number(region, part, _estimate(drawn, y, np.isfinite(y), is_share))
    for name in family.by:
        column, y = table.texts(name), measured[""]
        for member in np.unique(column).tolist():
            inside = column == member
            yield Number(region, breakdown({name: member}), _estimate(drawn, y, inside, is_share))
    for city in np.unique(drawn.city).tolist():
        if city == region:
            continue
        alone, here = drawn.of_city(city), drawn.city == city
        for name, y in measured.items():
            inside = np.isfinite(y[here])
            if inside.any():
                part = breakdown({"field": name}) if name else ""
                yield Number(city, part, _estimate(alone, y[here], inside, is_share))


def _scores(table: Table, form: Questionnaire) -> dict[str, np.ndarray]:
    answers = np.stack([table.numbers(item.id) for item in form.items], axis=1)
    return scores.scores(answers, form)


def _estimate(drawn: Sample, y: np.ndarray, inside: np.ndarray, is_share: bool) -> Estimate:
    return drawn.estimate(np.nan_to_num(y), inside, is_share=is_share)
