"""A chart on a page answers one question and stands beside its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ChartColumn:
    """A column of the table beside a chart; ``kind`` is text or number."""

    label: Any
    kind: str = "text"


@dataclass(frozen=True)
class Link:
    """A cell of the table that leads to a page."""

    text: Any
    url: str

    def __str__(self) -> str:
        return str(self.text)


@dataclass(frozen=True)
class ChartBlock:
    """A chart with its question, unit, period, n, basis, purpose, its interval note and its table.

    ``columns`` are labels or ``ChartColumn``; the cells of ``rows`` are texts as they shall be read,
    or links. Without ``svg`` there is nothing to draw, and the table stands alone. ``left_out`` says what is
    known and shares no axis with what is drawn.
    """

    title: Any
    question: Any
    svg: str
    columns: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    unit: Any = ""
    period: Any = ""
    n: Any = None
    basis: Any = ""
    purpose: Any = ""
    interval_note: Any = ""
    left_out: Any = ""
    download_url: str = ""

    @property
    def heads(self) -> list[ChartColumn]:
        """The columns as columns, also where bare labels were given: the first is text, the rest numbers."""
        return [
            column if isinstance(column, ChartColumn) else ChartColumn(column, "number" if place else "text")
            for place, column in enumerate(self.columns)
        ]

    @property
    def table(self) -> list[list[tuple[str, Any]]]:
        """The rows as (kind, text) cells."""
        kinds = [head.kind for head in self.heads]
        return [list(zip(kinds, row, strict=True)) for row in self.rows]

    @property
    def facts(self) -> list[tuple[str, Any]]:
        """What a reader must know to read the chart, in a fixed order; empty ones are left out."""
        from django.utils.translation import gettext as _

        from zhiheng.web import wording

        named = [
            (_("Unit"), self.unit),
            (_("Period"), self.period),
            (_("n"), wording.number(self.n) if isinstance(self.n, int) else self.n),
            (_("Basis"), self.basis),
            (_("Purpose"), self.purpose),
            (_("Interval"), self.interval_note),
            (_("Not drawn"), self.left_out),
        ]
        return [(name, value) for name, value in named if value]
