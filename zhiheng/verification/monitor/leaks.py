"""Whether the firms of a later day knew that somebody would come: the first day against the days after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import comb
from typing import Any

from zhiheng.reference import parameters
from zhiheng.verification.monitor.finding import ODD, Finding


def watch(
    closings: Sequence[Mapping[str, Any]],
    figures: Sequence[Mapping[str, Any]],
    behind: Mapping[str, str] | None = None,
) -> Iterator[Finding]:
    """Yield the draws whose later visits passed far more often than those of the first day.

    Days come from the steps that closing records open, verdicts from the rows that figures release. The
    steps name units as the frozen list does; ``behind`` is who stands behind the names that were opened.
    """
    behind = behind or {}
    verdicts = {
        (row["draw"], row["unit"]): row["verdict"] == "pass"
        for figure in figures
        for row in figure["body"]["rows"]
        if row["verdict"] in ("pass", "fail")
    }
    for closing in closings:
        serial = str(closing["serial"])
        days = {behind.get(unit, unit): day for unit, day in _days(closing).items()}
        if seen := [(days[unit], verdicts[serial, unit]) for unit in days if (serial, unit) in verdicts]:
            yield from _one(serial, seen)


def _days(closing: Mapping[str, Any]) -> dict[str, str]:
    """Return the first day on which something was done at each unit."""
    found: dict[str, str] = {}
    for row in closing["executions"]:
        deed = row.get("deed", {})
        day = str(deed.get("on") or deed.get("at", ""))[:10]
        if day and (unit := deed.get("unit")):
            found[unit] = min(day, found.get(unit, day))
    return found


def _one(serial: str, seen: Sequence[tuple[str, bool]]) -> Iterator[Finding]:
    first_day = min(day for day, _ in seen)
    first = [passed for day, passed in seen if day == first_day]
    later = [passed for day, passed in seen if day != first_day]
    p = at_most(sum(first), len(first), sum(first) + sum(later), len(seen))
    if p < Fraction(*parameters.value("monitor_alpha")):
        facts = {
            "first": sum(first),
            "first_n": len(first),
            "later": sum(later),
            "later_n": len(later),
            "p": f"{float(p):.2g}",
        }
        yield Finding("slow-first-day", ODD, serial, facts)


def at_most(x: int, drawn: int, passing: int, whole: int) -> Fraction:
    """Return P(X <= x), X the number of passing among ``drawn`` of ``whole`` of which ``passing`` pass.

    The exact one-sided test of Fisher (1935): were the days alike, every split of the passing firms over
    first and later days would be as likely.

    >>> at_most(0, 2, 2, 4)
    Fraction(1, 6)
    """
    least = max(0, drawn - (whole - passing))
    ways = sum(comb(passing, k) * comb(whole - passing, drawn - k) for k in range(least, x + 1))
    return Fraction(ways, comb(whole, drawn))
