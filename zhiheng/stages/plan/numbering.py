"""Numbers the issued duties of a region without a gap, and says what a draw for one of them may be.

The first step of zh-draw-1 is a public entry: task, legal basis, period, strata, how many draws are allowed
and by when their outcome is disclosed. With contiguous numbers a duty that was issued and hidden again shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Max

from zhiheng.formats import periods
from zhiheng.procedure import due

from .models import Obligation

DISCLOSURE = "draw.disclosure"
DRAWS_ALLOWED = 1


def give(duties: Sequence[Obligation]) -> None:
    """Give each duty that has none the next number of its region; they are saved by the caller.

    The newest duties are held until the end of the transaction, so that two offices at once wait.
    """
    new = [duty for duty in duties if duty.number is None]
    last: dict[str, int] = {}
    for region in sorted({duty.region for duty in new}):
        numbered = Obligation.objects.filter(region=region, number__isnull=False)
        list(numbered.order_by("-number").select_for_update()[:1])
        last[region] = numbered.aggregate(last=Max("number"))["last"] or 0
    for duty in new:
        last[duty.region] += 1
        duty.number = last[duty.region]


def leaf(duty: Obligation) -> dict[str, Any]:
    """Return what the public entry says of the draw that a duty asks for."""
    return {
        "number": duty.number,
        "draws_allowed": DRAWS_ALLOWED,
        "disclose_by": disclose_by(duty.period).isoformat(),
    }


@cache
def disclose_by(period: str) -> date:
    """Return the day by which it must be public who was drawn in a period and what was found.

    >>> disclose_by("2026Q1")
    datetime.date(2026, 4, 29)
    """
    return due.due(DISCLOSURE, periods.parse(period).last).due_on


def ranges(duties: Sequence[Obligation]) -> dict[str, list[int]]:
    """Return the first and the last number of each region in a list that was issued at once."""
    found: dict[str, list[int]] = {}
    for duty in duties:
        first, last = found.get(duty.region, [duty.number, duty.number])
        found[duty.region] = [min(first, duty.number), max(last, duty.number)]
    return dict(sorted(found.items()))
