"""Records what a laboratory reports of a sealed, assigned sample; a failing one opens a case at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.formats.shapes.result_record import split
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.proof import canonical
from zhiheng.stages.draw.models import DrawStratum
from zhiheng.stages.draw.words import spoken

from .. import records, reporting, rules
from ..models import Case, Result, Sample, Specimen, Visit
from ..refusals import REFUSALS, refuse
from ..rules import sampling
from . import cases, steps


@spoken(REFUSALS)
@transaction.atomic
def record_result(
    *,
    by: Any,
    sample: Sample,
    item: str,
    method: str,
    value: str,
    unit: str,
    limit: str,
    limit_kind: str,
    reported_on: date,
    uncertainty: str | None = None,
    decision_rule: str = rules.SIMPLE_ACCEPTANCE,
    lab: str = "",
    is_complete: bool = True,
    part: str = "",
    is_confirmed: bool = True,
) -> Result:
    """Record one measured item; handed in twice it is recorded once, and the first is returned.

    ``value`` is a number, or a bound such as "<0.01" when the laboratory found less than that.
    ``is_complete`` says that no more items of this sample follow: then the visit gets its verdict. ``part``
    is the seal of the further part that was tested. With ``is_confirmed`` false a value of an unlikely size
    is asked for once more.
    """
    sample, visit = _locked(sample)
    actor = _reporter(by, sample, visit)
    line = reporting.Line(item, method, value, unit, limit, limit_kind, uncertainty or None, decision_rule)
    measured = _measured(line, sample.seal_no or "", reported_on, lab or sample.lab)
    specimen = _part(sample, reporting.plain(part))
    first = _current(sample).filter(item=measured.item, specimen=specimen).first()
    if first is not None:
        if records.measured_of(first, measured.seal_no) == measured:
            return first
        raise refuse("result-recorded", item=measured.item, seal_no=measured.seal_no)
    rules.check_open(visit.state, seal_no=measured.seal_no, item=measured.item)
    sampling.check_doubt(measured.value, measured.limit, measured.uncertainty, is_confirmed=is_confirmed)
    result = _store(sample, visit, measured, specimen=specimen)
    _log(actor, visit, result, "result.reported")
    if is_complete:
        _decide(by, visit, actor)
    else:
        visit.state = rules.after_tests(visit.state, verdict=None)
        visit.save(update_fields=["state"])
    return result


@spoken(REFUSALS)
@transaction.atomic
def correct_result(*, by: Any, result: Result, reason: str, **changes: Any) -> Result:
    """Record a correction that replaces a result; the old row stays, and the verdict is decided anew.

    ``changes`` names what was wrong: value, unit, uncertainty, limit, limit_kind, decision_rule, method or
    reported_on. A result that stands in a signed report is corrected by a new version of that report.
    """
    sample, visit = _locked(result.sample)
    _reporter(by, sample, visit)
    if result.lines.exists():
        raise refuse("in-a-report")
    return replace_result(by=by, result=result, reason=reason, **changes)


@spoken(REFUSALS)
@transaction.atomic
def replace_result(*, by: Any, result: Result, reason: str, **changes: Any) -> Result:
    """Do the same as part of a new version of a report, which holds the new row."""
    sample, visit = _locked(result.sample)
    actor = _reporter(by, sample, visit)
    rules.check_reason(reason)
    if Result.objects.filter(replaces=result).exists():
        raise refuse("result-replaced")
    before = records.measured_of(result, sample.seal_no or "")
    if {"item", "seal_no"} & set(changes):
        raise refuse("other-item")
    reported_on, lab = changes.pop("reported_on", before.reported_on), changes.pop("lab", before.lab)
    line = replace(records.line_of(result), part="", **changes)
    measured = _measured(line, before.seal_no, reported_on, lab)
    new = _store(sample, visit, measured, replaces=result, specimen=result.specimen)
    why = ledger.bound(reason.strip()[:400])
    _log(actor, visit, new, "result.corrected", {"reason": why, "replaces": str(result.pk)})
    if visit.state in (rules.PASSED, rules.FAILED):
        _decide(by, visit, actor)
    return new


@spoken(REFUSALS)
@transaction.atomic
def void_sample(*, by: Any, sample: Sample, reason: str) -> Sample:
    """Declare a sample void (a broken seal, a lost sample): a state of non-response, never a pass."""
    sample, visit = _locked(sample)
    actor = _reporter(by, sample, visit)
    rules.check_reason(reason)
    edge = machine.advance(rules.VISITS, visit.state, "void")
    visit.state, visit.note = edge.target, reason.strip()[:400]
    visit.save(update_fields=["state", "note"])
    ledger.record(
        by=actor,
        verb=edge.verb,
        subjects=_subjects(visit),
        detail={"reason": ledger.bound(visit.note, visit, "note"), "seal_no": sample.seal_no},
        region=visit.region,
    )
    return sample


def _locked(sample: Sample) -> tuple[Sample, Visit]:
    rows = Visit.objects.select_for_update(of=("self",)).select_related("selection__draw", "subject")
    visit = rows.get(pk=sample.visit_id)
    return Sample.objects.get(pk=sample.pk), visit


def _reporter(by: Any, sample: Sample, visit: Visit) -> ledger.Actor:
    """Return who acts: the laboratory that has the sample, or the office that enters a paper report."""
    return people.require(by, P.RESULT_RECORD, region=visit.region, organisation=sample.lab or None)


def _current(sample: Sample) -> Any:
    return Result.objects.filter(sample=sample, replaced_by__isnull=True)


def _measured(line: reporting.Line, seal_no: str, reported_on: date, lab: str) -> rules.Measurement:
    """Return what was measured, checked as the lines of every report are."""
    line = reporting.check_line(reporting.tidied(line))
    qualifier, number = split(line.value)
    said = {name: value for name, value in line.to_dict().items() if name not in ("value", "part")}
    return rules.Measurement(
        seal_no=seal_no, value=number, qualifier=qualifier, reported_on=reported_on, lab=lab, **said
    )


def _part(sample: Sample, seal_no: str) -> Specimen | None:
    """Return the part with this seal that is to be tested; none for the sample itself."""
    if not seal_no or seal_no == sample.seal_no:
        return None
    found = Specimen.objects.filter(sample=sample, seal_no=seal_no).first()
    if found is None:
        raise refuse("no-such-part", seal_no=sample.seal_no or "-", part=seal_no, field="part")
    if found.role == "spare":
        raise refuse("spare-not-tested", part=seal_no, field="part")
    return found


def _store(
    sample: Sample,
    visit: Visit,
    measured: rules.Measurement,
    replaces: Result | None = None,
    specimen: Specimen | None = None,
) -> Result:
    sampling.check_possible(measured.value, measured.unit)
    rules.check_testable(seal_no=sample.seal_no, lab=sample.lab, reported_by=measured.lab)
    rules.check_report_day(measured.reported_on, visited_on=visit.visited_on, today=clock.today())
    share = DrawStratum.objects.get(draw=visit.selection.draw, stratum=visit.selection.stratum)
    record = records.build(
        measured,
        result_id=uuid7(),
        sample_id=sample.pk,
        probability=visit.selection.chance(share),
        custody=sample.custody,
        replaces=replaces.pk if replaces else None,
    )
    result = records.row(
        record,
        sample_id=sample.pk,
        recorded_at=clock.now(),
        replaces=replaces,
        specimen=specimen,
    )
    result.save(force_insert=True)
    return result


def _decide(by: Any, visit: Visit, actor: ledger.Actor) -> None:
    """Give the visit its verdict from all current items; the first failing one opens a case."""
    verdict = rules.visit_verdict(_current(visit.sample).values_list("verdict", flat=True))
    is_decided = visit.state in (rules.PASSED, rules.FAILED)
    held = Case.objects.filter(visit=visit).first()
    rules.check_reversal(visit.verdict, verdict, case_is_over=held is not None and held.is_over)
    visit.state = rules.decided(verdict) if is_decided else rules.after_tests(visit.state, verdict=verdict)
    visit.verdict = verdict
    visit.save(update_fields=["state", "verdict"])
    if verdict == "fail":
        cases.open_case(by=by, visit=visit)
    else:
        steps._overturn(visit, actor)


def _log(
    actor: ledger.Actor, visit: Visit, result: Result, verb: str, more: dict[str, Any] | None = None
) -> None:
    """Record the digest of the result, so that everybody can check it and nobody reads it before its time."""
    ledger.record(
        by=actor,
        verb=verb,
        subjects=_subjects(visit),
        detail={"record_sha256": canonical.digest(records.of_result(result).to_dict()), **(more or {})},
        visibility="public" if more is None else "internal",
        region=visit.region,
    )


def _subjects(visit: Visit) -> list[tuple[str, str]]:
    return [("visit", str(visit.pk)), ("subject", str(visit.subject_id))]
