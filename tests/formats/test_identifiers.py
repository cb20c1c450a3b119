"""Check characters: the vectors, every single slip of a pen, and the marks of invented codes."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.formats import identifiers

DATA = Path(__file__).parent / "data"
REAL = "91140110B0681219X5"


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / name).read_text("utf-8").splitlines()))


def holds(check, code: str, **options) -> bool:
    try:
        check(code, **options)
    except BadInput:
        return False
    return True


@pytest.mark.parametrize("row", rows("uscc_vectors.csv"), ids=lambda row: row["uscc"])
def test_a_uscc_vector_is_accepted_or_refused(row):
    assert holds(identifiers.check_uscc, row["uscc"]) == (row["valid"] == "1")


@pytest.mark.parametrize("row", rows("gtin_vectors.csv"), ids=lambda row: row["gtin"])
def test_a_gtin_vector_is_accepted_or_refused(row):
    is_demo = identifiers.is_demo_code(row["gtin"])
    assert holds(identifiers.check_gtin, row["gtin"], demo=is_demo) == (row["valid"] == "1")


@given(st.integers(0, 17), st.sampled_from(identifiers.USCC_ALPHABET))
def test_one_wrong_character_anywhere_is_found(place, character):
    code = REAL[:place] + character + REAL[place + 1 :]

    assert holds(identifiers.check_uscc, code) == (code == REAL)


@given(st.integers(0, 16))
def test_two_swapped_neighbours_are_found(place):
    code = REAL[:place] + REAL[place + 1] + REAL[place] + REAL[place + 2 :]

    assert holds(identifiers.check_uscc, code) == (code == REAL)


@pytest.mark.parametrize(
    "code", ["", REAL[:-1], REAL + "0", REAL.lower(), "91140110O0681219X5", " " + REAL[1:], 5]
)
def test_what_is_no_uscc_is_refused_with_a_remedy(code):
    with pytest.raises(BadInput) as refusal:
        identifiers.check_uscc(code)

    assert refusal.value.code == "bad-uscc" and refusal.value.remedy


@pytest.mark.parametrize(
    "code", ["", "123", "69012345678921", "690123456789X", "６９０１２３４５６７８９２", None]
)
def test_what_is_no_gtin_is_refused(code):
    with pytest.raises(BadInput):
        identifiers.check_gtin(code)


@given(st.integers(0, 10**8 - 1), st.integers(0, 999_999).map("{:06d}".format))
def test_an_invented_uscc_is_marked_and_right_in_both_check_characters(number, region):
    code = identifiers.demo_uscc(number, region)

    assert identifiers.is_demo_code(code) and code[2:8] == region
    assert code[16] == identifiers.organisation_check_character(code[8:16])
    assert holds(identifiers.check_uscc, code, demo=True)
    assert not holds(identifiers.check_uscc, code)


@given(st.integers(0, 10**9 - 1))
def test_an_invented_gtin_is_marked_and_right(number):
    code = identifiers.demo_gtin(number)

    assert identifiers.is_demo_code(code) and identifiers.is_demo_code(f"0{code}")
    assert holds(identifiers.check_gtin, code, demo=True)
    assert not holds(identifiers.check_gtin, code)


@given(st.lists(st.tuples(st.integers(0, 10**8 - 1), st.integers(0, 999_999)), max_size=20))
def test_the_array_gives_what_the_plain_function_gives(pairs):
    serials = [serial for serial, _ in pairs]
    regions = [f"{region:06d}" for _, region in pairs]

    codes = identifiers.demo_uscc_array(serials, np.array(regions, dtype="U6"))

    assert codes.tolist() == [identifiers.demo_uscc(*pair) for pair in zip(serials, regions, strict=True)]


def test_one_region_serves_a_whole_array():
    assert identifiers.demo_uscc_array(np.arange(3), "330106").tolist()[2] == identifiers.demo_uscc(
        2, "330106"
    )


@pytest.mark.parametrize(("serials", "regions"), [([10**8], 1), ([-1], 1), ([1], 10**6), ([1], -1)])
def test_a_number_outside_the_range_is_refused(serials, regions):
    with pytest.raises(BadInput):
        identifiers.demo_uscc_array(serials, regions)
    with pytest.raises(BadInput):
        identifiers.demo_uscc(serials[0] if serials[0] != 1 else -1, "330106")


def test_a_real_code_carries_no_mark():
    assert not identifiers.is_demo_code(REAL)
    assert not identifiers.is_demo_code("6901234567892")
