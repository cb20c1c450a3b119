"""What inspection puts into the slots of earlier rooms: menu, things to do, panels on subjects and draws."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.draw import visited
from zhiheng.stages.draw.queries import to_visit
from zhiheng.web import imports, slots, timeline, wording

from . import (
    firm_slots,
    happened,
    lab_lists,
    lab_rows,
    labels,
    lists,
    queries,
    reasons,
    report_queries,
    rules,
    site_labels,
)
from .models import Case, Clock, Party, ReportDraft, Sample, Transfer, Visit
from .papers import panels

ROWS = 5


def fill() -> None:
    """Register menu, to-do provider, panels, the words of the ledger's verbs, and how visits failed."""
    visited.tell_by(queries.failed)
    visited.count_by(queries.not_visited)
    entries = (
        ("own_visits", gettext_lazy("My visits"), "inspection:own", P.INSPECTION_RECORD, 45),
        ("visits", gettext_lazy("Visits"), "inspection:visits", P.INSPECTION_VIEW, 50),
        ("samples", gettext_lazy("Samples"), "inspection:samples", P.RESULT_RECORD, 55),
        ("reports", gettext_lazy("Reports"), "inspection:reports", P.RESULT_RECORD, 57),
        ("lab_board", gettext_lazy("Turnaround"), "inspection:lab_board", P.LAB_VIEW, 58),
        ("cases", gettext_lazy("Cases"), "inspection:cases", P.INSPECTION_VIEW, 60),
        ("site_checks", gettext_lazy("Construction sites"), "inspection:site_checks", P.INSPECTION_VIEW, 62),
        ("verticals", gettext_lazy("Verticals"), "inspection:verticals", P.INSPECTION_VIEW, 61),
        ("papers", gettext_lazy("Papers"), "inspection:papers", P.INSPECTION_VIEW, 64),
    )
    for id, label, url_name, permission, order in entries:
        slots.menu.add(slots.MenuItem(id, label, url_name, permission, order=order))
    public = slots.MenuItem(
        "public_visits", gettext_lazy("Inspections"), "inspection:public_visits", order=40, public=True
    )
    slots.menu.add(public)
    rates = slots.MenuItem(
        "site_rates", gettext_lazy("Construction quality"), "inspection:site_rates", order=45, public=True
    )
    slots.menu.add(rates)
    slots.todo.add(todo)
    imports.register(lab_lists.RESULTS)
    slots.panels.add("subject", subject_panel)
    slots.panels.add("draw", draw_panel)
    happened.fill()
    slots.panels.add("inspector", inspector_panel)
    slots.panels.add("draw", panels.of_draw)
    slots.panels.add("visit", lists.lists_panel)
    slots.panels.add("visit", report_panel)
    slots.panels.add("visit", panels.of_visit)
    slots.panels.add("case", panels.of_case)
    slots.todo.add(panels.prints)
    for verb, (label, tone) in {**labels.verbs(), **site_labels.verbs()}.items():
        timeline.labels.add(verb, label, tone)
    firm_slots.fill()


def todo(person: Any) -> list[slots.TodoItem]:
    """Return what waits for this person: visits, samples, notices, clocks."""
    found: list[slots.TodoItem] = []
    if people.may(person, P.INSPECTION_RECORD):
        rows = queries.open_own_visits(person)
        found.append(_item("own_visits", _("Visits to make"), rows, "inspection:own", "todo", _visit))
    if people.may(person, P.RESULT_RECORD):
        rows = queries.samples_to_report(person).select_related(None)
        found.append(_item("samples", _("Samples to report on"), rows, "inspection:samples", "todo", _sample))
    if lab_rows.own_labs(person):
        rows = report_queries.drafts(person)
        found.append(_item("drafts", _("Reports to sign"), rows, "inspection:drafts", "todo", _draft))
    if people.may(person, P.CASE_HANDLE):
        rows = queries.samples_to_assign(person)
        found.append(
            _item(
                "unassigned",
                _("Samples without a laboratory"),
                rows,
                "inspection:visits",
                "todo",
                _unassigned,
            )
        )
        rows = queries.cases(person).filter(state=rules.OPENED)
        found.append(_item("notices", _("Notices to serve"), rows, "inspection:cases", "todo", _case))
        found += _of_the_office(person)
    return found + _clocks(person)


