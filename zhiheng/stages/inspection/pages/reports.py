"""The laboratory's reports: drafts with what would follow, signature, correction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiheng import ledger, web
from zhiheng.errors import BadInput, Conflict, NotAllowed, NotFound, ZhihengError
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.web import breadcrumb, forms, said, timeline, wording
from zhiheng.web.once import once, token_of

from .. import actions, lab_listing, lab_rows, queries, reasons, records, report_queries, reporting
from ..forms.reports import ItemForm, ReasonForm, initial
from ..models import Report, ReportDraft
from ..reporting import Row

MOST_AT_ONCE = 100


@web.page(permission=P.RESULT_RECORD)
def drafts(request: HttpRequest) -> HttpResponse:
    """List the drafts that wait for a signature."""
    rows = report_queries.drafts(request.user)
    return lab_listing.DRAFTS.respond(request, rows, "web/list.html", {"title": _("Reports to sign")})


@web.page(permission=P.RESULT_RECORD)
def reports(request: HttpRequest) -> HttpResponse:
    """List the signed reports."""
    rows = report_queries.reports(request.user)
    return lab_listing.REPORTS.respond(request, rows, "web/list.html", {"title": _("Reports")})


@web.page(permission=P.RESULT_RECORD)
def item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add an item to the draft of a sample, or change it there; ``?item=`` and ``?part=`` name which."""
    sample = queries.sample(request.user, pk)
    held = report_queries.drafts(request.user).filter(sample=sample).first()
    lines = [reporting.line_of(plain) for plain in held.lines] if held else []
    wanted = (request.GET.get("item", ""), request.GET.get("part", ""))
    start = initial(
        next((line for line in lines if line.key == wanted), None),
        reported_on=held.reported_on if held else clock.today(),
        number=held.number if held else "",
    )

    def act(form: ItemForm) -> str:
        said = form.cleaned_data
        row = Row(sample.seal_no or "", said["reported_on"], form.line(), said["number"])
        kept = actions.save_drafts(by=request.user, rows=[row])
        if not kept.drafts:
            return reverse("inspection:visit", args=[sample.visit_id])
        return reverse("inspection:draft", args=[kept.drafts[0].pk])

    form, answer = forms.handle(request, ItemForm, act=act, key=str(sample.pk), initial=start)
    lead = _("Sample %(seal)s, %(product)s") % {"seal": sample.seal_no, "product": sample.product_name}
    back = reverse("inspection:draft", args=[held.pk]) if held else reverse("inspection:samples")
    return answer or _form(request, form, _("Report an item"), lead, back)


@web.page(permission=P.RESULT_RECORD)
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what would follow from a draft; nothing is decided yet."""
    found = report_queries.draft(request.user, pk)
    seen = report_queries.seen(request.user, [found])[0]
    context = {
        "title": _("Draft report of %(seal)s") % {"seal": found.sample.seal_no},
        "draft": found,
        "seen": [seen],
        "can_be_signed": seen.can_be_signed,
        "identity": _draft_identity(found),
        "specimens": list(found.sample.specimens.all()),
        "items": timeline.from_entries(queries.entries(found.sample.visit)),
        "item_url": reverse("inspection:item", args=[found.sample_id]),
        "crumbs": breadcrumb.trail(
            (_("Reports to sign"), reverse("inspection:drafts")), found.sample.seal_no or ""
        ),
    }
    return render(request, "inspection/draft.html", context)


@web.page(permission=P.RESULT_RECORD)
@require_POST
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a draft aside."""
    actions.discard_draft(by=request.user, draft=report_queries.draft(request.user, pk))
    messages.success(request, _("The draft was put aside; nothing was decided."))
    return HttpResponseRedirect(reverse("inspection:drafts"))


