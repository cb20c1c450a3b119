"""Row ids are version-7 UUIDs (RFC 9562, 5.7): unique without a counter, and in the order of their making."""

from __future__ import annotations

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = (0, 0)


def uuid7() -> UUID:
    """Return a new id; within one process each id is greater than the one before it.

    48 bits of milliseconds, 12 bits that count within one (RFC 9562, 6.2, method 1), 62 random bits. The time
    only orders ids: what happened when is said by the time column of a row.
    """
    millisecond, count = _tick()
    random = int.from_bytes(os.urandom(8)) >> 2
    return UUID(int=millisecond << 80 | 0x7 << 76 | count << 64 | 0b10 << 62 | random)


def uuid7s(count: int) -> list[str]:
    """Return new ids as text, each greater than the one before it; far quicker than one by one."""
    noise, found = os.urandom(8 * count), []
    for start in range(0, 8 * count, 8):
        millisecond, tick = _tick()
        random = int.from_bytes(noise[start : start + 8]) >> 2
        whole = f"{millisecond << 80 | 0x7 << 76 | tick << 64 | 0b10 << 62 | random:032x}"
        found.append(f"{whole[:8]}-{whole[8:12]}-{whole[12:16]}-{whole[16:20]}-{whole[20:]}")
    return found


def _tick() -> tuple[int, int]:
    global _last
    with _lock:
        now, before = time.time_ns() // 1_000_000, _last
        if now > before[0]:
            _last = (now, 0)
        elif before[1] < 0xFFF:
            _last = (before[0], before[1] + 1)
        else:
            _last = (before[0] + 1, 0)
        return _last
