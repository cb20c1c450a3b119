"""Accounts: the list of persons, the record of one, and what the system administrator does with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from zhiheng import people
from zhiheng.people import actions, clock, roles
from zhiheng.people.models import Appointment, Person
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms, timeline, wording
from zhiheng.web.administration import queries
from zhiheng.web.administration.appointments import held_rows, why_apart
from zhiheng.web.administration.forms import Closing, Erasing, NewPassword, NewPerson, Reopening
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, State, Table


def held_now(person: Person) -> list[Appointment]:
    """Return the appointments in force today, from what the query has already read."""
    today = clock.today()
    return [held for held in person.appointments.all() if held.is_in_force(today)]


def role_names(person: Person) -> str:
    """Return the names of the roles a person holds today."""
    names = dict.fromkeys(wording.bilingual(roles.get(held.role)) for held in held_now(person))
    return "、".join(names) if wording.is_chinese() else ", ".join(names)


def places(person: Person) -> str:
    """Return the regions and organisations of a person's appointments of today."""
    names = dict.fromkeys(held.organisation or wording.region_path(held.region) for held in held_now(person))
    return "、".join(names) if wording.is_chinese() else "; ".join(names)


def state_of(person: Person) -> State:
    """Say whether a person can sign in now."""
    if person.erased_at is not None:
        return State(_("Erased"), "stopped")
    if not person.is_active:
        return State(_("Not in use"), "stopped")
    if person.is_locked(clock.now()):
        return State(_("Locked"), "todo")
    return State(_("In use"), "done")


def _address(person: Person) -> str:
    return reverse("web:person", args=[person.pk])


OPEN_OR_CLOSED = ((1, gettext_lazy("In use")), (0, gettext_lazy("Not in use")))

TABLE = Table(
    columns=(
        Column("login", gettext_lazy("Login"), url=_address),
        Column("display_name", gettext_lazy("Name")),
        Column("roles", gettext_lazy("Roles"), value=role_names),
        Column("places", gettext_lazy("Region or organisation"), value=places),
        Column("state", gettext_lazy("State"), kind="state", value=state_of),
        Column("created_at", gettext_lazy("Account since"), kind="date"),
    ),
    filters=(
        Filter(
            "role",
            gettext_lazy("Role"),
            "choice",
            "appointments__role",
            lambda: [(role.id, wording.bilingual(role)) for role in roles.ROLES.values()],
        ),
        Filter("region", gettext_lazy("Region"), "region", "appointments__region"),
        Filter("open", gettext_lazy("State"), "choice", "is_active", OPEN_OR_CLOSED),
    ),
    default_sort="login",
    search_fields=("login", "display_name"),
    search_label=gettext_lazy("Login or name begins with"),
    export_name="persons",
    caption=gettext_lazy("Persons"),
    empty=gettext_lazy("Nobody has an account yet."),
)


@page()
def listing(request: HttpRequest) -> HttpResponse:
    """List the persons within the administrator's reach."""
    context = {
        "title": _("Persons"),
        "may_open": people.may(request.user, P.PEOPLE_MANAGE),
        "may_appoint": people.may(request.user, P.SECURITY_MANAGE),
        "why": why_apart(),
    }
    found = queries.persons(request.user).distinct()
    return TABLE.respond(request, found, "web/administration/persons.html", context)


@page()
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one account: identity, appointments, what may be done, what happened."""
    person = queries.person(request.user, pk)
    context = {
        "title": person.display_name,
        "crumbs": _trail(person),
        "standing": [state_of(person)],
        "identity": [
            (_("Login"), person.login),
            (_("Language"), person.get_language_display()),
            (_("Account since"), wording.day(person.created_at)),
            (_("Failed sign-ins since the last good one"), person.failed_sign_ins),
            (_("Locked until"), wording.moment(person.locked_until)),
        ],
        "held": held_rows(request.user, person),
        "actions": _actions(request.user, person),
        "why": why_apart(person),
        "items": timeline.from_entries(queries.history(person)),
    }
    return render(request, "web/administration/person.html", context)


@sensitive_post_parameters("password")
@page(permission=P.PEOPLE_MANAGE)
def create(request: HttpRequest) -> HttpResponse:
    """Open an account."""

    def act(form: NewPerson) -> str:
        said = form.cleaned_data
        person = actions.create_person(
            by=request.user,
            login=said["login"],
            display_name=said["display_name"],
            language=said["language"],
            password=said["password"] or None,
            must_change=True,
        )
        messages.success(request, _("The account is open. It allows nothing until the person is appointed."))
        return _address(person)

    lead = _("An account alone allows nothing; the security administrator appoints the person afterwards.")
    return _form(request, NewPerson, act, title=_("Open an account"), lead=lead, back=reverse("web:people"))


@page(permission=P.PEOPLE_MANAGE)
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close an account; it can be opened again."""
    person = queries.person(request.user, pk)

    def act(form: Closing) -> str:
        actions.lock_person(by=request.user, person=person, reason=form.cleaned_data["reason"])
        messages.success(request, _("The account is closed; its sessions are ended."))
        return _address(person)

    lead = _(
        "Open sessions of this account end, and nobody can sign in with it. Appointments stay as they are. "
        "The account can be opened again."
    )
    return _form(request, Closing, act, title=_("Close an account"), lead=lead, person=person)


