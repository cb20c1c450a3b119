"""A name binds one unit by its salt; the key, and with it every other unit, stays unknown."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.proof import frame, pseudonyms

KEY = bytes(range(32))
UNIT = "91330106MA2B00001X"


def test_a_name_is_what_the_formula_says_computed_the_long_way():
    salt = hmac.new(KEY, b"salt\0" + UNIT.encode(), "sha256").digest()
    expected = hashlib.sha256(salt + UNIT.encode()).hexdigest()

    names = pseudonyms.Names(KEY)

    assert names.of(UNIT) == expected
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

    assert not set(map(one.of, units)) & set(map(other.of, units))
    assert len(set(map(one.of, units))) == 50


def test_a_file_under_names_is_the_frame_of_the_named_rows_and_leads_back_to_who_is_asked_for():
    names = pseudonyms.Names(KEY)
    rows = [frame.FrameRow(f"企业{number}", 1, "AB"[number % 2], "330106", "13") for number in range(9)]
    own = sorted(map(frame.line, rows))

    named = names.file(own)

    plain = sorted(row._replace(id=names.of(row.id)) for row in rows)
    assert named == b"".join(map(frame.line, plain))
    wanted = [names.of("企业3"), names.of("企业7"), names.of("elsewhere")]
    assert names.behind(own, wanted) == {names.of("企业3"): "企业3", names.of("企业7"): "企业7"}


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
