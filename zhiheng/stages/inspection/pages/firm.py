"""The firm's own page by access code: what was found, what can I do until when, what did I send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from zhiheng import ledger, web
from zhiheng.errors import ZhihengError
from zhiheng.web import wording

from .. import actions, door, firm_queries, labels, queries, reasons, rules, sides
from ..actions.proofs import HandedIn
from ..firm_forms import FIRM_FORMS, PARTY_FORMS, EnterForm
from ..firm_labels import next_for
from ..models import Case, Clock, Party, Visit
from ..qr import square
from . import open_page

BUTTONS = {
    "object": gettext_lazy("I do not agree: object"),
    "accept": gettext_lazy("I agree: accept the result"),
    "formalities": gettext_lazy("Declare the formalities of the re-test done"),
    "correction": gettext_lazy("Send proof of correction"),
    "material": gettext_lazy("Send further papers"),
}


@dataclass(frozen=True)
class Matter:
    """One visit as the firm reads it: what was found, where it stands, what can be done until when."""

    visit: Visit
    case: Case | None
    standing: Any
    next: Any
    results: list[Any]
    clocks: list[tuple[Any, Any, str]]
    steps: list[tuple[Any, str, bool]]

    @property
    def is_current(self) -> bool:
        """Whether something can still be done or comes next."""
        return bool(self.steps)


@never_cache
@sensitive_post_parameters("code")
@web.page(public=True)
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the two codes and open the page."""
    if request.method != "POST":
        is_open = door.opened(request.COOKIES.get(open_page.COOKIE)) is not None
        return HttpResponseRedirect(open_page.home()) if is_open else open_page.ask(request)
    form = EnterForm(request.POST)
    if not form.is_valid():
        return open_page.ask(request, form)
    try:
        page = door.enter(**form.cleaned_data)
    except ZhihengError as error:
        form.refuse(error)
        return open_page.ask(request, form, status=403)
    response = HttpResponseRedirect(open_page.home())
    open_page.keep_open(request, response, page)
    return response


@open_page.opened
def page(request: HttpRequest, opened: door.Opened) -> HttpResponse:
    """Show the firm its own page; sent with a button, close it."""
    if request.method == "POST":
        door.leave(opened)
        response = HttpResponseRedirect(reverse("inspection:my") + "?closed")
        open_page.close(response)
        return response
    visits = _visits(opened)
    found = firm_queries.results_of(visits)
    context = {
        "title": opened.access.name,
        "organisation": opened.access.organisation,
        "party": opened.party,
        "matters": [_matter(visit, found[visit.pk], opened.party) for visit in visits],
        "listed": firm_queries.listed(opened.subject) if opened.party is None else (),
        "sent": firm_queries.with_entries(firm_queries.sent_through(opened.access)[:50]),
        "minutes": door.MINUTES,
        "until": opened.access.expires_at,
    }
    return render(request, "inspection/my_page.html", context)


@open_page.opened
def send(request: HttpRequest, opened: door.Opened, pk: UUID, kind: str) -> HttpResponse:
    """Let the firm accept, object, declare, prove or add handed_files."""
    case = queries.case(opened.bearer, pk)
    party = opened.party
    if kind not in FIRM_FORMS or (party is not None and party.case_id != case.pk):
        raise queries.not_found()

    def act(form: Any) -> str:
        said = {name: form.cleaned_data[name] for name in form.cleaned_data if name != "is_sure"}
        sent = actions.hand_in(by=opened.bearer, case=case, handed=HandedIn(kind, form.token, **said))
        return reverse("inspection:my_receipt", args=[sent.pk])

    form_class = PARTY_FORMS.get(kind, FIRM_FORMS[kind]) if party is not None else FIRM_FORMS[kind]
    form, answer = open_page.handle(request, form_class, act=act)
    clock = min(_running(case, party), key=lambda one: one.due_on, default=None)
    context = {
        "form": form,
        "title": BUTTONS[kind],
        "due_on": clock.due_on if clock is not None and kind != "material" else None,
        "product": _product(case.visit),
        "cancel_url": open_page.home(),
    }
    return answer or render(request, "inspection/my_form.html", context)


@open_page.opened
def receipt(request: HttpRequest, opened: door.Opened, pk: UUID) -> HttpResponse:
    """Show the receipt of what was sent, to be printed."""
    sent, entry = firm_queries.receipt(firm_queries.sent_through(opened.access), pk)
    context = {
        "title": _("Receipt no. %(number)s") % {"number": entry.seq},
        "sent": sent,
        "entry": entry,
        "received_at": wording.moment(entry.at),
        "words": next(iter(ledger.words.of(entry)), None),
        "product": _product(sent.case.visit),
        "square": square(f"zhiheng receipt {entry.seq} {entry.hash}", _("Number and hash of this receipt")),
        "back": open_page.home(),
    }
    return render(request, "inspection/my_receipt.html", context)


def _visits(opened: door.Opened) -> list[Visit]:
    if opened.party is not None:
        rows = Visit.objects.filter(pk=opened.party.case.visit_id)
        rows = rows.select_related("sample", "subject").prefetch_related("case__clocks", "case__objections")
        return list(rows)
    rows = queries.visits(opened.bearer).prefetch_related("case__clocks", "case__objections")
    return list(rows.order_by("-visited_on", "-id")[:20])


def _matter(visit: Visit, results: list[Any], party: Party | None) -> Matter:
    """Return a visit as one side may read it: before its notice was served, a failing result is not told."""
    case = getattr(visit, "case", None)
    is_served = party.stand != rules.UNSERVED if party else case is not None and case.state != rules.OPENED
    if not (is_served or (visit.state == rules.PASSED and party is None)):
        state = labels.VISIT_STATES[visit.state if visit.state in rules.NON_RESPONSE else rules.SAMPLED]
        words = "" if visit.state in rules.NON_RESPONSE else _("The result is not there yet, or not served.")
        return Matter(visit, None, state, words, [], [], [])
    if case is None:
        words = _("The sample conforms. You need not do anything.")
        return Matter(visit, None, labels.VISIT_STATES[visit.state], words, results, [], [])
    own = sides.has_objected(case, party)
    return Matter(
        visit=visit,
        case=case,
        standing=labels.CASE_STATES[case.state],
        next=next_for(
            case.state, steps=sides.open_to(case, party), objected=own, role=party.role if party else ""
        ),
        results=results,
        clocks=[(one, reasons.of_clock(one), reasons.rule_name(one.rule)) for one in _running(case, party)],
        steps=_steps(case, party),
    )


def _running(case: Case, party: Party | None) -> list[Clock]:
    """Return the clocks that concern one side: its own, and that of the re-test for which it asked."""
    found = [one for one in case.clocks.all() if one.status != rules.STOPPED]
    if party is None:
        return [one for one in found if one.party_id is None]
    asked = party.stand == "objected"
    return [
        one
        for one in found
        if one.party_id == party.pk or (asked and one.party_id is None and one.rule in rules.RETEST_RULES)
    ]


def _steps(case: Case, party: Party | None) -> list[tuple[Any, str, bool]]:
    """Return what one side can do now: words, address, and whether it is the step of this state."""
    return [
        (BUTTONS[kind], reverse("inspection:my_send", args=[case.pk, kind]), kind != "material")
        for kind in sides.open_to(case, party)
    ]


def _product(visit: Visit) -> str:
    sample = getattr(visit, "sample", None)
    return f"{sample.product_name} · {wording.day(visit.visited_on)}" if sample is not None else ""
