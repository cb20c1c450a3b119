"""Pictures of a visit: what is known of one, and a place that is never kept more exactly than a kilometre."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from . import handed_files
from .firm_refusals import refuse

_PLACE = re.compile(r"(-?\d{1,2})(\.\d+)?,(-?\d{1,3})(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture or page: its file, what it is, when it was taken, and where, to about a kilometre."""

    paper: handed_files.Paper
    kind: str = "photo"
    taken_at: datetime | None = None
    place: str = ""


def coarse(place: str) -> str:
    """Return a place to two decimals of a degree, about a kilometre; an exact one is never kept.

    >>> coarse("30.274156,120.155071"), coarse("")
    ('30.27,120.16', '')
    """
    if not place:
        return ""
    if not _PLACE.fullmatch(place):
        raise refuse("bad-place", place=place[:40], field="place")
    latitude, longitude = (float(part) for part in place.split(","))
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise refuse("bad-place", place=place[:40], field="place")
    return f"{latitude:.2f},{longitude:.2f}"
