"""A name binds one unit by its salt; the key, and with it every other unit, stays unknown."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.proof import pseudonyms

KEY = bytes(range(32))
UNIT = "91330106MA2B00001X"


def test_a_name_is_what_the_formula_says_computed_the_long_way():
    salt = hmac.new(KEY, b"salt\0" + UNIT.encode(), "sha256").digest()
    expected = hashlib.sha256(salt + UNIT.encode()).hexdigest()

    names = pseudonyms.Names(KEY)

    assert names.of(UNIT) == expected
    assert names.many([UNIT, "B"]) == [expected, names.of("B")]
    assert names.opening(UNIT) == {"unit": expected, "id": UNIT, "salt": salt.hex()}


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_an_opening_fits_its_own_unit_alone(one, other):
    opening = pseudonyms.Names(KEY).opening(one)

    assert pseudonyms.is_opened(opening["unit"], one, opening["salt"])
    assert pseudonyms.is_opened(opening["unit"], other, opening["salt"]) == (one == other)


@pytest.mark.parametrize("salt", ["", "zz", "00" * 31, "00" * 33, "00 " * 32])
def test_a_strange_salt_opens_nothing(salt):
    named = pseudonyms.name(UNIT, bytes(32))

    assert pseudonyms.is_opened(named, UNIT, "00" * 32)
    assert not pseudonyms.is_opened(named, UNIT, salt)


def test_two_frames_share_no_name():
    units = [f"unit-{number}" for number in range(50)]

    one, other = pseudonyms.Names(KEY), pseudonyms.Names(bytes(32))

    assert not set(one.many(units)) & set(other.many(units))
    assert len(set(one.many(units))) == 50


def test_openings_give_the_units_behind_their_names():
    names = pseudonyms.Names(KEY)

    found = pseudonyms.opened([names.opening("A"), names.opening("B")])

    assert found == {names.of("A"): "A", names.of("B"): "B"}


def test_an_opening_of_another_unit_is_refused():
    opening = pseudonyms.Names(KEY).opening("A") | {"id": "B"}

    with pytest.raises(BadInput, match="does not fit"):
        pseudonyms.opened([opening])


def test_a_short_key_is_refused():
    with pytest.raises(BadInput, match="16 bytes"):
        pseudonyms.Names(bytes(16))
