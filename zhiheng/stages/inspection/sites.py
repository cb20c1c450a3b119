"""Reads construction sites and their checks: narrowed for the office; rates for everybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from zhiheng import people
from zhiheng.people.permissions import P
from zhiheng.reference import checks, regions
from zhiheng.stages.draw.words import not_found, spoken

from .models import CheckPoint, Site, SiteCheck
from .refusals import REFUSALS, refuse
from .rules import sites as rules


def of_person(person: Any) -> QuerySet[Site]:
    """Return the construction sites this person may see."""
    return people.within(Site.objects.all(), person, P.INSPECTION_VIEW)


def site(person: Any, pk: Any) -> Site:
    """Return one site."""
    return _one(of_person(person).filter(pk=pk))


def site_checks(person: Any) -> QuerySet[SiteCheck]:
    """Return the checks of sites this person may see."""
    rows = SiteCheck.objects.select_related("site", "first_inspector", "second_inspector")
    return people.within(rows, person, P.INSPECTION_VIEW)


def site_check(person: Any, pk: Any) -> SiteCheck:
    """Return one check."""
    return _one(site_checks(person).filter(pk=pk))


def points(of: SiteCheck) -> list[CheckPoint]:
    """Return the points of a check with what was found at each."""
    return list(CheckPoint.objects.filter(site_check=of).prefetch_related("results"))


def periods() -> list[str]:
    """Return the periods in which a check was made, the newest first."""
    made = CheckPoint.objects.order_by().values_list("site_check__period", flat=True).distinct()
    return sorted(made, reverse=True)


def rates(period: str) -> list[rules.Rate]:
    """Return the conformity rate of each type of project in a period, over all sites that were checked."""
    rows = CheckPoint.objects.filter(site_check__period=period).order_by()
    found = rows.values_list("site_check__site__project_type", "site_check__site_id", "conforms")
    return rules.rates((kind, str(site), conforms) for kind, site, conforms in found)


def conforming(region: str, period: str) -> list[tuple[str, bool]]:
    """Return the type of project and the finding of every point checked in a region and period."""
    low, high = regions.span(region)
    rows = CheckPoint.objects.filter(
        site_check__period=period, site_check__site__region__gte=low, site_check__site__region__lte=high
    )
    found = rows.order_by("site_check__site__project_type", "conforms")
    return list(found.values_list("site_check__site__project_type", "conforms"))


def unanswered(period: str) -> int:
    """Return how many planned checks of a period met no works or were refused; they conform to nothing."""
    return SiteCheck.objects.filter(period=period, state__in=rules.NON_RESPONSE.values()).count()


@spoken(REFUSALS)
def items_of(site: Site) -> tuple[checks.CheckItem, ...]:
    """Return the items that are looked at on a site; those that were invented only in a demonstration."""
    found = checks.items(checks.ENGINEERING, site.project_type, with_invented=settings.DEMO)
    if not found:
        raise refuse("no-check-items", kind=site.project_type)
    return found


def _one(rows: QuerySet) -> Any:
    found = rows.first()
    if found is None:
        raise not_found()
    return found
