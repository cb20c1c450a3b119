"""Places where later rooms put their parts of a page: menu, to-do counts, panels, demo accounts.

Stages fill the slots in ``apps.ready()``; ``names()`` lists them with their fillers for a house test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhiheng.web import wording

TONES = ("todo", "due", "overdue", "returned")
COUNTED = 1_000  # a queue is counted so far and no further: nobody works through more today


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu; ``public`` puts it on the public pages, else it stands in the office."""

    id: str
    label: Any
    url_name: str
    permission: str | None = None
    order: int = 100
    public: bool = False


@dataclass(frozen=True)
class TodoRow:
    """One thing to do: what, for whom, until when, and the one button."""

    what: Any
    url: str
    about: Any = ""
    due_on: date | None = None
    button: Any = ""
    note: Any = ""


@dataclass(frozen=True)
class TodoItem:
    """A count on the workbench; ``tone`` is todo, due (soon), overdue or returned."""

    id: str
    label: Any
    count: int
    url: str
    tone: str = "todo"
    rows: Sequence[TodoRow] = ()

    def __post_init__(self) -> None:
        if self.tone not in TONES:
            raise ValueError(f"tone {self.tone!r} is none of {TONES}")

    @property
    def count_text(self) -> str:
        """How many wait: exact up to 1 000, "1,000+" beyond."""
        return wording.counted(self.count, limit=COUNTED)


def queue(
    id: str,
    label: Any,
    rows: Any,
    url: str,
    row: Callable[[Any], TodoRow],
    *,
    tone: str = "todo",
    shown: int = 5,
) -> TodoItem:
    """Return the item of an ordered queue: its first rows, and how many there are up to 1 000.

    One statement where few wait, two where many do, none that reads the whole queue.
    """
    first = list(rows[: shown + 1])
    count = len(first) if len(first) <= shown else rows.order_by()[: COUNTED + 1].count()
    return TodoItem(id, label, count, url, tone, [row(one) for one in first[:shown]])


@dataclass(frozen=True)
class Panel:
    """A part of a record page, rendered from its own template with its own context."""

    title: Any
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demonstration, shown on the demo's start page alone."""

    login: str
    password: str
    name: Any
    role: Any
    region: str
    what: Any = ""
    url: str = ""


class Menu:
    """The menu entries, one for each id."""

    def __init__(self) -> None:
        self._items: dict[str, MenuItem] = {}

    def add(self, item: MenuItem) -> None:
        """Put an entry into the menu; the same id again replaces it."""
        self._items[item.id] = item

    def items(self, *, public: bool = False) -> list[MenuItem]:
        """Return the entries of the office or of the public pages in their order."""
        chosen = [item for item in self._items.values() if item.public is public]
        return sorted(chosen, key=lambda item: (item.order, item.id))

    def fillers(self) -> list[str]:
        """Name who filled the slot."""
        return sorted(self._items)


class Providers:
    """Functions of other rooms that are asked when a page is made."""

    def __init__(self) -> None:
        self._functions: list[Callable[..., Any]] = []

    def add(self, provider: Callable[..., Any]) -> None:
        """Register a provider once."""
        if provider not in self._functions:
            self._functions.append(provider)

    def collect(self, *args: Any) -> list[Any]:
        """Return the answers of all providers in one list."""
        return [item for provider in self._functions for item in provider(*args)]

    def fillers(self) -> list[str]:
        """Name who filled the slot."""
        return [_name(function) for function in self._functions]


class ByKind:
    """Functions of other rooms by the kind of record that they belong to."""

    def __init__(self) -> None:
        self._by_kind: dict[str, list[Callable[..., Any]]] = {}

    def add(self, kind: str, provider: Callable[..., Any]) -> None:
        """Register a provider for one kind of record, once."""
        providers = self._by_kind.setdefault(kind, [])
        if provider not in providers:
            providers.append(provider)

    def fillers(self) -> list[str]:
        """Name who filled the slot."""
        return [f"{kind}: {_name(f)}" for kind, functions in self._by_kind.items() for f in functions]


class Panels(ByKind):
    """Providers of panels: ``provider(person, thing)`` returns a panel or nothing.

    Those of a page that is shown as of a day take the day as well: ``provider(person, thing, day=...)``.
    """

    def collect(self, kind: str, person: Any, thing: Any, **asked: Any) -> list[Panel]:
        """Return the panels of one record as this person (None: anybody) may see them."""
        found = (provider(person, thing, **asked) for provider in self._by_kind.get(kind, ()))
        return [panel for panel in found if panel is not None]


class Happenings(ByKind):
    """What else belongs to the time line of a record: ``provider(person, keys)`` returns a list.

    Each part is a ``timeline.Entries`` (whose entries to read) or a ``timeline.Fact`` (a line of its own).
    """

    def collect(self, kind: str, person: Any, keys: Sequence[str]) -> list[Any]:
        """Return what the rooms add to the time line of these records, as this person may see it."""
        return [part for provider in self._by_kind.get(kind, ()) for part in provider(person, keys)]


class Records(ByKind):
    """Where a thing has its page: ``provider(person, keys)`` returns the address of each visible one."""

    def knows(self, kind: str) -> bool:
        """Say whether things of this kind have pages."""
        return kind in self._by_kind

    def find(self, person: Any, wanted: Mapping[str, set[str]]) -> dict[tuple[str, str], str]:
        """Return the addresses of the wanted things that this person may see."""
        return {
            (kind, key): url
            for kind, keys in wanted.items()
            for provider in self._by_kind.get(kind, ())
            for key, url in provider(person, sorted(keys)).items()
        }


menu = Menu()
todo = Providers()
panels = Panels()
happenings = Happenings()
records = Records()
demo_accounts = Providers()
official = Providers()
"""National numbers of others that were recorded here: ``provider(series ids, dimensions, day)``."""


def names() -> dict[str, list[str]]:
    """Return every slot with the names of those who fill it."""
    slots = {
        "menu": menu,
        "todo": todo,
        "panels": panels,
        "happenings": happenings,
        "records": records,
        "demo_accounts": demo_accounts,
        "official": official,
    }
    return {name: slot.fillers() for name, slot in slots.items()}


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
