"""Keeps files by the SHA-256 of their bytes: written once, checked at every reading, bounded in size.

A file is written beside its place, synced, and renamed into it, so that a kill leaves either the whole file
or a stray temporary one, never half a file under a good name. The row is written in the caller's transaction:
when that rolls back, the file stays without a row, which harms nobody and is used again at the next try,
unless ``swept_when_refused`` stands around it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from zhiheng.errors import BadInput, CheckFailed, LimitExceeded, NotFound
from zhiheng.ledger import instants, media
from zhiheng.ledger.models import Evidence

BLOCK = 1 << 20
_WRITTEN: ContextVar[list[str] | None] = ContextVar("evidence written", default=None)
PART = ".part-"
"""How the name of a file begins that is not yet whole."""


def store(data: bytes | Path, *, name: str, media_type: str | None = None) -> Evidence:
    """Keep the bytes (or the file at a path, read as a stream) and return their row; safe to run twice.

    The media type is read from the first bytes; a type that is claimed and does not fit them is refused.
    """
    sha256, size, start = _fingerprint(data)
    kind = media.settled(media_type, start)
    place = path(sha256)
    if not place.exists() or _hash_of(place) != sha256:
        _write(place, data, sha256)
        if (written := _WRITTEN.get()) is not None:
            written.append(sha256)
    row, _made = Evidence.objects.get_or_create(
        sha256=sha256,
        defaults={
            "name": Path(name).name[:200],
            "size": size,
            "media_type": kind,
            "stored_at": instants.now(),
        },
    )
    return row


@contextmanager
def swept_when_refused() -> Iterator[None]:
    """Remove, at the end, the files written inside for which no row stands: what was refused is not kept.

    Goes around a whole transaction. For a command that has the folder to itself, as the start of an office:
    the row of another process that has not committed yet cannot be seen.
    """
    held = _WRITTEN.set([])
    try:
        yield
    finally:
        written = _WRITTEN.get() or []
        _WRITTEN.reset(held)
        for sha256 in dict.fromkeys(written):
            if not Evidence.objects.filter(sha256=sha256).exists():
                path(sha256).unlink(missing_ok=True)
                _remove_empty(path(sha256).parent)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def read(sha256: str) -> bytes:
    """Return the bytes after checking that they still have their hash."""
    return b"".join(blocks(sha256))


def blocks(sha256: str) -> Iterator[bytes]:
    """Yield the bytes block by block; the last step checks the hash, so a reader must read to the end."""
    place, digest = path(sha256), hashlib.sha256()
    try:
        with place.open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
                yield block
    except FileNotFoundError:
        raise NotFound(
            _("The evidence file is not here."),
            _("Restore it from the backup under the name of its hash."),
            sha256=sha256,
        ) from None
    if digest.hexdigest() != sha256:
        raise CheckFailed(
            _("The evidence file does not have the hash that it is known by."),
            _("Restore it from the backup; do not use this copy."),
            code="evidence-altered",
            sha256=sha256,
        )


def path(sha256: str) -> Path:
    """Return where the file with this hash lies (or would lie)."""
    if len(sha256) != 64 or set(sha256) - set("0123456789abcdef"):
        raise BadInput(
            _("This is not a SHA-256 in hexadecimal."), _("Copy all 64 characters, in lower case.")
        )
    return Path(settings.VAR) / "evidence" / sha256[:2] / sha256[2:]


def count_lines(sha256: str) -> int:
    """Return how many line feeds the file holds."""
    return sum(block.count(b"\n") for block in blocks(sha256))


def suffix(media_type: str) -> str:
    """Return the usual end of a file name for a media type."""
    return media.SUFFIXES.get(media_type, ".bin")


def sweep(*, older_than_seconds: float = 86_400) -> int:
    """Remove the temporary files that killed writers left behind, and return how many there were."""
    swept = 0
    for stray in (Path(settings.VAR) / "evidence").glob(f"*/{PART}*"):
        if stray.stat().st_mtime < instants.now().timestamp() - older_than_seconds:
            stray.unlink(missing_ok=True)
            swept += 1
    return swept


def _pieces(data: bytes | Path) -> Iterator[bytes]:
    if isinstance(data, Path):
        with data.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    else:
        view = memoryview(data)
        for start in range(0, len(view), BLOCK):
            yield bytes(view[start : start + BLOCK])


def _fingerprint(data: bytes | Path) -> tuple[str, int, bytes]:
    digest, size, start = hashlib.sha256(), 0, b""
    for block in _pieces(data):
        start = start or block[: media.LOOK]
        size += len(block)
        if size > settings.EVIDENCE_MAX_BYTES:
            raise LimitExceeded(
                _("The file is larger than %(limit)s bytes.") % {"limit": settings.EVIDENCE_MAX_BYTES},
                _("Split it, or ask the system administrator to raise the limit."),
            )
        digest.update(block)
    return digest.hexdigest(), size, start


def _hash_of(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(place: Path, data: bytes | Path, sha256: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            for block in _pieces(data):
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != sha256:
            raise CheckFailed(_("The file changed while it was read."), _("Hand it in again."))
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(place.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
