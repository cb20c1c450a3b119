"""zh-draw-1: the published cases, the properties of a fair order, and what a draw must refuse."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.proof import hashes, lottery

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "draw_zh1_proposed.json").read_text())["cases"]
SM3 = json.loads((DATA / "wycheproof_hmac_sm3_test.json").read_text())
SEED = bytes(range(32))
IDS = st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=0x9FFF), min_size=1), unique=True)


def identity(case):
    return case["input"]["announcement"]["draw_id"]


@pytest.mark.parametrize("case", CASES, ids=identity)
def test_a_published_case_gives_its_frame_hash_announcement_and_seed(case):
    given_, expected = case["input"], case["expected"]
    frame = sorted(given_["frame"], key=lambda row: row[0].encode())
    algorithm = given_["announcement"]["hash"]

    frame_hash = lottery.frame_hash((lottery.frame_line(*row) for row in frame), algorithm)
    announcement = {**given_["announcement"], "frame_hash": frame_hash, "frame_size": len(frame)}
    secret = bytes.fromhex(given_["secret_hex"])

    assert announcement == expected["announcement"]
    assert lottery.announcement_hash(announcement) == expected["announcement_hash"]
    assert lottery.commitment(secret, algorithm) == announcement["commitment"]
    assert lottery.seed(secret, announcement, given_["beacon_utf8"].encode()).hex() == expected["seed"]


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["input"]["announcement"]["method"] == "srs"], ids=identity
)
def test_a_published_srs_case_gives_its_sample_and_reserves(case):
    expected = case["expected"]
    ids = [row[0] for row in case["input"]["frame"]]
    n, reserves = case["input"]["announcement"]["n"], len(expected["reserve"])

    order = lottery.select(bytes.fromhex(expected["seed"]), ids, n + reserves)
    drawn = lottery.select_within_strata(bytes.fromhex(expected["seed"]), {"": ids}, {"": n}, reserves)[""]

    assert order[:n] == list(drawn.selected) == expected["selected"]
    assert order[n:] == list(drawn.reserves) == expected["reserve"]


@pytest.mark.parametrize("group", SM3["testGroups"], ids=lambda group: str(group["keySize"]))
def test_the_hmac_with_sm3_gives_the_tags_of_wycheproof(group):
    for case in group["tests"]:
        tag = hashes.hmac_digest(bytes.fromhex(case["key"]), bytes.fromhex(case["msg"]), "sm3")
        same = tag[: group["tagSize"] // 8].hex() == case["tag"]
        assert same == (case["result"] == "valid"), case["tcId"]


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_the_hmac_with_sha_256_is_the_one_of_the_standard_library(key, message):
    assert hashes.hmac_digest(key, message) == hmac.digest(key, message, "sha256")


def test_a_draw_by_sm3_differs_from_one_by_sha_256_and_repeats_itself():
    ids = [f"unit-{number}" for number in range(50)]

    by_sm3 = lottery.select(SEED, ids, 10, "sm3")

    assert by_sm3 == lottery.select(SEED, ids, 10, "sm3")
    assert by_sm3 != lottery.select(SEED, ids, 10)
    assert lottery.digest(b"abc", "sm3").hex().startswith("66c7f0f462eeedd9")


@given(IDS, st.integers(0, 60))
def test_a_sample_is_the_head_of_the_sorted_tickets(ids, n):
    plain = sorted(ids, key=lambda unit: (lottery.ticket(SEED, unit), unit.encode()))

    assert lottery.select(SEED, ids, n) == plain[:n]


@given(IDS, st.randoms(use_true_random=False))
def test_the_order_of_the_frame_does_not_matter(ids, random):
    shuffled = list(ids)
    random.shuffle(shuffled)

    assert lottery.select(SEED, shuffled, 5) == lottery.select(SEED, ids, 5)


@given(IDS, st.integers(0, 10))
def test_a_larger_sample_keeps_the_smaller_one(ids, n):
    assert lottery.select(SEED, ids, n + 3)[:n] == lottery.select(SEED, ids, n)


def test_strata_share_one_seed_and_do_not_disturb_one_another():
    strata = {"A": [f"a{i}" for i in range(30)], "B": [f"b{i}" for i in range(50)]}

    both = lottery.select_within_strata(SEED, strata, {"A": 5, "B": 7}, reserves=2)
    alone = lottery.select_within_strata(SEED, {"B": strata["B"]}, {"B": 7}, reserves=2)

    assert both["B"] == alone["B"]
    assert both["A"].probability == (5, 30)
    assert len(both["B"].reserves) == 2
    assert not set(both["B"].selected) & set(both["B"].reserves)


def test_every_unit_is_drawn_about_equally_often():
    ids = [f"unit-{number}" for number in range(20)]
    hits = dict.fromkeys(ids, 0)

    for number in range(2000):
        for unit in lottery.select(hashlib.sha256(str(number).encode()).digest(), ids, 5):
            hits[unit] += 1

    statistic = sum((count - 500) ** 2 / (500 * 0.75) for count in hits.values()) * 19 / 20
    assert statistic < 43.8  # chi-square with 19 degrees of freedom, upper 0.1 %


@pytest.mark.parametrize(
    ("strata", "sizes"),
    [
        ({"A": ["x", "y"]}, {"A": 3}),
        ({"A": ["x", "y"]}, {"A": -1}),
        ({"A": ["x", "y"]}, {"B": 1}),
        ({"A": ["x"], "B": ["y"]}, {"A": 1}),
        ({"A": ["x", "x"]}, {"A": 1}),
        ({"A": ["x"], "B": ["x"]}, {"A": 1, "B": 1}),
    ],
    ids=["too-many", "negative", "unknown", "left-out", "twice", "in-two-strata"],
)
def test_a_draw_whose_probability_would_be_false_is_refused(strata, sizes):
    with pytest.raises(BadInput):
        lottery.select_within_strata(SEED, strata, sizes)


def test_a_short_secret_and_an_unknown_hash_are_refused():
    with pytest.raises(BadInput, match="31 bytes"):
        lottery.commitment(bytes(31))
    with pytest.raises(BadInput, match="md5"):
        lottery.ticket(SEED, "x", "md5")
    with pytest.raises(BadInput):
        lottery.select(SEED, ["x"], -1)


def test_secret_announcement_and_beacon_each_change_the_seed():
    announcement = {"hash": "sha256", "n": 1}
    seeds = {
        lottery.seed(bytes(32), announcement, b"beacon"),
        lottery.seed(bytes(31) + b"\1", announcement, b"beacon"),
        lottery.seed(bytes(32), {**announcement, "n": 2}, b"beacon"),
        lottery.seed(bytes(32), announcement, b"beacoN"),
    }

    assert len(seeds) == 4
