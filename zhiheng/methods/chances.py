"""Inclusion probabilities before the draw: of units in proportion to size, of pairs by the way to draw.

Symbols: pi_i the probability of unit i, adding up to the whole number n; pi_ij that of the pair, pi_ii =
pi_i; odds r_i = pi_i / (1 - pi_i). Units with pi = 1 are certain: their pairs have the probability of the
other unit. Checked against R sampling 2.9; the rows of every matrix add up to n pi_i.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, successes

VERSION = "1"
SETTLED = 1e-13


def proportional(size: Any, n: float) -> np.ndarray:
    """Return pi_i = n x_i / sum x; units above 1 are taken for certain and the rest shared again.

    ``size`` x_i > 0 in any unit. A unit of size zero could never be drawn and is refused (Sarndal, Swensson &
    Wretman 1992, 3.6.2).

    >>> proportional([1, 2, 3, 14], 2).round(4).tolist()
    [0.1667, 0.3333, 0.5, 1.0]
    """
    x, n = arrays.numbers(size, "sizes"), arrays.number(n, "number of units to draw")
    if x.ndim != 1 or not x.size or not np.all(np.isfinite(x) & (x > 0)):
        raise BadInput("A size is not above zero.", "Give every unit of the frame a size, or leave it out.")
    if not 0 < n <= x.size:
        raise BadInput(f"{n} units cannot be drawn from {x.size}.", "Ask for 0 < n <= N.")
    certain = np.zeros(x.size, dtype=bool)
    while True:
        rest = x[~certain].sum()
        share = np.where(certain, 1.0, (n - certain.sum()) * x / rest if rest > 0 else 1.0)
        above = ~certain & (share >= 1)
        if not above.any():
            return share
        certain |= above


def checked(pi: Any, *, is_fixed: bool = True) -> np.ndarray:
    """Return probabilities as an array; outside (0, 1], or not adding up to a whole number, they are refused.

    >>> checked([0.5, 0.75, 0.75]).sum()
    np.float64(2.0)
    """
    pi = arrays.numbers(pi, "probabilities")
    if pi.ndim != 1 or not pi.size or not np.all((pi > 0) & (pi <= 1)):
        raise BadInput(
            "A probability lies outside (0, 1].", "Give inclusion probabilities as shares; leave out zeros."
        )
    if arrays.flag(is_fixed, "mark of a fixed size") and abs(pi.sum() - round(pi.sum())) > slack(pi):
        raise BadInput(
            f"The probabilities add up to {pi.sum():.6g}.", "A draw of fixed size needs a whole number."
        )
    return pi


def slack(pi: np.ndarray) -> float:
    """Return how far probabilities may add up to something else than the size of the draw.

    They are often written with a few digits; what is lost may add up over the units.

    >>> slack(np.full(50, 0.1))
    1e-06
    """
    return float(1e-6 * max(1.0, arrays.numbers(pi, "probabilities").size / 100))


def simple_joint(population: int, n: int) -> np.ndarray:
    """Return the joint probabilities n (n - 1) / (N (N - 1)) of a simple random sample.

    >>> simple_joint(4, 2).round(4)[0].tolist()
    [0.5, 0.1667, 0.1667, 0.1667]
    """
    population, n = (
        arrays.whole(population, "number of units", least=0),
        arrays.whole(n, "number of units to draw", least=0),
    )
    if not 1 <= n <= population:
        raise BadInput(f"{n} units cannot be drawn from {population}.", "Ask for 1 <= n <= N.")
    pair = n * (n - 1) / (population * (population - 1)) if population > 1 else 1.0
    joint = np.full((population, population), pair)
    np.fill_diagonal(joint, n / population)
    return joint


def poisson_joint(pi: Any) -> np.ndarray:
    """Return pi_i pi_j: under Poisson sampling every unit is drawn on its own.

    >>> poisson_joint([0.5, 0.2]).tolist()
    [[0.5, 0.1], [0.1, 0.2]]
    """
    pi = checked(pi, is_fixed=False)
    joint = np.outer(pi, pi)
    np.fill_diagonal(joint, pi)
    return joint


def systematic_joint(pi: Any) -> np.ndarray:
    """Return the joint probabilities of a systematic draw in the given order (Madow 1949; Connor 1966).

    With V_i = pi_1 + ... + pi_i, unit i is drawn when a point u + 0, u + 1, ... falls into [V_(i-1), V_i).
    The drawn set changes only where u passes the fractional part of a V_i; each set has the length of its
    piece. Pairs may have probability zero: then no unbiased variance exists.

    >>> systematic_joint([0.5, 0.25, 0.5, 0.75]).tolist()[0]
    [0.5, 0.0, 0.25, 0.25]
    """
    pi = checked(pi)
    joint = np.zeros((pi.size, pi.size))
    ends = np.cumsum(pi)
    cuts = ends % 1.0
    cuts = np.where((cuts < 1e-10) | (cuts > 1 - 1e-10), 0.0, cuts)
    edges = np.append(np.unique(np.append(cuts, 0.0)), 1.0)
    for low, high in pairwise(edges):
        drawn = systematic_at(pi, (low + high) / 2)
        joint[np.ix_(drawn, drawn)] += high - low
    np.fill_diagonal(joint, pi)
    return joint


def systematic_at(pi: Any, start: float) -> np.ndarray:
    """Return the positions of the units into whose piece a point start + 0, 1, 2, ... falls, 0 <= start < 1.

    >>> systematic_at([0.5, 0.25, 0.5, 0.75], 0.6).tolist()
    [1, 3]
    """
    pi = checked(pi, is_fixed=False)
    start = arrays.number(start, "start")
    if not 0 <= start < 1:
        raise BadInput(f"A start of {start} is not in [0, 1).", "Give a uniform number.")
    steps = np.ceil(np.append(0.0, np.cumsum(pi)) - start)
    return np.flatnonzero(np.diff(steps) > 0)


def sampford_joint(pi: Any) -> np.ndarray:
    """Return the exact joint probabilities of Sampford's draw (Sampford 1967).

    pi_ij = pi_i pi_j sum_t (t - pi_i - pi_j) P_ij(n - t) / sum_t t P(n - t), t from 2 and from 1 to n,
    where P(m) is the chance that m units fall to independent trials with the probabilities pi, and P_ij
    that without i, j.

    >>> sampford_joint([0.4, 0.6, 0.4, 0.6]).round(6).tolist()[0]
    [0.4, 0.157895, 0.084211, 0.157895]
    """
    return _with_certain(pi, _sampford)


def _sampford(pi: np.ndarray, n: int) -> np.ndarray:
    counts = np.arange(n + 1)
    base = (np.arange(1, n + 1) * successes.trials(pi, n)[n - 1 :: -1]).sum()
    if n < 2:
        return np.zeros((pi.size, pi.size))
    # A pair leaves n - t others, t = 2 ... n; the term t - pi_i - pi_j is linear in the pair.
    steps = np.where(counts <= n - 2, n - counts, 0).astype(float)
    ones = (counts <= n - 2).astype(float)
    by_step, by_one = successes.without_pairs(pi, n, np.stack([steps, ones]))
    return np.outer(pi, pi) * (by_step - np.add.outer(pi, pi) * by_one) / base


def conditional_poisson(pi: Any) -> np.ndarray:
    """Return the working probabilities p_i whose Poisson draw, kept only if it has n units, gives the pi_i.

    The draw of greatest entropy with these pi (Hajek 1964; Chen, Dempster & Liu 1994). They are scaled to
    add up to n. Solved by theta += (N - 1) / N (pi - pi(theta)) / (pi (1 - pi)) on the logits, until pi is
    met.

    >>> conditional_poisson([0.2, 0.3, 0.5]).round(4).tolist()
    [0.2393, 0.3206, 0.4402]
    """
    pi = checked(pi)
    certain = pi >= 1
    working = np.ones(pi.size)
    free, n = pi[~certain], round(pi.sum()) - int(certain.sum())
    if free.size:
        working[~certain] = _scaled(_working_odds(free, n), n)
    return working


def of_conditional_poisson(working: Any) -> np.ndarray:
    """Return the inclusion probabilities of the conditional Poisson draw with these working probabilities.

    >>> of_conditional_poisson([0.2393, 0.3206, 0.4401]).round(3).tolist()
    [0.2, 0.3, 0.5]
    """
    p = checked(working)
    certain = p >= 1
    pi = np.ones(p.size)
    free, n = p[~certain], round(p.sum()) - int(certain.sum())
    if free.size:
        pi[~certain] = _first_order(free, n)
    return pi


def conditional_poisson_joint(pi: Any) -> np.ndarray:
    """Return the exact joint probabilities of the conditional Poisson draw that has the probabilities pi.

    pi_ij = p_i p_j P_ij(n - 2) / P(n), with p the working probabilities and P as in ``sampford_joint``.

    >>> conditional_poisson_joint([0.4, 0.6, 0.4, 0.6]).round(6).tolist()[0]
    [0.4, 0.15695, 0.0861, 0.15695]
    """
    return _with_certain(pi, _conditional)


def _conditional(pi: np.ndarray, n: int) -> np.ndarray:
    p = _scaled(_working_odds(pi, n), n)
    if n < 2:
        return np.zeros((pi.size, pi.size))
    wanted = (np.arange(n + 1) == n - 2).astype(float)
    return np.outer(p, p) * successes.without_pairs(p, n, wanted[None])[0] / successes.trials(p, n)[n]


def tille_joint(pi: Any) -> np.ndarray:
    """Return the joint probabilities of Tille's elimination (Tille 1996).

    With pi(k) the probabilities in proportion to pi for k units, unit i leaves at the step from k + 1 to k
    with r_i(k) = 1 - pi_i(k) / pi_i(k + 1); pi_ij is the product over k = n ... N - 1 of 1 - r_i(k) -
    r_j(k).

    >>> tille_joint([0.4, 0.6, 0.4, 0.6]).round(6).tolist()[0]
    [0.4, 0.166667, 0.066667, 0.166667]
    """
    return _with_certain(pi, _tille)


def _tille(pi: np.ndarray, n: int) -> np.ndarray:
    joint = np.ones((pi.size, pi.size))
    for leaves in elimination(pi, n):
        joint *= 1 - np.add.outer(leaves, leaves)
    return np.maximum(joint, 0.0)


def sequential_pivotal_joint(pi: Any) -> np.ndarray:
    """Return the exact joint probabilities of ``draws.sequential_pivotal`` in the given order (Chauvet 2012).

    Before unit k the undecided one is some h < k with the chance a, the fraction of pi_1 + .. + pi_(k - 1),
    whichever it is: so the pair (who is taken so far, who is undecided) is a Markov chain: its chances H_j,
    of taken and undecided G_ij, and of taken pairs, are carried from duel to duel. Pairs within a stretch
    that adds up to less than 1 can never meet: no unbiased variance exists.

    >>> sequential_pivotal_joint([0.4, 0.6, 0.4, 0.6]).round(6).tolist()[0]
    [0.4, 0.0, 0.16, 0.24]
    >>> sequential_pivotal_joint([0.5, 0.75, 0.75]).round(6).tolist()
    [[0.5, 0.25, 0.25], [0.25, 0.75, 0.5], [0.25, 0.5, 0.75]]
    """
    pi = checked(pi)
    taken, held = np.zeros(pi.size), np.zeros(pi.size)
    joint, with_held = np.zeros((pi.size, pi.size)), np.zeros((pi.size, pi.size))
    held[0], a = 1.0, float(pi[0])
    for k in range(1, pi.size):
        b = float(pi[k])
        total = a + b
        before = taken.copy()
        if total < 1:
            stays = a / total
            held, with_held[:, :k] = held * stays, with_held[:, :k] * stays
            held[k], with_held[:, k] = 1 - stays, (1 - stays) * before
            a = total
            continue
        wins = (1 - b) / (2 - total) if total < 2 else 0.0
        joint[:, :k] += wins * with_held[:, :k]
        joint[:, k] += (1 - wins) * before
        taken = before + wins * held
        taken[k] = 1 - wins
        with_held[:, :k] *= 1 - wins
        with_held[k, :k] = (1 - wins) * held[:k]
        with_held[:, k] = wins * (before + held)
        held = held * (1 - wins)
        held[k], with_held[k, k] = wins, 0.0
        a = total - 1
    if a > 0.5:
        joint += with_held
    joint = joint + joint.T
    np.fill_diagonal(joint, pi)
    return joint


def elimination(pi: np.ndarray, n: int) -> list[np.ndarray]:
    """Return the chances r(k) of each unit to leave at the steps k = N - 1, ..., n of Tille's elimination.

    >>> [step.round(3).tolist() for step in elimination(np.array([0.4, 0.6, 0.4, 0.6]), 2)]
    [[0.4, 0.1, 0.4, 0.1], [0.333, 0.333, 0.333, 0.333]]
    """
    pi, n = checked(pi), arrays.whole(n, "number of units to draw", least=0)
    above, steps = np.ones(pi.size), []
    for k in range(pi.size - 1, n - 1, -1):
        below = proportional(pi, k) if k > n else pi
        steps.append(1 - below / above)
        above = below
    return steps


def _first_order(p: np.ndarray, n: int) -> np.ndarray:
    return p * successes.without_each(p, n - 1) / successes.trials(p, n)[n] if n else np.zeros(p.size)


def _working_odds(pi: np.ndarray, n: int) -> np.ndarray:
    theta = np.log(pi / (1 - pi))
    step = (pi.size - 1) / pi.size / (pi * (1 - pi))
    for _round in range(5000):
        off = pi - _first_order(_scaled(np.exp(theta), n), n)
        if np.max(np.abs(off) / pi) < SETTLED * 10:
            return np.exp(theta)
        theta = theta + np.clip(step * off, -2, 2)
    raise BadInput(
        "No working probabilities were found for these inclusion probabilities.",
        "Take units with probabilities very near 1 for certain.",
    )


def _scaled(odds: np.ndarray, n: int) -> np.ndarray:
    """Return odds / (odds + t) with the t that makes them add up to n: what a condition on n cannot see."""
    low, high = np.log(odds.min()) - 40, np.log(odds.max()) + 40
    log_odds = np.log(odds)
    for _halving in range(200):
        middle = (low + high) / 2
        total = (1 / (1 + np.exp(middle - log_odds))).sum()
        low, high = (middle, high) if total > n else (low, middle)
        if high - low <= 1e-15 * max(1.0, abs(middle)):
            break
    return 1 / (1 + np.exp((low + high) / 2 - log_odds))


def _with_certain(pi: Any, joint_of: Any) -> np.ndarray:
    """Put certain units round the matrix of the others."""
    pi = checked(pi)
    certain = pi >= 1
    joint = np.outer(pi, pi)
    free, n = pi[~certain], round(pi.sum()) - int(certain.sum())
    if free.size:
        joint[np.ix_(~certain, ~certain)] = joint_of(free, n)
    np.fill_diagonal(joint, pi)
    return joint
