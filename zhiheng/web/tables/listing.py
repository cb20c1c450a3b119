"""A declared table becomes one page of a list, or its export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhiheng.people import clock
from zhiheng.web.gate import Answered
from zhiheng.web.tables import export, narrowing, own, plan
from zhiheng.web.tables.columns import BatchAction, Cell, Column, Filter
from zhiheng.web.tables.state import Address, Control, controls

COUNT_LIMIT = plan.SMALL
DEPTH_LIMIT = 10_000
SIZES = (25, 50, 100)
OWN = "own"


@dataclass(frozen=True)
class Head:
    """The head of a column with its sort link."""

    column: Column
    url: str
    aria_sort: str


@dataclass(frozen=True)
class Row:
    """One row: its id for batch actions, its cells, the first of which heads the row."""

    id: str
    cells: list[Cell]

    @property
    def html(self) -> SafeString:
        """The cells as a page writes them; there are some hundreds, so no template decides on each."""
        first, *rest = self.cells
        head = format_html('<th scope="row" class="k-{}">{}</th>', first.kind, first.inner)
        return head + format_html_join("", "<td{}>{}</td>", ((cell.style, cell.inner) for cell in rest))


@dataclass(frozen=True)
class Chip:
    """A filter in use, with the address without it."""

    label: Any
    text: str
    url: str


@dataclass(frozen=True)
class TablePage:
    """One page of a list as ``web/table.html`` writes it."""

    id: str
    caption: Any
    heads: list[Head]
    rows: list[Row]
    count: int
    is_count_exact: bool
    number: int
    size: int
    previous_url: str
    next_url: str
    first_url: str
    is_at_depth: bool
    is_too_broad: bool
    controls: list[Control]
    chips: list[Chip]
    refused: list[narrowing.Refused]
    clear_url: str
    action: str
    hidden: list[tuple[str, str]]
    csv_url: str
    xlsx_url: str
    own_url: str
    batch: Sequence[BatchAction]
    empty: Any
    seen_at: datetime

    @property
    def count_text(self) -> str:
        """The number of rows, exact up to 10 000 and "10,000+" beyond."""
        return f"{self.count:,}" if self.is_count_exact else f"{COUNT_LIMIT:,}+"

    @property
    def first_row(self) -> int:
        """The place of the first row shown, counted from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last_row(self) -> int:
        """The place of the last row shown."""
        return (self.number - 1) * self.size + len(self.rows)

    @property
    def is_narrowed(self) -> bool:
        """Say whether a filter or a search is in use."""
        return bool(self.chips)


