"""The word of the second inspector, who was there and did not make the record."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from zhiheng import ledger
from zhiheng.people import clock
from zhiheng.stages.draw.words import spoken

from .. import custody, firm_queries, rules
from ..firm_refusals import REFUSALS, refuse
from ..models import Confirmation, Visit
from . import visits


@spoken(REFUSALS)
@transaction.atomic
def confirm_visit(*, by: Any, visit: Visit) -> Confirmation:
    """Confirm the record of a visit as the inspector who did not make it; once is enough."""
    visit = visits._locked(visit)
    actor = custody.recorder(by, visit)
    own = custody.own_codes(by) & custody.assigned_codes(visit)
    known = Confirmation.objects.filter(visit=visit).first()
    if known is not None:
        return known
    if visit.state == rules.ASSIGNED:
        raise refuse("confirm-early")
    if not own or firm_queries.recorder_of(visit) == actor.key:
        raise refuse("confirm-own")
    made = Confirmation.objects.create(visit=visit, inspector=min(own), recorded_at=clock.now())
    ledger.record(
        by=actor,
        verb="visit.confirmed",
        subjects=[("visit", str(visit.pk))],
        detail={"inspector": made.inspector},
        region=visit.region,
    )
    return made
