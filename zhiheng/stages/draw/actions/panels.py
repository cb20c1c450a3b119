"""Announces a panel and ends it: a region that draws the same thing every period with permanent numbers.

The later draws of a panel can be foreseen, since the seed of its first draw is public. That is the price of
comparing the same units over the years, and why it must be announced.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P

from .. import rules
from ..models import Draw, Panel
from ..refusals import refuse
from ..words import spoken


@spoken()
@transaction.atomic
def announce_panel(*, by: Any, draw: Draw, name: str, shift: Sequence[int], reason: str) -> Panel:
    """Announce that the later draws of a closed draw's region and thing go on with its numbers.

    ``shift`` [a, b] is how far the start turns each time: a/b of the circle, so that about a/b of the numbers
    are new. It may not exceed the share drawn of any stratum. The same announcement twice is once.
    """
    actor = people.require(by, P.DRAW_COMMIT, region=draw.region)
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    if draw.state != rules.CLOSED:
        raise refuse("panel-not-closed", draw=draw.serial)
    if draw.panel_id is not None:
        raise refuse("panel-of-a-panel", draw=draw.serial)
    top, bottom = _checked_shift(shift)
    rules.check_turn(draw.strata.values_list("stratum", "sample", "population"), shift)
    said = {"name": name.strip()[:80], "reason": rules.check_reason(reason)[:400]}
    held = Panel.objects.filter(first_draw=draw).first()
    if held is not None and (held.shift_top, held.shift_bottom) == (top, bottom):
        return held
    panel = Panel(
        region=draw.region,
        thing=draw.thing,
        first_draw=draw,
        shift_top=top,
        shift_bottom=bottom,
        announced_at=clock.now(),
        **{**said, "name": said["name"] or draw.serial},
    )
    try:
        with transaction.atomic():
            panel.save(force_insert=True)
    except IntegrityError:
        raise refuse("panel-stands", panel=_standing(draw)) from None
    ledger.record(
        by=actor,
        verb="draw.panel_announced",
        subjects=[("draw", draw.serial), ("obligation", str(draw.obligation_id))],
        detail={"name": panel.name, "seed": draw.seed, "shift": [top, bottom], "reason": panel.reason},
        visibility="public",
        region=draw.region,
    )
    return panel


@spoken()
@transaction.atomic
def end_panel(*, by: Any, panel: Panel, reason: str) -> Panel:
    """End a panel with a public reason: the next draw has a lottery of its own. Twice is once."""
    actor = people.require(by, P.DRAW_COMMIT, region=panel.region)
    held = Panel.objects.select_for_update(of=("self",)).select_related("first_draw").get(pk=panel.pk)
    if held.ended_at is not None:
        return held
    held.ended_at, held.end_reason = clock.now(), rules.check_reason(reason)[:400]
    held.save(update_fields=["ended_at", "end_reason"])
    ledger.record(
        by=actor,
        verb="draw.panel_ended",
        subjects=[("draw", held.first_draw.serial)],
        detail={"name": held.name, "reason": held.end_reason},
        visibility="public",
        region=held.region,
    )
    return held


def _checked_shift(shift: Sequence[int]) -> tuple[int, int]:
    if len(shift) != 2 or any(type(part) is not int for part in shift) or not 0 < shift[0] < shift[1] <= 1000:
        raise refuse("panel-share", given="/".join(map(str, shift)), field="shift")
    return shift[0], shift[1]


def _standing(draw: Draw) -> str:
    found = Panel.objects.filter(region=draw.region, thing=draw.thing, ended_at__isnull=True).first()
    return found.name if found else draw.serial