def _of_the_office(person: Any) -> list[slots.TodoItem]:
    """Return what waits for an office: samples that came back, parties, objections, cases offered to it."""
    rows: tuple[tuple[str, str, Any, str, Callable[[Any], slots.TodoRow]], ...] = (
        (
            "reassign",
            _("Visits whose inspectors cannot go"),
            queries.visits_to_reassign(person),
            "visits",
            _unable,
        ),
        (
            "returned",
            _("Samples refused by a laboratory"),
            queries.samples_to_take_again(person),
            "visits",
            _back,
        ),
        (
            "parties",
            _("Producers and platforms to be told"),
            queries.parties_to_serve(person),
            "cases",
            _party,
        ),
        ("objections", _("Objections to decide"), queries.objections_to_decide(person), "cases", _objected),
        ("offered", _("Cases offered by other regions"), queries.offered_cases(person), "cases", _offered),
    )
    return [
        _item(id, label, found, f"inspection:{name}", "todo", row) for id, label, found, name, row in rows
    ]


def _clocks(person: Any) -> list[slots.TodoItem]:
    """Return clocks due soon and overdue; one that was not verified reminds and is never overdue."""
    if not people.may(person, P.CASE_HANDLE) and not people.may(person, P.OBJECTION_FILE):
        return []
    today = clock.today()
    running = queries.clocks(person).filter(case__in=queries.cases(person))
    soon = running.filter(due_on__range=(today, today + timedelta(days=rules.SOON_DAYS)))
    late = running.filter(due_on__lt=today, status=rules.RUNNING).exclude(rule__in=rules.ENDING_BY_THEMSELVES)
    return [
        _item("clocks_soon", _("Dates within three days"), soon, "inspection:cases", "due", _clock),
        _item("clocks_over", _("Dates that have passed"), late, "inspection:cases", "overdue", _clock),
    ]


def _item(
    id: str, label: str, rows: Any, url_name: str, tone: str, row: Callable[[Any], slots.TodoRow]
) -> slots.TodoItem:
    return slots.queue(id, label, rows, reverse(url_name), row, tone=tone, shown=ROWS)


def _visit(one: Visit) -> slots.TodoRow:
    return slots.TodoRow(
        one.subject.name,
        reverse("inspection:record" if one.state == rules.ASSIGNED else "inspection:seal", args=[one.pk]),
        about=wording.region_name(one.region),
        button=_("Record the visit") if one.state == rules.ASSIGNED else _("Seal the sample"),
    )


def _sample(one: Sample) -> slots.TodoRow:
    url = reverse("inspection:result", args=[one.pk])
    return slots.TodoRow(one.seal_no or "", url, about=one.product_name, button=_("Report a result"))


def _draft(one: ReportDraft) -> slots.TodoRow:
    url = reverse("inspection:draft", args=[one.pk])
    return slots.TodoRow(
        one.sample.seal_no or "", url, about=one.sample.product_name, button=_("Look and sign")
    )


def _unassigned(one: Sample) -> slots.TodoRow:
    url = reverse("inspection:assign", args=[one.visit_id])
    return slots.TodoRow(one.seal_no or "", url, about=one.product_name, button=_("Assign to a laboratory"))


def _case(one: Case) -> slots.TodoRow:
    url = reverse("inspection:case_deed", args=[one.pk, "serve"])
    return slots.TodoRow(one.subject.name, url, about=wording.region_name(one.region), button=_("Serve"))


def _unable(one: Visit) -> slots.TodoRow:
    url = reverse("inspection:visit_deed", args=[one.pk, "reassign"])
    about = wording.region_name(one.region)
    return slots.TodoRow(one.subject.name, url, about=about, button=_("Give to others"))


