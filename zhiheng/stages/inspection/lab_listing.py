"""The lists of the laboratory: every sample it was given, the drafts to sign, the signed reports."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

from zhiheng.stages.draw.listing import periods
from zhiheng.web.tables import BatchAction, Column, Filter, State, Table

from . import lab_board
from .labels import VERDICTS, VISIT_STATES
from .listing import divisions
from .models import Report, ReportDraft, Sample


def _draft_state(draft: ReportDraft) -> State:
    if draft.corrects_id:
        return State(_("Correction"), "returned")
    return State(_("New report"), "todo")


def version_state(report: Report) -> State:
    """Return whether a version of a report is the one in force."""
    return (
        State(_("Corrected later"), "neutral") if report.is_corrected else State(_("Newest version"), "done")
    )


def _reported(sample: Sample) -> Any:
    return getattr(sample, "reported_on", None)


def _received(sample: Sample) -> Any:
    return getattr(sample, "received_on", None)


DRAFTS = Table(
    id="drafts",
    caption=_("Reports to sign"),
    export_name="drafts",
    empty=_(
        "No draft waits for a signature. Drafts come from an uploaded list, from the form or by the API."
    ),
    columns=(
        Column(
            "seal_no",
            _("Seal number"),
            field="sample__seal_no",
            kind="link",
            sortable=False,
            url=lambda draft: reverse("inspection:draft", args=[draft.pk]),
        ),
        Column("product", _("Product"), field="sample__product_name", sortable=False),
        Column("kind", _("Kind"), kind="state", value=_draft_state, sortable=False),
        Column("items", _("Items"), kind="number", value=lambda draft: len(draft.lines), sortable=False),
        Column("reported_on", _("Reported on"), kind="date", sortable=False),
        Column("lab", _("Laboratory"), kind="code", sortable=False),
        Column("saved_at", _("Saved at"), kind="moment", sort=("saved_at", "pk")),
    ),
    filters=(Filter("lab", _("Laboratory"), kind="exact"),),
    search_fields=("sample__seal_no",),
    search_label=_("Seal number begins with"),
    default_sort="-saved_at",
    batch=(BatchAction(_("Look at the decisions and sign"), reverse_lazy("inspection:sign")),),
)

REPORTS = Table(
    id="reports",
    caption=_("Reports"),
    export_name="reports",
    empty=_("No report was signed yet."),
    columns=(
        Column(
            "number",
            _("Report number"),
            kind="link",
            sortable=False,
            url=lambda report: reverse("inspection:report", args=[report.pk]),
        ),
        Column("version", _("Version"), kind="number", sortable=False),
        Column("state", _("State"), kind="state", value=version_state, sortable=False),
        Column("seal_no", _("Seal number"), field="sample__seal_no", kind="code", sortable=False),
        Column("product", _("Product"), field="sample__product_name", sortable=False),
        Column("lab", _("Laboratory"), kind="code", sortable=False),
        Column("reported_on", _("Reported on"), kind="date", sortable=False),
        Column("signed_at", _("Signed at"), kind="moment", sort=("signed_at", "pk")),
    ),
    filters=(
        Filter("lab", _("Laboratory"), kind="exact"),
        Filter("reported_on", _("Reported on"), kind="date"),
    ),
    search_fields=("number", "sample__seal_no"),
    search_label=_("Report or seal number begins with"),
    default_sort="-signed_at",
)

LAB_SAMPLES = Table(
    id="lab-samples",
    caption=_("Samples of the laboratories"),
    export_name="lab-samples",
    empty=_("No sample was given to a laboratory yet."),
    columns=(
        Column(
            "seal_no",
            _("Seal number"),
            kind="link",
            sortable=False,
            url=lambda sample: reverse("inspection:visit", args=[sample.visit_id]),
        ),
        Column("product_name", _("Product"), sortable=False),
        Column("state", _("State"), field="visit__state", kind="state", states=VISIT_STATES, sortable=False),
        Column("lab", _("Laboratory"), kind="code", sortable=False),
        Column("visited_on", _("Sampled on"), field="visit__visited_on", kind="date"),
        Column("received_on", _("Received on"), kind="date", value=_received, sortable=False),
        Column("reported_on", _("Reported on"), kind="date", value=_reported, sortable=False),
    ),
    filters=(
        Filter("lab", _("Laboratory"), kind="exact"),
        Filter("region", _("Region"), field="visit__region", kind="region"),
        Filter("division", _("Division"), field="visit__division", kind="choice", choices=divisions),
        Filter("period", _("Period"), field="visit__period", kind="choice", choices=periods),
        Filter(
            "state",
            _("State"),
            field="visit__state",
            kind="choice",
            choices=[(name, state.label) for name, state in VISIT_STATES.items()],
        ),
        Filter(
            "stage",
            _("Counted as"),
            kind="choice",
            choices=[(name, label) for name, (label, _states) in lab_board.STAGES.items()],
            conditions={
                name: Q(visit__state__in=states) for name, (_label, states) in lab_board.STAGES.items()
            },
        ),
        Filter("verdict", _("Result"), field="visit__verdict", kind="choice", choices=VERDICTS),
        Filter("reported_on", _("Reported on"), kind="date"),
    ),
    search_fields=("seal_no",),
    search_label=_("Seal number begins with"),
    default_sort="-visited_on",
)
