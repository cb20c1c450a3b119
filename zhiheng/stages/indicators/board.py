"""Reads where the inspections of a region and period stand: progress, failing rates, what is overdue.

Every number is counted here and now from visits and cases, narrowed to what the reader may see, and leads to
the list of the rows behind it. Failing rates are provisional: results can still be contested.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import Count, Q, QuerySet

from zhiheng import people
from zhiheng.methods import survey
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.stages.draw.models import Draw, DrawStratum
from zhiheng.stages.inspection import rules as inspection
from zhiheng.stages.inspection.models import Case, Clock, Visit

OVERDUE_SHOWN = 20
DRAWS_SHOWN = 60


@dataclass
class Progress:
    """Where the visits and cases of one region or draw stand."""

    key: str
    states: Counter = field(default_factory=Counter)
    cases_open: int = 0
    overdue: int = 0

    @property
    def drawn(self) -> int:
        """Visits that were opened."""
        return self.states.total()

    @property
    def ended(self) -> int:
        """Visits with an outcome that is final for the visit."""
        return self.drawn - sum(self.states[state] for state in inspection.UNENDED)

    @property
    def to_visit(self) -> int:
        """Visits that nobody has made yet."""
        return self.states[inspection.ASSIGNED]

    @property
    def at_lab(self) -> int:
        """Visits whose sample is on its way, or waits for its report."""
        return self.drawn - self.ended - self.to_visit

    @property
    def unanswered(self) -> int:
        """Refused, closed, not found, no stock or void: never a pass."""
        return sum(self.states[state] for state in (*inspection.NON_RESPONSE, inspection.VOID))

    @property
    def answered(self) -> int:
        """Visits with a verdict."""
        return self.states[inspection.PASSED] + self.states[inspection.FAILED]

    @property
    def failing(self) -> int:
        """Visits whose sample failed."""
        return self.states[inspection.FAILED]

    @property
    def share(self) -> float | None:
        """Ended visits of those opened, 0 to 1."""
        return self.ended / self.drawn if self.drawn else None


@dataclass(frozen=True)
class Failing:
    """The failing rate of one class with its interval; None where nobody answered."""

    stratum: str
    population: int
    sample: int
    rate: survey.Rate


def visits(person: Any, region: str, period: str) -> QuerySet[Visit]:
    """Return the visits of a region and period that this person may see, without order."""
    low, high = regions.span(region)
    rows = Visit.objects.filter(period=period, region__gte=low, region__lte=high).order_by()
    return people.within(rows, person, P.FIGURE_VIEW)


def progress(person: Any, region: str, period: str) -> tuple[Progress, list[Progress]]:
    """Return the progress of a region as a whole, and of each region directly below it that has visits."""
    whole, parts = Progress(region), {}
    places = _Places(region)
    counted = visits(person, region, period).values_list("region", "state").annotate(count=Count("*"))
    for code, state, count in counted:
        for one in (whole, parts.setdefault(places.below(code), Progress(places.below(code)))):
            one.states[state] += count
    for code, count in _cases(person, region, period):
        for one in (whole, parts.setdefault(places.below(code), Progress(places.below(code)))):
            one.cases_open += count
    for code, count in _late(person, region, period).values_list("case__region").annotate(count=Count("*")):
        for one in (whole, parts.setdefault(places.below(code), Progress(places.below(code)))):
            one.overdue += count
    return whole, sorted(parts.values(), key=lambda one: one.key)


class _Places:
    """Finds the region directly below another one in which a code lies."""

    def __init__(self, region: str) -> None:
        self._region, self._known = region, {}

    def below(self, code: str) -> str:
        if code not in self._known:
            way = [found.code for found in regions.path(code) if not found.placeholder]
            at = way.index(self._region) if self._region in way else -1
            self._known[code] = way[at + 1] if at + 1 < len(way) else code
        return self._known[code]


def _cases(person: Any, region: str, period: str) -> Iterable[tuple[str, int]]:
    low, high = regions.span(region)
    rows = Case.objects.filter(visit__period=period, region__gte=low, region__lte=high)
    rows = people.within(rows, person, P.FIGURE_VIEW).exclude(state__in=inspection.ENDS).order_by()
    return rows.values_list("region").annotate(count=Count("*"))


def _late(person: Any, region: str, period: str) -> QuerySet[Clock]:
    """Return the verified clocks past their last day whose end waits for a person."""
    low, high = regions.span(region)
    rows = Clock.objects.filter(
        status=inspection.RUNNING,
        due_on__lt=clock.today(),
        case__visit__period=period,
        case__region__gte=low,
        case__region__lte=high,
    ).exclude(rule__in=inspection.ENDING_BY_THEMSELVES)
    return people.within(rows, person, P.FIGURE_VIEW, region="case__region").order_by()


def overdue(person: Any, region: str, period: str) -> list[Clock]:
    """Return the clocks that are longest overdue, the oldest first."""
    rows = _late(person, region, period).select_related("case__subject")
    return list(rows.order_by("due_on", "pk")[:OVERDUE_SHOWN])


def draws(person: Any, region: str, period: str) -> list[tuple[Draw, Progress]]:
    """Return the draws of a region and period, newest first, each with the progress of its visits."""
    low, high = regions.span(region)
    rows = people.within(Draw.objects.filter(period=period), person, P.FIGURE_VIEW)
    rows = rows.filter(region__gte=low, region__lte=high).select_related("obligation")
    found = {row.pk: (row, Progress(row.serial)) for row in rows.order_by("region", "-serial")[:DRAWS_SHOWN]}
    counted = Visit.objects.filter(draw__in=list(found)).order_by().values_list("draw", "state")
    for draw, state, count in counted.annotate(count=Count("*")):
        found[draw][1].states[state] += count
    return list(found.values())


def failing(person: Any, region: str, period: str) -> list[Failing]:
    """Return the failing rate of each risk class among the firms of a region, with its interval.

    Each class is a domain of the draws that reach into the region: weights N_h / r_h of the whole draw, the
    interval of ``survey.hajek``. Empty while no draw of the period was revealed.
    """
    shares = _shares(region, period)
    if not shares or not people.may(person, P.FIGURE_VIEW, region=region):
        return []
    keys = [(row.draw_id, row.stratum) for row in shares]
    places = {key: place for place, key in enumerate(keys)}
    classes = sorted({row.stratum for row in shares})
    n, failed = (np.zeros((len(keys), len(classes) + 1)) for _ in range(2))
    for draw, stratum, is_inside, verdict, count in _counted(shares, region):
        if (draw, stratum) not in places:
            continue
        cell = places[draw, stratum], classes.index(stratum) if is_inside else len(classes)
        n[cell] += count
        failed[cell] += count * (verdict == "fail")
    sample = survey.Sample.from_counts([row.population for row in shares], n, failed)
    rates = survey.hajek(sample)
    return [Failing(name, *_sizes(shares, name), rates.at(place)) for place, name in enumerate(classes)]


def _shares(region: str, period: str) -> list[DrawStratum]:
    low, high = regions.span(region)
    above = [found.code for found in regions.path(region)]
    reaching = Q(draw__region__gte=low, draw__region__lte=high) | Q(draw__region__in=above)
    rows = DrawStratum.objects.filter(reaching, draw__period=period).exclude(draw__certificate_sha="")
    return list(rows.order_by("draw", "stratum"))


def _counted(shares: list[DrawStratum], region: str) -> Iterable[tuple]:
    """Return how many visits of each draw and class have which verdict, inside the region and outside."""
    low, high = regions.span(region)
    rows = Visit.objects.filter(draw__in={row.draw_id for row in shares}, verdict__in=("pass", "fail"))
    inside = Q(region__gte=low, region__lte=high)
    counted = rows.order_by().values_list("draw", "selection__stratum", "verdict")
    for draw, stratum, verdict, all_, here in counted.annotate(
        all=Count("*"), here=Count("id", filter=inside)
    ):
        yield draw, stratum, True, verdict, here
        yield draw, stratum, False, verdict, all_ - here


def _sizes(shares: list[DrawStratum], name: str) -> tuple[int, int]:
    rows = [row for row in shares if row.stratum == name]
    return sum(row.population for row in rows), sum(row.sample for row in rows)
