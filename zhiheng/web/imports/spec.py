"""What a list must hold: its columns, the checks of its rows, and the action that stores them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.errors import NotFound
from zhiheng.web import wording

Parse = Callable[[str], Any]


def as_text(text: str) -> str:
    """Return the text of a cell as it is."""
    return text


@dataclass(frozen=True)
class About:
    """What a list says of itself outside of its rows: names of file and sheet, titles; and its header."""

    titles: str = ""
    header: str = ""


@dataclass(frozen=True)
class ImportColumn:
    """One column that a list may have.

    ``parse`` gets the trimmed text of a filled cell and returns its value, or raises ``BadInput`` whose cause
    is the rule and whose remedy says what to write. An empty cell becomes ``default``. A unit in brackets in
    ``label_zh``, as in 年产值(万元), is the unit in which ``parse`` gets its numbers, whatever the list uses.
    ``looks`` recognises the column by its cells where ``parse`` takes any text, as that of a name does.
    ``assumed(person, about)`` says what holds for every row of a list that lacks the column, empty when
    nothing is certain: the list of a county office seldom names the county in each row. It is not asked while
    a column that is not read ``might(header, texts)`` hold it.
    ``near(person)`` is the parser where the office decides what a cell means, as the short name of a place.
    """

    key: str
    label_zh: str
    label_en: str
    aliases: Sequence[str] = ()
    required: bool = False
    parse: Parse = as_text
    hint: Any = ""
    default: Any = ""
    looks: Callable[[str], bool] | None = None
    assumed: Callable[[Any, About], str] | None = None
    might: Callable[[str, Sequence[str]], bool] | None = None
    near: Callable[[Any], Parse] | None = None

    @property
    def label(self) -> str:
        """The name of the column in the language of the page."""
        return self.label_zh if wording.is_chinese() else self.label_en

    @property
    def names(self) -> tuple[str, ...]:
        """Every header this column is known by."""
        return (self.label_zh, self.label_en, self.key, *self.aliases)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row that could be parsed: its number in the sheet (from 1), its values and their texts."""

    number: int
    values: Mapping[str, Any]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportFault:
    """What ``check_rows`` found: the row by its number in the sheet, the column by key, rule, remedy."""

    row: int
    column: str
    rule: str
    remedy: str = ""


@dataclass(frozen=True)
class Outlook:
    """What would follow from the good rows, as a table that the person reads before confirming."""

    title: Any
    heads: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    note: Any = ""


CheckRows = Callable[[Any, Sequence[ImportRow]], Iterable[ImportFault]]


def nothing_to_check(_person: Any, _rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find no fault; for lists whose columns say all there is to check."""
    return ()


@dataclass(frozen=True)
class ImportSpec:
    """A kind of list.

    ``check_rows(person, rows)`` yields ``ImportFault``; it sees the rows whose cells could all be parsed.
    ``store(by=person, rows=[values, ...], source=sha256)`` stores all rows in one action and may return an
    object with ``created``, ``updated``, ``unchanged``; it runs inside one transaction, once an upload.
    ``outlook(person, rows)`` says what would follow from the good rows; it is shown before the confirmation.
    """

    id: str
    title: Any
    columns: Sequence[ImportColumn]
    store: Callable[..., Any]
    permission: str
    check_rows: CheckRows = nothing_to_check
    lead: Any = ""
    done_url: str = ""
    examples: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    outlook: Callable[[Any, Sequence[ImportRow]], Outlook] | None = None

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if len(set(keys)) != len(keys):
            raise ValueError(f"import {self.id}: a column key stands twice")

    def near(self, person: Any) -> ImportSpec:
        """Return the same kind of list, its cells read as they are meant in the office of this person."""
        if person is None or not any(column.near for column in self.columns):
            return self
        columns = [replace(one, parse=one.near(person)) if one.near else one for one in self.columns]
        return replace(self, columns=tuple(columns))

    def column(self, key: str) -> ImportColumn | None:
        """Return a column by its key."""
        return next((column for column in self.columns if column.key == key), None)


_SPECS: dict[str, ImportSpec] = {}


def register(spec: ImportSpec) -> ImportSpec:
    """Make a kind of list known to the import pages."""
    _SPECS[spec.id] = spec
    return spec


def registered() -> list[ImportSpec]:
    """Return the kinds of lists in the order of their registration."""
    return list(_SPECS.values())


def get(spec_id: str) -> ImportSpec:
    """Return a kind of list by its id."""
    try:
        return _SPECS[spec_id]
    except KeyError:
        raise NotFound(
            _("There is no import of this kind."), _("Start from the page of the register.")
        ) from None
