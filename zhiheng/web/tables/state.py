"""The address of a list page holds its whole state: filters, search, order, page and size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from zhiheng.reference import regions
from zhiheng.web import wording
from zhiheng.web.tables.columns import Filter

if TYPE_CHECKING:
    from zhiheng.web.tables.listing import Table
    from zhiheng.web.tables.narrowing import Refused

MAX_QUERY = 80
MAX_PAGE = 1_000_000


class Address:
    """The path and the query string of a list page."""

    def __init__(self, path: str, query: Mapping[str, str]) -> None:
        self.path = path
        self.state = {key: value for key, value in query.items() if value}

    @cached_property
    def query(self) -> str:
        """The words searched for."""
        return self.state.get("q", "").strip()[:MAX_QUERY]

    @property
    def number(self) -> int:
        """The page asked for, counted from 1; nonsense counts as 1."""
        text = self.state.get("page", "")
        return max(1, min(int(text), MAX_PAGE)) if text.isascii() and text.isdigit() else 1

    def size(self, allowed: Sequence[int], default: int) -> int:
        """The rows on a page."""
        text = self.state.get("size", "")
        return int(text) if text in {str(size) for size in allowed} else default

    def without(self, *names: str, **changes: Any) -> str:
        """Return the address without some names and with some changes."""
        kept = {key: value for key, value in self.state.items() if key not in names and key != "format"}
        return self._url(kept | {key: str(value) for key, value in changes.items()})

    def cleared(self, *kept: str) -> str:
        """Return the address with nothing but the named parts."""
        return self._url(dict(self.kept(*kept)))

    def kept(self, *names: str) -> list[tuple[str, str]]:
        """Return the named parts of the state that are there."""
        return [(name, self.state[name]) for name in names if name in self.state]

    def _url(self, state: Mapping[str, str]) -> str:
        return f"{self.path}?{urlencode(state)}" if state else self.path


@dataclass(frozen=True)
class Control:
    """One field of the filter form."""

    name: str
    label: Any
    kind: str
    value: str
    options: Sequence[tuple[str, Any]] = ()
    fault: str = ""
    hint: Any = ""


def controls(table: Table, address: Address, refused: Sequence[Refused]) -> list[Control]:
    """Return the fields of the filter form in the order of the declaration, the search first."""
    faults = {item.name: item.text for item in refused}
    found = []
    if table.search_fields:
        label = table.search_label or _("Begins with")
        found.append(Control("q", label, "search", address.query))
    for item in table.filters:
        found += _controls(item, address, faults)
    return found


def _controls(item: Filter, address: Address, faults: Mapping[str, str]) -> list[Control]:
    if item.kind == "date":
        labels = (_("%(label)s from") % {"label": item.label}, _("%(label)s to") % {"label": item.label})
        return [
            Control(name, label, "date", address.state.get(name, ""), fault=faults.get(name, ""))
            for name, label in zip(item.names, labels, strict=True)
        ]
    value = address.state.get(item.key, "")
    options: Sequence[tuple[str, Any]] = ()
    if item.kind == "choice":
        options = item.options()
    elif item.kind == "region":
        options = _region_options(value)
    return [Control(item.key, item.label, item.kind, value, options, faults.get(item.key, ""))]


def _region_options(value: str) -> list[tuple[str, Any]]:
    """Offer the way down to the region in use and the regions directly below it; provinces to begin with."""
    way = regions.path(value) if regions.known(value) else regions.path(regions.NATION)
    below = [region for region in regions.children(way[-1].code) if not region.placeholder]
    if not below and len(way) > 1:
        below = [region for region in regions.children(way[-2].code) if region.code != way[-1].code]
    above = [region for region in way if not region.placeholder and region.code != regions.NATION]
    return [(region.code, _option(region, len(regions.path(region.code)) - 2)) for region in [*above, *below]]


def _option(region: regions.Region, depth: int) -> str:
    return "　" * max(depth, 0) + wording.bilingual(region)
