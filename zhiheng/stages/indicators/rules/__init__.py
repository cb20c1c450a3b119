"""The rules of released figures: what may be shown, compared and taken, and how a figure is computed.

Everything here is pure: no Django, no clock, no files. Shares run from 0 to 1.
"""

from .periods import check_period, in_order, is_year, previous, quarters
from .showing import (
    CENSUS,
    DOWN,
    NOT_COMPARABLE,
    NOT_DISTINGUISHABLE,
    NOT_REACHED,
    OPEN,
    PUBLISHED,
    REACHED,
    SHOWN,
    STATES,
    SUPPRESSED,
    THIN,
    UP,
    Z_95,
    Change,
    Reading,
    SizeRule,
    against_target,
    change,
    size_rule,
)
from .taking import DrawFacts, check_draws, check_revision, check_same_kind, unit_verdict

__all__ = [
    "CENSUS",
    "DOWN",
    "NOT_COMPARABLE",
    "NOT_DISTINGUISHABLE",
    "NOT_REACHED",
    "OPEN",
    "PUBLISHED",
    "REACHED",
    "SHOWN",
    "STATES",
    "SUPPRESSED",
    "THIN",
    "UP",
    "Z_95",
    "Change",
    "DrawFacts",
    "Reading",
    "SizeRule",
    "against_target",
    "change",
    "check_draws",
    "check_period",
    "check_revision",
    "check_same_kind",
    "in_order",
    "is_year",
    "previous",
    "quarters",
    "size_rule",
    "unit_verdict",
]
