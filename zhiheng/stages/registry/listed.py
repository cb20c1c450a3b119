"""Answers a firm that asks "am I on the list, once?", with a proof that it can check without this site.

Where ids are open everybody gets the proof, of presence and of absence. Where they are salted, yes or no is
told to everybody on the word of the office; the proof, which says a firm's class, goes with the firm's salt.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhiheng import ledger
from zhiheng.errors import BadInput, CheckFailed, NotFound
from zhiheng.ledger import files
from zhiheng.ledger.models import Entry
from zhiheng.proof import frame_index
from zhiheng.verification import frame_proof

from . import names
from .models import Frame


@dataclass(frozen=True)
class Answer:
    """Whether a firm is listed; its line and the proof where the asker may have them."""

    code: str
    is_listed: bool
    proof: Mapping[str, Any] | None = None

    @property
    def stratum(self) -> str:
        """The stratum of the firm, as its line says it; empty where this is not told."""
        if self.proof is None or not self.is_listed:
            return ""
        named = self.proof.get("opening", {}).get("unit", self.code)
        rows = (row["line"].rstrip("\n").split("\t") for row in self.proof["lines"])
        return next((fields[2] for fields in rows if fields[0] == named), "")


def public_frames() -> QuerySet[Frame]:
    """Return every frame: each was announced in public when it was frozen."""
    return Frame.objects.all()


def public_frame(pk: Any) -> Frame:
    """Return one frame as everybody sees it."""
    found = public_frames().filter(pk=pk).first()
    if found is None:
        raise NotFound(_("This list is not here."), _("Look it up among the frozen lists."))
    return found


def ask(frame: Frame, code: str, salt: str = "") -> Answer:
    """Answer whether a unit is listed, with the proof where the frame is open or the salt is known."""
    called = names.of(frame)
    if called is None:
        return _proved(frame, code, code, None)
    opening = called.opening(code)
    if salt and hmac.compare_digest(salt.strip().lower().encode(), opening["salt"].encode()):
        return _proved(frame, code, opening["unit"], opening)
    if salt:
        raise BadInput(
            _("This is not the salt of this firm."),
            _("Copy it from the file that the office gave the firm, or leave the field empty."),
            code="wrong-salt",
            field="salt",
        )
    with _prover(frame) as prover:
        return Answer(code, prover.find(opening["unit"])[1])


def opened(frame: Frame, code: str) -> Answer:
    """Return the answer with the salt of a firm, for the office to hand to that firm alone."""
    called = names.of(frame)
    return ask(frame, code, called.salt(code).hex() if called else "")


def _proved(frame: Frame, code: str, named: str, opening: Mapping[str, str] | None) -> Answer:
    """Return the answer with its proof; a proof that does not hold is made once more from a new index."""

    def prove() -> Answer:
        with _prover(frame) as prover:
            place, is_there = prover.find(named)
            lines = prover.around(place, is_there=is_there)
        may_prove = is_there or opening is None
        return Answer(code, is_there, _file(frame, code, is_there, lines, opening) if may_prove else None)

    return _checked(frame, prove)


def _checked(frame: Frame, prove: Callable[[], Answer]) -> Answer:
    try:
        answer = prove()
        if answer.proof is None or frame_proof.check(answer.proof).ok:
            return answer
    except (BadInput, OSError):
        pass
    write_index(frame)
    answer = prove()
    if answer.proof is not None and not (report := frame_proof.check(answer.proof)).ok:
        raise CheckFailed(
            _("The proof from this list does not hold: %(why)s") % {"why": report.refusal},
            _("Tell the office; the list or its entry may have been altered."),
            code="frame-altered",
        )
    return answer


def _file(
    frame: Frame, code: str, is_listed: bool, lines: list[Any], opening: Mapping[str, str] | None
) -> dict[str, Any]:
    about = Entry.objects.filter(verb=frame_proof.FROZEN, subjects__kind="frame", subjects__key=str(frame.pk))
    entry = about.get()
    return frame_proof.proof(
        asked=code,
        is_listed=is_listed,
        lines=lines,
        frame={
            "id": str(frame.pk),
            "sha256": frame.sha256,
            "size": frame.unit_count,
            "root": frame.merkle_root,
        },
        data="demonstration" if settings.DEMO else "operational",
        entry={"statement": ledger.statement_of(entry), "hash": entry.hash},
        opening=opening,
    )


@contextmanager
def _prover(frame: Frame) -> Iterator[frame_index.Prover]:
    """Open the published file and its index; nothing else of them is read but what a proof needs."""
    place = index_path(frame)
    if not place.exists():
        write_index(frame)
    with ledger.evidence.path(frame.sha256).open("rb") as lines, place.open("rb") as index:
        yield frame_index.Prover(lines, index)


def write_index(frame: Frame) -> Path:
    """Make the index of a published frame file again from the file."""
    with ledger.evidence.path(frame.sha256).open("rb") as lines:
        return files.write_whole(index_path(frame), frame_index.build(lines).dump())


def index_path(frame: Frame) -> Path:
    """Return where the index of a published frame file lies; it is made again where it is missing."""
    return Path(settings.VAR) / "frames" / f"{frame.sha256}.index"
