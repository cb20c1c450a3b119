"""Plans the draws of a year: each duty gets the day of its draw, all in one go or one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.formats import periods
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.stages.plan.models import Obligation

from .. import yearplan
from ..models import PlannedDraw
from ..refusals import refuse
from ..words import spoken

LINKED_AT_MOST = 999  # an entry names at most a thousand subjects, and its region is one of them


@spoken()
@transaction.atomic
def plan_year(*, by: Any, region: str, year: int) -> list[PlannedDraw]:
    """Plan a draw for every duty of a year that has none, on the day that the rule gives; twice is once.

    One entry stands for all of them, and one more for each thousand.
    """
    actor = people.require(by, P.DRAW_COMMIT, region=region)
    list(yearplan.duties_of(by, region, year).select_for_update(of=("self",)))  # of two at once one waits
    proposed = yearplan.proposals(by, region, year)
    now = clock.now()
    new = [
        PlannedDraw(obligation=one.duty, draw_on=one.draw_on, planned_at=now)
        for one in proposed
        if one.draw_on is not None
    ]
    PlannedDraw.objects.bulk_create(new, batch_size=500)
    for start in range(0, len(new), LINKED_AT_MOST):
        _record(actor, region, year, new[start : start + LINKED_AT_MOST])
    return new


@spoken()
@transaction.atomic
def plan_draw(*, by: Any, obligation: Obligation, draw_on: date) -> PlannedDraw:
    """Plan the draw of one duty on a day of its period, or move it to another."""
    actor = people.require(by, P.DRAW_COMMIT, region=obligation.region)
    duty = Obligation.objects.select_for_update(of=("self",)).get(pk=obligation.pk)
    if duty.state != "issued":
        raise refuse("duty-not-issued")
    if not periods.parse(duty.period).touches(draw_on, draw_on):
        raise refuse("planned-outside", day=draw_on.isoformat(), field="draw_on")
    if draw_on < clock.today():
        raise refuse("planned-in-the-past", day=draw_on.isoformat(), field="draw_on")
    held = PlannedDraw.objects.filter(obligation=duty).first()
    if held is not None and held.draw_on == draw_on:
        return held
    before = held.draw_on.isoformat() if held else ""
    planned = held or PlannedDraw(obligation=duty)
    planned.draw_on, planned.planned_at = draw_on, clock.now()
    planned.save()
    ledger.record(
        by=actor,
        verb="draw.planned",
        subjects=[("obligation", str(duty.pk))],
        detail={"draw_on": draw_on.isoformat(), **({"before": before} if before else {})},
        region=duty.region,
    )
    return planned


def _record(actor: Any, region: str, year: int, part: Sequence[PlannedDraw]) -> None:
    ledger.record_rows(
        by=actor,
        verb="draw.year_planned",
        subjects=[("region", region), *(("obligation", str(one.obligation_id)) for one in part)],
        detail={"year": year},
        rows=b"".join(
            canonical.dumps({"obligation": str(one.obligation_id), "draw_on": one.draw_on.isoformat()})
            + b"\n"
            for one in part
        ),
        row_count=len(part),
        region=region,
    )
