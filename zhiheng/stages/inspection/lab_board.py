"""What laboratories have to do and how long they take: a few grouped queries, then small tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from zhiheng import people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.registry import queries as registry

from . import report_queries, rules, turnaround
from .models import Sample
from .turnaround import Span, Times

WEEKS = 12
CAPACITY_WEEKS = 4
LONGEST = 50
STAGES = {
    "waiting": (_("Waiting"), (rules.SEALED,)),
    "in_test": (_("In test"), (rules.RECEIVED, rules.TESTING)),
    "reported": (_("Reported"), rules.DECIDED),
}
"""What the board counts, and the states of a visit behind each number."""


@dataclass(frozen=True)
class LabRow:
    """One laboratory: what waits, what is in test, what it reported, how long it took, what it can do."""

    code: str
    name: str
    waiting: int
    in_test: int
    reported: int
    a_week: float
    times: Times | None
    capacity: int | None

    @property
    def weeks_of_work(self) -> float | None:
        """How many weeks the samples at hand take at full capacity; None when none is on record."""
        return (self.waiting + self.in_test) / self.capacity if self.capacity else None


@dataclass(frozen=True)
class Waiting:
    """One sample that has no report yet, with the limit that applies to it."""

    sample: Sample
    began_on: date
    days: int
    limit: Any
    is_overdue: bool
    is_past_reminder: bool


@dataclass(frozen=True)
class Board:
    """The whole board for one reader."""

    labs: list[LabRow]
    weeks: list[tuple[date, int]]
    longest: list[Waiting]
    spans: list[Span]
    today: date

    @property
    def overdue(self) -> list[Waiting]:
        """The samples past a verified limit."""
        return [one for one in self.longest if one.is_overdue]

    @property
    def capacity(self) -> int | None:
        """What all laboratories on the board can do in a week; None when one of them is not on record."""
        stated = [lab.capacity for lab in self.labs]
        return sum(filter(None, stated)) if stated and all(stated) else None


def samples(person: Any) -> QuerySet[Sample]:
    """Return the samples of the board with the day of their first whole report, for lists and filters."""
    first = Max("results__reported_on", filter=Q(results__replaces__isnull=True))
    return _given(person).annotate(reported_on=first)


def _given(person: Any) -> QuerySet[Sample]:
    return report_queries.samples(person, permission=P.LAB_VIEW)


def board(person: Any) -> Board:
    """Return the board of the samples of this person's laboratory or region."""
    today = clock.today()
    mondays = turnaround.weeks(today, WEEKS)
    spans = _spans(person, mondays[0])
    weeks = list(zip(mondays, turnaround.by_week(spans, mondays), strict=True))
    return Board(_labs(person, spans, today), weeks, _longest(person, today), spans, today)


def _spans(person: Any, since: date) -> list[Span]:
    rows = samples(person).filter(visit__state__in=rules.DECIDED, reported_on__gte=since)
    found = rows.order_by().values_list("lab", "visit__visited_on", "received_on", "reported_on")
    return [
        Span(lab, received_on or visited_on, reported_on, received_on is not None)
        for lab, visited_on, received_on, reported_on in found
    ]


def _labs(person: Any, spans: list[Span], today: date) -> list[LabRow]:
    at_hand = (
        _given(person)
        .filter(visit__state__in=rules.AT_LAB)
        .order_by()
        .values("lab")
        .annotate(
            **{
                name: Count("id", filter=Q(visit__state__in=STAGES[name][1]))
                for name in ("waiting", "in_test")
            },
        )
    )
    counts = {row["lab"]: row for row in at_hand}
    known = {lab.code: lab for lab in registry.labs(person)}
    own = people.within(registry.labs(person), person, P.LAB_VIEW, region="region", organisation="code")
    by_lab: dict[str, list[Span]] = {}
    for span in spans:
        by_lab.setdefault(span.lab, []).append(span)
    recent = today - timedelta(weeks=CAPACITY_WEEKS)
    rows = []
    for code in sorted({*counts, *by_lab, *own.values_list("code", flat=True)}):
        held, mine = known.get(code), by_lab.get(code, [])
        rows.append(
            LabRow(
                code=code,
                name=held.name if held else "",
                waiting=counts.get(code, {}).get("waiting", 0),
                in_test=counts.get(code, {}).get("in_test", 0),
                reported=len(mine),
                a_week=sum(span.reported_on > recent for span in mine) / CAPACITY_WEEKS,
                times=turnaround.times(mine),
                capacity=held.samples_a_week if held else None,
            )
        )
    return rows


def _longest(person: Any, today: date) -> list[Waiting]:
    """Return the samples that wait longest, each with its limit; those past a verified one come first."""
    rows = _given(person).filter(visit__state__in=rules.AT_LAB)
    began = Coalesce("received_on", "visit__visited_on")
    found = []
    for sample in rows.annotate(began_on=began).order_by("began_on", "seal_no")[:LONGEST]:
        limit = turnaround.limit(sample.visit.division, sample.began_on, sample.visit.region)
        found.append(
            Waiting(
                sample=sample,
                began_on=sample.began_on,
                days=(today - sample.began_on).days,
                limit=limit,
                is_overdue=turnaround.is_overdue(limit, today),
                is_past_reminder=turnaround.is_past_reminder(limit, today),
            )
        )
    return sorted(found, key=lambda one: not one.is_overdue)
