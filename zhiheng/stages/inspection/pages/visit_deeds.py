"""What a person can do at a visit beside recording it: files, label, parts, hands, other inspectors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiheng import people, web
from zhiheng.errors import NotAllowed
from zhiheng.people.permissions import P

from .. import actions, custody, lists, queries, rules
from ..forms import hands
from ..labels import DOCUMENTS, NEEDS
from ..models import Purchase, Visit
from ..rules import sampling
from .deeds import Deed, in_region, respond

OPEN_SAMPLE = (rules.SAMPLED, rules.RETURNED, *rules.AT_LAB)


def may_record(person: Any, found: Visit) -> bool:
    """Say whether a person may record a visit: one of its two inspectors, or the office."""
    try:
        custody.recorder(person, found)
    except NotAllowed:
        return False
    return True


def may_report(person: Any, found: Visit) -> bool:
    """Say whether a person may report on the sample of a visit: its laboratory, or the office."""
    sample = getattr(found, "sample", None)
    if sample is None or not sample.lab:
        return False
    return people.may(person, P.RESULT_RECORD, region=found.region, organisation=sample.lab)


def _describe(by: Any, found: Visit, form: Any) -> None:
    actions.describe_sample(by=by, sample=found.sample, described=sampling.Described(**form.cleaned_data))


def _label(found: Visit) -> dict[str, Any]:
    return {name: getattr(found.sample, name) for name in hands.LabelForm.base_fields}


def _refuse(by: Any, found: Visit, form: Any) -> None:
    said = {name: form.cleaned_data[name] for name in ("ground", "reason")}
    actions.refuse_sample(by=by, sample=found.sample, receipt=form.receipt(), **said)


def _attach(by: Any, found: Visit, form: Any) -> None:
    said = form.cleaned_data
    actions.attach_files(by=by, visit=found, papers=[hands.paper(said["file"], said["kind"], said["said"])])


def _in(*states: str) -> Any:
    return lambda found: found.state in states


def _unbought(found: Visit) -> bool:
    return found.state in OPEN_SAMPLE and not Purchase.objects.filter(sample=found.sample).exists()


VISIT_DEEDS: dict[str, Deed] = {
    "receive": Deed(
        _("Take the sample in"),
        hands.ReceiptForm,
        may_report,
        lambda by, found, form: actions.receive_sample(by=by, sample=found.sample, receipt=form.receipt()),
        _in(rules.SEALED),
        needs=(NEEDS["seal_intact"], NEEDS["receipt_note"]),
        document=DOCUMENTS["sample_receipt"],
    ),
    "refuse-receipt": Deed(
        _("Refuse the sample"),
        hands.RefusalForm,
        may_report,
        _refuse,
        _in(rules.SEALED),
        needs=(NEEDS["reason_given"],),
        document=DOCUMENTS["refusal_of_receipt"],
    ),
    "send-on": Deed(
        _("Send the sample on to another laboratory"),
        hands.SendForm,
        may_report,
        lambda by, found, form: actions.send_on(by=by, sample=found.sample, **form.cleaned_data),
        _in(rules.SEALED, rules.RECEIVED),
        needs=(NEEDS["reason_given"], NEEDS["handover_note"]),
        after="inspection:samples",
    ),
    "take-again": Deed(
        _("Take the sample again"),
        hands.AgainForm,
        may_record,
        lambda by, found, form: actions.take_again(by=by, sample=found.sample, **form.cleaned_data),
        _in(rules.RETURNED),
        needs=(NEEDS["reason_given"], NEEDS["seal_number_is_new"], NEEDS["sampling_sheet"]),
        document=DOCUMENTS["sampling_sheet"],
        initial=("taken_on",),
    ),
    "void": Deed(
        _("Declare the sample void"),
        hands.VoidForm,
        may_report,
        lambda by, found, form: actions.void_sample(by=by, sample=found.sample, **form.cleaned_data),
        _in(rules.SEALED, rules.RECEIVED, rules.RETURNED, rules.TESTING),
        needs=(NEEDS["reason_given"],),
    ),
    "reassign": Deed(
        _("Give the visit to other inspectors"),
        hands.PairForm,
        in_region(P.CASE_HANDLE),
        lambda by, found, form: actions.reassign_visit(by=by, visit=found, **form.cleaned_data),
        _in(rules.ASSIGNED),
        needs=(NEEDS["inspectors_available"], NEEDS["reason_given"]),
        document=DOCUMENTS["letter_of_assignment"],
    ),
    "file": Deed(_("Add a file"), hands.FileForm, may_record, _attach),
    "lists": Deed(
        _("Say in which other lists the firm stands"),
        hands.ListForm,
        may_record,
        lambda by, found, form: actions.tell_list(by=by, visit=found, **form.cleaned_data),
        lists.is_asked,
        lead=_(
            "The campaign draws from several lists. Ask whether the business stands in another one "
            "under another code: it could then be drawn twice and must weigh less. Do not guess: that nobody "
            "could say is an answer."
        ),
    ),
    "label": Deed(
        _("Note the label of the sample"),
        hands.LabelForm,
        may_record,
        _describe,
        _in(*OPEN_SAMPLE),
        start=_label,
    ),
    "purchase": Deed(
        _("Record the purchase of the sample"),
        hands.PurchaseForm,
        may_record,
        lambda by, found, form: actions.record_purchase(by=by, sample=found.sample, bought=form.bought()),
        _unbought,
        lead=_("Who bought it is not noted."),
        initial=("bought_on",),
    ),
    "part": Deed(
        _("Add a part or the spare sample"),
        hands.PartForm,
        may_record,
        lambda by, found, form: actions.add_specimen(by=by, sample=found.sample, **form.cleaned_data),
        _in(*OPEN_SAMPLE),
        needs=(NEEDS["seal_number_is_new"],),
    ),
}


@web.page(permission=P.INSPECTION_VIEW)
def visit_deed(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Take one step at a visit."""
    found, deed = queries.visit(request.user, pk), VISIT_DEEDS.get(name)
    if deed is None:
        raise Http404
    if not deed.may(request.user, found):
        custody.refuse_step()
    if name not in ("reassign", "file", "lists"):
        custody.sample_of(found)
    back = reverse("inspection:visit", args=[found.pk])
    return respond(request, found, deed, back=back, key=f"{found.pk}-{name}")