def _back(one: Visit) -> slots.TodoRow:
    url = reverse("inspection:visit_deed", args=[one.pk, "take-again"])
    about = wording.region_name(one.region)
    return slots.TodoRow(one.subject.name, url, about=about, button=_("Take again"))


def _party(one: Party) -> slots.TodoRow:
    url = reverse("inspection:case_deed", args=[one.case_id, f"serve-{one.role}"])
    return slots.TodoRow(one.name, url, about=one.case.subject.name, button=_("Serve"))


def _objected(one: Case) -> slots.TodoRow:
    url = reverse("inspection:case", args=[one.pk])
    about = wording.region_name(one.region)
    return slots.TodoRow(one.subject.name, url, about=about, button=_("Decide"))


def _offered(one: Transfer) -> slots.TodoRow:
    url = reverse("inspection:case_deed", args=[one.case_id, "answer-transfer"])
    about = wording.region_name(one.from_region)
    return slots.TodoRow(one.case.subject.name, url, about=about, button=_("Answer"))


def _clock(one: Clock) -> slots.TodoRow:
    return slots.TodoRow(
        one.case.subject.name,
        reverse("inspection:case", args=[one.case_id]),
        about=reasons.rule_name(one.rule),
        due_on=one.due_on,
        button=_("Open the case"),
        note="" if one.confidence == "text" else _("The text of this limit was not read; it only reminds."),
    )


def subject_panel(person: Any, subject: Any) -> slots.Panel | None:
    """Return the inspections of a subject."""
    found = list(queries.of_subject(person, subject)[:20]) if person is not None else []
    if not found:
        return None
    rows = [(visit, labels.VISIT_STATES[visit.state]) for visit in found]
    return slots.Panel(_("Inspections"), "inspection/subject_panel.html", {"rows": rows}, id="inspections")


def report_panel(person: Any, visit: Visit) -> slots.Panel | None:
    """Return the reports that were signed of the sample of a visit."""
    sample = getattr(visit, "sample", None)
    if person is None or sample is None or not people.may(person, P.RESULT_RECORD):
        return None
    held = list(report_queries.reports(person).filter(sample=sample).order_by("version"))
    if not held:
        return None
    context = {"reports": held}
    return slots.Panel(_("Reports"), "inspection/report_panel.html", context, id="reports")


def draw_panel(person: Any, draw: Any) -> slots.Panel | None:
    """Return how far the visits of a draw are, with the buttons that open and close them."""
    if not draw.is_revealed:
        return None
    counts = queries.of_draw(draw)
    rows = [(state, counts[name]) for name, state in labels.VISIT_STATES.items() if counts.get(name)]
    may_act = person is not None and people.may(person, P.DRAW_REVEAL, region=draw.region)
    is_waiting = may_act and to_visit(draw).filter(visit__isnull=True).exists()
    context = {
        "rows": rows,
        "draw": draw,
        "count": sum(counts.values()),
        "may_open": may_act and (not counts or is_waiting),
        "may_close": may_act
        and bool(counts)
        and not is_waiting
        and not set(counts) & rules.UNENDED
        and draw.state == "revealed",
        "may_plan": may_act and rules.ASSIGNED in counts,
        "is_office": person is not None,
    }
    return slots.Panel(_("Visits"), "inspection/draw_panel.html", context, id="visits")


def inspector_panel(person: Any, inspector: Any) -> slots.Panel | None:
    """Return the visits still to be made by an inspector, with what to do when this person cannot."""
    found = queries.waiting_for(person, inspector) if person is not None else ()
    rows = [(visit, labels.VISIT_STATES[visit.state], queries.colleague(visit, inspector)) for visit in found]
    if not rows:
        return None
    context = {"rows": rows, "inspector": inspector}
    return slots.Panel(_("Open visits"), "inspection/inspector_panel.html", context, id="open-visits")
