"""Records the findings and results of a whole draw at once; all or none, exactly once, one ledger entry each.

Handing in the same rows again returns the batch that was stored the first time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhiheng import ledger, people
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.draw.queries import strata
from zhiheng.stages.draw.words import spoken
from zhiheng.stages.registry import store
from zhiheng.stages.registry.available import Absences

from .. import clocks, custody, notices, opening, qualified, records, rules
from ..models import Batch, Case, Clock, Move, Party, Purchase, Result, Sample, Visit
from ..refusals import REFUSALS, refuse
from ..rules import sampling

_NAMED = ("visit__selection__draw", "visit__subject")
CASES_NAMED_AT_MOST = 900  # an entry names at most 1 000 subjects; its rows name the rest


@spoken(REFUSALS)
@transaction.atomic
def record_visits_bulk(*, by: Any, draw: Draw, rows: Iterable[tuple[str, rules.Finding]]) -> Batch:
    """Record what became of many visits of a draw, given as (unit code, finding)."""
    actor = people.require(by, P.DRAW_REVEAL, region=draw.region)
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    listed = list(rows)
    lines = _lines({"unit": unit, **_plain(asdict(found))} for unit, found in listed)
    known = _known(draw, "visits", lines)
    if known is not None:
        return known
    visits = _visits(draw)
    absences = Absences(one for visit in visits.values() for one in visit.inspectors)
    drawn_on, today = timezone.localdate(draw.revealed_at), clock.today()
    changed, samples, seen = [], [], set()
    for unit, found in listed:
        visit = visits.get(unit)
        if visit is None:
            raise refuse("no-such-visit", draw=draw.serial, unit=unit)
        if unit in seen:
            raise refuse("unit-twice", unit=unit)
        seen.add(unit)
        rules.is_new(visit.state, (), (found.outcome,))
        rules.check_pair(custody.assigned_codes(visit))
        rules.check_visit_day(found.visited_on, drawn_on=drawn_on, today=today)
        for one in visit.inspectors:
            sampling.check_able(one.code, absences.why(one, found.visited_on), on=found.visited_on)
        changed.append((visit.pk, found.outcome, found.state, found.visited_on, found.note, clock.now()))
        if found.outcome == "sampled":
            samples.append(_sample(visit, found))
    _refuse_taken_seals(samples)
    for lab in {sample.lab for sample in samples}:
        qualified.check_able(lab, on=today)
    store.update(Visit, ("outcome", "state", "visited_on", "note", "recorded_at"), changed)
    store.insert(Sample, samples)
    store.insert(Move, (move for sample in samples for move in custody.moves(sample)))
    counts = {name: sum(found.outcome == name for _, found in listed) for name in rules.OUTCOMES}
    return _keep(actor, draw, "visits", "visit.batch_recorded", lines, len(listed), counts, ())


@spoken(REFUSALS)
@transaction.atomic
def record_results_bulk(*, by: Any, draw: Draw, rows: Iterable[rules.Measurement]) -> Batch:
    """Record the results of many sealed samples of a draw; each sample named is complete with its rows.

    Failing samples open their cases with notice and clock in the same transaction.
    """
    actor = people.require(by, P.RESULT_RECORD, region=draw.region)
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    listed = list(rows)
    lines = _lines(_plain(asdict(measured)) for measured in listed)
    known = _known(draw, "results", lines)
    if known is not None:
        return known
    samples = _samples(draw)
    _refuse_doubles(listed)
    earlier = _earlier(draw)
    results = _results(draw, listed, samples, earlier)
    named = {samples[measured.seal_no].pk for measured in listed}
    whole = [*(one for one in earlier if one.sample_id in named), *results]
    decided = _decide(whole, samples)
    store.insert(Result, results)
    store.update(Visit, ("state", "verdict"), ((v.pk, rules.decided(said), said) for v, said in decided))
    cases, parties = _open_cases(draw, [visit for visit, said in decided if said == "fail"], whole)
    if people.may(by, P.CASE_HANDLE, region=draw.region):
        _serve(cases, parties)
    counts: dict[str, Any] = {
        "pass": len(decided) - len(cases),
        "fail": len(cases),
        "samples": len(decided),
    }
    if cases:
        counts |= {"notices_sha256": cases[0].notice_file, "parties": len(parties)}
    return _keep(actor, draw, "results", "result.batch_recorded", lines, len(listed), counts, cases)


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _lines(rows: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(canonical.dumps(row) + b"\n" for row in rows)


def _known(draw: Draw, kind: str, lines: bytes) -> Batch | None:
    return Batch.objects.filter(draw=draw, kind=kind, rows_sha256=hashlib.sha256(lines).hexdigest()).first()


def _visits(draw: Draw) -> dict[str, Visit]:
    rows = Visit.objects.filter(draw=draw).select_related(
        "selection__first_inspector", "selection__second_inspector", "first_inspector", "second_inspector"
    )
    return {visit.selection.unit_code: visit for visit in rows}


def _samples(draw: Draw) -> dict[str, Sample]:
    rows = Sample.objects.filter(visit__draw=draw, seal_no__isnull=False)
    return {sample.seal_no: sample for sample in rows.select_related(*_NAMED)}


def _sample(visit: Visit, found: rules.Finding) -> Sample:
    if found.lab and not found.seal_no:
        raise refuse("unsealed")
    sample = Sample(
        visit=visit, product_name=found.product_name, seal_no=found.seal_no or None, lab=found.lab
    )
    if found.seal_no:
        sample.custody = custody.sealed(visit, found.seal_no)
    if found.lab:
        sample.custody = custody.handed_on(sample, found.lab)
    return sample


def _refuse_taken_seals(samples: Sequence[Sample]) -> None:
    seals = [sample.seal_no for sample in samples if sample.seal_no]
    seen: set[str] = set()
    for seal in seals:
        if seal in seen:
            raise refuse("seal-taken", seal_no=seal)
        seen.add(seal)
    for start in range(0, len(seals), 500):
        taken = Move.objects.filter(seal__in=seals[start : start + 500]).first()
        if taken is not None:
            raise refuse("seal-taken", seal_no=taken.seal)


def _refuse_doubles(listed: Sequence[rules.Measurement]) -> None:
    seen: set[tuple[str, str]] = set()
    for measured in listed:
        key = (measured.seal_no, measured.item)
        if key in seen:
            raise refuse("item-twice", seal_no=measured.seal_no, item=measured.item)
        seen.add(key)


def _earlier(draw: Draw) -> list[Result]:
    """Return what was reported of samples whose test goes on; it belongs to their verdict."""
    rows = Result.objects.filter(sample__visit__draw=draw, sample__visit__state=rules.TESTING)
    return list(rows.filter(replaced_by__isnull=True).select_related("sample__visit"))


def _results(
    draw: Draw,
    listed: Sequence[rules.Measurement],
    samples: dict[str, Sample],
    earlier: Sequence[Result],
) -> list[Result]:
    known = {(one.sample_id, one.item): one for one in earlier if one.specimen_id is None}
    now, today = clock.now(), clock.today()
    sizes = {row.stratum: row for row in strata(draw)}
    results = []
    for measured in listed:
        sample = samples.get(measured.seal_no)
        if sample is None:
            raise refuse("no-such-sample", seal_no=measured.seal_no)
        visit = sample.visit
        rules.check_testable(seal_no=sample.seal_no, lab=sample.lab, reported_by=measured.lab)
        rules.check_open(visit.state, seal_no=measured.seal_no, item=measured.item)
        first = known.get((sample.pk, measured.item))
        if first is not None and records.measured_of(first, measured.seal_no) == measured:
            continue
        if first is not None:
            raise refuse("result-recorded", seal_no=measured.seal_no, item=measured.item)
        rules.check_report_day(measured.reported_on, visited_on=visit.visited_on, today=today)
        sampling.check_possible(measured.value, measured.unit)
        record = records.build(
            measured,
            result_id=uuid7(),
            sample_id=sample.pk,
            probability=visit.selection.chance(sizes[visit.selection.stratum]),
            custody=sample.custody,
        )
        row = records.row(record, sample_id=sample.pk, recorded_at=now)
        row.sample = sample
        results.append(row)
    return results


def _decide(results: Sequence[Result], samples: dict[str, Sample]) -> list[tuple[Visit, str]]:
    by_sample: dict[Any, list[str]] = {}
    for result in results:
        by_sample.setdefault(result.sample_id, []).append(result.verdict)
    visits = {sample.pk: sample.visit for sample in samples.values()}
    return [(visits[key], rules.visit_verdict(verdicts)) for key, verdicts in by_sample.items()]


def _open_cases(
    draw: Draw, visits: Sequence[Visit], results: Sequence[Result]
) -> tuple[list[Case], list[Party]]:
    failing: dict[Any, list[Result]] = {}
    for result in results:
        if result.verdict == "fail":
            failing.setdefault(result.sample.visit_id, []).append(result)
    orders = Purchase.objects.filter(sample__visit__draw=draw).exclude(platform="")
    bought = {one.sample_id: one for one in orders}
    cases, composed, parties = [], [], []
    for visit in visits:
        case, notice = opening.case(visit, failing[visit.pk])
        cases.append(case)
        composed.append(notice)
        parties += opening.parties(case, visit, bought.get(visit.sample.pk))
    if cases:
        notices.store(cases, composed, name=f"notices-{draw.serial}.ndjson")
    store.insert(Case, cases)
    store.insert(Party, parties)
    return cases, parties


def _serve(cases: Sequence[Case], parties: Sequence[Party]) -> None:
    """Serve the notices today: the same step as for one case, with its clocks, for many.

    While a party that may object was not served, nobody knows the last day of the case.
    """
    edge = next(e for e in rules.CASES.transitions if (e.source, e.event) == (rules.OPENED, "serve_notice"))
    today, reckon = clock.today(), clocks.reckoner()
    started = [clocks.build(case, name, today, reckon=reckon) for case in cases for name in edge.clock_start]
    store.insert(Clock, started)
    until = {one.case_id: clocks.settled(one) for one in started if one.rule == rules.OBJECTION_RULE}
    until |= {one.case_id: None for one in parties if one.may_object}
    store.update(
        Case,
        ("state", "served_on", "moved_on", "contestable_until"),
        ((case.pk, edge.target, today, today, until[case.pk]) for case in cases),
    )


def _keep(
    actor: ledger.Actor,
    draw: Draw,
    kind: str,
    verb: str,
    lines: bytes,
    count: int,
    counts: dict[str, Any],
    cases: Sequence[Case],
) -> Batch:
    named = [("case", str(case.pk)) for case in cases[:CASES_NAMED_AT_MOST]]
    entry = ledger.record_rows(
        by=actor,
        verb=verb,
        subjects=[("draw", draw.serial), *named],
        detail=counts,
        rows=lines,
        row_count=count,
        visibility="public",
        region=draw.region,
    )
    return Batch.objects.create(
        draw=draw,
        kind=kind,
        rows_sha256=entry.detail["rows_sha256"],
        row_count=count,
        recorded_at=clock.now(),
    )
