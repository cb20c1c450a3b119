"""Three published draws: their examples digit for digit, and what each must refuse."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput, LimitExceeded
from zhiheng.proof import published_draws as draws

DATA = Path(__file__).parent / "data"
RFC3797 = json.loads((DATA / "rfc3797.json").read_text())
THOMSON = json.loads((DATA / "vrs_draft_thomson.json").read_text())
RIVEST = json.loads((DATA / "consistent_sampler.json").read_text())
NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True, max_size=30)


# --- RFC 3797 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case", [RFC3797["rfc_section6"], *RFC3797["computed"]], ids=lambda case: case["key"][:20]
)
def test_a_case_of_rfc_3797_gives_its_key_digests_and_selection(case):
    key = draws.rfc3797_key(case["sources"])
    digests = [draws.rfc3797_digest(key, draw).hex() for draw in range(len(case["digests"]))]

    assert key.decode() == case["key"]
    assert digests == case["digests"]
    assert draws.rfc3797_select(key, case["pool_size"], len(case["selected"])) == case["selected"]


@given(st.binary(max_size=40), st.integers(1, 200))
def test_all_units_of_a_pool_are_drawn_once_and_a_smaller_sample_is_the_head(key, pool):
    drawn = draws.rfc3797_select(key, pool, pool)

    assert sorted(drawn) == list(range(1, pool + 1))
    assert draws.rfc3797_select(key, pool, pool // 2) == drawn[: pool // 2]


def test_the_largest_pool_is_drawn():
    assert len(set(draws.rfc3797_select(b"key", 65_535, 65_535))) == 65_535


@pytest.mark.parametrize(
    "sources", [[[]], [[-1]], [[1.5]], [["1"]], [[True]], [[1], [None]], [[1 << 20_000]]]
)
def test_a_source_without_whole_numbers_is_refused(sources):
    with pytest.raises(BadInput, match="whole numbers"):
        draws.rfc3797_key(sources)


@pytest.mark.parametrize(
    ("key", "pool", "n"),
    [
        (b"k", 0, 0),
        (b"k", 65_536, 1),
        (b"k", 5, 6),
        (b"k", 5, -1),
        (b"k", 5.0, 1),
        (b"k", 5, 1.0),
        ("k", 5, 1),
    ],
)
def test_a_pool_or_sample_that_cannot_be_drawn_is_refused(key, pool, n):
    with pytest.raises(BadInput):
        draws.rfc3797_select(key, pool, n)


def test_a_draw_beyond_two_bytes_is_refused():
    for draw in (-1, 65_535, 1.0):
        with pytest.raises(BadInput, match="two bytes"):
            draws.rfc3797_digest(b"key", draw)


# --- draft-thomson-elegy-vrs ------------------------------------------------------------------------


def test_the_example_of_the_draft_gives_its_commitment_code_and_first_label():
    case = THOMSON["draft_example"]
    secret, n = case["secret_utf8"].encode(), case["n"]
    code = draws.one_time_code(secret, n - 1)

    assert draws.one_time_code(secret, n).hex() == case["published_commitment"]
    assert code.hex() == case["otp_used"]
    assert draws.is_next_code(code, bytes.fromhex(case["published_commitment"]))
    assert draws.thomson_order(code, case["randomness"].encode(), [case["first_label"]]) == [
        (case["first_label"], case["first_position"])
    ]


@pytest.mark.parametrize("case", THOMSON["computed"], ids=lambda case: case["randomness"])
def test_a_computed_case_of_the_draft_gives_its_key_and_order(case):
    secret, randomness = bytes.fromhex(case["secret_hex"]), case["randomness"].encode()
    code = draws.one_time_code(secret, case["n"] - 1)
    labels = sorted(row["label"] for row in case["sorted"])

    assert draws.one_time_code(secret, case["n"]).hex() == case["published_commitment"]
    assert code.hex() == case["otp_used"]
    assert draws.thomson_key(code, randomness).hex() == case["prk"]
    assert draws.thomson_order(code, randomness, labels) == [
        (row["label"], row["position"]) for row in case["sorted"]
    ]


@settings(max_examples=10)
@given(st.binary(min_size=1, max_size=40), st.binary(max_size=40), st.text(st.characters(codec="utf-8")))
def test_a_position_is_the_hkdf_of_another_library(code, randomness, label):
    theirs = HKDF(hashes.SHA256(), 32, salt=code, info=label.encode()).derive(randomness)

    assert draws.thomson_order(code, randomness, [label]) == [(label, theirs.hex())]


def test_a_code_that_is_not_the_next_one_is_refused():
    commitment = draws.one_time_code(b"secret", 3)

    assert not draws.is_next_code(draws.one_time_code(b"secret", 1), commitment)
    assert not draws.is_next_code(b"secret", hashlib.sha256(b"secret").digest())
    for code in (None, "", commitment.hex()):
        assert draws.is_next_code(code, commitment) is False


@pytest.mark.parametrize("times", [0, -1, 100_001, 1.0, None])
def test_a_code_hashed_not_at_all_or_without_end_is_refused(times):
    with pytest.raises(BadInput, match="hashed 1 to"):
        draws.one_time_code(b"secret", times)


# --- consistent sampling ----------------------------------------------------------------------------


def test_the_first_example_of_the_sampler_is_reproduced():
    case = RIVEST["readme_1"]

    drawn = draws.consistent_sample(case["ids"], str(case["seed"]), case["take"])

    assert [unit for _, unit, _ in drawn] == case["ids_out"]


def test_the_second_example_of_the_sampler_is_reproduced_with_its_tickets():
    case = RIVEST["readme_2"]

    drawn = draws.consistent_sample(case["ids"], str(case["seed"]), case["take"], with_replacement=True)

    assert [[ticket[:11], unit, times] for ticket, unit, times in drawn] == case["out"]


@given(NAMES, NAMES, st.text(st.characters(codec="utf-8")), st.booleans())
def test_a_part_of_the_units_is_drawn_in_the_order_that_the_whole_gives_it(ids, others, seed, again):
    whole = list(dict.fromkeys([*ids, *others]))
    n = 40 if again and whole else len(whole)

    drawn = draws.consistent_sample(whole, seed, n, with_replacement=again)
    part = [row for row in drawn if row[1] in ids]

    if ids:
        assert part == draws.consistent_sample(ids, seed, len(part), with_replacement=again)
    assert drawn == sorted(drawn)


def test_one_unit_drawn_over_and_over_has_growing_tickets_below_one():
    drawn = draws.consistent_sample(["only"], "seed", 300, with_replacement=True)
    tickets = [ticket for ticket, _, _ in drawn]

    assert tickets == sorted(set(tickets))
    assert [times for _, _, times in drawn] == list(range(1, 301))
    assert all(ticket.startswith("0.") for ticket in tickets)


def test_a_sample_that_the_units_cannot_give_is_refused():
    with pytest.raises(BadInput):
        draws.consistent_sample(["a"], "seed", 2)
    with pytest.raises(BadInput):
        draws.consistent_sample([], "seed", 1, with_replacement=True)
    with pytest.raises(BadInput):
        draws.consistent_sample(["a"], "seed", -1)
    with pytest.raises(LimitExceeded):
        draws.consistent_sample(["a"], "seed", 10_001, with_replacement=True)


@pytest.mark.parametrize("names", [["a", "a"], [1], [None], ["\ud800"], [["a"]]], ids=repr)
def test_a_unit_that_stands_twice_or_is_no_text_is_refused(names):
    with pytest.raises(BadInput):
        draws.consistent_sample(names, "seed", 1)
    with pytest.raises(BadInput):
        draws.thomson_order(b"code", b"randomness", names)


def test_text_in_the_place_of_bytes_is_refused():
    for call in (
        lambda: draws.one_time_code("secret", 1),
        lambda: draws.thomson_key("code", b""),
        lambda: draws.thomson_position("key", "label"),
        lambda: draws.consistent_sample(["a"], 314159, 1),
    ):
        with pytest.raises(BadInput):
            call()


@pytest.mark.parametrize("value", [None, 5, "text", b"bytes"], ids=repr)
def test_what_is_no_list_is_refused(value):
    for call in (
        lambda: draws.rfc3797_key(value),
        lambda: draws.rfc3797_key([value]),
        lambda: draws.thomson_order(b"code", b"randomness", value),
        lambda: draws.consistent_sample(value, "seed", 1),
    ):
        with pytest.raises(BadInput, match="list"):
            call()
