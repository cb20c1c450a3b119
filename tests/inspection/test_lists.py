"""At a visit of a joint campaign the inspector asks in which other lists the business stands."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.draw import campaign
from tests.draw.conftest import *  # noqa: F403 - its fixtures build the province of the draw
from tests.draw.conftest import NOON, REGION
from zhiheng.ledger.models import Entry
from zhiheng.stages.draw import actions as draws
from zhiheng.stages.draw import memberships
from zhiheng.stages.draw.models import Told
from zhiheng.stages.inspection import actions
from zhiheng.stages.inspection.models import Visit
from zhiheng.stages.registry.models import Site, Subject


@pytest.fixture
def joint(province):
    """Two lists that share some firms, drawn, with open visits; the office is kept with it."""
    Subject.objects.filter(pk__in=[one.pk for one in province.subjects[:10]]).update(channel="platform")
    for one in province.subjects[10:19]:
        Site.objects.create(
            subject=one,
            kind="online",
            address="shop.example",
            region="330106",
            valid_from=date(2024, 1, 1),
            recorded_at=NOON,
        )
    made = draws.open_joint(
        by=province.officer,
        region=REGION,
        period="2025Q1",
        item=campaign.item(divisions=["13", "34"]),
        quotas={"factory": 20, "platform": 12},
        basis="joint plan",
    )
    made.office = province
    for row in made.frames.select_related("obligation").order_by("channel"):
        draw = campaign.draw(province.officer, row.obligation)
        actions.open_visits(by=province.officer, draw=draw)
    return made


def visits(joint, channel, *, is_shared):
    draw = memberships.standing(joint).draws[channel]
    rows = Visit.objects.filter(draw=draw, selection__overlaps__isnull=not is_shared)
    return list(rows.select_related("selection", "draw").order_by("selection__unit_code"))


def tell(joint, visit, channel="platform", answer="absent", code=""):
    return actions.tell_list(by=joint.office.officer, visit=visit, channel=channel, answer=answer, code=code)


def test_an_answer_is_kept_with_its_entry_and_the_newest_counts(joint):
    visit = visits(joint, "factory", is_shared=False)[0]
    seller = visits(joint, "platform", is_shared=False)[0].selection.unit_code

    tell(joint, visit, answer="unknown")
    first = tell(joint, visit, answer="listed", code=seller.lower())
    again = tell(joint, visit, answer="listed", code=seller)

    assert first == again and Told.objects.count() == 2
    entries = Entry.objects.filter(verb="visit.list_told")
    assert entries.count() == 2 and {entry.visibility for entry in entries} == {"internal"}
    mine = [row for row in memberships.read(joint) if row.unit == visit.selection.unit_code]
    assert [(row.source, row.code) for row in mine] == [("told", seller)]


@pytest.mark.parametrize(
    ("channel", "answer", "code", "refusal"),
    [
        ("factory", "absent", "", "no-such-list"),
        ("shop", "absent", "", "no-such-list"),
        ("platform", "perhaps", "", "no-such-answer"),
        ("platform", "listed", "", "code-with-listed"),
        ("platform", "absent", "91330106MA0000000X", "code-with-listed"),
        ("platform", "listed", "91330106MA0000000X", "code-not-listed"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(joint, channel, answer, code, refusal):
    visit = visits(joint, "factory", is_shared=False)[0]

    with campaign.refused(refusal):
        tell(joint, visit, channel, answer, code)


def test_what_the_lists_know_is_not_asked(joint):
    with campaign.refused("list-known"):
        tell(joint, visits(joint, "factory", is_shared=True)[0])


def test_no_answer_is_taken_once_the_record_is_sealed(joint):
    visit = visits(joint, "factory", is_shared=False)[0]
    for draw in memberships.standing(joint).draws.values():
        campaign.close(joint.office.officer, draw)
    draws.seal_joint(by=joint.office.officer, joint=joint)

    with campaign.refused("joint-sealed"):
        tell(joint, visit)


def test_a_visit_outside_of_a_campaign_has_no_list_to_ask_about(province, revealed):
    actions.open_visits(by=province.officer, draw=revealed)
    visit = Visit.objects.select_related("selection", "draw").first()

    with campaign.refused("no-joint"):
        actions.tell_list(by=province.officer, visit=visit, channel="shop", answer="absent")


def test_the_page_of_a_visit_asks_and_takes_the_answer(joint, client):
    visit = visits(joint, "factory", is_shared=False)[0]
    client.force_login(joint.office.officer)
    client.cookies["language"] = "en"
    page = client.get(f"/office/visits/{visit.pk}/").content.decode()
    assert "Not by its code; ask at the visit" in page
    address = f"/office/visits/{visit.pk}/do/lists/"
    assert address in page

    form = client.get(address).content.decode()
    token = re.search(r'name="zh-token" value="([^"]+)"', form)[1]
    said = {"zh-token": token, "do": "submit", "channel": "platform", "answer": "unknown", "code": ""}

    assert client.post(address, said).status_code == 302
    assert "Nobody could say" in client.get(f"/office/visits/{visit.pk}/").content.decode()
