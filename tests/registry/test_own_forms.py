"""A list leaves in the office's own form, and comes back in unchanged."""

from __future__ import annotations

import io
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from zhiheng.stages.registry import lists
from zhiheng.stages.registry.models import Inspector, Subject
from zhiheng.web.models import KnownList, Upload

from .conftest import code
from .layouts import Layout, workbook
from .test_imports import workbook as plain
from .test_layouts import HEADERS, KEYS, TRUTH, typed

pytestmark = pytest.mark.django_db
LAYOUT = Layout(
    order=("name", "code", "region", "division", "size", "channel", "output_value"),
    titles=("西湖区生产企业名录", "（2026年度）"),
    grouped=True,
    serial=True,
    extra=True,
    total=True,
    notes=("注：本表每季度更新。", "制表人：某某"),
    headers=HEADERS,
)


@pytest.fixture
def office(client, officer):
    client.force_login(officer)
    return client


def brought_in(office, spec, data, name="名录.xlsx"):
    response = office.post(reverse("web:import", args=[spec.id]), {"file": SimpleUploadedFile(name, data)})
    found = Upload.objects.get(name=name)
    assert found.summary.get("faults") == 0, response.content.decode()[:500]
    office.post(response["Location"], {"do": "store"})
    found.refresh_from_db()
    return found


def own(office, name):
    response = office.get(reverse(f"registry:{name}"), {"format": "own"})
    assert response.status_code == 200, response.content.decode()[:500]
    return response


def sheet_of(response):
    return load_workbook(io.BytesIO(response.content)).active


def texts(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_the_form_has_the_titles_header_order_and_notes_of_the_office(office):
    brought_in(office, lists.SUBJECTS, workbook(LAYOUT, [typed(row) for row in TRUTH]))

    response = own(office, "subjects")

    sheet = sheet_of(response)
    rows = texts(sheet)
    assert sheet.title == "名录"
    assert "名录-2026" in unquote(response["Content-Disposition"])
    assert rows[0][0] == "西湖区生产企业名录"
    assert rows[2][:3] == ["序号", "基本情况", None]
    assert rows[3][1:4] == ["企业名称", "统一社会信用代码", "所在区县"]
    assert {"A1:I1", "B3:D3"} <= {str(area) for area in sheet.merged_cells.ranges}
    assert rows[4][:4] == [1, TRUTH[0]["name"], TRUTH[0]["code"], "浙江省杭州市西湖区"]
    assert rows[4][4:8] == ["通用设备制造业", "小型", "生产", 1234.5]
    assert rows[4][8] is None
    assert rows[-1][0] == "注:本表每季度更新。"
    assert not any("某某" in str(cell) for row in rows for cell in row)


def test_what_the_form_lacks_is_appended_at_the_right(office):
    brought_in(office, lists.SUBJECTS, workbook(LAYOUT, [typed(row) for row in TRUTH]))

    rows = texts(sheet_of(own(office, "subjects")))

    assert rows[3][9:11] == ["风险分类", "状态"]
    assert rows[4][9:11] == ["B", "在业"]


def test_an_exported_form_comes_back_in_with_every_row_unchanged(office):
    brought_in(office, lists.SUBJECTS, workbook(LAYOUT, [typed(row) for row in TRUTH]))

    again = brought_in(office, lists.SUBJECTS, own(office, "subjects").content, "回来.xlsx")

    assert (again.summary["rows"], again.summary["unchanged"]) == (len(TRUTH), len(TRUTH))


def test_units_and_codes_are_written_as_the_office_writes_them(office):
    head = ["统一社会信用代码", "企业名称", "行政区划代码", "行业代码", "规模", "环节", "年产值（元）"]
    brought_in(
        office, lists.SUBJECTS, plain(head, [code(1), "甲厂", "330106", "34", "小型", "生产", 12_345_678])
    )

    rows = texts(sheet_of(own(office, "subjects")))

    assert rows[1][2:4] == ["330106", "34"]
    assert rows[1][6] == 12_345_700  # the register keeps hundredths of 10,000 yuan


def test_no_cell_turns_into_a_formula(office):
    head = "=1+1,统一社会信用代码,企业名称,行政区划代码,行业代码,规模,环节"
    row = f"x,{code(1)},=HYPERLINK(1)厂,330106,34,小型,生产"
    brought_in(office, lists.SUBJECTS, f"@SUM(A1)\n{head}\n{row}\n".encode(), "名录.csv")
    found = KnownList.objects.get()
    found.look["foot"] = ["=cmd|' /C calc'!A0"]
    found.save()

    cells = [cell for row in sheet_of(own(office, "subjects")).iter_rows() for cell in row]

    assert not any(cell.data_type == "f" for cell in cells)
    assert not any(str(cell.value).startswith(("=", "@", "+")) for cell in cells if cell.value is not None)


def test_products_and_inspectors_have_their_own_forms_too(office):
    brought_in(office, lists.SUBJECTS, workbook(LAYOUT, [typed(row) for row in TRUTH]))
    brought_in(
        office, lists.PRODUCTS, plain(["产品", "信用代码", "行业"], ["轴承", code(1), "34"]), "产品.xlsx"
    )
    brought_in(
        office,
        lists.INSPECTORS,
        plain(["姓名", "证号", "地区", "单位", "在岗"], ["某某", "ZJ-1", "330106", "质量科", "√"]),
        "人员.xlsx",
    )

    products, inspectors = (texts(sheet_of(own(office, name))) for name in ("products", "inspectors"))

    assert products[1][:3] == ["轴承", code(1), "34"]
    assert TRUTH[0]["name"] in products[1]
    assert inspectors[1][:5] == ["某某", "ZJ-1", "330106", "质量科", "是"]
    assert Inspector.objects.get().is_active


def test_the_button_stands_beside_the_others_once_a_list_was_brought_in(office, officer):
    Subject.objects.all().delete()
    brought_in(office, lists.SUBJECTS, workbook(LAYOUT, [typed(row) for row in TRUTH]))
    with_form = office.get(reverse("registry:subjects")).content.decode()
    KnownList.objects.all().delete()
    without = office.get(reverse("registry:subjects")).content.decode()

    assert "format=own" in with_form
    assert "format=own" not in without
    assert office.get(reverse("registry:subjects"), {"format": "own"}).status_code == 404


def test_another_region_does_not_see_the_form(office, client, stranger):
    brought_in(office, lists.SUBJECTS, workbook(LAYOUT, [typed(row) for row in TRUTH]))
    client.force_login(stranger)

    assert client.get(reverse("registry:subjects"), {"format": "own"}).status_code == 404


def test_the_form_follows_the_filters_of_the_list(office):
    brought_in(office, lists.SUBJECTS, workbook(LAYOUT, [typed(row) for row in TRUTH]))

    response = office.get(reverse("registry:subjects"), {"format": "own", "q": TRUTH[2]["code"]})

    rows = texts(sheet_of(response))
    assert [row[2] for row in rows[4:-1]] == [TRUTH[2]["code"]]
    assert set(KEYS) <= set(KnownList.objects.get().mapping)
