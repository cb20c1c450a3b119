"""Seals public entries into the log in the order of their numbers: one turn at a time, safe to repeat.

The entry of the log is the canonical statement of a ledger entry. The files lead and the table follows: a
kill between the two leaves entries in the log that the table does not show yet, and the next turn finds them
there. Entries of the log that the database does not hold, or holds otherwise, mean that an older database was
restored: then nothing is signed, and the refusal names what to do.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from zhiheng.errors import CheckFailed, Conflict, ZhihengError
from zhiheng.ledger import entries
from zhiheng.ledger.models import Entry, Sealed, Visibility
from zhiheng.ledger.sealing import lock, places
from zhiheng.ledger.sealing.directory import Log
from zhiheng.proof import canonical
from zhiheng.verification import log as verification

BATCH = 1_024
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
        log = present()
        sealed = _Turn(log).run()
        return Outcome(sealed, log.size, log.edge.root().hex())


def seal_if_possible() -> None:
    """Seal before something is written that may hold receipts; what cannot be sealed now is sealed later."""
    try:
        seal_now()
    except (ZhihengError, OSError) as error:
        logger.error("sealing failed: %s", getattr(error, "code", type(error).__name__))


def is_behind() -> bool:
    """Tell whether a public entry waits to be sealed: one look at an index, cheap enough for every second."""
    return _waiting(last_sealed()).exists()


def last_sealed() -> int:
    """Return the number of the last entry that is sealed."""
    last = Sealed.objects.order_by("-seq").values_list("seq", flat=True).first()
    return last or 0


def waiting() -> int:
    """Return how many public entries wait to be sealed."""
    return _waiting(last_sealed()).count()


def leaf(entry: Entry) -> bytes:
    """Return what stands in the log for an entry."""
    return canonical.dumps(entries.statement_of(entry))


def present() -> Log:
    """Return the present log, opened; who writes it holds the lock."""
    place = places.present()
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


class _Turn:
    """One turn over one log, from what the table knows to the last committed entry."""

    def __init__(self, log: Log) -> None:
        self.log, self.since = log, last_sealed()
        known = Sealed.objects.filter(log=log.key.name).order_by("-place").select_related("entry").first()
        self.known = 0 if known is None else known.place + 1
        if self.known > log.size:
            raise Conflict(
                f"The database knows {self.known} sealed entries, and the log on disk has {log.size}.",
                "Restore the folders log and log-state of one moment, or end this log: zhiheng log renew.",
                code="log-behind",
            )
        if known is not None and log.entries(known.place, self.known) != [leaf(known.entry)]:
            raise restored(known.place)

    def run(self) -> int:
        """Seal batch after batch; return how many entries the table did not know before."""
        sealed = 0
        while found := self._batch():
            self._seal(found)
            sealed += len(found)
        if self.known < self.log.size:
            raise restored(self.known)
        return sealed

    def _batch(self) -> list[Entry]:
        return list(_waiting(self.since).prefetch_related("subjects")[:BATCH])

    def _seal(self, found: Sequence[Entry]) -> None:
        leaves = [leaf(entry) for entry in found]
        ahead = self.log.entries(self.known, self.known + len(leaves))
        for place, (there, here) in enumerate(zip(ahead, leaves, strict=False), self.known):
            if there != here:
                raise restored(place)
        if leaves[len(ahead) :]:
            self.log.append(leaves[len(ahead) :])
        rows = [
            Sealed(entry=entry, seq=entry.seq, log=self.log.key.name, place=place)
            for place, entry in enumerate(found, self.known)
        ]
        with transaction.atomic(durable=True):
            Sealed.objects.bulk_create(rows)
        self.known += len(found)
        self.since = found[-1].seq


def _waiting(since: int):
    return Entry.objects.filter(visibility=Visibility.PUBLIC, seq__gt=since).order_by("seq")


def restored(place: int) -> Conflict:
    """Return the refusal where the log holds what the database does not."""
    return Conflict(
        f"The log holds at place {place} an entry that the database does not: an older copy was restored.",
        "Nothing was signed. Restore the newest copy of the database; where there is none, end this log and "
        "open a new one that says why: zhiheng log renew.",
        code="log-ahead",
    )
