"""The file from which a stranger repeats a draw: certificate, frame, and the ledger entries about it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from zhiheng import ledger
from zhiheng.ledger import evidence, files
from zhiheng.ledger.models import Entry
from zhiheng.ledger.sealing import receipts, sequencer
from zhiheng.proof import canonical
from zhiheng.verification import draw as verification
from zhiheng.verification import framed

from . import frames, queries
from .models import Draw

FRAME_INSIDE_UP_TO = 4 * 1024 * 1024  # bytes; a larger frame lies beside the bundle as its own file


def name(serial: str) -> str:
    """Return the file name of the bundle of a draw."""
    return f"draw-{serial}.json"


def frame_name(serial: str) -> str:
    """Return the file name of a frame that lies beside its bundle."""
    return f"frame-{serial}.tsv"


def folder() -> Path:
    """Return where bundles lie."""
    return Path(settings.VAR) / "bundles"


def compose(draw: Draw) -> tuple[bytes, bytes | None]:
    """Return the bytes of the bundle, and those of the frame file when it does not fit inside."""
    certificate = canonical.loads(evidence.read(draw.certificate_sha))
    content = frames.published(draw.frame)
    listed = _entries(draw)
    is_inside = len(content) <= FRAME_INSIDE_UP_TO
    bundle = verification.bundle(
        certificate,
        entries=[{"statement": ledger.statement_of(entry), "hash": entry.hash} for entry in listed],
        frame_lines=content if is_inside else None,
        frame_file=None if is_inside else frame_name(draw.serial),
        log=receipts.field_of(listed),
    )
    return canonical.dumps(bundle), None if is_inside else content


def closing_name(serial: str) -> str:
    """Return the file name of the closing record of a draw."""
    return f"closing-{serial}.json"


def write(draw: Draw) -> Path:
    """Write the bundle of a closed draw, sealing first; safe to run twice, and whole or not at all."""
    sequencer.seal_if_possible()
    bundle, content = compose(draw)
    if content is not None:
        files.write_whole(folder() / frame_name(draw.serial), content)
    if draw.closing_sha:
        files.write_whole(folder() / closing_name(draw.serial), evidence.read(draw.closing_sha))
    return files.write_whole(folder() / name(draw.serial), bundle)


def find(draw: Draw) -> Path:
    """Return the bundle, written anew when it is not here (a kill came between closing and writing)."""
    place = folder() / name(draw.serial)
    return place if place.exists() else write(draw)


def is_complete(draw: Draw) -> bool:
    """Whether the bundle is on disk and holds receipts of the log."""
    place = folder() / name(draw.serial)
    return place.exists() and receipts.is_in(place)


def _entries(draw: Draw) -> list[Entry]:
    """Return the public entries of the draw and the one that froze its frame, oldest first."""
    about = {"subjects__kind": "frame", "subjects__key": str(draw.frame_id)}
    frozen = Entry.objects.filter(verb=framed.FROZEN, visibility="public", **about)
    return sorted([*frozen, *queries.entries(draw)], key=lambda entry: entry.seq)
