"""Appointments: the security administrator gives a role and ends it; three administrations stay apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import people
from zhiheng.people import actions, clock, roles
from zhiheng.people.models import Appointment, Person
from zhiheng.people.permissions import P
from zhiheng.web import forms, wording
from zhiheng.web.administration import queries
from zhiheng.web.administration.forms import Appointing, Ending
from zhiheng.web.gate import page
from zhiheng.web.tables import State
from zhiheng.web.why import Why


@dataclass(frozen=True)
class HeldRow:
    """One appointment as the record of a person shows it."""

    role: str
    place: str
    since: str
    until: str
    state: State
    end_url: str


def held_rows(viewer: Any, person: Person) -> list[HeldRow]:
    """Return all appointments of a person, the ones in force first."""
    today = clock.today()
    found = sorted(person.appointments.all(), key=lambda held: not held.is_in_force(today))
    return [_row(viewer, person, held) for held in found]


def why_apart(person: Person | None = None) -> Why:
    """Return why nobody holds two of the three administrations, with what this person holds."""
    administrators = [roles.get(name) for name in ("system_admin", "security_admin", "audit_admin")]
    inputs = [(wording.bilingual(role), _("one person, who holds no other role")) for role in administrators]
    if person is not None:
        today = clock.today()
        held = [a.role for a in person.appointments.all() if a.is_in_force(today)]
        names = ", ".join(wording.bilingual(roles.get(role)) for role in held)
        inputs.append((_("This person holds"), names or wording.NOTHING))
    return Why(
        rule=_("Three administrations stay apart"),
        sentence=_(
            "Whoever opens accounts does not appoint, whoever appoints does not audit, and none of the three "
            "does business work. An appointment that would break this is refused, whoever asks for it."
        ),
        inputs=inputs,
        article="GB/T 22239-2019 8.1.4",
        confidence="secondary",
        check=[
            _("Open “Who may do what”: no column of an administrator shares a permission with another role."),
            _("Try to appoint an administrator to a second administration: it is refused."),
        ],
    )


@page(permission=P.SECURITY_MANAGE)
def appoint(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a person a role."""
    person = queries.person(request.user, pk)

    def act(form: Appointing) -> str:
        said = form.cleaned_data
        actions.appoint(
            by=request.user,
            person=person,
            role=said["role"],
            region=said["region"],
            organisation=said["organisation"],
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
        )
        messages.success(request, _("The appointment is recorded and holds from its first day."))
        return reverse("web:person", args=[person.pk])

    form, answer = forms.handle(request, Appointing, act=act, initial={"valid_from": clock.today()})
    context = {
        "form": form,
        "title": _("Appoint"),
        "lead": _(
            "Nobody may hold two of the three administrations (system, security, audit), and no "
            "administrator does business work."
        ),
        "person": person,
        "why": why_apart(person),
        "cancel_url": reverse("web:person", args=[person.pk]),
    }
    return answer or render(request, "web/administration/form.html", context)


@page(permission=P.SECURITY_MANAGE)
def end(request: HttpRequest, pk: UUID, appointment: UUID) -> HttpResponse:
    """End an appointment."""
    person = queries.person(request.user, pk)
    held = queries.appointment(request.user, person, appointment)

    def act(form: Ending) -> str:
        actions.end_appointment(by=request.user, appointment=held, on=form.cleaned_data["on"])
        messages.success(request, _("The appointment is ended; what was done under it stays as recorded."))
        return reverse("web:person", args=[person.pk])

    form, answer = forms.handle(request, Ending, act=act, initial={"on": clock.today()})
    lead = _("%(role)s, %(place)s. From that day on the person can no longer act in this role.") % {
        "role": wording.bilingual(roles.get(held.role)),
        "place": _place(held),
    }
    context = {
        "form": form,
        "title": _("End an appointment"),
        "lead": lead,
        "person": person,
        "cancel_url": reverse("web:person", args=[person.pk]),
    }
    return answer or render(request, "web/administration/form.html", context)


def _row(viewer: Any, person: Person, held: Appointment) -> HeldRow:
    today = clock.today()
    is_over = held.valid_to is not None and held.valid_to <= today
    may_end = not is_over and people.may(viewer, P.SECURITY_MANAGE, region=held.region)
    return HeldRow(
        role=wording.bilingual(roles.get(held.role)),
        place=_place(held),
        since=wording.day(held.valid_from),
        until=wording.day(held.valid_to) if held.valid_to else _("no end known"),
        state=_state(held),
        end_url=reverse("web:appointment_end", args=[person.pk, held.pk]) if may_end else "",
    )


def _state(held: Appointment) -> State:
    if held.is_in_force(clock.today()):
        return State(_("Serving"), "done")
    if clock.today() < held.valid_from:
        return State(_("Not yet begun"), "todo")
    return State(_("Ended"), "stopped")


def _place(held: Appointment) -> str:
    return held.organisation or wording.region_path(held.region)
