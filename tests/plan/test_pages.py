"""The plan as everybody may browse it, and the office's forms behind it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhiheng.ledger.ids import uuid7
from zhiheng.reference import indicators, outline
from zhiheng.stages.plan import actions, slots
from zhiheng.stages.plan.models import Obligation, Target
from zhiheng.web import slots as shell

pytestmark = pytest.mark.django_db


@pytest.fixture
def bound(targets, system):
    for id in ("CN-2025-1", "CN-2025-2", "CN-2025-4"):
        target = targets[id]
        actions.bind_target(by=system, target=target, series_id=target.indicator)
    food = actions.bind_target(by=system, target=targets["CN-2025-3"], series_id="food_evaluative_pass_rate")
    return food


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def english(client):
    client.cookies["language"] = "en"
    return client


def duty(**changes):
    shares = {"share_A": "1/25", "share_B": "1/12", "share_C": "1/6", "share_D": "1/3"}
    said = {"region": "浙江省", "period": "2026Q1", "article": "27", "basis": "", "minimum_per_stratum": "2"}
    return said | shares | {"zh-token": str(uuid7())} | changes


def test_the_plan_opens_for_everybody_before_it_is_adopted(client):
    page = text(client.get(reverse("plan:plan")))

    assert outline.title() in page
    assert reverse("plan:article", args=[27]) in page


def test_the_plan_shows_its_parts_articles_and_targets(client, bound, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        page = text(client.get(reverse("plan:plan")))

    for part in outline.parts():
        assert part.zh in page
    for number in range(1, 33):
        assert reverse("plan:article", args=[number]) in page
    for target in outline.targets():
        assert target.zh in page
    assert "93.93%" in page
    assert "97.04" not in page


def test_the_plan_reads_in_english(client, bound):
    page = text(english(client).get(reverse("plan:plan")))

    assert "Outline for Building a Quality Powerhouse" in page
    assert "reach 94%" in page
    assert "at least 98%" in page
    assert "Binding refused" in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("number", range(1, 33))
def test_every_article_has_its_page(client, targets, number, language):
    client.cookies["language"] = language
    found = outline.article(number)

    page = text(client.get(reverse("plan:article", args=[number])))

    assert (found.summary_en if language == "en" else found.summary_zh) in page.replace("&#x27;", "'")


def test_an_article_shows_its_state_and_that_the_words_are_ours(client, targets):
    page = text(english(client).get(reverse("plan:article", args=[5])))

    assert "not recovered" in page
    assert "This is not the text of the article." in page
    assert outline.article(5).seen_elsewhere_zh in page


def test_article_2_carries_its_targets_and_series(client, bound):
    page = text(client.get(reverse("plan:article", args=[2])))

    assert reverse("plan:target", args=["CN-2025-4"]) in page
    assert "mfg_product_pass_rate" in page


def test_article_27_carries_systems_and_public_obligations_alone(client, officer):
    shown = actions.create_obligation(by=officer, region="330000", period="2026Q1", basis="已发布的任务")
    actions.create_obligation(
        by=officer, region="330000", period="2026Q2", basis="草拟中的任务", as_draft=True
    )

    page = text(client.get(reverse("plan:article", args=[27])))

    assert shown.basis in page
    assert "草拟中的任务" not in page
    assert '<span class="quiet">D1</span>' in page


@pytest.mark.parametrize("number", [0, 33, 999])
def test_an_article_that_does_not_exist_is_not_found(client, number):
    text(client.get(reverse("plan:article", args=[number])), 404)


def test_the_target_page_shows_promise_series_values_and_why(client, bound):
    page = text(english(client).get(reverse("plan:target", args=["CN-2025-4"])))

    for words in ("reach 94%", "93.65%", "93.93%", "<svg", 'class="why"', "Probability sample", "Evaluation"):
        assert words in page, words
    for seen in indicators.observations("mfg_product_pass_rate", geo_code="000000"):
        assert seen.source_title in page
    assert reverse("plan:article", args=[2]) in page


def test_the_refused_target_says_why_in_both_languages(client, bound):
    chinese = text(client.get(reverse("plan:target", args=["CN-2025-3"])))
    in_english = text(english(client).get(reverse("plan:target", args=["CN-2025-3"])))

    assert "没有说明抽样目的" in chinese
    assert "names no purpose" in in_english
    assert "pass rate of evaluative food sampling" in in_english
    assert "<svg" not in in_english.split("<main")[1]


def test_a_break_in_a_series_is_shown_and_not_drawn_as_one_line(client, bound):
    page = text(client.get(reverse("plan:target", args=["CN-2025-2"])))

    assert "2018口径(122参数)" in page
    assert "2017口径(94参数)" in page


def test_local_plans_that_change_the_target_are_named(client, bound):
    page = text(client.get(reverse("plan:target", args=["CN-2025-1"])))

    assert "梅州市" in page


def test_a_later_stage_can_add_its_panel_to_a_target(client, bound, monkeypatch):
    seen = []

    def provider(person, target, day):
        seen.append((person, target.pk))

    monkeypatch.setitem(shell.panels._by_kind, "target", [provider])

    text(client.get(reverse("plan:target", args=["CN-2025-4"])))

    assert seen == [(None, "CN-2025-4")]


def test_an_unknown_target_is_not_found(client, targets):
    text(client.get(reverse("plan:target", args=["CN-1999-1"])), 404)


OFFICE = ("obligations", "obligation_new", "targets")


@pytest.mark.parametrize("name", [*OFFICE, "adopt"])
def test_a_stranger_is_sent_to_sign_in(client, name):
    assert client.get(reverse(f"plan:{name}")).status_code == 302


@pytest.mark.parametrize("name", OFFICE)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_office_page_opens_in_both_languages(signed_in, officer, targets, name, language):
    officer.language = language
    officer.save()
    signed_in.cookies["language"] = language

    text(signed_in.get(reverse(f"plan:{name}")))


def test_an_obligation_is_set_once_even_when_sent_twice(signed_in):
    url, said = reverse("plan:obligation_new"), duty()

    first, second = signed_in.post(url, said), signed_in.post(url, said)

    found = Obligation.objects.get()
    assert first["Location"] == second["Location"] == reverse("plan:obligation", args=[found.pk])
    assert (found.region, found.fractions["A"], found.state) == ("330000", [1, 25], "issued")
    page = text(signed_in.get(first["Location"]))
    assert "A 1/25" in page
    assert 'class="why"' in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period": "2026Q5"}, "id_period"),
        ({"region": "339999"}, "id_region"),
        ({"share_A": "0/25"}, ""),
        ({"share_B": "0.5"}, "id_share_B"),
        ({"share_C": "7/6"}, ""),
        ({"minimum_per_stratum": "1"}, "id_minimum_per_stratum"),
        ({"article": "99"}, "id_article"),
    ],
)
def test_a_wrong_obligation_stays_on_the_form(signed_in, changes, field):
    page = text(signed_in.post(reverse("plan:obligation_new"), duty(**changes)))

    assert 'class="summary"' in page
    assert f'href="#{field}"' in page or not field
    assert Obligation.objects.count() == 0


def test_an_obligation_for_another_province_is_refused(signed_in):
    text(signed_in.post(reverse("plan:obligation_new"), duty(region="440000")), 403)

    assert Obligation.objects.count() == 0


def test_an_obligation_elsewhere_is_not_found(client, officer, stranger):
    found = actions.create_obligation(by=officer, region="330000", period="2026Q1")
    client.force_login(stranger)

    text(client.get(reverse("plan:obligation", args=[found.pk])), 404)
    text(client.get(reverse("plan:obligation_move", args=[found.pk])), 404)
    assert str(found.pk) not in text(client.get(reverse("plan:obligations")))


def test_a_draft_is_a_thing_to_do_and_is_issued_by_its_form(signed_in, officer):
    found = actions.create_obligation(by=officer, region="330000", period="2026Q1", as_draft=True)
    assert [item.id for item in slots.todo(officer)] == ["plan-drafts"]

    said = {"to": "issued", "reason": "", "zh-token": str(uuid7())}
    response = signed_in.post(reverse("plan:obligation_move", args=[found.pk]), said)

    found.refresh_from_db()
    assert response.status_code == 302
    assert found.state == "issued"
    assert slots.todo(officer) == []


def test_the_list_of_obligations_asks_a_bounded_number_of_statements(
    signed_in, officer, django_assert_max_num_queries
):
    for year in range(2016, 2026):
        for quarter in range(1, 5):
            actions.create_obligation(by=officer, region="330100", period=f"{year}Q{quarter}")

    with django_assert_max_num_queries(8):
        page = text(signed_in.get(reverse("plan:obligations")))

    assert "<strong>40</strong>" in page


def test_the_statistician_binds_on_the_form_and_sees_the_refusal(client, statistician, targets):
    client.force_login(statistician)
    assert [item.count for item in slots.todo(statistician)] == [4]
    said = {"series": "food_evaluative_pass_rate", "zh-token": str(uuid7())}

    response = client.post(reverse("plan:bind", args=["CN-2025-3"]), said)

    assert "没有说明抽样目的" in text(client.get(response["Location"]))
    assert Target.objects.get(pk="CN-2025-3").binding == "refused"


def test_a_series_that_does_not_fit_is_told_on_the_form(client, statistician, targets):
    client.force_login(statistician)
    said = {"series": "national_spot_check_fail_rate", "zh-token": str(uuid7())}

    page = text(client.post(reverse("plan:bind", args=["CN-2025-4"]), said))

    assert 'class="summary"' in page
    assert Target.objects.get(pk="CN-2025-4").binding == "unbound"


def test_a_province_may_neither_bind_nor_adopt_for_the_nation(signed_in, targets):
    text(signed_in.get(reverse("plan:bind", args=["CN-2025-4"])), 403)
    text(signed_in.get(reverse("plan:adopt")), 403)


def test_the_nation_adopts_the_outline(client, db):
    from .conftest import person

    client.force_login(person("officer", "000000"))

    client.post(reverse("plan:adopt"), {"zh-token": str(uuid7())})

    assert Target.objects.count() == 4
