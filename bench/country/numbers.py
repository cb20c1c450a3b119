"""Fills millions of observations with the vintages and lines that recording them would have written.

A quarter is recorded 30 days after its end; 180 days later the numbers of the nation and the provinces are
restated with a reason. Digests of rows are numbers of their width: nobody hashes so many rows here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from bench.country import loading

QUARTERS = tuple(f"{year}Q{part}" for year in range(2011, 2026) for part in (1, 2, 3, 4))
RESTATED = 56  # of the quarters
TABLES = ["indicators_observation", "indicators_vintage", "indicators_line"]
FIELDS = (
    *("id", "series_id", "region", "period", "breakdown", "voice", "revision", "origin", "unit", "basis"),
    *("purpose", "value", "lower", "upper", "standard_error", "interval", "level", "n", "population"),
    *("coverage", "design_effect", "status", "flags", "said", "evidence", "source", "note", "valid_from"),
    *("valid_to", "recorded_at", "reason", "formula_sha", "inputs_sha", "bundle_sha", "sha"),
)
REASON = "季度定稿修订"


class Batch(NamedTuple):
    """What one act records of every series: a quarter, and whether it restates it."""

    period: str
    revision: int
    at: datetime


def names(count: int) -> list[str]:
    """Return the series that are filled."""
    return [f"bench_rate_{number:03d}" for number in range(count)]


def fill(count: int) -> dict[str, Any]:
    """Fill the tables where they are empty; return how many rows there are, and what that took."""
    from django.db import connection

    from zhiheng.stages.plan.models import Series

    with connection.cursor() as cursor:
        found: dict[str, Any] = {}
        if not Series.objects.filter(pk=names(1)[0]).exists():
            began = time.perf_counter()
            _series(count)
            with loading.bare(cursor, TABLES):
                _copied(cursor, count)
                found["copy_s"] = time.perf_counter() - began
            for table in TABLES:
                cursor.execute(f"VACUUM ANALYZE {table}")
            found["filled_s"] = time.perf_counter() - began
        cursor.execute("SELECT sum(rows) FROM indicators_vintage")
        rows = int(cursor.fetchone()[0])
        cursor.execute("SELECT pg_table_size(%s) / 1e9, pg_indexes_size(%s) / 1e9", [TABLES[0], TABLES[0]])
        table, indexes = cursor.fetchone()
    return {"observations": rows, "table_gb": float(table), "indexes_gb": float(indexes), **found}


def _series(count: int) -> None:
    from zhiheng.stages.plan.models import Series

    Series.objects.bulk_create(
        Series(id=id, zh=f"示范指标{id[-3:]}", en=f"invented series {id[-3:]}", unit="%",
               basis="probability", purpose="evaluation")
        for id in names(count)
    )  # fmt: skip


def batches() -> list[Batch]:
    """Return what is recorded of each series, in the order of time."""
    from zhiheng.formats import periods

    found = []
    for place, period in enumerate(QUARTERS):
        noon = datetime.fromisoformat(f"{periods.parse(period).last.isoformat()}T12:00:00+08:00")
        found.append(Batch(period, 0, noon + timedelta(days=30)))
        if place < RESTATED:
            found.append(Batch(period, 1, noon + timedelta(days=210)))
    return sorted(found, key=lambda one: one.at)


def _copied(cursor: Any, count: int) -> None:
    from zhiheng.reference import regions

    codes = [one.code for one in regions.all()]
    whole = [code for code in codes if code.endswith("0000")]
    planned = batches()
    raw = cursor.cursor
    with raw.copy(f"COPY {TABLES[0]} ({', '.join(FIELDS)}) FROM STDIN") as copy:
        for place, series in enumerate(names(count)):
            for block in _blocks(place, series, planned, codes, whole):
                copy.write(block)
    first = planned[0].at.isoformat()
    with raw.copy(f"COPY {TABLES[2]} (series_id, region, breakdown, voice, recorded_at) FROM STDIN") as copy:
        for series in names(count):
            copy.write("".join(f"{series}\t{code}\t\town\t{first}\n" for code in codes))
    _vintages(count, planned, len(codes), len(whole))


def _blocks(
    place: int, series: str, planned: list[Batch], codes: list[str], whole: list[str]
) -> Iterator[str]:
    """Yield the rows of one series, a batch at a time, in the text form of COPY."""
    from zhiheng.formats import periods

    random = np.random.default_rng(20260302 + place)
    number = place * 1_000_000
    for batch in planned:
        days = periods.parse(batch.period)
        where = whole if batch.revision else codes
        values = random.integers(880_000, 985_000, len(where))
        counts = random.integers(200, 40_000, len(where))
        head = f"{series}\t"
        key = f"\t{batch.period}\t\town\t{batch.revision}\testimated\t%\tprobability\tevaluation\t"
        mid = "\tdesign\t0.95\t"
        state = "revised" if batch.revision else "final"
        tail = (
            f"\t0.97\t1.82\t{state}\tdemonstration\t\t\t\t\t{days.first}\t{days.last}\t{batch.at.isoformat()}\t"
            f"{REASON if batch.revision else ''}\t{'a' * 64}\t{number + 7:064x}\t\t"
        )
        lines = []
        for code, value, n in zip(where, values.tolist(), counts.tolist(), strict=True):
            number += 1
            lines.append(
                f"{number:032x}\t{head}{code}{key}{value / 10_000}\t{(value - 4_000) / 10_000}\t"
                f"{(value + 4_000) / 10_000}\t0.204{mid}{n}\t{n * 9}{tail}{number:064x}\n"
            )
        yield "".join(lines)


def _vintages(count: int, planned: list[Batch], most: int, few: int) -> None:
    """Write the vintages by the rule of the house, so that pages find what recording would have left."""
    from django.utils import timezone

    from zhiheng.stages.indicators import vintages
    from zhiheng.stages.indicators.models import Vintage

    made = []
    for series in names(count):
        sha, standing = "", 0
        for number, batch in enumerate(planned, 1):
            rows = few if batch.revision else most
            standing += 0 if batch.revision else rows
            sha = vintages.state_sha(sha, [f"{series} {batch.period} {batch.revision}"])
            made.append(
                Vintage(
                    series_id=series,
                    number=number,
                    day=timezone.localdate(batch.at),
                    day_number=number,
                    place=0,
                    recorded_at=batch.at,
                    rows=rows,
                    standing=standing,
                    reason=REASON if batch.revision else "",
                    state_sha=sha,
                )
            )
    Vintage.objects.bulk_create(made, batch_size=2_000)
