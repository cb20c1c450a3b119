"""Says whether an inspector could make a visit on a day: active, not on leave, certified."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q

from zhiheng.stages.registry.models import Certificate, Inspector, Leave

Reason = str
ABLE, STRUCK_OFF, ON_LEAVE = "", "struck-off", "on-leave"


class Absences:
    """What is on record of some inspectors, read in two statements however many visits they make."""

    def __init__(self, inspectors: Iterable[Inspector]) -> None:
        self.known = {one.pk: one for one in inspectors if one is not None}
        self._leaves: dict[Any, list[Leave]] = defaultdict(list)
        self._certificates: dict[Any, dict[str, Certificate]] = defaultdict(dict)
        ids = list(self.known)
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            for leave in Leave.objects.filter(inspector__in=some, is_cancelled=False):
                self._leaves[leave.inspector_id].append(leave)
            rows = Certificate.objects.filter(inspector__in=some).order_by("number", "-recorded_at", "-id")
            for row in rows:
                self._certificates[row.inspector_id].setdefault(row.number, row)

    def why(self, inspector: Inspector, day: date) -> Reason:
        """Return why an inspector could not go on a day; nothing when nothing speaks against it.

        Of whom no certificate is on record nothing is known, so the office's word stands.
        """
        held = self._certificates.get(inspector.pk, {})
        if not inspector.is_active or (held and not any(_holds(row, day) for row in held.values())):
            return STRUCK_OFF
        if any(leave.valid_from <= day <= leave.valid_until for leave in self._leaves.get(inspector.pk, ())):
            return ON_LEAVE
        return ABLE


def struck_off(day: date) -> list[Any]:
    """Return the keys of the inspectors who may make no visit on a day: inactive, or uncertified."""
    over = Q(valid_until__lt=day) | Q(ended_on__lte=day) | Q(valid_from__gt=day)
    suspect = Certificate.objects.filter(over, inspector=OuterRef("pk"))
    held = list(Inspector.objects.filter(Q(is_active=False) | Exists(suspect)))
    absences = Absences(held)
    return [one.pk for one in held if absences.why(one, day) == STRUCK_OFF]


def _holds(row: Certificate, day: date) -> bool:
    is_over = (row.valid_until is not None and row.valid_until < day) or (
        row.ended_on is not None and row.ended_on <= day
    )
    return row.valid_from <= day and not is_over
