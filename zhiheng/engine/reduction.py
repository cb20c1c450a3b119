"""What an engine is asked for: the sufficient statistics of a big table of results, cell by cell.

``counts`` gives n and k, whole numbers that are equal to the last bit on every engine; weights N_h / r_h are
laid on afterwards, in NumPy. ``sums`` gives n, sum w, sum wy, sum w^2 and sum w^2 y for results that each
carry a weight of their own; engines agree on them to 1e-12.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from zhiheng.errors import BadInput

Fixed = str | int | bool | date
COUNTS = ("n", "k")
SUMS = ("n", "w", "wy", "w2", "w2y")


@dataclass(frozen=True)
class Reduction:
    """One question: the cells ``by`` columns, what of them, and which rows (``where`` column equals value).

    >>> Reduction(("division",), "counts").columns
    ('division', 'n', 'k')
    """

    by: tuple[str, ...]
    kind: Literal["counts", "sums"] = "sums"
    passed: str = "passed"
    weight: str = "weight"
    where: tuple[tuple[str, Fixed], ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in ("counts", "sums"):
            raise BadInput(f"There is no reduction {self.kind!r}.", "Ask for 'counts' or 'sums'.")
        names = [*self.by, self.passed, *([self.weight] if self.kind == "sums" else [])]
        if not self.by or not all(isinstance(name, str) and name for name in names):
            raise BadInput("A reduction names no column to cut by.", "Name stratum and domain, for example.")
        low = [name.casefold() for name in names]  # SQL takes N and n for one name
        if len(set(low)) != len(low) or set(low[: len(self.by)]) & set(self.statistics):
            raise BadInput(
                f"The columns {', '.join(names)} are not told apart.",
                "Name each once; n, k, w, wy, w2 and w2y are the names of the statistics.",
            )
        fixed = [name for name, _value in self.where]
        if len(set(fixed)) != len(fixed):
            raise BadInput("A column is fixed twice.", "Fix each column to one value.")

    @property
    def statistics(self) -> tuple[str, ...]:
        """The columns that an answer adds: whole numbers (Int64) for counts and n, else Float64."""
        return COUNTS if self.kind == "counts" else SUMS

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of an answer, in order; its rows are sorted by the first ``len(by)`` of them."""
        return (*self.by, *self.statistics)
