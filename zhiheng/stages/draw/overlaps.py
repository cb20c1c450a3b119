"""Records which drawn units stand in the frames of other draws of the same goods and period as well.

Frames of factories, shops and platforms, or of a province and its cities, may share units. Each drawn unit
keeps its chance in every frame that holds it, whichever draw came first.
"""

from __future__ import annotations

from fractions import Fraction

from zhiheng.methods import selection
from zhiheng.proof import weighting
from zhiheng.reference import regions
from zhiheng.stages.registry import store

from . import frames, rules
from .models import Draw, DrawStratum, Overlap, Selection


def store_for(draw: Draw) -> int:
    """Record the overlaps of a draw that was just revealed, on both sides; return how many."""
    new: list[Overlap] = []
    for other in _same_goods(draw):
        new += _held(draw, other)
        new += _held(other, draw)
    store.insert(Overlap, new)
    return len(new)


def _same_goods(draw: Draw) -> list[Draw]:
    """Return the revealed draws of the same item and period whose regions share ground with this one's."""
    found = Draw.objects.filter(
        period=draw.period, state__in=rules.OPEN, obligation__item=draw.obligation.item_id
    )
    if draw.obligation.item_id is None:
        found = Draw.objects.filter(period=draw.period, state__in=rules.OPEN, obligation__item__isnull=True)
    listed = found.exclude(pk=draw.pk).select_related("frame").order_by("serial")
    return [
        other
        for other in listed
        if regions.contains(other.region, draw.region) or regions.contains(draw.region, other.region)
    ]


def _held(chosen_by: Draw, held_by: Draw) -> list[Overlap]:
    """Return one row for each unit that one draw chose and that could have been drawn by the other."""
    chosen = {row.unit_code: row for row in Selection.objects.filter(draw=chosen_by, is_reserve=False)}
    sizes = {row.stratum: (row.sample, row.population) for row in DrawStratum.objects.filter(draw=held_by)}
    if (said := held_by.weighted) is not None:
        sizes = {row["stratum"]: weighting.target(said, row["stratum"]) for row in said["classes"]}
    found = []
    for row in frames.drawn_from(held_by):
        if row.id in chosen:
            sample, population = sizes[row.stratum]
            found.append(
                Overlap(
                    selection=chosen[row.id],
                    other=held_by,
                    stratum=row.stratum,
                    population=population,
                    sample=sample,
                )
            )
    return found


def chances(chosen: Selection) -> list[Fraction]:
    """Return the inclusion probabilities of a drawn unit in all frames that hold it, its own draw first."""
    own = DrawStratum.objects.get(draw=chosen.draw_id, stratum=chosen.stratum)
    others = chosen.overlaps.order_by("other__serial").values_list("sample", "population")
    return [Fraction(*chosen.chance(own)), *(Fraction(sample, population) for sample, population in others)]


def weights(chosen: Selection) -> tuple[Fraction, Fraction]:
    """Return the weight of a drawn unit over all its frames: single-frame, and by multiplicity."""
    return selection.frame_weights(chances(chosen))
