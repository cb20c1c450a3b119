"""Reads the plan of a year: duties and their draws by period, and weeks against what inspectors can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from zhiheng import people
from zhiheng.formats import periods
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.reference.calendar import Calendar
from zhiheng.stages.plan.models import Obligation
from zhiheng.stages.registry.available import ON_LEAVE, Absences
from zhiheng.stages.registry.queries import inspectors_for

from . import queries, rules, visited
from .models import Draw
from .rules import planning

UNPLANNED, PLANNED = "unplanned", "planned"
STATES = (UNPLANNED, PLANNED, rules.COMMITTED, rules.REVEALED, rules.CLOSED)


@dataclass(frozen=True)
class Duty:
    """One duty of the year: its draw or its planned day, and how many visits it still asks for."""

    duty: Obligation
    state: str
    draw: Draw | None
    planned_on: date | None
    visits: int | None
    drawn: int = 0

    @property
    def load(self) -> planning.Load | None:
        """The visits that it asks for and their first and last day; nothing where it is unknown."""
        if not self.visits or self.state == rules.CLOSED:
            return None
        own, today = periods.parse(self.duty.period), clock.today()
        begin = max(self.planned_on or own.first, today if self.draw else own.first)
        return planning.Load(self.visits, begin, max(own.last, begin))


@dataclass(frozen=True)
class Proposal:
    """On which day the draw of a duty would be planned; nothing where its period is over."""

    duty: Obligation
    draw_on: date | None


@dataclass(frozen=True)
class PeriodRow:
    """One period of the year: duties by the state of their draws, quotas, and inspector-days."""

    period: str
    counts: Mapping[str, int]
    quota: int
    by_shares: int
    drawn: int
    needed: int
    capacity: int

    @property
    def is_overfull(self) -> bool:
        """Whether its own draws alone ask for more than its days hold."""
        return self.needed > self.capacity


@dataclass(frozen=True)
class Away:
    """Who is on leave in a week, and on how many of its working days."""

    name: str
    code: str
    days: int


@dataclass(frozen=True)
class Plan:
    """The year of one region."""

    year: int
    region: str
    duties: Sequence[Duty]
    by_period: Sequence[PeriodRow]
    weeks: Sequence[tuple[planning.Week, Sequence[Away]]]
    inspectors: int
    is_settled: bool

    @property
    def overfull(self) -> int:
        """How many weeks are asked for more than they hold."""
        return sum(week.is_overfull for week, _away in self.weeks)

    @property
    def unplanned(self) -> int:
        """How many duties have neither a draw nor a day."""
        return sum(one.state == UNPLANNED for one in self.duties)


def duties_of(person: Any, region: str, year: int) -> QuerySet[Obligation]:
    """Return the issued and ended duties of a year in a region that this person may see."""
    found = Obligation.objects.filter(
        state__in=("issued", "done"), region__range=regions.span(region), period__startswith=str(year)
    ).select_related("item", "planned_draw")
    return people.within(found, person, P.DRAW_VIEW, region="region").order_by("period", "region", "pk")


def duties(person: Any, region: str, year: int) -> list[Duty]:
    """Return the duties of a year with what became of each, in three statements."""
    rows = list(duties_of(person, region, year))
    draws = queries.with_sizes(Draw.objects.filter(obligation__in=rows).exclude(state=rules.ABORTED))
    by_duty = {draw.obligation_id: draw for draw in draws}
    waiting = visited.waiting([draw for draw in by_duty.values() if draw.state == rules.REVEALED])
    found = [_duty(row, by_duty.get(row.pk), waiting) for row in rows]
    return sorted(found, key=lambda one: (periods.parse(one.duty.period).order, one.duty.region))


def _duty(duty: Obligation, draw: Draw | None, waiting: Mapping[Any, int]) -> Duty:
    planned = getattr(duty, "planned_draw", None)
    planned_on = planned.draw_on if planned else None
    if draw is None:
        ended = duty.state != "issued"
        state = rules.CLOSED if ended else PLANNED if planned else UNPLANNED
        return Duty(duty, state, None, planned_on, 0 if ended else duty.quota)
    visits = {rules.COMMITTED: draw.n, rules.REVEALED: waiting.get(draw.pk, draw.n)}.get(draw.state, 0)
    return Duty(duty, draw.state, draw, planned_on, visits, draw.n if draw.is_revealed else 0)


def proposals(person: Any, region: str, year: int) -> list[Proposal]:
    """Return the day on which the rule would plan each duty that has neither a draw nor a day."""
    today, working = clock.today(), Calendar.load().is_working_day
    return [
        Proposal(one.duty, planning.draw_day(periods.parse(one.duty.period), today, working))
        for one in duties(person, region, year)
        if one.state == UNPLANNED and people.may(person, P.DRAW_COMMIT, region=one.duty.region)
    ]


def of_year(person: Any, region: str, year: int) -> Plan:
    """Return the plan of a year: by period and by week."""
    calendar = Calendar.load()
    working = calendar.is_working_day
    held = duties(person, region, year)
    able, absences = _able(region, year, calendar)
    needed = planning.needed_by_day([load for one in held if (load := one.load)], working)
    found = planning.weeks(year, able, needed, working)
    return Plan(
        year=year,
        region=region,
        duties=held,
        by_period=_by_period(held, able, working),
        weeks=[(week, _away(week, absences, working)) for week in found],
        inspectors=len(absences.known),
        is_settled=calendar.covers(year),
    )


def _able(region: str, year: int, calendar: Calendar) -> tuple[dict[date, int], Absences]:
    """Return how many inspectors can go on each working day of a year, and their absences."""
    absences = Absences(inspectors_for(region))
    people_known = list(absences.known.values())
    able = {
        day: sum(not absences.why(one, day) for one in people_known)
        for day in periods.days(periods.parse(str(year)))
        if calendar.is_working_day(day)
    }
    return able, absences


def _away(week: planning.Week, absences: Absences, working: planning.Working) -> list[Away]:
    days = [week.first + timedelta(days=number) for number in range((week.last - week.first).days + 1)]
    found = []
    for one in absences.known.values():
        count = sum(working(day) and absences.why(one, day) == ON_LEAVE for day in days)
        if count:
            found.append(Away(one.name, one.code, count))
    return found


def _by_period(held: Sequence[Duty], able: Mapping[date, int], working: planning.Working) -> list[PeriodRow]:
    rows = []
    for text in periods.in_order({one.duty.period for one in held}):
        own = [one for one in held if one.duty.period == text]
        span = periods.parse(text)
        loads = [load for one in own if (load := one.load)]
        total = sum(planning.needed_by_day(loads, working).values(), Fraction())
        rows.append(
            PeriodRow(
                period=text,
                counts={state: sum(one.state == state for one in own) for state in STATES},
                quota=sum(one.duty.quota or 0 for one in own),
                by_shares=sum(one.duty.quota is None for one in own),
                drawn=sum(one.drawn for one in own),
                needed=int(total),
                capacity=sum(count for day, count in able.items() if span.touches(day, day)),
            )
        )
    return rows
