"""Earlier states, merges, splits, alike records, sites and batches as an officer sees them."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import Workbook

from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.stages.registry import actions, belonging_lists, slots
from zhiheng.stages.registry.models import Batch, DuplicatePair, Product, Site, Subject
from zhiheng.web.imports import flow

from .conftest import COUNTY, OTHER, code, person, product_row, subject_row

pytestmark = pytest.mark.django_db
FIRST = dt.date(2026, 1, 5)
SITE = {"kind": "factory", "address": "文三路388号", "region": COUNTY, "valid_from": FIRST}


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def twins(system, db):
    rows = (subject_row(1, name="甬江精密机械有限公司"), subject_row(2, name="甬江精密机械有限责任公司"))
    return [actions.register_subject(by=system, row=row) for row in rows]


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def url(name, *args):
    return reverse(f"registry:{name}", args=args)


def sent(**said):
    return {"zh-token": str(uuid7())} | said


PAGES = ("duplicates", "duplicates_search", "sites", "brands", "batches")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(signed_in, officer, name, language):
    officer.language = language
    officer.save()
    signed_in.cookies["language"] = language

    assert "<h1>" in text(signed_in.get(url(name)))


def test_the_earlier_state_says_both_times_in_words(signed_in, officer, subject):
    actions.add_belonging(by=officer, subject=subject, kind="sites", row=SITE)
    with clock.at("2026-03-20T09:00:00+08:00"):
        actions.update_subject(
            by=officer, subject=subject, changes={"name": "乙厂"}, valid_from=dt.date(2026, 3, 10)
        )
        here = url("subject_as_of", subject.code)
        before = text(signed_in.get(here + "?at=2026-03-15&known=2026-03-19"))
        after = text(signed_in.get(here + "?at=2026-03-15&known=2026-03-20"))

    assert "截至2026年3月19日日终已录入的信息，该记录在2026年3月15日当日的情况" in before
    assert "<dd>甬江机械厂1</dd>" in before and "<dd>乙厂</dd>" not in before
    assert "<dd>乙厂</dd>" in after
    assert "文三路388号" in before


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?at=2026-03-01&known=2026-03-02", "名录当时尚无此主体"),
        ("?at=2026-03-02&known=2026-03-01", "名录当时尚无此主体"),
        ("?at=2026-02-30", "id_at"),
    ],
)
def test_a_time_without_an_answer_is_told_at_the_form(signed_in, subject, query, said):
    page = text(signed_in.get(url("subject_as_of", subject.code) + query))

    assert 'class="summary"' in page and said in page
    assert "甬江机械厂1</dd>" not in page


def test_the_record_offers_the_earlier_state_and_the_whole_time_line(signed_in, subject):
    page = text(signed_in.get(url("subject", subject.code)))

    assert url("subject_as_of", subject.code) in page
    assert url("subject_timeline", subject.code) in page
    assert url("subject_merge", subject.code) in page


def test_a_correction_with_a_day_is_stored_from_that_day(signed_in, officer, subject):
    form = sent(
        name="乙厂",
        region=COUNTY,
        division="34",
        channel="factory",
        size="small",
        output_value="120.5",
        is_active="on",
        valid_from="2026-03-02",
    )

    with clock.at("2026-03-20T09:00:00+08:00"):
        response = signed_in.post(url("subject_edit", subject.code), form)
        early = signed_in.post(url("subject_edit", subject.code), form | sent(valid_from="2026-03-01"))

    assert response.status_code == 302
    assert 'href="#id_valid_from"' in text(early)
    assert subject.versions.get(is_first=False).valid_from == dt.date(2026, 3, 2)


def test_a_merge_by_form_leads_to_the_survivor_and_the_old_code_tells_where_it_went(signed_in, twins):
    kept, gone = twins
    form = sent(into=kept.code, day="2026-03-02", reason="同一执照")

    response = signed_in.post(url("subject_merge", gone.code), form)

    assert response["Location"] == url("subject", kept.code)
    old = text(signed_in.get(url("subject", gone.code)))
    assert "本记录已并入" in old and url("subject", kept.code) in old
    assert url("subject_undo_merge", gone.code) in old
    assert gone.code in text(signed_in.get(url("subject", kept.code)))
    undone = signed_in.post(url("subject_undo_merge", gone.code), sent(reason="误并"))
    assert undone.status_code == 302
    assert Subject.objects.get(pk=gone.pk).is_active


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"into": code(1)}, "id_into"),
        ({"into": code(7)}, "id_into"),
        ({"into": "123"}, "id_into"),
        ({"day": "2026-03-03"}, "id_day"),
        ({"reason": ""}, "id_reason"),
    ],
)
def test_a_wrong_merge_is_told_at_its_field(signed_in, twins, changes, field):
    form = sent(into=code(2), day="2026-03-02", reason="同一执照") | changes

    page = text(signed_in.post(url("subject_merge", code(1)), form))

    assert f'href="#{field}"' in page
    assert Subject.objects.filter(is_active=True).count() == 2


def test_a_split_by_form_enters_the_part(signed_in, subject):
    form = sent(
        code=code(5),
        name="甬江机械二厂",
        region=COUNTY,
        division="34",
        channel="factory",
        size="small",
        output_value="10",
        risk_class="B",
        day="2026-03-02",
        reason="公司分立",
    )

    taken = signed_in.post(url("subject_split", subject.code), form | sent(code=subject.code))
    response = signed_in.post(url("subject_split", subject.code), form)

    assert 'href="#id_code"' in text(taken)
    assert response["Location"] == url("subject", code(5))
    assert "分立自" in text(signed_in.get(url("subject", code(5))))


def test_alike_records_are_searched_compared_and_judged(
    signed_in, officer, twins, django_assert_max_num_queries
):
    response = signed_in.post(url("duplicates_search"), sent(region="浙江省杭州市西湖区"))
    assert response["Location"] == url("duplicates") + "?decision=open"
    pair = DuplicatePair.objects.get()

    assert [item.count for item in slots.to_judge(officer)] == [1]
    with django_assert_max_num_queries(8):
        assert code(1) in text(signed_in.get(url("duplicates") + "?decision=open"))
    page = text(signed_in.get(url("duplicate", pair.pk)))
    assert "去除地名和组织形式后名称相同：甬江精密机械" in page
    wrong = signed_in.post(url("duplicate", pair.pk), sent(decision="same", reason="同一执照", keep=""))
    assert 'href="#id_keep"' in text(wrong)
    signed_in.post(url("duplicate", pair.pk), sent(decision="same", reason="同一执照", keep=code(1)))

    assert Subject.objects.get(code=code(2)).merged_into.code == code(1)
    assert '<form class="form"' not in text(signed_in.get(url("duplicate", pair.pk)))
    assert slots.to_judge(officer)[0].count == 0


def test_a_site_is_added_and_ended_by_form(signed_in, subject):
    form = sent(kind="factory", address="文三路388号", region=COUNTY, valid_from="2026-01-05", name="")

    added = signed_in.post(url("belonging_new", subject.code, "sites"), form)
    site = Site.objects.get()
    early = signed_in.post(
        url("belonging_end", subject.code, "sites", site.pk), sent(valid_until="2026-01-04")
    )
    ended = signed_in.post(
        url("belonging_end", subject.code, "sites", site.pk), sent(valid_until="2026-02-28")
    )

    assert added["Location"] == ended["Location"] == url("subject", subject.code) + "#sites"
    assert 'href="#id_valid_until"' in text(early)
    page = text(signed_in.get(url("subject", subject.code)))
    assert "文三路388号" in page and "2026年2月28日" in page
    assert "文三路388号" in text(signed_in.get(url("sites")))


@pytest.mark.parametrize("kind", ["roles", "brands"])
def test_roles_and_brands_have_their_forms(signed_in, subject, kind):
    form = sent(kind="producer", name="甬江", mark_no="", valid_from="2026-01-05")

    assert signed_in.post(url("belonging_new", subject.code, kind), form).status_code == 302
    assert 'href="#id_valid_from"' in text(
        signed_in.post(url("belonging_new", subject.code, kind), form | sent(valid_from=""))
    )


def test_a_kind_of_thing_that_nobody_has_is_not_found(signed_in, subject):
    text(signed_in.get(url("belonging_new", subject.code, "castles")), 404)


def test_a_batch_is_added_to_a_product(signed_in, officer, subject):
    actions.import_products(by=officer, rows=[product_row()], source="产品")
    product = Product.objects.get()
    form = sent(number="A1", made_on="2026-01-05", expires_on="", quantity="12.5", unit="")

    wrong = signed_in.post(url("batch_new", product.pk), form)
    right = signed_in.post(url("batch_new", product.pk), form | sent(unit="套"))

    assert 'href="#id_unit"' in text(wrong)
    assert right["Location"] == url("product", product.pk)
    page = text(signed_in.get(url("product", product.pk)))
    assert "A1" in page and "12.5 套" in page
    assert "A1" in text(signed_in.get(url("batches")))


@pytest.mark.parametrize(
    "name", ["subject_as_of", "subject_timeline", "subject_merge", "subject_undo_merge", "subject_split"]
)
def test_people_of_other_regions_find_nothing(client, subject, name):
    client.force_login(person("officer", OTHER))

    text(client.get(url(name, subject.code)), 404)


@pytest.mark.parametrize("name", ["subject_merge", "subject_undo_merge", "subject_split", "duplicates"])
def test_who_only_reads_may_not_merge_split_or_judge(client, subject, name):
    client.force_login(person("leader", COUNTY))

    text(client.get(url(name, *([] if name == "duplicates" else [subject.code]))), 403)


# --- lists from a workbook -------------------------------------------------------------------------


def workbook(*rows) -> bytes:
    book, held = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(held)
    return held.getvalue()


def received(officer, spec, *rows):
    return flow.receive(person=officer, spec=spec, data=workbook(*rows), name="清单.xlsx")


def test_sites_brands_and_batches_come_from_a_workbook(officer, subject):
    actions.import_products(by=officer, rows=[product_row()], source="产品")
    sheets = (
        (
            belonging_lists.SITES,
            ("统一社会信用代码", "场所类型", "地址", "所在区县", "起始日期"),
            (subject.code, "仓库", "文三路390号", "浙江省杭州市西湖区", dt.date(2026, 1, 5)),
        ),
        (
            belonging_lists.BRANDS,
            ("统一社会信用代码", "品牌名称", "起始日期", "终止日期"),
            (subject.code, "甬江", "2026年1月5日", "2026/2/28"),
        ),
        (
            belonging_lists.BATCHES,
            ("统一社会信用代码", "产品名称", "规格型号", "批号", "生产日期", "数量", "单位"),
            (subject.code, "轴承", "6204", "A1", "2026-01-05", "1,200", "套"),
        ),
    )
    for spec, head, row in sheets:
        upload = received(officer, spec, head, row)
        assert upload.summary["faults"] == 0, spec.id
        flow.confirm(person=officer, upload=upload, good_rows_only=False)

    assert (Site.objects.get().kind, Site.objects.get().region) == ("warehouse", COUNTY)
    assert subject.brands.get().valid_until == dt.date(2026, 2, 28)
    assert (Batch.objects.get().quantity, Batch.objects.get().unit) == (1200, "套")


@pytest.mark.parametrize(
    "changes",
    [
        {0: "123"},
        {0: code(8)},
        {1: "城堡"},
        {3: "339999"},
        {4: "2026-02-30"},
        {4: ""},
        {5: "2026-01-04"},
    ],
)
def test_a_wrong_cell_of_a_list_of_sites_is_named(officer, subject, changes):
    row = [subject.code, "仓库", "文三路390号", COUNTY, "2026-01-05", ""]
    for place, value in changes.items():
        row[place] = value
    head = ("统一社会信用代码", "场所类型", "地址", "所在区县", "起始日期", "终止日期")

    assert received(officer, belonging_lists.SITES, head, row).summary["faults"] == 1
