"""Times public pages of numbers over ten million observations on PostgreSQL, beside their bare SQL.

Series of 3 352 regions and 60 quarters, and restated numbers of the nation and its provinces: rows go in by
COPY, keys and indexes are built over them. ``python -m bench.observations --series 200 --keep DIR`` takes
forty million and 25 GB of disk, and keeps the database, so that the next run only measures.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.country import server

NAME = "public pages over 10^7 observations, now and as of a day (--series 200: 4 x 10^7)"
GOAL = "on PostgreSQL: a national page p95 < 300 ms, the same as of a day < 1 s"

SERIES, QUICK_SERIES, ROUNDS, SAMPLE = 50, 5, 3, 12
DAY = "2021-06-30"
NATIONAL = (
    *("/data/{series}/", "/figures/{series}/", "/figures/{series}/history/?cell=000000||own"),
    *("/regions/000000/", "/compare/?series={series}"),
    "/figures/{series}/number/?region=000000&period=2020Q4&voice=own",
    "/sdmx/data/dataflow/ZH/{flow}/*/Q.000000?format=csv",
    "/sdmx/data/dataflow/ZH/{flow}/*/Q.330000?c[TIME_PERIOD]=ge:2020&format=csv",
)
AS_OF = (
    f"/figures/{{series}}/?as_of={DAY}",
    f"/regions/000000/?as_of={DAY}",
    f"/compare/?series={{series}}&as_of={DAY}",
    f"/figures/{{series}}/history/?cell=000000||own&as_of={DAY}",
    f"/figures/{{series}}/number/?region=000000&period=2020Q4&voice=own&as_of={DAY}",
    f"/sdmx/data/dataflow/ZH/{{flow}}/*/Q.000000?asOf={DAY}T23:59:59.123456%2B08:00&format=csv",
    "/sdmx/data/dataflow/ZH/{flow}/1.40.0/Q.000000?format=csv",
)
LISTS = (
    *("/", f"/?as_of={DAY}", "/figures/", f"/figures/?as_of={DAY}", "/data/", "/data/changes.json"),
    "/regions/",
    "/sdmx/structure/dataflow",
)
PROVINCE = ("/regions/330000/",)
"""Each series with its history there, and that of six neighbours: a page that grows with the series."""
REGIONS = ("/sdmx/data/dataflow/ZH/{flow}/*/*?c[TIME_PERIOD]=2020-Q4&format=csv",)
"""All 3 352 regions of one quarter, which is no page of one nation: it is named beside the others."""


def run(quick: bool = False, keep: Path | None = None, series: int = 0) -> dict[str, Any]:
    """Return the times where PostgreSQL's binaries are installed; a kept database is filled once."""
    programs = server.binaries()
    if programs is None:
        return {"postgresql": "not measured: the server binaries are not installed"}
    count = series or (QUICK_SERIES if quick else SERIES)
    with (
        server.running(programs, keep=keep, settings=server.LOADED) as url,
        tempfile.TemporaryDirectory(prefix="zhiheng-bench-") as folder,
    ):
        environment = {**os.environ, "DATABASE_URL": url, "ZHIHENG_VAR": f"{folder}/var", "ZHIHENG_DEMO": "1"}
        command = [sys.executable, "-m", "bench.observations", "--measure", str(count)]
        root = Path(__file__).resolve().parents[1]
        done = subprocess.run(
            command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    return json.loads(done.stdout.splitlines()[-1])


def measure(series: int) -> dict[str, Any]:
    """Fill the configured database where it is empty, and time every page beside its bare SQL."""
    from django.core.management import call_command
    from django.test import Client

    from bench.country import numbers
    from zhiheng.site import setup

    setup.start()
    call_command("migrate", verbosity=0)
    filled = numbers.fill(series)
    client = Client(headers={"accept-language": "zh-hans"})
    names = numbers.names(series)
    chosen = names[:: max(1, len(names) // SAMPLE)]
    result = {**filled, "series_asked": len(chosen)}
    for kind, addresses in (
        ("national", NATIONAL),
        ("as_of", AS_OF),
        ("lists", LISTS),
        ("a province and its neighbours in every series", PROVINCE),
        ("all regions of a quarter", REGIONS),
    ):
        result[kind] = _measured(client, addresses, chosen)
    return result


def _measured(client: Any, addresses: tuple[str, ...], series: list[str]) -> dict[str, Any]:
    from bench.list_page import _percentiles, _timed
    from zhiheng.stages.indicators.pages import sdmx

    page: dict[str, list[float]] = {}
    bare: dict[str, list[float]] = {}
    for address in addresses:
        asked = [address.format(series=one, flow=f"DF_{one.upper()}") for one in series]
        asked = list(dict.fromkeys(asked))
        for url in asked:
            statements = _statements(client, url)
            for _round in range(ROUNDS):
                sdmx._table.cache_clear()
                page.setdefault(address, []).append(_timed(lambda url=url: _get(client, url)))
                bare.setdefault(address, []).append(_timed(lambda said=statements: _bare(said)))
    whole = {"page": _percentiles(page), "peer": {"bare SQL through the driver": _percentiles(bare)}}
    each = {address: _percentiles({address: times})["p95_ms"] for address, times in page.items()}
    return {**whole, "p95_ms_of_each": each}


def _get(client: Any, address: str) -> bytes:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")
    return b"".join(response.streaming_content) if response.streaming else response.content


def _statements(client: Any, address: str) -> list[str]:
    """Return the statements that the page at an address asks; this also warms the caches of the database."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from zhiheng.stages.indicators.pages import sdmx

    sdmx._table.cache_clear()
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = True  # what runs in such a cursor is not told
    with CaptureQueriesContext(connection) as asked:
        _get(client, address)
    connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] = False
    return [query["sql"] for query in asked if query["sql"].startswith("SELECT")]


def _bare(statements: list[str]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for sql in statements:
            cursor.cursor.execute(sql)
            cursor.cursor.fetchall()


def _main() -> None:
    parser = argparse.ArgumentParser(description=NAME)
    parser.add_argument("--keep", type=Path, help="a folder for the database; filled once")
    parser.add_argument("--series", type=int, default=0, help="how many series, 203 080 observations each")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    found = measure(given.measure) if given.measure else run(keep=given.keep, series=given.series)
    print(json.dumps(found))


if __name__ == "__main__":
    _main()
