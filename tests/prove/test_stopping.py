"""Limits and certificates hold at every look, over 2 000 inspections of a country whose truth is known."""

from __future__ import annotations

import os

import numpy as np
import pytest

from zhiheng.methods import anytime, certificate
from zhiheng.site.demo.scale import PROVINCE, SEED
from zhiheng.world import Population
from zhiheng.world.assumptions import quarters

pytestmark = [
    pytest.mark.prove,
    pytest.mark.skipif(os.environ.get("ZHIHENG_PROVE") != "1", reason="the slow lane: ZHIHENG_PROVE=1"),
]

INSPECTIONS, UNITS, ALPHA = 2000, 300, 0.05
MOST = ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / INSPECTIONS)


@pytest.fixture(scope="module")
def passed() -> np.ndarray:
    country = Population(seed=SEED, firms=2_000, regions=PROVINCE)
    quarter = quarters("2024")[0]
    return np.concatenate([country.passes(block, quarter) for block in range(country.blocks)]).astype(float)


def orders(size: int, seed: int):
    random = np.random.Generator(np.random.Philox(seed))
    for _inspection in range(INSPECTIONS):
        yield random.permutation(size)[:UNITS]


def test_the_count_of_failures_is_never_outside_the_limits_more_often_than_they_say(passed):
    failures, missed = int((1 - passed).sum()), 0
    for drawn in orders(passed.size, 1):
        found = anytime.lot(1 - passed[drawn], passed.size)
        missed += np.any((found.lower > failures) | (found.upper < failures))

    assert missed / INSPECTIONS <= MOST


@pytest.mark.parametrize("without", [True, False])
def test_the_share_is_never_outside_the_limits_more_often_than_they_say(passed, without):
    missed = 0
    for drawn in orders(passed.size, 2):
        found = (
            anytime.mean(passed[drawn], population=passed.size, step=0.005)
            if without
            else anytime.share(passed[drawn])
        )
        missed += np.any((found.lower > passed.mean()) | (found.upper < passed.mean()))

    assert missed / INSPECTIONS <= MOST


def test_a_rate_made_better_than_it_is_is_certified_no_more_often_than_the_risk(passed):
    reported = passed.copy()
    failing = np.flatnonzero(passed == 0)
    reported[failing[: failing.size // 2]] = 1
    # The claim is as near to the truth as it can be without being true.
    claim = {"claimed": passed.mean(), "published": reported.mean(), "population": passed.size}
    certified = sum(
        certificate.certify(reported[drawn], passed[drawn], **claim).is_certified
        for drawn in orders(passed.size, 3)
    )

    assert certified / INSPECTIONS <= MOST


def test_a_rate_that_is_true_is_certified_by_the_planned_number_of_re_tests(passed):
    claim = {"claimed": passed.mean() - 0.02, "published": passed.mean(), "population": passed.size}
    planned = certificate.retests(**claim)

    for drawn in list(orders(passed.size, 4))[:50]:
        found = certificate.certify(passed[drawn], passed[drawn], **claim)
        assert found.certified_at == planned
