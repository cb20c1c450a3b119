"""Drafts, signs and corrects a laboratory's reports; nothing is decided before the signature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.people.models import Person
from zhiheng.people.permissions import P
from zhiheng.stages.draw.words import spoken

from .. import lab_rows, records, reporting, rules
from ..models import Report, ReportDraft, ReportLine, Result, Sample, Visit
from ..refusals import REFUSALS, refuse
from ..reporting import Row
from . import results


@dataclass(frozen=True)
class Kept:
    """What was kept of rows that were handed in: the drafts, and how many are new, changed, or as before."""

    drafts: tuple[ReportDraft, ...]
    created: int
    updated: int
    unchanged: int


@spoken(REFUSALS)
@transaction.atomic
def save_drafts(*, by: Any, rows: Iterable[Row]) -> Kept:
    """Keep what a laboratory means to report, one draft a sample; all rows or none.

    Rows handed in twice change nothing; an item handed in again before the signature takes the new line.
    """
    listed = list(rows)
    people.require(by, P.RESULT_RECORD)
    checked = lab_rows.check(by, listed)
    if checked.faults:
        raise checked.refusal(listed)
    actors = {seal_no: _reporter(by, sample) for seal_no, sample in checked.samples.items()}
    good = checked.good()
    drafts, counts = [], {"created": 0, "updated": 0, "unchanged": len(checked.samples) - len(good)}
    for seal_no in sorted(good):
        draft, how = _keep(actors[seal_no], checked.samples[seal_no], good[seal_no])
        counts[how] += 1
        drafts.append(draft)
    return Kept(tuple(drafts), **counts)


@spoken(REFUSALS)
@transaction.atomic
def discard_draft(*, by: Any, draft: ReportDraft) -> None:
    """Put a draft aside; the report that it was to correct stays as it is."""
    draft = _locked(draft)
    actor = _reporter(by, draft.sample)
    _log(actor, draft.sample, "report.discarded", {"draft": str(draft.pk)})
    draft.delete()


@spoken(REFUSALS)
@transaction.atomic
def sign_reports(*, by: Any, drafts: Sequence[ReportDraft]) -> list[Report]:
    """Sign drafts, all or none: each becomes a report, its results are recorded, its sample gets its verdict.

    The rows are checked again: between draft and signature a scope may have ended or a sample become void.
    """
    signed = []
    for draft in sorted(drafts, key=lambda one: str(one.sample_id)):
        draft = _locked(draft)
        actor = _reporter(by, draft.sample)
        rows = _rows(draft)
        if not rows:
            raise refuse("no-lines", seal_no=draft.sample.seal_no)
        faults = lab_rows.check(by, rows).faults
        if faults:
            raise faults[0].error
        signed.append(_sign(by, actor, draft))
    return signed


@spoken(REFUSALS)
@transaction.atomic
def correct_report(*, by: Any, report: Report, reason: str) -> ReportDraft:
    """Begin a correction: a draft with the lines of the newest version, to be changed and signed again."""
    visit = _locked_visit(report.sample)
    actor = _reporter(by, report.sample)
    rules.check_reason(reason)
    if Report.objects.filter(replaces=report).exists():
        raise refuse("report-corrected")
    if ReportDraft.objects.filter(sample=report.sample).exists():
        raise refuse("correction-open")
    lines = [records.line_of(result).to_dict() for result in _current(report.sample)]
    draft = ReportDraft.objects.create(
        sample=report.sample,
        lab=report.lab,
        number=report.number,
        reported_on=clock.today(),
        lines=lines,
        corrects=report,
        reason=reason.strip()[:400],
        saved_at=clock.now(),
    )
    draft.sample.visit = visit
    _log(actor, draft.sample, "report.drafted", {"draft": str(draft.pk), "corrects": str(report.pk)})
    return draft


@dataclass(frozen=True)
class Corrected:
    """The version of a report that holds a correction, and whether it was made for it."""

    report: Report
    is_new: bool


@spoken(REFUSALS)
@transaction.atomic
def correct_results(*, by: Any, rows: Sequence[Row], reason: str) -> Corrected:
    """Correct items of the signed report of one sample with a reason, and sign the new version at once.

    What the newest version says already changes nothing: that version is returned.
    """
    people.require(by, P.RESULT_RECORD)
    placed = lab_rows.placed_all(rows)
    sample = Sample.objects.filter(seal_no=placed[0].seal_no).select_related("visit").first()
    if sample is None:
        raise refuse("no-such-sample", seal_no=placed[0].seal_no, field="seal_no")
    if not lab_rows.may_report(by, sample):
        labs = "、".join(sorted(lab_rows.own_labs(by))) or "-"
        raise refuse("other-lab", seal_no=sample.seal_no, lab=labs, field="seal_no")
    _locked_visit(sample)
    rules.check_reason(reason)
    newest = Report.objects.filter(sample=sample).order_by("-version").first()
    if newest is None:
        raise refuse("no-report", seal_no=sample.seal_no, field="seal_no")
    held = {records.line_of(result).key: records.line_of(result) for result in _current(sample)}
    if all(held.get(row.line.key) == row.line for row in placed):
        return Corrected(newest, is_new=False)
    draft = correct_report(by=by, report=newest, reason=reason)
    save_drafts(by=by, rows=placed)
    return Corrected(sign_reports(by=by, drafts=[draft])[0], is_new=True)


def _sign(by: Any, actor: ledger.Actor, draft: ReportDraft) -> Report:
    """Record what the draft says, then the report over all results that now hold for the sample."""
    sample, before = draft.sample, draft.corrects
    draft_id = str(draft.pk)
    _correct(by, draft) if before is not None else _record(by, draft)
    draft.delete()
    held = _current(sample)
    report = Report(
        id=uuid7(),
        sample=sample,
        lab=draft.lab,
        number=before.number if before else reporting.report_number(draft.number, sample.seal_no or ""),
        version=before.version + 1 if before else 1,
        reason=draft.reason,
        replaces=before,
        reported_on=draft.reported_on,
        signer=by if isinstance(by, Person) else None,
        signed_at=clock.now(),
    )
    report.sha256 = records.report_digest(report, held)
    _save(report)
    ReportLine.objects.bulk_create(
        ReportLine(report=report, result=result, position=place) for place, result in enumerate(held, 1)
    )
    verb = "report.corrected" if before else "report.signed"
    detail = {"draft": draft_id, "record_sha256": report.sha256, "version": report.version}
    _log(actor, sample, verb, detail, report=report, visibility="public")
    return report


def _record(by: Any, draft: ReportDraft) -> None:
    lines = [reporting.line_of(plain) for plain in draft.lines]
    for place, line in enumerate(lines, 1):
        results.record_result(
            by=by,
            sample=draft.sample,
            reported_on=draft.reported_on,
            is_complete=place == len(lines),
            **line.measured,
        )


def _correct(by: Any, draft: ReportDraft) -> None:
    """Correct the items that changed; those that will fail go first, so that no case ends in between."""
    held = {records.line_of(result).key: result for result in _current(draft.sample)}
    prospects = [reporting.prospect(reporting.line_of(plain)) for plain in draft.lines]
    changed = [one for one in prospects if records.line_of(held[one.line.key]) != one.line]
    if not changed:
        raise refuse("nothing-changed")
    for one in reporting.failing_first(changed):
        said = {**one.line.measured, "reported_on": draft.reported_on}
        for name in ("item", "part"):
            said.pop(name)
        results.replace_result(by=by, result=held[one.line.key], reason=draft.reason, **said)


def _save(report: Report) -> None:
    """Save a report; a number that another sample of the laboratory carries is told by it."""
    others = Report.objects.filter(lab=report.lab, number=report.number).exclude(sample=report.sample)
    if others.exists():
        raise refuse("number-taken", number=report.number)
    report.save(force_insert=True)


def _keep(actor: ledger.Actor, sample: Sample, rows: Sequence[Row]) -> tuple[ReportDraft, str]:
    """Keep the rows of one sample in its draft, and say whether that is new, changed or as before."""
    sample.visit = _locked_visit(sample)
    draft = ReportDraft.objects.select_for_update().filter(sample=sample).first()
    kept = [reporting.line_of(plain) for plain in draft.lines] if draft else []
    lines = [line.to_dict() for line in reporting.merged(kept, [row.line for row in rows])]
    number = next((row.number.strip() for row in rows if row.number.strip()), draft.number if draft else "")
    said = {"lines": lines, "reported_on": rows[0].reported_on, "number": number}
    if draft is not None and all(getattr(draft, name) == value for name, value in said.items()):
        return draft, "unchanged"
    how = "updated" if draft else "created"
    draft = draft or ReportDraft(sample=sample, lab=sample.lab)
    for name, value in said.items():
        setattr(draft, name, value)
    draft.saved_at = clock.now()
    draft.save()
    _log(actor, sample, "report.drafted", {"draft": str(draft.pk), "items": len(lines)})
    return draft, how


def _reporter(by: Any, sample: Sample) -> ledger.Actor:
    """Return who acts: staff of the laboratory that has the sample, for a report is nobody else's to sign."""
    lab = sample.lab or None
    actor = people.require(by, P.RESULT_RECORD, region=sample.visit.region, organisation=lab)
    if sample.lab not in lab_rows.own_labs(by):
        raise refuse("not-the-laboratory")
    return actor


