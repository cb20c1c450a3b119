"""What this stage puts into earlier rooms: menu, things to do, panels on firms, draws and figures."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure.due import Due
from zhiheng.web import slots, timeline, wording

from . import labels, queries, rules
from .models import Notice

ROWS = 5
MENU = (
    slots.MenuItem("notices", gettext_lazy("Notices"), "disclosure:notices", P.NOTICE_VIEW, order=80),
    slots.MenuItem(
        "results_to_publish",
        gettext_lazy("Results to publish"),
        "disclosure:due",
        P.NOTICE_PUBLISH,
        order=81,
    ),
    slots.MenuItem("monitor", gettext_lazy("Public monitor"), "disclosure:monitor", order=90, public=True),
    slots.MenuItem(
        "public_notices", gettext_lazy("Notices"), "disclosure:public_notices", order=20, public=True
    ),
)


def fill() -> None:
    """Register everything once."""
    for item in MENU:
        slots.menu.add(item)
    slots.todo.add(todo)
    slots.panels.add("subject", subject_panel)
    slots.panels.add("draw", draw_panel)
    slots.panels.add("figure", figure_panel)
    slots.records.add("notice", records)
    timeline.groups.add("notices", gettext_lazy("Notices"), "notice.")
    for verb, (label, tone) in labels.VERBS.items():
        timeline.labels.add(verb, label, tone)


def todo(person: Any) -> list[slots.TodoItem]:
    """Return the results to publish and the drafts left open."""
    if not people.may(person, P.NOTICE_PUBLISH):
        return []
    rows = queries.awaited(person)
    late = [row for row in rows if row.is_late]
    near = [row for row in rows if row.is_past and not row.is_late]
    rest = [row for row in rows if not row.is_past]
    url = reverse("disclosure:due")
    drafts = slots.queue(
        "notice_drafts",
        _("Drafts of notices"),
        queries.drafts_of(person),
        reverse("disclosure:notices") + f"?state={rules.DRAFTED}",
        _draft,
        shown=ROWS,
    )
    return [
        slots.TodoItem(
            "results_overdue",
            _("Results past their day of publication"),
            len(late),
            url,
            "overdue",
            _rows(late),
        ),
        slots.TodoItem(
            "results_late",
            _("Results whose day of publication has passed (unverified limit)"),
            len(near),
            url,
            "due",
            _rows(near),
        ),
        slots.TodoItem("results_to_publish", _("Results to publish"), len(rest), url, "todo", _rows(rest)),
        drafts,
    ]


def _rows(found: list[queries.Awaited]) -> list[slots.TodoRow]:
    return [_awaited(row) for row in found[:ROWS]]


def _awaited(row: queries.Awaited) -> slots.TodoRow:
    due_on, note = _until(row.due)
    return slots.TodoRow(
        what=_("Publish the results of %(draw)s") % {"draw": row.draw.serial},
        url=start_url(row),
        about=wording.region_name(row.draw.region),
        due_on=due_on,
        button=_("Go on with the draft") if row.draft else _("Draft the notice"),
        note=note,
    )


def start_url(row: queries.Awaited) -> str:
    """Return where an officer goes on with the results of a draw: the draft, or the form that begins one."""
    if row.draft is not None:
        return reverse("disclosure:notice", args=[row.draft.pk])
    return f"{reverse('disclosure:new_notice')}?kind={queries.RESULTS[0]}&source=draw:{row.draw.serial}"


def _draft(one: Notice) -> slots.TodoRow:
    due_on, note = _until(rules.due(one.about_kind, one.event_on, one.region))
    return slots.TodoRow(
        labels.title(one),
        reverse("disclosure:notice", args=[one.pk]),
        about=wording.region_name(one.region),
        due_on=due_on,
        button=_("Look and publish"),
        note=note,
    )


def _until(due: Due | None) -> tuple[date | None, str]:
    """Return the day of a limit and a note; a day that has passed by an unread limit stands in the note.

    So no red mark stands where nobody can be said to be late.
    """
    if due is None or due.limit.is_verified:
        return (due.due_on if due else None), ""
    note = _("The text of this limit was not read; it only reminds.")
    if not rules.is_past(due, clock.today()):
        return due.due_on, note
    return None, _("To be published by %(day)s.") % {"day": wording.day(due.due_on)} + " " + note


def subject_panel(person: Any, subject: Any) -> slots.Panel | None:
    """Return the notices that name a firm."""
    found = queries.naming("subject", subject.code)
    return _panel(found, _("Notices that name this firm")) if found else None


def draw_panel(person: Any, draw: Any) -> slots.Panel | None:
    """Return the notices about a draw, or until when its results are to be published."""
    found = queries.about_draw(draw.serial)
    may_act = person is not None and people.may(person, P.NOTICE_PUBLISH, region=draw.region)
    is_told = any(one.kind in queries.RESULTS and one.state in rules.STANDING for one in found)
    awaited = queries.of_draws([draw])[0] if draw.is_closed and not is_told else None
    if not found and awaited is None:
        return None
    more = {"awaited": awaited, "start_url": start_url(awaited) if may_act and awaited else ""}
    return _panel(found, _("Notices about this draw"), **more)


def figure_panel(person: Any, figure: Any) -> slots.Panel | None:
    """Return the notices by which a figure was published."""
    found = queries.about_release(str(figure.release_id))
    return _panel(found, _("Notices that publish this figure")) if found else None


def _panel(found: list[Notice], title: Any, **more: Any) -> slots.Panel:
    rows = [
        {
            "title": labels.title(one) if not one.is_hidden else _("Words hidden"),
            "url": reverse("disclosure:public_notice", args=[one.number]),
            "notice": one,
            "state": labels.STATES[one.state],
        }
        for one in found
    ]
    return slots.Panel(title, "disclosure/panel.html", {"rows": rows, **more}, id="notices")


def records(person: Any, keys: Any) -> dict[str, str]:
    """Return the pages of notices that a person may see in the office."""
    rows = queries.notices(person).filter(pk__in=list(keys)).values_list("pk", flat=True)
    return {str(pk): reverse("disclosure:notice", args=[pk]) for pk in rows}
