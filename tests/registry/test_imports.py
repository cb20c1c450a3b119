"""The three lists of an office: read by heading, every fault named by its cell, stored once."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from zhiheng.stages.registry import lists
from zhiheng.stages.registry.models import Inspector, Product, Subject
from zhiheng.web.models import Upload

from .conftest import OTHER, code

pytestmark = pytest.mark.django_db
HEAD = ["统一社会信用代码", "企业名称", "行政区划", "行业大类", "规模", "环节", "年产值(万元)"]


def workbook(*rows) -> bytes:
    book, held = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(held)
    return held.getvalue()


def good(n, **changes):
    row = dict(
        zip(HEAD, [code(n), f"厂{n}", "浙江省杭州市西湖区", "34", "小型", "生产", "1,250.5"], strict=True)
    )
    return list((row | changes).values())


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def upload(client, spec, data, name="表.xlsx"):
    response = client.post(reverse("web:import", args=[spec.id]), {"file": SimpleUploadedFile(name, data)})
    assert response.status_code == 302, response.content.decode()[:1500]
    return Upload.objects.latest("uploaded_at"), response["Location"]


def test_a_list_with_chinese_headings_is_stored_once(signed_in):
    data = workbook(["甲乙丙区企业名录"], HEAD, *(good(n) for n in range(1, 6)))
    found, url = upload(signed_in, lists.SUBJECTS, data)

    assert found.summary["faults"] == 0
    for _ in range(2):
        assert signed_in.post(url, {"do": "store"}).status_code == 302

    assert Subject.objects.count() == 5
    subject = Subject.objects.get(code=code(3))
    assert (subject.region, subject.size, subject.channel, str(subject.output_value)) == (
        "330106",
        "small",
        "factory",
        "1250.50",
    )


def test_english_headings_are_understood(signed_in):
    head = ["Social credit code", "Name", "Region", "Division", "Size", "Channel"]
    data = workbook(head, [code(1), "Plant", "330106", "C34", "large", "shop"])

    found, _url = upload(signed_in, lists.SUBJECTS, data)

    assert found.summary == {"rows": 1, "faulty": 0, "good": 1, "faults": 0}


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"统一社会信用代码": code(2)[:17] + "0"}, 1),
        ({"统一社会信用代码": code(1)}, 1),
        ({"企业名称": ""}, 2),
        ({"行政区划": "339999"}, 3),
        ({"行政区划": OTHER}, 3),
        ({"行政区划": "鼓楼区"}, 3),
        ({"行业大类": "99"}, 4),
        ({"规模": "巨型"}, 5),
        ({"环节": "天上"}, 6),
        ({"年产值(万元)": "很多"}, 7),
        ({"年产值(万元)": "-3"}, 7),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_stored(signed_in, changes, column):
    found, url = upload(signed_in, lists.SUBJECTS, workbook(HEAD, good(1), good(2, **changes)))

    faults = signed_in.get(reverse("web:upload_faults", args=[found.pk])).content.decode()
    assert found.summary["faults"] == 1
    letter = "ABCDEFG"[column - 1]
    assert f'<td class="right">3</td><td>{letter}</td>' in faults
    assert signed_in.post(url, {"do": "store"}).status_code == 400
    assert Subject.objects.count() == 0


def test_the_good_rows_alone_are_stored_when_the_person_says_so(signed_in):
    _found, url = upload(signed_in, lists.SUBJECTS, workbook(HEAD, good(1), good(2, **{"行业大类": "99"})))

    signed_in.post(url, {"do": "store-good"})

    assert list(Subject.objects.values_list("code", flat=True)) == [code(1)]


def test_products_and_inspectors_are_imported(signed_in, subject):
    products = workbook(
        ["信用代码", "产品名称", "行业", "型号", "执行标准", "条码"],
        [subject.code, "轴承", "34", "6204", "GB/T 276", ""],
    )
    inspectors = workbook(
        ["执法证号", "姓名", "地区", "单位", "业务领域", "回避企业", "在岗"],
        ["ZJ-1", "甲", "330106", "区局", "34、13", f"{subject.code},{code(9)}", "是"],
        ["ZJ-2", "乙", "330106", "区局", "", "", "否"],
    )
    for spec, data in ((lists.PRODUCTS, products), (lists.INSPECTORS, inspectors)):
        found, url = upload(signed_in, spec, data)
        assert found.summary["faults"] == 0
        signed_in.post(url, {"do": "store"})

    assert Product.objects.get().subject == subject
    first, second = Inspector.objects.order_by("code")
    assert (first.fields, first.conflicts, first.is_active) == (["34", "13"], [subject.code, code(9)], True)
    assert (second.fields, second.conflicts, second.is_active) == ([], [], False)


def test_a_product_of_a_subject_elsewhere_is_a_fault(signed_in, subject):
    data = workbook(["信用代码", "产品名称", "行业"], [code(5), "轴承", "34"])

    found, _url = upload(signed_in, lists.PRODUCTS, data)

    assert found.summary["faults"] == 1


@pytest.mark.parametrize("spec", lists.ALL, ids=lambda spec: spec.id)
def test_the_template_workbook_has_every_heading(signed_in, spec):
    response = signed_in.get(reverse("web:import_template", args=[spec.id]))

    book = load_workbook(io.BytesIO(response.content))
    assert [cell.value for cell in book.worksheets[0][1]] == [column.label_zh for column in spec.columns]


def test_somebody_without_the_permission_cannot_upload(client, db):
    from .conftest import person

    client.force_login(person("leader", "330106"))

    assert client.get(reverse("web:import", args=[lists.SUBJECTS.id])).status_code == 403


def without_region(*numbers):
    head = [name for name in HEAD if name != "行政区划"]
    return workbook(head, *([cell for place, cell in enumerate(good(n)) if place != 2] for n in numbers))


def test_the_list_of_a_county_office_need_not_name_the_county_in_each_row(signed_in):
    found, url = upload(signed_in, lists.SUBJECTS, without_region(1, 2))

    page = signed_in.get(url).content.decode()
    signed_in.post(url, {"do": "store"})
    assert found.summary["good"] == 2
    assert "浙江省杭州市西湖区" in page
    assert set(Subject.objects.values_list("region", flat=True)) == {"330106"}


def test_the_list_of_a_city_office_must_name_the_county_of_each_row(client, city_officer):
    client.force_login(city_officer)

    found, url = upload(client, lists.SUBJECTS, without_region(1))

    assert found.state == "read"
    assert client.post(url, {"do": "store"}).status_code == 400
    assert Subject.objects.count() == 0
