"""Adds scores up to a composite figure, along a tree of parts, and carries their sampling errors along.

Sources: OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 7; Hardy, Littlewood & Polya
(1934) for power means. The tree 2/6/12 of the quality competitiveness index is public, its weights are not:
even weights are a choice of the user, never the official ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
How = Literal["arithmetic", "geometric", "harmonic"]
NO_POWER = 1e-12
POWER = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}


def aggregate(scores: Any, weights: Any, how: How = "arithmetic") -> np.ndarray:
    """Return the weighted mean of each row: sum w x, exp sum w ln x (geometric) or 1 / sum w/x (harmonic).

    Weights of zero or more are scaled to 1; scores keep their unit. The arithmetic mean lets a good part make
    up for a bad one in full, the others ever less; those two ask for scores above zero.

    >>> [aggregate([[60, 90]], [1, 2], how).round(2).tolist() for how in POWER]
    [[80.0], [78.62], [77.14]]
    """
    x = arrays.table(scores, "scores")
    return power_mean(x, weights, _power(how))


def power_mean(scores: Any, weights: Any, power: float) -> np.ndarray:
    """Return (sum w x^p)^(1/p) of each row, exp sum w ln x for p = 0; the lower p, the less is made up for.

    >>> power_mean([[60, 90]], [1, 1], -1).round(4).tolist()
    [72.0]
    """
    x = arrays.table(scores, "scores")
    w = arrays.shares(weights, "weights", x.shape[1])
    p = arrays.number(power, "power")
    if p == 1:
        return x @ w
    if np.any(x <= 0):
        raise BadInput("A score is zero or negative.", "Take the arithmetic mean, or a scale above zero.")
    if abs(p) < NO_POWER:
        return np.exp(np.log(x) @ w)
    x, w = x[:, w > 0], w[w > 0]
    # Beside the score that leads for this power no other can overflow; near p = 0 nothing is lost by exp - 1.
    lead = x.max(axis=1) if p > 0 else x.min(axis=1)
    return lead * np.exp(np.log1p(np.expm1(p * np.log(x / lead[:, None])) @ w) / p)


def standard_errors(scores: Any, errors: Any, weights: Any, how: How = "arithmetic") -> np.ndarray:
    """Return the error of each composite when its scores carry independent standard errors (delta method).

    dM/dx_j = w_j (M / x_j)^(1 - p); error = sqrt(sum (dM/dx_j s_j)^2), in the unit of the scores. Sampling
    error alone: that of the choice of weights and scales is seen in ``ranking.simulate``.

    >>> standard_errors([[60, 90]], [[3, 4]], [1, 1]).tolist()
    [2.5]
    """
    x = arrays.table(scores, "scores")
    s = _errors(errors, x)
    return np.sqrt(((_gradient(x, weights, _power(how)) * s) ** 2).sum(axis=1))


@dataclass(frozen=True)
class Tree:
    """Parts within parts, from the leaves up: for each level the parent of every node, and its weight there.

    ``parents[0][j]`` is the node of the next level to which leaf j belongs, from 0; the last level has one
    node. Weights are scaled to 1 within each parent.
    """

    parents: tuple[np.ndarray, ...]
    weights: tuple[np.ndarray, ...]

    def __post_init__(self) -> None:
        levels, shares = arrays.listed(self.parents, "parents"), arrays.listed(self.weights, "weights")
        if not levels or len(levels) != len(shares):
            raise BadInput("The levels do not fit.", "Give parents and weights for each level.")
        parents, weights = [], []
        for parent, weight in zip(levels, shares, strict=True):
            p = arrays.positions(parent, "parents")
            if parents and p.size != parents[-1].max() + 1:
                raise BadInput("A level has not the nodes that the one below names.", "Name each parent.")
            if not np.array_equal(np.unique(p), np.arange(p.max() + 1)):
                raise BadInput("A node has no parts.", "Number the parents from 0 without gaps.")
            w = arrays.vector(weight, "weights", size=p.size)
            sums = np.bincount(p, weights=w)
            if np.any(w < 0) or np.any(sums <= 0):
                raise BadInput(
                    "Weights of a node are negative or all zero.", "Give each node a part that counts."
                )
            parents.append(p)
            weights.append(w / sums[p])
        if parents[-1].max() != 0:
            raise BadInput("The tree has several tops.", "Let the last level have the one parent 0.")
        object.__setattr__(self, "parents", tuple(parents))
        object.__setattr__(self, "weights", tuple(weights))

    @classmethod
    def even(cls, *sizes: int, weights: Sequence[Any] | None = None) -> Tree:
        """Return a tree whose levels are split evenly, in order: 12, 6, 2 gives pairs, threes and a pair.

        >>> Tree.even(12, 6, 2).effective().round(4).tolist()[:3]
        [0.0833, 0.0833, 0.0833]
        """
        sizes = tuple(arrays.whole(size, "size of a level") for size in sizes)
        above = [*sizes[1:], 1]
        if not sizes or any(n < 1 or m < 1 or n % m for n, m in zip(sizes, above, strict=True)):
            raise BadInput("A level cannot be split evenly.", "Give sizes that divide, such as 12, 6, 2.")
        parents = tuple(np.arange(n) // (n // m) for n, m in zip(sizes, above, strict=True))
        return cls(parents, tuple(np.ones(n) for n in sizes) if weights is None else weights)

    def effective(self) -> np.ndarray:
        """Return the weight of each leaf in the top, the products down the branches; they add up to 1.

        >>> Tree((np.array([0, 0, 1]), np.array([0, 0])), (np.array([1, 3, 1]), np.array([2, 3]))).effective()
        array([0.1, 0.3, 0.6])
        """
        found = self.weights[-1]
        for parent, weight in zip(self.parents[-2::-1], self.weights[-2::-1], strict=True):
            found = weight * found[parent]
        return found


@dataclass(frozen=True)
class RolledUp:
    """Values and standard errors (None without those of the leaves) of every level, leaves first."""

    values: tuple[np.ndarray, ...]
    errors: tuple[np.ndarray, ...] | None
    method: str
    version: str = VERSION

    @property
    def index(self) -> np.ndarray:
        """The top figure of each unit."""
        return self.values[-1][:, 0]


def roll_up(tree: Tree, scores: Any, *, errors: Any = None, how: How = "arithmetic") -> RolledUp:
    """Aggregate the scores of the leaves level by level, with their independent errors where they are known.

    >>> rolled = roll_up(Tree.even(4, 2), [[60, 80, 100, 90]], errors=[[2, 2, 2, 2]])
    >>> print(rolled.values[1].tolist(), rolled.index.tolist(), rolled.errors[-1].tolist())
    [[70.0, 95.0]] [82.5] [[1.0]]
    """
    if not isinstance(tree, Tree):
        raise BadInput("There is no tree to roll up along.", "Build one: Tree.even(12, 6, 2).")
    x = arrays.table(scores, "scores")
    if x.shape[1] != tree.parents[0].size:
        raise BadInput(f"{x.shape[1]} scores, {tree.parents[0].size} leaves.", "Give a column for each leaf.")
    s = None if errors is None else _errors(errors, x)
    p, values, spread = _power(how), [x], [s]
    for parent, weight in zip(tree.parents, tree.weights, strict=True):
        below, nodes = values[-1], range(parent.max() + 1)
        groups = [np.flatnonzero(parent == node) for node in nodes]
        values.append(np.column_stack([power_mean(below[:, g], weight[g], p) for g in groups]))
        if s is not None:
            squares = [(_gradient(below[:, g], weight[g], p) * spread[-1][:, g]) ** 2 for g in groups]
            spread.append(np.sqrt(np.column_stack([square.sum(axis=1) for square in squares])))
    return RolledUp(tuple(values), None if s is None else tuple(spread), f"tree-{how}")


def _power(how: str) -> float:
    if not arrays.is_one_of(how, How):
        raise BadInput(f"There is no aggregation {how!r}.", "Give 'arithmetic', 'geometric' or 'harmonic'.")
    return POWER[how]


def _errors(errors: Any, scores: np.ndarray) -> np.ndarray:
    s = arrays.table(errors, "errors", shape=scores.shape)
    if np.any(s < 0):
        raise BadInput("A standard error is negative.", "Give errors of zero or more.")
    return s


def _gradient(x: np.ndarray, weights: Any, power: float) -> np.ndarray:
    w = arrays.shares(weights, "weights", x.shape[1])
    mean = power_mean(x, w, power)[:, None]
    return np.broadcast_to(w, x.shape) if power == 1 else w * (mean / x) ** (1 - power)
