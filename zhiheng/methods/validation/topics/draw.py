"""Adapters of draws: probabilities are compared at their tolerance, simulations within sampling error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
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
    """Return inclusion probabilities in proportion to size; what has no size is never drawn."""
    size = given.numbers("mos")
    pi = np.zeros(size.size)
    pi[size != 0] = chances.proportional(size[size != 0], given.number("n"))
    return {"pi": pi}


def joint(of: Callable[[Any], np.ndarray]) -> Callable[[Inputs], dict[str, Any]]:
    """Return the adapter of a matrix of joint probabilities."""
    return lambda given: {"pi2": of(given.numbers("pi"))}


def working(given: Inputs) -> dict[str, Any]:
    """Return the working probabilities of conditional Poisson sampling, and the way back."""
    found = chances.conditional_poisson(given.numbers("pi"))
    return {"pik_tilde": found, "pi_back": chances.of_conditional_poisson(found)}


def permanent_numbers(given: Inputs) -> dict[str, Any]:
    """Return the units, counted from 1, that permanent random numbers choose in several ways."""
    u = given.numbers("u")

    def by_stratum() -> dict[str, Any]:
        labels = given.labels("stratum")
        names, codes = np.unique(labels, return_inverse=True)
        drawn = selection.within_strata(u, codes, _sizes(given, labels, names))
        return {str(name): np.sort(drawn[codes[drawn] == h]) + 1 for h, name in enumerate(names)}

    def sequential() -> np.ndarray:
        # The case ranks u / pi as it stands; ``permanent.sequential_poisson`` takes certain units first.
        keys = permanent.sequential_poisson_keys(u, given.numbers("pi"))
        return permanent.smallest(keys, given.whole("n")) + 1

    return {
        "srs_by_stratum": by_stratum,
        "sequential_poisson": sequential,
        "pareto": lambda: permanent.pareto(u, given.numbers("pi"), given.whole("n")) + 1,
        "srs_shifted_start": lambda: (
            permanent.smallest(permanent.shifted(u, given.number("start")), given.whole("n")) + 1
        ),
        "poisson": lambda: draws.poisson(given.numbers("pi"), u) + 1,
    }


def _sizes(given: Inputs, labels: np.ndarray, names: np.ndarray) -> list[int]:
    """Return the units to draw of each stratum: one number for all, one each by name, or in their order."""
    if isinstance(given["n_per_stratum"], Mapping):
        named = given.keyed("n_per_stratum", labels)
        given = Inputs({"n_per_stratum": [named.get(name) for name in names.tolist()]})
    sizes = given.numbers("n_per_stratum")
    if sizes.size not in (1, names.size) or not np.all(sizes == np.floor(sizes)):
        raise BadInput("The units a stratum are not one whole number each.", "Give one for each stratum.")
    return np.broadcast_to(sizes, names.size).astype(int).tolist()


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
