"""Draws by weight: published cases, the plain and the fast version bit for bit, and the chances reached."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import ordered
from zhiheng.proof import canonical, lottery, lottery_fast

CASES = json.loads((Path(__file__).parent / "data/draw_zh1_proposed.json").read_text("utf-8"))["cases"]
WEIGHTED = [case for case in CASES if case["input"]["announcement"]["method"] == "pareto"]
SEED = bytes(range(32))
WEIGHT = st.one_of(st.integers(1, 5), st.integers(1, canonical.MAX_INTEGER), st.just(canonical.MAX_INTEGER))


def both(seed, units, n, reserves=0, algorithm="sha256"):
    """Draw by the plain and the fast version and return what they agree on."""
    plain = lottery.select_by_weight(seed, units, n, reserves, algorithm)
    ids, weights = [unit_id for unit_id, _weight in units], [weight for _id, weight in units]
    assert lottery_fast.select_by_weight(seed, ids, weights, n, reserves, algorithm) == plain
    return plain


@pytest.mark.parametrize("case", WEIGHTED, ids=lambda case: case["input"]["announcement"]["draw_id"])
def test_a_published_draw_by_weight_comes_out_by_both_versions(case):
    said, expected = case["input"]["announcement"], case["expected"]
    units = [tuple(row) for row in case["input"]["frame"]]
    found = both(bytes.fromhex(expected["seed"]), units, said["n"], len(expected["reserve"]), said["hash"])

    assert list(found.selected) == expected["selected"]
    assert list(found.reserves) == expected["reserve"]
    assert found.certainty == expected["certainty"]


@given(st.lists(WEIGHT, max_size=40), st.data())
def test_the_fast_version_draws_what_the_plain_one_draws(weights, data):
    units = [(f"单位{place}", weight) for place, weight in enumerate(weights)]
    n = data.draw(st.integers(0, len(units)))
    found = both(data.draw(st.binary(min_size=32, max_size=32)), units, n, data.draw(st.integers(0, 5)))

    assert len(found.selected) == n == len(set(found.selected) - set(found.reserves))


@given(st.integers(0, 300), st.integers(0, 2**32), st.sampled_from(["sha256", "sm3"]))
def test_blocks_that_are_narrowed_again_and_again_change_nothing(n, number, algorithm):
    seed = number.to_bytes(32)
    units = [(f"{place:04d}", 1 + place % 7) for place in range(300)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lottery_fast, "BLOCK", 8)

        both(seed, units, n, 3, algorithm)
        ids = [unit_id for unit_id, _weight in units]
        assert lottery_fast.select(seed, ids, n, algorithm) == lottery.select(seed, ids, n, algorithm)


EDGE = [0, 1, 2, 2**192, 2**192 + 1, 2**203, 2**255 - 1, 2**255, 2**256 - 2**192, 2**256 - 2, 2**256 - 1]


@given(st.lists(st.tuples(st.sampled_from(EDGE), WEIGHT), min_size=2, max_size=30), st.data())
def test_tickets_at_the_ends_equal_ones_and_neighbours_keep_their_exact_order(said, data):
    tickets = {f"{place}": ticket.to_bytes(32) for place, (ticket, _weight) in enumerate(said)}
    units = [(f"{place}", weight) for place, (_ticket, weight) in enumerate(said)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lottery, "ticket", lambda seed, unit_id, algorithm: tickets[unit_id])
        each = lambda units: [tickets[unit.decode()] for unit in units]  # noqa: E731
        patch.setattr(lottery_fast, "hmac_each", lambda *_: each)
        patch.setattr(lottery_fast, "BLOCK", 4)

        both(SEED, units, data.draw(st.integers(0, len(units))), 2)


def test_a_unit_that_becomes_certain_once_others_are_taken_out_is_certain():
    assert lottery.certain([1, 1, 10, 100], 3) == ({2, 3}, 1, 2)
    found = both(SEED, [("a", 1), ("b", 1), ("c", 10), ("d", 100)], 3)

    assert found.selected[:2] == ("c", "d")
    assert [found.target(weight) for weight in (1, 10, 100)] == [Fraction(1, 2), 1, 1]


def test_who_is_wholly_drawn_is_certain_and_nobody_is_left_in_reserve():
    found = both(SEED, [("b", 3), ("a", 1)], 2, 5)

    assert (found.selected, found.reserves, found.certainty, found.target(1)) == (("a", "b"), (), 2, 1)


@pytest.mark.parametrize(
    ("units", "n"),
    [
        ([("a", 1)], 2),
        ([("a", 1)], -1),
        ([("a", 0)], 1),
        ([("a", -1)], 1),
        ([("a", 1.0)], 1),
        ([("a", True), ("b", 0)], 1),
        ([("a", canonical.MAX_INTEGER + 1)], 1),
        ([("a", 1), ("a", 1)], 1),
    ],
)
def test_a_draw_by_weight_that_cannot_be_made_is_refused(units, n):
    with pytest.raises(BadInput):
        lottery.select_by_weight(SEED, units, n)


def test_the_fast_version_refuses_columns_that_do_not_fit_and_a_unit_drawn_twice():
    for ids, weights, n in ((["a"], [1, 2], 1), (["a"], [1.5], 1), (["a"], [0], 1), (["a"], [1], 2)):
        with pytest.raises(BadInput):
            lottery_fast.select_by_weight(SEED, ids, weights, n)
    with pytest.raises(BadInput, match="twice"):
        lottery_fast.select_by_weight(SEED, ["a", "a", "b"], [1, 1, 1], 2, 1)


def designs():
    """Return targets of designs of very different sizes and spreads, certain units left out."""
    numbers = np.random.default_rng(20)
    for size, n in ((8, 3), (12, 4), (30, 6), (40, 20), (100, 20), (200, 40)):
        spreads = (
            numbers.integers(1, 10, size),
            numbers.choice([1, 2, 3, 5, 8, 40], size),
            np.ceil(99 * numbers.gamma(1.0, 1.0, size)),
        )
        for weights in spreads:
            units = [(str(place), int(weight)) for place, weight in enumerate(weights)]
            found = lottery.select_by_weight(SEED, units, n)
            targets = [found.target(weight) for _id, weight in units]
            yield np.array([float(target) for target in targets if target < 1]), found.left


def test_the_chance_reached_is_within_four_hundredths_over_d_of_the_target():
    tried = 0
    for targets, left in designs():
        spread = float((targets * (1 - targets)).sum())
        reached = ordered.of_order(targets, left) if left else targets
        tried += spread >= 1

        assert targets.sum() == pytest.approx(left)
        assert spread < 1 or np.abs(reached / targets - 1).max() < 0.04 / spread
    assert tried > 12
