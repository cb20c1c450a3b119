"""Counts the days of a limit: calendar days, working days, months and years, and past a pause."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import MAXYEAR, date

from zhiheng.errors import BadInput
from zhiheng.procedure.pauses import ONE_DAY, Pause
from zhiheng.reference.calendar import Calendar
from zhiheng.reference.limits import Limit


def days(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last, both included."""
    while first <= last:
        yield first
        first += ONE_DAY


def end_of(limit: Limit, start: date, calendar: Calendar) -> date:
    """Return the day that the bare period reaches, the day of the event not counted."""
    if limit.unit == "calendar_day":
        return start + limit.amount * ONE_DAY
    if limit.unit == "working_day":
        return working_days(start, limit.amount, calendar)
    if limit.unit == "month":
        return months(start, limit.amount)
    if limit.unit == "year":
        return months(start, 12 * limit.amount)
    raise BadInput(f"The unit {limit.unit!r} of {limit.rule} counts no days.", "Correct it in limits.csv.")


def working_days(after: date, number: int, calendar: Calendar) -> date:
    """Return the n-th working day later than ``after``."""
    day = after
    while number > 0:
        day += ONE_DAY
        number -= calendar.is_working_day(day)
    return day


def months(start: date, number: int) -> date:
    """Return the same day ``number`` months on, or that month's last day where it has none.

    >>> months(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + number, 12)
    if year > MAXYEAR:
        raise OverflowError(f"the year {year} is out of range")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def past(pause: Pause, end: date, limit: Limit, calendar: Calendar) -> date:
    """Return the end moved back by the days of a pause that would have counted.

    The pause starts after the event and not after ``end``. In working days only its working days
    would have counted; in every other unit all of its days.
    """
    if limit.unit == "working_day":
        lost = sum(calendar.is_working_day(day) for day in days(pause.first, pause.last))
        return working_days(end, lost, calendar)
    return end + (pause.last - pause.first + ONE_DAY)


def is_paused(day: date, pauses: tuple[Pause, ...]) -> bool:
    """Say whether a day lies in one of the pauses."""
    return any(pause.first <= day <= pause.last for pause in pauses)
