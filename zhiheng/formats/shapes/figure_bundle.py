"""A figure bundle lets a stranger compute a published figure again, offline, from the released rows.

数据包. ``FigureBundle`` is the body: figure, method, size rule, target, strata, outputs, rows and the
certificates of the draws. Around it stand its digest, its place in the release and the ledger entries
(``verification.figure``).
"""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from typing import Any

from zhiheng.formats.shapes import fields

VISITS = ("sampled", "refused", "closed", "not_found", "no_stock", "void")
SHOWN = ("published", "thin", "census")
METHODS = ("post-stratified", "hajek", "multiple-frame")
SEVERAL = "multiple-frame"
SOURCES = ("listed", "told", "unknown")
INTERVALS = ("wilson-composite",)
MOST = {"strata": 10_000, "cells": 1_000_000, "outputs": 100, "rows": 2_000_000, "draws": 10_000}
MOST_OVERLAPS = 2_000_000
"""Entries of each list: above a year of every prefecture of a country, below what exhausts a machine."""
_SHARES = ("estimate", "lower", "upper", "raw", "hajek", "coverage")


@dataclass(frozen=True)
class FigureValues:
    """The figure as published: shares from 0 to 1 and a standard error, as decimal strings."""

    series: str
    region: str
    division: str
    period: str
    vintage: str
    status: str
    basis: str
    purpose: str
    estimate: str
    lower: str
    upper: str
    standard_error: str
    raw: str
    hajek: str
    coverage: str
    design_effect: str | None
    n: int
    n_sampled: int
    population: int

    def __post_init__(self) -> None:
        fields.text(self.series, "figure.series", most=64)
        fields.region(self.region, "figure.region")
        if self.division:
            fields.matching(self.division, "figure.division", fields.DIVISION, "a two-digit division")
        fields.period(self.period, "figure.period")
        fields.day(self.vintage, "figure.vintage")
        fields.one_of(self.status, "figure.status", SHOWN)
        fields.one_of(self.basis, "figure.basis", fields.BASES)
        fields.one_of(self.purpose, "figure.purpose", fields.PURPOSES)
        for name in _SHARES:
            if not 0 <= float(fields.decimal(getattr(self, name), f"figure.{name}")) <= 1:
                raise fields.refuse(f"figure.{name}", "a share lies between 0 and 1")
        if not float(self.lower) <= float(self.estimate) <= float(self.upper):
            raise fields.refuse("figure.estimate", "it lies outside its interval")
        fields.decimal(self.standard_error, "figure.standard_error")
        if self.design_effect is not None:
            fields.decimal(self.design_effect, "figure.design_effect")
        fields.integer(self.n, "figure.n", 1)
        if not self.n <= fields.integer(self.n_sampled, "figure.n_sampled") <= self.population:
            raise fields.refuse("figure.n", "answered, sampled and population are not in order")


@dataclass(frozen=True)
class FigureStratum:
    """One stratum of one draw: N_h in the frame, n_h drawn, r_h answered (sampled and tested)."""

    draw: str
    stratum: str
    population: int
    sample: int
    respondents: int

    def __post_init__(self) -> None:
        fields.text(self.draw, "strata.draw", most=64)
        fields.text(self.stratum, "strata.stratum", most=64)
        for name in ("population", "sample", "respondents"):
            fields.integer(getattr(self, name), f"strata.{name}")
        if not self.respondents <= self.sample <= self.population:
            raise fields.refuse("strata", f"the counts of {self.draw} {self.stratum} are not in order")


@dataclass(frozen=True)
class FigureCell:
    """How many units of the frame lie in one division of one stratum, N_hd, inside the figure's domain."""

    draw: str
    stratum: str
    division: str
    population: int

    def __post_init__(self) -> None:
        fields.text(self.draw, "cells.draw", most=64)
        fields.text(self.stratum, "cells.stratum", most=64)
        fields.matching(self.division, "cells.division", fields.DIVISION, "a two-digit division")
        fields.integer(self.population, "cells.population")


@dataclass(frozen=True)
class FigureOverlap:
    """That a drawn unit stands in the list of another draw of the figure as well, in which stratum.

    ``listed`` by its own code, ``told`` at the visit under another one; ``unknown`` has neither code nor
    stratum. Only a figure over several lists (``multiple-frame``) has these.
    """

    draw: str
    unit: str
    other: str
    source: str
    code: str | None
    stratum: str | None

    def __post_init__(self) -> None:
        for name in ("draw", "unit", "other"):
            fields.text(getattr(self, name), f"overlaps.{name}", most=64)
        fields.one_of(self.source, "overlaps.source", SOURCES)
        if (self.source == "unknown") != (self.stratum is None) or (self.stratum is None) != (
            self.code is None
        ):
            raise fields.refuse("overlaps", f"what is known of unit {self.unit} has a code and a stratum")
        if self.draw == self.other or (self.source == "listed") != (self.code == self.unit):
            raise fields.refuse("overlaps", f"unit {self.unit} does not stand there as it is said")


