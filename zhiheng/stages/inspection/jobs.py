"""What comes round by itself: clocks that end, and bundles that a kill kept from being written."""

from __future__ import annotations

from zhiheng import people
from zhiheng.stages.draw import bundles
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.draw.rules import OPEN

from . import actions


def end_clocks() -> int:
    """Take the steps that ended clocks make by themselves; once a day is enough, twice does no harm."""
    return actions.run_timeouts(by=people.System("clocks"))


def write_bundles() -> int:
    """Write the bundles of revealed draws that are not on disk; return how many were written."""
    written = 0
    for draw in Draw.objects.filter(state__in=OPEN).select_related("frame").iterator():
        if not (bundles.folder() / bundles.name(draw.serial)).exists():
            bundles.write(draw)
            written += 1
    return written
