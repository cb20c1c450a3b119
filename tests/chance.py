"""What tests take from chance follows from a seed: a failure that was met once is met again.

Ids, secrets and salts come from ``os.urandom``, ids also from the time. While a test runs, both follow from
the seed of the run (``--seed``, else ``ZHIHENG_TEST_SEED``, else 0) and the name of the test; while a fixture
of a wider scope or a kept step is built, from its own name, whichever test or process comes to it first.
Processes that a test starts or forks keep the chance of the machine, unless they begin with ``follow``. Keys
that OpenSSL makes by itself are left to it: no draw knows them.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

SEED = "ZHIHENG_TEST_SEED"
BEGIN = int(datetime(2026, 3, 2, 1, tzinfo=UTC).timestamp()) * 1000  # the millisecond of the first ids
APART = 1_000_000  # milliseconds between one place and the next: room for four thousand million ids
STANDING = SimpleNamespace(time_ns=lambda: 0)  # a time that stands: ids count on from where they began

_machine = os.urandom
_source: Callable[[int], bytes] = _machine


def seed() -> str:
    """Return the seed of the run."""
    return os.environ.get(SEED) or "0"


def stream(name: str) -> Callable[[int], bytes]:
    """Return what stands in for ``os.urandom``: bytes that follow from the seed and a name."""
    key, calls = hashlib.sha256(f"{seed()}\n{name}".encode()).digest(), count()
    return lambda size: hashlib.shake_256(key + next(calls).to_bytes(8)).digest(size)


def follow(name: str, place: int = 0) -> None:
    """Let chance follow from a name from here on; ids begin after those of the places before it."""
    from zhiheng.ledger import ids

    global _source
    os.urandom = random._urandom = _drawn
    _source, ids.time, ids._last = stream(name), STANDING, (BEGIN + place * APART, 0)


@contextmanager
def named(name: str, place: int = 0) -> Iterator[None]:
    """Let chance follow from a name for a block, then go on as before."""
    from zhiheng.ledger import ids

    global _source
    before = _source, ids.time, ids._last
    follow(name, place)
    try:
        yield
    finally:
        _source, ids.time, ids._last = before


def pass_by(place: int) -> None:
    """Let ids go on after those of a place."""
    from zhiheng.ledger import ids

    if ids.time is STANDING:
        ids._last = max(ids._last, (BEGIN + (place + 1) * APART, 0))


def _drawn(size: int) -> bytes:
    return _source(size)


def _let_go() -> None:
    """Give a forked process the chance of the machine back, or two of them would make the same ids."""
    import time

    from zhiheng.ledger import ids

    global _source
    _source, ids.time = _machine, time


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _source is _machine or _let_go())


# --- the run --------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the seed be chosen."""
    parser.addoption("--seed", type=int, help=f"seed of what tests take from chance (else {SEED}, else 0)")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Take the seed, hand it on to workers and processes, and to Hypothesis if it has none of its own."""
    if (chosen := config.getoption("--seed")) is not None:
        os.environ[SEED] = str(chosen)
    if not seed().isdecimal():
        raise pytest.UsageError(f"{SEED} is not a whole number: {seed()}")
    if config.getoption("--hypothesis-seed") is None:
        config.option.hypothesis_seed = seed()


def pytest_report_header() -> str:
    """Name the seed where a run begins."""
    return _said()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the seed where a run ends too: a quiet run has no header."""
    terminalreporter.write_line(_said())


def _said() -> str:
    return f"seed {seed()}: the same draws again with --seed {seed()}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    """Let the chance of a test follow from its name."""
    with named(item.nodeid):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Any:
    """Let the chance of what several tests share follow from its own name, not from the first of them."""
    if fixturedef.scope == "function":
        return (yield)
    with named(f"{fixturedef.baseid}::{fixturedef.argname}[{getattr(request, 'param_index', 0)}]"):
        return (yield)
