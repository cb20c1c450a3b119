"""Freezes a frame of a million registered firms through the action of the office, on SQLite."""

from __future__ import annotations

import os
import resource
import tempfile
import time

import numpy as np

NAME = "frame of 10^6 registered firms frozen, hashed, kept and entered in the ledger, on SQLite"
GOAL = "from the register to the ledger entry in <= 6 s"
FIRMS, QUICK_FIRMS = 1_000_000, 100_000


def run(quick: bool = False) -> dict:
    """Return seconds of the freeze; the peer is the bare read of the same columns by the driver."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZHIHENG_VAR"] = folder
        from zhiheng.site import setup

        setup.start(demo=True)
        return _measured(QUICK_FIRMS if quick else FIRMS)


def _measured(firms: int) -> dict:
    from django.db import connection

    from zhiheng.people import System, clock
    from zhiheng.site.commands import migrate
    from zhiheng.stages.registry import actions

    migrate.apply()
    by = System("bench")
    filled = _timed(lambda: _fill(by, firms))
    bare = _timed(lambda: _bare(connection))
    began = time.perf_counter()
    frame = actions.freeze_frame(by=by, region="000000", as_of=clock.today(), purpose="bench")
    return {
        "registered": firms,
        "units": frame.unit_count,
        "frozen_s": time.perf_counter() - began,
        "peer": {"the driver reads the same columns_s": bare},
        "filled_s": filled,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def _fill(by: object, firms: int) -> None:
    from zhiheng.stages.registry import actions
    from zhiheng.world import Population
    from zhiheng.world.assumptions import CHANNELS, CLASSES, SIZES

    population = Population(seed=1, firms=firms, regions="000000")
    for some in population.batches():
        columns = {
            "code": population.codes(some),
            "name": population.names(some),
            "region": np.char.zfill(some.region.astype(str), 6),
            "division": np.char.zfill(some.division.astype(str), 2),
            "size": np.array(SIZES)[some.size],
            "channel": np.array(CHANNELS)[some.channel],
            "risk_class": np.array(CLASSES)[some.credit_class],
            "output_value": some.output_value.astype(float),
        }
        actions.import_subjects_bulk(by=by, region="000000", columns=columns, source="bench")


def _bare(connection: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, region, division, risk_class, output_value FROM registry_subject")
        while cursor.fetchmany(50_000):
            pass


def _timed(act: object) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
