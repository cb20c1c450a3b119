"""The file by which a stranger checks a notice: its versions, signatures and ledger entries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from zhiheng import ledger
from zhiheng.ledger import files
from zhiheng.ledger.sealing import receipts, sequencer
from zhiheng.proof import canonical
from zhiheng.verification import notice as verification

from . import queries
from .models import Notice, NoticeVersion


def name(notice: Notice) -> str:
    """Return the file name of a notice."""
    return f"notice-{notice.number}.json"


def folder() -> Path:
    """Return where bundles lie."""
    return Path(settings.VAR) / "bundles"


def compose(notice: Notice) -> bytes:
    """Return the file of a published notice, as it stands now."""
    found = [_version(notice, version) for version in queries.versions(notice)]
    listed = list(queries.entries(notice))
    entries = [{"statement": ledger.statement_of(entry), "hash": entry.hash} for entry in listed]
    return canonical.dumps(verification.bundle(found, entries, receipts.field_of(listed)))


def write(notice: Notice) -> Path:
    """Write the file beside those of draws and figures, sealing first; whole or not at all."""
    sequencer.seal_if_possible()
    return files.write_whole(folder() / name(notice), compose(notice))


def is_written(notice: Notice) -> bool:
    """Whether the file on disk is that of the newest version."""
    place = folder() / name(notice)
    newest = notice.versions.filter(version=notice.version).values_list("sha256", flat=True).first()
    return newest is not None and place.exists() and newest.encode() in place.read_bytes()


def is_shown(notice: Notice, version: NoticeVersion) -> bool:
    """Say whether the words of a version may be seen: a hiding withdrawal hides all before it."""
    return not notice.is_hidden or version.version == notice.version


def _version(notice: Notice, version: NoticeVersion) -> dict[str, Any]:
    seen = is_shown(notice, version)
    return {
        "version": version.version,
        "act": version.act,
        "sha256": version.sha256,
        "note": version.note,
        "vkey": version.vkey,
        "content": version.said if seen else None,
        "is_hidden": not seen,
    }
