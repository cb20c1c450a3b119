"""What a measure changed, by group and time, where the units to compare with must first be made alike.

The plain difference in differences (``differences.group_time``) asks that treated and others would have moved
alike. Here they need to have moved alike only among units with the same columns, such as size or industry.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, differences, logistic
from zhiheng.methods.differences import Cell, Control, GroupTime
from zhiheng.methods.panel import Panel

VERSION = "1"
# A control with a higher chance to be treated would weigh as a hundred others.
HIGHEST_CHANCE = 0.99


def group_time(panel: Panel, columns: Any, *, control: Control = "never", anticipation: int = 0) -> GroupTime:
    """Return ATT(g, t) among units alike in ``columns``, doubly robust (Sant'Anna & Zhao 2020).

    Groups, periods, bases and controls are those of ``differences.group_time`` (Callaway & Sant'Anna 2021).
    Symbols: among the units of group g (D = 1) and its controls, dy the change since the base period, x the
    columns known before it with a constant, p(x) the chance to be in the group by logistic regression, m(x)
    the line of dy on x fitted to the controls. With weights D for the group and v = p (1 - D) / (1 - p) for
    controls: ATT = mean D (dy - m) / mean D - mean v (dy - m) / mean v. It is right if either p or m is.
    Errors by the influence of every unit, with that of the fitted p and m; in the unit of the figures.
    Without columns that differ it is ``differences.group_time``; average it with ``differences.summarise``.

    Not for columns that the measure itself may move, nor where the treated have no like: controls with a
    chance above 0.99 are refused, and columns that tell exactly who is treated.

    >>> rows = [[1, 2, 3], [2, 3, 3], [4, 7, 9], [1, 5, 6], [4, 9, 12], [3, 7, 9]]
    >>> size = [1, 2, 4, 1, 4, 3]
    >>> found = group_time(Panel(rows, [None] * 3 + [1] * 3), size)
    >>> print(found.estimate.round(4).tolist(), found.standard_error.round(4).tolist())
    [2.4223, 3.2669] [0.4117, 0.5904]
    """
    x = _columns(columns, arrays.instance(panel, Panel, "panel").start.size)
    found = [(cell, *_cell(cell, x)) for cell in differences.cells(panel, control, anticipation)]
    return differences.of_cells(found, panel, "group-time-doubly-robust")


def _columns(columns: Any, units: int) -> np.ndarray:
    x = arrays.numbers(columns, "columns")
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or x.shape[0] != units or not np.isfinite(x).all():
        raise BadInput("The columns do not fit.", "Give one known row for every unit of the panel.")
    # Neither the effect nor its error depends on units and origins of the columns.
    spread = x.std(0)
    x = (x - x.mean(0))[:, spread > 0] / spread[spread > 0]
    return np.column_stack([np.ones(units), x])


def _cell(cell: Cell, x: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the effect of a cell and the influence of every unit of the panel on it."""
    used = cell.treated | cell.controls
    treated, x, dy = cell.treated[used], x[used], cell.change[used]
    fewest = min(int(treated.sum()), int((~treated).sum()))
    if fewest <= x.shape[1] or np.linalg.matrix_rank(x[~treated]) < x.shape[1]:
        raise BadInput(
            f"Group {cell.group} or its controls are too few or too alike for {x.shape[1] - 1} columns.",
            "Leave columns out, or join groups.",
        )
    p = logistic.chances(x, treated, np.ones(treated.size), whether="whether they are treated")
    if p[~treated].max() > HIGHEST_CHANCE:
        raise BadInput(
            f"Some controls of group {cell.group} are wholly like the treated, and others hardly.",
            "Leave units out that have no like on the other side.",
        )
    line = np.linalg.lstsq(x[~treated], dy[~treated], rcond=None)[0]
    off, d, v = dy - x @ line, treated.astype(float), np.where(treated, 0.0, p / (1 - p))
    gain, loss = off @ d / d.sum(), off @ v / v.sum()
    n = treated.size
    # What each unit moves the line of the controls and the coefficients of the chances by.
    of_line = ((1 - d) * off)[:, None] * x @ np.linalg.inv((x.T * (1 - d)) @ x / n)
    of_chance = (d - p)[:, None] * x @ np.linalg.inv((x.T * (p * (1 - p))) @ x / n)
    by_group = (d * (off - gain) - of_line @ (d @ x / n)) / d.mean()
    by_controls = v * (off - loss) + of_chance @ ((v * (off - loss)) @ x / n) - of_line @ (v @ x / n)
    psi = np.zeros(used.size)
    psi[used] = used.size / n * (by_group - by_controls / v.mean())
    return float(gain - loss), psi
