"""The closing record of a draw: what became of every unit, and every step that was bound on the way, opened.

It names outcomes alone (sampled, refused, closed, not found, out of stock, void). Whether a sample conformed
is published once nobody can object any more, with the visit.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.conf import settings

from zhiheng import ledger
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.proof import canonical
from zhiheng.stages.draw import bundles, frames
from zhiheng.stages.draw import queries as draws
from zhiheng.stages.draw.models import Draw
from zhiheng.verification import closing as verification

from . import rules
from .models import Deed, Visit

SOME = 500


def compose(draw: Draw) -> dict[str, Any]:
    """Return the closing record of a draw whose visits have all ended."""
    return verification.record(
        serial=draw.serial,
        data="demonstration" if settings.DEMO else "operational",
        results=_results(draw),
        executions=_executions(draw),
        openings=frames.openings(draw.frame, _reserves(draw)),
    )


def store(draw: Draw, record: dict[str, Any]) -> str:
    """Keep the closing record as evidence; return its hash."""
    name = bundles.closing_name(draw.serial)
    return evidence.store(canonical.dumps(record), name=name, media_type="application/json").sha256


def counted(record: dict[str, Any]) -> dict[str, int]:
    """Return how many units ended in each way."""
    return dict(sorted(Counter(row["outcome"] for row in record["results"]).items()))


def _results(draw: Draw) -> list[dict[str, Any]]:
    chosen = draws.to_visit(draw).order_by("stratum", "order")
    visits = Visit.objects.filter(draw=draw).values_list("selection_id", "outcome", "state")
    name = frames.namer(draw.frame)
    ended = {key: "void" if state == rules.VOID else outcome for key, outcome, state in visits}
    rows = chosen.values_list("pk", "unit_code", "stratum", "order", "is_reserve")
    return [
        {
            "unit": name(unit),
            "stratum": stratum,
            "order": order,
            "outcome": ended[key],
            "is_reserve": is_reserve,
        }
        for key, unit, stratum, order, is_reserve in rows
    ]


def _reserves(draw: Draw) -> list[str]:
    """Return the reserves that stepped in: they were visited and are named in public like the drawn units."""
    return list(draws.to_visit(draw).filter(is_reserve=True).values_list("unit_code", flat=True))


def _executions(draw: Draw) -> list[dict[str, Any]]:
    deeds = {row.entry: row for row in Deed.objects.filter(visit__draw=draw)}
    opened = []
    for entry in draws.entries(draw, draws.EXECUTION).prefetch_related("subjects").iterator(chunk_size=SOME):
        opened.append(_opened(entry, deeds.get(UUID(str(entry.pk)))))
    return opened


def _opened(entry: Entry, deed: Deed | None) -> dict[str, Any]:
    """Return an entry with salt and fields of its step, or without them where they were destroyed."""
    said = {"statement": ledger.statement_of(entry), "hash": entry.hash}
    return {"entry": said, **({"salt": deed.salt, "deed": deed.fields} if deed is not None else {})}
