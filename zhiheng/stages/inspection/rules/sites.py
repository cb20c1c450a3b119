"""The rules of checks of construction works: what an item's answer means, and the rate of conforming points.

The rate of a type of project is the share of conforming points. Points of one site are alike, so the site is
the primary unit of its error (linearised, ``methods.taylor``); from one site alone no error can be known, and
the rate is withheld. The sites were chosen by the office and not drawn: the interval says how much the sites
differ, and nothing about sites that nobody would have chosen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from zhiheng.formats.shapes import verdict
from zhiheng.methods.rows import Rows
from zhiheng.procedure import machine
from zhiheng.reference.checks import CheckItem

from ..refusals import refuse

TABLE = machine.load("site_check")
PLANNED, CHECKED = "planned", "checked"
NON_RESPONSE = {"refuse": "refused", "not_start": "not_started", "standstill": "stopped"}
YES, NO = "yes", "no"
BASIS = "judgement"
LEAST_SITES = 2

# What enforces each condition that the table of site checks names.
GUARDS = {
    "two_inspectors": "zhiheng.stages.inspection.rules.check_pair",
    "reason_given": "zhiheng.stages.inspection.rules.check_reason",
    "every_item_answered": "zhiheng.stages.inspection.rules.sites.answers",
    "findings_agree": "zhiheng.stages.inspection.rules.sites.concluding",
    "day_to_correct": "zhiheng.stages.inspection.rules.sites.check_correct_by",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found of one item at one point: a number with its limit, or yes or no."""

    item: CheckItem
    value: str
    limit: str

    @property
    def verdict(self) -> str:
        """Whether the point conforms in this item; a number is compared with its limit as it stands."""
        if self.item.answer == "yes_no":
            return "pass" if self.value == YES else "fail"
        return verdict(self.value, self.limit, self.item.limit_kind, "simple-acceptance", None)


def answers(items: Iterable[CheckItem], given: Mapping[str, str]) -> list[Answer]:
    """Return an answer for each item, or refuse what is missing or no answer; nothing is filled in."""
    found, missing = [], []
    for item in items:
        value = given.get(item.code, "").strip()
        if not value:
            missing.append(item.code)
            continue
        found.append(Answer(item, _checked(item, value), item.limit))
    if missing:
        raise refuse("items-unanswered", items=", ".join(missing))
    unknown = sorted(set(given) - {item.code for item in items})
    if unknown:
        raise refuse("item-unknown", item=unknown[0])
    return found


def _checked(item: CheckItem, value: str) -> str:
    if item.answer == "yes_no":
        if value not in (YES, NO):
            raise refuse("bad-shape", field=item.code)
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise refuse("bad-shape", field=item.code) from None
    if not number.is_finite() or number < 0:
        raise refuse("bad-shape", field=item.code)
    return value


def concluding(verdicts: Iterable[str]) -> str:
    """Return the step that follows from the answers of all points: one that fails is a finding.

    >>> concluding(["pass", "fail"]), concluding(["pass"])
    ('find', 'conform')
    """
    return "find" if "fail" in set(verdicts) else "conform"


def check_correct_by(correct_by: date | None, *, on: date) -> None:
    """Refuse an order to correct that states no day, or one that is not later than the order."""
    if correct_by is None or correct_by <= on:
        raise refuse("no-day-to-correct", field="correct_by")


@dataclass(frozen=True, slots=True)
class Rate:
    """The share of conforming points of a type of project; without an interval from one site alone."""

    project_type: str
    sites: int
    points: int
    conforming: int
    share: float | None
    lower: float | None
    upper: float | None

    @property
    def is_shown(self) -> bool:
        """Whether the rate can be stated with its error."""
        return self.lower is not None


def rates(points: Iterable[tuple[str, str, bool]]) -> list[Rate]:
    """Return the rate of each type of project from (type, site, conforms) of every point checked."""
    by_type: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for project_type, site, conforms in points:
        by_type[project_type].append((site, conforms))
    return [_rate(name, rows) for name, rows in sorted(by_type.items())]


def _rate(name: str, rows: list[tuple[str, bool]]) -> Rate:
    from zhiheng.methods import intervals, taylor  # every command starts without what only this needs

    sites = [site for site, _conforms in rows]
    conforming = sum(conforms for _site, conforms in rows)
    counted = len(set(sites)), len(rows), conforming
    if counted[0] < LEAST_SITES:
        return Rate(name, *counted, None, None, None)
    drawn = Rows.of([1.0] * len(rows), psu=sites)
    found = taylor.mean([float(conforms) for _site, conforms in rows], drawn)
    # An equal share in every site tells nothing of the error; then the points stand for the sample size.
    error = found.standard_error or (found.estimate * (1 - found.estimate) / len(rows)) ** 0.5
    lower, upper = intervals.proportion_interval(found.estimate, error, len(rows), found.df)
    return Rate(name, *counted, found.estimate, float(lower), float(upper))
