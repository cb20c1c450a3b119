"""The rules of frozen frames: why a unit left the list, whose names stand open, how long one may object."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from zhiheng.procedure import due
from zhiheng.proof.pseudonyms import OPEN, SALTED
from zhiheng.reference import regions

from .rules import Fault, covered_divisions

OBJECTION = "draw.frame_objection"
DEFAULT_IDS = SALTED
"""Whoever publishes a list under codes shows the class of every firm, drawn or not; so that is decided."""
JOINT = "joint-campaign"
"""The reason of the house: the lists of a joint campaign are compared with one another, firm by firm."""

MERGED, CLOSED, REGION = "merged", "closed", "moved"
SCOPE, CORRECTED, RULE, UNKNOWN = "out-of-scope", "corrected", "rule-changed", "unknown"
REASONS = (CLOSED, REGION, MERGED, SCOPE, CORRECTED, RULE, UNKNOWN)


@dataclass(frozen=True)
class Now:
    """What the register says of a unit that left the list, and which of it was recorded since.

    ``told`` names the fields that were changed since the last frame was frozen, ``earlier`` those of them
    whose change held before that frame already: the frame was wrong then, and the register was corrected.
    """

    is_active: bool
    region: str
    division: str
    is_merged: bool = False
    told: Collection[str] = ()
    earlier: Collection[str] = ()


def reason_of(now: Now | None, region: str, *, is_whole: bool, same_rule: bool) -> str:
    """Return why a unit is no longer listed, by what was *recorded* since the last frame.

    ``is_whole`` says that the frame lists all covered subjects of its region, ``same_rule`` that the two
    frames say the same of whom they list. A row that was altered without a record gives no reason.

    >>> reason_of(Now(False, "330106", "34", told=["is_active"]), "330000", is_whole=True, same_rule=True)
    'closed'
    >>> reason_of(Now(False, "330106", "34"), "330000", is_whole=True, same_rule=True)
    'unknown'
    """
    if now is None:
        return UNKNOWN
    if now.is_merged:
        return MERGED
    grounds = (
        ("is_active", not now.is_active, CLOSED),
        ("region", not regions.contains(region, now.region), REGION),
        ("division", not is_whole or now.division not in covered_divisions(), SCOPE),
        ("channel", not is_whole, SCOPE),
        ("goods", not is_whole, SCOPE),
    )
    for field, is_so, reason in grounds:
        if is_so and field in now.told:
            return CORRECTED if field in now.earlier else reason
    may_differ = now.is_active and regions.contains(region, now.region)
    return RULE if may_differ and not same_rule else UNKNOWN


def ids_faults(ids: str, reason: str) -> list[Fault]:
    """Check the owner's decision on the ids: salted names, or the open codes with a reason."""
    if ids not in (OPEN, SALTED):
        return [Fault("ids", "ids-unknown", ids)]
    if ids != DEFAULT_IDS and not reason.strip():
        return [Fault("ids_reason", "ids-without-reason")]
    return [Fault("ids_reason", "too-long", "", (("most", "400"),))] if len(reason) > 400 else []


def objections_until(frozen_on: dt.date) -> dt.date:
    """Return the last day on which a firm may object to a list, three working days after it was frozen.

    >>> objections_until(dt.date(2025, 3, 3))
    datetime.date(2025, 3, 6)
    """
    return due.due(OBJECTION, frozen_on).due_on
