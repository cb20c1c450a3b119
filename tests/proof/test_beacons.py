"""Beacons: one form for each kind, enough chance, and how far each proves itself."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import beacons
from zhiheng.proof.beacons import drand, pinned, provinces

ROUND = json.loads((Path(__file__).parent / "data/drand_quicknet.json").read_text("utf-8"))["rounds"][0]
has_curve = pytest.mark.skipif(find_spec("py_ecc") is None, reason="needs the extra beacon")

ISSUES = "2025031 2025032 2025033 2025034 after 2025-03-05"
DRAWN = """2025031 01 05 11 17 26 33+09
2025032 02 06 12 18 27 32+16
2025033 03 07 13 19 28 31+01
2025034 04 08 14 20 29 30+12"""
DICE = "38d6 on 2025-03-10 at 公证处 三楼"
THROWN = "dice 38d6 " + " ".join(str(1 + n * n % 6) for n in range(38))
SECRETS = {"510000": bytes([1]) * 32, "440000": bytes([2]) * 32, "公证处": bytes([3]) * 32}
BOUND = {party: provinces.commitment("SC-2025-0001", party, secret) for party, secret in SECRETS.items()}
PARTIES = provinces.reference("SC-2025-0001", BOUND, date(2025, 3, 10))
REVEALED = "\n".join(f"{party} {SECRETS[party].hex()}" for party in ("440000", "510000", "公证处"))
QUICK = f"quicknet {ROUND['round']}"
SIGNED = f"drand {QUICK} {ROUND['signature']}"

EACH = [
    ("lottery-ssq", ISSUES, DRAWN),
    ("dice", DICE, THROWN),
    ("commit-reveal", PARTIES, REVEALED),
    ("drand", QUICK, SIGNED),
]


@pytest.mark.parametrize(("kind", "reference", "value"), EACH)
def test_the_reference_and_the_value_in_their_one_form_stay_as_they_are(kind, reference, value):
    assert beacons.reference(kind, reference) == reference
    assert beacons.value(kind, reference, value) == value.encode()
    assert beacons.bits(kind, reference) >= 96


@pytest.mark.parametrize(
    ("kind", "reference", "said", "value"),
    [
        ("lottery-ssq", ISSUES, DRAWN.replace("\n", "；\r\n").replace("+", " ＋ "), DRAWN),
        ("lottery-ssq", ISSUES, DRAWN.replace("01 05 11 17 26 33", "33, 5, 11, 17, 26, 1"), DRAWN),
        ("dice", DICE, THROWN.removeprefix("dice 38d6 ").replace(" ", "、"), THROWN),
        ("commit-reveal", PARTIES, "\r\n\r\n".join(reversed(REVEALED.splitlines())) + "\n", REVEALED),
        ("drand", QUICK, f" {ROUND['signature'].upper()}\n", SIGNED),
        ("drand", QUICK, json.dumps(ROUND), SIGNED),
        ("drand", QUICK, json.dumps({"round": 1000, "signature": ROUND["signature"]}), SIGNED),
    ],
)
def test_what_was_published_or_written_down_comes_into_one_form(kind, reference, said, value):
    assert beacons.value(kind, reference, said) == value.encode()


@pytest.mark.parametrize(
    ("kind", "reference"),
    [
        ("lottery-ssq", "2025031,2025032、 2025033 2025034 after  2025-03-05"),
        ("dice", "38d6 on 2025-03-10  at 公证处  三楼 "),
        ("drand", " quicknet  1000 "),
    ],
)
def test_a_reference_comes_into_one_form(kind, reference):
    known = {one[0]: one[1] for one in EACH}

    assert beacons.reference(kind, reference) == known[kind]


@pytest.mark.parametrize(
    ("kind", "reference", "bits"),
    [
        ("lottery-ssq", "2025031 2025032 2025033 after 2025-03-05", "72.2"),
        ("dice", "37d6 on 2025-03-10 at x", "95.6"),
        ("dice", "28d10 on 2025-03-10 at x", "93.0"),
        ("dice", "20d10 on 2025-03-10 at x", "66.4"),
    ],
)
def test_too_little_chance_is_refused_with_its_bits(kind, reference, bits):
    with pytest.raises(BadInput, match=f"{bits} bits"):
        beacons.reference(kind, reference)


def test_one_throw_more_is_enough():
    assert beacons.bits("dice", "29d10 on 2025-03-10 at x") > 96
    assert beacons.bits("dice", "38d6 on 2025-03-10 at x") > 96
    assert beacons.bits("lottery-ssq", ISSUES) > 96


@pytest.mark.parametrize(
    ("kind", "reference"),
    [
        ("nothing", ISSUES),
        ("lottery-ssq", "the 4 draws after 2025-03-05"),
        ("lottery-ssq", "2025032 2025031 2025033 2025034 after 2025-03-05"),
        ("lottery-ssq", "2025031 2025031 2025033 2025034 after 2025-03-05"),
        ("lottery-ssq", "2025000 2025031 2025033 2025034 after 2025-03-05"),
        ("lottery-ssq", "2024031 2025031 2025033 2025034 after 2025-03-05"),
        ("lottery-ssq", "2025031 2025032 2025033 2027034 after 2025-03-05"),
        ("lottery-ssq", "2025031 2025032 2025033 2025034 after 2025-02-30"),
        ("dice", "38d6"),
        ("dice", "038d6 on 2025-03-10 at x"),
        ("dice", "38d7 on 2025-03-10 at x"),
        ("dice", "9999d6 on 2025-03-10 at x"),
        ("dice", "38d6 on 2025-3-100 at x"),
        ("drand", "quicknet 0"),
        ("drand", "quicknet 01"),
        ("drand", "slownet 1"),
        ("drand", "1000"),
        ("commit-reveal", f"x 1 {'0' * 64} on 2025-03-10"),
        ("commit-reveal", f"x 101 {'0' * 64} on 2025-03-10"),
        ("commit-reveal", f"x 3 {'0' * 63} on 2025-03-10"),
        ("commit-reveal", f"x 3 {'0' * 64} on 2025-13-10"),
        ("dice", "\ud800"),
        ("dice", "x" * 30_000),
    ],
)
def test_what_leaves_a_choice_or_is_no_reference_is_refused(kind, reference):
    with pytest.raises(BadInput):
        beacons.reference(kind, reference)


@pytest.mark.parametrize(
    ("kind", "reference", "said"),
    [
        ("lottery-ssq", ISSUES, DRAWN.replace("2025034", "2025035")),
        ("lottery-ssq", ISSUES, DRAWN.replace("33+09", "34+09")),
        ("lottery-ssq", ISSUES, DRAWN.replace("33+09", "26+09")),
        ("lottery-ssq", ISSUES, DRAWN.replace("33+09", "33+17")),
        ("lottery-ssq", ISSUES, DRAWN.replace("33+09", "33+00")),
        ("lottery-ssq", ISSUES, DRAWN.removesuffix("+12")),
        ("lottery-ssq", ISSUES, DRAWN + " 1"),
        ("lottery-ssq", ISSUES, DRAWN + " x"),
        ("lottery-ssq", ISSUES, ""),
        ("dice", DICE, THROWN + " 1"),
        ("dice", DICE, THROWN[:-2]),
        ("dice", DICE, THROWN[:-1] + "7"),
        ("dice", DICE, THROWN[:-1] + "0"),
        ("dice", DICE, THROWN[:-1] + "9" * 5000),
        ("dice", DICE, THROWN.replace("38d6", "38d8")),
        ("dice", DICE, THROWN + "\ud800"),
        ("commit-reveal", PARTIES, REVEALED.replace("510000", "440000")),
        ("commit-reveal", PARTIES, REVEALED.rsplit("\n", 1)[0]),
        ("commit-reveal", PARTIES, REVEALED[:-1]),
        ("drand", QUICK, ROUND["signature"][:-2]),
        ("drand", QUICK, ROUND["randomness"]),
        ("drand", QUICK, json.dumps({**ROUND, "round": 1001})),
        ("drand", QUICK, json.dumps({**ROUND, "randomness": "00" * 32})),
        ("drand", QUICK, '{"round": 1000}'),
        ("drand", QUICK, "{"),
        ("drand", "quicknet 1001", SIGNED),
    ],
)
def test_evidence_that_is_not_what_was_announced_is_refused(kind, reference, said):
    with pytest.raises(BadInput):
        beacons.value(kind, reference, said)


@pytest.mark.parametrize(("kind", "reference", "value"), EACH)
def test_a_value_in_another_form_is_refused(kind, reference, value):
    for other in (value + "\n", " " + value, value.replace(" ", "  ", 1)):
        with pytest.raises((CheckFailed, BadInput)):
            beacons.check(kind, reference, other.encode())
    with pytest.raises(BadInput, match="UTF-8"):
        beacons.check(kind, reference, b"\xff")


def test_dice_and_lots_are_attested_and_reveals_prove_themselves():
    assert beacons.check("dice", DICE, THROWN.encode()).status == "attested"
    assert beacons.check("lottery-ssq", ISSUES, DRAWN.encode()).status == "attested"
    assert beacons.check("commit-reveal", PARTIES, REVEALED.encode()).status == "verified"


def test_dice_of_ten_sides_show_0_to_9():
    reference = "29d10 on 2025-03-10 at x"

    assert beacons.value("dice", reference, "0 9 " * 14 + "5").startswith(b"dice 29d10 0 9 0")
    with pytest.raises(BadInput, match="between 0 and 9"):
        beacons.value("dice", reference, "0 10 " * 14 + "5")


def test_another_secret_than_the_one_bound_is_found_and_whoever_holds_back_is_named():
    other = REVEALED.replace("01" * 32, "04" * 32)
    held_back = {party: secret for party, secret in SECRETS.items() if party != "440000"}

    with pytest.raises(CheckFailed, match="another secret"):
        beacons.check("commit-reveal", PARTIES, other.encode())
    assert provinces.missing("SC-2025-0001", BOUND, SECRETS) == ()
    assert provinces.missing("SC-2025-0001", BOUND, held_back) == ("440000",)
    assert provinces.missing("SC-2025-0001", BOUND, {**SECRETS, "510000": bytes(32)}) == ("510000",)
    assert provinces.missing("SC-2025-0002", BOUND, SECRETS) == ("440000", "510000", "公证处")
    for secret, party in ((bytes(31), "x"), (bytes(32), "x y"), (bytes(32), "")):
        with pytest.raises(BadInput):
            provinces.commitment("c", party, secret)


@has_curve
def test_a_round_of_drand_is_verified_and_the_signature_of_another_is_not():
    assert beacons.check("drand", QUICK, SIGNED.encode()).status == "verified"
    assert drand.randomness(bytes.fromhex(ROUND["signature"])).hex() == ROUND["randomness"]
    with pytest.raises(CheckFailed, match="not the signature of round 1001"):
        beacons.check("drand", "quicknet 1001", SIGNED.replace("1000", "1001").encode())


@has_curve
@pytest.mark.parametrize(
    "change",
    [
        lambda s: bytes([s[0] ^ 0x20]) + s[1:],
        lambda s: bytes([s[0] ^ 0x80]) + s[1:],
        lambda s: b"\xc0" + bytes(len(s) - 1),
        lambda s: s[:-1] + bytes([s[-1] ^ 1]),
        lambda s: s[1:],
        lambda s: b"\x9f" + b"\xff" * (len(s) - 1),
    ],
    ids=["other sign", "not compressed", "infinite", "another x", "short", "beyond the field"],
)
def test_a_point_that_is_turned_off_the_curve_infinite_or_in_another_form_is_no_signature(change):
    key = bytes.fromhex(drand.CHAINS["quicknet"]["public_key"])
    signature = bytes.fromhex(ROUND["signature"])

    assert not drand.is_signed(key, 1000, change(signature))
    assert not drand.is_signed(change(key), 1000, signature)


@has_curve
def test_the_library_of_the_curve_does_not_lift_the_limit_that_refuses_deep_documents():
    code = """if True:
        import sys
        before = sys.getrecursionlimit()
        from zhiheng.proof import canonical
        from zhiheng.proof.beacons import curve
        assert sys.getrecursionlimit() == before
        canonical.loads("[" * 100_000)
    """
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert ended.returncode == 1
    assert "BadInput" in ended.stderr


def test_without_the_library_of_the_curve_a_round_is_said_to_be_unverified(monkeypatch):
    monkeypatch.setitem(sys.modules, "zhiheng.proof.beacons.curve", None)
    monkeypatch.delattr(beacons, "curve", raising=False)

    found = beacons.check("drand", QUICK, SIGNED.encode())
    assert (found.status, "zhiheng[beacon]" in found.reason) == ("unverified", True)


def test_a_beacon_is_known_from_its_moment_and_not_before():
    def moment(kind, reference):
        return datetime.fromtimestamp(beacons.exists_from(kind, reference), UTC).isoformat()

    assert moment("drand", QUICK) == "2023-08-23T15:59:24+00:00"
    assert moment("dice", DICE) == "2025-03-09T16:00:00+00:00"
    assert moment("lottery-ssq", ISSUES) == "2025-03-05T16:00:00+00:00"
    assert moment("commit-reveal", PARTIES) == "2025-03-09T16:00:00+00:00"


@given(st.integers(0, 2**40))
def test_the_round_at_a_moment_is_the_first_that_appears_by_then(at):
    number = drand.round_at("quicknet", at)

    assert drand.time_of("quicknet", number) >= at
    assert number == 1 or drand.time_of("quicknet", number - 1) < at


def test_the_first_of_the_announced_order_that_exists_is_used_and_the_others_have_their_reason():
    order = [("commit-reveal", PARTIES), ("lottery-ssq", ISSUES), ("dice", DICE)]
    found = beacons.choose(order, ["", DRAWN, ""], {0: "440000 did not reveal"})

    assert (found.checked.kind, found.checked.value) == ("lottery-ssq", DRAWN.encode())
    assert found.skipped == (("commit-reveal", PARTIES, "440000 did not reveal"),)


@pytest.mark.parametrize(
    ("found", "reasons"),
    [
        (["", DRAWN], {}),
        (["", DRAWN], {0: " "}),
        ([REVEALED, DRAWN], {0: "not liked"}),
        ([DRAWN], {}),
        (["", ""], {0: "held back", 1: "not drawn"}),
    ],
)
def test_nobody_picks_the_beacon_that_he_likes(found, reasons):
    with pytest.raises((BadInput, CheckFailed)):
        beacons.choose([("commit-reveal", PARTIES), ("lottery-ssq", ISSUES)], found, reasons)


def test_the_pinned_facts_name_their_sources():
    for facts in (*pinned.PINNED["drand"].values(), *pinned.PINNED["lotteries"].values()):
        assert facts["source"] and facts["confidence"] in ("text", "secondary", "memory")


@given(st.sampled_from(EACH), st.data())
def test_every_value_that_is_accepted_is_in_its_one_form(one, data):
    kind, reference, value = one
    start = data.draw(st.integers(0, len(value)))
    noise = data.draw(st.text("0123456789 ,+\nabcdef", max_size=4))
    changed = value[:start] + noise + value[data.draw(st.integers(start, min(len(value), start + 4))) :]

    try:
        found = beacons.value(kind, reference, changed)
    except BadInput:
        return
    assert beacons.value(kind, reference, found.decode()) == found
