"""The results that a series rests on, as a snapshot that any engine reduces: one part a draw, no firm named.

A draw counts as the newest release that holds it says. Whether its part changed is told by the hashes of that
release, so a turn of the schedule writes what is new and reads nothing else.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db.models import QuerySet

from zhiheng.engine import snapshot
from zhiheng.ledger import evidence
from zhiheng.proof import canonical

from . import collecting
from .models import Release
from .rules import samples, weighing
from .rules.dataset import Base, Row

KEYS = ("draw",)
SCHEMA = {
    "draw": pl.String,
    "period": pl.String,
    "province": pl.Int32,
    "region": pl.Int32,
    "division": pl.Int8,
    "stratum": pl.String,
    "population": pl.Int64,
    "weight": pl.Float64,
    "passed": pl.Boolean,
}


def folder(series: str) -> Path:
    """Return where the snapshot of a series lies."""
    return Path(settings.VAR) / "snapshots" / series


def write_all() -> int:
    """Write the snapshot of every series with a release anew where a draw changed; return how many series."""
    found = sorted(set(_of_draws().order_by().values_list("series_id", flat=True)))
    for series in found:
        write(series)
    return len(found)


def _of_draws() -> QuerySet[Release]:
    """Return the releases that rest on draws; those on uploaded samples have no draw to take a part of."""
    return Release.objects.exclude(method__in=samples.METHODS)


def write(series: str) -> snapshot.Manifest:
    """Write the parts of the draws that are new or were released anew."""
    read = cache(collecting.stored)  # a release of several draws is read once
    parts, seen = [], set()
    for release in _of_draws().filter(series=series).order_by("-recorded_at", "-id"):
        held = Base.from_dict(canonical.loads(evidence.read(release.base_sha)))
        for draw in held.draws:
            if draw.serial not in seen:
                seen.add(draw.serial)
                source = canonical.digest([release.dataset_sha, release.base_sha, draw.serial])
                rows = partial(lambda release, serial: frame(*read(release), serial), release, draw.serial)
                parts.append(snapshot.Part({"draw": draw.serial}, source, rows))
    return snapshot.write(folder(series), "results", parts, partition_by=KEYS)


def frame(base: Base, rows: list[Row], serial: str) -> pl.DataFrame:
    """Return the answered units of one draw with what they stand for."""
    period = next(draw.period for draw in base.draws if draw.serial == serial)
    weights = weighing.weights(base, rows)
    sizes = {(held.draw, held.stratum): held.population for held in base.strata}
    table = [
        (
            serial,
            period,
            int(f"{row.region[:2]}0000"),
            int(row.region),
            int(row.division),
            row.stratum,
            sizes[serial, row.stratum],
            float(weights[serial, row.unit].most),
            row.verdict == "pass",
        )
        for row in rows
        if row.draw == serial and row.verdict
    ]
    return pl.DataFrame(table, schema=SCHEMA, orient="row")
