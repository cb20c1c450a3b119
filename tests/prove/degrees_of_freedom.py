"""Prints how often limits of a share hold the truth with the degrees of freedom of design, error or effect.

`python -m tests.prove.degrees_of_freedom` makes the table of docs/methods/rows.md: the classes of the country
of `test_design_coverage` first, then simple draws, where every weight is the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zhiheng.methods import intervals, taylor
from zhiheng.methods.rows import Rows

DRAWS, SEED = 200_000, 1
LIMITS: dict[str, Callable] = {
    "logit": lambda p, se, _n, df: intervals.logit(p, se, df),
    "likelihood": lambda p, se, _n, df: intervals.likelihood(p, se, df),
    "arcsine": lambda p, se, _n, df: intervals.arcsine(p, se, df),
    "korn_graubard": intervals.korn_graubard,
}


@dataclass(frozen=True)
class Frame:
    """Units, failures among them and units drawn, by stratum."""

    population: tuple[int, ...]
    failures: tuple[int, ...]
    drawn: tuple[int, ...]


FRAMES = {
    "classes of the country, 150 of each": Frame((2653, 985, 313, 49), (45, 61, 64, 13), (150, 150, 150, 49)),
    "simple, 500 of 10 000, 5 % fail": Frame((10_000,), (500,), (500,)),
    "simple, 500 of 10 000, 2 % fail": Frame((10_000,), (200,), (500,)),
    "simple, 100 of 10 000, 5 % fail": Frame((10_000,), (500,), (100,)),
}


def drawn(frame: Frame, random: np.random.Generator, draws: int) -> np.ndarray:
    """Return p, its error, n and the three degrees of freedom of each draw that is not all alike."""
    stratum = np.repeat(np.arange(len(frame.drawn)), frame.drawn)
    population = np.array(frame.population)[stratum]
    rows = Rows.of(population / np.array(frame.drawn)[stratum], stratum=stratum, population=population)
    passing = np.subtract(frame.population, frame.failures)
    known: dict[bytes, tuple] = {}
    found = []
    for _draw in range(draws):
        failed = random.hypergeometric(frame.failures, passing, frame.drawn)
        if failed.tobytes() not in known:
            y = np.concatenate([np.arange(n) >= x for x, n in zip(failed, frame.drawn, strict=True)])
            mean = taylor.mean(y.astype(float), rows)
            effect = taylor.design_effect_df(y, rows)
            known[failed.tobytes()] = (
                *(mean.estimate, mean.standard_error, mean.n),
                *(mean.df, mean.effective_df, effect),
            )
        found.append(known[failed.tobytes()])
    made = np.array(found)
    return made[(made[:, 0] < 1) & (made[:, 1] > 0)]


def main() -> None:
    for name, frame in FRAMES.items():
        p, se, n, *dfs = drawn(frame, np.random.default_rng(SEED), DRAWS).T
        truth = 1 - sum(frame.failures) / sum(frame.population)
        sys.stdout.write(f"{name}: held, in per cent (width, design = 1), by df of design, error, effect\n")
        for kind, limits in LIMITS.items():
            ends = [limits(p, se, n, df) for df in dfs]
            widths = [(high - low).mean() for low, high in ends]
            held = [100 * ((low <= truth) & (truth <= high)).mean() for low, high in ends]
            shown = [f"{h:.1f} ({w / widths[0]:.2f})" for h, w in zip(held, widths, strict=True)]
            sys.stdout.write(f"  {kind}: {', '.join(shown)}\n")


if __name__ == "__main__":
    main()
