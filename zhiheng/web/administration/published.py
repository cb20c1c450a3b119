"""Public entries of the ledger: a stranger reads statement and hash, and takes both away as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhiheng.errors import NotFound, ZhihengError
from zhiheng.ledger.models import Entry
from zhiheng.ledger.sealing import receipts
from zhiheng.proof import canonical
from zhiheng.web.administration import queries
from zhiheng.web.administration.ledger import shown
from zhiheng.web.gate import page
from zhiheng.web.tables.export import attach


@require_safe
@page(public=True)
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """Show one public entry."""
    context = shown(queries.public_entry(seq))
    context["download_url"] = reverse("web:published_entry_json", args=[seq])
    context |= _receipt(context["entry"])
    return render(request, "web/administration/published.html", context)


@require_safe
@page(public=True)
def download(request: HttpRequest, seq: int) -> HttpResponse:
    """Send statement and hash of one public entry as canonical JSON, ready to be hashed again."""
    found = queries.public_entry(seq)
    said = canonical.dumps({"statement": queries.links(found).statement, "hash": found.hash})
    return attach(HttpResponse(said, content_type="application/json"), f"ledger-entry-{seq}.json")


@require_safe
@page(public=True)
def receipt(request: HttpRequest, seq: int) -> HttpResponse:
    """Send the receipt of a public entry with statement and key: one file that stands alone."""
    held = _held(seq)
    answer = HttpResponse(held.document(), content_type="application/json")
    return attach(answer, f"receipt-{held.entry.pk}.json")


@require_safe
@page(public=True)
def proof(request: HttpRequest, seq: int) -> HttpResponse:
    """Send the bare receipt as other programs read it (c2sp.org/tlog-proof)."""
    held = _held(seq)
    answer = HttpResponse(held.proof(), content_type="text/plain; charset=utf-8")
    return attach(answer, f"receipt-{held.entry.pk}.tlog-proof")


def _held(seq: int) -> receipts.Held:
    held = receipts.of(queries.public_entry(seq))
    if held is None:
        raise NotFound(_("This entry waits to be sealed."), _("Come back in a minute."))
    return held


def _receipt(found: Entry) -> dict[str, Any]:
    """Return the receipt for the page, or that the log cannot be read: the entry itself is shown anyway."""
    try:
        held = receipts.of(found)
    except ZhihengError:
        return {"is_damaged": True}
    # segno escapes the title, and nothing else in the drawing comes from outside.
    return {"held": held, "qr": mark_safe(held.qr()) if held else ""}
