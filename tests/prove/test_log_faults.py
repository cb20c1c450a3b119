"""Every write, sync, rename and opening of a log fails once: what was promised stays, nothing else is signed.

Run by ``make prove``; writes docs/proof/log-faults.md and .json.
"""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhiheng.errors import ZhihengError
from zhiheng.ledger.sealing import directory, keys
from zhiheng.ledger.sealing.directory import Log
from zhiheng.proof import checkpoint, merkle
from zhiheng.verification import log as verification

pytestmark = pytest.mark.prove

DOCS = Path(__file__).resolve().parents[2] / "docs" / "proof"
KEY = keys.made("test.invalid/log", b"f" * 32)
CALLS = ("open", "write", "fsync", "fdatasync", "replace")
FAULTS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC, "short": errno.ENOSPC}
STEPS = (1, 100, 300, 7, 256, 40)
MOST_CALLS = 2_000
KILLS, SEED = 100, 20261127


class Faulty:
    """Fails the n-th call of one kind once, and counts the calls; a short write writes half."""

    def __init__(self, call, fault, number):
        self.call, self.fault, self.number = call, fault, number
        self.count = 0
        self.signed = []

    @contextmanager
    def standing(self):
        """Stand before the operating system."""
        real = getattr(os, self.call)

        def instead(*arguments, **named):
            self.count += 1
            if self.count != self.number:
                return real(*arguments, **named)
            if self.fault == "short":
                handle, data = arguments
                real(handle, bytes(data)[: len(data) // 2])
            raise OSError(FAULTS[self.fault], "made to fail")

        setattr(os, self.call, instead)
        try:
            yield self
        finally:
            setattr(os, self.call, real)


def entries(start, end):
    return [b"%d:" % number + b"e" * (number % 90) for number in range(start, end)]


def opened(home, signed):
    """Open the log with a signer that keeps all it signed."""

    def sign(text):
        signed.append(checkpoint.read(text))
        return KEY.sign(text)

    return Log.open(home / "log", home / "state" / "journal", KEY.public, sign)


def worked(home, faulty):
    """Append step by step; after a failure open again as the next turn does. Return what was acknowledged."""
    acknowledged, failed, log, at = 0, 0, None, 0
    while at < len(STEPS):
        try:
            log = log or opened(home, faulty.signed)
            assert log.size >= acknowledged
            log.append(entries(log.size, log.size + STEPS[at]))
        except (OSError, ZhihengError):  # a file that cannot be read is told as one that does not hold
            failed, log = failed + 1, None
            continue
        acknowledged, at = log.size, at + 1
    return acknowledged, failed


def must_hold(home, acknowledged, signed):
    """Check the log as a stranger and as its owner, and everything that was ever signed."""
    log = opened(home, signed)
    checked = verification.check(home / "log")
    tree = merkle.Tree()
    for entry in entries(0, log.size):
        tree.append(entry)

    assert checked.report.ok, checked.report.refusal
    assert checked.size == log.size >= acknowledged
    assert log.entries(0, log.size) == entries(0, log.size)
    assert [one for one in signed if one.root != tree.root(one.size)] == []


def walked(home, call, fault):
    """Let the first call fail, the second, and so on until all are passed without a failure."""
    for number in range(1, MOST_CALLS):
        place = home / f"{call}-{fault}-{number}"
        faulty = Faulty(call, fault, number)
        with faulty.standing():
            acknowledged, failed = worked(place, faulty)
        must_hold(place, acknowledged, faulty.signed)
        shutil.rmtree(place)
        if faulty.count < number:
            assert failed == 0
            return number - 1
        # Narrow tiles that cannot be tidied away may stay: an opening that fails there is no failure.
        assert failed == 1 or call == "open"
    raise AssertionError(f"more than {MOST_CALLS} calls of {call}")


FOUND = {}


@pytest.fixture(autouse=True)
def laid_down_often(monkeypatch):
    """Lay down in the middle of the walk, so that its calls fail too."""
    monkeypatch.setattr(directory, "MOST_BATCHES", 3)


@pytest.mark.parametrize(
    ("call", "fault"), [(call, fault) for call in CALLS for fault in ("EIO", "ENOSPC")] + [("write", "short")]
)
def test_a_failing_call_costs_nothing_that_was_promised(tmp_path, call, fault):
    FOUND[f"{call} {fault}"] = walked(tmp_path, call, fault)

    assert FOUND[f"{call} {fault}"] > 0


@pytest.mark.parametrize("call", ["write", "fdatasync", "replace"])
def test_who_goes_on_with_a_log_after_a_failure_is_refused_or_right(tmp_path, call):
    for number in range(1, MOST_CALLS):
        place, faulty = tmp_path / str(number), Faulty(call, "EIO", number)
        log = opened(place, faulty.signed)
        acknowledged = 0
        with faulty.standing():
            for step in STEPS:
                try:
                    log.append(entries(log.size, log.size + step))
                    acknowledged = log.size
                except (OSError, ZhihengError):
                    continue
        must_hold(place, acknowledged, faulty.signed)
        if faulty.count < number:
            return


def test_a_hundred_kills_cost_nothing_that_was_promised(tmp_path):
    chance, killed, acked = random.Random(SEED), 0, tmp_path / "acked"
    acked.write_text("0\n")
    for _kill in range(KILLS):
        child = os.fork()
        if child == 0:
            append_for_ever(tmp_path, acked)
        time.sleep(chance.uniform(0.005, 0.15))
        os.kill(child, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        must_hold(tmp_path, last_acknowledged(acked), [])

    FOUND["kills"], FOUND["entries after the kills"] = killed, opened(tmp_path, []).size
    assert killed == KILLS
    assert last_acknowledged(acked) > KILLS


def append_for_ever(home, acked):
    """Append and say in a file how much is promised; ends by the kill."""
    try:
        log = opened(home, [])
        with acked.open("a") as file:
            for step in range(1_000_000):
                log.append(entries(log.size, log.size + 1 + step % 70))
                file.write(f"{log.size}\n")
                file.flush()
    finally:
        os._exit(70)


def last_acknowledged(acked):
    return max(int(line) for line in acked.read_text().split("\n")[:-1])


def test_what_was_found_is_written_down():
    wanted = 2 * len(CALLS) + 1
    walks = {name: count for name, count in FOUND.items() if "kill" not in name}
    if len(walks) == wanted and FOUND.get("kills") == KILLS:
        written(walks)

    assert (DOCS / "log-faults.json").exists()
    assert set(json.loads((DOCS / "log-faults.json").read_text())["walks"]) == {
        *(f"{call} {fault}" for call in CALLS for fault in ("EIO", "ENOSPC")),
        "write short",
    }


def written(walks):
    """Write the page and its numbers."""
    made_on = datetime.now(UTC).date().isoformat()
    said = {"made_on": made_on, "seed": SEED, "walks": walks, "kills": FOUND["kills"]}
    (DOCS / "log-faults.json").write_text(json.dumps(said, indent=1) + "\n")
    rows = "\n".join("| {} | {} | {} | 0 |".format(*name.split(), count) for name, count in walks.items())
    (DOCS / "log-faults.md").write_text(
        PAGE.format(
            made_on=made_on,
            points=sum(walks.values()),
            kills=FOUND["kills"],
            entries=FOUND["entries after the kills"],
            steps=", ".join(map(str, STEPS)),
            rows=rows,
        )
    )


PAGE = """# Faults of the disk under the log / 日志存储故障

Made by `make prove` on {made_on}: {points} faults and {kills} kills. A log grows by batches of {steps}
entries and is laid down after every third; the first call of a kind fails once, then the second, and so on
until all are passed. After the failure the log is opened again and the batch is tried again, as the next turn
does.
Test: tests/prove/test_log_faults.py.

- EIO, ENOSPC: the call does nothing and fails. short: half of the bytes are written, then it fails.
- lost or inconsistent: something acknowledged was missing, doubled or changed, the folder did not verify, or
  a checkpoint was ever signed that is not of the one log.
- Kills: {kills} by SIGKILL at random moments of one log, which had {entries} entries in the end.
- A failed sync is made to fail before it reaches the disk; that a disk may forget what it took is not shown.

| call 系统调用 | fault 故障 | places 故障点 | lost or inconsistent 丢失或不一致 |
|---|---|---|---|
{rows}
"""
