"""Rules about the log itself: entries hang together, numbers rise, and time does not run backwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from zhiheng.verification.monitor.finding import BROKEN, ODD, Finding
from zhiheng.verification.monitor.reading import Seen

TOLERANCE = timedelta(minutes=5)  # clocks of one house may differ by so much; a day put back is no clock


def hangs_together(seen: Seen, _today: date) -> Iterator[Finding]:
    """Neighbours in number name one another by hash, and no number stands twice."""
    for before, after in pairwise(seen.links):
        if after.seq <= before.seq:
            facts = {"seq": after.seq, "before": before.seq}
            yield Finding("number-falls", BROKEN, f"entry {after.seq}", facts, (before.seq, after.seq))
        elif after.seq == before.seq + 1 and after.previous != before.hash:
            facts = {"seq": after.seq, "before": before.seq}
            yield Finding("chain-torn", BROKEN, f"entry {after.seq}", facts, (before.seq, after.seq))


def time_runs_on(seen: Seen, _today: date) -> Iterator[Finding]:
    """An entry that says it is earlier than one before it was dated back (or its clock was wrong)."""
    for before, after in pairwise(seen.links):
        if after.at < before.at - TOLERANCE:
            facts = {"seq": after.seq, "at": after.at.isoformat(), "before": before.seq}
            yield Finding("dated-back", ODD, f"entry {after.seq}", facts, (before.seq, after.seq))


RULES = (hangs_together, time_runs_on)
