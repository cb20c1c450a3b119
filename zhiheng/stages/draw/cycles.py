"""Counts how far a full-coverage cycle has come: producers, drawn, never drawn, by region."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from zhiheng.reference import regions
from zhiheng.stages.registry.models import CatalogueItem, Subject
from zhiheng.stages.registry.queries import still_holding

from . import lists, queries, rules
from .models import Selection

CHILD_PREFIX = {"nation": 2, "province": 4}


@dataclass(frozen=True)
class Tally:
    """One region of a cycle."""

    region: str
    producers: int
    drawn: int

    @property
    def never(self) -> int:
        """How many were never drawn."""
        return self.producers - self.drawn

    @property
    def share(self) -> float:
        """The share drawn, from 0 to 1."""
        return self.drawn / self.producers if self.producers else 0.0


def producers(region: str, item: CatalogueItem, first: str, last: str) -> QuerySet[Subject]:
    """Return the producers of an item with ``is_drawn``: whether a draw of the range chose them.

    A draw of another office counts once it is closed: before, its list is secret.
    """
    low, high = regions.span(region)
    chosen = Selection.objects.filter(
        Q(draw__region__gte=low, draw__region__lte=high) | Q(draw__state=rules.CLOSED),
        Q(is_reserve=False) | Q(stands_for__isnull=False),
        subject=OuterRef("pk"),
        draw__state__in=rules.OPEN,
        draw__period__in=queries.periods_within(first, last),
        draw__obligation__item__code=item.code,
    )
    return lists.producers(region, item).annotate(is_drawn=Exists(chosen))


def count(region: str, item: CatalogueItem, first: str, last: str) -> list[Tally]:
    """Return the counts of the regions just below one, from one statement."""
    level = regions.get(region).level
    rows = (
        producers(region, item, first, last)
        .order_by()
        .values_list("region")
        .annotate(total=Count("pk"), drawn=Count("pk", filter=Q(is_drawn=True)))
    )
    length = CHILD_PREFIX.get(level, 6)
    sums: dict[str, list[int]] = {}
    for code, total, drawn in rows:
        held = sums.setdefault(code[:length].ljust(6, "0"), [0, 0])
        held[0] += total
        held[1] += drawn
    return [Tally(code, *held) for code, held in sorted(sums.items())]


def items() -> QuerySet[CatalogueItem]:
    """Return the issued items under full coverage, the newest first; a catalogue is public."""
    found = still_holding(CatalogueItem.objects.filter(is_full_coverage=True))
    return found.order_by("-year", "region", "code")
