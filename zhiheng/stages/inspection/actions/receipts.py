"""Takes a sealed sample into the laboratory, with its seal compared."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.stages.draw.words import spoken

from .. import reporting, rules
from ..models import Receipt, Sample, Visit
from ..refusals import REFUSALS, refuse


@spoken(REFUSALS)
@transaction.atomic
def receive_sample(
    *,
    by: Any,
    sample: Sample,
    seal_no: str,
    seal_is_whole: bool = True,
    note: str = "",
    received_on: date | None = None,
) -> Receipt:
    """Record that a laboratory took a sample in; a broken seal, with its note, makes the sample void.

    Recorded twice with the same words it is recorded once.
    """
    rows = Visit.objects.select_for_update(of=("self",)).select_related("selection")
    visit = rows.get(pk=sample.visit_id)
    sample = Sample.objects.get(pk=sample.pk)
    actor = people.require(by, P.RESULT_RECORD, region=visit.region, organisation=sample.lab or None)
    rules.check_testable(seal_no=sample.seal_no, lab=sample.lab, reported_by=sample.lab)
    if seal_no.strip() != sample.seal_no:
        raise refuse("wrong-seal", given=seal_no.strip()[:40], field="seal_no")
    if not seal_is_whole:
        rules.check_reason(note)
    day = received_on or clock.today()
    said = (seal_is_whole, note.strip()[:400], day)
    first = Receipt.objects.filter(sample=sample).first()
    if first is not None:
        if (first.seal_is_whole, first.note, first.received_on) == said:
            return first
        raise refuse("already-received", seal_no=sample.seal_no)
    reporting.check_receipt_day(day, visited_on=visit.visited_on, today=clock.today())
    edge = machine.advance(rules.VISITS, visit.state, "receive" if seal_is_whole else "void")
    visit.state = edge.target
    if not seal_is_whole:
        visit.note = said[1]
    visit.save(update_fields=["state", "note"])
    receipt = Receipt.objects.create(
        sample=sample,
        lab=sample.lab,
        seal_is_whole=seal_is_whole,
        note=said[1],
        received_on=day,
        recorded_at=clock.now(),
    )
    ledger.record(
        by=actor,
        verb=edge.verb,
        subjects=[("visit", str(visit.pk)), ("subject", str(visit.selection.subject_id))],
        detail={"lab": sample.lab, "seal_is_whole": seal_is_whole, "received_on": day.isoformat()},
        region=visit.region,
    )
    return receipt
