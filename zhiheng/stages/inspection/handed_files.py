"""Files that people hand in: at most so many, so large, and only PDF, JPEG or PNG by their first bytes.

Nothing is stripped from a file: it is evidence as it came, known by its SHA-256, and never public.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhiheng.ledger import evidence, media

from .firm_refusals import refuse

KINDS = ("application/pdf", "image/jpeg", "image/png")
ACCEPT = ".pdf,.jpg,.jpeg,.png," + ",".join(KINDS)
MOST_FILES, MOST_MB = 8, 12


@dataclass(frozen=True, slots=True)
class Paper:
    """One file: the name it came with and its bytes."""

    name: str
    data: bytes

    def __post_init__(self) -> None:
        if not self.data:
            raise refuse("empty-file", name=self.name, field="files")
        if len(self.data) > MOST_MB << 20:
            raise refuse("large-file", name=self.name, most=MOST_MB, field="files")
        if media.sniffed(self.data[: media.LOOK]) not in KINDS:
            raise refuse("file-kind", name=self.name, field="files")


def received(uploads: Sequence[Any], field: str = "files") -> list[Paper]:
    """Return uploaded files as papers, or refuse the first that cannot be kept."""
    if len(uploads) > MOST_FILES:
        raise refuse("many-files", count=len(uploads), most=MOST_FILES, field=field)
    for one in uploads:
        if one.size > MOST_MB << 20:
            raise refuse("large-file", name=one.name, most=MOST_MB, field=field)
    return [Paper(one.name, one.read()) for one in uploads]


def keep(paper: Paper) -> dict[str, Any]:
    """Keep a paper as evidence and return what a row says of it."""
    row = evidence.store(paper.data, name=paper.name)
    return {
        "sha256": row.sha256,
        "name": paper.name[:200],
        "media_type": row.media_type,
        "size": len(paper.data),
    }
