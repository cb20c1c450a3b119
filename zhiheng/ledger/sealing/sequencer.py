"""Seals public entries into the log in the order of their numbers: one turn at a time, safe to repeat.

The entry of the log is the canonical statement of a ledger entry. The files lead and the table follows: a
kill between the two leaves entries in the log that the table does not show yet, and the next turn finds them
there. Entries of the log that the database does not hold, or holds otherwise, mean that an older database was
restored: then nothing is signed, and the refusal names what to do.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from zhiheng.errors import CheckFailed, ZhihengError
from zhiheng.ledger.sealing import lock, places, turn, twin
from zhiheng.ledger.sealing.directory import Log
from zhiheng.verification import log as verification

REREAD_UP_TO = 100_000
"""A process that opens a log of at most so many entries rereads them all; the daily check rereads any."""

_opened: dict[Path, Log] = {}
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """How many entries were sealed in this turn, and the size and root of the log after it."""

    sealed: int
    size: int
    root: str


def seal_now() -> Outcome:
    """Seal every public entry that is committed, and return where the log stands."""
    with lock.held():
        this = turn.Turn(present)
        sealed, log = this.run(), this.desks[""].log
        for desk in this.desks.values():
            twin.follow(desk.log)
        return Outcome(sealed, log.size, log.edge.root().hex())


def seal_if_possible() -> None:
    """Seal before something is written that may hold receipts; what cannot be sealed now is sealed later."""
    try:
        seal_now()
    except (ZhihengError, OSError) as error:
        logger.error("sealing failed: %s", getattr(error, "code", type(error).__name__))


def is_behind() -> bool:
    """Tell whether a public entry waits to be sealed: one look at an index, cheap enough for every second."""
    return turn.waiting(turn.last_sealed()).exists()


def waiting() -> int:
    """Return how many public entries wait to be sealed."""
    return turn.waiting(turn.last_sealed()).count()


def present(shard: str = "") -> Log:
    """Return the present log, or that of a shard, opened; who writes it holds the lock."""
    place = places.present(shard)
    log = _opened.get(place.folder)
    if log is not None and log.is_current and log.key == place.key.public:
        return log
    is_first = log is None
    log = Log.open(place.folder, place.memory, place.key.public, place.key.sign)
    if is_first and log.size <= REREAD_UP_TO:
        reread(log)
    _opened[place.folder] = log
    return log


def forget() -> None:
    """Close what this process holds open, as a new process begins."""
    _opened.clear()


def reread(log: Log) -> None:
    """Refuse a log whose entries do not give every tile and the root that was signed."""
    if verification.rebuilt(log.files, log.size, log.key.tree_hash).root() != log.edge.root():
        raise CheckFailed("The entries of the log give another root than was signed.", REMEDY)


def reread_all() -> int:
    """Reread every log here from its files, and return how many entries hold; the first fault is raised."""
    held = 0
    for folder in places.folders():
        checked = verification.check(folder.path)
        if not checked.report.ok:
            raise CheckFailed(checked.report.refusal, REMEDY, code="log-file", file=checked.file)
        held += checked.size or 0
    return held


REMEDY = "Find the file that was changed: zhiheng log verify. Put it back from a mirror or a backup."
