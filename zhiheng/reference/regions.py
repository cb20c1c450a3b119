"""Regions of GB/T 2260 from the nation to the county, with containment as a plain range of codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables

Level = Literal["nation", "province", "city", "county"]

NATION = "000000"
# Taiwan, Hong Kong and Macao stand in the list of 34 but file no report under the Outline.
OUTSIDE_REPORTING = frozenset({"710000", "810000", "820000"})


@dataclass(frozen=True, slots=True)
class Region:
    """One administrative division; ``placeholder`` marks a statistical row that is no government."""

    code: str
    zh: str
    level: Level
    parent: str | None
    placeholder: bool
    en: str | None


@dataclass(frozen=True, slots=True)
class ReportingUnit:
    """A body that reports under the Outline: a province, or the Corps, which is no region."""

    id: str
    zh: str
    en: str
    region: str | None


@dataclass(frozen=True, slots=True)
class Tile:
    """One square of the tile map: a province at a column and a row."""

    code: str
    short: str
    zh: str
    en: str
    col: int
    row: int


CORPS = ReportingUnit("XPCC", "新疆生产建设兵团", "Xinjiang Production and Construction Corps", None)


@cache
def _index() -> dict[str, Region]:
    return {
        row["code"]: Region(
            row["code"],
            row["zh"],
            row["level"],  # type: ignore[arg-type]
            row["parent"] or None,
            row["placeholder"] == "1",
            row["en"] or None,
        )
        for row in tables.rows("regions.csv")
    }


@cache
def _children() -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    for region in _index().values():
        if region.parent is not None:
            found.setdefault(region.parent, []).append(region)
    return {code: tuple(regions) for code, regions in found.items()}


def get(code: str) -> Region:
    """Return the region with this six-digit code."""
    try:
        return _index()[code]
    except (KeyError, TypeError):
        raise UnknownCode(
            f"The region code {code!r} is not in the list of 2023.",
            "Give the six digits of GB/T 2260, such as 330000 for Zhejiang or 000000 for the nation.",
            region=str(code),
        ) from None


def known(code: str) -> bool:
    """Say whether the code stands in the list."""
    return code in _index()


def all() -> tuple[Region, ...]:
    """Return every region in code order, the nation first."""
    return tuple(_index().values())


def children(code: str) -> tuple[Region, ...]:
    """Return the regions directly below this one, placeholders included."""
    return _children().get(get(code).code, ())


def path(code: str) -> list[Region]:
    """Return the way from the nation down to this region, both included."""
    region: Region | None = get(code)
    way = []
    while region is not None:
        way.append(region)
        region = get(region.parent) if region.parent else None
    return way[::-1]


def span(code: str) -> tuple[str, str]:
    """Return the lowest and highest code inside this region; containment is ``lo <= code <= hi``."""
    region = get(code)
    if region.level == "nation":
        return "000000", "999999"
    if region.level == "province":
        return code, code[:2] + "9999"
    if region.level == "city":
        return code, code[:4] + "99"
    return code, code


def contains(outer: str, inner: str) -> bool:
    """Say whether ``inner`` lies within ``outer`` or is it; both codes must be known."""
    low, high = span(outer)
    return low <= get(inner).code <= high


@cache
def provinces() -> tuple[Region, ...]:
    """Return the 34 province-level regions in code order."""
    return tuple(region for region in _index().values() if region.level == "province")


@cache
def reporting_provinces() -> tuple[Region, ...]:
    """Return the 31 province-level regions that report under the Outline."""
    return tuple(region for region in provinces() if region.code not in OUTSIDE_REPORTING)


@cache
def reporting_units() -> tuple[ReportingUnit, ...]:
    """Return the 31 reporting provinces and the Corps."""
    units = [ReportingUnit(r.code, r.zh, r.en or r.zh, r.code) for r in reporting_provinces()]
    return (*units, CORPS)


@cache
def tile_grid() -> tuple[Tile, ...]:
    """Return one square for each of the 34 provinces; a drawing of our own, not a map of borders."""
    return tuple(
        Tile(row["code"], row["short"], region.zh, region.en or region.zh, int(row["col"]), int(row["row"]))
        for row in tables.rows("tile_grid.csv")
        for region in (get(row["code"]),)
    )
