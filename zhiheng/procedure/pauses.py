"""Pauses of a clock: whole days, first and last included, that do not count."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from zhiheng.errors import BadInput

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """The days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadInput(
                f"The pause {self.first}..{self.last} ends before it starts.",
                "Give the earlier day first.",
            )


def parse(text: str) -> Pause:
    """Read a pause written as ``2025-09-20..2025-10-03``."""
    first, dots, last = text.partition("..")
    if not dots:
        raise BadInput(f"The pause {text!r} is not of the form A..B.", "Write 2025-09-20..2025-10-03.")
    return Pause(day(first, "pause"), day(last, "pause"))


def day(text: str, what: str) -> date:
    """Read an ISO date; ``what`` names the field in the refusal."""
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text.strip()):
            return date.fromisoformat(text.strip())
    except ValueError:
        pass
    raise BadInput(f"The {what} date {text!r} is not a day.", "Write it as 2025-09-15.")


def merged(pauses: Iterable[Pause], after: date) -> tuple[Pause, ...]:
    """Return the pauses as disjoint spans in order, cut to the days later than ``after``.

    Days up to and including ``after`` are never counted, so a pause on them changes nothing.

    >>> merged([Pause(date(2025, 9, 20), date(2025, 9, 22)), Pause(date(2025, 9, 22), date(2025, 9, 25))],
    ...        after=date(2025, 9, 20))
    (Pause(first=datetime.date(2025, 9, 21), last=datetime.date(2025, 9, 25)),)
    """
    spans: list[Pause] = []
    for pause in sorted(pauses):
        if pause.last <= after:
            continue
        first = max(pause.first, after + ONE_DAY)
        if spans and first <= spans[-1].last + ONE_DAY:
            spans[-1] = Pause(spans[-1].first, max(spans[-1].last, pause.last))
        else:
            spans.append(Pause(first, pause.last))
    return tuple(spans)
