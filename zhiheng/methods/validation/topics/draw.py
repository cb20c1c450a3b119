"""Adapters of draws: probabilities are compared at their tolerance, simulations within sampling error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zhiheng.methods import chances, cube, draws, permanent, selection, spread
from zhiheng.methods.validation.cases import Inputs
from zhiheng.methods.validation.compare import AtMost, Near

SEED = 20260302
# How often we draw: for chances, for balance over space, and for balance of totals.
REPEATS, SPREADS, BALANCES = 4000, 600, 400
# A number of comparisons of this size stays within five standard errors of both sides in all but one of 10^5.
ERRORS = 5.0
# How often the other program drew where its note or call says it.
THEIR_SPREADS, THEIR_BALANCES = 2000, 1000


def in_proportion(given: Inputs) -> dict[str, Any]:
    """Return inclusion probabilities in proportion to size."""
    return {"pi": chances.proportional(given.numbers("mos"), given.number("n"))}


def joint(of: Callable[[Any], np.ndarray]) -> Callable[[Inputs], dict[str, Any]]:
    """Return the adapter of a matrix of joint probabilities."""
    return lambda given: {"pi2": of(given.numbers("pi"))}


def working(given: Inputs) -> dict[str, Any]:
    """Return the working probabilities of conditional Poisson sampling, and the way back."""
    found = chances.conditional_poisson(given.numbers("pi"))
    return {"pik_tilde": found, "pi_back": chances.of_conditional_poisson(found)}


def permanent_numbers(given: Inputs) -> dict[str, Any]:
    """Return the units, counted from 1, that permanent random numbers choose in several ways."""
    u, n, pi = given.numbers("u"), given.whole("n"), given.numbers("pi")

    def by_stratum() -> dict[str, Any]:
        names, codes = np.unique(given.labels("stratum"), return_inverse=True)
        sizes = [given.whole("n_per_stratum")] * names.size
        drawn = selection.within_strata(u, codes, sizes)
        return {str(name): np.sort(drawn[codes[drawn] == h]) + 1 for h, name in enumerate(names)}

    return {
        "srs_by_stratum": by_stratum,
        # The case ranks u / pi as it stands; ``permanent.sequential_poisson`` takes certain units first.
        "sequential_poisson": permanent.smallest(permanent.sequential_poisson_keys(u, pi), n) + 1,
        "pareto": permanent.pareto(u, pi, n) + 1,
        "srs_shifted_start": lambda: permanent.smallest(permanent.shifted(u, given.number("start")), n) + 1,
        "poisson": draws.poisson(pi, u) + 1,
    }


def simulated(
    draw: Callable[[np.ndarray, np.random.Generator], np.ndarray],
) -> Callable[[Inputs], dict[str, Any]]:
    """Return the adapter that draws often and compares how often units and pairs came up."""

    def frequencies(given: Inputs) -> dict[str, Any]:
        pi, theirs = given.numbers("pi"), given.number("reps")
        rng, pairs = np.random.default_rng(SEED), np.zeros((pi.size, pi.size))
        for _repeat in range(REPEATS):
            drawn = draw(pi, rng)
            pairs[np.ix_(drawn, drawn)] += 1
        share = pairs / REPEATS
        # Neither side can tell a chance below one in all its draws from none.
        spread_of = np.maximum(share * (1 - share), 1 / REPEATS)
        allowed = ERRORS * np.sqrt(spread_of * (1 / theirs + 1 / REPEATS))
        return {
            "pi_hat": Near(np.diag(share), atol=np.diag(allowed)),
            "joint_hat": Near(share, atol=allowed),
            "three_sigma": 3 * np.sqrt(0.25 / theirs),
        }

    return frequencies


def spatial(given: Inputs) -> dict[str, Any]:
    """Return the balance of a sample over space, and its mean over draws that do and do not spread."""
    pi, places = given.numbers("pi"), given.matrix("xy")
    rng = np.random.default_rng(SEED)

    def over(draw: Callable[[], np.ndarray]) -> Near:
        seen = [spread.imbalance(pi, places, draw()) for _repeat in range(SPREADS)]
        error = np.std(seen) * np.sqrt(1 / SPREADS + 1 / THEIR_SPREADS)
        return Near(np.mean(seen), atol=ERRORS * error)

    return {
        "sb_of_given_sample": Near(
            spread.imbalance(pi, places, given.positions("sample_1based")), rtol=1e-8, atol=1e-15
        ),
        "sb_mean_lpm2": lambda: over(lambda: draws.local_pivotal(pi, places, rng)),
        "sb_mean_rpm": lambda: over(lambda: draws.random_pivotal(pi, rng)),
    }


def balanced(given: Inputs) -> dict[str, Any]:
    """Return how far balanced and simple draws miss the totals of the balancing columns."""
    x, pi = given.matrix("X"), given.numbers("pi")
    rng, n = np.random.default_rng(SEED), round(float(pi.sum()))

    def off(draw: Callable[[], np.ndarray]) -> np.ndarray:
        misses = []
        for _repeat in range(BALANCES):
            drawn = draw()
            misses.append((x[drawn] / pi[drawn, None]).sum(0) - x.sum(0))
        return np.sqrt(np.square(misses).mean(0))

    def simple() -> Near:
        found = off(lambda: draws.simple(pi.size, n, rng))
        return Near(found, atol=ERRORS * found * error + 1e-9)

    # A root mean square over m draws has a relative error of about 1 / sqrt(2 m).
    error = np.sqrt(0.5 / BALANCES + 0.5 / THEIR_BALANCES)
    return {
        "rmse_cube": lambda: AtMost(off(lambda: cube.draw(pi, x, rng)), rtol=ERRORS * error, atol=1e-9),
        "rmse_srs": simple,
    }


def local_mean(given: Inputs) -> dict[str, Any]:
    """Return the local mean variance of a spread sample."""
    drawn = given.positions("sample_1based")
    # The call says k=0; its numbers are those of the three nearest neighbours.
    return {
        "vsb": spread.local_variance(
            given.numbers("y"), given.numbers("pi")[drawn], given.matrix("xy")[drawn], neighbours=3
        )
    }


ADAPTERS = {
    "inclusion_probabilities": in_proportion,
    "joint_sampford": joint(chances.sampford_joint),
    "joint_conditional_poisson": joint(chances.conditional_poisson_joint),
    "joint_tille": joint(chances.tille_joint),
    "joint_systematic": joint(chances.systematic_joint),
    "cps_working_probabilities": working,
    "permanent_random_numbers": permanent_numbers,
    "random_pivotal_monte_carlo": simulated(draws.random_pivotal),
    "sequential_pivotal_monte_carlo": simulated(
        lambda pi, rng: draws.sequential_pivotal(pi, rng.random(pi.size))
    ),
    "local_pivotal_balance": spatial,
    "cube_balance": balanced,
    "local_mean_variance": local_mean,
}