@page(permission=P.PEOPLE_MANAGE)
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a closed or locked account again."""
    person = queries.person(request.user, pk)

    def act(_form: Reopening) -> str:
        actions.unlock_person(by=request.user, person=person)
        messages.success(request, _("The account is open; its failed sign-ins are forgotten."))
        return _address(person)

    lead = _("Signing in with this account is possible again, and its failed sign-ins are forgotten.")
    return _form(request, Reopening, act, title=_("Open an account again"), lead=lead, person=person)


@sensitive_post_parameters("password", "again")
@page(permission=P.PEOPLE_MANAGE)
def password(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set a new password for somebody."""
    person = queries.person(request.user, pk)

    def act(form: NewPassword) -> str:
        actions.reset_password(
            by=request.user, person=person, password=form.cleaned_data["password"], must_change=True
        )
        messages.success(request, _("The password is set; sessions of the old one are ended."))
        return _address(person)

    lead = _(
        "Sessions of the old password end. At the next sign-in the person is asked to choose another one."
    )
    return _form(request, NewPassword, act, title=_("Set a password"), lead=lead, person=person)


@page(permission=P.SECURITY_MANAGE)
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Destroy what says whose account this was; nobody can bring it back."""
    person = queries.person(request.user, pk)

    def act(_form: Erasing) -> str:
        erased = actions.erase_person(by=request.user, person=person)
        messages.success(
            request, _("The account is erased; the ledger holds its key and that it was erased.")
        )
        return _address(erased)

    lead = _(
        "Login, name, password, the labels of keys for machines, drafts and uploads are destroyed and cannot "
        "be brought back; so is the name of an inspector who was struck off the list. "
        "What was done with this account stays in the ledger under a key that leads to nobody. "
        "The account must be closed and every appointment ended."
    )
    return _form(request, Erasing, act, title=_("Erase an account"), lead=lead, person=person)


def _actions(viewer: Any, person: Person) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = []
    if person.erased_at is not None:
        return found
    if people.may(viewer, P.SECURITY_MANAGE):
        found.append((_("Appoint"), reverse("web:appoint", args=[person.pk])))
        if not person.is_active and not _is_appointed(person):
            found.append((_("Erase account"), reverse("web:person_erase", args=[person.pk])))
    if people.may(viewer, P.PEOPLE_MANAGE):
        if not person.is_active or person.is_locked(clock.now()):
            found.append((_("Open account again"), reverse("web:person_open", args=[person.pk])))
        if person.is_active and person.pk != viewer.pk:
            found.append((_("Close account"), reverse("web:person_close", args=[person.pk])))
        found.append((_("Set a password"), reverse("web:person_password", args=[person.pk])))
    return found


def _is_appointed(person: Person) -> bool:
    """Say whether a person holds an appointment today or will hold one."""
    today = clock.today()
    return any(held.valid_to is None or today < held.valid_to for held in person.appointments.all())


def _trail(person: Person) -> list[breadcrumb.Crumb]:
    return breadcrumb.trail((_("Persons"), reverse("web:people")), person.display_name)


def _form(
    request: HttpRequest,
    form_class: type[Any],
    act: forms.Act,
    *,
    title: str,
    lead: str,
    person: Person | None = None,
    back: str = "",
) -> HttpResponse:
    form, answer = forms.handle(request, form_class, act=act)
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "person": person,
        "cancel_url": _address(person) if person else back,
    }
    return answer or render(request, "web/administration/form.html", context)
