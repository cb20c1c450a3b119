"""Certifies a published pass rate by testing retained samples again, one at a time, as long as it takes.

The claim is "more than a share f of the N reported units truly pass". Each retained sample drawn at random is
tested again and compared with what was reported; evidence grows with every agreement and falls with every
false pass. The chance to certify a claim that is not true is at most the ``risk``, however often one looks:
the risk-limiting audit of elections (Stark 2020, "Sets of half-average nulls"; Waudby-Smith, Stark & Ramdas
2021) for product quality. Symbols: s the share of reported passes among the N units, u = 1/(2f), v = s/f - 1
the margin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, evidence

VERSION = "1"
# A bet of 2 would lose everything at the first false pass.
BET = 1.9
MOST = 10_000_000


@dataclass(frozen=True)
class Certificate:
    """What the re-tests say: certified from re-test number ``certified_at`` on, or 0 for not yet."""

    claimed: float
    published: float
    risk: float
    retests: int
    false_passes: int
    false_failures: int
    certified_at: int
    p_values: np.ndarray
    version: str = VERSION

    @property
    def is_certified(self) -> bool:
        """Whether the claim was certified at any re-test; later ones cannot take it back."""
        return self.certified_at > 0

    @property
    def p(self) -> float:
        """The risk at which the claim is certified by now."""
        return float(self.p_values[-1])


def certify(
    reported: Any,
    found: Any,
    *,
    claimed: float,
    published: float,
    risk: float = 0.05,
    population: int | None = None,
    bet: float = BET,
) -> Certificate:
    """Return the certificate of "the true pass share exceeds ``claimed``" from re-tests in the order drawn.

    ``reported`` and ``found`` are 1 for a pass. A pass is worth A = 1/(2f), a failure 0: the claim says that
    the mean of A exceeds 1/2. Re-test i gives B_i = (1 - (A_reported - A_found)/u) / (2 - v/u), whose mean
    exceeds 1/2 exactly if the claim is true; p_t = min(1, 1 / max prod (1 + l (B_i - m_i))), l = ``bet``.
    m_i = 1/2 for draws with replacement; with ``population`` = N, drawn without, m_i is what the contrary
    of the claim leaves to the rest, (N/2 - sum B) / (N-i+1).

    For a rate with weights draw in proportion to them, with replacement, and hand in the weighted share.
    A sample that is lost or spoilt counts as failing. Not for samples that somebody chose, or that change
    while they are kept: then re-tests tell of the keeping.

    >>> certify([1] * 110, [1] * 110, claimed=0.94, published=0.97).certified_at
    104
    >>> certify([1] * 110, [0] + [1] * 109, claimed=0.94, published=0.97).is_certified
    False
    """
    reported, found = evidence.ones(reported), evidence.ones(found)
    if reported.size != found.size:
        raise BadInput("Reported and found results are not equally many.", "Give both of each re-test.")
    evidence.checked_population(found, population)
    comparison = (1 - reported + found) * _agreement(claimed, published)
    log = _log_evidence(comparison, _bet(bet), population)
    p_values = evidence.p_value(evidence.exponential(log))
    sure = np.flatnonzero(p_values <= _risk(risk))
    return Certificate(
        claimed,
        published,
        risk,
        found.size,
        int(((reported == 1) & (found == 0)).sum()),
        int(((reported == 0) & (found == 1)).sum()),
        int(sure[0]) + 1 if sure.size else 0,
        p_values,
    )


def retests(
    claimed: float,
    published: float,
    *,
    risk: float = 0.05,
    false_passes: int = 0,
    population: int | None = None,
    bet: float = BET,
) -> int:
    """Return how many re-tests certify the claim if they bring ``false_passes``, all at the beginning.

    Without a false pass log(1/risk) / log(1 + l (B - 1/2)), B = 1 / (2 - v/u), rounded up. Closer to the
    claim, the published share needs more: plan for one or two false passes, then look.

    >>> [retests(0.94, published) for published in (0.95, 0.97, 0.98)]
    [314, 104, 78]
    """
    agreement, bet = _agreement(claimed, published), _bet(bet)
    false_passes = arrays.number(false_passes, "number of false passes")
    population = None if population is None else arrays.number(population, "population")
    if population is not None and not (0 < population <= MOST and population == int(population)):
        raise BadInput(f"A population of {population} cannot be.", "Give a number of units to ten million.")
    if not (0 <= false_passes <= (population or MOST) and false_passes == int(false_passes)):
        raise BadInput(f"{false_passes} false passes cannot be.", "Give a whole number from 0.")
    needed = -np.log(_risk(risk))
    if population is None:
        up, down = np.log1p(bet * (agreement - 0.5)), np.log1p(-bet / 2)
        count = int(false_passes) + int(np.ceil((needed - false_passes * down) / up - 1e-9))
        if count > MOST:
            raise BadInput("More than ten million re-tests would be needed.", "Claim less than is published.")
        return count
    comparison = np.full(int(population), agreement)
    comparison[: int(false_passes)] = 0
    enough = np.flatnonzero(_log_evidence(comparison, bet, population) >= needed - 1e-12)
    if not enough.size:
        raise BadInput(
            f"All {population:.0f} re-tests with {false_passes:.0f} false passes do not bear the claim out.",
            "Claim less.",
        )
    return int(enough[0]) + 1


def _agreement(claimed: float, published: float) -> float:
    """Return the value of a re-test that agrees with its report."""
    claimed, published = arrays.number(claimed, "claimed share"), arrays.number(published, "published share")
    if not 0 < claimed < published <= 1:
        raise BadInput(
            f"A published share of {published} does not make a claim of more than {claimed}.",
            "Give 0 < claimed < published <= 1; shares, not percentages.",
        )
    return 1 / (2 - 2 * (published - claimed))  # v/u = 2 (s - f)


def _log_evidence(comparison: np.ndarray, bet: float, population: int | None) -> np.ndarray:
    """Return the log of the evidence after each re-test; infinite once the contrary cannot be true."""
    if population is None:
        return np.cumsum(np.log1p(bet * (comparison - 0.5)))
    seen = np.cumsum(comparison)
    left = (population / 2 - (seen - comparison)) / (population - np.arange(comparison.size))
    left = np.where(np.abs(left) < 1e-9, 0.0, left)  # sums of what was seen are rounded
    # The bet may never lose more than everything: 1 + l (0 - m) > 0.
    cut = np.minimum(bet, BET / 2 / np.maximum(left, 1e-300))
    gain = np.log1p(cut * (comparison - np.maximum(left, 0)))
    refuted = np.logical_or.accumulate(seen - population / 2 > 1e-9 * population)
    return np.where(refuted, np.inf, np.cumsum(gain))


def _bet(bet: float) -> float:
    bet = arrays.number(bet, "bet")
    if not 0 < bet < 2:
        raise BadInput(
            f"A bet of {bet} is not between 0 and 2.", "Give 1.9, or less if some passes are false."
        )
    return float(bet)


def _risk(risk: float) -> float:
    risk = arrays.number(risk, "risk")
    if not 0 < risk < 1:
        raise BadInput(f"A risk of {risk} is not between 0 and 1.", "Give 0.05 for 5 %.")
    return float(risk)
