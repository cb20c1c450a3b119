"""Ends the present log and opens a new one with a name and key of its own, and says publicly why.

This is for a database that was restored without its newest entries, for a key that must be replaced, and for
files that cannot be put back. The entry that says so holds the last signed size and root, and as evidence the
entries of the ended log that this database does not have. It is the last leaf of the ended log, where that
can still be written, and stands in the new one too. The ended log stays where everybody can read it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from zhiheng.errors import BadInput, CheckFailed, Missing
from zhiheng.ledger import entries, instants
from zhiheng.ledger.actor import Actor
from zhiheng.ledger.models import Entry, Sealed, Visibility
from zhiheng.ledger.sealing import lock, places, sequencer, turn
from zhiheng.ledger.sealing.directory import Log
from zhiheng.proof import canonical, checkpoint, note
from zhiheng.verification.log_folder import CHECKPOINT, VKEY, LogFolder

logger = logging.getLogger(__name__)

VERB = "ledger.log_ended"
REASONS = ("restored", "key", "damaged")
_MOVED = (CHECKPOINT, VKEY, "tile", "sm", places.SHARD)


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
        found = [places.public(), *(places.public() / places.SHARD / name for name in places.shards())]
        folders = [LogFolder(path) for path in found]
        ended = [_last_signed(folder) for folder in folders]
        lost = [leaf for folder in folders for leaf in _lost(folder)]
        entry = _record(by, reason, ended, lost, places.origin(number + 1))
        _end(entry)
        (places.public() / places.ENDED / f".{number}").mkdir(parents=True)
        _move(number)
    sequencer.seal_now()
    return Ended(ended[0].origin, ended[0].size, len(lost), places.origin(number + 1))


def _last_signed(folder: LogFolder) -> checkpoint.Checkpoint:
    data, line = folder.text(CHECKPOINT), folder.text(VKEY)
    if data is None or line is None:
        raise Missing("There is no log to end here.", "The first one begins with the first public entry.")
    return checkpoint.opened(data, note.key(line.decode().strip()))[0]


def _lost(folder: LogFolder) -> list[bytes]:
    """Return the entries of a log that this database has not, or has otherwise; the others get their rows."""
    said, lost = _last_signed(folder), []
    for start in range(turn.known_leaves(said.origin), said.size, turn.BATCH):
        rows = []
        for place, there in enumerate(folder.entries(start, start + turn.BATCH, said.size), start):
            if not there.startswith(turn.STATEMENT):
                continue
            entry = Entry.objects.filter(pk=canonical.loads(there)["id"]).first()
            if entry is not None and turn.leaf(entry) == there:
                rows.append(
                    Sealed(entry=entry, seq=entry.seq, log=said.origin, place=place, at=instants.now())
                )
            else:
                lost.append(there)
        Sealed.objects.bulk_create(rows)
    return lost


def _record(
    by: Actor, reason: str, ended: Sequence[checkpoint.Checkpoint], lost: list[bytes], successor: str
) -> Entry:
    said, *shards = ended
    with transaction.atomic():
        return entries.record_rows(
            by=by,
            verb=VERB,
            subjects=[("log", said.origin), ("log", successor)],
            detail={
                **_signed(said),
                "shards": [_signed(one) for one in shards],
                "reason": reason,
                "successor": successor,
            },
            rows=b"".join(leaf + b"\n" for leaf in lost),
            row_count=len(lost),
            visibility=Visibility.PUBLIC,
        )


def _signed(said: checkpoint.Checkpoint) -> dict[str, Any]:
    return {"ended": said.origin, "size": said.size, "root": said.root.hex()}


def _end(entry: Entry) -> None:
    """Make the entry the last leaf of the log that ends; one that cannot be opened stays as it is."""
    try:
        place = places.present()
        log = Log.open(place.folder, place.memory, place.key.public, place.key.sign)
        log.append([turn.leaf(entry)])
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
    for memory in places.state().glob("log*.journal"):
        memory.rename(memory.with_name(f"ended-{number}-{memory.name}"))
    target.rename(target.with_name(str(number)))
