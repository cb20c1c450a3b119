"""What comes round by itself for draws: bundles that a kill kept from being written."""

from __future__ import annotations

from . import bundles
from .models import Draw
from .rules import CLOSED


def write_bundles() -> int:
    """Write the bundles of closed draws that are not on disk; return how many were written."""
    written = 0
    for draw in Draw.objects.filter(state=CLOSED).select_related("frame").iterator():
        if not (bundles.folder() / bundles.name(draw.serial)).exists():
            bundles.write(draw)
            written += 1
    return written
