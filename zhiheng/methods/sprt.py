"""Wald's sequential test of a share: inspect unit by unit, stop as soon as the lot is plainly good or bad.

Symbols: p0 a good and p1 > p0 a bad share of nonconforming units; alpha the risk of rejecting at p0
(producer's), beta that of accepting at p1 (consumer's); d_n nonconforming of the first n. For limits of the
share at any look take ``anytime``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zhiheng.errors import BadInput, LimitExceeded
from zhiheng.methods import arrays, evidence

VERSION = "1"
# Counts between the lines times units: what is still added up in a minute.
MOST_STEPS = 20_000_000_000


@dataclass(frozen=True)
class Plan:
    """Two parallel lines: accept at d_n <= slope n - h_accept, reject at d_n >= slope n + h_reject."""

    good: float
    bad: float
    alpha: float
    beta: float
    slope: float
    h_accept: float
    h_reject: float


@dataclass(frozen=True)
class Decision:
    """``accept``, ``reject`` or ``continue``, after how many units and with how many nonconforming."""

    verdict: str
    units: int
    nonconforming: int


@dataclass(frozen=True)
class Operation:
    """Chances of the verdicts at a true share, and how many units are looked at on average."""

    accept: float
    reject: float
    undecided: float
    units: float


def plan(good: float, bad: float, *, alpha: float = 0.05, beta: float = 0.1) -> Plan:
    """Return the lines of the sequential probability ratio test (Wald 1945; 1947, 5.3).

    g = log(p1 (1-p0) / (p0 (1-p1))), slope = log((1-p0)/(1-p1)) / g, h_accept = log((1-alpha)/beta) / g,
    h_reject = log((1-beta)/alpha) / g. Both risks together are at most alpha + beta, each at most
    alpha / (1-beta) and beta / (1-alpha).

    >>> lines = plan(0.01, 0.07)
    >>> print(round(lines.slope, 5), round(lines.h_accept, 4), round(lines.h_reject, 4))
    0.03113 1.1209 1.4391
    """
    good, bad = arrays.number(good, "good share"), arrays.number(bad, "bad share")
    alpha, beta = arrays.number(alpha, "risk"), arrays.number(beta, "risk")
    if not 0 < good < bad < 1:
        raise BadInput(
            f"Shares of {good} and {bad} give no test.", "Give 0 < good < bad < 1, shares of nonconforming."
        )
    if not (alpha > 0 and beta > 0 and alpha + beta < 1):
        raise BadInput(
            f"Risks of {alpha} and {beta} give no test.", "Give two risks above 0 that add up to less than 1."
        )
    g = np.log(bad / good) + np.log1p(-good) - np.log1p(-bad)
    return Plan(
        good,
        bad,
        alpha,
        beta,
        float((np.log1p(-good) - np.log1p(-bad)) / g),
        float(np.log((1 - alpha) / beta) / g),
        float(np.log((1 - beta) / alpha) / g),
    )


def decide(x: Any, lines: Plan) -> Decision:
    """Return the verdict on units in the order inspected; ``x`` is 1 for a nonconforming one.

    Units after the verdict play no part: they must not be used to change it.

    >>> decide([0] * 60, plan(0.01, 0.07))
    Decision(verdict='accept', units=37, nonconforming=0)
    """
    x, lines = evidence.ones(x), _lines(lines)
    n, d = np.arange(1, x.size + 1), np.cumsum(x)
    good, bad = d <= lines.slope * n - lines.h_accept, d >= lines.slope * n + lines.h_reject
    over = np.flatnonzero(good | bad)
    if not over.size:
        return Decision("continue", x.size, int(d[-1]))
    at = over[0]
    return Decision("accept" if good[at] else "reject", int(n[at]), int(d[at]))


def operating(lines: Plan, share: float, *, most: int = 2000) -> Operation:
    """Return the exact chances of the verdicts at a true ``share``, stopped undecided after ``most`` units.

    Adds up, unit by unit, the chances of every count that lies between the lines; no approximation of the
    overshoot is made (Wald 1947, A.2, gives the approximate ones).

    >>> found = operating(plan(0.01, 0.07), 0.01)
    >>> print(round(found.accept, 4), round(found.reject, 4), round(found.units, 1))
    0.9718 0.0282 50.7
    """
    lines, share = _lines(lines), arrays.number(share, "share")
    most = arrays.whole(most, "number of units", least=0)
    if not 0 <= share <= 1:
        raise BadInput(f"A share of {share} is not between 0 and 1.", "Give a share, not a percentage.")
    if not 1 <= most <= 1_000_000:
        raise BadInput(f"Stopping after {most} units is no bound.", "Give a number from 1 to 1 000 000.")
    # Counts between the lines at n reach from `bottom` on; there are never more than the lines are apart, nor
    # more than units.
    width = int(min(np.ceil(lines.h_accept + lines.h_reject), most)) + 2
    if width * most > MOST_STEPS:
        raise LimitExceeded(
            f"The lines lie {width} counts apart, too many for {most} units.",
            "Give shares that differ more, or stop after fewer units.",
        )
    here, bottom = np.zeros(width), 0
    here[0] = 1.0
    accept = reject = units = 0.0
    for n in range(1, most + 1):
        units += here.sum()
        here[1:] = here[1:] * (1 - share) + here[:-1] * share
        here[0] *= 1 - share
        count = bottom + np.arange(width)
        good, bad = count <= lines.slope * n - lines.h_accept, count >= lines.slope * n + lines.h_reject
        accept, reject = accept + here[good].sum(), reject + here[bad].sum()
        here[good | bad] = 0
        moved = int(good.sum())
        here, bottom = np.concatenate([here[moved:], np.zeros(moved)]), bottom + moved
        if here.sum() < 1e-15:
            break
    return Operation(float(accept), float(reject), float(here.sum()), float(units))


def _lines(lines: Any) -> Plan:
    if not isinstance(lines, Plan):
        raise BadInput("There is no plan.", "Make one with plan(good, bad).")
    return lines
