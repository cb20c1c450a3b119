"""Times four headline series with intervals from 10^6 raw records, beside bare group-bys of the same records.

Raw records go into a snapshot (one part a series), every engine question is "how many, and how many passed"
by stratum and domain, and inference runs on those counts in NumPy: the pass rate of manufactured products by
output, that of consumer goods over its strata, a round of routine monitoring over drawn cities, and food
supervision by category. A bare group-by only counts; it writes nothing, checks no hash and gives no interval.
"""

from __future__ import annotations

import importlib.util
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

NAME = "raw series: four headline series with intervals from 10^6 raw records"
GOAL = "< 10 s from raw records to four intervals, snapshot written and read"

PROVINCES, DIVISIONS, CLASSES, CITIES, CATEGORIES = 31, 29, 4, 110, 20
WEIGHTS = (25, 12, 6, 3)
SERIES = ("manufacturing", "consumer", "agriculture", "food")
KEYS = ("place", "stratum", "domain")


def run(quick: bool = False) -> dict:
    """Return the seconds of each step and of all of it, and those of the peers on the same records."""
    size = (40_000 if quick else 1_000_000) // len(SERIES)
    raw = {name: _records(number, size) for number, name in enumerate(SERIES)}
    rounds = [_round(raw) for _ in range(2 if quick else 3)]
    best = min(rounds, key=lambda one: one["seconds"])
    peers = {
        name: _peer(name, work, raw)
        for name, work in (("polars", _polars), ("duckdb", _duckdb), ("pandas", _pandas))
    }
    for peer in peers.values():
        if "seconds" in peer:
            peer["ours_by_peer"] = round(best["seconds"] / peer["seconds"], 1)
    return {
        "records": size * len(SERIES),
        "goal": GOAL,
        "load": round(os.getloadavg()[0], 1),
        **best,
        "slowest_s": max(one["seconds"] for one in rounds),
        "peers": peers,
        "peers_do": "the same counts by place, stratum and domain from the frames in memory; no interval",
    }


def _records(number: int, size: int):
    import polars as pl

    random = np.random.Generator(np.random.Philox(20230206 + number))
    place = random.integers(0, CITIES if SERIES[number] == "agriculture" else PROVINCES, size, dtype=np.int16)
    domain = random.integers(0, CATEGORIES if number == 3 else DIVISIONS, size, dtype=np.int8)
    stratum = random.integers(0, CLASSES, size, dtype=np.int8)
    return pl.DataFrame(
        {
            "series": pl.repeat(SERIES[number], size, eager=True),
            "place": place,
            "stratum": stratum,
            "domain": domain,
            "passed": random.random(size, dtype=np.float32)
            < 0.94 + 0.02 * random.random(size, dtype=np.float32),
        }
    )


def _round(raw: dict) -> dict:
    from zhiheng.engine import snapshot
    from zhiheng.engine.opening import open_engine
    from zhiheng.engine.reduction import Reduction

    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name, open_engine("memory") as engine:
        parts = [
            snapshot.Part({"series": series}, f"{number:064x}", lambda frame=frame: frame)
            for number, (series, frame) in enumerate(raw.items())
        ]
        snapshot.write(Path(name), "raw", parts, partition_by=("series",))
        held = snapshot.read(Path(name))
        written = time.perf_counter()
        tables = {
            str(part.key["series"]): engine.reduce((held.path(part),), Reduction(KEYS, "counts"))
            for part in held.manifest.parts
        }
        counted = time.perf_counter()
    found = {series: INFERENCE[series](table) for series, table in tables.items()}
    ended = time.perf_counter()
    assert all(low <= value <= high for value, low, high in found.values())
    return {
        "seconds": round(ended - began, 3),
        "snapshot_s": round(written - began, 3),
        "counts_s": round(counted - written, 3),
        "inference_s": round(ended - counted, 3),
        "figures": {series: [round(100 * one, 3) for one in row] for series, row in found.items()},
    }


def _grid(table, places: int, domains: int) -> tuple[np.ndarray, np.ndarray]:
    """Return answers and passes as (place x stratum, domain)."""
    place, stratum, domain = (table[name].to_numpy().astype(np.int64) for name in KEYS)
    made = np.zeros((2, places * CLASSES, domains))
    for number, name in enumerate(("n", "k")):
        made[number, place * CLASSES + stratum, domain] = table[name].to_numpy()
    return made[0], made[1]


def _stratified(table, *, by_output: bool) -> tuple[float, float, float]:
    from zhiheng.methods import survey

    n, k = _grid(table, PROVINCES, DIVISIONS)
    population = n.sum(1) * np.tile(WEIGHTS, PROVINCES)
    frame = n * np.tile(WEIGHTS, PROVINCES)[:, None]
    sample = survey.Sample.from_counts(
        population, n, k, frame=frame, classes=np.tile(np.arange(CLASSES), PROVINCES)
    )
    rate = (
        survey.post_stratified(sample, np.arange(1.0, DIVISIONS + 1)).at()
        if by_output
        else survey.hajek(sample.merge()).at(0)
    )
    return rate.estimate, rate.lower, rate.upper


def _agriculture(table) -> tuple[float, float, float]:
    from zhiheng.stages.indicators.rules.samples import Sample

    n, k = _grid(table, CITIES, DIVISIONS)
    answered, passed = n.reshape(CITIES, -1).sum(1).astype(int), k.reshape(CITIES, -1).sum(1).astype(int)
    city = np.repeat(np.arange(CITIES), answered)
    y = np.concatenate(
        [np.arange(count) < good for count, good in zip(answered, passed, strict=True)]
    ).astype(float)
    chance = np.where(city < PROVINCES, 1.0, 0.3)
    drawn = Sample(np.where(city < PROVINCES, "capitals", "others"), city, chance, answered[city] * 20)
    found = drawn.estimate(y, np.ones(y.size, bool), is_share=True)
    return found.value, found.lower, found.upper


def _food(table) -> tuple[float, float, float]:
    n, k = table["n"].sum(), table["k"].sum()
    return k / n, k / n, k / n


INFERENCE: dict[str, Callable] = {
    "manufacturing": lambda table: _stratified(table, by_output=True),
    "consumer": lambda table: _stratified(table, by_output=False),
    "agriculture": _agriculture,
    "food": _food,
}


def _peer(name: str, work: Callable, raw: dict) -> dict:
    if importlib.util.find_spec(name) is None:
        return {"absent": f"{name} is not installed"}
    times = []
    for _ in range(3):
        began = time.perf_counter()
        rows = sum(work(frame) for frame in raw.values())
        times.append(time.perf_counter() - began)
    return {"seconds": round(min(times), 3), "cells": rows}


def _polars(frame) -> int:
    import polars as pl

    return frame.group_by(KEYS).agg(n=pl.len(), k=pl.col("passed").sum()).height


def _duckdb(frame) -> int:
    import duckdb

    columns = {name: frame[name].to_numpy() for name in frame.columns}
    with duckdb.connect() as held:
        held.register("raw", columns)
        keys = ", ".join(KEYS)
        return len(held.sql(f"select {keys}, count(*), count_if(passed) from raw group by {keys}").fetchall())


def _pandas(frame) -> int:
    import pandas as pd

    data = pd.DataFrame({name: frame[name].to_numpy() for name in frame.columns})
    return len(data.groupby(list(KEYS)).agg(n=("passed", "size"), k=("passed", "sum")))
