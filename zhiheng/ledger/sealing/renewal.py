"""Ends the present log and opens a new one with a name and key of its own, and says publicly why.

This is for a database that was restored without its newest entries, for a key that must be replaced, and for
files that cannot be put back. The entry that says so holds the last signed size and root, and as evidence the
entries of the ended log that this database does not have. It is the last leaf of the ended log, where that
can still be written, and stands in the new one too. The ended log stays where everybody can read it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from zhiheng.errors import BadInput, CheckFailed, Missing
from zhiheng.ledger import entries
from zhiheng.ledger.actor import Actor
from zhiheng.ledger.models import Entry, Sealed, Visibility
from zhiheng.ledger.sealing import lock, places, sequencer
from zhiheng.ledger.sealing.directory import Log
from zhiheng.proof import canonical, checkpoint, note
from zhiheng.verification.log_folder import CHECKPOINT, VKEY, LogFolder

logger = logging.getLogger(__name__)

VERB = "ledger.log_ended"
REASONS = ("restored", "key", "damaged")
_MOVED = (CHECKPOINT, VKEY, "tile", "sm")


@dataclass(frozen=True)
class Ended:
    """What the ended log had, how many of its entries this database lacks, and the new log."""

    origin: str
    size: int
    lost: int
    successor: str


def renew(*, by: Actor, reason: str) -> Ended | None:
    """End the present log for a reason and open the next; None where only an earlier turn was finished."""
    if reason not in REASONS:
        raise BadInput(f"{reason} is no reason to end a log.", f"Give one of {', '.join(REASONS)}.")
    with lock.held():
        sequencer.forget()
        number = places.generation()
        if _half_moved(number):
            _move(number)
            return None
        folder = LogFolder(places.public())
        said = _last_signed(folder)
        agreed = _agreed(folder, said)
        lost = folder.entries(agreed, said.size, said.size)
        entry = _record(by, reason, said, lost, places.origin(number + 1))
        _end(entry)
        (places.public() / places.ENDED / f".{number}").mkdir(parents=True)
        _move(number)
    sequencer.seal_now()
    return Ended(said.origin, said.size, len(lost), places.origin(number + 1))


def _last_signed(folder: LogFolder) -> checkpoint.Checkpoint:
    data, line = folder.text(CHECKPOINT), folder.text(VKEY)
    if data is None or line is None:
        raise Missing("There is no log to end here.", "The first one begins with the first public entry.")
    return checkpoint.opened(data, note.key(line.decode().strip()))[0]


def _agreed(folder: LogFolder, said: checkpoint.Checkpoint) -> int:
    """Return up to which place log and database say the same, and give these entries their rows."""
    known = Sealed.objects.filter(log=said.origin).count()
    since = Sealed.objects.filter(log=said.origin, place__lt=min(known, said.size)).order_by("-place").first()
    held = Entry.objects.filter(visibility=Visibility.PUBLIC, seq__gt=since.seq if since else 0)
    place = since.place + 1 if since else 0
    waiting = held.order_by("seq").prefetch_related("subjects").iterator(chunk_size=sequencer.BATCH)
    while some := list(islice(waiting, sequencer.BATCH)):
        there = folder.entries(place, place + len(some), said.size)
        rows = []
        for entry, leaf in zip(some, there, strict=False):
            if sequencer.leaf(entry) != leaf:
                break
            rows.append(Sealed(entry=entry, seq=entry.seq, log=said.origin, place=place + len(rows)))
        Sealed.objects.bulk_create(rows)
        place += len(rows)
        if len(rows) < len(some):
            break
    return place


def _record(by: Actor, reason: str, said: checkpoint.Checkpoint, lost: list[bytes], successor: str) -> Entry:
    with transaction.atomic():
        return entries.record_rows(
            by=by,
            verb=VERB,
            subjects=[("log", said.origin), ("log", successor)],
            detail={
                "ended": said.origin,
                "size": said.size,
                "root": said.root.hex(),
                "reason": reason,
                "successor": successor,
            },
            rows=b"".join(leaf + b"\n" for leaf in lost),
            row_count=len(lost),
            visibility=Visibility.PUBLIC,
        )


def _end(entry: Entry) -> None:
    """Make the entry the last leaf of the log that ends; one that cannot be opened stays as it is."""
    try:
        place = places.present()
        log = Log.open(place.folder, place.memory, place.key.public, place.key.sign)
        log.append([canonical.dumps(entries.statement_of(entry))])
        log.lay_down()
    except (CheckFailed, BadInput, OSError) as error:
        logger.warning("the ended log has no last leaf: %s", getattr(error, "code", type(error).__name__))


def _half_moved(number: int) -> bool:
    return (places.public() / places.ENDED / f".{number}").exists()


def _move(number: int) -> None:
    """Move the files of the ended log to their place; a kill in between is finished by the next call."""
    target = places.public() / places.ENDED / f".{number}"
    for name in _MOVED:
        if (places.public() / name).exists():
            (places.public() / name).rename(target / name)
    memory = places.state() / "log.journal"
    if memory.exists():
        memory.rename(places.state() / f"ended-{number}.journal")
    target.rename(target.with_name(str(number)))
