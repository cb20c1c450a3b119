"""The ledger of visits as an office files it: one row a visit, as a landscape list and as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.reports.paper import Grid, Paper, Text
from zhiheng.web import wording

from .. import labels
from ..models import Visit
from . import parts

WIDTHS = (22, 52, 92, 84, 46, 76, 48, 60, 46, 46, 34, 54)


def ledger(visits: Iterable[Visit], *, origin: str, dated: date, name: str) -> Paper:
    """Return the ledger of these visits; ``name`` says of which draw or choice."""
    rows = tuple(_row(n, visit) for n, visit in enumerate(visits, 1))
    head = (
        _("No."),
        _("Task"),
        _("Firm"),
        _("Social credit code"),
        _("Region"),
        _("Division"),
        _("Product"),
        _("Seal number"),
        _("Visited on"),
        _("Outcome"),
        _("Verdict"),
        _("What followed"),
    )
    return parts.made(
        "ledger",
        title=_("Ledger of the spot check"),
        number=name,
        dated=dated,
        blocks=(
            Text(
                _("%(count)s visits as of %(day)s")
                % {"count": wording.number(len(rows)), "day": wording.day(dated)}
            ),
            Grid(head, rows, WIDTHS, right=(0,), is_dense=True),
        ),
        address=origin + reverse("inspection:visits"),
        style="sheet",
        orientation="landscape",
    )


def _row(n: int, visit: Visit) -> tuple[str, ...]:
    sample, case = getattr(visit, "sample", None), getattr(visit, "case", None)
    return (
        str(n),
        parts.number(visit),
        visit.subject.name,
        visit.selection.unit_code,
        wording.region_name(visit.region),
        f"{visit.division} {wording.division_name(visit.division)}",
        sample.product_name if sample else "",
        (sample.seal_no or "") if sample else "",
        visit.visited_on.isoformat() if visit.visited_on else "",
        str(dict(labels.OUTCOMES).get(visit.outcome, labels.VISIT_STATES[visit.state].label)),
        str(dict(labels.VERDICTS).get(visit.verdict, "")),
        str(labels.CASE_STATES[case.state].label) if case else "",
    )
