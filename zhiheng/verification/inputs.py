"""The inputs of a number are followed to bundles of their own, where these lie beside or were given.

An estimate is followed to the bundle of its figure, any other number to its own. What is not here is taken as
stated, and it is said where its bundle is. No circle is possible: each is named by the digest of its content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhiheng.formats.shapes import observation_bundle as shape
from zhiheng.formats.shapes.observation import Observation
from zhiheng.proof import canonical
from zhiheng.verification import bundles
from zhiheng.verification.report import NotChecked, demand

MOST_STEPS = 8
"""Bundles that are followed one behind another."""
_SAME = ("value", "lower", "upper", "standard_error")
_FIGURE_SAYS = {"value": "estimate"}


@dataclass(frozen=True)
class Way:
    """Where own bundles are looked for, how far one has come, and which were found to hold."""

    beside: Path | None
    given: Mapping[str, Path] = field(default_factory=dict)
    steps: int = 0
    held: set[str] = field(default_factory=set)
    partly: set[str] = field(default_factory=set)
    """Figures that hold as far as they were checked: not all of their draws lie beside."""

    def find(self, name: str) -> Path | None:
        """Return the file of a name; one that was given goes before one that lies beside."""
        path = self.given.get(name) or (self.beside / name if self.beside else None)
        return path if path is not None and path.is_file() else None


def follow(held: shape.ObservationBundle, way: Way) -> str:
    """Check the own bundle of each input, and say which are taken as stated and where theirs are."""
    row = held.observation
    wanted = [(one.row, one.sha256) for one in held.inputs]
    if row.origin == "estimated" and row.bundle_sha:
        wanted = [(row, "")]
    if not wanted:
        return "no inputs"
    lacking = [one for one, sha in wanted if not _is_followed(one, sha, way)]
    found = f"{len(wanted) - len(lacking)} of {len(wanted)} checked by their own bundles"
    if lacking:
        found += f"; taken as stated: {'; '.join(map(_stated, lacking[:5]))}{_more(lacking)}"
    if way.partly:
        found += f"; {', '.join(sorted(way.partly)[:5])} without the bundles of its draws"
    if lacking or way.partly:
        raise NotChecked(found)
    return found


def _stated(row: Observation) -> str:
    called = " ".join(part for part in (row.series, row.region, row.period, row.breakdown) if part)
    if row.origin == "estimated" and row.bundle_sha:
        return f"{called}, its own bundle is at {shape.figure_address(row)}"
    said = f", published by others ({row.source})" if row.voice == "others" else ""
    return f"{called}{said}, its own bundle is at {shape.address(row)}"


def _more(lacking: list[Observation]) -> str:
    return f"; and {len(lacking) - 5} more" if len(lacking) > 5 else ""


def _is_followed(row: Observation, sha: str, way: Way) -> bool:
    is_figure = row.origin == "estimated" and row.bundle_sha != ""
    name = shape.figure_file(row) if is_figure else shape.file_name(row, sha)
    path = way.find(name)
    if path is None or way.steps >= MOST_STEPS:
        return False
    bundle = bundles.load(path)
    if is_figure:
        return _is_its_figure(row, bundle, path, way)
    return _is_its_own(sha, bundle, path, way)


def _is_its_figure(row: Observation, bundle: dict[str, Any], path: Path, way: Way) -> bool:
    """Check the figure itself, and that the estimate says its numbers; another release is not its own."""
    from zhiheng.verification import figure

    if bundle["type"] != bundles.FIGURE_TYPE or bundle.get("digest") != row.bundle_sha:
        return False
    if path.name not in way.held:
        report = figure.check(bundle, beside=path.parent)
        demand(report.ok, f"{path.name} does not hold: {report.refusal}")
        way.held.add(path.name)
        if any(step.name == "drawn units" and not step.is_checked for step in report.steps):
            way.partly.add(path.name)
    said, times = bundle["body"]["figure"], 100 if row.unit == "%" else 1
    parts = (said["series"], said["region"], said["period"], said["division"])
    own = (row.series, row.region, row.period, row.members.get("division", ""))
    demand(parts == own, f"{path.name} is about another figure")
    for name in _SAME:
        stated = said[_FIGURE_SAYS.get(name, name)]
        same = Decimal(stated) * times == getattr(row, name)
        demand(same, f"{name} is not that of {path.name}")
    counts = (said["n"], said["population"]) == (row.n, row.population)
    demand(counts, f"the counts are not those of {path.name}")
    return True


def _is_its_own(sha: str, bundle: dict[str, Any], path: Path, way: Way) -> bool:
    """Check the own bundle of an input, one step farther; one of another vintage is not its own."""
    from zhiheng.verification import observation

    body = bundle.get("body")
    said = body.get("observation") if isinstance(body, dict) else None
    if bundle["type"] != bundles.OBSERVATION_TYPE or canonical.digest(said) != sha:
        return False
    if path.name not in way.held:
        report = observation.check(bundle, way=replace(way, steps=way.steps + 1))
        demand(report.ok, f"{path.name} does not hold: {report.refusal}")
        way.held.add(path.name)
    return True
