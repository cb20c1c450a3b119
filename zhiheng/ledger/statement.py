"""The statement of an entry: the canonical JSON that is hashed, chained and one day published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from zhiheng.errors import BadInput
from zhiheng.ledger import free_words, instants
from zhiheng.ledger.actor import Actor
from zhiheng.proof import canonical

TYPE, VERSION = "zhiheng.ledger.entry", 1
MAX_DETAIL_BYTES = 49_152
MAX_STATEMENT_BYTES = 65_535  # an entry of a C2SP tlog-tiles bundle has a two-byte length
MAX_SUBJECTS = 1_000
VISIBILITIES = ("public", "internal", "restricted")

_VERB = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
_KIND = re.compile(r"[a-z][a-z0-9_]*\Z")
_REGION = re.compile(r"[0-9]{6}\Z")
# A detail may point to a person by key; it never says who that is (PIPL art. 6: only what is needed).
PERSONAL_KEYS = frozenset(
    {"login", "password", "display_name", "person_name", "phone", "mobile", "email", "id_number", "address"}
)


def compose(
    *,
    entry_id: UUID,
    seq: int,
    previous: str,
    at: datetime,
    verb: str,
    visibility: str,
    actor: Mapping[str, str],
    region: str,
    subjects: Iterable[Sequence[str]],
    detail: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the statement whose canonical bytes are hashed."""
    return {
        "type": TYPE,
        "v": VERSION,
        "id": str(entry_id),
        "seq": seq,
        "previous": previous,
        "at": instants.as_text(at),
        "verb": verb,
        "visibility": visibility,
        "actor": dict(actor),
        "region": region,
        "subjects": [[kind, key] for kind, key in subjects],
        "detail": detail,
    }


def check_size(statement: Mapping[str, Any]) -> None:
    """Refuse an entry that could not stand in the public log."""
    size = len(canonical.dumps(statement))
    if size > MAX_STATEMENT_BYTES:
        raise too_large(statement["verb"], size)


def too_large(verb: str, size: int) -> BadInput:
    """Return the refusal of an entry that could not stand in the public log."""
    return BadInput(
        f"The entry {verb} has {size} bytes, more than {MAX_STATEMENT_BYTES}.",
        "Name fewer subjects, and store the rows as evidence with ledger.record_rows.",
    )


def check_parts(
    *, by: Actor, verb: str, visibility: str, region: str, subjects: Sequence[Sequence[str]], detail: Any
) -> None:
    """Refuse what may not stand in an entry, before anything is written."""
    if not isinstance(by, Actor):
        raise BadInput("The entry has no actor.", "Pass the actor that people.require returned.")
    if len(verb) > 64 or not _VERB.match(verb):
        raise BadInput(f"The verb {verb!r} is not of the form room.done.", "Name it like draw.committed.")
    if visibility not in VISIBILITIES:
        raise BadInput(f"The visibility {visibility!r} is unknown.", f"Use one of {', '.join(VISIBILITIES)}.")
    if not _REGION.match(region):
        raise BadInput(f"The region {region!r} is not a six-digit code.", "Give the code of GB/T 2260.")
    check_subjects(subjects)
    checked_detail(detail, verb)


def checked_detail(detail: Any, verb: str) -> bytes:
    """Return the canonical bytes of a detail, or refuse one that may not stand in an entry."""
    if not isinstance(detail, dict):
        raise BadInput("The detail of an entry is not an object.", "Pass a dict with ASCII keys.")
    said = canonical.dumps(detail)
    if len(said) > MAX_DETAIL_BYTES:
        raise BadInput(
            f"The detail of {verb} has {len(said)} bytes, more than {MAX_DETAIL_BYTES}.",
            "Store the rows as evidence with ledger.record_rows and keep their hash in the detail.",
        )
    _refuse_unfit(detail, verb)
    return said


def check_subjects(subjects: Sequence[Sequence[str]]) -> None:
    """Refuse subjects that are too many, malformed, or named twice."""
    if len(subjects) > MAX_SUBJECTS:
        raise BadInput(
            f"An entry names {len(subjects)} subjects, more than {MAX_SUBJECTS}.",
            "Name the whole (a frame, a batch) and store its members as rows.",
        )
    for kind, key in subjects:
        if not _is_kind(kind) or not isinstance(key, str) or not 0 < len(key) <= 128:
            raise BadInput(f"The subject ({kind!r}, {key!r}) is malformed.", "Give ('draw', '<id>').")
        if "\0" in key:
            raise BadInput("A subject key holds a NUL character.", "Remove it.")
    if len(subjects) > 1 and len({tuple(subject) for subject in subjects}) != len(subjects):
        raise BadInput("An entry names one subject twice.", "Name each subject once.")


@lru_cache(maxsize=256)
def _is_kind(kind: str) -> bool:
    return len(kind) <= 32 and _KIND.match(kind) is not None


def _refuse_unfit(value: Any, verb: str) -> None:
    if isinstance(value, dict):
        personal = PERSONAL_KEYS.intersection(value)
        if personal:
            raise BadInput(
                f"The detail of {verb} has the personal field {min(personal)!r}.",
                "Point to the person by key, or store a salted commitment.",
                code="personal-data",
            )
        for key, item in value.items():
            if item and isinstance(item, str) and not free_words.is_open(verb, key):
                raise _plain_words(verb, key)
            _refuse_unfit(item, verb)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_unfit(item, verb)
    elif isinstance(value, str) and "\0" in value:
        raise BadInput(f"The detail of {verb} holds a NUL character.", "Remove it: no database keeps it.")


def _plain_words(verb: str, key: str) -> BadInput:
    return BadInput(
        f"The detail of {verb} has words of a person under {key!r}.",
        "Bind them with ledger.bound, or name the ground on which they are public in free_words.",
        code="plain-words",
    )