@dataclass(frozen=True)
class FigureRow:
    """One drawn unit of the figure: what the visit met, its verdict, and its exact weight.

    It is N_h / r_h, or over several lists 1 / the sum of r/N in those that hold the unit.

    A unit that was refused, closed, not found or out of stock has neither verdict nor weight.
    """

    draw: str
    unit: str
    stratum: str
    region: str
    division: str
    visit: str
    verdict: str | None
    weight: tuple[int, int] | None

    def __post_init__(self) -> None:
        fields.text(self.draw, "rows.draw", most=64)
        fields.text(self.unit, "rows.unit", most=64)
        fields.text(self.stratum, "rows.stratum", most=64)
        fields.region(self.region, "rows.region")
        fields.matching(self.division, "rows.division", fields.DIVISION, "a two-digit division")
        fields.one_of(self.visit, "rows.visit", VISITS)
        if self.visit == "sampled":
            fields.one_of(self.verdict, "rows.verdict", ("pass", "fail"))
            fields.ratio(self.weight, "rows.weight")
        elif self.verdict is not None or self.weight is not None:
            raise fields.refuse("rows", f"unit {self.unit} was not sampled: no verdict, no weight")


@dataclass(frozen=True)
class DivisionOutput:
    """The output of one division in the frame's register, the weight of its rate in the headline."""

    division: str
    output: str

    def __post_init__(self) -> None:
        fields.matching(self.division, "outputs.division", fields.DIVISION, "a two-digit division")
        if float(fields.decimal(self.output, "outputs.output")) < 0:
            raise fields.refuse("outputs.output", "an output is not negative")


