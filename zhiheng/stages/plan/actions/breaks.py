"""What people say of the breaks of a series: declare one, or say better what is known of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from zhiheng import ledger
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.reference import dimensions, regions

from .. import queries, words
from ..models import Series, SeriesBreak
from ..rules import breaks as rules

WORDS = ("scale", "old", "new", "bridge", "error", "reason", "reason_en", "source", "confidence")


@transaction.atomic
def declare_break(*, by: Any, series_id: str, at: str, dimension: str = "", **said: Any) -> SeriesBreak:
    """Declare where a series, or one dimension of it, does not go on as it was; public at once.

    ``bridge`` (exact text, empty where no period was measured on both footings) leads from ``old`` to
    ``new`` on its ``scale``, in the unit of the series. The same break said otherwise is its next revision,
    the earlier one stays readable as of its day; saying the same twice is once.
    """
    actor = scope.require(by, P.TARGET_BIND, region=regions.NATION)
    series = Series.objects.select_for_update().get(pk=queries.series(series_id).pk)
    meant = {"scale": "difference", "confidence": "text"} | {
        name: str(said.get(name, "")).strip() for name in WORDS if said.get(name)
    }
    standing = [row.at for row in queries.breaks(series.pk) if row.dimension == dimension]
    words.refuse_break(rules.check({"at": at, "dimension": dimension, **meant}, dimensions.all(), standing))
    meant = {name: meant.get(name, "") for name in WORDS}
    for name in ("bridge", "error"):
        meant[name] = f"{rules.number(meant[name]):f}" if meant[name] else ""
    held = series.breaks.filter(at=at, dimension=dimension).order_by("-revision").first()
    if held is not None and all(getattr(held, name) == value for name, value in meant.items()):
        return held
    revision = held.revision + 1 if held else 0
    made = series.breaks.create(
        at=at, dimension=dimension, revision=revision, recorded_at=clock.now(), **meant
    )
    ledger.record(
        by=actor,
        verb="plan.break_declared",
        subjects=[("series", series.pk)],
        detail={"series": series.pk, "at": at, "dimension": dimension, "revision": revision, **meant},
        visibility="public",
    )
    return made
