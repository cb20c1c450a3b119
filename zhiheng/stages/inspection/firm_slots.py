"""What the firm's page and the field pages put into the slots: menu entries, panels, things to do, verbs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import people
from zhiheng.people.permissions import P
from zhiheng.web import slots, timeline, wording

from . import firm_queries, rules
from .firm_labels import VERBS
from .models import Case, Party, Sent, Visit


def fill() -> None:
    """Register the entries of both menus, the panels of cases and visits, to-do items and verbs."""
    mine = slots.MenuItem("my", gettext_lazy("For firms"), "inspection:my", order=60, public=True)
    field = slots.MenuItem(
        "field", gettext_lazy("On the spot"), "inspection:field", P.INSPECTION_RECORD, order=46
    )
    slots.menu.add(mine)
    slots.menu.add(field)
    slots.panels.add("case", firm_panel)
    slots.panels.add("visit", access_panel)
    slots.panels.add("visit", files_panel)
    slots.todo.add(to_confirm)
    slots.todo.add(codes_to_issue)
    slots.todo.add(codes_of_parties)
    for verb, (label, tone) in VERBS.items():
        timeline.labels.add(verb, label, tone)


def firm_panel(person: Any, case: Case) -> slots.Panel | None:
    """Return the access codes of the firm and of the parties and what they sent, on the page of the case."""
    parties = case.parties.select_related("case").all()
    return _access(person, case.visit, firm_queries.sent_by(person).filter(case=case), list(parties))


def access_panel(person: Any, visit: Visit) -> slots.Panel | None:
    """Return the firm's access code on the page of a visit that has no case."""
    if getattr(visit, "case", None) is not None or visit.state == rules.ASSIGNED:
        return None
    return _access(person, visit, Sent.objects.none())


def _access(person: Any, visit: Visit, sent: Any, parties: Sequence[Party] = ()) -> slots.Panel | None:
    if not people.may(person, P.DRAW_VIEW, region=visit.region):
        return None
    may_issue = people.may(person, P.CASE_HANDLE, region=visit.region)
    context = {
        "access": firm_queries.access_in_force(visit.subject),
        "url": reverse("inspection:access", args=[visit.pk]) if may_issue else "",
        "parties": [_party(one, may_issue) for one in parties],
        "sent": firm_queries.with_entries(sent[:50]),
    }
    return slots.Panel(_("The firm's own page"), "inspection/access_panel.html", context, id="firm-page")


def _party(one: Party, may_issue: bool) -> tuple[Party, Any, str]:
    url = reverse("inspection:party_access", args=[one.case_id, one.role]) if may_issue and one.code else ""
    return one, firm_queries.access_in_force(one.case.subject, one), url


def files_panel(person: Any, visit: Visit) -> slots.Panel | None:
    """Return the files of a visit and the word of the second inspector; firms and labs see none."""
    if not firm_queries.may_see_files(person, visit):
        return None
    files = firm_queries.files(visit)
    if not files and visit.state == rules.ASSIGNED:
        return None
    context = {"files": files, "visit": visit, "confirmation": firm_queries.confirmation(visit)}
    return slots.Panel(_("Files and confirmation"), "inspection/files_panel.html", context, id="files")


def to_confirm(person: Any) -> list[slots.TodoItem]:
    """Return the visits that a second inspector has still to confirm."""
    if not people.may(person, P.INSPECTION_RECORD):
        return []
    waiting = firm_queries.to_confirm(person)
    rows = [
        slots.TodoRow(
            one.subject.name,
            reverse("inspection:field_visit", args=[one.pk]),
            about=wording.region_name(one.region),
            button=_("Confirm"),
        )
        for one in waiting[:5]
    ]
    here = reverse("inspection:field")
    return [slots.TodoItem("to_confirm", _("Visits to confirm"), len(waiting), here, "todo", rows)]


def codes_to_issue(person: Any) -> list[slots.TodoItem]:
    """Return the firms that got their notice and have no code to answer it with."""
    if not people.may(person, P.CASE_HANDLE):
        return []
    waiting = firm_queries.without_code(person)
    label, here = _("Access codes to hand out"), reverse("inspection:cases")
    return [slots.queue("codes_to_issue", label, waiting, here, _without_code)]


def codes_of_parties(person: Any) -> list[slots.TodoItem]:
    """Name the producers and platforms that were served and have no code yet."""
    if not people.may(person, P.CASE_HANDLE):
        return []
    waiting = firm_queries.parties_without_code(person)
    label, here = _("Access codes of other parties"), reverse("inspection:cases")
    return [slots.queue("codes_of_parties", label, waiting, here, _party_without)]


def _without_code(case: Any) -> slots.TodoRow:
    return slots.TodoRow(
        case.subject.name,
        reverse("inspection:access", args=[case.visit_id]),
        about=wording.region_name(case.region),
        button=_("Issue the access code"),
    )


def _party_without(one: Any) -> slots.TodoRow:
    return slots.TodoRow(
        one.name,
        reverse("inspection:party_access", args=[one.case_id, one.role]),
        about=one.case.subject.name,
        button=_("Issue the access code"),
    )
