"""Decides which records are of one firm by the fields that agree: Fellegi-Sunter weights, fitted by EM.

Symbols: m_k the chance that field k agrees where two records are of one firm, u_k where they are not, lambda
the share of pairs that are. A pattern g holds 1 where a field agrees, 0 where it does not, NaN where a side
is unknown: then the field says nothing. Fields count as independent among matches and among others. Where a
social credit code is known on both sides it decides; this is for what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
MOST_ROUNDS = 50_000
MOST_FIELDS = 16
# Chances near one half are told apart to 1e-16.
LEAST_TOLERANCE = 1e-15


@dataclass(frozen=True)
class Fit:
    """The chances that a fit found, and how likely they make the counts."""

    m: np.ndarray
    u: np.ndarray
    share: float
    log_likelihood: float
    rounds: int
    version: str = VERSION


@dataclass(frozen=True)
class Rule:
    """Link from ``upper`` on, leave apart up to ``lower``, let a person look between; and its errors."""

    upper: float
    lower: float
    false_links: float
    missed_links: float


def weights(patterns: Any, m: Any, u: Any) -> np.ndarray:
    """Return the weights w of patterns in bits (Fellegi & Sunter 1969).

    w = sum over known fields of log2 m_k/u_k where they agree and log2 (1-m_k)/(1-u_k) where not. Each field
    gives at most log2 m/u for and log2 (1-m)/(1-u) against.

    >>> weights([[1, 1, 0], [1, np.nan, 0]], [0.95, 0.9, 0.85], [0.01, 0.2, 0.05]).round(3).tolist()
    [6.077, 3.907]
    """
    patterns = _patterns(patterns)
    m, u = _chances(m, "m", patterns.shape[1]), _chances(u, "u", patterns.shape[1])
    agree, differ = np.log2(m) - np.log2(u), (np.log1p(-m) - np.log1p(-u)) / np.log(2)
    return np.where(np.isnan(patterns), 0.0, np.where(patterns == 1, agree, differ)).sum(axis=1)


def probability(weight: Any, share: float) -> np.ndarray:
    """Return the chance that two records are of one firm, from weights in bits.

    lambda 2^w / (lambda 2^w + 1 - lambda), lambda = ``share`` (Bayes).

    >>> probability([6.0768155970508], 0.001).round(4).tolist()
    [0.0633]
    """
    weight = arrays.numbers(weight, "weights")
    if np.isnan(weight).any():
        raise BadInput("A weight is unknown.", "Work it out by ``weights``.")
    share = arrays.between(share, 0, 1, "share of pairs of one firm")
    return special.expit(weight * np.log(2) + special.logit(share))


def fit(
    patterns: Any,
    counts: Any = None,
    *,
    m: Any = 0.9,
    u: Any = 0.1,
    share: float = 0.1,
    tolerance: float = 1e-13,
) -> Fit:
    """Return m, u and lambda of the greatest likelihood (Dempster, Laird & Rubin 1977; Jaro 1989).

    E: g_i = lambda prod m^g (1-m)^(1-g) / (the same + (1-lambda) prod u^g (1-u)^(1-g)). M: lambda = sum c_i
    g_i / sum c_i, m_k = sum c_i g_i g_ik / sum c_i g_i over pairs with a known field, u_k with 1 - g_i. From
    the given start until nothing moves by more than ``tolerance``. ``counts`` says how often each pattern
    came.

    Needs three fields or more: with fewer, other chances fit as well (Teicher 1963). Likelihoods have several
    peaks: look whether m is what clerks would expect, and fit again from another start.

    >>> patterns = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1], [0, 1, 1], [1, 1, 1]]
    >>> found = fit(patterns, [2383, 40, 644, 112, 132, 72, 56, 561])
    >>> print(found.m.round(3).tolist(), found.u.round(3).tolist(), round(found.share, 3))
    [0.963, 0.888, 0.843] [0.011, 0.212, 0.051] 0.194
    """
    patterns, counts = _counted(_patterns(patterns), counts)
    known = ~np.isnan(patterns)
    agree = np.where(known, patterns, 0.0)
    differ = known - agree
    m, u = _start(agree, differ, counts, m, u, share)
    moved, tolerance = np.inf, arrays.number(tolerance, "tolerance")
    if not tolerance >= LEAST_TOLERANCE:
        raise BadInput(f"A tolerance of {tolerance:g} is never met.", f"Give {LEAST_TOLERANCE:g} or more.")
    for rounds in range(1, MOST_ROUNDS + 1):
        match, other = _logs(agree, differ, m, u, share)
        mine = counts * special.expit(match - other)
        theirs = counts - mine
        if not (mine.sum() > 0 and theirs.sum() > 0):
            raise BadInput("The pairs are all of one kind.", "Block less strictly, or start elsewhere.")
        new_m = (mine @ agree) / np.maximum(mine @ known, 1e-300)
        new_u = (theirs @ agree) / np.maximum(theirs @ known, 1e-300)
        new_share = mine.sum() / counts.sum()
        moved = max(np.abs(new_m - m).max(), np.abs(new_u - u).max(), abs(new_share - share))
        m, u, share = new_m, new_u, new_share
        if moved <= tolerance:
            if np.abs(m - u).max() < 1e-6:
                raise BadInput("The fit tells matches from others by nothing.", "Start from other chances.")
            likely = float(counts @ np.logaddexp(*_logs(agree, differ, m, u, share)))
            return Fit(m, u, float(share), likely, rounds)
    raise BadInput(
        f"The fit still moves by {moved:.1g} after {MOST_ROUNDS} rounds.",
        "The likelihood is flat: compare more fields, or give a larger tolerance.",
    )


def _start(
    agree: np.ndarray, differ: np.ndarray, counts: np.ndarray, m: Any, u: Any, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the chances to start from; refuse what no fit can tell apart."""
    fields = agree.shape[1]
    m, u = (_chances(value, name, fields) for value, name in ((m, "m"), (u, "u")))
    if fields < 3:
        raise BadInput(f"{fields} fields do not tell matches from others.", "Compare three fields or more.")
    arrays.between(share, 0, 1, "first guess of the share of matches")
    if np.all(m == u):
        raise BadInput("The start tells matches from others by nothing.", "Start with m above u.")
    if not np.all((counts @ agree > 0) & (counts @ differ > 0)):
        raise BadInput("A field agrees always or never.", "Leave it out: it cannot tell pairs apart.")
    return m, u


