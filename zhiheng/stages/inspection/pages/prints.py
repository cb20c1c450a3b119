"""Prints of many papers: asked for on a list or a draw, watched, left and found again, fetched."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiheng import ledger, web
from zhiheng.errors import Conflict
from zhiheng.ledger import evidence
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.draw import queries as draws
from zhiheng.web import breadcrumb, timeline, wording
from zhiheng.web.tables import export

from .. import actions, labels, listing, queries
from ..models import PrintJob
from ..papers import printing
from .papers import origin

MOST_CHOSEN = 1_000


@web.page(permission=P.INSPECTION_VIEW)
def prints(request: HttpRequest) -> HttpResponse:
    """List the prints that this person asked for."""
    context = {"title": _("Prints")}
    return listing.PRINTS.respond(request, queries.prints(request.user), "web/list.html", context)


@web.page(permission=P.INSPECTION_VIEW)
@require_POST
def start(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """Ask for the papers of a draw or of the chosen rows as one file, and show how far it is."""
    serial = web.forms.typed(request, "draw")
    job = actions.start_print(
        by=request.user,
        kind=kind,
        form=form,
        draw=draws.draw(serial, request.user) if serial else None,
        visits=_chosen(request),
        language=web.forms.typed(request, "language", "zh"),
        origin=origin(request),
    )
    return HttpResponseRedirect(reverse("inspection:print", args=[job.pk]))


@web.page(permission=P.INSPECTION_VIEW)
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how far a print is; the page looks again by itself, and can be left."""
    found = queries.print_job(request.user, pk)
    kind = dict(labels.PAPERS)[found.kind]
    context = {
        "title": kind,
        "job": found,
        "state": listing.print_state(found),
        "is_open": found.state in ("queued", "running"),
        "identity": [
            (_("What of"), found.draw.serial if found.draw else _("Chosen visits")),
            (_("Asked for"), wording.number(found.total)),
            (_("Asked on"), wording.moment(found.asked_at)),
        ],
        "items": timeline.from_entries(ledger.timeline("print", str(found.pk))),
        "crumbs": breadcrumb.trail((_("Prints"), reverse("inspection:prints")), kind),
    }
    return render(request, "inspection/print.html", context)


@web.page(permission=P.INSPECTION_VIEW)
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out the file of a print, checked against its hash."""
    found = queries.print_job(request.user, pk)
    if found.state != "done":
        raise Conflict(_("This print is not ready."), _("Its page shows how far it is."))
    if found.fetched_at is None:
        PrintJob.objects.filter(pk=found.pk).update(fetched_at=clock.now())
    about = found.draw.serial if found.draw else f"{found.asked_at:%Y%m%d}"
    name = export.marked(f"{found.kind}-{about}.{found.form}")
    answer = HttpResponse(evidence.read(found.file_sha), content_type=printing.media_type(found.form))
    return export.attach(export.mark(answer), name)


def _chosen(request: HttpRequest) -> list[str]:
    """Return the ids of the chosen rows that are ids at all."""
    found = []
    for text in request.POST.getlist("ids")[:MOST_CHOSEN]:
        try:
            found.append(str(UUID(text)))
        except ValueError:
            continue
    return found
