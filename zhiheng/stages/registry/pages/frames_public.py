"""The frozen lists as everybody may check them: hashes, changes with reasons, and who is on them."""

from __future__ import annotations

import json
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from zhiheng import ledger
from zhiheng.errors import BadInput, NotFound
from zhiheng.people import clock
from zhiheng.web import breadcrumb, timeline, wording
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, Table
from zhiheng.web.tables.export import attach, mark, marked

from .. import grounds, labels, listed, rules_frames
from ..forms_frames import AskForm
from ..models import Frame

TABLE = Table(
    id="public-frames",
    caption=gettext_lazy("Frozen lists"),
    columns=(
        Column(
            "region",
            gettext_lazy("Region"),
            kind="region",
            url=lambda row: reverse("registry:public_frame", args=[row.pk]),
            sort=("region", "pk"),
        ),
        Column("as_of", gettext_lazy("As of"), kind="date"),
        Column("purpose", gettext_lazy("Purpose"), sortable=False),
        Column("unit_count", gettext_lazy("Units"), kind="number", sortable=False),
        Column(
            "until",
            gettext_lazy("Objections until"),
            kind="date",
            value=lambda row: rules_frames.objections_until(row.as_of),
            sortable=False,
        ),
        Column(
            "unexplained",
            gettext_lazy("Gone without a reason"),
            kind="number",
            value=lambda row: row.removed_without_reason,
            sortable=False,
        ),
    ),
    filters=(
        Filter("region", gettext_lazy("Region"), "region"),
        Filter("as_of", gettext_lazy("As of"), "date"),
    ),
    default_sort="-as_of",
    export_name="frozen-lists",
    empty=gettext_lazy("No list has been frozen yet."),
)


@page(public=True)
def public_frames(request: HttpRequest) -> HttpResponse:
    """List the frozen lists from which firms are drawn."""
    context = {
        "title": _("Is my firm on the list, once?"),
        "lead": _(
            "Firms are drawn from these lists. Choose one to see what it holds and to look for a firm."
        ),
    }
    return TABLE.respond(request, listed.public_frames(), "registry/public_frames.html", context)


@never_cache
@sensitive_post_parameters("salt")
@page(public=True)
def public_frame(request: HttpRequest, pk: Any) -> HttpResponse:
    """Show one list and answer whether a firm is on it, with the proof to take away."""
    found = listed.public_frame(pk)
    form = AskForm(request.POST if request.method == "POST" else None, is_salted=found.is_salted)
    answer = _answer(found, form) if form.is_bound and form.is_valid() else None
    if answer is not None and answer.proof is not None and request.POST.get("do") == "proof":
        return download(answer)
    context = {
        "title": _("List of %(region)s, %(day)s")
        % {"region": wording.region_name(found.region), "day": wording.day(found.as_of)},
        "crumbs": breadcrumb.trail(
            (_("Frozen lists"), reverse("registry:public_frames")), wording.day(found.as_of)
        ),
        "frame": found,
        "form": form,
        "answer": answer,
        "salt": form.cleaned_data.get("salt", "") if answer else "",
        "file": file_name(answer) if answer and answer.proof else "",
        "definition": grounds.definition(found),
        "identity": _identity(found),
        "removed": labels.removed(found.changes.get("removed", {})),
        "is_open_for_objections": clock.today() <= rules_frames.objections_until(found.as_of),
        "until": rules_frames.objections_until(found.as_of),
        "items": timeline.from_entries(ledger.timeline("frame", str(found.pk), public_only=True)),
    }
    return render(request, "registry/public_frame.html", context)


@page(public=True)
def frame_changes(request: HttpRequest, pk: Any) -> FileResponse:
    """Hand out what changed since the last list of the same kind, line by line."""
    found = listed.public_frame(pk)
    if not found.changes_sha:
        raise NotFound(
            _("This list is the first of its kind."), _("There is no earlier one to compare it with.")
        )
    return FileResponse(
        ledger.evidence.path(found.changes_sha).open("rb"),
        as_attachment=True,
        filename=marked(f"changes-{found.region}-{found.as_of}.tsv"),
        content_type="text/tab-separated-values; charset=utf-8",
    )


def _answer(found: Frame, form: AskForm) -> listed.Answer | None:
    try:
        return listed.ask(found, form.cleaned_data["code"], form.cleaned_data.get("salt", ""))
    except BadInput as error:
        form.refuse(error)
        return None


def file_name(answer: listed.Answer) -> str:
    """Return the file name of a proof."""
    return f"frame-proof-{answer.code}.json"


def download(answer: listed.Answer) -> HttpResponse:
    """Return the proof of an answer as a file to keep."""
    data = json.dumps(answer.proof, ensure_ascii=False, indent=1)
    response = HttpResponse(data, content_type="application/json; charset=utf-8")
    return attach(mark(response), file_name(answer))


def _identity(found: Frame) -> list[tuple[Any, Any]]:
    return [
        (_("Region"), wording.region_path(found.region)),
        (_("As of"), wording.day(found.as_of)),
        (_("Units"), wording.number(found.unit_count)),
        (_("Objections until"), wording.day(rules_frames.objections_until(found.as_of))),
        *named(found),
        (_("Hash of the frame file (SHA-256)"), found.sha256),
        (_("Root over its lines (RFC 9162)"), found.merkle_root),
    ]


def named(found: Frame) -> list[tuple[Any, Any]]:
    """Return how a list names its firms, and why where that was decided."""
    rows = [(_("Firms are named"), labels.IDS[found.ids])]
    if found.ids_reason:
        rows.append((_("Reason for naming them so"), labels.ids_reason(found.ids_reason)))
    return rows
