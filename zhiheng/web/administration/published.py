"""Public entries of the ledger: a stranger reads statement and hash, and takes both away as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

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
    return render(request, "web/administration/published.html", context)


@require_safe
@page(public=True)
def download(request: HttpRequest, seq: int) -> HttpResponse:
    """Send statement and hash of one public entry as canonical JSON, ready to be hashed again."""
    found = queries.public_entry(seq)
    said = canonical.dumps({"statement": queries.links(found).statement, "hash": found.hash})
    return attach(HttpResponse(said, content_type="application/json"), f"ledger-entry-{seq}.json")
