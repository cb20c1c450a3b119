"""Certificates that a list of inspectors tells: their days and fields, under the number of the inspector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock

from .entering import BATCH, Row
from .models import Certificate, Inspector


def differing(rows: Sequence[Row], held: Mapping[Any, Inspector]) -> list[Row]:
    """Return the rows whose certificate is not on record as they tell it; a row without days tells none."""
    newest = _newest([held[row["code"]] for row in rows if row["code"] in held])
    told = [row for row in rows if row.get("valid_from") or row.get("valid_until")]
    return [row for row in told if not _stands(row, newest.get(row["code"]))]


def enter(rows: Sequence[Row], inspectors: Mapping[Any, Inspector]) -> None:
    """Write a newer row of each certificate; the caller writes the ledger entry, which holds the rows."""
    Certificate.objects.bulk_create(
        [
            Certificate(
                id=uuid7(),
                inspector=inspectors[row["code"]],
                number=row["code"],
                fields=list(row.get("fields") or ()),
                valid_from=row.get("valid_from"),
                valid_until=row.get("valid_until"),
                recorded_at=clock.now(),
            )
            for row in rows
        ],
        batch_size=BATCH,
    )


def _newest(inspectors: Sequence[Inspector]) -> dict[str, Certificate]:
    """Return the newest certificate under the own number of each inspector."""
    found: dict[str, Certificate] = {}
    for start in range(0, len(inspectors), BATCH):
        rows = Certificate.objects.filter(inspector__in=inspectors[start : start + BATCH])
        for row in rows.select_related("inspector").order_by("recorded_at", "id"):
            if row.number == row.inspector.code:
                found[row.number] = row
    return found


def _stands(row: Row, known: Certificate | None) -> bool:
    """Say whether a certificate is on record as the row tells it; an ended one stays ended with its days."""
    if known is None:
        return False
    days = [name for name in ("valid_from", "valid_until") if row.get(name)]
    is_same = all(getattr(known, name) == row[name] for name in days)
    return is_same and (known.ended_on is not None or list(row.get("fields") or known.fields) == known.fields)
