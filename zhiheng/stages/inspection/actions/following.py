"""What follows a notice: the re-test and re-checks with their results, stop of sale, holds on publication."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.stages.draw.words import spoken

from .. import qualified, records, rules
from ..models import Case, CaseTest, Clock, Measure, Retest
from ..refusals import REFUSALS, refuse
from ..rules import following, sampling
from . import steps


@spoken(REFUSALS)
@transaction.atomic
def name_retest_lab(*, by: Any, case: Case, lab: str, reason: str = "", on: date | None = None) -> Case:
    """Name the laboratory of the re-test: qualified, and not the first one unless no other is.

    A scope that is not on record is unknown: it hinders nobody, and the record says that it is unknown.
    """
    case = steps._locked(case)
    day, lab = on or clock.today(), lab.strip()
    running = Clock.objects.filter(case=case, rule="spotcheck.retest_lab_designated").first()
    event = "naming_overdue" if running is not None and day > running.due_on else "name_laboratory"
    edge = machine.advance(rules.CASES, case.state, event)
    actor = steps._actor(by, case, edge)
    items = qualified.failing(case)
    covered = qualified.covers_all(lab, items, on=day)
    following.check_lab(lab, is_covered=covered)
    qualified.check_able(lab, on=day)
    is_first = lab in {item.lab for item in items}
    others = qualified.others(case.region, items, but=lab, on=day) if is_first else []
    following.check_other_lab(lab, is_first=is_first, others=others, reason=reason)
    made = Retest.objects.create(
        case=case,
        lab=lab,
        named_on=day,
        is_first_lab=is_first,
        is_covered=covered,
        reason=reason.strip()[:400],
        recorded_at=clock.now(),
    )
    detail = {
        "lab": lab,
        "is_first_lab": is_first,
        "is_covered": covered,
        "reason": ledger.bound(made.reason, made, "reason"),
    }
    return steps._move(by, case, event, on=day, detail=detail, actor=actor)


@spoken(REFUSALS)
@transaction.atomic
def record_case_test(
    *,
    by: Any,
    case: Case,
    measured: rules.Measurement,
    is_complete: bool = True,
    report_sha: str = "",
    is_confirmed: bool = True,
) -> CaseTest:
    """Record one item of a re-test or a re-check in a row of its own; the first result is never touched.

    A complete re-test ends by its results and is final: conforming overturns the first one. A complete
    re-check leaves the step to the office, which is held to its results.
    """
    case = steps._locked(case)
    phase = following.PHASE_OF.get(case.state, "")
    named = Retest.objects.filter(case=case).first() if phase == "retest" else None
    actor = people.require(by, P.RESULT_RECORD, region=case.region, organisation=named.lab if named else None)
    lab = named.lab if named else measured.lab
    wanted = qualified.failing(case)
    known = CaseTest.objects.filter(case=case, phase=phase or "retest", item=measured.item).first()
    if known is not None and records.is_same(known, measured):
        return known
    if not phase:
        raise refuse("no-test-now")
    if known is not None:
        raise refuse("result-recorded", item=measured.item, seal_no=measured.seal_no)
    if phase == "retest":
        following.check_contested(measured.item, {item.item for item in wanted})
        if measured.lab != lab:
            raise refuse("other-lab", seal_no=measured.seal_no, lab=measured.lab)
    sampling.check_possible(measured.value, measured.unit)
    sampling.check_doubt(measured.value, measured.limit, measured.uncertainty, is_confirmed=is_confirmed)
    rules.check_report_day(measured.reported_on, visited_on=case.last_step_on, today=clock.today())
    row = CaseTest.objects.create(
        case=case,
        phase=phase,
        report_sha=report_sha,
        recorded_at=clock.now(),
        verdict=records.verdict_of(measured),
        **records.plain(measured),
    )
    steps._record(
        actor, "case.test_recorded", case, {"phase": phase, "item": row.item, "verdict": row.verdict}
    )
    if phase == "retest" and is_complete:
        _end_retest(by, actor, case, {item.item for item in wanted})
    return row


def _end_retest(by: Any, actor: Any, case: Case, wanted: set[str]) -> None:
    found = CaseTest.objects.filter(case=case, phase="retest")
    following.check_items(set(found.values_list("item", flat=True)), wanted)
    verdict = rules.visit_verdict(found.values_list("verdict", flat=True))
    event = "retest_pass" if verdict == "pass" else "retest_fail"
    case = steps._move(by, case, event, on=clock.today(), detail={"verdict": verdict}, actor=actor)
    if case.state == rules.OVERTURNED:
        steps._overturn_visit(actor, case, event)


@spoken(REFUSALS)
@transaction.atomic
def order_stop_sale(*, by: Any, case: Case, reason: str, on: date | None = None) -> Measure:
    """Order the firm to stop making and selling the failing product; ordered twice it stands once."""
    case = steps._locked(case)
    edge = machine.advance(rules.CASES, case.state, "order_stop_sale")
    actor = steps._actor(by, case, edge)
    rules.check_reason(reason)
    last = _last(case, rules.STOP_SALE, rules.RESUME_SALE)
    if last is not None and last.kind == rules.STOP_SALE:
        return last
    day = on or clock.today()
    made = _measure(case, rules.STOP_SALE, day, reason)
    steps._move(by, case, "order_stop_sale", on=day, detail=_why(made), actor=actor)
    return made


@spoken(REFUSALS)
@transaction.atomic
def hold_publication(*, by: Any, case: Case, reason: str) -> Case:
    """Hold a result back from the public pages, with the reason; figures that count it stay."""
    case = steps._locked(case)
    actor = people.require(by, P.CASE_HANDLE, region=case.region)
    rules.check_reason(reason)
    if case.is_held:
        return case
    case.is_held = True
    case.save(update_fields=["is_held"])
    made = _measure(case, rules.HOLD, clock.today(), reason)
    steps._record(actor, "case.publication_held", case, _why(made))
    return case


@spoken(REFUSALS)
@transaction.atomic
def release_publication(*, by: Any, case: Case, reason: str) -> Case:
    """Release the hold on the publication of a result, with the reason."""
    case = steps._locked(case)
    actor = people.require(by, P.CASE_HANDLE, region=case.region)
    rules.check_reason(reason)
    if not case.is_held:
        raise refuse("not-held")
    case.is_held = False
    case.save(update_fields=["is_held"])
    made = _measure(case, rules.HOLD_RELEASED, clock.today(), reason)
    steps._record(actor, "case.publication_released", case, _why(made))
    return case


def _last(case: Case, *kinds: str) -> Measure | None:
    return Measure.objects.filter(case=case, kind__in=kinds).last()


def _why(made: Measure) -> dict[str, Any]:
    return {"reason": ledger.bound(made.reason, made, "reason")}


def _measure(case: Case, kind: str, on: date, reason: str) -> Measure:
    return Measure.objects.create(
        case=case, kind=kind, on=on, reason=reason.strip()[:400], recorded_at=clock.now()
    )
