"""Randomness that depends on the seed, the purpose and the block alone, never on the order of asking.

Every block of 65 536 firms has its own counter-based generator (Philox: Salmon et al. 2011) for each
purpose and quarter, so a batch of any size, and any single firm, come out the same in every run.
"""

from __future__ import annotations

import numpy as np

from zhiheng.errors import BadInput

BLOCK = 65_536

COUNTRY, FIRMS, VERDICTS, RESPONSES, VALUES, NAMES, MARKETS = range(7)
STATISTICS = 17  # far from the next free number, so that rooms beside this one may take it


def generator(seed: int, purpose: int, block: int = 0, quarter: int = 0) -> np.random.Generator:
    """Return the generator of one purpose, block and quarter.

    >>> first = generator(7, FIRMS, block=3).random()
    >>> first == generator(7, FIRMS, block=3).random()
    True
    """
    if not 0 <= seed < 2**64:
        raise BadInput(f"The seed {seed} is not a whole number from 0 to 2^64 - 1.", "Give such a number.")
    word = purpose << 56 | quarter << 32 | block
    return np.random.Generator(np.random.Philox(key=np.array([seed, word], dtype=np.uint64)))


def pick(random: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return for each uniform number the position in the cumulated shares."""
    edges = np.cumsum(shares, dtype=np.float64)[:-1] / np.sum(shares)
    return np.searchsorted(edges.astype(np.float32), random, side="right")
