"""The pages of an upload: choose the file, see what was understood, decide."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from zhiheng import people
from zhiheng.errors import BadInput, Conflict, LimitExceeded, NotAllowed, NotFound, ZhihengError
from zhiheng.formats.spreadsheet import Sheet, column_letter
from zhiheng.web import forms, said
from zhiheng.web.gate import page
from zhiheng.web.imports import flow, held, known, layout, marked, reading, told
from zhiheng.web.imports.spec import ImportSpec, Outlook, get
from zhiheng.web.models import Upload
from zhiheng.web.tables.export import XLSX, attach

PREVIEW_ROWS = 5
FAULTS_ON_PAGE = 100
GROUPS_SHOWN = 30
OUTLOOK_ROWS = 200
OPEN = (Upload.State.READ, Upload.State.CHECKED)


@page()
def start(request: HttpRequest, spec: str) -> HttpResponse:
    """Show how a list must look, and take one."""
    kind = get(spec)
    people.require(request.user, kind.permission)
    fault: ZhihengError | None = None
    if request.method == "POST":
        try:
            upload = _receive(request, kind)
        except (BadInput, LimitExceeded) as error:
            fault = error
        else:
            return HttpResponseRedirect(reverse("web:upload", args=[upload.pk]))
    context = {
        "spec": kind,
        "fault": said.of(fault) if fault else None,
        "limit_mib": flow.size_limit() // (1024 * 1024),
    }
    return render(request, "web/import_start.html", context, status=fault.http_status if fault else 200)


def _receive(request: HttpRequest, kind: ImportSpec) -> Upload:
    file = request.FILES.get("file")
    if file is None:
        raise BadInput(_("No file was chosen."), _("Choose an Excel workbook or a CSV file."), code="no-file")
    if file.size > flow.size_limit():
        raise LimitExceeded(
            _("The file has %(size)s MiB; at most %(limit)s MiB are read.")
            % {"size": f"{file.size / 2**20:.1f}", "limit": flow.size_limit() // 2**20},
            _("Split it, or remove pictures and unused sheets."),
            code="file-too-large",
        )
    return flow.receive(person=request.user, spec=kind, data=file.read(), name=file.name)


@page()
def upload(request: HttpRequest, pk: Any) -> HttpResponse:
    """Show what was understood of a list; take the mapping, the confirmation, or put it aside."""
    found = flow.own(request.user, pk)
    kind = get(found.spec)
    people.require(request.user, kind.permission)
    fault: ZhihengError | None = None
    if request.method == "POST":
        try:
            return _decide(request, found, kind)
        except (NotAllowed, NotFound):
            raise
        except ZhihengError as error:
            fault = error
            found.refresh_from_db()
    context = {"upload": found, "spec": kind, "fault": said.of(fault) if fault else None}
    if found.state in OPEN:
        context |= _understood(request.user, found, kind)
    return render(request, "web/import_upload.html", context, status=fault.http_status if fault else 200)


def _decide(request: HttpRequest, found: Upload, kind: ImportSpec) -> HttpResponse:
    here = reverse("web:upload", args=[found.pk])
    wanted = request.POST.get("do", "")
    if wanted == "map":
        flow.remap(person=request.user, upload=found, **_mapping(request, kind))
        return HttpResponseRedirect(here)
    if wanted == "sheet":
        flow.choose_sheet(person=request.user, upload=found, name=forms.typed(request, "sheet")[:200])
        return HttpResponseRedirect(here)
    if wanted == "discard":
        flow.discard(person=request.user, upload=found)
        messages.success(request, _("The upload was put aside; nothing was stored."))
        return HttpResponseRedirect(reverse("web:import", args=[kind.id]))
    if wanted not in {"store", "store-good"}:
        raise BadInput(_("It is not clear what to do with this upload."), _("Use one of the buttons."))
    if found.state == Upload.State.DISCARDED:
        raise Conflict(_("This upload was put aside."), _("Upload the list again."), code="upload-decided")
    flow.confirm(person=request.user, upload=found, good_rows_only=wanted == "store-good")
    return HttpResponseRedirect(here)


def _mapping(request: HttpRequest, kind: ImportSpec) -> dict[str, Any]:
    try:
        header_row = int(request.POST.get("header_row", "1"))
        mapping = {column.key: int(request.POST.get(f"map-{column.key}") or 0) for column in kind.columns}
        said = {column.key: forms.typed(request, f"said-{column.key}")[:200] for column in kind.columns}
    except ValueError:
        raise BadInput(_("The mapping could not be read."), _("Choose each column from its list.")) from None
    if not 1 <= header_row <= 1000 or not all(0 <= place <= 256 for place in mapping.values()):
        raise BadInput(_("The mapping could not be read."), _("Choose each column from its list."))
    return {"header_row": header_row, "mapping": mapping, "said": said}


def _understood(person: Any, found: Upload, kind: ImportSpec) -> dict[str, Any]:
    """Return the mapping with the first rows, what was done to the list, and the faults in groups."""
    sheet = held.sheet(found.pk)
    header = [name.shown for name in layout.names(sheet, found.header_row)]
    recalled = known.recall(kind, sheet, known.home(person, kind.permission))
    places = [(place, f"{column_letter(place)} · {text[:40]}") for place, text in enumerate(header, 1)]
    proposed = set() if recalled else told.how(kind, sheet, found.header_row, found.mapping)
    mapped = [
        (
            column,
            found.mapping.get(column.key, 0),
            column.key in proposed,
            found.said.get(column.key, ""),
            column.required and column.assumed is not None,
        )
        for column in kind.columns
    ]
    below = reading.body(kind, sheet, found.header_row, found.mapping).rows[:PREVIEW_ROWS]
    faults = held.faults(found.pk) if found.state == Upload.State.CHECKED else []
    return {
        "places": places,
        "mapped": mapped,
        "told": told.sentences(kind, sheet, found.header_row, found.mapping, recalled, answers=found.said),
        "sheets": [other.name for other in sheet.others if other.head],
        "lacking": reading.unmapped(kind, found.mapping, found.said),
        "proposed": bool(proposed),
        "preview_heads": [column.label for column in kind.columns if found.mapping.get(column.key)],
        "preview": [
            (number, reading.as_stored(kind, sheet, found.header_row, found.mapping, row))
            for number, row in below
        ],
        "groups": [_named(group, header) for group in reading.grouped(faults)[:GROUPS_SHOWN]],
        "sheet_name": sheet.name,
        "outlook": _outlook(found, kind, sheet, person),
        "outlook_rows": OUTLOOK_ROWS,
        "outlook_slice": f":{OUTLOOK_ROWS}",
    }


def _outlook(found: Upload, kind: ImportSpec, sheet: Sheet, person: Any) -> Outlook | None:
    """Return what would follow from the good rows, where the kind of list says it."""
    if kind.outlook is None or found.state != Upload.State.CHECKED:
        return None
    good = reading.check(kind, sheet, found.header_row, found.mapping, person, found.said).good
    return kind.outlook(person, good) if good else None


def _named(group: reading.FaultGroup, header: Any) -> dict[str, Any]:
    place = group.column
    return {
        "letter": column_letter(place),
        "name": header[place - 1] if place <= len(header) else "",
        "group": group,
    }


@require_GET
@page()
def faults(request: HttpRequest, pk: Any) -> HttpResponse:
    """List every fault by its cell, a hundred to a page."""
    found = flow.own(request.user, pk)
    all_faults = held.faults(found.pk)
    text = request.GET.get("page", "")
    last = max(1, -(-len(all_faults) // FAULTS_ON_PAGE))
    number = min(max(1, int(text)), last) if text.isascii() and text.isdigit() else 1
    start_at = (number - 1) * FAULTS_ON_PAGE
    shown = all_faults[start_at : start_at + FAULTS_ON_PAGE]
    context = {
        "upload": found,
        "spec": get(found.spec),
        "faults": [(fault, column_letter(fault.column)) for fault in shown],
        "total": len(all_faults),
        "number": number,
        "last": last,
    }
    return render(request, "web/import_faults.html", context)


@require_GET
@page()
def marked_sheet(request: HttpRequest, pk: Any) -> HttpResponse:
    """Send the rows as uploaded, the faults marked."""
    found = flow.own(request.user, pk)
    data = marked.sheet_bytes(held.sheet(found.pk), found.header_row, held.faults(found.pk))
    stem = found.name.rpartition(".")[0] or found.name
    return attach(HttpResponse(data, content_type=XLSX), f"{stem}-{_('marked')}.xlsx")


@require_GET
@page()
def template(request: HttpRequest, spec: str) -> HttpResponse:
    """Send an empty workbook with the right header."""
    kind = get(spec)
    people.require(request.user, kind.permission)
    response = HttpResponse(marked.template_bytes(kind), content_type=XLSX)
    return attach(response, f"{kind.id}.xlsx")
