"""What a list shows of a row, and by what it can be narrowed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from zhiheng.web import wording

KINDS = ("text", "number", "date", "moment", "state", "link", "share", "region", "division", "code")
RIGHT = frozenset({"number", "share"})
FILTER_KINDS = ("text", "exact", "choice", "region", "date")

Choice = tuple[str, Any]


@dataclass(frozen=True)
class State:
    """A state as a word with its tone: todo, running, done, stopped or neutral."""

    label: Any
    tone: str = "neutral"

    def __str__(self) -> str:
        return str(self.label)


@dataclass(frozen=True)
class Cell:
    """One cell as the template writes it."""

    text: str
    kind: str = "text"
    url: str = ""
    tone: str = ""

    @property
    def inner(self) -> str:
        """What stands in the cell: a link, a state with its tone, or the text."""
        if self.url:
            return format_html('<a href="{}">{}</a>', self.url, self.text)
        if self.kind == "state":
            return format_html('<span class="state {}">{}</span>', self.tone, self.text)
        return self.text

    @property
    def style(self) -> SafeString:
        """The class of the cell, ready for its tag."""
        return _STYLES.get(self.kind, _STYLES[""])


_STYLES = {
    "": mark_safe(""),
    "code": mark_safe(' class="k-code"'),
    "division": mark_safe(
        ' class="text-long"'
    ),  # long in English: it breaks before the last columns go out of sight
    **dict.fromkeys(sorted(RIGHT), mark_safe(' class="right"')),
}


@dataclass(frozen=True)
class Column:
    """One column of a list.

    ``field`` is the path of the model field, also sorted by unless ``sort`` names the full order (give it
    where an index holds that order). ``value(row)`` makes what is shown, ``url(row)`` makes it a link,
    ``states`` gives the word and tone of each stored state. ``unit`` stands in the head, never in a cell.
    """

    key: str
    label: Any
    field: str | None = None
    kind: str = "text"
    sortable: bool = True
    url: Callable[[Any], str] | None = None
    value: Callable[[Any], Any] | None = None
    sort: Sequence[str] = ()
    states: Mapping[Any, Any] = dataclasses.field(default_factory=dict)
    places: int | None = None
    unit: Any = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key}: kind {self.kind!r} is none of {KINDS}")

    @property
    def path(self) -> str | None:
        """The model field behind the column; a column with a ``value`` of its own may have none."""
        return self.field or (None if self.value else self.key)

    @property
    def can_sort(self) -> bool:
        """Say whether the list can be sorted by this column."""
        return self.sortable and bool(self.sort or self.path)

    @property
    def is_right(self) -> bool:
        """Say whether the cells stand at the right, as numbers do."""
        return self.kind in RIGHT

    def raw(self, row: Any) -> Any:
        """Return what the row holds, before it is written for a person."""
        if self.value is not None:
            return self.value(row)
        for name in (self.path or self.key).split("__"):
            row = row.get(name) if isinstance(row, Mapping) else getattr(row, name)
            if row is None:
                return None
        return row

    def cell(self, row: Any) -> Cell:
        """Return the cell of a row."""
        raw = self.raw(row)
        state = self._state(raw) if self.kind == "state" else None
        is_nothing = state is not None and str(state) == wording.NOTHING
        return Cell(
            text=str(state.label) if state else self.text(raw),
            kind="text" if is_nothing else self.kind,
            url=(self.url(row) or "") if self.url else "",
            tone=state.tone if state and not is_nothing else "",
        )

    def text(self, raw: Any) -> str:
        """Return a value as a person reads it."""
        writer = _WRITERS.get(self.kind)
        if self.kind == "number":
            return wording.number(raw, self.places)
        if self.kind == "share":
            return wording.percent(raw, 2 if self.places is None else self.places)
        if writer is not None:
            return writer(raw)
        if raw is None or raw == "":
            return wording.NOTHING
        return str(self.states.get(raw, raw))

    def exported(self, row: Any) -> Any:
        """Return the value of a cell in a file: numbers as numbers, dates as dates, codes as text."""
        raw = self.raw(row)
        if self.kind == "state":
            return str(self._state(raw).label)
        if self.kind in {"region", "division"}:
            return self.text(raw)
        if self.states:
            return str(self.states.get(raw, raw))
        return raw

    def _state(self, raw: Any) -> State:
        found = raw if isinstance(raw, State) else self.states.get(raw)
        if isinstance(found, State):
            return found
        if isinstance(found, tuple):
            return State(*found)
        label = found if found is not None else raw
        return State(wording.NOTHING if label in (None, "") else label)


_WRITERS: dict[str, Callable[[Any], str]] = {
    "date": wording.day,
    "moment": wording.moment,
    "region": wording.region_name,
    "division": wording.division_name,
}


@dataclass(frozen=True)
class Filter:
    """One way to narrow a list: text (prefix), exact, choice, region (with all inside) or date (from, to).

    ``choices`` are (value, label) pairs, or a function that returns them; a value of ``conditions`` stands
    for more than one value of the field.
    """

    key: str
    label: Any
    kind: str = "text"
    field: str = ""
    choices: Sequence[Choice] | Callable[[], Sequence[Choice]] = ()
    conditions: Mapping[str, Q] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in FILTER_KINDS:
            raise ValueError(f"filter {self.key}: kind {self.kind!r} is none of {FILTER_KINDS}")

    @property
    def path(self) -> str:
        """The model field behind the filter."""
        return self.field or self.key

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the filter in the address."""
        return (f"{self.key}_from", f"{self.key}_to") if self.kind == "date" else (self.key,)

    def options(self) -> list[Choice]:
        """Return the choices as (value, label) pairs."""
        found = self.choices() if callable(self.choices) else self.choices
        return [(str(value), label) for value, label in found]


@dataclass(frozen=True)
class BatchAction:
    """A button under the list that posts the chosen rows as ``ids`` to ``url``."""

    label: Any
    url: str
    tone: str = ""
