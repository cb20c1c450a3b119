"""Shows what can be printed: on a visit, a case and a draw, and the prints under way on the workbench."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reports import fonts
from zhiheng.web import slots

from .. import labels, listing, queries
from ..models import Case, PrintJob, Visit
from . import kinds

ROWS = 5
KEPT_IN_SIGHT = timedelta(days=2)
TEMPLATE = "inspection/papers_panel.html"


def of_visit(person: Any, visit: Visit) -> slots.Panel | None:
    """Return the papers of a visit with their forms."""
    found = kinds.of_visit(person, visit) if person is not None else []
    if not found:
        return None
    rows = [(kind, _links("inspection:visit_paper", visit, kind)) for kind in found]
    return slots.Panel(_("Papers"), TEMPLATE, {"rows": rows, "has_font": fonts.has_chinese()}, id="papers")


def of_case(person: Any, case: Case) -> slots.Panel | None:
    """Return the papers of a case with their forms, those that were issued, and the button to issue one."""
    found = kinds.of_case(person, case) if person is not None else []
    if not found:
        return None
    may_issue = people.may(person, P.CASE_HANDLE, region=case.region)
    context = {
        "rows": [(kind, _links("inspection:case_paper", case, kind)) for kind in found],
        "issued": list(queries.papers(person).filter(case=case)[:20]),
        "to_issue": [
            (kind, reverse("inspection:issue_paper", args=[case.pk, kind.id]))
            for kind in found
            if may_issue and kind.is_issued
        ],
        "has_font": fonts.has_chinese(),
    }
    return slots.Panel(_("Papers"), TEMPLATE, context, id="papers")


def of_draw(person: Any, draw: Any) -> slots.Panel | None:
    """Return the buttons that set the papers of all visits of a draw as one file."""
    if person is None or not draw.is_revealed:
        return None
    offered = [(kind.label, kind.id, "pdf") for kind in kinds.batches(person, draw.region)]
    offered += [(label, "ledger", form) for form, label in listing.LEDGERS]
    if not queries.of_draw(draw):
        return None
    buttons = [(label, reverse("inspection:start_print", args=[id, form])) for label, id, form in offered]
    context = {"buttons": buttons, "draw": draw, "has_font": fonts.has_chinese()}
    return slots.Panel(_("Papers of this draw"), "inspection/draw_papers.html", context, id="papers")


def prints(person: Any) -> list[slots.TodoItem]:
    """Return the prints that this person asked for and has not fetched yet."""
    since = clock.now() - KEPT_IN_SIGHT
    rows = queries.prints(person).filter(fetched_at__isnull=True, asked_at__gte=since)
    here = reverse("inspection:prints")
    return [slots.queue("prints", _("Prints started by you"), rows, here, _row, shown=ROWS)]


def _row(job: PrintJob) -> slots.TodoRow:
    button = _("Fetch the file") if job.state == "done" else _("See how far it is")
    return slots.TodoRow(
        str(dict(labels.PAPERS)[job.kind]),
        reverse("inspection:print", args=[job.pk]),
        about=job.draw.serial if job.draw else _("Chosen visits"),
        button=button,
        note=str(dict(labels.PRINT_STATES)[job.state]),
    )


def _links(name: str, thing: Any, kind: kinds.Kind) -> list[tuple[str, str, str]]:
    """Return form, address and language of each way to take a paper."""
    forms = (("pdf", "PDF"), ("docx", "Word"), ("html", _("Page")))
    links = [(label, reverse(name, args=[thing.pk, kind.id, form]), "zh") for form, label in forms]
    english = reverse(name, args=[thing.pk, kind.id, "pdf"]) + "?language=en"
    return [*links, (_("English"), english, "en")]
