"""Reads the register, narrowed to what the reader's appointments cover."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext

from zhiheng.errors import NotFound
from zhiheng.people import clock, roles, scope
from zhiheng.people.permissions import P
from zhiheng.reference import regions

from . import rules_labs
from .models import (
    CatalogueItem,
    Certificate,
    Frame,
    Inspector,
    Lab,
    LabScope,
    Leave,
    Product,
    Standing,
    Subject,
)


def subjects(person: Any) -> QuerySet[Subject]:
    """Return the subjects that this person may see; a firm sees itself."""
    return scope.within(Subject.objects.all(), person, P.REGISTRY_VIEW, organisation="code")


def subject(person: Any, code: str) -> Subject:
    """Return one subject by its code."""
    return _one(subjects(person).filter(code=code))


def products(person: Any) -> QuerySet[Product]:
    """Return the products of the subjects that this person may see."""
    found = Product.objects.select_related("subject")
    return scope.within(
        found, person, P.REGISTRY_VIEW, region="subject__region", organisation="subject__code"
    )


def inspectors(person: Any) -> QuerySet[Inspector]:
    """Return the inspectors that this person may see."""
    return scope.within(Inspector.objects.all(), person, P.REGISTRY_VIEW)


def inspector(person: Any, code: str) -> Inspector:
    """Return one inspector by the number of the certificate."""
    return _one(inspectors(person).filter(code=code))


def inspectors_for(region: str) -> QuerySet[Inspector]:
    """Return the active inspectors stationed in a region or in one above it or within it, by code."""
    low, high = regions.span(region)
    above = [found.code for found in regions.path(region)]
    active = Inspector.objects.filter(is_active=True)
    return (active.filter(region__range=(low, high)) | active.filter(region__in=above)).order_by("code")


def frames(person: Any) -> QuerySet[Frame]:
    """Return the frames of the regions that this person may see."""
    return scope.within(Frame.objects.all(), person, P.REGISTRY_VIEW)


def frame(person: Any, id: Any) -> Frame:
    """Return one frame."""
    return _one(frames(person).filter(pk=id))


def standings(found: Subject) -> QuerySet[Standing]:
    """Return every word about the standing of a subject, the newest first."""
    return Standing.objects.filter(subject=found)


def _one(found: QuerySet[Any]) -> Any:
    """Return the first of some rows, or say that it cannot be found."""
    thing = found.first()
    if thing is None:
        raise NotFound(
            gettext("It is not in the register, or it belongs to a region outside your appointment."),
            gettext("Go back to the list and search there."),
        )
    return thing


def away(region: str, day: date) -> set[str]:
    """Return the codes of the inspectors of a region who cannot go on a day: on leave, or struck off.

    One of whom certificates are on record counts as struck off on a day that none of them covers; of whom
    none is on record, nothing is known, so the office's word that the person is active stands.
    """
    able = inspectors_for(region)
    on_leave = Leave.objects.filter(
        inspector__in=able, is_cancelled=False, valid_from__lte=day, valid_until__gte=day
    )
    found = set(on_leave.values_list("inspector__code", flat=True))
    return found | {code for code, holds in _certified(able, day).items() if not holds}


def _certified(able: QuerySet[Inspector], day: date) -> dict[str, bool]:
    """Return, for each inspector with certificates on record, whether one of them covers the day."""
    rows = Certificate.objects.filter(inspector__in=able).order_by("number", "-recorded_at", "-id")
    newest: dict[tuple[str, str], Certificate] = {}
    for row in rows.select_related("inspector"):
        newest.setdefault((row.inspector.code, row.number), row)
    holds: dict[str, bool] = {}
    for (code, _number), row in newest.items():
        is_over = (row.valid_until is not None and row.valid_until < day) or (
            row.ended_on is not None and row.ended_on <= day
        )
        holds[code] = holds.get(code, False) or (row.valid_from <= day and not is_over)
    return holds


def labs(person: Any) -> QuerySet[Lab]:
    """Return the laboratories that this person may see: an office all, a laboratory itself.

    Who is recognised to test what is published by those who recognise it, so no office is kept from it;
    what is narrowed to a region is who may change it.
    """
    found = Lab.objects.all()
    held = person.held_on(clock.today()) if hasattr(person, "held_on") else ()
    is_office = any(_is_office(one.role) for one in held)
    return found if is_office else scope.within(found, person, P.INSPECTION_VIEW, organisation="code")


def _is_office(role: str) -> bool:
    known = roles.get(role)
    return known.scope == "region" and P.INSPECTION_VIEW in known.permissions


def covers(lab: str, *, item: str, method: str, on: date) -> bool | None:
    """Say whether a laboratory's recognised scope covers an item by a method; None when none is on record."""
    rows = LabScope.objects.filter(lab__code=lab)
    lines = rules_labs.newest(rows.filter(item=item, method=method).order_by("-recorded_at", "-id"))
    if not lines:
        return False if rows.exists() else None
    return any(rules_labs.holds(line, on) for line in lines)


def catalogue(*, region: str, year: int) -> QuerySet[CatalogueItem]:
    """Return the issued items that hold in a region in a year: its own and those of the levels above."""
    levels = [found.code for found in regions.path(region)]
    levels = [*dict.fromkeys([*levels, region, regions.NATION])]
    return still_holding(CatalogueItem.objects.filter(year=year, region__in=levels)).order_by("code")


def still_holding(rows: QuerySet[CatalogueItem]) -> QuerySet[CatalogueItem]:
    """Keep the issued items that no later supplement of their catalogue replaced or took out."""
    later = CatalogueItem.objects.filter(
        region=OuterRef("region"),
        year=OuterRef("year"),
        code=OuterRef("code"),
        supplement__gt=OuterRef("supplement"),
        state__in=("issued", "ended"),
    )
    return rows.filter(state="issued").exclude(Exists(later))
