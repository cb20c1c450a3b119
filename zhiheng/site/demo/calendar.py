"""When things happen in a quarter of the demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
# Days after the reveal, and after the visit: every result can be contested and final before the release.
FIRST_VISIT, LAST_VISIT = 3, 30
FIRST_REPORT, LAST_REPORT = 10, 20


@dataclass(frozen=True)
class Quarter:
    """One quarter with the moments of its steps."""

    period: str

    @property
    def start(self) -> date:
        """The first day."""
        return date(int(self.period[:4]), 3 * int(self.period[5]) - 2, 1)

    @property
    def next(self) -> Quarter:
        """The quarter after this one."""
        year, number = int(self.period[:4]), int(self.period[5])
        return Quarter(f"{year}Q{number + 1}" if number < 4 else f"{year + 1}Q1")

    @property
    def released_on(self) -> date:
        """The day on which its figures come out: the third of the next quarter."""
        return self.next.start + timedelta(days=2)

    @classmethod
    def of(cls, day: date) -> Quarter:
        """Return the quarter that a day lies in."""
        return cls(f"{day.year}Q{(day.month - 1) // 3 + 1}")

    def at(self, day: int, hour: int = 9) -> datetime:
        """Return an hour of a day of the quarter, counted from 0."""
        return moment(self.start + timedelta(days=day), hour)


def after_objections(frozen: datetime, planned: datetime) -> datetime:
    """Return the moment of a reveal: the planned one, or the first day after firms may object to the list."""
    from zhiheng.stages.registry.rules_frames import objections_until

    return max(planned, moment(objections_until(frozen.date()) + timedelta(days=1), planned.hour))


def moment(day: date, hour: int = 9) -> datetime:
    """Return an hour of a day in Beijing."""
    return datetime.combine(day, time(hour), tzinfo=ZONE)
