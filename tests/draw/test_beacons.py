"""The public random text is announced exactly, comes in its order, and says how far it proves itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.ledger import evidence
from zhiheng.people import clock
from zhiheng.proof import beacons as pure
from zhiheng.proof import canonical
from zhiheng.proof.beacons import drand
from zhiheng.stages.draw import actions, bundles, queries
from zhiheng.stages.draw.rules import beacons
from zhiheng.verification import draw as verification

from .campaign import close, refused
from .conftest import BEACON, NOON, SECRET

DICE = "38d6 on 2025-03-05 at 公证处三楼"
THROWN = b"1 2 3 4 5 6 " * 6 + b"1 2"
ISSUES = "2025031 2025032 2025033 2025034 after 2025-03-04"
DRAWN = b"""2025031 01 05 11 17 26 33+09
2025032 02 06 12 18 27 32+16
2025033 03 07 13 19 28 31+01
2025034 04 08 14 20 29 30+12"""
ROUND = json.loads((Path(pure.__file__).parents[3] / "tests/proof/data/drand_quicknet.json").read_text())
LATER = NOON + timedelta(days=3)


@pytest.fixture
def announce(province, frame):
    """Return a way to commit a draw with its random text."""

    def make(kind, reference, fallbacks=()):
        return actions.commit(
            by=province.officer,
            obligation=province.obligation,
            frame=frame,
            secret=SECRET,
            beacon_kind=kind,
            beacon_reference=reference,
            fallbacks=fallbacks,
        )

    return make


def steps(draw) -> dict[str, str]:
    """Return what a stranger finds in the bundle of a closed draw."""
    report = verification.check(canonical.loads(bundles.find(draw).read_bytes()))
    assert report.ok, report.refusal
    return {step.name: step.detail for step in report.steps}


def test_dice_are_thrown_after_the_announcement_and_say_that_they_are_attested(province, announce):
    draw = announce("dice", DICE)

    with clock.at(LATER):
        draw = actions.reveal(by=province.officer, draw=draw, beacon=THROWN)
        draw = close(province.officer, draw)

    assert (draw.beacon["status"], draw.beacon["ref"]) == ("attested", DICE)
    assert bytes.fromhex(draw.beacon["value"]).startswith(b"dice 38d6 1 2 3")
    assert "attested" in steps(draw)["beacon"]


def test_the_same_faces_written_another_way_give_the_same_draw(province, announce):
    draw = announce("dice", DICE)

    with clock.at(LATER):
        draw = actions.reveal(
            by=province.officer, draw=draw, beacon=THROWN.decode().replace(" ", "、").strip("、").encode()
        )

    assert draw.beacon["value"] == pure.value("dice", DICE, THROWN.decode()).hex()


def test_a_round_of_drand_is_checked_or_said_to_be_unchecked(province, announce):
    number = drand.round_at("quicknet", int(LATER.timestamp()) - 60)
    draw = announce("drand", f"quicknet {number}")
    signature = ROUND["rounds"][0]["signature"].encode()

    with clock.at(LATER):
        if verified_here():
            with pytest.raises(CheckFailed):
                actions.reveal(by=province.officer, draw=draw, beacon=signature)
        else:
            assert actions.reveal(by=province.officer, draw=draw, beacon=signature).beacon["status"] == (
                "unverified"
            )


def verified_here() -> bool:
    said = ROUND["rounds"][0]
    value = f"drand quicknet {said['round']} {said['signature']}".encode()
    return pure.check("drand", f"quicknet {said['round']}", value).status == "verified"


@pytest.mark.parametrize(
    ("kind", "reference"),
    [
        ("dice", "38d6 on 2025-03-03 at x"),
        ("lottery-ssq", "2025031 2025032 2025033 2025034 after 2025-03-01"),
        ("drand", "quicknet 1000"),
    ],
)
def test_a_random_text_that_may_be_known_is_not_announced(announce, kind, reference):
    with refused("beacon-past"):
        announce(kind, reference)


def test_a_round_less_than_ten_minutes_away_is_too_near(announce):
    soon = drand.round_at("quicknet", int(NOON.timestamp()) + 590)

    with refused("beacon-past"):
        announce("drand", f"quicknet {soon}")
    assert announce("drand", f"quicknet {soon + 10}").beacon["ref"] == f"quicknet {soon + 10}"


@pytest.mark.parametrize(
    ("kind", "reference", "why"),
    [
        ("dice", "20d10 on 2025-03-05 at x", "66.4 bits"),
        ("lottery-ssq", "2025031 2025032 2025033 after 2025-03-04", "72.2 bits"),
        ("dice", "ceremony of 5 March", "dice are announced like"),
    ],
)
def test_too_little_chance_and_what_leaves_a_choice_are_refused_at_the_announcement(
    announce, kind, reference, why
):
    with pytest.raises(BadInput, match=why):
        announce(kind, reference)


def test_a_kind_that_nobody_knows_is_refused(announce):
    with refused("no-such-beacon"):
        announce("horoscope", "of March")


def test_a_text_before_its_time_is_not_taken(province, announce):
    draw = announce("lottery-ssq", ISSUES)

    with refused("beacon-to-come"):
        actions.reveal(by=province.officer, draw=draw, beacon=DRAWN)
    with clock.at(LATER):
        assert actions.reveal(by=province.officer, draw=draw, beacon=DRAWN).beacon["status"] == "attested"


def test_another_text_than_the_announced_one_is_refused(province, announce):
    draw = announce("lottery-ssq", ISSUES)

    with clock.at(LATER), pytest.raises(BadInput):
        actions.reveal(by=province.officer, draw=draw, beacon=DRAWN.replace(b"2025034", b"2025035"))


# --- the order of what replaces it --------------------------------------------------------------


def test_the_next_of_the_announced_order_replaces_a_text_that_cannot_be_had(province, announce):
    draw = announce("lottery-ssq", ISSUES, [("dice", DICE), ("text", "the printed gazette of 2025-03-06")])
    said = json.loads(draw.announcement)

    with clock.at(LATER):
        opened = actions.reveal(
            by=province.officer, draw=draw, beacon=THROWN, skipped=["The draws of that week were put off."]
        )
        opened = close(province.officer, opened)

    assert [one["kind"] for one in said["beacon_fallbacks"]["order"]] == ["dice", "text"]
    certificate = canonical.loads(evidence.read(opened.certificate_sha))
    assert certificate["beacon"]["kind"] == "dice"
    assert [row["reason"] for row in certificate["beacon"]["skipped"]] == [
        "The draws of that week were put off."
    ]
    assert "1 announced before it could not be had" in steps(opened)["beacon"]
    assert queries.beacon_order(opened)[0]["kind"] == "lottery-ssq"


def test_no_text_is_passed_over_without_a_reason_and_none_outside_the_order_is_used(province, announce):
    draw = announce("lottery-ssq", ISSUES, [("dice", DICE)])

    with clock.at(LATER):
        with refused("skipped-without-reason"):
            actions.reveal(by=province.officer, draw=draw, beacon=THROWN, skipped=[" "])
        with refused("no-beacon-left"):
            actions.reveal(by=province.officer, draw=draw, beacon=THROWN, skipped=["a", "b"])
        with pytest.raises(BadInput):
            actions.reveal(by=province.officer, draw=draw, beacon=THROWN)


def test_the_same_text_is_not_announced_twice_and_only_a_few_replace_it(announce):
    with refused("beacon-twice"):
        announce("dice", DICE, [("dice", DICE)])
    with refused("many-fallbacks"):
        announce("dice", DICE, [("text", f"gazette {number}") for number in range(5)])


@pytest.mark.parametrize("forgery", ["order", "reason", "status"])
def test_a_certificate_out_of_the_announced_order_is_refused(province, announce, forgery):
    draw = announce("lottery-ssq", ISSUES, [("dice", DICE)])
    with clock.at(LATER):
        draw = actions.reveal(by=province.officer, draw=draw, beacon=THROWN, skipped=["put off"])
        draw = close(province.officer, draw)
    bundle = canonical.loads(bundles.find(draw).read_bytes())
    said = bundle["certificate"]["beacon"]
    if forgery == "order":
        del said["skipped"]
    elif forgery == "reason":
        said["skipped"][0]["reason"] = ""
    else:
        said["status"] = "verified"

    report = verification.check(bundle)
    assert not report.ok
    wanted = {"order": "shape", "reason": "shape", "status": "beacon"}[forgery]
    assert wanted in [step.name for step in report.steps if not step.ok]


def test_a_text_in_words_says_that_its_chance_is_unknown(revealed):
    assert revealed.beacon["status"] == "unknown"
    assert bytes.fromhex(revealed.beacon["value"]) == BEACON


# --- the announcement is sealed before ----------------------------------------------------------


def test_the_announcement_must_be_sealed_well_before_the_random_text():
    noon = datetime(2026, 3, 5, 12, tzinfo=UTC)
    lead = beacons.lead()

    assert lead == timedelta(minutes=10)
    beacons.check_sealed("x", noon - lead, noon, lead)
    with refused("sealed-late"):
        beacons.check_sealed("x", noon - lead + timedelta(seconds=1), noon, lead)
    with refused("not-sealed"):
        beacons.check_sealed("x", None, noon, lead)


def test_for_a_text_in_words_being_sealed_is_what_can_be_asked():
    beacons.check_sealed("x", datetime(2026, 3, 5, tzinfo=UTC), None, beacons.lead())
    with refused("not-sealed"):
        beacons.check_sealed("x", None, None, beacons.lead())


def test_the_moment_of_a_text_is_known_for_the_kinds_that_have_one():
    assert beacons.moment({"kind": "dice", "ref": DICE}).isoformat() == "2025-03-05T00:00:00+08:00"
    assert beacons.moment({"kind": "text", "ref": "x"}) is None
