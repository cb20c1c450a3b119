"""The pages of the shares: seen by custodians alone, a sheet shown once, a draw opened without its office."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from zhiheng.ledger.sealing import sequencer
from zhiheng.people import clock
from zhiheng.proof import shares
from zhiheng.stages.draw import actions, custody
from zhiheng.stages.draw.models import Custodian, Draw

from .conftest import BEACON, NOON, REGION, SECRET
from .test_custody import custodians, handed, shared  # noqa: F401
from .test_pages import text, token

LATE = NOON + timedelta(days=15)


def sheet(page) -> str:
    """Return the share on a sheet."""
    return re.search(r'class="access-code k-code">([^<]+)<', text(page))[1]


@pytest.fixture
def keeper(client, custodians):  # noqa: F811
    client.force_login(custodians)
    return client


def test_a_custodian_takes_the_own_share_once_and_it_is_the_announced_one(keeper, shared):  # noqa: F811
    address = reverse("draw:share_take", args=[shared.serial])
    assert shared.serial in text(keeper.get(reverse("draw:seats")))

    shown = keeper.post(address, {"zh-token": token(keeper.get(address))})
    again = keeper.get(address)

    held = custody.of_draw(shared)[0]
    assert shares.read(sheet(shown)).commitment == held.commitment
    assert "svg" in text(shown)
    assert "ZH1-" not in text(again) and "access-code" not in text(again)


def test_the_office_prints_the_share_of_a_body_without_an_account_and_no_other(
    client,
    province,
    shared,  # noqa: F811
):
    client.force_login(province.officer)
    address = reverse("draw:share_hand_out", args=[shared.serial, 3])

    assert address in text(client.get(reverse("draw:draw", args=[shared.serial])))
    shown = client.post(address, {"zh-token": token(client.get(address))})

    assert shares.read(sheet(shown)).seat == 3
    assert client.get(reverse("draw:share_hand_out", args=[shared.serial, 1])).status_code == 404
    assert client.get(reverse("draw:share_take", args=[shared.serial])).status_code in (403, 404)


def test_two_shares_given_on_the_page_open_the_draw(keeper, province, custodians, shared):  # noqa: F811
    written = handed(shared, province, custodians)
    give, opening = (reverse(name, args=[shared.serial]) for name in ("draw:share_give", "draw:recover"))

    with clock.at(LATE):
        for one in written[:2]:
            keeper.post(give, {"zh-token": token(keeper.get(give)), "share": one.lower()})
        assert opening in text(keeper.get(reverse("draw:seats")))
        said = {"zh-token": token(keeper.get(opening)), "beacon": BEACON.decode()}
        assert keeper.post(opening, said).status_code == 302

    assert Draw.objects.get(pk=shared.pk).secret == SECRET.hex()


def test_a_wrong_sign_is_said_at_its_field(keeper, province, custodians, shared):  # noqa: F811
    written = handed(shared, province, custodians)
    give = reverse("draw:share_give", args=[shared.serial])

    with clock.at(LATE):
        page = keeper.post(give, {"zh-token": token(keeper.get(give)), "share": written[0][:-1] + "A2"})

    assert 'href="#id_share"' in text(page)
    assert not shared.held_shares.exclude(given="").exists()


def test_the_public_page_says_who_can_open_the_draw_and_that_nobody_can_where_so(
    client,
    shared,  # noqa: F811
):
    page = text(client.get(reverse("draw:public_draw", args=[shared.serial])))

    assert "演示公证处" in page and custody.of_draw(shared)[2].commitment[:32] in page
    assert "ZH1-" not in page


def test_without_custodians_the_public_page_says_that_the_office_alone_opens_it(client, committed):
    page = text(
        client.get(reverse("draw:public_draw", args=[committed.serial]), headers={"accept-language": "en"})
    )

    assert 'id="custody"' in page and '<th scope="col">机构' not in page


def test_the_office_names_its_custodians_on_a_page(client, province):
    client.force_login(province.officer)
    here = reverse("draw:custodians")

    said = {"office": "notary", "body": "演示公证处", "public_key": "", "person": ""}
    client.post(here, {"zh-token": token(client.get(here)), **said})

    assert Custodian.objects.get(region=REGION).body == "演示公证处"
    assert "演示公证处" in text(client.get(here))


def test_a_draw_past_its_day_of_closing_is_overdue_for_everybody(client, revealed):
    address = reverse("draw:public_draw", args=[revealed.serial])

    before = text(client.get(address)).count("stopped")
    with clock.at(NOON + timedelta(days=125)):
        after = text(client.get(address)).count("stopped")

    assert after == before + 1


def test_a_closed_draw_hands_out_its_closing_record(client, closed):
    answer = client.get(reverse("draw:closing", args=[closed.serial]))

    assert answer.status_code == 200
    assert b'"zhiheng/draw-closing/1"' in b"".join(answer.streaming_content)


def test_an_open_draw_hands_out_no_closing_record(client, revealed):
    assert client.get(reverse("draw:closing", args=[revealed.serial])).status_code == 404


def test_a_draw_is_announced_with_fallbacks_and_revealed_with_a_reason_on_the_pages(client, province, frame):
    client.force_login(province.officer)
    form = reverse("draw:commit")
    said = {
        "obligation": str(province.obligation.pk),
        "frame": str(frame.pk),
        "beacon_kind": "lottery-ssq",
        "beacon_reference": "2025031 2025032 2025033 2025034 after 2025-03-07",
        "fallbacks": "dice 38d6 on 2025-03-08 at 演示公证处",
    }
    client.post(form, {"zh-token": token(client.get(form)), **said})
    draw = Draw.objects.get()
    reveal = reverse("draw:reveal", args=[draw.serial])
    sequencer.seal_now()  # as the worker does within a second

    with clock.at(NOON + timedelta(days=6)):
        page = client.get(reveal)
        sent = {"zh-token": token(page), "beacon": "1 2 3 4 5 6 " * 6 + "1 2", "skipped": "put off"}
        client.post(reveal, sent)

    draw.refresh_from_db()
    assert 'name="skipped"' in text(page)
    assert (draw.beacon["kind"], draw.beacon["skipped"][0]["reason"]) == ("dice", "put off")


def test_the_preview_shows_a_draw_by_weight_and_commits_it(client, province, frame):
    client.force_login(province.officer)
    duty = province.obligation
    duty.weights = {"risk": {"A": 1, "D": 16}}
    duty.save()
    here = reverse("draw:prepare", args=[duty.pk])

    page = client.get(here + "?method=pareto")
    sent = {"zh-token": token(page), "method": "pareto", "beacon_kind": "text", "beacon_reference": "gazette"}
    client.post(here, sent)

    draw = Draw.objects.get()
    assert "D × 16" in text(page) and draw.is_weighted
    public = text(client.get(reverse("draw:public_draw", args=[draw.serial])))
    assert "D × 16" in public and "risk D x16" in public
    actions.reveal(by=province.officer, draw=draw, beacon=BEACON)
    office = text(client.get(reverse("draw:draw", args=[draw.serial])))
    assert "1/1" in office
