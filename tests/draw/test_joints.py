"""A joint campaign: one item, several lists that share firms, and one weight for each drawn firm."""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction

import pytest

from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.proof import canonical
from zhiheng.stages.draw import actions, lists, memberships
from zhiheng.stages.draw.models import Joint, Overlap, Told
from zhiheng.stages.plan.models import Obligation
from zhiheng.stages.registry.models import Site, Subject

from . import campaign
from .conftest import NOON, REGION

BOTH = {"factory": 12, "platform": 8}


def online(subject, **changes) -> Site:
    """Give a firm an online shop."""
    said = {"kind": "online", "address": "shop.example", "region": "330106", "valid_from": date(2024, 1, 1)}
    return Site.objects.create(subject=subject, recorded_at=NOON, **said | changes)


@pytest.fixture
def two_lists(province):
    """Forty firms: ten sell online alone, thirty are makers, nine of whom have an online shop."""
    Subject.objects.filter(pk__in=[one.pk for one in province.subjects[:10]]).update(channel="platform")
    for one in province.subjects[10:19]:
        online(one)
    province.item = campaign.item(divisions=["13", "34"], vertical="consumer")
    return province


def opened(office, **changes) -> Joint:
    said = {"region": REGION, "period": "2025Q1", "item": office.item, "quotas": BOTH, "basis": "joint plan"}
    return actions.open_joint(by=office.officer, **said | changes)


def drawn(office, joint, *, is_closed: bool = True) -> list:
    found = []
    for row in joint.frames.select_related("obligation").order_by("channel"):
        draw = campaign.draw(office.officer, row.obligation)
        found.append(campaign.close(office.officer, draw) if is_closed else draw)
    return found


def test_a_channel_holds_firms_with_a_site_of_its_kind_today(two_lists):
    online(two_lists.subjects[30], valid_until=date(2025, 2, 1), end_recorded_at=NOON)
    online(two_lists.subjects[31], valid_from=date(2025, 12, 1))

    makers = set(lists.producers(REGION, two_lists.item, "factory"))
    sellers = set(lists.producers(REGION, two_lists.item, "platform"))

    assert len(makers) == 30 and len(sellers) == 19 and len(makers & sellers) == 9


def test_opening_issues_one_duty_a_list_with_one_item_period_and_ground(two_lists):
    joint = opened(two_lists)

    duties = Obligation.objects.filter(joint_frame__joint=joint)
    assert {(one.channel, one.quota) for one in duties} == {("factory", 12), ("platform", 8)}
    assert {(one.item, one.period, one.basis, one.purpose) for one in duties} == {
        (two_lists.item, "2025Q1", "joint plan", "evaluation")
    }
    assert joint.serial == "330000-2025Q1-J01"
    assert Entry.objects.get(verb="draw.joint_opened").visibility == "public"


def test_one_list_is_no_joint_campaign_and_the_same_is_opened_once(two_lists):
    with campaign.refused("joint-of-one"):
        opened(two_lists, quotas={"factory": 12})
    opened(two_lists)
    with campaign.refused("joint-stands"):
        opened(two_lists, basis="another ground")
    assert Joint.objects.count() == 1 and Obligation.objects.filter(item=two_lists.item).count() == 2


def test_every_drawn_firm_has_its_chances_in_all_lists(two_lists):
    joint = opened(two_lists)
    drawn(two_lists, joint, is_closed=False)
    shared = {one.code for one in two_lists.subjects[10:19]}
    held = memberships.standing(joint)

    found = memberships.units(joint)

    assert len(found) == 20
    for one in found:
        assert bool(one.others) == (one.unit in shared)
        most, least = one.weights
        assert most == least == 1 / sum(one.chances)
    assert memberships.shared(held) == {
        ("factory", "factory"): 30,
        ("factory", "platform"): 9,
        ("platform", "factory"): 9,
        ("platform", "platform"): 19,
    }


def test_the_weights_add_up_to_the_union_over_all_outcomes(two_lists):
    """Sum of chance x weight over the firms of all lists, each firm in each list: the union, exactly."""
    joint = opened(two_lists)
    draws = drawn(two_lists, joint, is_closed=False)
    sizes = memberships.standing(joint).sizes
    chance: dict[str, list[Fraction]] = {}
    for draw in draws:
        for row in campaign.rows_of(draw):
            chance.setdefault(row.id, []).append(sizes[draw.serial, row.stratum].probability)

    expected = sum(pi / sum(held) for held in chance.values() for pi in held)

    assert expected == len(chance) == 40


def test_a_firm_left_out_of_one_draw_has_no_chance_there(two_lists):
    joint = opened(two_lists)
    rows = {row.channel: row.obligation for row in joint.frames.select_related("obligation")}
    gone = two_lists.subjects[10].code
    campaign.draw(two_lists.officer, rows["platform"], singles=[(gone, "conflict", "relative of the office")])
    campaign.draw(two_lists.officer, rows["factory"])

    assert not Overlap.objects.filter(selection__unit_code=gone).exists()


