"""The task list of a draw leaves in the form of the office's own list of firms."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from zhiheng.formats.spreadsheet import Sheet
from zhiheng.stages.registry import lists
from zhiheng.web.imports import known

pytestmark = pytest.mark.django_db
HEAD = ("序号", "企业名称", "信用代码", "地区", "联系电话")


@pytest.fixture
def form(province):
    """A list of firms that the office of the province has confirmed before."""
    rows = (("全省生产企业名录", "", "", "", ""), HEAD, ("1", "甲厂", "x", "330106", ""))
    return known.remember(
        spec=lists.SUBJECTS,
        sheet=Sheet("名录", rows, merged=((1, 1, 1, 5),), widths=((2, 40.0),)),
        header_row=2,
        mapping={"name": 2, "code": 3, "region": 4},
        region=known.home(province.officer, lists.SUBJECTS.permission),
        source="0" * 64,
    )


def taken(client, query):
    response = client.get(reverse("inspection:visits"), {"format": "own", **query})
    assert response.status_code == 200
    sheet = load_workbook(io.BytesIO(response.content)).active
    return sheet, [list(row) for row in sheet.iter_rows(values_only=True)]


def test_every_drawn_firm_stands_in_the_office_s_own_columns_with_its_inspectors(
    client, province, visits, form
):
    client.force_login(province.officer)

    sheet, rows = taken(client, {"draw": visits[0].draw.serial})

    assert rows[0][0] == "全省生产企业名录"
    assert tuple(rows[1][:5]) == HEAD
    assert rows[1][-2:] == ["执法检查人员", "数据性质"]  # invented rows are marked in this file too
    assert sheet.column_dimensions["B"].width == 40
    expected = {
        visit.selection.unit_code: (
            visit.subject.name,
            visit.subject.region,
            {visit.selection.first_inspector.name, visit.selection.second_inspector.name},
        )
        for visit in visits
    }
    found = {row[2]: (row[1], row[3], set(row[-2].split("、"))) for row in rows[2:]}
    assert found == expected
    assert [row[0] for row in rows[2:]] == list(range(1, len(visits) + 1))


def test_the_number_of_statements_does_not_grow_with_the_visits(
    client, province, visits, form, django_assert_max_num_queries
):
    client.force_login(province.officer)

    with django_assert_max_num_queries(8):
        taken(client, {})


def test_without_a_list_of_its_own_an_office_is_told_what_to_do(client, province, visits):
    client.force_login(province.officer)

    assert client.get(reverse("inspection:visits"), {"format": "own"}).status_code == 404
    assert "format=own" not in client.get(reverse("inspection:visits")).content.decode()
