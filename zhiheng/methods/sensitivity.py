"""Which doubtful input moves a figure most: Sobol's shares of variance, of any model or a composite."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, composite

VERSION = "1"
MOST_FACTORS = 10_000


@dataclass(frozen=True)
class Indices:
    """Shares of the variance of each output (columns) by each factor (rows), with standard errors.

    ``first`` is what a factor does alone, ``total`` what would be left if all others were known; the
    difference is done together with others. ``mean`` and ``variance`` are those of the output. The errors are
    of the drawing alone: more ``draws`` make them smaller.
    """

    first: np.ndarray
    first_error: np.ndarray
    total: np.ndarray
    total_error: np.ndarray
    mean: np.ndarray
    variance: np.ndarray
    draws: int
    method: str = "sobol-saltelli"
    version: str = VERSION


def sobol(
    model: Callable[[np.ndarray], Any],
    factors: int | Sequence[int],
    rng: np.random.Generator,
    *,
    draws: int = 1000,
) -> Indices:
    """Return the Sobol indices of a model of independent factors, each a uniform number or a group of them.

    ``model`` takes a table of uniform numbers (draws, columns) and returns one output a row, or a row of
    outputs; ``factors`` is how many there are, or the number of columns of each. A and B are two tables of
    draws, A_j is A with the columns of factor j out of B; f = output less the mean, V its variance over A and
    B. First S_j = mean f(B) (f(A_j) - f(A)) / V, total T_j = mean (f(A) - f(A_j))^2 / (2 V) (Saltelli and
    others 2010, table 2 b and f; Jansen 1999). The model is run draws x (factors + 2) times. Errors by the
    delta method over the rows. An index may come out a little below 0.

    Not for factors that depend on each other: then the shares add up to no whole.

    >>> found = sobol(lambda u: 3 * u[:, 0] + u[:, 1], 2, np.random.default_rng(1), draws=20000)
    >>> found.first.ravel().round(1).tolist(), found.total.ravel().round(1).tolist()  # 9 / 10 and 1 / 10
    ([0.9, 0.1], [0.9, 0.1])
    """
    rng, draws = arrays.generator(rng), arrays.whole(draws, "number of draws", least=2)
    ends = np.cumsum([0, *_columns(factors)])
    if not callable(model):
        raise BadInput("The model is no function.", "Give one of a table of uniform numbers.")
    a, b = rng.random((2, draws, ends[-1]))
    of_a, of_b = _outputs(model, a), _outputs(model, b)
    mean = (of_a.mean(0) + of_b.mean(0)) / 2
    of_a, of_b = of_a - mean, of_b - mean
    squares = (of_a**2 + of_b**2) / 2
    variance = squares.mean(0)
    if not np.all(variance > 1e-24 * mean**2):
        raise BadInput("An output does not vary.", "No factor moves it: leave it out.")
    rows = []
    for start, end in itertools.pairwise(ends):
        mixed = a.copy()
        mixed[:, start:end] = b[:, start:end]
        of_mixed = _outputs(model, mixed) - mean
        rows.append([_share(of_b * (of_mixed - of_a), squares), _share((of_a - of_mixed) ** 2 / 2, squares)])
    (first, first_error), (total, total_error) = np.moveaxis(np.array(rows), 0, 2)
    return Indices(first, first_error, total, total_error, mean, variance, draws)


def of_composite(
    scores: Any,
    weights: Any,
    rng: np.random.Generator,
    *,
    errors: Any = None,
    concentration: float = 20.0,
    hows: Sequence[composite.How] = ("arithmetic", "geometric"),
    draws: int = 500,
) -> Indices:
    """Return by what the composite figure of each unit is in doubt: sampling error, weights, way to add up.

    The doubts are those of ``ranking.simulate``: scores from normals with the standard errors ``errors``,
    weights from Dirichlet(concentration x k x w), a way of ``hows``. Rows of the result are these factors in
    this order, without the first where no errors are given, and without the last where ``hows`` has one way;
    columns are the units, in the unit of the scores (Saisana, Saltelli & Tarantola 2005).

    >>> found = of_composite([[60, 90], [70, 72]], [1, 1], np.random.default_rng(1), errors=[[1, 1], [4, 4]])
    >>> (found.total.argmax(axis=0) == [1, 0]).all()  # uneven scores hang on weights, even ones on sampling
    np.True_
    """
    x = arrays.table(scores, "scores")
    w = arrays.shares(weights, "weights", x.shape[1])
    ways = arrays.listed(hows, "ways to add up")
    spread = None if errors is None else arrays.table(errors, "errors", shape=x.shape)
    concentration = arrays.number(concentration, "concentration")
    if not ways or not concentration > 0 or np.any(w == 0) or (spread is not None and np.any(spread < 0)):
        raise BadInput(
            "There is nothing to draw, or a weight is zero.",
            "Give ways, a concentration above zero, errors from zero; leave columns without weight out.",
        )
    sizes = [0 if spread is None else x.size, w.size, int(len(ways) > 1)]
    ends = np.cumsum(sizes)

    def figures(u: np.ndarray) -> np.ndarray:
        # A uniform number of exactly zero has no quantile.
        u = np.maximum(u, 1e-300)
        found = np.empty((u.shape[0], x.shape[0]))
        parts = special.gammaincinv(concentration * w.size * w, u[:, ends[0] : ends[1]])
        chosen = (u[:, -1] * len(ways)).astype(int) if sizes[2] else np.zeros(u.shape[0], dtype=int)
        for row, (numbers, drawn, way) in enumerate(zip(u, parts, chosen, strict=True)):
            seen = x if spread is None else x + spread * special.ndtri(numbers[: x.size]).reshape(x.shape)
            found[row] = composite.aggregate(seen, drawn, ways[way])
        return found

    return sobol(figures, [size for size in sizes if size], rng, draws=draws)


def _columns(factors: Any) -> list[int]:
    if not isinstance(factors, Iterable):
        return [1] * arrays.whole(factors, "number of factors", most=MOST_FACTORS)
    found = [
        arrays.whole(size, "number of columns", most=MOST_FACTORS)
        for size in arrays.listed(factors, "factors")
    ]
    if not found:
        raise BadInput("There is no factor.", "Give how many there are.")
    return found


def _outputs(model: Callable[[np.ndarray], Any], u: np.ndarray) -> np.ndarray:
    found = arrays.numbers(model(u), "outputs")
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim != 2 or found.shape[0] != u.shape[0] or not found.shape[1] or not np.isfinite(found).all():
        raise BadInput("The model does not give known numbers.", "Return one output a row, or a row of them.")
    return found


def _share(terms: np.ndarray, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean terms / mean squares with its error: terms less the share times squares, row by row."""
    share = terms.mean(0) / squares.mean(0)
    away = (terms - share * squares) / squares.mean(0)
    return share, np.sqrt((away**2).sum(0) / (away.shape[0] - 1) / away.shape[0])
