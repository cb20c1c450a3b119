"""Describes a paper: title, number, whom it is for, its parts in order, and what stands at its foot."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Literal

from zhiheng.errors import BadInput
from zhiheng.proof import canonical

TEMPLATE = "paper-1"
"""The template of a new paper; a paper that was issued names its own."""

Style = Literal["letter", "sheet"]
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; ``number`` stands before it, as in a list of orders or rights."""

    body: str
    number: str = ""
    kind: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Line:
    """A line without indent, such as the name of whom a letter is for."""

    body: str
    kind: ClassVar[str] = "line"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a paper."""

    body: str
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values side by side; an empty value is a place to write by hand."""

    rows: tuple[tuple[str, str], ...]
    columns: int = 1
    kind: ClassVar[str] = "facts"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with a head; ``widths`` are parts of the line, ``right`` the columns of numbers.

    A dense one is set small, and breaks long numbers after their hyphens.
    """

    head: Row
    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    caption: str = ""
    right: tuple[int, ...] = ()
    is_dense: bool = False
    kind: ClassVar[str] = "table"

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if len(row) != len(self.head)]
        if wrong or len(self.widths) != len(self.head):
            raise BadInput("A table of a paper has rows or widths of another number than its head.", "")


@dataclass(frozen=True, slots=True)
class Place:
    """A place to sign (``kind`` sign), or the dotted place of a seal with the words in it (``kind`` seal)."""

    label: str
    kind: Literal["sign", "seal"] = "sign"
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Signs:
    """The places to sign and to seal, side by side."""

    places: tuple[Place, ...]
    kind: ClassVar[str] = "signs"


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with what it says, and lines beside it for those who read without a device."""

    payload: str
    lines: tuple[str, ...]
    kind: ClassVar[str] = "code"


Block = Text | Line | Heading | Facts | Grid | Signs | Code
BLOCKS: Mapping[str, type] = {one.kind: one for one in (Text, Line, Heading, Facts, Grid, Signs, Code)}


@dataclass(frozen=True)
class Paper:
    """A whole paper as plain data; ``mark`` is printed on every page when the content is invented."""

    name: str
    title: str
    number: str
    dated: date
    blocks: tuple[Block, ...]
    address: str = ""
    mark: str = ""
    language: str = "zh"
    style: Style = "letter"
    orientation: Literal["portrait", "landscape"] = "portrait"
    hash_label: str = "SHA-256"
    template: str = TEMPLATE

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the canonical form: what the foot of the paper names."""
        return canonical.digest(self.as_data())

    @property
    def foot(self) -> tuple[str, ...]:
        """The lines at the foot of each page: the address, and the hash of what is printed."""
        return tuple(line for line in (self.address, f"{self.hash_label} {self.digest}") if line)

    def as_data(self) -> dict[str, Any]:
        """Return the paper as values that canonical JSON can hold."""
        held = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        held["dated"] = self.dated.isoformat()
        held["blocks"] = [_block_data(block) for block in self.blocks]
        return held


def read(data: Mapping[str, Any]) -> Paper:
    """Return the paper that ``as_data`` gave."""
    try:
        blocks = tuple(_block(dict(row)) for row in data["blocks"])
        return Paper(**{**data, "dated": date.fromisoformat(data["dated"]), "blocks": blocks})
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(
            "The stored paper cannot be read.", "Its file was made by another version; keep it as it is."
        ) from error


def _block_data(block: Block) -> dict[str, Any]:
    held = {"kind": block.kind}
    for field in dataclasses.fields(block):
        value = getattr(block, field.name)
        if field.name == "places":
            value = [dataclasses.asdict(place) for place in value]
        held[field.name] = _plain(value)
    return held


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, tuple | list) else value


def _block(row: dict[str, Any]) -> Block:
    kind = BLOCKS[row.pop("kind")]
    if kind is Signs:
        return Signs(tuple(Place(**place) for place in row["places"]))
    return kind(**{name: _frozen(value) for name, value in row.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list) else value