@dataclass(frozen=True)
class FigureBundle:
    """The body of a bundle: everything that the figure is computed from.

    ``data`` says whether firms and results are invented (demonstration) or found (operational).
    """

    data: str
    figure: FigureValues
    method: dict[str, Any]
    size_rule: dict[str, int]
    target: dict[str, Any] | None
    strata: tuple[FigureStratum, ...]
    cells: tuple[FigureCell, ...]
    outputs: tuple[DivisionOutput, ...]
    rows: tuple[FigureRow, ...]
    draws: tuple[tuple[str, str], ...]
    rows_sha256: str
    dataset_sha256: str
    overlaps: tuple[FigureOverlap, ...] = ()

    def __post_init__(self) -> None:
        if len(self.overlaps) > MOST_OVERLAPS or (self.overlaps and self.method.get("id") != SEVERAL):
            raise fields.refuse("overlaps", "only a figure over several lists has overlaps, in bounds")
        for name in MOST:
            _bounded(getattr(self, name), name)
        fields.one_of(self.data, "data", fields.DATA)
        self._check_method()
        rule = fields.mapping(self.size_rule, "size_rule", ("minimum", "firm"))
        fields.integer(
            rule["firm"], "size_rule.firm", fields.integer(rule["minimum"], "size_rule.minimum", 1)
        )
        if self.target is not None:
            keys = ("id", "article", "operator", "value", "unit", "due")
            fields.decimal(fields.mapping(self.target, "target", keys)["value"], "target.value")
        for _, sha in self.draws:
            fields.digest(sha, "draws.certificate_sha256")
        fields.digest(self.rows_sha256, "rows_sha256")
        fields.digest(self.dataset_sha256, "dataset_sha256")
        self._check_keys()

    def _check_method(self) -> None:
        keys = ("id", "version", "interval", "confidence", "alone_from")
        method = fields.mapping(self.method, "method", keys)
        fields.one_of(method["id"], "method.id", METHODS)
        fields.text(method["version"], "method.version", most=16)
        fields.one_of(method["interval"], "method.interval", INTERVALS)
        if not 0 < float(fields.decimal(method["confidence"], "method.confidence")) < 1:
            raise fields.refuse("method.confidence", "it lies between 0 and 1")
        fields.integer(method["alone_from"], "method.alone_from")

    def _check_keys(self) -> None:
        """Refuse doubles, and rows that point to no stratum, output or draw of the bundle."""
        strata = {(row.draw, row.stratum) for row in self.strata}
        divisions = {row.division for row in self.outputs}
        draws = {serial for serial, _ in self.draws}
        units = {(row.draw, row.unit) for row in self.rows}
        cells = {(row.draw, row.stratum, row.division) for row in self.cells}
        for name, have, rows in (
            ("strata", strata, self.strata),
            ("cells", cells, self.cells),
            ("outputs", divisions, self.outputs),
            ("draws", draws, self.draws),
            ("rows", units, self.rows),
        ):
            if len(have) != len(rows):
                raise fields.refuse(name, "one key stands here twice")
        if {draw for draw, _ in strata} != draws:
            raise fields.refuse("draws", "they are not the draws of the strata")
        for row in self.cells:
            if (row.draw, row.stratum) not in strata or row.division not in divisions:
                raise fields.refuse("cells", "one belongs to no stratum or division of the bundle")
        for row in self.rows:
            if (row.draw, row.stratum, row.division) not in cells:
                raise fields.refuse("rows", f"unit {row.unit} belongs to no cell of the bundle")
        self._check_overlaps(strata, units, draws)

    def _check_overlaps(self, strata: set, units: set, draws: set) -> None:
        """Refuse overlaps twice, of units without a row, or with a stratum that the bundle does not hold."""
        if len({(row.draw, row.unit, row.other) for row in self.overlaps}) != len(self.overlaps):
            raise fields.refuse("overlaps", "one key stands here twice")
        for row in self.overlaps:
            known = row.other in draws and (row.stratum is None or (row.other, row.stratum) in strata)
            if (row.draw, row.unit) not in units or not known:
                raise fields.refuse("overlaps", f"that of unit {row.unit} belongs to no row or stratum")

    def to_dict(self) -> dict[str, Any]:
        """Return the body as plain JSON values; without overlaps it does not name them."""
        return {
            **({"overlaps": [dict(vars(row)) for row in self.overlaps]} if self.overlaps else {}),
            "data": self.data,
            "figure": dict(vars(self.figure)),
            "method": dict(self.method),
            "size_rule": dict(self.size_rule),
            "target": None if self.target is None else dict(self.target),
            "strata": [dict(vars(row)) for row in self.strata],
            "cells": [dict(vars(row)) for row in self.cells],
            "outputs": [dict(vars(row)) for row in self.outputs],
            "rows": rows_to_list(self.rows),
            "draws": [{"serial": serial, "certificate_sha256": sha} for serial, sha in self.draws],
            "rows_sha256": self.rows_sha256,
            "dataset_sha256": self.dataset_sha256,
        }

    @classmethod
    def from_dict(cls, value: Any) -> FigureBundle:
        """Build the body from plain JSON values, refusing unknown and missing fields by name."""
        names = [field.name for field in dataclass_fields(cls) if field.name != "overlaps"]
        plain = dict(fields.mapping(value, "figure bundle", names, ("overlaps",)))
        listed = fields.items(plain.get("overlaps", ()), "overlaps")
        plain["overlaps"] = tuple(_one(entry, FigureOverlap, "overlaps") for entry in listed)
        plain["figure"] = _one(plain["figure"], FigureValues, "figure")
        for name in MOST:
            _bounded(fields.items(plain[name], name), name)
        kinds = {"strata": FigureStratum, "cells": FigureCell, "outputs": DivisionOutput}
        for name, kind in kinds.items():
            plain[name] = tuple(_one(entry, kind, name) for entry in fields.items(plain[name], name))
        plain["rows"] = tuple(_row(entry) for entry in fields.items(plain["rows"], "rows"))
        draws = (
            fields.mapping(entry, "draws", ("serial", "certificate_sha256"))
            for entry in fields.items(plain["draws"], "draws")
        )
        plain["draws"] = tuple((entry["serial"], entry["certificate_sha256"]) for entry in draws)
        return cls(**plain)


def rows_to_list(rows: tuple[FigureRow, ...]) -> list[dict[str, Any]]:
    """Return rows as plain JSON values; ``rows_sha256`` is the canonical digest of this list."""
    return [{**vars(row), "weight": None if row.weight is None else list(row.weight)} for row in rows]


def _bounded(listed: Sized, name: str) -> None:
    if len(listed) > MOST[name]:
        why = f"{len(listed)} entries stand here; at most {MOST[name]} are read"
        raise fields.refuse(name, why, "Ask for the figures of smaller regions or shorter periods.")


def _row(entry: Any) -> FigureRow:
    keys = [field.name for field in dataclass_fields(FigureRow)]
    plain = dict(fields.mapping(entry, "rows", keys))
    if plain["weight"] is not None:
        plain["weight"] = fields.ratio(plain["weight"], "rows.weight")
    return FigureRow(**plain)


def _one(entry: Any, kind: Any, name: str) -> Any:
    return kind(**fields.mapping(entry, name, [field.name for field in dataclass_fields(kind)]))
