"""zh-share-1: any two of three shares give the secret, one alone tells nothing, a false one is known."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import lottery, shares

SECRET = bytes(range(32))
RANDOM = bytes((7 * at + 3) % 256 for at in range(shares.random_bytes(32)))
MADE = shares.split(SECRET, RANDOM)
SEATS = [(office, f"body {office}") for office in shares.OFFICES]
ANNOUNCEMENT = {"commitment": lottery.commitment(SECRET), "custody": shares.terms(MADE, SEATS)}

secrets = st.binary(min_size=32, max_size=48)


@given(secrets, st.data())
def test_any_two_of_three_shares_give_the_secret_back(secret, data):
    size = shares.random_bytes(len(secret))
    made = shares.split(secret, data.draw(st.binary(min_size=size, max_size=size)))

    assert {shares.combine(pair) for pair in combinations(made, 2)} == {secret}
    assert shares.combine(made) == secret


@pytest.mark.parametrize("seat", [1, 2, 3])
def test_one_share_is_the_same_for_every_secret_over_all_polynomials(seat):
    """Over the 256 coefficients a share takes each of its 256 values once, whichever the secret byte is."""
    for byte in range(256):
        seen = Counter(shares._evaluated([bytes([byte]), bytes([other])], seat)[0] for other in range(256))

        assert set(seen.values()) == {1} and len(seen) == 256


@given(st.integers(1, 255), st.integers(1, 255), st.integers(0, 255))
def test_the_field_is_a_field(one, two, three):
    times = shares._times

    assert times(one, shares._inverse(one)) == 1
    assert times(one, two) == times(two, one)
    assert times(one, two ^ three) == times(one, two) ^ times(one, three)


def test_a_split_written_down_stays_the_same():
    """f(x) = s + a x with a = 3, 10, 17 ... : worked out by hand for the first byte, s = 0."""
    assert [one.value[0] for one in MADE] == [0x03, 0x06, 0x05]
    assert MADE[0].salt == RANDOM[32:48]
    assert MADE[0].commitment == "6aecbc0c80fd4f05db90098bb64013b2244f226e5d2d4a4b88ef53988f56b011"


@pytest.mark.parametrize("pair", list(combinations(range(3), 2)))
def test_two_custodians_recover_the_secret_of_an_announced_draw(pair):
    assert shares.recover([MADE[at] for at in pair], ANNOUNCEMENT) == SECRET


def test_a_false_share_is_known_by_itself():
    false = shares.Share(2, bytes(32), MADE[1].salt)

    with pytest.raises(CheckFailed, match="seat 2") as refused:
        shares.recover([MADE[0], false], ANNOUNCEMENT)
    assert refused.value.code == "false-share"


def test_a_share_of_another_seat_does_not_pass_for_it():
    moved = shares.Share(3, MADE[0].value, MADE[0].salt)

    with pytest.raises(CheckFailed, match="seat 3"):
        shares.check(moved, ANNOUNCEMENT["custody"])


def test_shares_of_another_secret_are_found_out_against_the_commitment():
    other = shares.split(bytes(32), RANDOM)
    announced = {**ANNOUNCEMENT, "custody": shares.terms(other, SEATS)}

    with pytest.raises(CheckFailed, match="another secret") as refused:
        shares.recover(other[:2], announced)
    assert refused.value.code == "shares-of-another-secret"


@pytest.mark.parametrize("held", [[], [MADE[0]], [MADE[0], MADE[0]]], ids=["none", "one", "one twice"])
def test_fewer_than_two_custodians_recover_nothing(held):
    with pytest.raises(BadInput):
        shares.recover(held, ANNOUNCEMENT)


def test_a_draw_whose_secret_was_not_shared_out_says_so():
    with pytest.raises(BadInput, match="not shared out"):
        shares.recover(MADE, {"commitment": ANNOUNCEMENT["commitment"]})


@given(secrets, st.data())
def test_a_sheet_is_read_back_as_it_was_written(secret, data):
    size = shares.random_bytes(len(secret))
    made = shares.split(secret, data.draw(st.binary(min_size=size, max_size=size)))

    for one in made:
        written = shares.text(one)
        spread = " ".join(written[at : at + 6] for at in range(0, len(written), 6))
        assert shares.read(spread.lower()) == one


@given(st.integers(0, 90), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_wrong_sign_on_a_sheet_is_found(place, sign):
    written = shares.text(MADE[0])
    at = 6 + place % (len(written) - 6)
    if written[at] == sign:
        return

    with pytest.raises(BadInput) as refused:
        shares.read(written[:at] + sign + written[at + 1 :])
    assert refused.value.code == "share-unreadable"


@pytest.mark.parametrize("written", ["", "ZH1-1-", "ZH2-1-AAAA", "ZH1-0-AAAA", "ZH1-1-A", "十"])
def test_what_is_no_share_is_refused(written):
    with pytest.raises(BadInput) as refused:
        shares.read(written)
    assert refused.value.code == "share-unreadable"


@pytest.mark.parametrize("terms", [(1, 3), (4, 3), (2, 256)])
def test_impossible_terms_are_refused(terms):
    threshold, seats = terms

    with pytest.raises(BadInput):
        shares.split(SECRET, bytes(9000), threshold=threshold, seats=seats)


def test_too_few_random_bytes_are_refused():
    with pytest.raises(BadInput, match="random"):
        shares.split(SECRET, RANDOM[1:])
