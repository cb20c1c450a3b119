"""What a person can do in a case beside its plain steps: parties, re-test, stop, hold, transfer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiheng import people, web
from zhiheng.people.permissions import P

from .. import actions, custody, handed_in, qualified, queries, rules, sides
from ..forms import cases as forms
from ..forms import hands
from ..labels import DOCUMENTS, NEEDS
from ..models import Case, Measure, Party, Retest, Transfer
from ..rules import following
from .deeds import Deed, in_region, respond


def _handles(person: Any, found: Case) -> bool:
    return people.may(person, P.CASE_HANDLE, region=found.region)


def _reports(person: Any, found: Case) -> bool:
    named = Retest.objects.filter(case=found).first() if found.state == "retesting" else None
    lab = named.lab if named else None
    return people.may(person, P.RESULT_RECORD, region=found.region, organisation=lab)


def _answers(person: Any, found: Case) -> bool:
    made = Transfer.objects.filter(case=found, answer="").first()
    return made is not None and people.may(person, P.CASE_HANDLE, region=made.to_region)


def _unserved(role: str) -> Any:
    def ask(found: Case) -> bool:
        waiting = Party.objects.filter(case=found, role=role, stand=rules.UNSERVED)
        return found.state in sides.CONTEST and waiting.exists()

    return ask


def _serve(role: str) -> Any:
    def act(by: Any, found: Case, form: Any) -> None:
        said = form.cleaned_data
        sent = {"served_on": said["on"], "served_by": said["served_by"]}
        sent["proof_sha"] = handed_in.keep(hands.paper(said["proof"]))
        if role == sides.FIRM:
            actions.serve_notice(by=by, case=found, **sent)
        else:
            actions.serve_party(by=by, case=found, role=role, **sent)

    return act


def _object(by: Any, found: Case, form: Any) -> None:
    said = form.cleaned_data
    is_producer = said["side"] == rules.PRODUCER
    party = Party.objects.filter(case=found, role=rules.PRODUCER).first() if is_producer else None
    if is_producer and party is None:
        custody.refuse_party()
    actions.object_result(
        by=by,
        case=found,
        kind=said["kind"],
        grounds=said["grounds"],
        filed_on=said["filed_on"],
        party=party,
        paper_sha=handed_in.keep(hands.paper(said["paper"])),
    )


def _test(by: Any, found: Case, form: Any) -> None:
    said = form.cleaned_data
    actions.record_case_test(
        by=by,
        case=found,
        measured=form.measurement(),
        is_complete=said["is_complete"],
        is_confirmed=said["is_confirmed"],
        report_sha=handed_in.keep(hands.paper(said["report"])),
    )


def _first_item(found: Case) -> dict[str, Any]:
    """Return what a further test starts from: the first failing item that was not tested again."""
    done = set(found.tests.filter(phase=following.PHASE_OF[found.state]).values_list("item", flat=True))
    named = Retest.objects.filter(case=found).first() if found.state == "retesting" else None
    for one in qualified.failing(found):
        if one.item not in done:
            names = ("item", "method", "unit", "limit_kind", "limit", "decision_rule")
            said = {name: getattr(one, name) for name in names}
            return {**said, "lab": named.lab if named else ""}
    return {}


def _may_stop(found: Case) -> bool:
    last = Measure.objects.filter(case=found, kind__in=(rules.STOP_SALE, rules.RESUME_SALE)).last()
    is_stopped = last is not None and last.kind == rules.STOP_SALE
    return not is_stopped and "order_stop_sale" in rules.CASES.events(found.state)


def _firm_step(by: Any, found: Case, form: Any) -> None:
    said = form.cleaned_data
    sha = handed_in.keep(hands.paper(said["paper"]))
    actions.move_case(by=by, case=found, event=said["event"], on=said["on"], paper_sha=sha)


def _answer(by: Any, found: Case, form: Any) -> None:
    said = form.cleaned_data
    is_accepted = said["answer"] == "accepted"
    actions.answer_transfer(by=by, case=found, is_accepted=is_accepted, reason=said["reason"])


def _service(role: str, title: Any, is_now: Any) -> Deed:
    return Deed(
        title,
        forms.ServiceForm,
        _handles,
        _serve(role),
        is_now,
        needs=(NEEDS["test_report"], NEEDS["proof_of_service"]),
        document=DOCUMENTS["notice_of_result"],
        initial=("on",),
    )


CASE_DEEDS: dict[str, Deed] = {
    "serve": _service(
        sides.FIRM,
        _("Record that the notice was received"),
        lambda found: found.state == rules.OPENED,
    ),
    "serve-producer": _service(
        rules.PRODUCER, _("Record that the producer received the notice"), _unserved(rules.PRODUCER)
    ),
    "serve-platform": _service(
        rules.PLATFORM, _("Record that the platform received the notice"), _unserved(rules.PLATFORM)
    ),
    "paper-objection": Deed(
        _("File an objection that came on paper"),
        forms.PaperObjectionForm,
        _handles,
        _object,
        lambda found: found.state in (rules.NOTIFIED, rules.OBJECTED),
        needs=(NEEDS["objection"], NEEDS["within_time"]),
        initial=("filed_on",),
    ),
    "firm-paper": Deed(
        _("Record what the firm handed in on paper"),
        forms.FirmPaperForm,
        _handles,
        _firm_step,
        lambda found: bool({name for name, _word in forms.FIRM_STEPS} & set(rules.CASES.events(found.state))),
        needs=(NEEDS["firm_paper"],),
        initial=("on",),
    ),
    "name-laboratory": Deed(
        _("Name the laboratory of the re-test"),
        forms.NamingForm,
        _handles,
        lambda by, found, form: actions.name_retest_lab(by=by, case=found, **form.cleaned_data),
        lambda found: found.state == "retest_formal",
        needs=(NEEDS["laboratory_qualified"], NEEDS["another_laboratory"]),
        document=DOCUMENTS["letter_to_the_laboratory"],
        initial=("on",),
    ),
    "test": Deed(
        _("Report an item of the re-test or re-check"),
        forms.CaseTestForm,
        _reports,
        _test,
        lambda found: found.state in following.PHASE_OF,
        lead=_("The first result stays as it is; this one stands beside it."),
        needs=(NEEDS["retest_report"],),
        initial=("reported_on",),
        start=_first_item,
    ),
    "stop-sale": Deed(
        _("Order to stop production and sale"),
        forms.StopForm,
        _handles,
        lambda by, found, form: actions.order_stop_sale(by=by, case=found, **form.cleaned_data),
        _may_stop,
        needs=(NEEDS["reason_given"],),
        document=DOCUMENTS["order_to_stop_sale"],
        initial=("on",),
    ),
    "answer-transfer": Deed(
        _("Answer the offer of this case"),
        forms.AnswerForm,
        _answers,
        _answer,
        needs=(NEEDS["reason_given"],),
        after="inspection:cases",
    ),
    "party": Deed(
        _("Name another party"),
        forms.PartyForm,
        _handles,
        lambda by, found, form: actions.add_party(by=by, case=found, **form.cleaned_data),
        lambda found: found.state in sides.CONTEST,
    ),
    "hold": Deed(
        _("Hold the publication back"),
        forms.MeasureForm,
        in_region(P.CASE_HANDLE),
        lambda by, found, form: actions.hold_publication(by=by, case=found, **form.cleaned_data),
        lambda found: not found.is_held,
        needs=(NEEDS["reason_given"],),
    ),
    "release": Deed(
        _("Release the hold on publication"),
        forms.MeasureForm,
        in_region(P.CASE_HANDLE),
        lambda by, found, form: actions.release_publication(by=by, case=found, **form.cleaned_data),
        lambda found: found.is_held,
        needs=(NEEDS["reason_given"],),
    ),
    "transfer": Deed(
        _("Pass the case to another region"),
        forms.TransferForm,
        _handles,
        lambda by, found, form: actions.offer_transfer(by=by, case=found, **form.cleaned_data),
        lambda found: not found.is_over and not Transfer.objects.filter(case=found, answer="").exists(),
        lead=_("The case stays here, and its clocks go on, until the other office has answered."),
        needs=(NEEDS["reason_given"],),
    ),
}
# Steps of the table that have a form of their own here.
OWN_DEEDS = {
    "serve_notice": "serve",
    "order_stop_sale": "stop-sale",
    "name_laboratory": "name-laboratory",
}


@web.page(permission=P.INSPECTION_VIEW)
def case_deed(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Take one step in a case that has a form of its own."""
    found, deed = queries.case(request.user, pk), CASE_DEEDS.get(name)
    if deed is None:
        raise Http404
    if not deed.may(request.user, found):
        custody.refuse_step()
    back = reverse("inspection:case", args=[found.pk])
    if not deed.is_now(found):
        custody.refuse_moved_on()
    return respond(request, found, deed, back=back, key=f"{found.pk}-{name}")
