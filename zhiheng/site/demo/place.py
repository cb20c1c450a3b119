"""The folder of a demonstration: known by its mark, emptied before each run, never somebody's real data."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from zhiheng.errors import Conflict

MARK = "demo.json"
# What a run leaves; anything else in the folder is not ours and stops the run.
OWN = {
    MARK,
    "bundles",
    "evidence",
    "keys",
    "log",
    "log-state",
    "secret_key",
    "static",
    "uploads",
    "zhiheng.sqlite3",
    "zhiheng.sqlite3-shm",
    "zhiheng.sqlite3-wal",
}


def clear(var: Path) -> None:
    """Empty the folder of an earlier demonstration; refuse a folder that is none."""
    if os.environ.get("DATABASE_URL"):
        raise Conflict(
            "The demonstration builds its own database, and DATABASE_URL names another one.",
            "Unset DATABASE_URL, then run zhiheng demo again.",
            code="not-a-demo",
        )
    var.mkdir(parents=True, exist_ok=True)
    found = {path.name for path in var.iterdir()}
    strange = sorted(found - OWN)
    if found and (MARK not in found or strange):
        named = ", ".join(strange[:3]) or "a database without the mark of a demonstration"
        raise Conflict(
            f"{var} is not the folder of a demonstration ({named}).",
            "Choose an empty folder with ZHIHENG_VAR, or move these files away.",
            code="not-a-demo",
        )
    for name in found - {MARK}:
        path = var / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def mark(var: Path, said: dict[str, Any]) -> None:
    """Write the mark of a demonstration, readable by its owner alone: it holds the passwords."""
    place = var / MARK
    part = place.with_name(f".{MARK}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(said, file, ensure_ascii=False, indent=1)
    part.replace(place)
