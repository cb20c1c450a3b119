"""Reads the catalogues of key products: candidates for the office, issues for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from zhiheng.errors import NotFound
from zhiheng.people import scope
from zhiheng.people.permissions import P

from . import rules_catalogue
from .models import CatalogueIssue, CatalogueItem
from .queries import _one as one
from .rules_catalogue import Compared

MOST_YEAR = 9999


def items(person: Any) -> QuerySet[CatalogueItem]:
    """Return the items of the catalogues of the regions that this person may see."""
    return scope.within(CatalogueItem.objects.all(), person, P.REGISTRY_VIEW)


def item(person: Any, pk: Any) -> CatalogueItem:
    """Return one item."""
    return one(items(person).filter(pk=pk))


def issues() -> QuerySet[CatalogueIssue]:
    """Return every first issue, the newest year first; they are public."""
    return CatalogueIssue.objects.filter(number=0).order_by("-year", "region")


def holding(region: str, year: int) -> list[CatalogueItem]:
    """Return the items of a region that hold in a year."""
    rows = CatalogueItem.objects.filter(region=region, year=year, state__in=("issued", "ended"))
    latest = {row.code: row for row in rows.order_by("supplement")}
    return [row for _code, row in sorted(latest.items()) if row.state == "issued"]


@dataclass(frozen=True)
class Catalogue:
    """A catalogue as everybody may read it: what holds, its issues, and what changed since last year."""

    region: str
    year: int
    items: Sequence[CatalogueItem]
    issues: Sequence[CatalogueIssue]
    has_year_before: bool
    changes: Sequence[Compared]

    @property
    def latest(self) -> CatalogueIssue:
        """The last issue."""
        return self.issues[0]


def published(region: str, year: int) -> Catalogue:
    """Return the catalogue of a region and year; one that was never issued is not found."""
    rows = CatalogueIssue.objects.none()
    if year <= MOST_YEAR and len(region) <= 6:
        rows = CatalogueIssue.objects.filter(region=region, year=year).order_by("-number")
    found = list(rows)
    if not found:
        raise NotFound(
            gettext("No catalogue of this region and year was issued."),
            gettext("Open the list of catalogues and choose one."),
        )
    now, before = holding(region, year), holding(region, year - 1)
    return Catalogue(region, year, now, found, bool(before), rules_catalogue.compare(before, now))


def issue(region: str, year: int, number: int) -> CatalogueIssue:
    """Return one issue."""
    found = published(region, year)
    keys = [row.pk for row in found.issues if row.number == number]
    return one(CatalogueIssue.objects.filter(pk__in=keys))
