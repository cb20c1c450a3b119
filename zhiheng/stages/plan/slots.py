"""What the plan puts on pages of others: menu, drafts to issue, targets to bind, words for its entries."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.people import scope
from zhiheng.people.permissions import P
from zhiheng.web import imports, slots, timeline, wording

from . import lists, queries, said

ROWS = 10
VERBS = (
    ("plan.outline_adopted", _("The Outline was adopted"), "done"),
    ("plan.series_defined", _("The series was defined"), "done"),
    ("plan.break_declared", _("A break of the series was declared"), "done"),
    ("plan.target_bound", _("The target was bound to a series"), "done"),
    ("plan.binding_refused", _("The binding was refused"), "stopped"),
    ("plan.obligation_drafted", _("The obligation was drafted"), "todo"),
    ("plan.obligation_issued", _("The obligation was issued"), "running"),
    ("plan.obligations_imported", _("The obligation was issued with a list"), "running"),
    ("plan.obligation_done", _("The obligation was fulfilled"), "done"),
    ("plan.obligation_withdrawn", _("The obligation was withdrawn"), "stopped"),
    ("plan.obligation_lapsed", _("The obligation lapsed"), "stopped"),
)


def fill() -> None:
    """Put the plan into the slots of the shell."""
    slots.menu.add(slots.MenuItem("plan", _("The plan"), "plan:plan", order=10, public=True))
    slots.menu.add(slots.MenuItem("plan-targets", _("Targets"), "plan:targets", P.PLAN_VIEW, 10))
    slots.menu.add(slots.MenuItem("plan-obligations", _("Obligations"), "plan:obligations", P.PLAN_VIEW, 11))
    for verb, label, tone in VERBS:
        timeline.labels.add(verb, label, tone)
    imports.register(lists.OBLIGATIONS)
    slots.todo.add(todo)


def todo(person: Any) -> list[slots.TodoItem]:
    """Name the drafts to issue and the targets to bind."""
    return [*_drafts(person), *_unbound(person)]


def _drafts(person: Any) -> list[slots.TodoItem]:
    if not scope.may(person, P.PLAN_EDIT):
        return []
    found = queries.obligations(person).filter(state="draft")
    url = f"{reverse('plan:obligations')}?state=draft"
    item = slots.queue("plan-drafts", _("Obligations not issued yet"), found, url, _draft, shown=ROWS)
    return [item] if item.count else []


def _draft(duty: Any) -> slots.TodoRow:
    return slots.TodoRow(
        wording.period(duty.period),
        reverse("plan:obligation", args=[duty.pk]),
        about=wording.region_path(duty.region),
        button=gettext("Issue"),
    )


def _unbound(person: Any) -> list[slots.TodoItem]:
    if not scope.may(person, P.TARGET_BIND):
        return []
    found = [
        target
        for target in queries.targets().filter(binding="unbound")
        if scope.may(person, P.TARGET_BIND, region=target.region)
    ]
    rows = [
        slots.TodoRow(
            wording.bilingual(target),
            reverse("plan:bind", args=[target.pk]),
            about=said.promise(target),
            button=gettext("Choose a series"),
        )
        for target in found
    ]
    if not rows:
        return []
    return [
        slots.TodoItem(
            "plan-unbound", _("Targets without a series"), len(rows), reverse("plan:targets"), rows=rows
        )
    ]
