"""Which units of a frame stand on other draws already: of higher levels, of other offices, of this one.

Firms drawn by another office are named only once its draw is closed, since its list is secret before; until
then their number alone is told. Which draws count as being about the same goods: the same item of a
catalogue by its code, or both about all goods.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from zhiheng.people import clock
from zhiheng.reference import limits, parameters, regions
from zhiheng.stages.plan.models import Obligation

from . import queries, rules
from .models import Draw, Selection
from .rules import design

NO_REPEAT_LIMIT = "spotcheck.no_repeat"


@dataclass(frozen=True)
class Linked:
    """The units of a frame by the ground on which they could be left out, each with the draw behind it."""

    by_reason: Mapping[str, Mapping[str, str]]
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    hidden: int = 0
    hidden_draws: int = 0

    def excluded(self, chosen: Collection[str]) -> dict[str, tuple[str, str]]:
        """Return the units that the chosen grounds leave out, with the first ground of each."""
        found: dict[str, tuple[str, str]] = {}
        for reason in design.BY_RULE:
            if reason in chosen:
                for unit, serial in self.by_reason[reason].items():
                    found.setdefault(unit, (reason, serial))
        return found


def find(duty: Obligation, units: Collection[str]) -> Linked:
    """Return how a frame is linked with the draws of this and other offices."""
    today = clock.today()
    months = max(int(parameters.value("linkage_months")), _no_repeat_months(today))
    draws = _draws(duty, since=design.months_before(today, months))
    above = {level.code for level in regions.path(duty.region)} - {duty.region}
    half_year = design.months_before(today, _no_repeat_months(today))
    by_reason: dict[str, dict[str, str]] = {reason: {} for reason in design.BY_RULE}
    elsewhere: dict[str, str] = {}
    hidden: set[str] = set()
    hidden_draws = set()
    for draw, unit in _chosen(draws, units):
        is_own = draw.region == duty.region
        if not is_own and not draw.is_closed:
            hidden.add(unit)
            hidden_draws.add(draw.pk)
            continue
        if is_own:
            if draw.revealed_at.date() >= half_year:
                by_reason[design.NO_REPEAT].setdefault(unit, draw.serial)
            if draw.period[:4] == duty.period[:4]:
                by_reason[design.YEARLY].setdefault(unit, draw.serial)
        elif draw.region in above:
            by_reason[design.HIGHER].setdefault(unit, draw.serial)
        else:
            elsewhere.setdefault(unit, draw.serial)
    return Linked(by_reason, elsewhere, len(hidden), len(hidden_draws))


def covered(duty: Obligation, units: Collection[str]) -> dict[str, str]:
    """Return the units that the cycle of a duty has drawn already, with the draw that did."""
    if not duty.is_full_coverage:
        return {}
    found = _about(duty).filter(
        Q(region=duty.region) | Q(state=rules.CLOSED),
        state__in=rules.OPEN,
        period__in=queries.periods_within(duty.cycle_from, duty.cycle_to),
    )
    drawn: dict[str, str] = {}
    for draw, unit in _chosen(list(found.order_by("revealed_at")), units):
        drawn.setdefault(unit, draw.serial)
    return drawn


def _draws(duty: Obligation, *, since: date) -> list[Draw]:
    found = _about(duty).filter(state__in=rules.OPEN, revealed_at__date__gte=since)
    return list(found.order_by("revealed_at"))


def _about(duty: Obligation) -> QuerySet[Draw]:
    """Return the draws that are about the same goods as a duty, through whatever channel, for any purpose."""
    draws = Draw.objects.select_related("obligation")
    if duty.item is None:
        return draws.filter(obligation__item__isnull=True)
    return draws.filter(obligation__item__code=duty.item.code)


def _chosen(draws: Iterable[Draw], units: Collection[str]) -> list[tuple[Draw, str]]:
    """Return the units of the frame that these draws chose, reserves that stepped in among them."""
    known, wanted = {draw.pk: draw for draw in draws}, set(units)
    by_draw: dict[Draw, list[str]] = defaultdict(list)
    keys = list(known)
    for start in range(0, len(keys), 500):
        rows = Selection.objects.filter(
            Q(is_reserve=False) | Q(stands_for__isnull=False), draw__in=keys[start : start + 500]
        )
        for key, unit in rows.order_by().values_list("draw_id", "unit_code"):
            if unit in wanted:
                by_draw[known[key]].append(unit)
    return [(draw, unit) for draw in known.values() for unit in sorted(by_draw[draw])]


def _no_repeat_months(today: date) -> int:
    return int(limits.get(NO_REPEAT_LIMIT, on=today).amount)