def tell(selection, channel, answer, code=""):
    return Told.objects.create(
        selection=selection, channel=channel, answer=answer, code=code, recorded_at=NOON
    )


def test_what_a_visit_told_holds_for_both_firms_and_unknown_gives_a_range(two_lists):
    joint = opened(two_lists)
    factory, platform = drawn(two_lists, joint, is_closed=False)
    alone = factory.selections.filter(is_reserve=False, overlaps__isnull=True).order_by("unit_code")
    seller = platform.selections.filter(is_reserve=False, overlaps__isnull=True).order_by("unit_code").first()
    first, second = alone[0], alone[1]
    tell(first, "platform", "unknown")
    tell(first, "platform", "listed", seller.unit_code)
    tell(second, "platform", "unknown")

    found = {(one.draw, one.unit): one for one in memberships.units(joint)}

    mine, theirs = found[factory.serial, first.unit_code], found[platform.serial, seller.unit_code]
    assert mine.weights == theirs.weights and mine.weights[0] == 1 / sum(mine.chances)
    assert [row.source for row, _chance in mine.others] == ["told"] and theirs.others[0][0].code == mine.unit
    open_one = found[factory.serial, second.unit_code]
    most, least = open_one.weights
    highest = memberships.standing(joint).highest(platform.serial)
    assert (most, least) == (1 / open_one.own, 1 / (open_one.own + highest))


def test_the_record_is_sealed_once_every_draw_is_closed_and_holds_every_weight(two_lists):
    joint = opened(two_lists)
    with campaign.refused("joint-not-drawn"):
        actions.seal_joint(by=two_lists.officer, joint=joint)
    drawn(two_lists, joint, is_closed=False)
    with campaign.refused("joint-not-closed"):
        actions.seal_joint(by=two_lists.officer, joint=joint)
    for draw in memberships.standing(joint).draws.values():
        campaign.close(two_lists.officer, draw)

    sealed = actions.seal_joint(by=two_lists.officer, joint=joint)
    again = actions.seal_joint(by=two_lists.officer, joint=sealed)

    assert sealed.record_sha == again.record_sha
    record = canonical.loads(evidence.read(sealed.record_sha))
    assert len(record["units"]) == 20 and record["shared"] == [
        {"firms": 9, "one": "factory", "other": "platform"}
    ]
    for row in record["units"]:
        chances = [Fraction(*row["chance"]), *(Fraction(*one["chance"]) for one in row["also"])]
        assert Fraction(*row["weight"]) == 1 / sum(chances)
    entry = Entry.objects.get(verb="draw.joint_sealed")
    assert entry.detail["record_sha256"] == sealed.record_sha and entry.visibility == "public"


def test_the_pages_show_lists_overlap_and_weights(two_lists, client, person):
    joint = opened(two_lists)
    drawn(two_lists, joint)
    client.force_login(two_lists.officer)

    office = client.get(f"/office/joint/{joint.serial}/")
    hidden = client.get(f"/joint/{joint.serial}/")
    assert office.status_code == 200 and 'id="weights"' in office.content.decode()
    assert 'id="weights"' not in hidden.content.decode()
    assert client.get(f"/joint/{joint.serial}/record.json").status_code == 404

    sealed = actions.seal_joint(by=two_lists.officer, joint=joint)
    client.logout()

    assert 'id="weights"' in client.get(f"/joint/{joint.serial}/").content.decode()
    held = json.loads(client.get(f"/joint/{joint.serial}/record.json").content)
    assert held["joint"] == sealed.serial
    draw = memberships.standing(joint).draws["factory"]
    assert f"/joint/{joint.serial}/" in client.get(f"/draws/{draw.serial}/").content.decode()
    assert client.get("/joint/").status_code == 200


def send(client, url, **said):
    page = client.get(url).content.decode()
    token = re.search(r'name="zh-token" value="([^"]+)"', page)[1]
    return client.post(url, {"zh-token": token, "do": "submit", **said})


def test_a_joint_campaign_is_opened_and_sealed_by_forms(two_lists, client):
    client.force_login(two_lists.officer)
    said = {
        "item": two_lists.item.code,
        "region": REGION,
        "period": "2025Q1",
        "purpose": "evaluation",
        "article": "27",
        "basis": "joint plan",
        "factory": "12",
        "platform": "8",
    }

    answer = send(client, "/office/joint/new/", **said)

    assert answer.status_code == 302
    joint = Joint.objects.get()
    assert answer.url == f"/office/joint/{joint.serial}/"
    drawn(two_lists, joint)
    assert send(client, f"/office/joint/{joint.serial}/seal/").status_code == 302
    joint.refresh_from_db()
    assert joint.sealed_at is not None


def test_another_region_sees_no_joint_campaign_in_the_office(two_lists, client, person):
    joint = opened(two_lists)
    client.force_login(person(region="320000"))

    assert client.get(f"/office/joint/{joint.serial}/").status_code == 404
    assert joint.serial not in client.get("/office/joint/").content.decode()
