"""Series and figures that base R printed, and panels from public sources, kept beside the tests."""

from __future__ import annotations

import csv

import numpy as np

from tests.methods.vectors import DATA
from zhiheng.methods.panel import Panel


def printed() -> dict[str, np.ndarray]:
    """Return every line of trend.txt by its name."""
    lines = (DATA / "trend.txt").read_text("utf-8").splitlines()
    return {line.split()[0]: np.array(line.split()[1:], dtype=float) for line in lines}


def cigarettes() -> Panel:
    """Return packs sold a head in 39 states, 1970 to 2000; California taxed them from 1989 on."""
    with (DATA / "cigarettes.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    figures = np.array([row[1:] for row in rows], dtype=float)
    return Panel(figures, [19 if row[0] == "California" else None for row in rows])


def teen_employment() -> Panel:
    """Return 500 made-up counties whose groups have the sizes, means and covariances of the real ones."""
    rng, figures, starts = np.random.default_rng(1), [], []
    with (DATA / "teen_employment.csv").open(encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    for group, size, *values in rows:
        count, numbers = int(size), np.array(values, dtype=float)
        spread = np.zeros((5, 5))
        spread[np.tril_indices(5)] = numbers[5:]
        spread = spread + np.tril(spread, -1).T
        raw = rng.normal(size=(count, 5))
        raw = raw - raw.mean(axis=0)
        raw = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / count)).T
        figures.append(numbers[:5] + raw @ np.linalg.cholesky(spread).T)
        starts += [None if group == "0" else int(group) - 2003] * count
    return Panel(np.concatenate(figures), starts)
