"""One sequencer at a time: a lock on a file for this machine, and one in PostgreSQL for all that share it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from zhiheng.ledger.sealing import places

_NUMBER = 0x7A68_6C6F_67  # "zhlog"; any number that nothing else of this database locks


@contextmanager
def held() -> Iterator[None]:
    """Hold both locks; who comes second waits."""
    with of_file(places.state() / "lock"), _in_database():
        yield


@contextmanager
def of_file(place: Path) -> Iterator[None]:
    """Hold a lock on a file, which comes into being; it falls with the process."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _in_database() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_NUMBER])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_NUMBER])
