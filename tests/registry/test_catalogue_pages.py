"""The catalogue of key products on its pages: issued by an office, read and checked by everybody."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from zhiheng.stages.registry import actions, lists_catalogue
from zhiheng.stages.registry.models import CatalogueItem

from .conftest import PROVINCE, item_row, person
from .test_registers_pages import send, stored, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client, db):
    who = person("officer", PROVINCE)
    client.force_login(who)
    return who


def item_form(**changes):
    return {
        "region": PROVINCE,
        "year": "2026",
        "code": "K-01",
        "name": "水泥",
        "vertical": "building_material",
        "divisions": ["30"],
        "keywords": "水泥",
        "reason": "抽查不合格",
        "hazards": "强度不足\n安定性不良",
        "test_items": "抗压强度 | GB/T 17671 | MPa | 42.5 | 不低于 | 演示 | 记忆",
    } | changes


def test_a_catalogue_is_proposed_issued_and_read_by_everybody(client, keeper):
    made = send(client, reverse("registry:catalogue_new"), **item_form())
    edit = reverse("registry:catalogue_edit", args=[CatalogueItem.objects.get().pk])
    assert "GB/T 17671 | MPa | 42.5 | 不低于" in text(client.get(edit))
    bad = send(client, reverse("registry:catalogue_new"), **item_form(code="K-02", test_items="强度"))
    assert 'href="#id_test_items"' in text(bad)
    assert "安定性不良" in text(client.get(made["Location"]))

    issue = send(client, reverse("registry:catalogue_issue"), region=PROVINCE, year="2026", reason="年度目录")
    client.logout()
    page = text(client.get(issue["Location"]))

    for words in ("水泥", "不低于 42.5", "凭记忆，未核对", "第27条", "第14条", 'class="why"', "首次发布"):
        assert words in page, words
    assert issue["Location"] in text(client.get(reverse("registry:catalogues")))
    file = client.get(f"{issue['Location']}issue-0.json")
    assert "抗压强度" in text(file)
    text(client.get(f"{issue['Location']}issue-1.json"), 404)
    text(client.get(reverse("registry:public_catalogue", args=[PROVINCE, 2027])), 404)


def test_an_issued_catalogue_leaves_as_a_list_and_comes_back_as_candidates(client, keeper):
    actions.propose_item(by=keeper, row=item_row(1, vertical="building_material", hazards=["甲", "乙"]))
    actions.issue_catalogue(by=keeper, region=PROVINCE, year=2026, reason="目录")
    url = reverse("registry:public_catalogue", args=[PROVINCE, 2026])

    rows = list(load_workbook(io.BytesIO(client.get(f"{url}?format=xlsx").content)).active.values)
    width = len(lists_catalogue.ITEMS.columns)
    again = [[str(cell or "") for cell in row[:width]] for row in rows[1:]]
    again[0][1], again[0][2] = "2027", "K-09"
    assert stored(keeper, lists_catalogue.ITEMS, *again)["created"] == 1

    first, second = CatalogueItem.objects.order_by("year")
    for name in ("name", "vertical", "divisions", "keywords", "reason", "hazards", "test_items", "source"):
        assert getattr(first, name) == getattr(second, name), name


def test_the_public_page_says_what_changed_since_the_year_before(client, keeper):
    for row in (item_row(1, year=2025), item_row(2, year=2025)):
        actions.propose_item(by=keeper, row=row)
    actions.issue_catalogue(by=keeper, region=PROVINCE, year=2025, reason="甲")
    send(client, reverse("registry:catalogue_copy"), region=PROVINCE, year="2026")
    dropped = CatalogueItem.objects.get(year=2026, code="K-02")
    send(client, reverse("registry:catalogue_drop", args=[dropped.pk]), reason="风险消除")
    actions.propose_item(by=keeper, row=item_row(3))
    actions.issue_catalogue(by=keeper, region=PROVINCE, year=2026, reason="乙")

    page = text(client.get(reverse("registry:public_catalogue", args=[PROVINCE, 2026])))
    changes = page[page.index('id="changes"') : page.index('id="issues"')]

    assert "K-02" in changes and "K-03" in changes and "K-01" not in changes
    assert reverse("registry:public_catalogue", args=[PROVINCE, 2025]) in changes


def test_a_supplement_is_public_with_its_reason(client, keeper):
    actions.propose_item(by=keeper, row=item_row(1))
    actions.issue_catalogue(by=keeper, region=PROVINCE, year=2026, reason="甲")
    issued = CatalogueItem.objects.get()
    page = text(client.get(reverse("registry:catalogue_item", args=[issued.pk])))
    assert f"{reverse('registry:catalogue_new')}?from={issued.pk}" in page.replace("&amp;", "&")

    send(client, reverse("registry:catalogue_drop", args=[issued.pk]), reason="风险消除")

    page = text(client.get(reverse("registry:public_catalogue", args=[PROVINCE, 2026])))
    assert "风险消除" in page and "第1次增补" in page and "发布了增补" in page


def test_building_materials_are_taken_over_by_a_form(client, keeper):
    answer = send(client, reverse("registry:catalogue_materials"), region=PROVINCE, year="2026")

    page = text(client.get(answer["Location"]))
    assert "BM-cement" in page and "候选" in page


def test_the_catalogue_of_an_office_takes_a_bounded_number_of_statements(
    client, keeper, django_assert_max_num_queries
):
    actions.propose_building_materials(by=keeper, region=PROVINCE, year=2026)
    actions.issue_catalogue(by=keeper, region=PROVINCE, year=2026, reason="甲")

    with django_assert_max_num_queries(9):
        text(client.get(reverse("registry:catalogue")))
    with django_assert_max_num_queries(8):
        text(client.get(reverse("registry:public_catalogue", args=[PROVINCE, 2026])))