def _logs(
    agree: np.ndarray, differ: np.ndarray, m: np.ndarray, u: np.ndarray, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log chances of each pattern as a match and as another pair."""
    match = special.xlogy(agree, m) + special.xlog1py(differ, -m)
    other = special.xlogy(agree, u) + special.xlog1py(differ, -u)
    return np.log(share) + match.sum(axis=1), np.log1p(-share) + other.sum(axis=1)


def rule(m: Any, u: Any, *, false_links: float = 0.001, missed_links: float = 0.05) -> Rule:
    """Return the weights from which to link and up to which to leave apart (Fellegi & Sunter 1969, th. 1).

    All patterns in the order of their weight: linked from the top while the chance among other pairs adds up
    to at most ``false_links``, left apart from the bottom while that among matches stays within
    ``missed_links``. No rule with these two errors sends fewer pairs to a person. Where both zones would
    meet, linking comes first.

    >>> found = rule([0.95, 0.9, 0.85], [0.01, 0.2, 0.05], false_links=0.001)
    >>> print(round(found.upper, 2), round(found.lower, 2), round(found.false_links, 5))
    7.66 0.91 0.0005
    """
    m = np.atleast_1d(arrays.numbers(m, "chances of m"))
    m, u = _chances(m, "m", m.size), _chances(u, "u", m.size)
    if m.size > MOST_FIELDS:
        raise BadInput(f"{m.size} fields make too many patterns.", f"Give {MOST_FIELDS} at most.")
    false_links = arrays.between(false_links, 0, 1, "share of false links")
    missed_links = arrays.between(missed_links, 0, 1, "share of missed links")
    patterns = (np.arange(2**m.size)[:, None] >> np.arange(m.size)) & 1
    weight = weights(patterns, m, u)
    order = np.argsort(-weight, kind="stable")
    match = np.where(patterns == 1, m, 1 - m).prod(axis=1)[order]
    other = np.where(patterns == 1, u, 1 - u).prod(axis=1)[order]
    weight = weight[order]
    # Patterns of one weight are decided alike: a zone ends where the weight changes.
    changes = np.append(np.abs(np.diff(weight)) > 1e-12, True)
    linked = changes & (np.cumsum(other) <= false_links + 1e-15)
    upper = int(np.flatnonzero(linked)[-1]) + 1 if linked.any() else 0
    begins = np.append(True, changes[:-1])
    apart = begins & (np.cumsum(match[::-1])[::-1] <= missed_links + 1e-15)
    lower = max(int(np.flatnonzero(apart)[0]) if apart.any() else weight.size, upper)
    return Rule(
        float(weight[upper - 1]) if upper else np.inf,
        float(weight[lower]) if lower < weight.size else -np.inf,
        float(other[:upper].sum()),
        float(match[lower:].sum()),
    )


def _patterns(patterns: Any) -> np.ndarray:
    patterns = arrays.numbers(patterns, "patterns")
    if patterns.ndim != 2 or not patterns.size:
        raise BadInput("The patterns are no table.", "Give a row for each pair, a column for each field.")
    if not np.all((patterns == 0) | (patterns == 1) | np.isnan(patterns)):
        raise BadInput("A pattern holds other than 0, 1 and unknown.", "Code agreement 1 and the contrary 0.")
    return patterns


def _counted(patterns: np.ndarray, counts: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return each pattern once with its count; a million pairs are a handful of patterns."""
    counts = np.ones(len(patterns)) if counts is None else arrays.numbers(counts, "counts")
    if counts.shape != (len(patterns),) or not np.all((counts >= 0) & (counts <= 1e15)) or not counts.any():
        raise BadInput("The counts do not fit the patterns.", "Give one number from 0 for each pattern.")
    once, code = np.unique(np.where(np.isnan(patterns), -1.0, patterns), axis=0, return_inverse=True)
    return np.where(once < 0, np.nan, once), np.bincount(code.ravel(), counts)


def _chances(value: Any, name: str, fields: int) -> np.ndarray:
    value = arrays.numbers(value, f"chances of {name}")
    value = np.full(fields, value) if not value.ndim else value
    if value.shape != (fields,):
        raise BadInput(f"{name} does not have one chance for each of {fields} fields.", "Give as many.")
    if not np.all((value > 0) & (value < 1)):
        raise BadInput(
            f"A chance of {name} is not above 0 and below 1.",
            "At 0 or 1 one field would overrule all others: give one that is nearly so.",
        )
    return value
