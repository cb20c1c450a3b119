"""Records what a visit found out about the other lists of a joint campaign in which the firm stands."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from zhiheng import ledger
from zhiheng.people import clock
from zhiheng.stages.draw import memberships
from zhiheng.stages.draw.models import Joint, Overlap, Told
from zhiheng.stages.draw.words import spoken

from .. import custody
from ..models import Visit
from ..refusals import REFUSALS, refuse
from . import visits


@spoken(REFUSALS)
@transaction.atomic
def tell_list(*, by: Any, visit: Visit, channel: str, answer: str, code: str = "") -> Told:
    """Record that the firm stands in another list under another code, does not stand there, or nobody knows.

    A later answer stands beside the earlier one and counts instead, until the record of the campaign is
    sealed. The same answer twice is once. A code must stand in the frozen list.
    """
    visit = visits._locked(visit)
    actor = custody.recorder(by, visit)
    joint = Joint.objects.filter(frames__obligation=visit.draw.obligation_id).select_for_update().first()
    if joint is None:
        raise refuse("no-joint")
    if joint.sealed_at is not None:
        raise refuse("joint-sealed", joint=joint.serial)
    code = code.strip().upper()
    _check(visit, joint, channel, answer, code)
    last = Told.objects.filter(selection=visit.selection_id, channel=channel).last()
    if last is not None and (last.answer, last.code) == (answer, code):
        return last
    told = Told.objects.create(
        selection=visit.selection, channel=channel, answer=answer, code=code, recorded_at=clock.now()
    )
    ledger.record(
        by=actor,
        verb="visit.list_told",
        subjects=visits._subjects(visit),
        detail={"joint": joint.serial, "channel": channel, "answer": answer, "code": code},
        region=visit.region,
    )
    return told


def _check(visit: Visit, joint: Joint, channel: str, answer: str, code: str) -> None:
    """Refuse an answer about the own list, one that holds the firm, or with a code that stands nowhere."""
    if answer not in memberships.ANSWERS:
        raise refuse("no-such-answer", answer=answer)
    there = memberships.standing(joint).draws.get(channel)
    if there is None or there.pk == visit.draw_id:
        raise refuse("no-such-list", channel=channel)
    if Overlap.objects.filter(selection=visit.selection_id, other=there).exists():
        raise refuse("list-known", draw=there.serial)
    if (answer == memberships.LISTED) != bool(code):
        raise refuse("code-with-listed")
    if code == visit.selection.unit_code or (code and not memberships.stratum_in(there, code)):
        raise refuse("code-not-listed", unit=code)
