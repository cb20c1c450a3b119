"""What the imports of the register share: rows are checked, stored in one transaction, hashed as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from zhiheng.errors import BadInput, Conflict
from zhiheng.ledger.actor import Actor
from zhiheng.people import scope
from zhiheng.people.permissions import P
from zhiheng.proof import canonical

from . import rules, words

BATCH = 500
LINKED_AT_MOST = (
    999  # one more is the region; beyond this an entry names its region alone, and its rows name the rest
)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many rows were entered, corrected and left alone; no entry when all were left alone."""

    created: int
    updated: int
    unchanged: int
    entry: Any = None


@contextmanager
def once() -> Iterator[None]:
    """One transaction; a row that someone else entered in the same moment is told as a conflict."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise Conflict(
            gettext("Someone else stored some of these rows at the same moment; nothing was stored now."),
            gettext("Import the list once more; rows that stand already are left alone."),
            code="stored-meanwhile",
        ) from error


def check(rows: Sequence[Row], faults: Callable[[Row], list], key: Callable[[Row], Any], field: str) -> None:
    """Refuse an empty list, the first row with a fault, and a key that stands twice."""
    if not rows:
        raise BadInput(gettext("The list has no rows."), gettext("Fill in at least one row."), code="no-rows")
    for number, row in enumerate(rows, 1):
        words.refuse(faults(row), row=number)
    refuse_repeats([key(row) for row in rows], field)


def refuse_repeats(keys: Sequence[Any], field: str) -> None:
    """Refuse a key that stands twice; empty ones do not count."""
    for place, first in rules.repeated(keys).items():
        words.refuse([rules.Fault(field, "repeated", facts=(("first", str(first + 1)),))], row=place + 1)


def require_everywhere(by: Any, places: Iterable[str]) -> Actor:
    """Require the permission in the region that holds all places, or else in each of them."""
    places = sorted(places)
    whole = rules.common_region(places)
    if scope.may(by, P.REGISTRY_IMPORT, region=whole):
        return scope.require(by, P.REGISTRY_IMPORT, region=whole)
    actors = [scope.require(by, P.REGISTRY_IMPORT, region=place) for place in places]
    return actors[0]


def plain(rows: Sequence[Row]) -> bytes:
    """Return rows as lines of canonical JSON: numbers and days as texts."""
    return b"".join(
        canonical.dumps({name: _text(value) for name, value in row.items()}) + b"\n" for row in rows
    )


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def linked(kind: str, keys: Iterable[Any]) -> list[tuple[str, str]]:
    """Return the things that an entry names one by one; none when there are too many."""
    found = [(kind, str(key)) for key in keys]
    return found if len(found) <= LINKED_AT_MOST else []
