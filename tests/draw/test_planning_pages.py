"""The pages around a draw: preparing it, its reserves and panel, the cycle, the plan's progress."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from zhiheng.people import clock
from zhiheng.stages.draw import actions, queries
from zhiheng.stages.draw.models import Draw, Panel, Substitution
from zhiheng.stages.inspection import actions as inspection
from zhiheng.stages.inspection.rules import Finding

from . import campaign
from .conftest import NOON


def text(response) -> str:
    return response.content.decode()


def token(response) -> str:
    return re.search(r'name="zh-token" value="([^"]+)"', text(response))[1]


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["language"] = "en"


@pytest.fixture
def officer(client, province):
    client.force_login(province.officer)
    return client


@pytest.fixture
def goods(province):
    return campaign.item(divisions=["13", "34"], is_full_coverage=True)


def send(client, url, **data):
    page = client.get(url)
    return client.post(url, {"zh-token": token(page), "do": "submit", **data})


COMMIT = {
    "beacon_kind": "text",
    "beacon_reference": "the 4 draws after 2025-03-07",
    "match_fields": "on",
}


def test_a_duty_goes_from_its_list_over_the_preview_to_the_commitment(officer, province, goods):
    duty = campaign.duty(
        province.officer, goods, weights={"risk": dict.fromkeys("ABCD", 1)}, weights_reason="w"
    )
    page = reverse("draw:prepare", args=[duty.pk])

    assert "No list of firms was frozen" in text(officer.get(page))
    assert send(officer, reverse("draw:freeze", args=[duty.pk])).url == page
    shown = text(officer.get(page))
    assert "Covered population" in shown and "2/20" in shown and "article 15(2)" in shown
    answer = send(officer, page, **COMMIT)

    draw = Draw.objects.get(obligation=duty)
    assert answer.url == reverse("draw:draw", args=[draw.serial])
    assert sum(row.sample for row in queries.strata(draw)) == 8


def test_the_preview_changes_with_the_choice_and_stores_nothing(officer, province, goods):
    campaign.draw(province.officer, campaign.duty(province.officer, goods))
    with clock.at("2025-04-07T10:00:00+08:00"):
        duty = campaign.duty(province.officer, goods, period="2025Q2")
        actions.freeze(by=province.officer, obligation=duty)
        page = reverse("draw:prepare", args=[duty.pk])

        plain, chosen = text(officer.get(page)), text(officer.get(page + "?exclude=no-repeat"))

    assert "not verified against its text" in plain
    assert "Drawn by this office within six months 8" not in plain
    assert "Drawn by this office within six months 8" in chosen
    assert "<dd>32</dd>" in chosen and "<dd>40</dd>" in plain
    assert Draw.objects.count() == 1


def test_a_refused_design_says_why_instead_of_a_preview(officer, province, goods):
    shares = {name: [1, 2] for name in "ABCD"}
    duty = campaign.duty(province.officer, goods, quota=3, fractions=shares)
    actions.freeze(by=province.officer, obligation=duty)

    shown = text(officer.get(reverse("draw:prepare", args=[duty.pk])))

    assert "A quota of 3 is below the" in shown and "Commit and announce" not in shown


def test_lines_of_single_firms_are_read_and_published_with_their_word(officer, province, goods):
    duty = campaign.duty(province.officer, goods)
    actions.freeze(by=province.officer, obligation=duty)
    code = province.subjects[0].code
    page = reverse("draw:prepare", args=[duty.pk])

    wrong = send(officer, page, **COMMIT, singles=f"{code} friend of ours")
    assert "Write a line as code" in text(wrong) and not Draw.objects.exists()
    send(officer, page, **COMMIT, singles=f"{code} conflict family of the head of office")

    draw = Draw.objects.get()
    assert draw.exclusions.get().note == "family of the head of office"
    assert "probability 0" in text(officer.get(reverse("draw:public_draw", args=[draw.serial])))


def test_the_preview_asks_a_bounded_number_of_statements(
    officer, province, goods, django_assert_max_num_queries
):
    duty = campaign.duty(province.officer, goods)
    actions.freeze(by=province.officer, obligation=duty)
    page = reverse("draw:prepare", args=[duty.pk])
    officer.get(page)

    # Leave and certificates are asked for each of the 15 days up to the reveal.
    with django_assert_max_num_queries(60):
        officer.get(page)


def test_a_reserve_steps_in_from_the_page_of_the_draw(officer, province, revealed):
    page = reverse("draw:reserve", args=[revealed.serial])
    assert "No drawn firm waits" in text(officer.get(page))
    inspection.open_visits(by=province.officer, draw=revealed)
    chosen = queries.selections(revealed).first()
    rows = [(chosen.unit_code, Finding("closed", NOON.date()))]
    inspection.record_visits_bulk(by=province.officer, draw=revealed, rows=rows)

    answer = send(officer, page, selection=str(chosen.pk), reason="closed for good")

    assert answer.url == reverse("draw:draw", args=[revealed.serial])
    shown = text(officer.get(answer.url))
    made = Substitution.objects.get()
    assert made.reserve.subject.name in shown and "closed for good" in shown and "10" in shown
    public = text(officer.get(reverse("draw:public_draw", args=[revealed.serial])))
    assert "1 of 10 drawn firms" in public
    assert made.reserve.subject.name not in public and "closed for good" not in public


def test_a_panel_is_announced_and_ended_on_its_pages(officer, province, closed):
    page = reverse("draw:panel", args=[closed.serial])
    assert page in text(officer.get(reverse("draw:draw", args=[closed.serial])))

    send(officer, page, name="yearly", shift="1/10", reason="compare")
    panel = Panel.objects.get()
    assert (panel.shift_top, panel.shift_bottom) == (1, 10)
    send(officer, reverse("draw:panel_end", args=[closed.serial]), reason="over")
    panel.refresh_from_db()
    assert panel.end_reason == "over"


def test_the_cycle_page_counts_and_names_who_was_never_drawn(officer, province, goods):
    draw = campaign.draw(province.officer, campaign.duty(province.officer, goods, quota=30))
    shown = text(officer.get(reverse("draw:cycle")))

    drawn = set(draw.selections.filter(is_reserve=False).values_list("unit_code", flat=True))
    never = [one for one in province.subjects if one.code not in drawn]
    assert all(one.name in shown for one in never) and len(never) == 10
    assert "75.0%" in shown
    listed = b"".join(officer.get(reverse("draw:cycle") + "?format=csv").streaming_content).decode()
    assert listed.count("\n") == 11


def test_the_cycle_page_asks_a_bounded_number_of_statements(
    officer, province, goods, django_assert_max_num_queries
):
    officer.get(reverse("draw:cycle"))

    with django_assert_max_num_queries(14):
        officer.get(reverse("draw:cycle"))


def test_without_an_item_under_full_coverage_the_page_says_so(officer):
    assert "No issued item" in text(officer.get(reverse("draw:cycle")))


def test_the_progress_of_the_plan_adds_up_in_two_statements(
    officer, province, goods, revealed, django_assert_max_num_queries
):
    campaign.draw(province.officer, campaign.duty(province.officer, goods, quota=20))
    campaign.duty(province.officer, goods, channel="shop", quota=15)
    officer.get(reverse("draw:progress"))

    with django_assert_max_num_queries(12):
        shown = text(officer.get(reverse("draw:progress")))

    cells = re.findall(r'<td class="right">([0-9,]+)</td>', shown)[:6]
    assert cells == ["35", "3", "1", "2", "30", "15"]


def test_a_stranger_sees_neither_the_duty_nor_its_reserves(client, province, goods, revealed, person):
    duty = campaign.duty(province.officer, goods)
    client.force_login(person(region="440000"))

    for url in (
        reverse("draw:prepare", args=[duty.pk]),
        reverse("draw:freeze", args=[duty.pk]),
        reverse("draw:reserve", args=[revealed.serial]),
        reverse("draw:panel", args=[revealed.serial]),
    ):
        assert client.get(url).status_code == 404
