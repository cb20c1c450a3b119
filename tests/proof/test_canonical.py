"""Canonical JSON: the author's vectors, the properties of the profile, and its refusals."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.proof import canonical

VECTORS = json.loads((Path(__file__).parent / "data/jcs_rfc8785.json").read_text())
INSIDE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=6), inner, max_size=4)
    ),
    max_leaves=20,
)


def documents():
    for case in VECTORS["cyberphone"]:
        yield pytest.param(
            bytes.fromhex(case["input_hex"]), bytes.fromhex(case["output_hex"]), id=case["name"]
        )
    for number, case in enumerate(VECTORS["computed"]):
        yield pytest.param(
            case["input_json"].encode(), bytes.fromhex(case["canonical_hex"]), id=f"computed-{number}"
        )


def outside_the_profile(value: object) -> str:
    """Say why a vector lies outside the profile, by looking at it with the plain parser."""
    if isinstance(value, dict):
        for key, item in value.items():
            reason = outside_the_profile(item) or ("" if key.isascii() else "not ASCII")
            if reason:
                return reason
    if isinstance(value, list):
        return next(filter(None, map(outside_the_profile, value)), "")
    if isinstance(value, float):
        return "not an integer"
    if isinstance(value, int) and abs(value) > canonical.MAX_INTEGER:
        return "beyond 2^53-1"
    return ""


@pytest.mark.parametrize(("given_bytes", "expected"), list(documents()))
def test_a_vector_of_rfc_8785_is_reproduced_or_refused_with_its_reason(given_bytes, expected):
    reason = outside_the_profile(json.loads(given_bytes))

    if reason:
        with pytest.raises(BadInput):
            canonical.dumps(canonical.loads(given_bytes))
    else:
        value = canonical.loads(given_bytes)
        assert canonical.dumps(value) == canonical.dumps_plain(value) == expected


def test_enough_vectors_lie_inside_the_profile_to_prove_something():
    inside = [case for case in VECTORS["computed"] if not outside_the_profile(json.loads(case["input_json"]))]

    assert len(inside) >= 10


def test_the_digests_of_the_vectors_are_reproduced():
    for case in VECTORS["computed"]:
        if not outside_the_profile(json.loads(case["input_json"])):
            assert canonical.digest(json.loads(case["input_json"])) == case["sha256"]


@pytest.mark.parametrize("pair", VECTORS["es6_number_samples"] + VECTORS["computed_numbers"][:40])
def test_a_number_with_a_fraction_or_exponent_is_refused(pair):
    text = pair[1]
    if text.lstrip("-").isdigit() and abs(int(text)) <= canonical.MAX_INTEGER:
        assert canonical.loads(text) == int(text)
    else:
        with pytest.raises(BadInput):
            canonical.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "-Infinity",
        "1.0",
        "1e3",
        "44E15",
        "9007199254740992",
        "9" * 5000,
        r'"\ud800"',
        r'{"a":"\udc00"}',
        r'{"\ud800":1}',
        '{"a":1,"a":1}',
        '{"质":1}',
        "[" * 33 + "]" * 33,
        "[" * 100_000,
        "",
        "{",
        "[1,]",
        b"\xff",
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda text: repr(text)[:24],
)
def test_a_text_outside_the_profile_is_refused(text):
    with pytest.raises(BadInput) as refusal:
        canonical.loads(text)

    assert refusal.value.code == "not-canonical"
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**53,
        -(2**53),
        "\ud800",
        ["\udfff"],
        {1: 2},
        {"é": 1},
        {1, 2},
        b"x",
        [[1.5]],
    ],
    ids=repr,
)
def test_a_value_outside_the_profile_is_refused(value):
    for encode in (canonical.dumps, canonical.dumps_plain):
        with pytest.raises(BadInput):
            encode(value)


def test_nesting_is_allowed_to_32_levels_and_no_deeper():
    value: list = []
    for _ in range(31):
        value = [value]
    assert canonical.loads(canonical.dumps(value)) == value

    with pytest.raises(BadInput, match="32 levels"):
        canonical.dumps([value])


@given(INSIDE)
def test_the_fast_way_and_the_plain_way_agree(value):
    assert canonical.dumps(value) == canonical.dumps_plain(value)


@given(INSIDE)
def test_what_is_written_is_read_back_and_written_alike(value):
    written = canonical.dumps(value)

    assert canonical.loads(written) == value
    assert canonical.dumps(canonical.loads(json.dumps(value, indent=2))) == written


@given(st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=6), INSIDE, max_size=5))
def test_the_order_of_keys_does_not_matter(value):
    turned = dict(reversed(value.items()))

    assert canonical.digest(turned) == canonical.digest(value)


def test_the_digest_is_the_sha_256_of_the_bytes():
    assert canonical.digest({"a": "质"}) == hashlib.sha256('{"a":"质"}'.encode()).hexdigest()
