"""Reads the register, narrowed to what the reader's appointments cover."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from zhiheng.errors import NotFound
from zhiheng.people import scope
from zhiheng.people.permissions import P
from zhiheng.reference import regions

from .models import Frame, Inspector, Product, Standing, Subject


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
    thing = found.first()
    if thing is None:
        raise NotFound(
            gettext("It is not in the register, or it belongs to a region outside your appointment."),
            gettext("Go back to the list and search there."),
        )
    return thing
