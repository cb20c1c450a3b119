"""Counts how far a full-coverage cycle has come: producers, drawn, never drawn, by region."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from zhiheng.reference import regions
from zhiheng.stages.plan.models import Obligation
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


@dataclass(frozen=True)
class Announced:
    """A cycle that a duty announced: its goods, its range and how far everybody may see it."""

    item: CatalogueItem
    first: str
    last: str
    tally: Tally


def announced(most: int = 20) -> list[Announced]:
    """Return the newest cycles of issued duties as everybody may see them: closed draws alone count.

    The numbers are of the whole region of a duty, so that none speaks of a firm that waits for a visit.
    """
    duties = Obligation.objects.filter(state__in=("issued", "done"), item__in=items()).exclude(cycle_from="")
    found = duties.order_by("-cycle_to", "region", "item_id").values_list(
        "region", "item_id", "cycle_from", "cycle_to"
    )
    held = CatalogueItem.objects.in_bulk({item for _region, item, _first, _last in found.distinct()[:most]})
    cycles = []
    for region, item, first, last in found.distinct()[:most]:
        rows = producers(region, held[item], first, last, is_public=True)
        counted = rows.aggregate(total=Count("pk"), drawn=Count("pk", filter=Q(is_drawn=True)))
        cycles.append(Announced(held[item], first, last, Tally(region, counted["total"], counted["drawn"])))
    return cycles


def producers(
    region: str, item: CatalogueItem, first: str, last: str, *, is_public: bool = False
) -> QuerySet[Subject]:
    """Return the producers of an item with ``is_drawn``: whether a draw of the range chose them.

    A draw of another office counts once it is closed: before, its list is secret. For everybody every draw
    counts only then (ADR 11).
    """
    low, high = regions.span(region)
    own = Q(pk__isnull=True) if is_public else Q(draw__region__gte=low, draw__region__lte=high)
    chosen = Selection.objects.filter(
        own | Q(draw__state=rules.CLOSED),
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
