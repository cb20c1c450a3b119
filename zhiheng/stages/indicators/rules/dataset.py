"""The data set of a release: one line a drawn unit, and beside it the counts and outputs that weigh them.

Both are written in one fixed order, so that the same results always have the same hash.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from zhiheng.errors import BadInput
from zhiheng.reference import regions

COLUMNS = (
    "draw",
    "stratum",
    "population",
    "sampled",
    "responded",
    "region",
    "division",
    "visit",
    "verdict",
    "unit",
    "results",
)


class Row(NamedTuple):
    """One drawn unit: what the visit met, its verdict (empty without one), the results it rests on."""

    draw: str
    stratum: str
    unit: str
    region: str
    division: str
    visit: str
    verdict: str
    results: str


class Stratum(NamedTuple):
    """One stratum of one draw: N_h in the frame, n_h drawn, r_h answered."""

    draw: str
    stratum: str
    population: int
    sample: int
    respondents: int


class Cell(NamedTuple):
    """How many units of the frame lie in one division of one stratum of one draw."""

    draw: str
    stratum: str
    division: str
    population: int


class Beside(NamedTuple):
    """That a drawn unit stands in the list of another draw as well; without a stratum this is not known."""

    draw: str
    unit: str
    other: str
    code: str
    stratum: str
    source: str


@dataclass(frozen=True)
class Drawn:
    """A draw as a release takes it: where and when, and the digest of its certificate."""

    serial: str
    region: str
    period: str
    certificate_sha256: str


@dataclass(frozen=True)
class Base:
    """What weighs the rows: draws, strata, frame cells, and the output of each division in each frame.

    ``outputs`` holds, by the serial number of a draw, the totals that were frozen with its frame; ``method``
    is that of the headline, and ``overlaps`` says which units stand in the lists of several draws.
    """

    draws: tuple[Drawn, ...]
    strata: tuple[Stratum, ...]
    cells: tuple[Cell, ...]
    outputs: dict[str, dict[str, str]]
    method: str = "post-stratified"
    overlaps: tuple[Beside, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the base as plain JSON values."""
        return {
            "draws": [dict(vars(draw)) for draw in self.draws],
            "strata": [list(row) for row in self.strata],
            "cells": [list(row) for row in self.cells],
            "outputs": self.outputs,
            "method": self.method,
            "overlaps": [list(row) for row in self.overlaps],
        }

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> Base:
        """Build the base from plain JSON values."""
        return cls(
            tuple(Drawn(**draw) for draw in value["draws"]),
            tuple(Stratum(*row) for row in value["strata"]),
            tuple(Cell(*row) for row in value["cells"]),
            value["outputs"],
            value.get("method", cls.method),
            tuple(Beside(*row) for row in value.get("overlaps", ())),
        )

    def output(self, serials: Iterable[str], division: str) -> Decimal:
        """Return the output of a division summed over the frames of some draws.

        Over four quarters this counts firm-quarters, as the populations N_d do; the weights of divisions are
        shares of it, so that a register that does not change weighs a year as it weighs a quarter.
        """
        return sum((Decimal(self.outputs[serial].get(division, "0")) for serial in serials), Decimal())

    def periods_of(self, region: str) -> set[str]:
        """Return the periods that have a draw inside a region."""
        low, high = regions.span(region)
        return {draw.period for draw in self.draws if low <= draw.region <= high}

    def draws_of(self, region: str, periods: Sequence[str]) -> list[Drawn]:
        """Return the draws of some periods inside a region, in the order of their serial numbers."""
        low, high = regions.span(region)
        found = (draw for draw in self.draws if low <= draw.region <= high and draw.period in periods)
        return sorted(found, key=lambda draw: draw.serial)


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Return rows in the fixed order: draw, stratum, unit."""
    return sorted(rows, key=lambda row: (row.draw, row.stratum, row.unit))


def strata(rows: Iterable[Row], populations: dict[tuple[str, str], int]) -> tuple[Stratum, ...]:
    """Count drawn and answered units of each stratum; every stratum of the draws is listed."""
    drawn: Counter[tuple[str, str]] = Counter()
    answered: Counter[tuple[str, str]] = Counter()
    for row in rows:
        drawn[row.draw, row.stratum] += 1
        answered[row.draw, row.stratum] += bool(row.verdict)
    sizes = sorted(populations.items())
    return tuple(Stratum(*key, size, drawn[key], answered[key]) for key, size in sizes)


def to_csv(rows: Sequence[Row], counted: Sequence[Stratum]) -> bytes:
    """Return the data set as CSV in its fixed order."""
    sizes = {(row.draw, row.stratum): row for row in counted}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in in_order(rows):
        size = sizes[row.draw, row.stratum]
        writer.writerow(
            (
                row.draw,
                row.stratum,
                size.population,
                size.sample,
                size.respondents,
                row.region,
                row.division,
                row.visit,
                row.verdict,
                row.unit,
                row.results,
            )
        )
    return text.getvalue().encode()


def from_csv(data: bytes) -> list[Row]:
    """Read a data set back; refuse a file that is none."""
    reader = csv.reader(io.StringIO(data.decode()))
    if tuple(next(reader, ())) != COLUMNS:
        raise BadInput("This file is no data set of a release.", "Download it again from the figure's page.")
    rows = []
    for draw, stratum, _n, _s, _r, region, division, visit, verdict, unit, results in reader:
        rows.append(Row(draw, stratum, unit, region, division, visit, verdict, results))
    return rows


def digests(grouped: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    """Return a short digest of the rows of each draw: it changes when a visit, a verdict or a result does."""
    return {
        draw: hashlib.sha256("\n".join("\t".join(row) for row in in_order(rows)).encode()).hexdigest()[:16]
        for draw, rows in grouped.items()
    }


def by_draw(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Group rows by their draw, keeping the order."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.draw].append(row)
    return groups
