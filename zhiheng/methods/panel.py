"""Holds a balanced panel: figures of units by period, and from when a measure reached each unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

NEVER = np.inf


@dataclass(frozen=True)
class Panel:
    """Figures, units x periods, in one unit of measure, and the first treated period of each unit from 0.

    A measure that has begun stays. ``start`` is ``NEVER`` (infinity, or None) for units that it never
    reached; a unit that was treated all along (start 0) has no before and is refused.

    >>> Panel([[1, 2], [1, 4]], [None, 1]).is_treated.tolist()
    [[False, False], [False, True]]
    """

    figures: Any
    start: Any

    def __post_init__(self) -> None:
        y = arrays.table(self.figures, "figures", least=2)
        given = [NEVER if value is None else value for value in arrays.listed(self.start, "starts")]
        start = arrays.numbers(given, "starts")
        if start.ndim != 1 or start.size != y.shape[0] or np.isnan(start).any():
            raise BadInput(
                "Starts and units do not fit.", "Give each unit its first treated period, or None."
            )
        treated = start[start != NEVER]
        if np.any(treated != np.round(treated)) or np.any(treated < 1) or np.any(treated >= y.shape[1]):
            raise BadInput(
                "A start is no period with one before it.", "Count periods from 0; leave out others."
            )
        if not treated.size:
            raise BadInput("No unit was ever treated.", "There is no effect to estimate.")
        object.__setattr__(self, "figures", y)
        object.__setattr__(self, "start", start)

    @property
    def is_treated(self) -> np.ndarray:
        """Units x periods, true from the start on."""
        return np.arange(self.figures.shape[1]) >= self.start[:, None]

    @property
    def ever(self) -> np.ndarray:
        """Units that are treated at some time."""
        return np.isfinite(self.start)

    @property
    def groups(self) -> np.ndarray:
        """The different starts, in order of time."""
        return np.unique(self.start[self.ever]).astype(int)

    def block(self) -> tuple[np.ndarray, np.ndarray, int]:
        """Return figures of controls, of treated and the one start; refuse starts at several times.

        >>> controls, treated, start = Panel([[1, 2], [1, 4]], [None, 1]).block()
        >>> controls.tolist(), treated.tolist(), start
        ([[1.0, 2.0]], [[1.0, 4.0]], 1)
        """
        if self.groups.size != 1:
            raise BadInput("The measure began at several times.", "Take group_time, or one group at a time.")
        if self.ever.all():
            raise BadInput("Every unit was treated.", "Give units that were not, to compare with.")
        return self.figures[~self.ever], self.figures[self.ever], int(self.groups[0])
