"""The trail above a page: by region from the nation down, then the pages passed through."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from zhiheng.reference import regions
from zhiheng.web import wording


@dataclass(frozen=True)
class Crumb:
    """One step of the trail; the last one has no address."""

    label: Any
    url: str = ""


def region_trail(
    code: str, url: Callable[[str], str] | None = None, *, top: str = "000000", last_is_link: bool = False
) -> list[Crumb]:
    """Return the way from ``top`` down to a region; ``url(code)`` gives each step its address.

    Rows of the list that are no government (市辖区) are left out.
    """
    way = [region for region in regions.path(code) if not region.placeholder]
    inside = [region for region in way if regions.contains(top, region.code)]
    crumbs = []
    for region in inside:
        is_last = region is inside[-1]
        address = url(region.code) if url is not None and (not is_last or last_is_link) else ""
        crumbs.append(Crumb(wording.bilingual(region), address))
    return crumbs


def trail(*steps: Crumb | tuple[Any, str] | Any) -> list[Crumb]:
    """Return crumbs from crumbs, (label, url) pairs or bare labels."""
    return list(_crumbs(steps))


def _crumbs(steps: Iterable[Any]) -> Iterable[Crumb]:
    for step in steps:
        if isinstance(step, Crumb):
            yield step
        elif isinstance(step, tuple):
            yield Crumb(*step)
        else:
            yield Crumb(step)
