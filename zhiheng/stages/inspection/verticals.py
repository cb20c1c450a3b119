"""Reads a vertical in one view: its issued items with their draws, visits, failing samples and cases."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from zhiheng import people
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.registry import queries as registry
from zhiheng.stages.registry.models import CatalogueItem

from . import queries, rules
from .models import Case, Visit

NEWEST = 10


def items(person: Any, vertical: str) -> QuerySet[CatalogueItem]:
    """Return the issued items of a vertical that hold for a person's regions, with what became of each.

    Items are public; what is counted is what the person may see. The levels above issue for those below.
    """
    held = [one.region for one in person.held_on(clock.today())]
    codes = [code for code in held if scope.may(person, P.INSPECTION_VIEW, region=code)]
    above = {level.code for code in codes for level in regions.path(code)} | {regions.NATION}
    rows = CatalogueItem.objects.filter(vertical=vertical)
    own = rows.filter(region__in=above)
    for code in codes:
        own |= rows.filter(region__range=regions.span(code))
    visits, cases = queries.visits(person), queries.cases(person).exclude(state__in=rules.ENDS)
    return registry.still_holding(own).annotate(
        draws=_counted(draws(person), "obligation__item"),
        visits=_counted(visits, "draw__obligation__item"),
        answered=_counted(visits.filter(verdict__in=("pass", "fail")), "draw__obligation__item"),
        failing=_counted(visits.filter(verdict="fail"), "draw__obligation__item"),
        cases_open=_counted(cases, "visit__draw__obligation__item"),
    )


def draws(person: Any) -> QuerySet[Draw]:
    """Return the draws of the regions for which a person sees inspections."""
    return people.within(Draw.objects.all(), person, P.INSPECTION_VIEW, region="region")


def newest_draws(person: Any, vertical: str) -> list[Draw]:
    """Return the newest draws on the items of a vertical."""
    rows = draws(person).filter(obligation__item__vertical=vertical).select_related("obligation__item")
    return list(rows.order_by("-committed_at", "-pk")[:NEWEST])


def newest_failing(person: Any, vertical: str) -> list[Visit]:
    """Return the newest visits whose sample of the vertical failed."""
    rows = queries.visits(person).filter(draw__obligation__item__vertical=vertical, verdict="fail")
    return list(rows.select_related("subject", "draw").order_by("-recorded_at", "-pk")[:NEWEST])


def open_cases(person: Any, vertical: str) -> list[Case]:
    """Return the cases of the vertical that have not ended, the oldest first."""
    rows = queries.cases(person).filter(visit__draw__obligation__item__vertical=vertical)
    return list(rows.exclude(state__in=rules.ENDS).order_by("opened_at", "pk")[:NEWEST])


def _counted(rows: QuerySet, path: str) -> Coalesce:
    counted = rows.order_by().filter(**{path: OuterRef("pk")}).values(path).annotate(count=Count("pk"))
    return Coalesce(Subquery(counted.values("count"), output_field=IntegerField()), 0)
