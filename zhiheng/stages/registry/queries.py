"""Reads the register, narrowed to what the reader's appointments cover."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from zhiheng.errors import BadInput, NotFound
from zhiheng.people import clock, roles, scope
from zhiheng.people.permissions import P
from zhiheng.reference import regions

from . import identity, rules, rules_labs, versions, words
from .models import (
    Batch,
    Brand,
    CatalogueItem,
    Certificate,
    DuplicatePair,
    Frame,
    Inspector,
    Lab,
    LabScope,
    Leave,
    Product,
    Site,
    Standing,
    Subject,
    SubjectLink,
    SubjectRole,
    SubjectVersion,
)


def subjects(person: Any) -> QuerySet[Subject]:
    """Return the subjects that this person may see; a firm sees itself."""
    return scope.within(Subject.objects.all(), person, P.REGISTRY_VIEW, organisation="code")


def subject(person: Any, code: str) -> Subject:
    """Return one subject by its code, with the one it was merged into."""
    return _one(subjects(person).select_related("merged_into").filter(code=code))


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


def away(region: str, day: date, until: date | None = None) -> set[str]:
    """Return the codes of the inspectors of a region who cannot go on a day: on leave, or struck off.

    With ``until``, of those who cannot go on some day from the one to the other. One of whom certificates are
    on record counts as struck off on a day that none of them covers; of whom none is on record, nothing is
    known, so the office's word that the person is active stands.
    """
    able, last = inspectors_for(region), until or day
    on_leave = Leave.objects.filter(
        inspector__in=able, is_cancelled=False, valid_from__lte=last, valid_until__gte=day
    )
    return set(on_leave.values_list("inspector__code", flat=True)) | _struck_off(able, day, last)


def _struck_off(able: QuerySet[Inspector], day: date, last: date) -> set[str]:
    """Return who has certificates on record of which, on some day of a span, none holds."""
    rows = Certificate.objects.filter(inspector__in=able).order_by("number", "-recorded_at", "-id")
    newest: dict[tuple[str, str], Certificate] = {}
    for row in rows.select_related("inspector"):
        newest.setdefault((row.inspector.code, row.number), row)
    held: dict[str, list[Certificate]] = defaultdict(list)
    for (code, _number), row in newest.items():
        held[code].append(row)
    days = [day + timedelta(days=later) for later in range((last - day).days + 1)]
    return {
        code for code, rows in held.items() if not all(any(_holds(row, on) for row in rows) for on in days)
    }


def _holds(row: Certificate, day: date) -> bool:
    is_over = (row.valid_until is not None and row.valid_until < day) or (
        row.ended_on is not None and row.ended_on <= day
    )
    return row.valid_from <= day and not is_over


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


def unable(lab: str, *, on: date) -> str:
    """Return what keeps a laboratory from work on a day, inactive or approval_over; else an empty text."""
    found = Lab.objects.filter(code=lab).first()
    if found is None:
        return ""
    if not found.is_active:
        return "inactive"
    return "approval_over" if found.approval_until is not None and found.approval_until < on else ""


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


# The register of earlier days, and what belongs to a subject -----------------------------------


@dataclass(frozen=True)
class Earlier:
    """A subject as it held on a day, by what the register knew at a time."""

    subject: Subject
    at: date
    as_of: datetime
    values: Mapping[str, Any]
    versions: list[SubjectVersion]


def subject_as_of(person: Any, code: str, *, at: date, as_of: datetime) -> Earlier:
    """Return one subject as it held on day ``at``, by what was recorded until ``as_of``; both inclusive."""
    found = subject(person, code)
    entered = versions.entered_on(found)
    if at < entered or as_of < found.recorded_at:
        fault = rules.Fault("at", "before-known", at.isoformat(), (("since", entered.isoformat()),))
        raise NotFound(words.cause(fault), words.remedy(fault), code=fault.rule)
    said = versions.of(found, known_at=as_of)
    standing = versions.standing(said, at)
    values = {name: versions.value_of(name, value) for name, value in standing.items()}
    return Earlier(found, at, as_of, values, said)


def belongings_as_of(earlier: Earlier) -> dict[str, list[Any]]:
    """Return the sites, roles and brands that held on that day, and the products, as known at that time."""
    held = Q(valid_until__isnull=True) | Q(valid_until__gte=earlier.at) | Q(end_recorded_at__gt=earlier.as_of)
    known = Q(subject=earlier.subject, recorded_at__lte=earlier.as_of)
    found = {
        kind: list(model.objects.filter(known, held, valid_from__lte=earlier.at))
        for kind, model in OWN.items()
    }
    return found | {"products": list(Product.objects.filter(known).order_by("name", "model")[:50])}


def subject_named(person: Any, code: str, *, field: str) -> Subject:
    """Return the subject that a form names by its code; one that is not in sight is told at its field."""
    found = subjects(person).select_related("merged_into").filter(code=code).first()
    if found is None:
        fault = rules.Fault(field, "code-unknown", code)
        raise BadInput(words.cause(fault), words.remedy(fault), code=fault.rule, field=field)
    return found


def open_sites(of: Sequence[Subject]) -> dict[Any, list[str]]:
    """Return the addresses of the sites of some subjects that have not ended, by subject."""
    found: dict[Any, list[str]] = defaultdict(list)
    rows = Site.objects.filter(subject__in=of, valid_until__isnull=True).order_by("address")
    for owner, address in rows.values_list("subject_id", "address"):
        found[owner].append(address)
    return found


OWN = {"sites": Site, "roles": SubjectRole, "brands": Brand}


def belongings(person: Any, kind: str) -> QuerySet[Any]:
    """Return the sites, roles or brands of the subjects that this person may see."""
    found = OWN[kind].objects.select_related("subject")
    return scope.within(
        found, person, P.REGISTRY_VIEW, region="subject__region", organisation="subject__code"
    )


def belonging(person: Any, kind: str, pk: Any) -> Any:
    """Return one of them."""
    return _one(belongings(person, kind).filter(pk=pk))


def known_kind(kind: str) -> str:
    """Return the kind of what a subject has, or say that there is no such kind."""
    if kind not in OWN:
        raise NotFound(gettext("There is no such page."), gettext("Go back to the subject."))
    return kind


def batches(person: Any) -> QuerySet[Batch]:
    """Return the batches of the products that this person may see."""
    return scope.within(
        Batch.objects.select_related("product__subject"),
        person,
        P.REGISTRY_VIEW,
        region="product__subject__region",
        organisation="product__subject__code",
    )


def product(person: Any, pk: Any) -> Product:
    """Return one product."""
    return _one(products(person).filter(pk=pk))


def links(found: Subject) -> list[SubjectLink]:
    """Return the merges and splits of a subject on either side, the newest first."""
    either = SubjectLink.objects.filter(source=found) | SubjectLink.objects.filter(target=found)
    return list(either.select_related("source", "target", "undone_by").order_by("-recorded_at", "-id"))


def party(found: Subject) -> identity.Party:
    """Return a subject as the rules of merging see it."""
    return identity.Party(
        found.code,
        found.merged_into.code if found.merged_into else "",
        tuple(found.merged.order_by("code").values_list("code", flat=True)),
        versions.entered_on(found),
        versions.changed_on(found, ("is_active", versions.MERGED)),
    )


def pairs(person: Any) -> QuerySet[DuplicatePair]:
    """Return the pairs of alike subjects in this person's regions: judged ones, and those still to judge.

    Of one that was merged meanwhile nothing is left to judge.
    """
    both_stand = Q(first__merged_into__isnull=True, second__merged_into__isnull=True)
    rows = DuplicatePair.objects.filter(Q(decision__in=("same", "different")) | both_stand)
    return scope.within(rows.select_related("first", "second"), person, P.REGISTRY_EDIT)


def pair(person: Any, pk: Any) -> DuplicatePair:
    """Return one pair."""
    return _one(pairs(person).filter(pk=pk))
