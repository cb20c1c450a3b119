"""Weights for those who answered, so that they also stand for those who did not.

Both ways hold only if, among units that look alike here, answering has nothing to do with the result. Nothing
in the data can show that; say beside the figure which share answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, logistic

VERSION = "1"


@dataclass(frozen=True)
class Responses:
    """Adjusted weights (zero for who did not answer), the chance of each to answer, the response rate."""

    weight: np.ndarray
    chance: np.ndarray
    rate: float
    method: str
    version: str = VERSION


def by_class(weight: Any, answered: Any, classes: Any, *, least: int = 1) -> Responses:
    """Return w_i sum_c w / sum_(c, answered) w for those who answered in class c (Oh & Scheuren 1983).

    A class with fewer than ``least`` answers is refused: join it with a class that is like it.

    >>> found = by_class([2.0, 2, 2, 5], [True, False, True, True], ["a", "a", "a", "b"])
    >>> found.weight.tolist(), round(found.rate, 4)
    ([3.0, 0.0, 3.0, 5.0], 0.8182)
    """
    weight, answered = _checked(weight, answered)
    least = arrays.number(least, "least number of answers")
    if not least >= 0:
        raise BadInput(f"The least number of answers is {least}.", "Give 1 or more.")
    names, codes = arrays.labels(classes, "class", weight.size)
    few = np.bincount(codes, answered) < max(least, 1)
    if few.any():
        raise BadInput(
            f"Too few answered in: {', '.join(str(names[place]) for place in np.flatnonzero(few))}.",
            "Join the class with one that is like it.",
        )
    chance = (np.bincount(codes, weight * answered) / np.bincount(codes, weight))[codes]
    return _responses(weight, answered, chance, "weighting classes")


def by_propensity(weight: Any, answered: Any, columns: Any, *, classes: int = 0) -> Responses:
    """Return w / p for those who answered, p the chance to answer by logistic regression on ``columns``.

    The constant is added. The fit maximises the likelihood with weights w (Rosenbaum & Rubin 1983; Little
    1986). With ``classes`` > 0 units are put into so many classes of about equal size by p, and weighted as
    in ``by_class``, which keeps single units from weighing too much. Columns that tell exactly who answers
    have no best fit and are refused.

    >>> found = by_propensity([1.0] * 6, [1, 0, 1, 1, 0, 1], [0, 0, 0, 1, 1, 1])
    >>> found.chance.round(4).tolist()
    [0.6667, 0.6667, 0.6667, 0.6667, 0.6667, 0.6667]
    """
    weight, answered = _checked(weight, answered)
    classes = arrays.whole(classes, "number of classes", least=0)
    x = arrays.numbers(columns, "columns")
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or x.shape[0] != weight.size or not np.all(np.isfinite(x)):
        raise BadInput("The columns do not fit.", "Give one known row for every drawn unit.")
    if answered.all():
        return _responses(weight, answered, np.ones(weight.size), "propensity")
    x = np.column_stack([np.ones(weight.size), (x - x.mean(0)) / np.maximum(x.std(0), 1e-300)])
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise BadInput("One column follows from the others, or does not vary.", "Leave it out.")
    chance = logistic.chances(x, answered, weight, whether="whether they answer")
    if classes:
        order = np.argsort(chance, kind="stable")
        group = np.empty(weight.size, dtype=int)
        group[order] = np.arange(weight.size) * classes // weight.size
        return by_class(weight, answered, group)
    return _responses(weight, answered, chance, "propensity")


def _responses(weight: np.ndarray, answered: np.ndarray, chance: np.ndarray, method: str) -> Responses:
    adjusted = np.where(answered, weight / chance, 0.0)
    return Responses(adjusted, chance, float(weight[answered].sum() / weight.sum()), method)


def _checked(weight: Any, answered: Any) -> tuple[np.ndarray, np.ndarray]:
    weight, answered = arrays.numbers(weight, "weight"), arrays.column(answered, "answers")
    if weight.ndim != 1 or answered.shape != weight.shape or not np.all(np.isfinite(weight) & (weight > 0)):
        raise BadInput(
            "The units do not fit, or a weight is not above zero.", "Give both for every drawn unit."
        )
    if not np.isin(answered, (0, 1)).all() or not answered.any():
        raise BadInput(
            "Nobody answered, or an answer is neither yes nor no.", "Mark answers with true or false."
        )
    return weight, answered.astype(bool)
