"""A published rate that is too high is certified no more often than the risk allows; a true one soon is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from zhiheng.errors import BadInput
from zhiheng.methods import certificate


def share_certified(*, without, repeats=250, size=1000, reported=970, truly=940, claimed=0.94):
    """Publish ``reported`` passes of which some are false, re-test up to 400, and count certificates."""
    rng = np.random.default_rng(9)
    said = np.arange(size) < reported
    true = np.arange(size) < truly
    found = []
    for _repeat in range(repeats):
        drawn = rng.choice(size, 400, replace=not without)
        found.append(
            certificate.certify(
                said[drawn],
                true[drawn],
                claimed=claimed,
                published=reported / size,
                population=size if without else None,
            ).is_certified
        )
    return np.mean(found)


@pytest.mark.parametrize("without", [False, True])
def test_a_rate_that_is_not_true_is_rarely_certified_at_any_re_test(without):
    assert share_certified(without=without) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 250)


@pytest.mark.parametrize("without", [False, True])
def test_a_rate_that_is_true_is_certified(without):
    assert share_certified(without=without, truly=970, repeats=20) == 1


def test_exactly_no_order_of_a_lot_certifies_a_false_claim_more_often_than_the_risk():
    reported, true = np.array([1, 1, 1, 1, 1, 1, 0]), np.array([1, 1, 1, 0, 0, 1, 0])
    orders = np.array(list(itertools.permutations(range(7))))[::3]
    certified = [
        certificate.certify(
            reported[o], true[o], claimed=4 / 7, published=6 / 7, population=7, risk=0.3
        ).is_certified
        for o in orders
    ]

    assert np.mean(certified) <= 0.3


@pytest.mark.parametrize("false_passes", [0, 1, 3])
@pytest.mark.parametrize("population", [None, 900])
def test_the_planned_number_of_re_tests_is_the_first_that_certifies(false_passes, population):
    plan = {"claimed": 0.9, "published": 0.96, "population": population}
    count = certificate.retests(false_passes=false_passes, **plan)
    found = np.ones(count)
    found[:false_passes] = 0

    certified = certificate.certify(np.ones(count), found, **plan)

    assert (certified.certified_at, certified.false_passes) == (count, false_passes)


def test_draws_without_replacement_never_need_more():
    assert certificate.retests(0.94, 0.95, population=600) < certificate.retests(0.94, 0.95) == 314


def test_a_false_failure_speaks_for_the_claim():
    plan = {"claimed": 0.9, "published": 0.95}
    agreed = certificate.certify([1] * 9 + [0], [1] * 9 + [0], **plan)
    better = certificate.certify([1] * 9 + [0], [1] * 10, **plan)

    assert better.p < agreed.p
    assert better.false_failures == 1


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: certificate.certify([1], [1, 1], claimed=0.9, published=0.95), "equally many"),
        (lambda: certificate.certify([1], [np.nan], claimed=0.9, published=0.95), "unknown"),
        (lambda: certificate.certify([1], [1], claimed=0.95, published=0.9), "does not make a claim"),
        (lambda: certificate.certify([1, 1], [1, 1], claimed=0.9, published=0.95, population=1), "drawn"),
        (lambda: certificate.certify([1], [1], claimed=0.9, published=0.95, bet=2), "bet"),
        (lambda: certificate.certify([1], [1], claimed=0.9, published=0.95, risk=0), "risk"),
        (lambda: certificate.retests(0.94, 0.95, population=100, false_passes=90), "bear the claim out"),
        (lambda: certificate.retests(0.94, "a"), "no numbers"),
        (lambda: certificate.retests(0.94, 0.95, false_passes=-1), "false passes"),
        (lambda: certificate.retests(0.94, 0.9400001), "ten million"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word) as refused:
        call()
    assert refused.value.remedy
