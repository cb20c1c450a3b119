"""Evidence is at most 1 on average while the claim is true, whenever one stops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import evidence


def paths(steps):
    """Return every sequence of 0 and 1 of a length."""
    return (np.arange(2**steps)[:, None] >> np.arange(steps)) & 1


@pytest.mark.parametrize("true", [0.05, 0.2, 0.3])
@pytest.mark.parametrize("of", [evidence.mixture, evidence.betting])
def test_no_stopping_rule_makes_evidence_against_a_true_claim(of, true):
    steps, claimed = 8, 0.3
    x = paths(steps)
    chance = true ** x.sum(axis=1) * (1 - true) ** (steps - x.sum(axis=1))
    e = np.array([of(path, claimed) for path in x])
    # The greediest rule that may look at the past only: stop at the first look beyond 2.
    stop = np.where((e > 2).any(axis=1), (e > 2).argmax(axis=1), steps - 1)

    for t in range(steps):
        assert chance @ e[:, t] <= 1 + 1e-9
    assert chance @ e[np.arange(len(x)), stop] <= 1 + 1e-9
    assert chance @ (e.max(axis=1) >= 20) <= 0.05


def test_without_replacement_every_order_of_the_lot_is_fair():
    lot = [0.0, 0.2, 0.5, 0.9, 1.0, 0.4]
    e = np.array(
        [evidence.betting(order, np.mean(lot), population=6)[:5] for order in itertools.permutations(lot)]
    )

    assert np.all(e.mean(axis=0) <= 1 + 1e-9)


def test_a_claim_that_the_rest_cannot_meet_is_refuted():
    assert evidence.betting([1, 1, 1], 0.2, population=10)[-1] == np.inf
    assert np.isfinite(evidence.betting([0, 0, 0], 0.9, population=4)).all()


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=30), st.floats(0.01, 0.4))
def test_e_bh_rejects_the_largest_and_as_many_as_its_rule_allows(e, rate):
    e = np.array(e)
    rejected = evidence.e_bh(e, rate=rate)
    k = rejected.sum()

    if k:
        assert e[rejected].min() >= e.size / (rate * k) * (1 - 1e-12)
        assert e[rejected].min() >= e[~rejected].max(initial=0)
    for more in range(k + 1, e.size + 1):
        assert np.sort(e)[-more] * rate * more < e.size


def test_few_of_the_rejected_claims_are_true_even_when_all_depend_on_one_another():
    rng, false = np.random.default_rng(8), []
    for _repeat in range(150):
        shared = rng.random(40) < 0.1
        x = np.where(rng.random((20, 40)) < 0.5, shared, rng.random((20, 40)) < 0.1)
        x[:8] = rng.random((8, 40)) < 0.5
        e = np.array([evidence.mixture(row, 0.1)[-1] for row in x])
        rejected = evidence.e_bh(e)
        false.append(rejected[8:].sum() / max(rejected.sum(), 1))

    assert np.mean(false) <= 0.05


def test_p_values_only_fall():
    p = evidence.p_value([0.5, 30, 2, np.inf])

    assert p.tolist() == [1, 1 / 30, 1 / 30, 0]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: evidence.mixture([0, 1], 0), "between 0 and 1"),
        (lambda: evidence.betting([0, 1], 1), "between 0 and 1"),
        (lambda: evidence.betting([0, 1], 0.5, population=1), "cannot be drawn"),
        (lambda: evidence.mixture([0, 1], "a"), "no numbers"),
        (lambda: evidence.mixture([0, 1], 0.5, prior=("a", 1)), "no numbers"),
        (lambda: evidence.betting([0, 1], 0.5, population="a"), "no numbers"),
        (lambda: evidence.betting([0, 1], 0.5, stake="a"), "no numbers"),
        (lambda: evidence.e_bh([-1.0]), "evidence"),
        (lambda: evidence.e_bh([np.nan]), "evidence"),
        (lambda: evidence.e_bh([1.0], rate=0), "rate"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word) as refused:
        call()
    assert refused.value.remedy


def test_long_evidence_for_a_claim_is_small_and_not_nothing():
    # With the flat prior above 1/2 and zeros alone the mixture is the integral of 2 ((1 - p) / 0.5)^t over
    # p > 1/2, which is 1 / (t + 1); the chance above 1/2 itself lies below the smallest number.
    found = evidence.mixture(np.zeros(4000), 0.5)

    assert found == pytest.approx(1 / (np.arange(1, 4001) + 1), rel=1e-9)


def test_a_prior_that_hardly_reaches_the_claim_still_gives_evidence():
    # All that is left of the prior above the claim lies next to it, where the likelihoods are the same.
    assert evidence.mixture([1, 0], 0.999999, prior=(1e-6, 1e9)) == pytest.approx([1, 1], abs=1e-5)
