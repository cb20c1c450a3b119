"""The public random text is announced exactly, comes in its order, and says how far it proves itself."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from zhiheng import ledger
from zhiheng.errors import BadInput, CheckFailed
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.ledger.sealing import sequencer
from zhiheng.people import clock
from zhiheng.proof import beacons as pure
from zhiheng.proof import canonical
from zhiheng.proof.beacons import drand
from zhiheng.stages.draw import actions, bundles, queries
from zhiheng.stages.draw.rules import beacons
from zhiheng.verification import draw as verification
from zhiheng.verification import monitor

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
    """Return a way to commit a draw with its random text; the log seals it at once, or when it is told to."""

    def make(kind, reference, fallbacks=(), sealed_at=NOON):
        draw = actions.commit(
            by=province.officer,
            obligation=province.obligation,
            frame=frame,
            secret=SECRET,
            beacon_kind=kind,
            beacon_reference=reference,
            fallbacks=fallbacks,
        )
        if sealed_at is not None:
            with clock.at(sealed_at):
                sequencer.seal_now()
        return draw

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


def test_a_round_that_leaves_no_ten_minutes_once_the_log_has_sealed_is_too_near(announce):
    soon = drand.round_at("quicknet", int(NOON.timestamp()) + 650)  # sealing may take one minute

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


NIGHT = datetime(2025, 3, 4, 16, tzinfo=UTC)  # 5 March begins in Beijing: from then on DICE may be known
DICE_TOO, GAZETTE = ("dice", "38d6 on 2025-03-06 at 公证处三楼"), ("text", "the printed gazette")


@pytest.mark.parametrize(
    ("sealed", "others", "code"),
    [
        (timedelta(minutes=-10), (), ""),
        (timedelta(minutes=-10, seconds=1), (), "sealed-late"),
        (None, (), "not-sealed"),
        (timedelta(hours=1), [DICE_TOO], "sealed-late-next"),
        (timedelta(hours=30), [DICE_TOO], "sealed-late"),
        (timedelta(hours=30), [GAZETTE], "sealed-late-next"),
        (None, [DICE_TOO], "not-sealed-next"),
    ],
)
def test_the_announcement_must_be_sealed_well_before_the_random_text(sealed, others, code):
    order = [{"kind": kind, "ref": ref} for kind, ref in [("dice", DICE), *others]]
    at = None if sealed is None else NIGHT + sealed

    with refused(code) if code else nullcontext():
        beacons.check_sealed("x", order, 0, sealed_at=at, now=NIGHT, lead=beacons.lead())


@pytest.mark.parametrize("at", [None, NIGHT])
def test_a_text_in_words_has_no_moment_by_which_it_could_be_late(at):
    order = [{"kind": "text", "ref": "the printed gazette"}]

    beacons.check_sealed("x", order, 0, sealed_at=at, now=NIGHT, lead=beacons.lead())


def revealed_entry(draw):
    return queries.entries(draw, "draw.revealed").get()


def test_an_announcement_that_was_not_sealed_reveals_nothing(province, announce):
    draw = announce("dice", DICE, sealed_at=None)

    with clock.at(LATER), refused("not-sealed"):
        actions.reveal(by=province.officer, draw=draw, beacon=THROWN)

    draw.refresh_from_db()
    assert not draw.is_revealed and not draw.selections.exists()


def test_one_that_was_sealed_late_waits_for_the_next_of_its_order(province, announce):
    draw = announce("dice", DICE, [DICE_TOO], sealed_at=NIGHT)

    with clock.at(LATER):
        with refused("sealed-late-next"):
            actions.reveal(by=province.officer, draw=draw, beacon=THROWN)
        draw = actions.reveal(
            by=province.officer, draw=draw, beacon=THROWN, skipped=["The log stood still that night."]
        )

    assert draw.beacon["ref"] == DICE_TOO[1]
    assert revealed_entry(draw).detail["announcement_sealed_at"] == "2025-03-04T16:00:00.000000Z"


def test_of_a_text_in_words_the_public_reads_when_the_announcement_was_sealed(province, announce):
    draw = announce("text", "the printed gazette", sealed_at=None)

    draw = actions.reveal(by=province.officer, draw=draw, beacon=BEACON)

    assert revealed_entry(draw).detail["announcement_sealed_at"] is None
    told = [ledger.statement_of(one) for one in Entry.objects.filter(visibility="public").order_by("seq")]
    found = {one.rule for one in monitor.watch(told, today=NOON.date())}
    assert "unsealed" in found


def test_the_moment_of_a_text_is_known_for_the_kinds_that_have_one():
    assert beacons.moment({"kind": "dice", "ref": DICE}).isoformat() == "2025-03-05T00:00:00+08:00"
    assert beacons.moment({"kind": "text", "ref": "x"}) is None
