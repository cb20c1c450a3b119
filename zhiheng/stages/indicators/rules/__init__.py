"""The rules of released figures: what may be shown, compared and taken, and how a figure is computed.

Everything here is pure: no Django, no clock, no files. Shares run from 0 to 1.
"""

from .footing import Break
from .headline import Headline, Side
from .periods import candidates, check_period, in_order, is_year, made_of, previous
from .showing import (
    CENSUS,
    DOWN,
    NOT_COMPARABLE,
    NOT_DISTINGUISHABLE,
    NOT_REACHED,
    OPEN,
    PUBLISHED,
    REACHED,
    REACHED_UNSURE,
    SHOWN,
    STATES,
    SUPPRESSED,
    THIN,
    UP,
    Z_95,
    Reading,
    SizeRule,
    against_target,
    size_rule,
)
from .taking import (
    DrawFacts,
    check_draws,
    check_one_replaced,
    check_revision,
    check_same_kind,
    check_unused,
    unit_verdict,
)

__all__ = [
    "CENSUS",
    "DOWN",
    "NOT_COMPARABLE",
    "NOT_DISTINGUISHABLE",
    "NOT_REACHED",
    "OPEN",
    "PUBLISHED",
    "REACHED",
    "REACHED_UNSURE",
    "SHOWN",
    "STATES",
    "SUPPRESSED",
    "THIN",
    "UP",
    "Z_95",
    "Break",
    "DrawFacts",
    "Headline",
    "Reading",
    "Side",
    "SizeRule",
    "against_target",
    "candidates",
    "check_draws",
    "check_one_replaced",
    "check_period",
    "check_revision",
    "check_same_kind",
    "check_unused",
    "in_order",
    "is_year",
    "made_of",
    "previous",
    "size_rule",
    "unit_verdict",
]
