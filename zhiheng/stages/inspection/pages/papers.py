"""Papers: each printed from its visit or case, issued, listed, and set again to be compared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiheng import ledger, web
from zhiheng.ledger import evidence
from zhiheng.people.permissions import P
from zhiheng.stages.draw.words import spoken
from zhiheng.web import breadcrumb, timeline, wording
from zhiheng.web.tables import export

from .. import actions, labels, listing, queries
from ..models import IssuedPaper
from ..papers import issued, kinds, printing
from ..refusals import REFUSALS, refuse


@web.page(permission=P.INSPECTION_VIEW)
def of_visit(request: HttpRequest, pk: UUID, kind: str, form: str) -> HttpResponse:
    """Print one paper of a visit."""
    return _printed(request, queries.visit(request.user, pk), kind, form, "visit")


@web.page(permission=P.INSPECTION_VIEW)
def of_case(request: HttpRequest, pk: UUID, kind: str, form: str) -> HttpResponse:
    """Print one paper of a case."""
    return _printed(request, queries.case(request.user, pk), kind, form, "case")


@spoken(REFUSALS)
def _printed(request: HttpRequest, thing: Any, kind: str, form: str, about: str) -> HttpResponse:
    wanted = kinds.get(kind, about=about)
    if not wanted.may_print(request.user, thing) or form not in kinds.FORMS:
        raise refuse("no-such-paper")
    language = request.GET.get("language", "zh")
    paper = printing.build(wanted, thing, language=language, origin=origin(request))
    return _sent(printing.render(paper, form), f"{paper.name}.{form}", form)


@web.page(permission=P.CASE_HANDLE)
@require_POST
def issue(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Issue a paper of a case and show it."""
    found = queries.case(request.user, pk)
    paper = actions.issue_paper(
        by=request.user,
        case=found,
        kind=kind,
        language=web.forms.typed(request, "language", "zh"),
        origin=origin(request),
    )
    messages.success(request, _("The paper is issued; its words and its file are kept by their hashes."))
    return HttpResponseRedirect(reverse("inspection:paper", args=[paper.pk]))


@web.page(permission=P.INSPECTION_VIEW)
def papers(request: HttpRequest) -> HttpResponse:
    """List the papers that were issued."""
    context = {"title": _("Papers issued"), "prints_url": reverse("inspection:prints")}
    return listing.ISSUED.respond(request, queries.papers(request.user), "inspection/papers.html", context)


@web.page(permission=P.INSPECTION_VIEW)
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one issued paper: its hashes, what set it, and its file."""
    return render(request, "inspection/paper.html", _about(queries.paper(request.user, pk)))


@web.page(permission=P.INSPECTION_VIEW)
def compare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set an issued paper again and say whether the file is the same."""
    found = queries.paper(request.user, pk)
    context = _about(found) | {"comparison": issued.set_again(found)}
    return render(request, "inspection/paper.html", context)


@web.page(permission=P.INSPECTION_VIEW)
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out the file that was issued, byte for byte."""
    found = queries.paper(request.user, pk)
    name = f"{found.kind}-{found.number}.{found.form}"
    return _sent(evidence.read(found.file_sha), name, found.form)


def origin(request: HttpRequest) -> str:
    """Return the address of this site as papers name it."""
    return f"{request.scheme}://{request.get_host()}"


def _sent(data: bytes, name: str, form: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=printing.media_type(form))
    return export.attach(export.mark(answer), export.marked(name))


def _about(found: IssuedPaper) -> dict[str, Any]:
    kind = dict(labels.PAPERS)[found.kind]
    return {
        "title": kind,
        "paper": found,
        "identity": [
            (_("Paper number"), found.number),
            (_("Firm"), found.case.subject.name),
            (_("Region"), wording.region_path(found.region)),
            (_("Dated"), wording.day(found.dated)),
            (_("Issued on"), wording.moment(found.issued_at)),
            (_("Language of the paper"), _("Chinese") if found.language == "zh" else _("English")),
            (_("Template"), found.template),
            (_("Set by"), found.engine),
            (_("Hash of the content"), found.data_sha),
            (_("Hash of the file"), found.file_sha),
        ],
        "actions": [
            (_("Download"), reverse("inspection:paper_file", args=[found.pk])),
            (_("Set again and compare"), reverse("inspection:compare_paper", args=[found.pk])),
            (_("Open the case"), reverse("inspection:case", args=[found.case_id])),
        ],
        "items": timeline.from_entries(ledger.timeline("paper", str(found.pk))),
        "crumbs": breadcrumb.trail((_("Papers"), reverse("inspection:papers")), kind),
    }
