"""The public monitor: what does not look right in the public entries of a log, as any stranger can see it.

It reads nothing but what is published: the statements of the log in their order, the day, and, where they are
handed in, checkpoints that somebody kept and receipts that a firm or a laboratory holds. The site runs the
same rules on its own entries, so whoever runs ``zhiheng log monitor`` on a mirror gets the same list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from zhiheng.verification.monitor import draws, frames, order
from zhiheng.verification.monitor.finding import BROKEN, LATE, ODD, Finding
from zhiheng.verification.monitor.reading import Seen, read

__all__ = ["BROKEN", "LATE", "ODD", "RULES", "Finding", "Seen", "found", "read", "watch"]

RULES = (*order.RULES, *draws.RULES, *frames.RULES)


def watch(statements: Iterable[Mapping[str, Any]], *, today: date) -> list[Finding]:
    """Return what the rules find in public statements that come in the order of the log.

    A finding is no verdict: it says what to ask the office, and which entries show it.
    """
    return found(read(statements), today=today)


def found(seen: Seen, *, today: date) -> list[Finding]:
    """Return what the rules find in what was read."""
    found = [*seen.unread, *(finding for rule in RULES for finding in rule(seen, today))]
    return sorted(found, key=lambda one: (one.kind, one.rule, one.subject, one.entries))