def _locked(draft: ReportDraft) -> ReportDraft:
    """Lock the visit first, as every action on a sample does, then read the draft again."""
    visit = _locked_visit(draft.sample)
    rows = ReportDraft.objects.select_for_update(of=("self",)).select_related("sample", "corrects")
    found = rows.filter(pk=draft.pk).first()
    if found is None:
        raise refuse("draft-gone")
    found.sample.visit = visit
    return found


def _locked_visit(sample: Sample) -> Visit:
    return Visit.objects.select_for_update(of=("self",)).get(pk=sample.visit_id)


def _rows(draft: ReportDraft) -> list[Row]:
    seal_no = draft.sample.seal_no or ""
    return [Row(seal_no, draft.reported_on, reporting.line_of(plain)) for plain in draft.lines]


def _current(sample: Sample) -> list[Result]:
    """Return the results of the sample and of its further parts in the order of a report."""
    rows = Result.objects.filter(sample=sample, replaced_by__isnull=True).select_related("specimen")
    return sorted(rows, key=lambda result: records.line_of(result).key)


def _log(
    actor: ledger.Actor,
    sample: Sample,
    verb: str,
    detail: dict[str, Any],
    *,
    report: Report | None = None,
    visibility: str = "internal",
) -> None:
    visit = sample.visit
    subjects = [("visit", str(visit.pk)), ("subject", str(visit.subject_id))]
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[*subjects, ("report", str(report.pk))] if report else subjects,
        detail=detail,
        visibility=visibility,
        region=visit.region,
    )
