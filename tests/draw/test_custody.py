"""The secret of a draw cannot be withheld: two of three custodians open it when its day has passed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from zhiheng import ledger
from zhiheng.errors import NotAllowed
from zhiheng.people import clock
from zhiheng.proof import canonical, lottery, sealedbox, shares
from zhiheng.stages.draw import actions, bundles, custody
from zhiheng.stages.draw.models import HeldShare, SealedSecret
from zhiheng.verification import draw as verification

from .campaign import close, refused
from .conftest import BEACON, NOON, REGION, SECRET

PRIVATE = bytes(range(5, 37))
LATE = NOON + timedelta(days=15)


@pytest.fixture
def custodians(province, person):
    """Name three custodians: one with an account, one with a key, one who gets a printed sheet."""
    keeper = person("custodian")
    said = {"by": province.officer, "region": REGION}
    actions.name_custodian(**said, office="regulator", body="演示市场监管局", person=keeper)
    key = sealedbox.public_key(PRIVATE).hex()
    actions.name_custodian(**said, office="discipline", body="演示纪检监察机构", public_key=key)
    actions.name_custodian(**said, office="notary", body="演示公证处")
    return keeper


@pytest.fixture
def shared(custodians, province, frame):
    """Return an announced draw whose secret is shared out."""
    return actions.commit(by=province.officer, obligation=province.obligation, frame=frame, secret=SECRET)


def handed(shared, province, keeper) -> list[str]:
    """Hand out all shares and return what stands on the three sheets."""
    box = actions.hand_out_share(by=province.officer, draw=shared, seat=2)
    return [
        actions.hand_out_share(by=keeper, draw=shared, seat=1),
        sealedbox.opened(bytes.fromhex(box), PRIVATE).decode(),
        actions.hand_out_share(by=province.officer, draw=shared, seat=3),
    ]


def test_the_announcement_names_the_custodians_and_binds_each_share(shared, province, custodians):
    said = json.loads(shared.announcement)["custody"]
    written = handed(shared, province, custodians)

    assert [row["office"] for row in said["custodians"]] == list(shares.OFFICES)
    assert [shares.read(one).commitment for one in written] == [
        row["commitment"] for row in said["custodians"]
    ]


def test_two_sheets_alone_give_the_secret_without_the_site(shared, province, custodians):
    written = handed(shared, province, custodians)
    said = json.loads(shared.announcement)

    assert shares.recover([shares.read(written[0]), shares.read(written[2])], said) == SECRET


def test_a_share_is_shown_once_and_then_gone_from_the_site(shared, province, custodians):
    actions.hand_out_share(by=province.officer, draw=shared, seat=3)

    with refused("share-shown-once"):
        actions.hand_out_share(by=province.officer, draw=shared, seat=3)
    assert HeldShare.objects.get(draw=shared, seat=3).token == ""
    assert ledger.timeline("draw", shared.serial)[0].verb == "draw.share_handed_out"


def test_a_sealed_share_can_be_fetched_again_and_opens_with_the_key_alone(shared, province):
    box = actions.hand_out_share(by=province.officer, draw=shared, seat=2)

    assert actions.hand_out_share(by=province.officer, draw=shared, seat=2) == box
    assert shares.read(sealedbox.opened(bytes.fromhex(box), PRIVATE).decode()).seat == 2
    assert HeldShare.objects.get(draw=shared, seat=2).token == ""


def test_nobody_takes_the_share_of_another(shared, province, custodians, person):
    with pytest.raises(NotAllowed):
        actions.hand_out_share(by=province.officer, draw=shared, seat=1)
    with refused("another-seat"):
        actions.hand_out_share(by=person("custodian"), draw=shared, seat=1)
    with pytest.raises(NotAllowed):
        actions.hand_out_share(by=custodians, draw=shared, seat=3)
    with refused("no-such-seat"):
        actions.hand_out_share(by=custodians, draw=shared, seat=4)


def test_two_custodians_open_a_draw_that_the_office_withholds(
    shared, province, custodians, django_capture_on_commit_callbacks
):
    written = handed(shared, province, custodians)
    SealedSecret.objects.filter(draw=shared).delete()

    with clock.at(LATE):
        for one in (written[0], written[1], written[1]):
            actions.give_share(by=custodians, draw=shared, written=one)
        opened = actions.recover(by=custodians, draw=shared, beacon=BEACON)
        with django_capture_on_commit_callbacks(execute=True):
            close(province.officer, opened)

    entries = [
        (entry.verb, entry.detail) for entry in ledger.timeline("draw", shared.serial, public_only=True)
    ]
    assert opened.seed == lottery.seed(SECRET, json.loads(shared.announcement), BEACON).hex()
    assert dict(entries)["draw.revealed"]["opened_by"] == [1, 2]
    assert [verb for verb, _detail in entries].count("draw.share_given") == 2
    report = verification.check(canonical.loads(bundles.find(opened).read_bytes()))
    assert report.ok, report.refusal


def test_no_share_is_taken_in_before_the_day_of_the_reveal_has_passed(shared, province, custodians):
    written = handed(shared, province, custodians)

    with clock.at(LATE - timedelta(days=1)), refused("share-too-early"):
        actions.give_share(by=custodians, draw=shared, written=written[0])
    with clock.at(LATE - timedelta(days=1)), refused("share-too-early"):
        actions.recover(by=custodians, draw=shared, beacon=BEACON)


def test_one_share_opens_nothing(shared, province, custodians):
    written = handed(shared, province, custodians)

    with clock.at(LATE):
        actions.give_share(by=custodians, draw=shared, written=written[2])
        with refused("shares-lacking"):
            actions.recover(by=custodians, draw=shared, beacon=BEACON)


def test_a_false_share_is_refused_and_the_other_two_are_still_enough(shared, province, custodians):
    written = handed(shared, province, custodians)
    false = shares.text(shares.Share(1, bytes(32), bytes(16)))

    with clock.at(LATE):
        with refused("false-share"):
            actions.give_share(by=custodians, draw=shared, written=false)
        with refused("share-unreadable"):
            actions.give_share(by=custodians, draw=shared, written=written[0][:-1])
        for one in written[1:]:
            actions.give_share(by=custodians, draw=shared, written=one)
        assert actions.recover(by=custodians, draw=shared, beacon=BEACON).is_revealed


def test_shares_are_no_longer_needed_once_the_draw_is_open(shared, province, custodians):
    written = handed(shared, province, custodians)
    actions.reveal(by=province.officer, draw=shared, beacon=BEACON)

    with clock.at(LATE), refused("share-not-now"):
        actions.give_share(by=custodians, draw=shared, written=written[0])


def test_the_ordinary_reveal_gives_the_same_draw_as_the_custodians_would(shared, province):
    opened = actions.reveal(by=province.officer, draw=shared, beacon=BEACON)

    assert opened.secret == SECRET.hex()
    detail = ledger.timeline("draw", shared.serial, public_only=True)[0].detail
    assert "opened_by" not in detail


def test_with_fewer_than_three_custodians_the_secret_is_not_split(province, frame):
    actions.name_custodian(by=province.officer, region=REGION, office="notary", body="演示公证处")

    draw = actions.commit(by=province.officer, obligation=province.obligation, frame=frame, secret=SECRET)

    assert "custody" not in json.loads(draw.announcement)
    assert not custody.of_draw(draw)


def test_the_custodians_of_a_region_above_serve_below(custodians):
    assert [one.office for one in custody.standing("330106")] == list(shares.OFFICES)
    assert custody.standing("440000") == []


def test_naming_another_body_ends_the_former_and_leaves_its_old_shares(shared, province):
    new = actions.name_custodian(by=province.officer, region=REGION, office="notary", body="演示公证处二")
    again = actions.name_custodian(by=province.officer, region=REGION, office="notary", body="演示公证处二")

    assert new == again
    assert HeldShare.objects.get(draw=shared, seat=3).custodian.ended_at is not None
    assert [one.body for one in custody.named(REGION)][2] == "演示公证处二"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("no-such-office", {"office": "king"}),
        ("custodian-without-name", {"body": " "}),
        ("bad-public-key", {"public_key": "12"}),
    ],
)
def test_a_custodian_who_cannot_be_one_is_refused(province, code, said):
    with refused(code):
        actions.name_custodian(
            by=province.officer, region=REGION, **{"office": "notary", "body": "x", **said}
        )


def test_nobody_holds_two_of_the_three_shares(custodians, province, person):
    said = {"by": province.officer, "region": REGION, "office": "notary", "body": "x"}

    with refused("two-seats"):
        actions.name_custodian(**said, person=custodians)
    with refused("no-custodian"):
        actions.name_custodian(**said, person=person("leader"))


def test_a_custodian_sees_no_draw_of_the_office_and_the_own_seats_alone(shared, custodians, person):
    from zhiheng.stages.draw import queries

    assert not queries.draws(custodians).exists()
    assert [(one.draw, one.seat) for one in custody.seats(custodians)] == [(shared, 1)]
    assert custody.seats(person("custodian")) == []
