"""Works out when a time limit ends, and proves it step by step; a pure function of its arguments.

Which day ``due_on`` names depends on the direction of the limit:

* at_most, every, extension: the last day on which the act is in time; a last day off moves to the
  next working day;
* at_least: the thing is kept, or not repeated, through this day; until: it is shown through this day;
* after: the act is allowed from the following day; before: the act must be done earlier than this day.

The last four name the day that the period itself reaches; it is not moved. ``status`` is
``unverified`` where the text of the rule was not read, else ``provisional`` where the answer leans on
a day that a holiday notice can still change, else ``final``; the first that applies wins, since an
unread rule is the graver doubt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from zhiheng.errors import BadInput
from zhiheng.procedure import counted, wording
from zhiheng.procedure.pauses import ONE_DAY, Pause, merged
from zhiheng.reference import limits, regions
from zhiheng.reference.calendar import Calendar
from zhiheng.reference.limits import Limit

Status = Literal["final", "provisional", "unverified"]
MOVED = frozenset({"at_most", "every", "extension"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the proof: from a day (or moment) to the next, and why, in both languages."""

    start: date | datetime
    end: date | datetime
    because_zh: str
    because_en: str

    def because(self, language: str = "zh") -> str:
        """Return the reason in English for ``en``, else in Chinese."""
        return self.because_en if language == "en" else self.because_zh


@dataclass(frozen=True, slots=True)
class Due:
    """The answer: the day, how sure it is, and the steps; ``due_at`` is set for limits in hours."""

    limit: Limit
    start: date | datetime
    due_on: date
    due_at: datetime | None
    status: Status
    steps: tuple[Step, ...]

    def reading(self, language: str = "zh") -> str:
        """Return in one sentence what the day means."""
        return wording.reading(self.limit.direction, self.due_at or self.due_on, language)

    def as_json(self, language: str = "zh") -> dict[str, Any]:
        """Return the answer in the shape that the command prints."""
        answer: dict[str, Any] = {
            "rule": self.limit.rule,
            "due_on": self.due_on.isoformat(),
            "status": self.status,
            "article": self.limit.article,
            "source": self.limit.instrument if language == "en" else self.limit.instrument_zh,
            "confidence": self.limit.confidence,
            "jurisdiction": self.limit.jurisdiction,
            "direction": self.limit.direction,
            "reading": self.reading(language),
            "steps": [
                {
                    "from": step.start.isoformat(),
                    "to": step.end.isoformat(),
                    "because": step.because(language),
                }
                for step in self.steps
            ],
        }
        if self.due_at is not None:
            answer["due_at"] = self.due_at.isoformat()
        return answer


def due(
    limit: Limit | str,
    start: date | datetime,
    calendar: Calendar | None = None,
    jurisdiction: str = regions.NATION,
    pauses: Iterable[Pause] = (),
) -> Due:
    """Return when the limit ends that starts with an event on ``start``.

    A rule named by text is looked up for the jurisdiction, walking up to the nation, in the version
    in force on the day of the event.

    >>> due("spotcheck.rectify", date(2025, 9, 15)).due_on
    datetime.date(2025, 11, 14)
    """
    calendar = calendar or Calendar.load()
    found = _limit(limit, start, jurisdiction)
    try:
        if found.unit == "hour":
            return _due_by_hour(found, start, tuple(pauses))
        day = start.date() if isinstance(start, datetime) else start
        return _due_by_day(found, day, calendar, merged(pauses, after=day))
    except OverflowError:
        raise BadInput(f"The date {start} is too far away to count from.", "Give a nearer date.") from None


def _limit(limit: Limit | str, start: date | datetime, jurisdiction: str) -> Limit:
    day = start.date() if isinstance(start, datetime) else start
    if isinstance(limit, str):
        limit = limits.get(limit, jurisdiction, on=day)
    elif not regions.contains(limit.jurisdiction, jurisdiction) and jurisdiction != regions.NATION:
        raise BadInput(
            f"The rule {limit.rule} of {limit.jurisdiction} does not hold in {jurisdiction}.",
            "Look the rule up by its name, so that the place's own version is found.",
        )
    if limit.unit == "person":
        raise BadInput(
            f"The rule {limit.rule} asks for {limit.amount} persons, not for a time.",
            "It has no due date; see the reference page for its meaning.",
            rule=limit.rule,
        )
    return limit


def _due_by_day(limit: Limit, start: date, calendar: Calendar, pauses: tuple[Pause, ...]) -> Due:
    first = start + ONE_DAY
    end = counted.end_of(limit, start, calendar)
    steps = [
        *_rule(limit, start, start),
        Step(start, first, *wording.start_day()),
        Step(first, end, *wording.count(limit, first, end, calendar)),
    ]
    for pause in pauses:
        if pause.first > end:
            break
        later = counted.past(pause, end, limit, calendar)
        if later != end:
            steps.append(Step(end, later, *wording.pause(pause)))
        end = later
    reached, moves = end, limit.direction in MOVED
    if moves:
        while not calendar.is_working_day(end) or counted.is_paused(end, pauses):
            end += ONE_DAY
        if end != reached:
            steps.append(Step(reached, end, *wording.moved(reached, end, calendar)))
    leans_from = first if limit.unit == "working_day" else reached
    leans = limit.unit == "working_day" or moves
    open_days = (day for day in counted.days(leans_from, end) if leans and not calendar.settles(day))
    first_open = next(open_days, None)
    if first_open is not None:
        steps.append(Step(end, end, *wording.unsettled(first_open)))
    return Due(limit, start, end, None, _status(limit, first_open is None), tuple(steps))


def _due_by_hour(limit: Limit, start: date | datetime, pauses: tuple[Pause, ...]) -> Due:
    has_hour = isinstance(start, datetime)
    begin = start if isinstance(start, datetime) else datetime.combine(start, time())
    end = begin + timedelta(hours=limit.amount)
    steps = [
        *_rule(limit, start, begin.date()),
        Step(start, begin, *wording.start_hour(has_hour)),
        Step(begin, end, *wording.hours(limit.amount)),
    ]
    for pause in merged(pauses, after=begin.date() - ONE_DAY):
        opens = datetime.combine(pause.first, time(), begin.tzinfo)
        closes = datetime.combine(pause.last + ONE_DAY, time(), begin.tzinfo)
        if opens >= end:
            break
        later = end + (closes - max(opens, begin))
        steps.append(Step(end, later, *wording.pause(pause)))
        end = later
    return Due(limit, start, end.date(), end, _status(limit, True), tuple(steps))


def _rule(limit: Limit, start: date | datetime, day: date) -> list[Step]:
    """Return the step that names the rule, and one more where its force on the day was not read."""
    named = Step(start, start, *wording.rule(limit))
    return [named] if limit.is_force_read(day) else [named, Step(start, start, *wording.force(limit, day))]


def _status(limit: Limit, is_settled: bool) -> Status:
    if not limit.is_verified:
        return "unverified"
    return "final" if is_settled else "provisional"
