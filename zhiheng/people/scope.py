"""``may``, ``require`` and ``within``: three questions to one table of roles and appointments.

An appointment reaches a row when its role carries the permission and either the row's region lies in that
of the appointment (roles of a region) or the row's organisation is that of the appointment (roles of an
organisation). A row without a region is reached by a nationwide appointment alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiheng.errors import BadInput, NotAllowed
from zhiheng.ledger.actor import Actor
from zhiheng.people import clock, roles
from zhiheng.people.models import Appointment, Person
from zhiheng.reference import regions

NATION = regions.NATION


@dataclass(frozen=True, slots=True)
class System:
    """Acts where no person does: a job, the schedule, the installation. Pages never make one."""

    purpose: str

    def actor(self) -> Actor:
        """Return the snapshot for the ledger."""
        return Actor(f"system:{self.purpose}", roles.SYSTEM_ROLE, NATION)


@dataclass(frozen=True, slots=True)
class Bearer:
    """A firm that showed its access code: no person and no account, the role of a firm for itself alone.

    ``key`` is the key of the code that was shown; an entry names it as ``code:<key>``, so that nobody takes
    it for a person. It stands under the same table as an appointment of a firm's representative.
    """

    key: str
    organisation: str
    region: str

    def __post_init__(self) -> None:
        if not self.key or not self.organisation:
            raise BadInput("A bearer needs its key and its firm.", "Take it from the code that was shown.")

    @property
    def pk(self) -> str:
        """How an entry names who acted."""
        return f"code:{self.key}"

    def held_on(self, day: date) -> list[Appointment]:
        """Return the one appointment, which is not stored and holds while the page is open."""
        return [Appointment(role="firm", region=self.region, organisation=self.organisation, valid_from=day)]


def may(
    person: Any,
    permission: str,
    *,
    region: str | None = None,
    organisation: str | None = None,
    on: date | None = None,
) -> bool:
    """Say whether a person may do something, there.

    With neither region nor organisation the question is whether the person may do it anywhere at all, which
    is what a menu asks.
    """
    carrying = roles.carrying(permission)
    if isinstance(person, System):
        return True
    return any(
        _reaches(held, region, organisation) for held in _held(person, {role.id for role in carrying}, on)
    )


def require(
    person: Any,
    permission: str,
    *,
    region: str | None = None,
    organisation: str | None = None,
    on: date | None = None,
) -> Actor:
    """Return who acts, in which role, or refuse; appointments are read from the database at each call."""
    carrying = roles.carrying(permission)
    if isinstance(person, System):
        return person.actor()
    if region is not None:
        regions.get(region)
    if isinstance(person, Person):
        person.forget_appointments()
    for held in _held(person, {role.id for role in carrying}, on):
        if _reaches(held, region, organisation):
            return Actor(str(person.pk), held.role, held.region)
    raise _refused(permission, region, organisation)


def within(
    queryset: QuerySet[Any],
    person: Any,
    permission: str,
    *,
    region: str | None = "region",
    organisation: str | None = None,
    on: date | None = None,
) -> QuerySet[Any]:
    """Narrow rows to those that ``may`` would allow; ``region`` and ``organisation`` are lookup paths."""
    carrying = roles.carrying(permission)
    if region is None and organisation is None:
        raise BadInput("Nothing says where a row belongs.", "Give the lookup of its region or organisation.")
    if isinstance(person, System):
        return queryset
    reach = Q(pk__in=())
    for held in _held(person, {role.id for role in carrying}, on):
        if roles.get(held.role).scope == "organisation":
            if organisation is not None and held.organisation:
                reach |= Q(**{organisation: held.organisation})
        elif held.region == NATION:
            return queryset
        elif region is not None:
            reach |= Q(**{f"{region}__range": regions.span(held.region)})
    return queryset.filter(reach)


def _held(person: Any, role_ids: set[str], on: date | None) -> list[Appointment]:
    if not isinstance(person, Bearer) and not (isinstance(person, Person) and person.is_active):
        return []
    return [held for held in person.held_on(on or clock.today()) if held.role in role_ids]


def _reaches(held: Appointment, region: str | None, organisation: str | None) -> bool:
    if region is None and organisation is None:
        return True
    if roles.get(held.role).scope == "organisation":
        return bool(held.organisation) and held.organisation == organisation
    if held.region == NATION:
        return True
    low, high = regions.span(held.region)
    return region is not None and low <= region <= high


def _refused(permission: str, region: str | None, organisation: str | None) -> NotAllowed:
    is_english = (get_language() or "").startswith("en")
    carrying = roles.carrying(permission)
    names = ", ".join(role.en for role in carrying) if is_english else "、".join(role.zh for role in carrying)
    return NotAllowed(
        _("Your appointments do not cover this."),
        _(
            "It needs one of these roles for this region or organisation: %(roles)s. "
            "Ask the security administrator for the appointment."
        )
        % {"roles": names},
        permission=permission,
        region=region,
        organisation=organisation,
    )
