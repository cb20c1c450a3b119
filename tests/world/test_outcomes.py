"""What visits meet fits the truth, the class of the firm, and the limit of its product."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from zhiheng.world import Population, assumptions, words
from zhiheng.world.streams import BLOCK

COUNTRY = Population(seed=20230206, firms=BLOCK + 3000, regions="330000")


def test_a_verdict_is_the_true_one_where_a_sample_was_taken():
    indices = np.array([BLOCK + 7, 0, 5, BLOCK - 1])
    truth = np.concatenate([COUNTRY.passes(0, 5), COUNTRY.passes(1, 5)])

    found = COUNTRY.outcomes(indices, "2024Q2")

    assert found.passed.tolist() == truth[indices].tolist()
    assert set(found.verdict[~found.answered]) <= {""}
    assert np.array_equal(found.verdict == "pass", found.answered & found.passed)


def test_a_firm_meets_the_same_whoever_else_is_visited():
    alone = COUNTRY.outcomes(np.array([11]), "2024Q2")
    among = COUNTRY.outcomes(np.arange(3000), "2024Q2")

    assert (alone.response[0], alone.value[0]) == (among.response[11], among.value[11])


def test_quarters_are_drawn_apart():
    indices = np.arange(5000)

    one, other = (COUNTRY.outcomes(indices, period) for period in ("2024Q1", "2024Q2"))

    assert (one.passed != other.passed).any()
    assert (one.response != other.response).any()


def test_riskier_classes_answer_less_often_and_the_verdict_plays_no_part():
    indices = np.arange(60_000)
    found, firms = COUNTRY.outcomes(indices, "2023Q3"), COUNTRY.between(0, 60_000)

    for number, expected in enumerate(assumptions.RESPONSE_BY_CLASS):
        inside = firms.credit_class == number
        for place, word in enumerate(assumptions.RESPONSES):
            seen = (found.response[inside] == word).mean()
            assert seen == pytest.approx(expected[place], abs=4 * (0.25 / inside.sum()) ** 0.5)
    failing = firms.credit_class == 2
    rates = [found.answered[failing & (found.passed == verdict)].mean() for verdict in (True, False)]
    assert rates[0] == pytest.approx(rates[1], abs=0.03)


def test_a_measured_value_stands_clear_of_its_limit_on_the_side_of_the_verdict():
    found = COUNTRY.outcomes(np.arange(4000), "2025Q4")

    for value, limit, kind, passed, doubt in zip(
        found.value, found.limit, found.limit_kind, found.passed, found.uncertainty, strict=True
    ):
        value, limit, doubt = Decimal(str(value)), Decimal(str(limit)), Decimal(str(doubt))
        assert ((value < limit) if kind == "upper" else (value > limit)) == passed
        assert abs(value - limit) > doubt > 0
        assert value > 0


def test_every_covered_division_has_something_to_test():
    assert set(words.PRODUCTS) == set(range(13, 44))
    for tested in words.PRODUCTS.values():
        assert tested.kind in ("upper", "lower")
        assert Decimal(tested.limit) > 0
        assert tested.unit and tested.item and tested.product
