"""Seals batches into the log, records into PostgreSQL, and proves single leaves of a large tree."""

from __future__ import annotations

import os
from typing import Any

from bench.log import database, folder, proofs

NAME = "the sealed log: batches of 1 024 on disk, batches of 512 through PostgreSQL, proofs from 10^7 leaves"
GOAL = "300 000 records/s durable, 50 000/s through PostgreSQL, a single one p99 < 20 ms, a proof < 1 ms"


def run(quick: bool = False) -> dict[str, Any]:
    """Return what each part took, with the load of the machine before it."""
    parts = {"log_on_disk": folder.measure, "postgresql": database.measure, "proofs": proofs.measure}
    result: dict[str, Any] = {"processors": os.cpu_count()}
    for name, measure in parts.items():
        load = os.getloadavg()[0]
        result[name] = {"load_before": load, **measure(quick)}
    return result
