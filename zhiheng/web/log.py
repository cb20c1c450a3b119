"""The log of public entries: its files as they lie on disk, and a page that says what they are for."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from zhiheng.errors import NotFound, ZhihengError
from zhiheng.ledger.models import Sealed
from zhiheng.ledger.sealing import places, receipts, sequencer, witnessing
from zhiheng.verification.log_folder import CHECKPOINT, VKEY
from zhiheng.web import timeline
from zhiheng.web.gate import page

# Names of the formats alone: whatever else lies in the folder, or above it, has no address.
_FILE = re.compile(
    r"(?:ended/[0-9]{1,4}/|shard/[0-9]{2}/)?(?:sm/)?"
    r"(?P<name>checkpoint|vkey|tile/(?:entries|[0-9]{1,2})/(?:x[0-9]{3}/)*[0-9]{3}(?:\.p/[0-9]{1,3})?)"
)
NEWEST = 10
_FOR_EVER = "public, max-age=31536000, immutable"  # a tile of some width never changes
_TEXT = "text/plain; charset=utf-8"


@require_safe
@page(public=True)
def file(request: HttpRequest, name: str) -> HttpResponse:
    """Send one file of the log (c2sp.org/tlog-tiles); tiles may be kept, the checkpoint is asked for anew."""
    found = _FILE.fullmatch(name)
    try:
        if found is None:
            raise FileNotFoundError(name)
        data = (places.public() / name).read_bytes()  # a bundle at most
    except (OSError, ValueError):
        raise NotFound(
            _("The log has no such file."), _("Begin with the file checkpoint, which says its size.")
        ) from None
    is_tile = found["name"].startswith("tile/")
    answer = HttpResponse(data, content_type="application/octet-stream" if is_tile else _TEXT)
    answer["Cache-Control"] = _FOR_EVER if is_tile else "no-cache"
    return answer


@csrf_exempt  # another office's log posts here, without a session; what it may do is in its signature
@require_POST
@page(public=True)
def witness_add(request: HttpRequest) -> HttpResponse:
    """Judge a checkpoint that another log hands in, and sign it (c2sp.org/tlog-witness)."""
    if not witnessing.is_witness():
        raise _no_witness()
    if int(request.headers.get("Content-Length") or 0) > witnessing.MOST_BYTES:
        return HttpResponse("The request is too long.\n", status=413, content_type=_TEXT)
    given = witnessing.answer(request.body)
    return HttpResponse(given.body, status=given.status, content_type=given.content_type)


@require_safe
@page(public=True)
def witness_seen(request: HttpRequest, log: str) -> HttpResponse:
    """Show the last checkpoint of a log that this site cosigned, named by SHA-256 of its origin."""
    if not witnessing.is_witness() or re.fullmatch("[0-9a-f]{64}", log) is None:
        raise _no_witness()
    try:
        said = (witnessing.folder() / log / CHECKPOINT).read_bytes()
    except FileNotFoundError:
        raise _no_witness() from None
    return HttpResponse(said, content_type=_TEXT, headers={"Cache-Control": "no-cache"})


def _no_witness() -> NotFound:
    return NotFound(_("This site does not witness that log."), _("Ask its office to add the log."))


@require_safe
@page(public=True)
def overview(request: HttpRequest) -> HttpResponse:
    """Say where the log stands, by which key it signs, and how a stranger checks all of it."""
    context: dict[str, Any] = {"title": _("The public log"), "waiting": sequencer.waiting()}
    folder = next(places.folders(), None)
    reader = _reader(folder)
    if reader is not None:
        newest = Sealed.objects.select_related("entry").order_by("-seq")
        context |= {
            "said": reader.said,
            "root": reader.said.root.hex(),
            "vkey": str(reader.key),
            "command": f"zhiheng log verify log --vkey '{reader.key}'",
            "newest": [(row, timeline.labels.get(row.entry.verb)[0]) for row in newest[:NEWEST]],
            "files": [(name, reverse("web:log_file", args=[name])) for name in (CHECKPOINT, VKEY)],
        }
    return render(request, "web/log.html", context)


def _reader(folder: Any) -> receipts.Reader | None:
    """Return the present log, None where there is none yet or its files are damaged: the page says so."""
    try:
        return folder and receipts.Reader.in_folder(folder)
    except ZhihengError:
        return None
