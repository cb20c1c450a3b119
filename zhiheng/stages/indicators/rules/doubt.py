"""How far an index hangs on what was chosen: places under other choices, and which choice moves it most."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from scipy import special

from zhiheng.methods import ranking, sensitivity

from .index import HIGH, LOW, Result

FACTORS = ("sampling", "weights", "goalposts", "way")


@dataclass(frozen=True)
class Doubt:
    """Places of each cell as computed, under other choices, by sampling error alone; and Sobol's shares.

    ``lower`` and ``upper`` hold the middle 95 % of the index over all choices: no confidence interval,
    because choices have no probability. ``shares`` holds the total share of each factor in the variance.
    """

    place: np.ndarray
    best: np.ndarray
    worst: np.ndarray
    sampled_best: np.ndarray | None
    sampled_worst: np.ndarray | None
    lower: np.ndarray
    upper: np.ndarray
    shares: dict[str, np.ndarray]
    draws: int
    seed: int


def seed_of(*said: str) -> int:
    """Return the seed that everybody finds from the digests of formula and inputs.

    >>> seed_of("a", "b") == seed_of("a", "b") != seed_of("b", "a")
    True
    """
    return int.from_bytes(hashlib.sha256("\n".join(said).encode()).digest()[:8], "big")


def measure(result: Result, seed: int, *, concentration: float, moved: float | str, draws: int) -> Doubt:
    """Return the doubt in an index of at least two cells, the same for one seed.

    Weights are drawn from Dirichlet(concentration x k x w), each goalpost moved by up to ``moved`` of their
    distance, numbers by their errors, and parts added up arithmetically or geometrically (Saisana, Saltelli &
    Tarantola 2005). ``concentration``, ``moved`` and ``draws`` are choices as well.
    """
    model = _Model(result, float(concentration), float(moved))
    rng = np.random.default_rng(seed)
    figures = model(rng.random((draws, sum(model.sizes))))
    places = np.array([ranking.places(row) for row in figures])
    indices = sensitivity.sobol(model, model.sizes, rng, draws=draws)
    factors = [name for name, size in zip(FACTORS, model.all_sizes, strict=True) if size]
    base = ranking.places(result.rolled.index)
    sampled = _sampled(result)
    return Doubt(
        place=base,
        best=np.floor(np.quantile(places, 0.025, axis=0, method="lower")),
        worst=np.ceil(np.quantile(places, 0.975, axis=0, method="higher")),
        sampled_best=sampled.best if sampled else None,
        sampled_worst=sampled.worst if sampled else None,
        lower=np.quantile(figures, 0.025, axis=0),
        upper=np.quantile(figures, 0.975, axis=0),
        shares={name: np.clip(indices.total[row], 0, 1) for row, name in enumerate(factors)},
        draws=draws,
        seed=seed,
    )


def _sampled(result: Result) -> ranking.PlaceIntervals | None:
    """Return joint intervals of the places from sampling error; none where an error is not known."""
    if not result.has_spread or result.rolled.errors is None:
        return None
    return ranking.intervals(result.rolled.index, result.rolled.errors[-1][:, 0])


class _Model:
    """The index of all cells as a function of uniform numbers: sample, weights, goalposts, way to add up."""

    def __init__(self, result: Result, concentration: float, moved: float) -> None:
        self.result, self.values, self.errors, self.moved = result, result.values, result.errors, moved
        self.weights = result.chosen.composite().effective()
        self.shape = concentration * self.weights.size * self.weights
        sampled = self.values.size if np.any(self.errors > 0) else 0
        self.all_sizes = [sampled, self.weights.size, 2 * self.weights.size, 1]
        self.sizes = [size for size in self.all_sizes if size]
        leaves = result.chosen.statistics()
        self.ends = np.array([[float(end) for end in result.chosen.posts[one.id]] for one in leaves]).T
        self.width = self.ends[1] - self.ends[0]
        self.is_higher = np.array([one.direction == "higher" for one in leaves])

    def __call__(self, uniform: np.ndarray) -> np.ndarray:
        """Return the index of each cell (columns) for each row of uniform numbers."""
        uniform = np.clip(uniform, 1e-300, 1 - 1e-16)  # zero and one have no quantile
        sampled, weights, shifts, way = np.split(uniform, np.cumsum(self.all_sizes)[:-1], axis=1)
        seen = self.values[None]
        if sampled.size:
            seen = seen + self.errors * special.ndtri(sampled).reshape(-1, *self.values.shape)
        scores = self.scores(seen, (2 * shifts - 1).reshape(len(uniform), 2, 1, -1) * self.moved)
        drawn = special.gammaincinv(self.shape, weights)[:, None]
        drawn /= drawn.sum(axis=2, keepdims=True)
        arithmetic, geometric = (scores * drawn).sum(axis=2), np.exp((np.log(scores) * drawn).sum(axis=2))
        return np.where(way < 0.5, arithmetic, geometric)

    def scores(self, seen: np.ndarray, moved: np.ndarray) -> np.ndarray:
        """Return scores of 60 to 100 of many draws at once: what ``index.scored`` says of one of them."""
        low, high = (end + moved[:, place] * self.width for place, end in enumerate(self.ends))
        share = np.clip((seen - low) / (high - low), 0, 1)
        return LOW + (HIGH - LOW) * np.where(self.is_higher, share, 1 - share)
