"""Starts and stops the clocks of cases, each with the proof of its date."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache

from zhiheng.procedure.due import Due, due

from . import rules
from .models import Case, Clock, Party

Reckoner = Callable[[str, date, str], Due]


def reckoner() -> Reckoner:
    """Return a function that works out a limit once for each rule, day and place."""

    @cache
    def reckon(rule: str, start: date, region: str) -> Due:
        return due(rule, start, jurisdiction=region)

    return reckon


def build(
    case: Case, rule: str, start: date, *, reckon: Reckoner | None = None, party: Party | None = None
) -> Clock:
    """Return a clock that is not stored yet; a limit whose text was not read only reminds."""
    found = (reckon or reckoner())(rule, start, case.region)
    return Clock(
        case=case,
        party=party,
        rule=rule,
        started_on=start,
        due_on=found.due_on,
        status=rules.clock_status(found.limit.confidence),
        proof={"zh": found.as_json("zh"), "en": found.as_json("en")},
        confidence=found.limit.confidence,
    )


def settled(one: Clock) -> date | None:
    """Return the last day of a clock that may act by itself; a provisional or unverified one has none."""
    is_settled = one.status == rules.RUNNING and one.proof["zh"]["status"] == "final"
    return one.due_on if is_settled else None


def start(case: Case, names: Iterable[str], on: date, *, party: Party | None = None) -> list[Clock]:
    """Start the clocks of these limits; one of the same side that runs already goes on from its own day."""
    running = set(Clock.objects.filter(case=case, party=party).values_list("rule", flat=True))
    new = [build(case, name, on, party=party) for name in names if name not in running]
    return Clock.objects.bulk_create(new)


def stop(case: Case, names: Iterable[str], on: date, *, party: Party | None = None) -> None:
    """Stop the clocks of these limits of one side on a day."""
    waiting = Clock.objects.filter(case=case, party=party, rule__in=list(names))
    waiting.exclude(status=rules.STOPPED).update(status=rules.STOPPED, stopped_on=on)


def stop_all(case: Case, on: date) -> None:
    """Stop what still runs when a case is over."""
    Clock.objects.filter(case=case).exclude(status=rules.STOPPED).update(status=rules.STOPPED, stopped_on=on)


def is_over(clock: Clock, today: date, *, reckon: Reckoner | None = None) -> bool:
    """Say whether a clock may act by itself today: verified, its date final, and past.

    A date that was provisional when the clock started is worked out again with the calendar of today.
    """
    if clock.status != rules.RUNNING or clock.due_on >= today:
        return False
    if clock.proof["zh"]["status"] == "final":
        return True
    found = (reckon or reckoner())(clock.rule, clock.started_on, clock.case.region)
    return found.status == "final" and found.due_on < today