@web.page(permission=P.RESULT_RECORD)
@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Show the decisions of the chosen drafts on one page, then sign them all or none."""
    chosen = _chosen(request)
    fault: ZhihengError | None = None
    if request.POST.get("do") == "sign":
        try:
            return _signed(request, chosen)
        except (NotAllowed, NotFound):
            raise
        except ZhihengError as error:
            fault = error
    seen = report_queries.seen(request.user, chosen)
    context = {
        "title": _("Sign the reports"),
        "lead": _("This is what will be decided. A failing sample opens a case at once."),
        "seen": seen,
        "failing": sum(one.verdict == "fail" for one in seen),
        "can_be_signed": bool(seen) and all(one.can_be_signed for one in seen),
        "token": uuid7(),
        "shown": _shown(seen),
        "fault": said.of(fault) if fault else None,
        "crumbs": breadcrumb.trail((_("Reports to sign"), reverse("inspection:drafts")), _("Sign")),
    }
    return render(request, "inspection/sign.html", context, status=fault.http_status if fault else 200)


def _signed(request: HttpRequest, chosen: list[ReportDraft]) -> HttpResponse:
    def act() -> dict[str, Any]:
        if request.POST.get("shown") != _shown(report_queries.seen(request.user, chosen)):
            raise Conflict(
                _("A draft was changed after its decisions were shown."),
                _("Read the decisions again and sign then."),
                code="drafts-changed",
            )
        return {"signed": len(actions.sign_reports(by=request.user, drafts=chosen))}

    token = token_of(request.POST.get(forms.TOKEN, ""))
    done = once(person=request.user, token=token, purpose="inspection.sign", act=act)
    words = _("%(count)s reports were signed.") % {"count": wording.number(done["signed"])}
    messages.success(request, words)
    return HttpResponseRedirect(reverse("inspection:reports"))


def _chosen(request: HttpRequest) -> list[ReportDraft]:
    """Return the drafts that were ticked, in the order of their seals."""
    ids = [UUID(text) for text in request.POST.getlist("ids") if _is_uuid(text)]
    if not ids:
        raise BadInput(_("No draft was chosen."), _("Tick the drafts to be signed in the list."))
    if len(ids) > MOST_AT_ONCE:
        raise BadInput(
            _("At most %(count)s reports are signed at once.") % {"count": MOST_AT_ONCE},
            _("Choose fewer, so that each decision can be read."),
        )
    return list(report_queries.drafts(request.user).filter(pk__in=ids).order_by("sample__seal_no"))


def _shown(seen: list[report_queries.Seen]) -> str:
    """Return the digest of what the page shows, so that nothing else is signed than what was read."""
    return canonical.digest(
        [
            [
                str(one.draft.pk),
                one.draft.reported_on.isoformat(),
                [line.to_dict() for _prospect, line, *_ in one.rows],
            ]
            for one in seen
        ]
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@web.page(permission=P.RESULT_RECORD)
def report(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one version of a report with its results, the other versions, and its digest."""
    found = report_queries.report(request.user, pk)
    held = report_queries.results(found)
    correction = report_queries.drafts(request.user).filter(corrects=found).first()
    steps = []
    if correction is not None:
        steps.append((_("Go on with the correction"), reverse("inspection:draft", args=[correction.pk])))
    elif not found.is_corrected and found.lab in lab_rows.own_labs(request.user):
        steps.append((_("Correct the report"), reverse("inspection:correct_report", args=[found.pk])))
    context = {
        "title": _("Report %(number)s") % {"number": found.number},
        "report": found,
        "standing": [lab_listing.version_state(found)],
        "identity": _report_identity(found),
        "specimens": list(found.sample.specimens.all()),
        "results": [(result, reasons.of_result(result)) for result in held],
        "is_intact": records.report_digest(found, held) == found.sha256,
        "versions": report_queries.versions(found),
        "actions": steps,
        "items": timeline.from_entries(ledger.timeline("visit", str(found.sample.visit_id))),
        "crumbs": breadcrumb.trail((_("Reports"), reverse("inspection:reports")), found.number),
    }
    return render(request, "inspection/report.html", context)


@web.page(permission=P.RESULT_RECORD)
def report_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the record of a report whose digest stands in the public ledger."""
    found = report_queries.report(request.user, pk)
    record = records.report_record(found, report_queries.results(found))
    answer = JsonResponse(record, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="report-{found.pk}.json"'
    return answer


@web.page(permission=P.RESULT_RECORD)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin the correction of a report: the reason, then a draft to be changed and signed."""
    found = report_queries.report(request.user, pk)

    def act(form: ReasonForm) -> str:
        begun = actions.correct_report(by=request.user, report=found, reason=form.cleaned_data["reason"])
        return reverse("inspection:draft", args=[begun.pk])

    form, answer = forms.handle(request, ReasonForm, act=act, key=str(found.pk))
    back = reverse("inspection:report", args=[found.pk])
    return answer or _form(request, form, _("Correct the report"), str(found.number), back)


def _draft_identity(found: ReportDraft) -> list[tuple[Any, Any]]:
    sample = found.sample
    rows = [
        (_("Seal number"), sample.seal_no),
        (_("Product"), sample.product_name),
        (_("Laboratory"), found.lab),
        (_("Report number"), reporting.report_number(found.number, sample.seal_no or "")),
        (_("Reported on"), wording.day(found.reported_on)),
        (_("Saved at"), wording.moment(found.saved_at)),
    ]
    if found.corrects_id:
        rows += [(_("Corrects version"), found.corrects.version), (_("Reason"), found.reason)]
    return rows


def _report_identity(found: Report) -> list[tuple[Any, Any]]:
    rows = [
        (_("Seal number"), found.sample.seal_no),
        (_("Product"), found.sample.product_name),
        (_("Laboratory"), found.lab),
        (_("Version"), found.version),
        (_("Reported on"), wording.day(found.reported_on)),
        (_("Signed at"), wording.moment(found.signed_at)),
        (_("Signed by"), found.signer.display_name if found.signer else "—"),
        (_("SHA-256 of the record"), found.sha256),
    ]
    return [*rows, (_("Reason"), found.reason)] if found.reason else rows


def _form(request: HttpRequest, form: Any, title: str, lead: str, back: str) -> HttpResponse:
    context = {"form": form, "title": title, "lead": lead, "cancel_url": back}
    return render(request, "web/form_page.html", context)
