"""Works out a draw before it is committed: who is left out, how many of each stratum, who can go.

The same design is shown as a preview and bound by the commitment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from zhiheng import ledger
from zhiheng.formats import periods
from zhiheng.people import clock
from zhiheng.proof import draw as protocol
from zhiheng.proof import weighting
from zhiheng.proof.frame import FrameRow
from zhiheng.stages.plan.models import Obligation
from zhiheng.stages.registry import queries as registry
from zhiheng.stages.registry.models import Frame, Inspector

from . import frames, linkage, rules
from .models import ObligationFrame, Panel
from .refusals import refuse
from .rules import design

Single = tuple[str, str, str]


@dataclass(frozen=True)
class Wish:
    """What the officer chooses for a draw: grounds of exclusion, single units, inspectors, fields."""

    exclude: Collection[str] = ()
    singles: Sequence[Single] = ()
    away: Collection[str] = ()
    match_fields: bool = True
    by_weight: bool = False


@dataclass(frozen=True)
class Design:
    """A draw worked out: its units, exclusions, sizes, and how many it was asked for."""

    obligation: Obligation
    frame: Frame
    rows: Sequence[FrameRow]
    exclusions: Mapping[str, tuple[str, str]]
    allotment: design.Allotment
    quota: int | None
    linked: linkage.Linked
    panel: Panel | None = None
    weighted: Mapping[str, Any] | None = None

    @property
    def shares(self) -> tuple[rules.Share, ...]:
        """How many units of each stratum are drawn."""
        return self.allotment.shares

    @property
    def n(self) -> int:
        """How many units are drawn."""
        return sum(share.sample for share in self.shares)

    @property
    def population(self) -> int:
        """How many units could be drawn: the covered population."""
        return sum(share.population for share in self.shares)

    @property
    def is_short(self) -> bool:
        """Whether the quota asks for more units than there are."""
        return self.quota is not None and self.n < self.quota

    @property
    def is_raised(self) -> bool:
        """Whether the cycle draws more than the quota, because it would not reach everybody in time."""
        return (
            self.quota is not None
            and self.obligation.quota is not None
            and self.quota > self.obligation.quota
        )

    @cached_property
    def kept(self) -> list[FrameRow]:
        """The rows of the frame that can be drawn."""
        return [row for row in self.rows if row.id not in self.exclusions]

    def listed(self) -> list[dict[str, str]]:
        """Return the exclusions in the form that the announcement binds, by the names of the public file."""
        return protocol.excluded(frames.in_public(self.frame, self.exclusions))

    def by_reason(self) -> dict[str, int]:
        """Return how many units each reason leaves out."""
        counts = Counter(reason for reason, _note in self.exclusions.values())
        return {reason: counts[reason] for reason in design.REASONS if counts[reason]}


def work_out(duty: Obligation, frame: Frame, wish: Wish) -> Design:
    """Return the design of a draw, or refuse what cannot be drawn."""
    rows = frames.rows(frames.data(frame))
    units = [row.id for row in rows]
    linked = linkage.find(duty, units)
    exclusions = _exclusions(duty, wish, units, linked)
    strata = Counter(row.stratum for row in rows if row.id not in exclusions)
    if not strata:
        raise refuse("all-excluded" if exclusions else "frame-empty")
    quota = _quota(duty, strata)
    allotment = design.allot(
        strata,
        quota=quota,
        fractions=duty.fractions,
        weights=duty.weights,
        minimum=duty.minimum_per_stratum,
    )
    panel, weighted = panel_of(duty), None
    if wish.by_weight:
        _check_by_weight(duty, panel)
        n = sum(share.sample for share in allotment.shares)
        weighted = design.by_weight(strata, n, duty.weights)
        allotment = design.Allotment((rules.Share(weighting.ALL, strata.total(), n),))
    return Design(duty, frame, rows, exclusions, allotment, quota, linked, panel, weighted)


def _check_by_weight(duty: Obligation, panel: Panel | None) -> None:
    """Refuse a draw by weight where the probabilities of several draws hang together."""
    if panel is not None or duty.is_full_coverage or hasattr(duty, "joint_frame"):
        raise refuse("weights-not-here", field="method")


def check_frame(obligation: Obligation, frame: Frame) -> None:
    """Refuse a frame that was picked among old ones: the newest counts, and it is not older than the duty."""
    if obligation.needs_own_list:
        if not ObligationFrame.objects.filter(frame=frame, obligation=obligation).exists():
            raise refuse("frame-of-another-duty")
        others = Frame.objects.filter(duty__obligation=obligation)
    else:
        if ObligationFrame.objects.filter(frame=frame).exists():
            raise refuse("frame-not-needed")
        others = Frame.objects.filter(region=frame.region, duty__isnull=True)
    newest = others.filter(frozen_at__gt=frame.frozen_at).order_by("-frozen_at").first()
    if newest is not None:
        raise refuse("frame-not-newest", frozen=_day(frame.frozen_at), newest=_day(newest.frozen_at))
    if frame.is_salted and hasattr(obligation, "joint_frame"):
        raise refuse("joint-needs-open-ids")
    issued_at = _issued_at(obligation)
    if _day(frame.frozen_at) < _day(issued_at):
        raise refuse("frame-before-duty", frozen=_day(frame.frozen_at), issued=_day(issued_at))
    panel = panel_of(obligation)
    if panel is not None and not _same_names(frame, panel.first_draw.frame):
        raise refuse("panel-other-names", draw=panel.first_draw.serial)


def _same_names(frame: Frame, first: Frame) -> bool:
    """Whether two lists name their units alike: both by codes, or by the names of one key."""
    if not frame.is_salted and not first.is_salted:
        return True
    key, known = (one.names_from_id or one.pk for one in (frame, first))
    return frame.ids == first.ids and key == known


def _issued_at(obligation: Obligation) -> datetime:
    entries = ledger.timeline("obligation", str(obligation.pk), public_only=True)
    verbs = ("plan.obligation_issued", "plan.obligations_imported")
    issued = [entry.at for entry in entries if entry.verb in verbs]
    return issued[-1] if issued else obligation.recorded_at


def _day(at: datetime) -> str:
    return timezone.localdate(at).isoformat()


def panel_of(duty: Obligation) -> Panel | None:
    """Return the panel that goes on with this duty: announced, not ended, begun in a period before this."""
    held = Panel.objects.filter(region=duty.region, thing=duty.thing, ended_at__isnull=True)
    found = held.select_related("first_draw__frame").first()
    if found is None or periods.parse(found.first_draw.period).last >= periods.parse(duty.period).first:
        return None
    return found


def _quota(duty: Obligation, strata: Counter[str]) -> int | None:
    """Return how many are drawn in all; a cycle draws more where it would come late."""
    if duty.quota is None or not duty.is_full_coverage:
        return duty.quota
    return design.catch_up(duty.quota, strata.total(), periods.count(duty.period, duty.cycle_to))


def _exclusions(
    duty: Obligation, wish: Wish, units: Sequence[str], linked: linkage.Linked
) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    known = set(units)
    for unit, reason, note in wish.singles:
        if unit not in known:
            raise refuse("excluded-elsewhere", unit=unit)
        found[unit] = design.check_single(unit, reason, note)
    for unit, serial in linkage.covered(duty, units).items():
        found.setdefault(unit, (design.COVERED, serial))
    for unit, ground in linked.excluded(design.check_reasons(list(wish.exclude))).items():
        found.setdefault(unit, ground)
    return found


@dataclass(frozen=True)
class Team:
    """Who can go: inspectors of the region without those away, their conflicts and fields, and the cap."""

    able: Mapping[str, Inspector]
    away: Collection[str]
    conflicts: Sequence[tuple[str, str]]
    fields: Mapping[str, Sequence[str]]
    cap: int
    name: Callable[[str], str] = str

    def terms(self) -> dict[str, Any]:
        """Return the terms of pairing in the form that is hashed into the announcement."""
        offices = {key: one.unit for key, one in self.able.items()}
        conflicts = [(self.name(unit), key) for unit, key in self.conflicts]
        return protocol.pairing_terms(offices, conflicts, self.cap, self.fields)


def team(found: Design, wish: Wish, absent: Collection[str] | None = None) -> Team:
    """Return who can visit the units of a design; refuse one that two inspectors could not visit.

    ``absent`` names who is away until the reveal, where the caller knows it already.
    """
    region = found.obligation.region
    gone = away_until_reveal(region, clock.today()) if absent is None else set(absent)
    away = set(wish.away) | gone
    able = {one.code: one for one in registry.inspectors_for(region) if one.code not in away}
    stated = {code for one in able.values() for code in one.conflicts}
    in_frame = stated.intersection(row.id for row in found.kept)
    conflicts = sorted(
        (unit, key) for key, one in able.items() for unit in in_frame.intersection(one.conflicts)
    )
    by_unit: dict[str, set[str]] = {}
    for unit, key in conflicts:
        by_unit.setdefault(unit, set()).add(key)
    rules.check_inspectors(found.n, list(able), by_unit)
    fields = {key: one.fields for key, one in able.items() if one.fields} if wish.match_fields else {}
    fewest = _fewest(found.kept, list(able), by_unit, fields)
    cap = rules.load_cap(found.n, len(able), fewest)
    return Team(able, away, conflicts, fields, cap, frames.namer(found.frame))


def away_until_reveal(region: str, today: date) -> set[str]:
    """Return who is on leave or struck off on any day on which the draw may be revealed."""
    return registry.away(region, today, rules.reveal_by(today))


def _fewest(
    rows: Sequence[FrameRow],
    able: Sequence[str],
    conflicts: Mapping[str, Collection[str]],
    fields: Mapping[str, Collection[str]],
) -> int:
    """Return how many inspectors the scarcest unit has, refused below two."""
    fit = {
        division: {key for key in able if division in fields.get(key, (division,))}
        for division in sorted({row.division for row in rows})
    }
    fewest = len(able)
    for division, keys in fit.items():
        if len(keys) < 2:
            raise refuse("few-in-field", division=division, present=len(keys), missing=2 - len(keys))
        fewest = min(fewest, len(keys))
    for row in rows:
        if row.id in conflicts:
            left = len(fit[row.division].difference(conflicts[row.id]))
            if left < 2:
                raise refuse("conflicts-leave-few", unit=row.id, missing=2 - left)
            fewest = min(fewest, left)
    return fewest
