"""The dated registers as an office, a firm, a laboratory and a stranger see them, in both languages."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from zhiheng.ledger.ids import uuid7
from zhiheng.stages.registry import actions, lists_labs, lists_registers, slots
from zhiheng.stages.registry import queries_registers as registers
from zhiheng.stages.registry.models import (
    Inspector,
    Lab,
    LabScope,
    Leave,
    Licence,
    Product,
    Qualification,
)
from zhiheng.web.imports import flow

from .conftest import (
    COUNTY,
    code,
    inspector_row,
    lab_row,
    licence_row,
    person,
    product_row,
    qualification_row,
    scope_row,
    subject_row,
)

pytestmark = pytest.mark.django_db
LISTS = ("licences", "qualifications", "qualification_counts", "labs", "lab_search", "lab_new", "catalogue")
LISTS += ("catalogue_new", "catalogue_issue", "catalogue_copy", "catalogue_materials")


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def filled(officer, system, subject):
    """A county with a maker of cement that has a licence, officers, a laboratory and an inspector."""
    actions.import_products(
        by=officer,
        rows=[product_row(name="水泥", division="30"), product_row(name="雨伞", division="41", gtin="")],
        source="产品",
    )
    actions.import_inspectors(by=officer, rows=[inspector_row(1)], source="人员")
    actions.register_licence(by=officer, row=licence_row(scope="水泥"))
    actions.register_qualification(by=officer, row=qualification_row())
    actions.register_lab(by=officer, row=lab_row())
    actions.import_scopes(by=officer, rows=[scope_row()], source="表")
    return subject


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def send(client, url, **said):
    return client.post(url, {"zh-token": str(uuid7()), **said})


def upload(person_, spec, *rows):
    book, data = Workbook(), io.BytesIO()
    for row in ([column.label_zh for column in spec.columns], *rows):
        book.active.append(row)
    book.save(data)
    return flow.receive(person=person_, spec=spec, data=data.getvalue(), name="表.xlsx")


def stored(person_, spec, *rows):
    found = upload(person_, spec, *rows)
    assert found.summary["faults"] == 0, found.summary
    return flow.confirm(person=person_, upload=found, good_rows_only=False)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(signed_in, officer, filled, name, language):
    officer.language = language
    officer.save()
    signed_in.cookies["language"] = language

    assert "<h1>" in text(signed_in.get(reverse(f"registry:{name}")))


# --- licences ------------------------------------------------------------


def test_the_record_of_a_subject_says_what_is_asked_and_whether_it_is_there(
    signed_in, filled, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30):
        page = text(signed_in.get(reverse("registry:subject", args=[filled.code])))

    assert "DEMO-XK-0001" in page
    assert "登记已满足" in page
    assert "甄检之" in page
    assert "无首席质量官" not in page


def test_the_list_of_licences_is_narrowed_by_kind_state_region_and_end(signed_in, officer, filled):
    late = {"valid_from": dt.date(2020, 1, 1), "valid_until": dt.date(2026, 3, 1)}
    actions.register_licence(by=officer, row=licence_row(number="OLD", **late))
    actions.register_licence(
        by=officer, row=licence_row(number="SOON", kind="ccc", valid_until=dt.date(2026, 3, 20))
    )
    url = reverse("registry:licences")
    cases = (
        ("state=expired", "OLD"),
        ("kind=ccc", "SOON"),
        ("state=valid&until_from=2026-03-02&until_to=2026-04-01", "SOON"),
        ("q=OLD", "OLD"),
    )

    for query, number in cases:
        page = text(signed_in.get(f"{url}?{query}&region={COUNTY}"))
        assert number in page, query
        assert "DEMO-XK-0001" not in page, query
    assert "until_to=2026-04-01" in text(signed_in.get(url)), "the way to those that end within 30 days"


def test_the_list_of_licences_takes_a_bounded_number_of_statements(
    signed_in, officer, system, django_assert_max_num_queries
):
    actions.import_subjects(by=system, rows=[subject_row(n) for n in range(1, 31)], source="表")
    actions.import_licences(by=system, rows=[licence_row(n) for n in range(1, 31)], source="表")

    with django_assert_max_num_queries(9):
        assert "<strong>30</strong>" in text(signed_in.get(reverse("registry:licences")))


def test_a_licence_is_entered_corrected_and_stopped_by_forms(signed_in, filled):
    new = reverse("registry:licence_new", args=[filled.code])
    said = {"kind": "ccc", "number": "N-9", "product": "雨伞", "valid_from": "2025-01-01"}
    made = send(signed_in, new, **said)
    page = text(signed_in.get(made["Location"]))
    assert "证书列明该产品" in page

    licence = Licence.objects.get(number="N-9")
    edit = reverse("registry:licence_edit", args=[licence.pk])
    send(signed_in, edit, valid_from="2025-01-01", scope="雨伞\n伞骨", reason="补录附件")
    stop = reverse("registry:licence_state", args=[licence.pk])
    assert "id_reason" in text(send(signed_in, stop, state="suspended", reason=""))
    send(signed_in, stop, state="suspended", reason="监督检查")

    page = text(signed_in.get(reverse("registry:licence", args=[licence.pk])))
    held = Licence.objects.get(number="N-9", replaced_by__isnull=True)
    assert (held.scope, held.state, Licence.objects.filter(number="N-9").count()) == (
        "雨伞；伞骨",
        "suspended",
        3,
    )
    assert "监督检查" in page
    assert 'class="why"' in page


def test_a_list_of_licences_is_read_and_its_faults_are_named(officer, filled):
    rows = [
        [
            filled.code,
            "生产许可证",
            "L-1",
            "",
            "水泥、砂浆",
            "某机关",
            "2024年1月2日",
            "2029/1/1",
            "有效",
            "",
        ],
        [filled.code, "CCC", "L-2", "雨伞", "", "", "2024-01-02", "长期", "暂停", "核查中"],
    ]
    assert stored(officer, lists_registers.LICENCES, *rows)["created"] == 2
    assert Licence.objects.get(number="L-1").valid_until == dt.date(2029, 1, 1)
    assert Licence.objects.get(number="L-2").valid_until is None

    bad = [
        [filled.code, "执照", "B-1", "", "", "", "2024-01-02", "", "", ""],
        [filled.code, "CCC", "B-2", "锅", "", "", "2024-01-02", "", "", ""],
        [filled.code, "CCC", "B-3", "", "", "", "昨天", "", "", ""],
        [code(8), "CCC", "B-4", "", "", "", "2024-01-02", "", "", ""],
        [filled.code, "CCC", "B-5", "", "", "", "2024-01-02", "", "暂停", ""],
    ]
    assert upload(officer, lists_registers.LICENCES, *bad).summary["faulty"] == 5


def test_licences_that_end_within_thirty_days_are_things_to_do(officer, filled):
    assert [item.id for item in slots.todo(officer)] == []
    for number, day in (("A", dt.date(2026, 4, 1)), ("B", dt.date(2026, 3, 10)), ("C", dt.date(2026, 4, 2))):
        actions.register_licence(by=officer, row=licence_row(number=number, valid_until=day))

    (item,) = slots.todo(officer)

    assert (item.id, item.count, [row.what for row in item.rows]) == (
        "registry-licences-ending",
        2,
        ["B", "A"],
    )
    assert slots.todo(person("leader", COUNTY)) == []


def test_another_office_and_another_firm_see_nothing_of_it(client, stranger, filled):
    licence = Licence.objects.get()
    for who in (stranger, person("firm", COUNTY, organisation=code(2))):
        client.force_login(who)
        text(client.get(reverse("registry:licence", args=[licence.pk])), 404)
        assert "DEMO-XK-0001" not in text(client.get(reverse("registry:licences")))


# --- market entry ------------------------------------------------------------


def test_everybody_may_look_a_product_up_in_the_matrix(client, db):
    page = text(client.get(reverse("registry:routes") + "?q=水泥"))
    unknown = text(client.get(reverse("registry:routes") + "?q=雨伞"))
    strange = text(client.get(reverse("registry:routes") + "?q=%01&on=gestern&route=x"))

    assert "读自转载" in page and "国发〔2019〕19号" in page and 'class="why"' in page
    assert "这不等于无需许可" in unknown
    assert "这不是日期" in strange


def test_a_product_says_its_way_why_and_whether_the_record_fulfils_it(signed_in, filled):
    cement, umbrella = Product.objects.order_by("division")
    page = text(signed_in.get(reverse("registry:product_entry", args=[cement.pk])))
    other = text(signed_in.get(reverse("registry:product_entry", args=[umbrella.pk])))

    assert "登记已满足" in page and "DEMO-XK-0001" in page and "只作提示" in page
    assert "不明" in other
    assert reverse("registry:product_entry", args=[cement.pk]) in text(
        signed_in.get(reverse("registry:products"))
    )


# --- persons ------------------------------------------------------------


def test_names_are_read_by_the_office_and_masked_elsewhere(client, officer, filled):
    client.force_login(officer)
    assert "甄检之" in text(client.get(reverse("registry:qualifications")))

    client.force_login(person("firm", COUNTY, organisation=filled.code))
    page = text(client.get(reverse("registry:qualifications")))
    sheet = b"".join(
        client.get(reverse("registry:qualifications") + "?format=csv").streaming_content
    ).decode()

    for shown in (page, sheet, text(client.get(reverse("registry:subject", args=[filled.code])))):
        assert "甄检之" not in shown
        assert "甄**" in shown


def test_coverage_counts_makers_in_business_by_place_and_size(signed_in, officer, system, filled):
    rows = [subject_row(2), subject_row(3, size="large"), subject_row(4, channel="shop")]
    actions.import_subjects(by=system, rows=rows, source="表")
    ended = actions.register_qualification(by=officer, row=qualification_row(3))
    actions.end_qualification(by=officer, qualification=ended, ended_on=dt.date(2026, 3, 1), reason="调离")

    found = {(row.place, row.size): row for row in registers.coverage(officer, COUNTY, dt.date(2026, 3, 2))}

    assert (found[COUNTY, ""].makers, found[COUNTY, ""].with_officer) == (3, 1)
    assert found[COUNTY, "small"].share == 0.5
    assert found[COUNTY, "large"].share == 0.0
    assert found[COUNTY, "medium"].share is None
    page = text(signed_in.get(reverse("registry:qualification_counts")))
    assert "33.3%" in page and 'class="why"' in page


def test_the_counts_leave_as_files(signed_in, filled):
    url = reverse("registry:qualification_counts")

    sheet = text(signed_in.get(f"{url}?format=csv&table=coverage"))
    book = load_workbook(io.BytesIO(signed_in.get(f"{url}?format=xlsx&table=titles").content))

    assert "100.00%" in sheet
    assert [cell.value for cell in book.active[2]][:3] == ["首席质量官", "首席质量官", 1]
    text(signed_in.get(f"{url}?format=csv&table=x"), 400)


def test_a_qualification_is_entered_and_ended_by_forms(signed_in, filled):
    url = reverse("registry:qualification_new", args=[filled.code])
    said = {"person": "乙", "kind": "occupational", "title": "质检员", "valid_from": "2025-01-01"}
    assert send(signed_in, url, **said).status_code == 302
    assert "id_duties" in text(send(signed_in, url, **said | {"kind": "chief_quality_officer"}))

    made = Qualification.objects.get(person="乙")
    end = reverse("registry:qualification_end", args=[made.pk])
    assert send(signed_in, end, ended_on="2026-02-01", reason="离职").status_code == 302
    assert "离职" in text(signed_in.get(reverse("registry:subject", args=[filled.code])))
    text(signed_in.get(end), 404)


def test_a_list_of_qualifications_is_read(officer, filled):
    row = [filled.code, "丙", "职称", "高级工程师", "Z-1", "某机构", "2020-01-01", "", ""]

    assert stored(officer, lists_registers.QUALIFICATIONS, row)["created"] == 1
    bad = [filled.code, "丁", "首席质量官", "首席质量官", "", "", "2020-01-01", "", ""]
    assert upload(officer, lists_registers.QUALIFICATIONS, bad).summary["faults"] == 1


# --- laboratories ------------------------------------------------------------


def test_the_search_names_who_may_test_it_on_a_day(signed_in, officer, filled):
    actions.register_lab(by=officer, row=lab_row(2, approval_until=dt.date(2026, 1, 1)))
    actions.import_scopes(by=officer, rows=[scope_row(2)], source="表")
    url = reverse("registry:lab_search")

    page = text(signed_in.get(f"{url}?item=抗压&method=DEMO&on=2026-03-02"))
    later = text(signed_in.get(f"{url}?item=抗压&on=2029-01-01"))
    nobody = text(signed_in.get(f"{url}?item=放射性"))

    assert "<strong>1</strong>" in page and "资质认定已到期" in page
    assert "<strong>0</strong>" in later and "当日不在范围内" in later
    assert "没有该项目和方法" in nobody


def test_the_page_of_a_laboratory_searches_its_scope_in_a_bounded_number_of_statements(
    signed_in, filled, django_assert_max_num_queries
):
    url = reverse("registry:lab", args=["DEMO-LAB-1"])

    with django_assert_max_num_queries(14):
        page = text(signed_in.get(url))
    assert "抗压强度" in page and "资质认定有效" in page and 'class="why"' in page
    assert "抗压强度" not in text(signed_in.get(f"{url}?q=屈服"))
    line = LabScope.objects.get()
    end = reverse("registry:scope_end", args=[line.pk])
    assert send(signed_in, end, ended_on="2026-03-02", reason="评审").status_code == 302
    assert "已终止" in text(signed_in.get(url)) or "Ended" in text(signed_in.get(url))


def test_a_laboratory_is_entered_by_a_form_and_lists(signed_in, officer, db):
    said = {"code": "L-7", "name": "检验所", "region": COUNTY, "samples_a_week": "30"}
    made = send(signed_in, reverse("registry:lab_new"), **said)
    assert "未登记资质认定" in text(signed_in.get(made["Location"]))

    stored(officer, lists_labs.LABS, ["L-8", "乙所", COUNTY, "", "CMA-1", "2029-01-01", "55", "是"])
    stored(officer, lists_labs.SCOPES, ["L-8", "水泥", "强度", "GB/T 17671", "", "2024-01-01", ""])
    assert Lab.objects.get(code="L-8").samples_a_week == 55
    assert LabScope.objects.get().lab.code == "L-8"
    bad = ["L-9", "水泥", "强度", "GB/T 17671", "", "2024-01-01", "2023-01-01"]
    assert upload(officer, lists_labs.SCOPES, bad).summary["faults"] == 2


def test_a_laboratory_is_changed_by_a_form_and_the_page_tells_how_it_was(signed_in, filled, client, db):
    here = reverse("registry:lab", args=["DEMO-LAB-1"])
    edit = reverse("registry:lab_edit", args=["DEMO-LAB-1"])
    said = {"name": "演示检验所新名", "region": COUNTY, "located_at": "演示路1号", "samples_a_week": "12"}

    assert "error-summary" in text(send(signed_in, edit, **said))
    answer = send(signed_in, edit, **said, reason="资质认定暂停")
    line = {"item": "白度", "method": "GB/T 5950-2008", "valid_from": "2024-01-01"}
    send(signed_in, reverse("registry:scope_new", args=["DEMO-LAB-1"]), **line)

    page = text(signed_in.get(answer.url))
    for words in (
        "演示检验所1 → 演示检验所新名",
        "40 → 12",
        "在用 → ",
        "资质认定暂停",
        "演示路1号",
        "白度",
    ):
        assert words in page, words
    assert edit in page
    client.force_login(person("lab", COUNTY, organisation="DEMO-LAB-1"))
    assert edit not in text(client.get(here))
    text(client.get(edit), 403)


def test_laboratory_staff_read_their_own_scope_alone(client, officer, filled):
    actions.register_lab(by=officer, row=lab_row(2))
    client.force_login(person("lab", COUNTY, organisation="DEMO-LAB-1"))

    assert "DEMO-LAB-2" not in text(client.get(reverse("registry:labs")))
    text(client.get(reverse("registry:lab", args=["DEMO-LAB-1"])))
    text(client.get(reverse("registry:lab", args=["DEMO-LAB-2"])), 404)


# --- inspectors ------------------------------------------------------------


def test_the_papers_of_an_inspector_are_kept_by_forms(signed_in, filled):
    def url(name):
        return reverse(f"registry:{name}", args=["ZJ-0001"])

    send(signed_in, url("certificate_new"), number="ZF-1", divisions=["34"], valid_from="2024-01-01")
    send(signed_in, url("leave_new"), valid_from="2026-03-02", valid_until="2026-03-05")
    send(signed_in, url("conflicts"), codes=filled.code)
    send(
        signed_in,
        url("inspector_qualification"),
        person="检查员1",
        kind="training",
        title="抽样培训",
        valid_from="2025-01-01",
    )
    page = text(signed_in.get(url("inspector")))
    for words in ("ZF-1", "请假中", filled.name, "抽样培训", 'class="why"'):
        assert words in page, words

    cancel = reverse("registry:leave_cancel", args=[Leave.objects.get().pk])
    assert send(signed_in, cancel).status_code == 302
    assert send(signed_in, url("strike_off"), reason="违规").status_code == 302
    page = text(signed_in.get(url("inspector")))
    assert "离岗" in page and "违规" in page and "已取消" in page
    assert send(signed_in, url("on_duty"), reason="复核").status_code == 200, "no certificate holds"


def test_a_list_of_leave_is_read(officer, filled):
    assert stored(officer, lists_registers.LEAVE, ["ZJ-0001", "2026-03-02", "2026-03-03"])["created"] == 1
    assert upload(officer, lists_registers.LEAVE, ["ZJ-0009", "2026-03-02", ""]).summary["faults"] == 1


def test_a_reader_finds_no_way_to_change_papers(client, filled):
    client.force_login(person("leader", COUNTY))

    assert "strike-off" not in text(client.get(reverse("registry:inspector", args=["ZJ-0001"])))
    text(client.get(reverse("registry:strike_off", args=["ZJ-0001"])), 403)
    assert Inspector.objects.get().is_active
