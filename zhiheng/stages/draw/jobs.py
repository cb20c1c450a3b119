"""What comes round by itself for draws: bundles that a kill kept from being written."""

from __future__ import annotations

from . import bundles
from .models import Draw
from .rules import CLOSED


def write_bundles() -> int:
    """Write the bundles of closed draws that are not on disk or lack receipts; return how many there were."""
    written = 0
    for draw in Draw.objects.filter(state=CLOSED).select_related("frame").iterator():
        if not bundles.is_complete(draw):
            bundles.write(draw)
            written += 1
    return written
