"""Gives a visit to another pair when one of the two drawn for it cannot go, with the reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.draw.words import spoken
from zhiheng.stages.registry import queries as registry
from zhiheng.stages.registry.available import Absences
from zhiheng.stages.registry.models import Inspector

from .. import custody, rules
from ..models import Reassignment, Visit
from ..refusals import REFUSALS, refuse
from ..rules import sampling
from . import visits


@spoken(REFUSALS)
@transaction.atomic
def reassign_visit(*, by: Any, visit: Visit, first: str, second: str, reason: str) -> Visit:
    """Give a visit that is still to be made to two inspectors, by the numbers of their certificates.

    The certificate of the draw keeps the pair that was drawn; who goes instead, and why, stands beside it.
    """
    visit = visits._locked(visit)
    actor = people.require(by, P.CASE_HANDLE, region=visit.region)
    if visit.state != rules.ASSIGNED:
        raise refuse("visit-not-open")
    rules.check_reason(reason)
    codes = [first.strip(), second.strip()]
    rules.check_pair(codes)
    before = custody.assigned_codes(visit)
    if set(codes) == before and visit.first_inspector_id is not None:
        return visit
    if set(codes) == before:
        raise refuse("same-pair", field="first")
    pair = [_able(visit, code) for code in codes]
    absences = Absences(pair)
    for one in pair:
        sampling.check_able(one.code, absences.why(one, clock.today()), on=clock.today())
    visit.first_inspector, visit.second_inspector = pair
    visit.save(update_fields=["first_inspector", "second_inspector"])
    made = Reassignment.objects.create(
        visit=visit,
        before=", ".join(sorted(before)),
        after=", ".join(codes),
        reason=reason.strip()[:400],
        recorded_at=clock.now(),
    )
    ledger.record(
        by=actor,
        verb="visit.reassigned",
        subjects=visits._subjects(visit),
        detail={
            "before": made.before,
            "after": made.after,
            "reason": ledger.bound(made.reason, made, "reason"),
        },
        region=visit.region,
    )
    return visit


def _able(visit: Visit, code: str) -> Inspector:
    found = registry.inspectors_for(visit.region).filter(code=code).first()
    if found is None:
        found = Inspector.objects.filter(code=code).first()
        if found is None or found.is_active:
            raise refuse("no-such-inspector", inspector=code, field="first")
    if visit.selection.unit_code in found.conflicts:
        raise refuse("conflict-of-interest", inspector=code, field="first")
    return found
