"""Parsers that misbehave, one in each way that a child process can die."""

from __future__ import annotations

import os
import time


def abort(data: bytes) -> None:
    os.abort()


def leak(data: bytes) -> int:
    return len(bytearray(4 * 1024**3))


def spin(data: bytes) -> None:
    while True:
        pass


def sleep(data: bytes) -> None:
    time.sleep(60)


def chatter(data: bytes) -> str:
    return "x" * 1_000_000


def fault(data: bytes) -> None:
    raise ZeroDivisionError


def leave(data: bytes) -> None:
    os._exit(0)


def environment(data: bytes) -> list[str]:
    return sorted(os.environ)
