"""In which lists of a joint campaign each drawn firm stands, how that is known, and what it weighs by that.

Listed: the frozen list of the other draw holds its code. Told: a visit said that it stands there under
another code; then it holds for both firms. Unknown: it was asked and nobody could say. Otherwise it is not
there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from zhiheng.methods import multiframe, selection
from zhiheng.stages.plan.models import CHANNELS

from . import frames, rules
from .models import Draw, DrawStratum, Exclusion, Joint, Overlap, Selection, Told

LISTED, TOLD, UNKNOWN = "listed", "told", "unknown"
ABSENT = "absent"
ANSWERS = (LISTED, ABSENT, UNKNOWN)


@dataclass(frozen=True)
class Membership:
    """That a drawn firm stands in the list of another draw, or that this is not known (no stratum)."""

    draw: str
    unit: str
    other: str
    source: str
    code: str = ""
    stratum: str = ""


@dataclass(frozen=True)
class Unit:
    """One drawn firm with its chances: in its own draw, in other lists that hold it, and at most beyond."""

    draw: str
    unit: str
    stratum: str
    own: Fraction
    others: Sequence[tuple[Membership, Fraction]] = ()
    possible: Sequence[tuple[Membership, Fraction]] = ()

    @property
    def chances(self) -> list[Fraction]:
        """The chances that are known, that of its own draw first."""
        return [self.own, *(chance for _row, chance in self.others)]

    @property
    def weights(self) -> tuple[Fraction, Fraction]:
        """The single-frame weight with the least that it could be (``multiframe.box``), the most first."""
        least, most = multiframe.box(self.chances, [chance for _row, chance in self.possible])
        return most, least

    @property
    def by_count(self) -> Fraction:
        """The multiplicity weight, 1 / (m pi), by the lists that are known."""
        return selection.frame_weights(self.chances)[1]


@dataclass(frozen=True)
class Standing:
    """The draws of a joint campaign that stand, by channel, with the sizes of their strata."""

    draws: Mapping[str, Draw]
    sizes: Mapping[tuple[str, str], DrawStratum] = field(default_factory=dict)

    @property
    def serials(self) -> list[str]:
        """The serial numbers of the draws, in the order of the channels."""
        return [draw.serial for draw in self.draws.values()]

    def highest(self, serial: str) -> Fraction:
        """Return the highest chance that any firm has in a draw."""
        return max(row.probability for (draw, _name), row in self.sizes.items() if draw == serial)


def standing(joint: Joint) -> Standing:
    """Return the draws of a campaign that were not aborted."""
    rows = Draw.objects.filter(obligation__joint_frame__joint=joint).exclude(state=rules.ABORTED)
    found = {
        draw.obligation.joint_frame.channel: draw
        for draw in rows.select_related("obligation__joint_frame", "frame").order_by("serial")
    }
    found = {name: found[name] for name, _label in CHANNELS if name in found}
    by_key = {draw.pk: draw.serial for draw in found.values()}
    sizes = {
        (by_key[row.draw_id], row.stratum): row for row in DrawStratum.objects.filter(draw__in=list(by_key))
    }
    return Standing(found, sizes)


def read(joint: Joint, held: Standing | None = None) -> list[Membership]:
    """Return every membership of the drawn firms of a campaign beyond that of their own draw."""
    held = held or standing(joint)
    serials = {draw.pk: draw.serial for draw in held.draws.values()}
    found: dict[tuple[str, str, str], Membership] = {}
    rows = Overlap.objects.filter(selection__draw__in=list(serials), other__in=list(serials))
    values = rows.values_list("selection__draw_id", "selection__unit_code", "other_id", "stratum")
    for draw, unit, other, stratum in values.order_by():
        row = Membership(serials[draw], unit, serials[other], LISTED, unit, stratum)
        found[row.draw, row.unit, row.other] = row
    for row in _told(held, serials):
        found.setdefault((row.draw, row.unit, row.other), row)
    return [found[key] for key in sorted(found)]


def _told(held: Standing, serials: Mapping[object, str]) -> Iterable[Membership]:
    """Return what visits said, told ones first and each for both firms; the newest answer counts."""
    newest = {
        (row.selection_id, row.channel): row
        for row in Told.objects.filter(selection__draw__in=list(serials)).select_related("selection")
        if row.channel in held.draws
    }
    drawn = set(
        Selection.objects.filter(draw__in=list(serials), is_reserve=False).values_list("draw_id", "unit_code")
    )
    told, unknown = [], []
    for row in newest.values():
        here, there = row.selection, held.draws[row.channel]
        if row.answer == UNKNOWN:
            unknown.append(Membership(serials[here.draw_id], here.unit_code, there.serial, UNKNOWN))
        if row.answer != LISTED:
            continue
        own = next(draw for draw in held.draws.values() if draw.pk == here.draw_id)
        if stratum := stratum_in(there, row.code):
            told.append(Membership(own.serial, here.unit_code, there.serial, TOLD, row.code, stratum))
            if (there.pk, row.code) in drawn:
                back = (there.serial, row.code, own.serial, TOLD, here.unit_code, here.stratum)
                told.append(Membership(*back))
    return [*told, *unknown]


def stratum_in(draw: Draw, code: str) -> str:
    """Return the stratum in which a firm could be drawn, or nothing where it is not listed or left out."""
    row = frames.row_of(frames.data(draw.frame), code) if code else None
    if row is None or Exclusion.objects.filter(draw=draw, unit_code=code).exists():
        return ""
    return row.stratum


def units(joint: Joint, held: Standing | None = None) -> list[Unit]:
    """Return every drawn firm of a campaign with its chances in all lists."""
    held = held or standing(joint)
    beside: dict[tuple[str, str], list[Membership]] = defaultdict(list)
    for row in read(joint, held):
        beside[row.draw, row.unit].append(row)
    found = []
    for draw in held.draws.values():
        rows = Selection.objects.filter(draw=draw, is_reserve=False).order_by("unit_code")
        for unit, stratum in rows.values_list("unit_code", "stratum"):
            mine = beside[draw.serial, unit]
            others = [(row, held.sizes[row.other, row.stratum].probability) for row in mine if row.stratum]
            possible = [(row, held.highest(row.other)) for row in mine if not row.stratum]
            own = held.sizes[draw.serial, stratum].probability
            found.append(Unit(draw.serial, unit, stratum, own, others, possible))
    return found


def shared(held: Standing) -> dict[tuple[str, str], int]:
    """Count how many firms two lists share, for every pair of channels; the list with itself is its size."""
    codes = {
        name: {line.partition(b"\t")[0] for line in frames.data(draw.frame).splitlines()}
        for name, draw in held.draws.items()
    }
    return {(one, other): len(codes[one] & codes[other]) for one in codes for other in codes}
