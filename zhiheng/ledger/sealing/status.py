"""Where the logs of this site stand: size, what waits, how old the checkpoint is, who has cosigned it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from zhiheng.ledger import instants
from zhiheng.ledger.models import Entry, Sealed
from zhiheng.ledger.sealing import places, sequencer, turn
from zhiheng.proof import checkpoint, note
from zhiheng.verification.log_folder import CHECKPOINT, VKEY, LogFolder

MOST_DELAY = timedelta(seconds=60)
"""How long a public entry may wait to be sealed; promised to everybody, and looked at by the monitor."""


def of_all() -> dict[str, Any]:
    """Return the state of the present log, and of what waits for it."""
    oldest = _oldest_waiting()
    late = None if oldest is None else max(0, int((instants.now() - oldest).total_seconds()))
    found = [_of(folder) for folder in places.folders()]
    return {
        "logs": found,
        "waiting": sequencer.waiting(),
        "waiting_seconds": late or 0,
        "is_late": late is not None and late > MOST_DELAY.total_seconds(),
    }


def sealed_at(entry: Entry) -> datetime | None:
    """Return when a signed checkpoint covered a public entry; None while it waits."""
    return Sealed.objects.filter(entry=entry).values_list("at", flat=True).first()


def _oldest_waiting() -> datetime | None:
    return turn.waiting(turn.last_sealed()).values_list("at", flat=True).first()


def _of(folder: LogFolder) -> dict[str, Any]:
    signed = note.read(folder.text(CHECKPOINT) or b"")
    said = checkpoint.read(signed.text)
    written = datetime.fromtimestamp((folder.path / CHECKPOINT).stat().st_mtime, UTC)
    return {
        "origin": said.origin,
        "size": said.size,
        "root": said.root.hex(),
        "vkey": (folder.text(VKEY) or b"").decode().strip(),
        "checkpoint_written_at": instants.as_text(written),
        "cosigned_by": [line.name for line in signed.signatures if line.name != said.origin],
    }
