"""Binds what a person wrote in an entry by a salted number; text and salt lie in a row that can be erased.

An entry stays for ever, so free words never stand in it: ``bound`` keeps them in a row of their own and
returns what the entry says in their place, ``{"hmac_sha256": HMAC-SHA-256(salt, text)}``. Erasing drops that
row and blanks the words where a record shows them; the number left in the entry tells nothing. Words that the
law or the design publishes are the exception; each is named in ``free_words`` with its ground.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import Model

from zhiheng.ledger.free_words import BOUND
from zhiheng.ledger.insert_only import ERASED
from zhiheng.ledger.models import Entry, Words
from zhiheng.proof.hashes import hmac_digest

SALT_BYTES = 32


def commitment(salt: str, text: str) -> str:
    """Return what binds words without telling them: HMAC-SHA-256 with the salt as its key."""
    return hmac_digest(bytes.fromhex(salt), text.encode()).hex()


def bound(text: str, row: Model | None = None, field: str = "") -> dict[str, str] | str:
    """Keep words in a row that can be erased, and return what an entry says of them; no words stay empty.

    ``row`` and ``field`` name the record that shows the same words, so that erasing reaches it too.
    """
    if not text:
        return ""
    salt = secrets.token_hex(SALT_BYTES)
    made = Words.objects.create(
        commitment=commitment(salt, text),
        salt=salt,
        text=text,
        model=row._meta.label if row is not None else "",
        field=field,
        row=str(row.pk) if row is not None else "",
    )
    return {BOUND: made.commitment}


def commitments(detail: Any) -> Iterator[str]:
    """Yield the numbers that bind words in a detail."""
    if isinstance(detail, Mapping):
        if set(detail) == {BOUND}:
            yield detail[BOUND]
        for value in detail.values():
            yield from commitments(value)
    elif isinstance(detail, list):
        for value in detail:
            yield from commitments(value)


def texts(entries: Iterable[Entry]) -> dict[str, str]:
    """Return the words that some entries bind, by their numbers, in one statement; erased ones say so."""
    wanted = {number for entry in entries for number in commitments(entry.detail)}
    found = Words.objects.filter(pk__in=wanted).values_list("pk", "text") if wanted else ()
    return dict.fromkeys(wanted, ERASED) | dict(found)


def read(value: Any, known: Mapping[str, str]) -> str:
    """Return the words of one field of a detail: published ones as they stand, bound ones from their row."""
    return known.get(value[BOUND], ERASED) if isinstance(value, Mapping) else str(value or "")


def of(entry: Entry) -> list[Words]:
    """Return the rows of the words that an entry binds, as far as they were not erased."""
    return list(Words.objects.filter(pk__in=list(commitments(entry.detail))))


def erase(rows: Iterable[Words]) -> int:
    """Destroy words and salts, and blank the words in the records that show them."""
    count = 0
    for one in rows:
        if one.model:
            shown = apps.get_model(one.model)._base_manager.filter(pk=one.row, **{one.field: one.text})
            shown.update(**{one.field: ERASED})
        count += one.delete()[0]
    return count
