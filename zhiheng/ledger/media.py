"""Tells what a file is from its first bytes, and refuses a claim that does not fit them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhiheng.errors import BadInput

LOOK = 4_096
"""How many bytes are looked at."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BINARY = "application/octet-stream"
TEXT = "text/plain"

_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b", "application/gzip"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-excel"),
)
_ACTIVE = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<?xml-stylesheet")
# What a claim may say more exactly than the first bytes can.
_REFINES = {
    "application/zip": {XLSX, DOCX},
    TEXT: {
        "application/json",
        "application/x-ndjson",
        "application/xml",
        "text/csv",
        "text/markdown",
        "text/tab-separated-values",
    },
}
SUFFIXES = {
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/x-ndjson": ".ndjson",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    TEXT: ".txt",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    XLSX: ".xlsx",
}


def sniffed(start: bytes) -> str:
    """Return the media type that the first bytes show."""
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if b"\0" in start:
        return BINARY
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 3 or len(start) < LOOK:
            return BINARY
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_ACTIVE):
        return "text/html"
    return TEXT


def settled(claimed: str | None, start: bytes) -> str:
    """Return the type to keep: the claimed one where it fits what is seen, else refuse."""
    seen = sniffed(start)
    if claimed is None or claimed == seen:
        return seen
    if claimed == BINARY or claimed in _REFINES.get(seen, ()):
        return claimed
    raise BadInput(
        _("The file says it is %(claimed)s, but its content is %(seen)s.")
        % {"claimed": claimed, "seen": seen},
        _("Save it again in the format that its name says."),
        code="media-type",
    )
