"""A subject as it was: its earlier state with both times in words, and everything that happened to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiheng.errors import NotFound
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, timeline, wording
from zhiheng.web.gate import page
from zhiheng.web.tables import State

from .. import happened, queries, versions, words
from ..identity_forms import AsOfForm
from ..models import CHANNELS, CLASSES, SIZES, Subject
from .subjects import ACTIVE

_LABELS = {
    "size": dict(SIZES),
    "channel": dict(CHANNELS),
    "risk_class": dict(CLASSES),
    "credit_class": dict(CLASSES),
}


@page(permission=P.REGISTRY_VIEW)
def subject_as_of(request: HttpRequest, code: str) -> HttpResponse:
    """Show a subject as it held on a day, by what the register knew at the end of another day."""
    found = queries.subject(request.user, code)
    today = clock.today().isoformat()
    form = AsOfForm({"at": request.GET.get("at") or today, "known": request.GET.get("known") or today})
    context: dict[str, Any] = {
        "title": _("%(name)s at an earlier time") % {"name": found.name},
        "subject": found,
        "form": form,
        "crumbs": breadcrumb.trail(
            (_("Subjects"), reverse("registry:subjects")),
            (found.name, reverse("registry:subject", args=[code])),
            _("Earlier state"),
        ),
    }
    if form.is_valid():
        context |= _earlier(request.user, code, form)
    return render(request, "registry/subject_as_of.html", context)


def _earlier(person: Any, code: str, form: AsOfForm) -> dict[str, Any]:
    """Return what the page shows of the earlier state; a time before the first record is told at the form."""
    at, known = form.cleaned_data["at"], form.cleaned_data["known"]
    try:
        found = queries.subject_as_of(person, code, at=at, as_of=_end_of(known))
    except NotFound as refusal:
        form.refuse(refusal)
        return {}
    days = {"at": wording.day(at), "known": wording.day(known)}
    return {
        "said": _(
            "This is an earlier state: how the record held on %(at)s, by what the register knew at the end "
            "of %(known)s."
        )
        % days,
        "identity": _identity(found),
        "standing": [ACTIVE[found.values["is_active"]]],
        "versions": [_version(row) for row in reversed(found.versions)],
        "belongings": queries.belongings_as_of(found),
    }


def _end_of(day: dt.date) -> dt.datetime:
    """Return the last moment of a day in the time zone of the site."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


def _identity(found: queries.Earlier) -> list[tuple[Any, Any]]:
    names = [name for name in versions.FIELDS if name != "is_active"]
    rows = [(_field(name), shown(name, found.values[name])) for name in names]
    rows.insert(0, (_("Social credit code"), found.subject.code))
    if found.values[versions.MERGED]:
        rows.append((_("Merged into"), found.values[versions.MERGED]))
    return rows


def _version(row: Any) -> dict[str, Any]:
    fields = [name for name in (*versions.FIELDS, versions.MERGED) if name in row.values]
    if row.is_first:
        fields = [name for name in fields if row.values[name] != ""]
    return {
        "valid_from": row.valid_from,
        "recorded_at": row.recorded_at,
        "is_first": row.is_first,
        "said": [(_field(name), shown(name, versions.value_of(name, row.values[name]))) for name in fields],
    }


def _field(name: str) -> str:
    own = {
        versions.MERGED: _("Merged into"),
        "is_active": _("State"),
        "output_value": _("Output value (10,000 yuan a year)"),
    }
    return own.get(name) or words.field(name)


def shown(name: str, value: Any) -> str:
    """Return a value of a version as a person reads it."""
    if name == "region":
        return wording.region_path(value)
    if name == "division":
        return f"{value} {wording.division_name(value)}"
    if name == "output_value":
        return wording.number(value)
    if name == "is_active":
        return str(ACTIVE[value].label)
    return str(_LABELS.get(name, {}).get(value, value)) or wording.NOTHING


@page(permission=P.REGISTRY_VIEW)
def subject_timeline(request: HttpRequest, code: str) -> HttpResponse:
    """Show everything that happened to a subject, page by page, of all kinds or of one."""
    found = queries.subject(request.user, code)
    groups = timeline.groups.choices()
    group = request.GET.get("kind", "")
    group = group if group in dict(groups) else ""
    shown_page = happened.of_subject(request.user, found, group=group, number=_number(request))
    here = reverse("registry:subject_timeline", args=[code])
    kept = f"kind={group}&" if group else ""
    context = {
        "title": _("What happened to %(name)s") % {"name": found.name},
        "subject": found,
        "groups": groups,
        "group": group,
        "page": shown_page,
        "items": shown_page.items,
        "previous_url": f"{here}?{kept}page={shown_page.number - 1}" if shown_page.number > 1 else "",
        "next_url": f"{here}?{kept}page={shown_page.number + 1}" if shown_page.has_next else "",
        "standing": [_state(found)],
        "crumbs": breadcrumb.trail(
            (_("Subjects"), reverse("registry:subjects")),
            (found.name, reverse("registry:subject", args=[code])),
            _("What happened"),
        ),
    }
    return render(request, "registry/subject_timeline.html", context)


def _state(found: Subject) -> State:
    return ACTIVE[found.is_active]


def _number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
