"""The office's side of the firm's page: issue an access code, and read what the firm sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import ledger, people, web
from zhiheng.ledger import evidence
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms, wording

from .. import actions, firm_queries, queries, rules
from ..firm_refusals import refuse
from ..models import Party, Visit
from ..qr import square


class IssueForm(forms.Form):
    """One button: the code is made when it is pressed."""

    form_id = "inspection.access"
    submit_label = gettext_lazy("Issue the access code")


@web.page(permission=P.CASE_HANDLE)
def issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Issue a code and show it once, as a sheet to print and hand over."""
    visit = queries.visit(request.user, pk)
    return _issued(request, visit, None, reverse("inspection:access", args=[visit.pk]))


@web.page(permission=P.CASE_HANDLE)
def issue_to_party(request: HttpRequest, pk: UUID, role: str) -> HttpResponse:
    """Issue a code to the producer or the platform of a case, for this case alone."""
    case = queries.case(request.user, pk)
    party = firm_queries.party(case, role)
    return _issued(request, case.visit, party, reverse("inspection:party_access", args=[case.pk, role]))


def _issued(request: HttpRequest, visit: Visit, party: Party | None, here: str) -> HttpResponse:
    people.require(request.user, P.CASE_HANDLE, region=visit.region)
    if visit.state == rules.ASSIGNED:
        raise refuse("code-too-early")
    made: list[Any] = []

    def act(form: IssueForm) -> str:
        made.append(actions.issue_code(by=request.user, visit=visit, party=party))
        return here

    form, answer = forms.handle(request, IssueForm, act=act, key=here)
    holder = party or visit.subject
    context = {
        "title": _("Access code for the party") if party is not None else _("Access code for the firm"),
        "holder": holder,
        "party": party,
        "here": here,
        "form": form,
        "cancel_url": back_to(visit),
        "in_force": firm_queries.access_in_force(visit.subject, party),
        "was_shown": answer is not None and not made,
        "crumbs": breadcrumb.trail((_("Visits"), reverse("inspection:visits")), holder.name),
    }
    if made:
        address = request.build_absolute_uri(reverse("inspection:my"))
        context |= {"issued": made[0], "address_of_page": address, "square": square(address, _("Address"))}
    response = render(request, "inspection/access_issue.html", context)
    response["Cache-Control"] = "no-store, private"
    return response


@web.page(permission=P.INSPECTION_VIEW)
def sent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a firm sent, with its files and the receipt that the firm holds."""
    found, entry = firm_queries.receipt(firm_queries.sent_by(request.user), pk)
    context = {
        "title": _("Sent by the firm: %(kind)s") % {"kind": found.get_kind_display()},
        "sent": found,
        "entry": entry,
        "received_at": wording.moment(entry.at),
        "words": next(iter(ledger.words.of(entry)), None),
        "crumbs": breadcrumb.trail(
            (_("Cases"), reverse("inspection:cases")),
            (found.case.subject.name, reverse("inspection:case", args=[found.case_id])),
            _("Sent by the firm"),
        ),
    }
    return render(request, "inspection/sent.html", context)


@web.page(permission=P.INSPECTION_VIEW)
def sent_file(request: HttpRequest, pk: UUID, sha256: str) -> HttpResponse:
    """Hand out one file that a firm sent, exactly as it came."""
    return as_it_came(firm_queries.paper(request.user, pk, sha256))


@web.page(permission=P.INSPECTION_VIEW)
def visit_file(request: HttpRequest, pk: UUID, sha256: str) -> HttpResponse:
    """Hand out one file of a visit."""
    return as_it_came(firm_queries.visit_file(request.user, pk, sha256))


def as_it_came(file: dict[str, Any]) -> HttpResponse:
    """Answer with the bytes of a file, to be saved and never run in the page."""
    response = HttpResponse(evidence.read(file["sha256"]), content_type=file["media_type"])
    ending = evidence.suffix(file["media_type"])
    response["Content-Disposition"] = f'attachment; filename="{file["sha256"][:16]}{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def back_to(visit: Any) -> str:
    """Return the page from which a code is issued: the case where there is one, else the visit."""
    case = getattr(visit, "case", None)
    name, thing = ("inspection:case", case) if case is not None else ("inspection:visit", visit)
    return reverse(name, args=[thing.pk])
