"""Reads licences, qualifications and inspectors' papers, each as its newest row tells it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Substr

from zhiheng.people import clock, roles, scope
from zhiheng.people.permissions import P
from zhiheng.reference import market_routes, regions

from . import rules_licences, rules_people
from .models import SIZES, Certificate, Inspector, Leave, Licence, Product, Qualification, Subject
from .queries import _one as one
from .queries import products, subjects
from .rules_licences import Held


def licences(person: Any) -> QuerySet[Licence]:
    """Return the licences that this person may see, each as it stands; ``shown`` is its state on this day."""
    shown = Case(
        When(state="valid", valid_until__lt=clock.today(), then=Value("expired")),
        default=F("state"),
        output_field=CharField(),
    )
    rows = Licence.objects.filter(replaced_by__isnull=True).select_related("subject", "product")
    return scope.within(
        rows.annotate(shown=shown),
        person,
        P.REGISTRY_VIEW,
        region="subject__region",
        organisation="subject__code",
    )


def licence(person: Any, pk: Any) -> Licence:
    """Return one licence as it stands now; ``pk`` may be that of any of its rows."""
    asked = Licence.objects.filter(pk=pk).values_list("kind", "number").first() or ("", "")
    return one(licences(person).filter(kind=asked[0], number=asked[1]))


def history(found: Licence) -> list[Licence]:
    """Return every row of a licence, the newest first."""
    rows = Licence.objects.filter(kind=found.kind, number=found.number)
    return list(rows.order_by("-recorded_at", "-id"))


def held(of: Subject) -> list[Held]:
    """Return the licences of a subject as the check of scopes sees them."""
    rows = Licence.objects.filter(subject=of, replaced_by__isnull=True).order_by("kind", "number")
    return [
        Held(row.number, row.kind, row.state, row.scope, row.product_id, row.valid_from, row.valid_until)
        for row in rows
    ]


def product(person: Any, pk: Any) -> Product:
    """Return one product with its subject."""
    return one(products(person).filter(pk=pk))


def market_entry(product: Product, of: Subject, licences: list[Held], on: dt.date) -> rules_licences.Entry:
    """Return which way a product enters the market, and whether the record fulfils it."""
    routes = market_routes.find(product.name, on)
    return rules_licences.entry(product.pk, product.name, routes, licences, on, channel=of.channel)


# --- persons ----------------------------------------------------------------------------------------


def is_office(person: Any) -> bool:
    """Say whether somebody belongs to an office, which alone reads names in full."""
    if not hasattr(person, "held_on"):
        return isinstance(person, scope.System)
    held_roles = (roles.get(item.role) for item in person.held_on(clock.today()))
    return any(role.scope == "region" and P.REGISTRY_VIEW in role.permissions for role in held_roles)


def qualifications(person: Any) -> QuerySet[Qualification]:
    """Return the qualifications that this person may see, each as it stands; ``shown`` is its state."""
    today = clock.today()
    shown = Case(
        When(ended_on__lte=today, then=Value("ended")),
        When(valid_until__lt=today, then=Value("expired")),
        When(valid_from__gt=today, then=Value("to_come")),
        default=Value("valid"),
        output_field=CharField(),
    )
    rows = Qualification.objects.filter(replaced_by__isnull=True).select_related("subject", "inspector")
    rows = rows.annotate(
        shown=shown,
        place=Coalesce("subject__region", "inspector__region"),
        is_read_in_full=Value(is_office(person)),
    )
    return scope.within(rows, person, P.REGISTRY_VIEW, region="place", organisation="subject__code")


def qualification(person: Any, pk: Any) -> Qualification:
    """Return one qualification as it stands."""
    return one(qualifications(person).filter(pk=pk))


def read_name(found: Qualification) -> str:
    """Return the name of a person as the reader may see it."""
    return found.person if found.is_read_in_full else rules_people.mask(found.person)


def _holding(on: dt.date) -> Q:
    is_open = Q(valid_until__isnull=True) | Q(valid_until__gte=on)
    has_not_ended = Q(ended_on__isnull=True) | Q(ended_on__gt=on)
    return Q(valid_from__lte=on) & is_open & has_not_ended


@dataclass(frozen=True)
class Coverage:
    """How many makers of a place and size have a chief quality officer on a day."""

    place: str
    size: str
    makers: int
    with_officer: int

    @property
    def share(self) -> float | None:
        """The coverage rate; unknown where there is no maker."""
        return self.with_officer / self.makers if self.makers else None


def coverage(person: Any, region: str, on: dt.date) -> list[Coverage]:
    """Return the coverage with chief quality officers by place one level below a region, and by size.

    Counted are subjects in business whose channel is the factory; an officer counts who holds the post on
    the day. The first rows are those of the region as a whole.
    """
    officers = Qualification.objects.filter(
        _holding(on), subject=OuterRef("pk"), kind=rules_people.CHIEF, replaced_by__isnull=True
    )
    makers = subjects(person).filter(region__range=regions.span(region), is_active=True, channel="factory")
    digits = {"nation": 2, "province": 4}.get(regions.get(region).level, 6)
    rows = (
        makers.annotate(part=Substr("region", 1, digits), has_officer=Exists(officers))
        .order_by()
        .values_list("part", "size")
        .annotate(makers=Count("pk"), with_officer=Count("pk", filter=Q(has_officer=True)))
    )
    order = {size: place for place, (size, _label) in enumerate(SIZES)}
    parts = [Coverage(part.ljust(6, "0"), size, *counts) for part, size, *counts in rows]
    parts.sort(key=lambda row: (row.place, order.get(row.size, 9)))
    return [*_wholes(region, parts), *parts]


def _wholes(region: str, parts: list[Coverage]) -> list[Coverage]:
    found = []
    for size in [*(size for size, _label in SIZES), ""]:
        chosen = [row for row in parts if size in ("", row.size)]
        makers, officers = (sum(getattr(row, name) for row in chosen) for name in ("makers", "with_officer"))
        found.append(Coverage(region, size, makers, officers))
    return found


@dataclass(frozen=True)
class Titles:
    """How many qualifications of one kind and title hold on a day, end soon, or hold no more."""

    kind: str
    title: str
    holding: int
    soon: int
    over: int


def titles(person: Any, region: str, on: dt.date) -> list[Titles]:
    """Return the qualifications of a region by kind and title."""
    soon = on + dt.timedelta(days=rules_licences.SOON_DAYS)
    holds = _holding(on)
    rows = (
        qualifications(person)
        .filter(place__range=regions.span(region), valid_from__lte=on)
        .order_by()
        .values_list("kind", "title")
        .annotate(
            holding=Count("pk", filter=holds),
            soon=Count("pk", filter=holds & Q(valid_until__lte=soon)),
            over=Count("pk", filter=~holds),
        )
    )
    return sorted((Titles(*row) for row in rows), key=lambda row: (row.kind, -row.holding, row.title))


# --- inspectors -------------------------------------------------------------------------------------


def certificates(of: Inspector, on: dt.date) -> list[tuple[Certificate, str]]:
    """Return the newest row of each certificate of an inspector, with its state on a day."""
    newest: dict[str, Certificate] = {}
    for row in Certificate.objects.filter(inspector=of).order_by("recorded_at", "id"):
        newest[row.number] = row
    found = sorted(newest.values(), key=lambda row: (row.valid_from or dt.date.min, row.number), reverse=True)
    return [(row, _state(row, on)) for row in found]


def _state(row: Certificate, on: dt.date) -> str:
    if row.ended_on is not None and row.ended_on <= on:
        return "ended"
    if row.valid_until is not None and row.valid_until < on:
        return "expired"
    return "to_come" if row.valid_from is not None and row.valid_from > on else "valid"


def leaves(of: Inspector, on: dt.date) -> list[tuple[Leave, str]]:
    """Return the leave of an inspector, the latest first, with its state on a day."""
    return [(row, _leave_state(row, on)) for row in Leave.objects.filter(inspector=of)]


def _leave_state(row: Leave, on: dt.date) -> str:
    if row.is_cancelled:
        return "cancelled"
    if row.valid_until < on:
        return "past"
    return "to_come" if row.valid_from > on else "now"


def leave(person: Any, pk: Any) -> Leave:
    """Return one leave of an inspector whom this person may see."""
    rows = Leave.objects.select_related("inspector")
    return one(scope.within(rows, person, P.REGISTRY_VIEW, region="inspector__region").filter(pk=pk))
