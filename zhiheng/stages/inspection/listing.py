"""The lists of visits, samples, cases and published inspections."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiheng import people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import industries
from zhiheng.stages.draw.listing import periods
from zhiheng.web import wording
from zhiheng.web.tables import BatchAction, Column, Filter, State, Table

from . import rules, task_form
from .labels import CASE_STATES, OUTCOMES, PAPERS, PRINT_STATES, PRINT_TONES, VERDICTS, VISIT_STATES
from .models import Visit
from .papers import kinds
from .reasons import rule_name
from .site_labels import SITE_STATES, project_types


def divisions() -> list[tuple[str, str]]:
    """Return the divisions that inspections cover."""
    return [(one.code, f"{one.code} {wording.bilingual(one)}") for one in industries.covered()]


def verdict(visit: Visit) -> State:
    """Return the verdict of a visit; one that ended without a test has none."""
    if visit.verdict == "pass":
        return State(_("Conforms"), "done")
    if visit.verdict == "fail":
        return State(_("Does not conform"), "stopped")
    return State(_("No verdict"), "neutral")


def _period(visit: Visit) -> str:
    return wording.period(visit.period)


def _state_choices(words: dict[str, State]) -> list[tuple[str, Any]]:
    return [(name, state.label) for name, state in words.items()]


def _of_visits(
    id: str,
    caption: Any,
    empty: Any,
    *,
    url_name: str,
    columns: tuple[Column, ...],
    filters: tuple[Filter, ...],
    own: Any = None,
) -> Table:
    """Return a list of visits: who and where, what this list says of each, when and in which draw."""
    return Table(
        id=id,
        caption=caption,
        export_name=id,
        own=own,
        empty=empty,
        columns=(
            Column(
                "subject",
                _("Firm"),
                field="subject__name",
                sortable=False,
                url=lambda visit: reverse(url_name, args=[visit.pk]),
            ),
            Column("region", _("Region"), kind="region", sort=("region", "period", "division", "pk")),
            Column("division", _("Division"), kind="division", sortable=False),
            Column(
                "period",
                _("Period"),
                value=_period,
                sort=("period", "region", "division", "pk"),
                kind="text",
            ),
            *columns,
            Column("visited_on", _("Visited on"), kind="date", sortable=False),
            Column("draw", _("Draw"), field="draw__serial", kind="code", sortable=False),
        ),
        filters=(
            Filter("region", _("Region"), kind="region"),
            Filter("division", _("Division"), kind="choice", choices=divisions),
            Filter("period", _("Period"), kind="choice", choices=periods),
            Filter("draw", _("Draw"), field="draw__serial"),
            Filter("code", _("Social credit code"), field="selection__unit_code"),
            *filters,
        ),
        search_fields=("subject__name",),
        search_label=_("Firm begins with"),
        default_sort="-period",
    )


VISITS = _of_visits(
    "visits",
    _("Visits"),
    _("There are no visits yet. They are opened on the page of a revealed draw."),
    url_name="inspection:visit",
    own=task_form.FORM,
    columns=(
        Column("state", _("State"), kind="state", states=VISIT_STATES, sortable=False),
        Column("outcome", _("Outcome"), states=dict(OUTCOMES), sortable=False),
    ),
    filters=(Filter("state", _("State"), kind="choice", choices=_state_choices(VISIT_STATES)),),
)


def visits_for(person: Any) -> Table:
    """Return the list of visits with the buttons that print the chosen ones, where the person may print."""
    offered = [
        (kind.id, "pdf", _("Print: %(paper)s") % {"paper": kind.label}) for kind in kinds.batches(person)
    ]
    if people.may(person, P.DRAW_VIEW):
        offered += [("ledger", form, label) for form, label in LEDGERS]
    batch = [
        BatchAction(label, reverse("inspection:start_print", args=[id, form])) for id, form, label in offered
    ]
    return dataclasses.replace(VISITS, batch=batch)


LEDGERS = (("pdf", _("Ledger of visits (PDF)")), ("xlsx", _("Ledger of visits (Excel)")))

PUBLISHED = _of_visits(
    "inspections",
    _("Inspections"),
    _("No inspection has ended yet."),
    url_name="inspection:public_visit",
    columns=(
        Column("outcome", _("Visit"), states=dict(OUTCOMES), sortable=False),
        Column("verdict", _("Result"), kind="state", value=verdict, sortable=False),
    ),
    filters=(
        Filter("outcome", _("Visit"), kind="choice", choices=OUTCOMES),
        # The state says the same (``visit_verdict_only_when_decided``) and stands in the indexes.
        Filter(
            "verdict",
            _("Result"),
            kind="choice",
            choices=VERDICTS,
            conditions={"pass": Q(state=rules.PASSED), "fail": Q(state=rules.FAILED)},
        ),
    ),
)

SAMPLES = Table(
    id="samples",
    caption=_("Samples to report on"),
    export_name="samples",
    empty=_("No sample waits for a report. A sample shows here once it is sealed and assigned."),
    columns=(
        Column(
            "seal_no",
            _("Seal number"),
            kind="link",
            url=lambda sample: reverse("inspection:result", args=[sample.pk]),
        ),
        Column("product_name", _("Product")),
        Column("state", _("State"), field="visit__state", kind="state", states=VISIT_STATES, sortable=False),
        Column(
            "visited_on",
            _("Sampled on"),
            field="visit__visited_on",
            kind="date",
            sort=("visit__visited_on", "visit_id"),
        ),
        Column("lab", _("Laboratory"), kind="code"),
    ),
    search_fields=("seal_no",),
    search_label=_("Seal number begins with"),
    default_sort="visited_on",
)


def _nearest(case: Any) -> Any:
    waiting = [one for one in case.clocks.all() if one.status != rules.STOPPED]
    return min(waiting, key=lambda one: one.due_on, default=None)


def _days_left(case: Any) -> State:
    one = _nearest(case)
    if one is None:
        return State(wording.NOTHING)
    days = rules.days_left(one.due_on, clock.today())
    if days < 0 and one.rule in rules.ENDING_BY_THEMSELVES:
        return State(_("Time over"))
    tone = rules.clock_tone(one.due_on, clock.today(), runs=one.status == rules.RUNNING)
    words = _("%(days)s days left") if days >= 0 else _("%(days)s days over")
    return State(words % {"days": abs(days)}, {"todo": "running", "due": "todo", "overdue": "stopped"}[tone])


def _rule(case: Any) -> str:
    one = _nearest(case)
    if one is None:
        return ""
    name = rule_name(one.rule)
    return str(_("%(rule)s (unverified)") % {"rule": name}) if one.confidence != "text" else name


CASES = Table(
    id="cases",
    caption=_("Cases"),
    export_name="cases",
    empty=_("There are no cases. A case opens by itself when a result does not conform."),
    columns=(
        Column(
            "subject",
            _("Firm"),
            field="subject__name",
            sortable=False,
            url=lambda case: reverse("inspection:case", args=[case.pk]),
        ),
        Column("region", _("Region"), kind="region", sort=("region", "pk")),
        Column("state", _("State"), kind="state", states=CASE_STATES, sortable=False),
        Column("opened_on", _("Opened on"), kind="date"),
        Column("left", _("Next date"), kind="state", value=_days_left, sortable=False),
        Column("rule", _("Rule"), value=_rule, sortable=False),
    ),
    filters=(
        Filter("region", _("Region"), kind="region"),
        Filter("state", _("State"), kind="choice", choices=_state_choices(CASE_STATES)),
        Filter("opened_on", _("Opened on"), kind="date"),
    ),
    search_fields=("subject__name", "subject__code"),
    search_label=_("Firm or code begins with"),
    default_sort="-opened_on",
)


def _project_type(check: Any) -> str:
    return dict(project_types()).get(check.site.project_type, check.site.project_type)


SITE_CHECKS = Table(
    id="site_checks",
    caption=_("Checks of construction sites"),
    export_name="site-checks",
    empty=_("No check of a construction site is planned. Plan one with the button above."),
    columns=(
        Column(
            "site",
            _("Project"),
            field="site__name",
            sortable=False,
            url=lambda check: reverse("inspection:site_check", args=[check.pk]),
        ),
        Column(
            "project_type",
            _("Type of project"),
            field="site__project_type",
            value=_project_type,
            sortable=False,
        ),
        Column("region", _("Region"), kind="region", sort=("region", "period", "pk")),
        Column("period", _("Period"), value=_period, sort=("period", "region", "pk")),
        Column("state", _("State"), kind="state", states=SITE_STATES, sortable=False),
        Column("checked_on", _("Checked on"), kind="date", sortable=False),
        Column("correct_by", _("To be corrected by"), kind="date", sortable=False),
    ),
    filters=(
        Filter("region", _("Region"), kind="region"),
        Filter("state", _("State"), kind="choice", choices=_state_choices(SITE_STATES)),
    ),
    search_fields=("site__name",),
    search_label=_("Project begins with"),
    default_sort="-period",
)

ISSUED = Table(
    id="papers",
    caption=_("Papers issued"),
    export_name="papers",
    empty=_("No paper was issued yet. Issue one on the page of its case."),
    columns=(
        Column(
            "number",
            _("Paper number"),
            kind="link",
            sortable=False,
            url=lambda paper: reverse("inspection:paper", args=[paper.pk]),
        ),
        Column("kind", _("Paper"), states=dict(PAPERS), sortable=False),
        Column("subject", _("Firm"), field="case__subject__name", sortable=False),
        Column("region", _("Region"), kind="region", sortable=False),
        Column("dated", _("Dated"), kind="date", sortable=False),
        Column("issued_at", _("Issued on"), kind="moment", sort=("issued_at", "pk")),
    ),
    filters=(
        Filter("region", _("Region"), kind="region"),
        Filter("kind", _("Paper"), kind="choice", choices=PAPERS),
        Filter("dated", _("Dated"), kind="date"),
    ),
    search_fields=("number",),
    search_label=_("Number begins with"),
    default_sort="-issued_at",
)


def print_state(job: Any) -> State:
    """Return where a print stands."""
    return State(dict(PRINT_STATES)[job.state], PRINT_TONES[job.state])


PRINTS = Table(
    id="prints",
    caption=_("Prints"),
    export_name="prints",
    empty=_("You have asked for no print yet. Choose rows in the list of visits, or open a draw."),
    columns=(
        Column(
            "kind",
            _("Paper"),
            states=dict(PAPERS),
            sortable=False,
            url=lambda job: reverse("inspection:print", args=[job.pk]),
        ),
        Column("draw", _("Draw"), value=lambda job: job.draw.serial if job.draw else "", sortable=False),
        Column("state", _("State"), kind="state", value=print_state, sortable=False),
        Column("done", _("Set"), kind="number", sortable=False),
        Column("total", _("Asked for"), kind="number", sortable=False),
        Column("asked_at", _("Asked on"), kind="moment"),
    ),
    default_sort="-asked_at",
)
