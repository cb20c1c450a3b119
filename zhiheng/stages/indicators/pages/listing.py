"""The lists behind figures: single inspections for everybody, releases for the office."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiheng.stages.inspection.labels import OUTCOMES, VERDICTS
from zhiheng.stages.inspection.listing import verdict
from zhiheng.web.tables import Column, Filter, State, Table

from .. import sentences


def _firm(visit: Any) -> str:
    return visit.subject.name if visit.is_public else str(_("Withheld for now"))


def _address(visit: Any) -> str:
    return reverse("inspection:public_visit", args=[visit.pk]) if visit.is_public else ""


def _verdict(visit: Any) -> State:
    return verdict(visit) if visit.is_public else State(_("Withheld for now"), "stopped")


INSPECTIONS = Table(
    id="inspections",
    caption=_("Inspections behind this figure"),
    export_name="inspections",
    empty=_("No inspection stands behind this figure."),
    columns=(
        Column(
            "subject",
            _("Firm"),
            value=_firm,
            kind="link",
            sortable=False,
            url=_address,
        ),
        Column("outcome", _("Visit"), states=dict(OUTCOMES), sortable=False),
        Column("verdict", _("Result"), kind="state", value=_verdict, sortable=False),
        Column("region", _("Region"), kind="region", sortable=False),
        Column("division", _("Division"), kind="division", sortable=False),
        Column("draw", _("Draw"), field="draw__serial", kind="code", sort=("draw", "pk")),
    ),
    filters=(
        Filter("outcome", _("Visit"), kind="choice", choices=OUTCOMES),
        Filter(
            "verdict",
            _("Result"),
            kind="choice",
            field="public_verdict",
            choices=VERDICTS,
        ),
    ),
    default_sort="draw",
    size=25,
)

RELEASES = Table(
    id="releases",
    caption=_("Releases"),
    export_name="releases",
    empty=_("Nothing was released yet. Finish a draw, then release its figures."),
    columns=(
        Column(
            "vintage",
            _("Vintage"),
            kind="date",
            url=lambda release: reverse("indicators:release", args=[release.pk]),
        ),
        Column("series", _("Series"), value=lambda release: release.series, sortable=False),
        Column("region", _("Region"), kind="region"),
        Column("periods", _("Periods"), value=lambda release: " ".join(release.periods), sortable=False),
        Column("rows", _("Drawn units"), field="dataset_rows", kind="number"),
        Column(
            "state",
            _("State"),
            kind="state",
            sortable=False,
            value=lambda release: State(
                *sentences.RELEASE_STATES["replaced" if hasattr(release, "replaced_by") else "in force"]
            ),
        ),
    ),
    filters=(Filter("region", _("Region"), kind="region"),),
    default_sort="-vintage",
)