@dataclass(frozen=True)
class Asked:
    """The rows asked for: narrowed by filters, then by the search, and the fields that the search hit."""

    narrowed: QuerySet
    found: QuerySet
    search: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The declaration of a list page."""

    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    default_sort: str = ""
    search_fields: Sequence[str] = ()
    export_name: str = "list"
    caption: Any = ""
    empty: Any = ""
    search_label: Any = ""
    batch: Sequence[BatchAction] = ()
    id: str = "list"
    own: own.OwnForm | None = None
    size: int = 50
    tie: str = "pk"

    def page(self, request: HttpRequest, queryset: QuerySet) -> TablePage:
        """Return the page that the address asks for.

        ``?format=csv``, ``xlsx`` or ``own`` (the office's own form) answers with the file instead: the
        export leaves through ``web.page``, which every view carries, so the view needs no line for it.
        """
        address = Address(request.path, request.GET)
        used, refused = narrowing.read(queryset, self.filters, address.state)
        asked = self._asked(queryset, address, used)
        wanted = address.state.get("format", "")
        if wanted in export.WRITERS:
            rows = self._light(asked.found.order_by(*self._order(address)))
            raise Answered(export.respond(wanted, self.columns, rows, self.export_name))
        if wanted == OWN and self.own is not None:
            rows = self._light(asked.found.order_by(*self._order(address)))
            raise Answered(self.own.respond(request.user, self.columns, rows))
        has_own = self.own is not None and self.own.find(request.user) is not None
        return self._page(address, asked, used, refused, has_own=has_own)

    def respond(
        self,
        request: HttpRequest,
        queryset: QuerySet,
        template: str,
        context: dict[str, Any] | Callable[[TablePage], dict[str, Any]] | None = None,
    ) -> HttpResponse:
        """Return the whole answer for a list view whose template includes ``web/table.html``."""
        found = self.page(request, queryset)
        more = context(found) if callable(context) else (context or {})
        return render(request, template, {"table": found, **more})

    def _asked(self, queryset: QuerySet, address: Address, used: list[narrowing.Narrowed]) -> Asked:
        """Return the rows asked for, with what is known about how they were narrowed."""
        condition = Q()
        for item in used:
            condition &= item.condition
        narrowed = queryset.filter(condition) if condition else queryset
        if not (address.query and self.search_fields):
            return Asked(narrowed, narrowed, ())
        fields = plan.hits(narrowed, self.search_fields, address.query)
        if not fields:
            return Asked(narrowed, narrowed.none(), ())
        return Asked(
            narrowed, narrowed.filter(narrowing.search(narrowed, fields, address.query)), tuple(fields)
        )

    def _order(self, address: Address) -> list[str]:
        """Return the full order: the chosen column's, then the tie breaker, so that pages never overlap."""
        column, is_descending = self._sorted_by(address)
        if column is None:
            return [self.tie]
        paths = [*column.sort] if column.sort else [column.path or self.tie, self.tie]
        return [_turned(path) if is_descending else path for path in paths]

    def _sorted_by(self, address: Address) -> tuple[Column | None, bool]:
        for wanted in (address.state.get("sort", ""), self.default_sort):
            for column in self.columns:
                if column.can_sort and column.key == wanted.lstrip("-"):
                    return column, wanted.startswith("-")
        return None, False

    def _light(self, queryset: QuerySet) -> QuerySet:
        """Follow the relations that the columns name; read only the named fields where all are named."""
        if queryset._fields is not None:  # values() rows are light already
            return queryset
        paths = [column.path for column in self.columns if column.path and not column.value]
        paths = [path for path in paths if _is_stored(queryset.model, path)]
        related = sorted({path.rpartition("__")[0] for path in paths if "__" in path})
        if related and queryset.query.select_related is not True:
            queryset = queryset.select_related(*related)
        has_code = any(column.value or column.url for column in self.columns)
        return queryset if has_code else queryset.only("pk", *paths)

    def _page(
        self,
        address: Address,
        asked: Asked,
        used: list[narrowing.Narrowed],
        refused: list[narrowing.Refused],
        *,
        has_own: bool,
    ) -> TablePage:
        size = address.size(SIZES, self.size)
        number = min(address.number, DEPTH_LIMIT // size)
        start = (number - 1) * size
        rows, counted = self._found(address, asked, start, start + size + 1)
        is_too_broad = plan.is_too_broad(self._order(address), asked.search, counted)
        has_next = len(rows) > size
        rows = rows[:size]
        is_last_allowed = (number + 1) * size > DEPTH_LIMIT
        return TablePage(
            id=self.id,
            caption=self.caption,
            heads=self._heads(address, is_sorted=not is_too_broad),
            rows=[Row(str(_pk(row)), [column.cell(row) for column in self.columns]) for row in rows],
            count=min(counted, COUNT_LIMIT),
            is_count_exact=counted <= COUNT_LIMIT,
            number=number,
            size=size,
            previous_url=address.without("page", page=number - 1) if number > 1 else "",
            next_url=address.without("page", page=number + 1) if has_next and not is_last_allowed else "",
            first_url=address.without("page"),
            is_at_depth=has_next and is_last_allowed,
            is_too_broad=is_too_broad,
            controls=controls(self, address, refused),
            chips=self._chips(address, used),
            refused=refused,
            clear_url=address.cleared("sort", "size"),
            action=address.path,
            hidden=address.kept("sort", "size"),
            csv_url=address.without("page", format="csv"),
            xlsx_url=address.without("page", format="xlsx"),
            own_url=address.without("page", format=OWN) if has_own else "",
            batch=self.batch,
            empty=self.empty,
            seen_at=clock.now(),
        )

    def _found(self, address: Address, asked: Asked, start: int, stop: int) -> tuple[list[Any], int]:
        """Return some rows in their order, and how many there are."""
        order = self._order(address)
        if address.query and self.search_fields and not asked.search:
            return [], 0
        if asked.narrowed._fields is not None:  # values() rows have no keys to find them by
            return list(asked.found.order_by(*order)[start:stop]), plan.counted(asked.found)
        paths = [item.path for item in self.filters if item.kind == "region"]
        return plan.page(
            self._light(asked.narrowed),
            order,
            start,
            stop,
            search=asked.search,
            words=address.query,
            regions=plan.narrows(asked.narrowed, paths),
        )

    def _heads(self, address: Address, *, is_sorted: bool) -> list[Head]:
        chosen, is_descending = self._sorted_by(address)
        heads = []
        for column in self.columns:
            is_chosen = is_sorted and column is chosen
            aria = ("descending" if is_descending else "ascending") if is_chosen else ""
            turn = f"-{column.key}" if is_chosen and not is_descending else column.key
            url = address.without("page", sort=turn) if column.can_sort else ""
            heads.append(Head(column, url, aria))
        return heads

    def _chips(self, address: Address, used: list[narrowing.Narrowed]) -> list[Chip]:
        chips = [Chip(item.label, item.text, address.without("page", *item.names)) for item in used]
        if address.query and self.search_fields:
            chips.insert(0, Chip(_("Begins with"), address.query, address.without("page", "q")))
        return chips


def _turned(path: str) -> str:
    return path[1:] if path.startswith("-") else f"-{path}"


def _pk(row: Any) -> Any:
    return row.get("pk", row.get("id", "")) if isinstance(row, dict) else row.pk


def _is_stored(model: Any, path: str) -> bool:
    """Say whether a path leads to a stored field, rather than to a property or an annotation."""
    for name in path.split("__"):
        if model is None:
            return False
        try:
            found = model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        model = found.related_model if found.is_relation else None
    return True
