"""What comes round by itself in inspection: clocks that end."""

from __future__ import annotations

from zhiheng import people

from . import actions


def end_clocks() -> int:
    """Take the steps that ended clocks make by themselves; once a day is enough, twice does no harm."""
    return actions.run_timeouts(by=people.System("clocks"))
