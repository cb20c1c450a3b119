"""Reads how far the plan has come: quotas by region against what was drawn, in two statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from zhiheng import people
from zhiheng.formats.periods import in_order
from zhiheng.people.permissions import P
from zhiheng.stages.plan.models import Obligation

from . import queries, rules, visited
from .models import Draw, DrawStratum

MOST_SHOWN = 200
IN_PLAN = ("issued", "done", "lapsed")


@dataclass(frozen=True)
class Progress:
    """One region of the plan in one period.

    ``open`` is what the quotas still ask for; duties by shares have no number before they are committed.
    """

    region: str
    quota: int
    duties: int
    by_shares: int
    drawn_duties: int
    drawn: int
    open: int


def periods(person: Any) -> list[str]:
    """Return the periods of the obligations that this person may see, the newest first."""
    found = people.within(Obligation.objects.filter(state__in=IN_PLAN), person, P.PLAN_VIEW, region="region")
    return in_order(found.order_by().values_list("period", flat=True).distinct())[::-1]


def by_region(person: Any, period: str) -> list[Progress]:
    """Return the progress of each region."""
    duties = people.within(
        Obligation.objects.filter(state__in=IN_PLAN, period=period), person, P.PLAN_VIEW, region="region"
    )
    planned = (
        duties.order_by("region")
        .values_list("region")
        .annotate(total=Sum("quota"), duties=Count("id"), by_shares=Count("id", filter=Q(quota__isnull=True)))
    )
    strata = people.within(
        DrawStratum.objects.filter(draw__period=period, draw__state__in=rules.OPEN),
        person,
        P.PLAN_VIEW,
        region="draw__region",
    )
    drawn: dict[str, list[tuple[int, int]]] = {}
    rows = (
        strata.order_by("draw__region")
        .values_list("draw__region", "draw", "draw__obligation__quota")
        .annotate(drawn=Sum("sample"))
    )
    for region, _draw, quota, count in rows:
        drawn.setdefault(region, []).append((count, min(count, quota or 0)))
    return [
        Progress(
            region=region,
            quota=quota or 0,
            duties=duties,
            by_shares=by_shares,
            drawn_duties=len(drawn.get(region, ())),
            drawn=sum(count for count, _filled in drawn.get(region, ())),
            open=(quota or 0) - sum(filled for _count, filled in drawn.get(region, ())),
        )
        for region, quota, duties, by_shares in planned
    ]


@dataclass(frozen=True)
class Visited:
    """One announced draw in numbers that everybody may see."""

    draw: Draw
    to_visit: int
    done: int

    @property
    def open(self) -> int:
        """How many visits are still to be made."""
        return self.to_visit - self.done


def of_draws(period: str) -> list[Visited]:
    """Return the announced draws of a period with how many were visited, in two statements."""
    found = queries.with_sizes(queries.public_draws().filter(period=period).exclude(state=rules.ABORTED))
    draws = list(found.order_by("region", "serial")[:MOST_SHOWN])
    waiting = visited.waiting([draw for draw in draws if draw.state == rules.REVEALED])
    return [Visited(draw, draw.n, _done(draw, waiting.get(draw.pk, draw.n))) for draw in draws]


def _done(draw: Any, waiting: int) -> int:
    if draw.state == rules.CLOSED:
        return draw.n
    return max(draw.n - waiting, 0) if draw.state == rules.REVEALED else 0


def total(rows: Sequence[Progress]) -> Progress:
    """Return the sums over all regions."""
    names = ("quota", "duties", "by_shares", "drawn_duties", "drawn", "open")
    return Progress("", *(sum(getattr(row, name) for row in rows) for name in names))
