"""Reads where the inspections of a region and period stand: progress, failing rates, what is overdue.

Every number is counted here and now from visits and cases, narrowed to what the reader may see, and leads to
the list of the rows behind it. Failing rates are provisional: results can still be contested.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import Count, Q, QuerySet

from zhiheng import people
from zhiheng.methods import survey
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.stages.draw.models import Draw, DrawStratum
from zhiheng.stages.draw.rules import BY_WEIGHT
from zhiheng.stages.inspection import rules as inspection
from zhiheng.stages.inspection.models import Case, Clock, Visit
from zhiheng.web.tables import plan

OVERDUE_SHOWN = 20
DRAWS_SHOWN = 60
_OUTER = """
SELECT draw_id, stratum, CASE WHEN region BETWEEN %s AND %s THEN SUBSTR(region, 1, %s) ELSE '' END AS place,
       state, CAST(SUM(count) AS BIGINT)
FROM ({inner}) AS counted GROUP BY draw_id, stratum, place, state
"""
DECIDED = (inspection.PASSED, inspection.FAILED)


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


@dataclass(frozen=True)
class Cell:
    """How many visits of one draw, class and place are in one state; no place: outside the region."""

    draw: Any
    stratum: str
    place: str
    state: str
    count: int


@dataclass(frozen=True)
class Board:
    """The board of one region and period as one person may see it; visits are counted once for all of it."""

    person: Any
    region: str
    period: str

    @cached_property
    def is_whole(self) -> bool:
        """Whether this person may see the whole region, and so the draws that reach into it."""
        return people.may(self.person, P.FIGURE_VIEW, region=self.region)

    @cached_property
    def shares(self) -> list[DrawStratum]:
        """The classes of the revealed draws that reach into the region, with their sizes."""
        low, high = regions.span(self.region)
        above = [found.code for found in regions.path(self.region)]
        reaching = Q(draw__region__gte=low, draw__region__lte=high) | Q(draw__region__in=above)
        rows = DrawStratum.objects.filter(reaching, draw__period=self.period)
        rows = rows.exclude(draw__method=BY_WEIGHT)  # its firms weigh each by its own probability
        return list(rows.exclude(draw__certificate_sha="").order_by("draw", "stratum"))

    @cached_property
    def cells(self) -> list[Cell]:
        """All that the board counts of visits, in one walk through the index of the period.

        The inner count comes in the order of the index and needs no sorting; the outer one is small.
        """
        low, high = regions.span(self.region)
        rows = Visit.objects.filter(period=self.period)
        if not self.is_whole:
            rows = people.within(rows.filter(_inside("region", self.region)), self.person, P.FIGURE_VIEW)
        elif self.region != regions.NATION:
            reaching = {row.draw_id for row in self.shares}
            rows = rows.filter(_inside("region", self.region) | Q(draw__in=reaching))
        inner = rows.order_by().values("draw_id", "stratum", "region", "state").annotate(count=Count("*"))
        sql, params = inner.query.sql_with_params()
        digits = 2 if self.region == regions.NATION else len(self.region)
        with connection.cursor() as cursor:
            cursor.execute(_OUTER.format(inner=sql), [low, high, digits, *params])
            found = cursor.fetchall()
        below = Places(self.region).below
        return [
            Cell(UUID(str(draw)), stratum, below(place.ljust(len(self.region), "0")) if place else "", *more)
            for draw, stratum, place, *more in found
        ]

    def progress(self) -> tuple[Progress, list[Progress]]:
        """Return the progress of the region as a whole, and of each region directly below it with visits."""
        whole, parts = Progress(self.region), {}

        below = Places(self.region).below

        def both(place: str) -> tuple[Progress, Progress]:
            return whole, parts.setdefault(place, Progress(place))

        for cell in self.cells:
            for one in both(cell.place) if cell.place else ():
                one.states[cell.state] += cell.count
        for code, count in _by_region(self._open_cases(), "region"):
            for one in both(below(code)):
                one.cases_open += count
        for code, count in _by_region(self._late(), "case__region"):
            for one in both(below(code)):
                one.overdue += count
        return whole, sorted(parts.values(), key=lambda one: one.key)

    def _open_cases(self) -> QuerySet[Case]:
        rows = Case.objects.filter(_inside("region", self.region), period=self.period)
        return people.within(rows, self.person, P.FIGURE_VIEW).exclude(state__in=inspection.ENDS)

    def _late(self) -> QuerySet[Clock]:
        """Return the verified clocks past their last day whose end waits for a person."""
        rows = Clock.objects.filter(
            _inside("case__region", self.region),
            status=inspection.RUNNING,
            due_on__lt=clock.today(),
            case__period=self.period,
        ).exclude(rule__in=inspection.ENDING_BY_THEMSELVES)
        return people.within(rows, self.person, P.FIGURE_VIEW, region="case__region")

    def overdue(self) -> list[Clock]:
        """Return the clocks that are longest overdue, the oldest first.

        Overdue clocks of other quarters come first in the order of the index, so the planner may not walk it.
        """
        rows = self._late()
        return list(plan.window(rows, ["due_on", "rule", "pk"], 0, OVERDUE_SHOWN, related=["case__subject"]))

    def draws(self) -> list[tuple[Draw, Progress]]:
        """Return the draws of the region and period, newest first, each with the progress of its visits."""
        rows = people.within(Draw.objects.filter(period=self.period), self.person, P.FIGURE_VIEW)
        rows = rows.filter(_inside("region", self.region)).select_related("obligation")
        rows = rows.order_by("region", "-serial")[:DRAWS_SHOWN]
        found = {row.pk: (row, Progress(row.serial)) for row in rows}
        for draw, state, count in self._of_draws(list(found)):
            if draw in found:
                found[draw][1].states[state] += count
        return list(found.values())

    def _of_draws(self, draws: list[Any]) -> Iterable[tuple[Any, str, int]]:
        if self.is_whole:
            return ((cell.draw, cell.state, cell.count) for cell in self.cells)
        rows = Visit.objects.filter(draw__in=draws).order_by().values_list("draw", "state")
        return rows.annotate(count=Count("*"))

    def failing(self) -> list[Failing]:
        """Return the failing rate of each risk class among the firms of the region, with its interval.

        Each class is a domain of the draws that reach into the region: weights N_h / r_h of the whole draw,
        the interval of ``survey.hajek``. Empty while no draw of the period was revealed.
        """
        if not self.is_whole or not self.shares:
            return []
        keys = [(row.draw_id, row.stratum) for row in self.shares]
        places = {key: place for place, key in enumerate(keys)}
        classes = sorted({row.stratum for row in self.shares})
        n, failed = (np.zeros((len(keys), len(classes) + 1)) for _ in range(2))
        for cell in self.cells:
            if (cell.draw, cell.stratum) not in places or cell.state not in DECIDED:
                continue
            domain = classes.index(cell.stratum) if cell.place else len(classes)
            at = places[cell.draw, cell.stratum], domain
            n[at] += cell.count
            failed[at] += cell.count * (cell.state == inspection.FAILED)
        sample = survey.Sample.from_counts([row.population for row in self.shares], n, failed)
        rates = survey.hajek(sample)
        return [Failing(name, *self._sizes(name), rates.at(at)) for at, name in enumerate(classes)]

    def _sizes(self, name: str) -> tuple[int, int]:
        rows = [row for row in self.shares if row.stratum == name]
        return sum(row.population for row in rows), sum(row.sample for row in rows)


def _inside(path: str, region: str) -> Q:
    low, high = regions.span(region)
    return Q(**{f"{path}__gte": low, f"{path}__lte": high})


def _by_region(rows: QuerySet, path: str) -> Iterable[tuple[str, int]]:
    return rows.order_by().values_list(path).annotate(count=Count("*"))


class Places:
    """Finds the region directly below another one in which a code lies."""

    def __init__(self, region: str) -> None:
        self._region, self._known = region, {}

    def below(self, code: str) -> str:
        if code not in self._known:
            way = [found.code for found in regions.path(code) if not found.placeholder]
            at = way.index(self._region) if self._region in way else -1
            self._known[code] = way[at + 1] if at + 1 < len(way) else code
        return self._known[code]
