"""Lets a reserve step in for a drawn unit whose visit failed, in the order of the tickets, with a reason.

The drawn unit keeps its outcome: it stays a non-response in every figure, and the reserve's result never
takes its place in an estimate. The public entry names stratum and places alone, so that nobody is warned.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import draw as protocol
from zhiheng.proof import pairing
from zhiheng.stages.registry.models import Inspector

from .. import frames, queries, rules, visited
from ..models import Draw, Selection, Substitution
from ..refusals import refuse
from ..words import spoken


@spoken()
@transaction.atomic
def use_reserve(*, by: Any, selection: Selection, reason: str) -> Substitution:
    """Let the next reserve of the class step in for a drawn unit that could not be inspected."""
    actor = people.require(by, P.DRAW_REVEAL, region=selection.draw.region)
    draw = Draw.objects.select_for_update(of=("self",)).select_related("frame").get(pk=selection.draw_id)
    original = Selection.objects.get(pk=selection.pk)
    if draw.state != rules.REVEALED:
        raise refuse("reserve-not-open", draw=draw.serial)
    if Substitution.objects.filter(original=original).exists():
        raise refuse("reserve-twice")
    outcome = "" if original.is_reserve else visited.failed(original)
    if not outcome:
        raise refuse("reserve-without-reason")
    if not reason.strip():
        raise refuse("reserve-without-word", field="reason")
    reserve = queries.waiting_reserves(draw).filter(stratum=original.stratum).first()
    if reserve is None:
        raise refuse("reserves-used-up", stratum=original.stratum)
    _send_inspectors(draw, reserve)
    made = Substitution.objects.create(
        draw=draw,
        original=original,
        reserve=reserve,
        outcome=outcome,
        reason=reason.strip()[:400],
        used_at=clock.now(),
    )
    ledger.record(
        by=actor,
        verb="draw.reserve_used",
        subjects=[("draw", draw.serial)],
        detail={
            "stratum": original.stratum,
            "instead_of": original.order,
            "place": reserve.order,
            "outcome": outcome,
            "reason": ledger.bound(made.reason, made, "reason"),
        },
        visibility="public",
        region=draw.region,
    )
    return made


def _send_inspectors(draw: Draw, reserve: Selection) -> None:
    """Give the reserve its two inspectors: the first by ticket who may go; the load plays no part here."""
    row = frames.row_of(frames.data(draw.frame), reserve.unit_code)
    if row is None:
        raise refuse("frame-changed", unit=reserve.unit_code)
    terms = {**draw.pairing, "cap": None}
    seed, name = bytes.fromhex(draw.seed), frames.namer(draw.frame)(reserve.unit_code)
    pairs: dict[str, pairing.Pair] = protocol.pair_units(seed, [name], terms, {name: row.division})
    first, second = (Inspector.objects.get(code=code) for code in pairs[name])
    reserve.first_inspector, reserve.second_inspector = first, second
    reserve.save(update_fields=["first_inspector", "second_inspector"])
