"""The laboratory's side of the API: the same actions as on the pages, for the one laboratory of the key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from zhiheng.people import require
from zhiheng.people.permissions import P
from zhiheng.web.api import ERRORS, done_once

from . import actions, api_shapes, custody, lab_rows, queries, records, report_queries, rules
from .api_shapes import (
    CorrectedOut,
    CorrectionIn,
    DraftOut,
    DraftsIn,
    KeptOut,
    ReasonIn,
    ReceiptIn,
    ReceiptOut,
    RefusalIn,
    RefusedOut,
    ReportOut,
    ReportsOut,
    SamplesOut,
    SignedOut,
    SignIn,
)
from .models import Report, ReportDraft

router = Router(tags=["lab"])
LIMIT = Query(50, ge=1, le=200)
OFFSET = Query(0, ge=0, le=10_000)


def _get(path: str, model: Any, summary: str) -> Callable[..., Any]:
    return router.get(path, response={200: model, **ERRORS}, summary=summary)


def _post(path: str, model: Any, summary: str) -> Callable[..., Any]:
    """Declare an operation that acts once for each Idempotency-Key."""
    header = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "minLength": 8, "maxLength": 64},
        "description": "new for each hand-in; the same request again gets the first answer",
    }
    extra = {"parameters": [header]}
    return router.post(path, response={200: model, **ERRORS}, summary=summary, openapi_extra=extra)


def _person(request: HttpRequest) -> Any:
    """Return the person of the key, narrowed to its one appointment, who must be allowed to report."""
    person = request.auth.person  # type: ignore[attr-defined]
    require(person, P.RESULT_RECORD, organisation=request.auth.appointment.organisation)  # type: ignore[attr-defined]
    return person


@_get("/samples", SamplesOut, "Samples that wait for a report 待检样品")
def samples(request: HttpRequest, limit: int = LIMIT, offset: int = OFFSET) -> SamplesOut:
    """List the sealed samples of the laboratory that have no report yet, with the items asked for."""
    rows = queries.samples_to_report(_person(request)).select_related("visit", "report_draft")
    rows = rows.prefetch_related("specimens")
    rows = custody.with_receipt(rows)
    asked = lab_rows.Asked()
    found = [api_shapes.sample(one, asked.of(one)) for one in rows[offset : offset + limit]]
    return SamplesOut(total=rows.count(), samples=found)


@_post("/receipts", ReceiptOut, "Take a sample in 登记收样")
def receive(request: HttpRequest, said: ReceiptIn) -> dict[str, Any]:
    """Take a sample in; one with a broken seal is not taken in but refused."""
    person = _person(request)

    def act() -> dict[str, Any]:
        sample = report_queries.sample_to_take_in(person, said.seal_no)
        is_new = sample.visit.state == rules.SEALED
        actions.receive_sample(by=person, sample=sample, receipt=said.receipt())
        kept = report_queries.sample_to_take_in(person, said.seal_no)
        return ReceiptOut(
            seal_no=kept.seal_no or "",
            received_on=kept.received_on,  # type: ignore[attr-defined]
            state=kept.visit.state,
            is_new=is_new,
        ).model_dump(mode="json")

    return done_once(request, "receive", act)


@_post("/refusals", RefusedOut, "Refuse a sample 拒收样品")
def refuse(request: HttpRequest, said: RefusalIn) -> dict[str, Any]:
    """Refuse a sample that cannot be tested; the office takes it again, or declares it void."""
    person = _person(request)

    def act() -> dict[str, Any]:
        sample = report_queries.sample_to_take_in(person, said.seal_no)
        is_new = sample.visit.state == rules.SEALED
        why = {"ground": said.ground, "reason": said.reason}
        actions.refuse_sample(by=person, sample=sample, receipt=said.receipt(), **why)
        step = report_queries.refusal(sample)
        return RefusedOut(
            seal_no=step.seal, ground=step.ground, reason=step.reason, state=rules.RETURNED, is_new=is_new
        ).model_dump(mode="json")

    return done_once(request, "refuse", act)


@_post("/drafts", KeptOut, "Save drafts and see what would follow 提交草稿并预览判定")
def save(request: HttpRequest, said: DraftsIn) -> dict[str, Any]:
    """Keep drafts of several samples, all or none; nothing is decided before they are signed."""
    person = _person(request)

    def act() -> dict[str, Any]:
        kept = actions.save_drafts(by=person, rows=[row for one in said.samples for row in one.rows()])
        drafts = _seen(person, [one.pk for one in kept.drafts])
        return KeptOut(
            created=kept.created, updated=kept.updated, unchanged=kept.unchanged, drafts=drafts
        ).model_dump(mode="json")

    return done_once(request, "drafts", act)


@_get("/drafts", list[DraftOut], "Drafts that wait for a signature 待签发草稿")
def drafts(request: HttpRequest, limit: int = LIMIT, offset: int = OFFSET) -> list[DraftOut]:
    """List the drafts with what their signature would decide."""
    person = _person(request)
    keys = report_queries.drafts(person).values_list("pk", flat=True)[offset : offset + limit]
    return _seen(person, list(keys))


@_get("/drafts/{uuid:draft_id}", DraftOut, "Preview one draft 预览草稿")
def draft(request: HttpRequest, draft_id: UUID) -> DraftOut:
    """Show what the signature of a draft would decide."""
    person = _person(request)
    found = report_queries.draft(person, draft_id)
    return api_shapes.draft(report_queries.seen(person, [found])[0])


@_post("/drafts/{uuid:draft_id}/discard", DraftOut, "Put a draft aside 放弃草稿")
def discard(request: HttpRequest, draft_id: UUID) -> dict[str, Any]:
    """Put a draft aside; the answer shows what it held."""
    person = _person(request)

    def act() -> dict[str, Any]:
        found = report_queries.draft(person, draft_id)
        shown = api_shapes.draft(report_queries.seen(person, [found])[0])
        actions.discard_draft(by=person, draft=found)
        return shown.model_dump(mode="json")

    return done_once(request, "discard", act)


@_post("/reports", SignedOut, "Sign drafts 签发报告")
def sign(request: HttpRequest, said: SignIn) -> dict[str, Any]:
    """Sign drafts, all or none: the results are recorded and each sample gets its verdict."""
    person = _person(request)

    def act() -> dict[str, Any]:
        held = [report_queries.draft(person, key) for key in dict.fromkeys(said.drafts)]
        signed = actions.sign_reports(by=person, drafts=held)
        return SignedOut(reports=_reports(person, signed)).model_dump(mode="json")

    return done_once(request, "sign", act)


@_get("/reports", ReportsOut, "Signed reports 已签发报告")
def reports(request: HttpRequest, limit: int = LIMIT, offset: int = OFFSET) -> ReportsOut:
    """List every version of the signed reports, the newest first."""
    rows = report_queries.reports(_person(request)).prefetch_related("lines__result")
    found = [api_shapes.report(one) for one in rows[offset : offset + limit]]
    return ReportsOut(total=rows.count(), reports=found)


@_get("/reports/{uuid:report_id}", ReportOut, "One version of a report 报告")
def report(request: HttpRequest, report_id: UUID) -> ReportOut:
    """Show one version of a report."""
    return api_shapes.report(report_queries.report(_person(request), report_id))


@_get("/reports/{uuid:report_id}/record", dict[str, Any], "The record under the digest 报告记录")
def record(request: HttpRequest, report_id: UUID) -> dict[str, Any]:
    """Return the record whose SHA-256 (RFC 8785) stands in the public ledger."""
    found = report_queries.report(_person(request), report_id)
    return records.report_record(found, report_queries.results(found))


@_post("/reports/{uuid:report_id}/corrections", DraftOut, "Begin a correction 更正报告")
def correct(request: HttpRequest, report_id: UUID, said: ReasonIn) -> dict[str, Any]:
    """Make a draft of a new version; change its items by saving drafts, then sign it."""
    person = _person(request)

    def act() -> dict[str, Any]:
        found = report_queries.report(person, report_id)
        begun = actions.correct_report(by=person, report=found, reason=said.reason)
        return _seen(person, [begun.pk])[0].model_dump(mode="json")

    return done_once(request, "correct", act)


@_post("/corrections", CorrectedOut, "Correct results and sign 更正结果并签发")
def correct_results(request: HttpRequest, said: CorrectionIn) -> dict[str, Any]:
    """Correct items of a signed report with a reason: a new version is signed at once, or nothing is done."""
    person = _person(request)

    def act() -> dict[str, Any]:
        made = actions.correct_results(by=person, rows=said.rows(), reason=said.reason)
        report = _reports(person, [made.report])[0]
        return CorrectedOut(report=report, is_new=made.is_new).model_dump(mode="json")

    return done_once(request, "correct-results", act)


def _seen(person: Any, keys: list[UUID]) -> list[DraftOut]:
    found: list[ReportDraft] = list(report_queries.drafts(person).filter(pk__in=keys))
    return [api_shapes.draft(one) for one in report_queries.seen(person, found)]


def _reports(person: Any, signed: list[Report]) -> list[ReportOut]:
    rows = report_queries.reports(person).filter(pk__in=[one.pk for one in signed])
    return [api_shapes.report(one) for one in rows.prefetch_related("lines__result")]
