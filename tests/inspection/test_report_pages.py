"""The laboratory's pages: taken in, filled in, seen, signed together, corrected; and the board."""

from __future__ import annotations

import html
import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from zhiheng.stages.inspection import actions, lab_board
from zhiheng.stages.inspection.models import Case, Move, Report, ReportDraft, Result, Visit
from zhiheng.stages.inspection.reporting import Line, Row
from zhiheng.stages.inspection.rules.sampling import Receipt
from zhiheng.stages.registry.models import CatalogueItem, Lab, LabScope
from zhiheng.web.models import Upload

from .conftest import LAB, LATER, REPORTED

ITEM = {
    "item": "lead",
    "method": "GB 4806.9-2023",
    "value": "0.08",
    "unit": "mg/kg",
    "limit": "0.10",
    "limit_kind": "upper",
}
WHOLE = Receipt(is_seal_intact=True, condition="whole")
FORM = {**ITEM, "reported_on": "2025-03-17", "decision_rule": "simple-acceptance"}


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def hidden(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]+)"', page)


def send(client, address, **fields):
    page = text(client.get(address))
    return client.post(address, {"zh-token": hidden(page, "zh-token")[0], **fields})


@pytest.fixture
def lab(client, person):
    who = person("lab", "330000", LAB)
    client.force_login(who)
    client.person = who
    return client


@pytest.fixture
def catalogue(db):
    return CatalogueItem.objects.create(
        region="330000",
        year=2025,
        code="KETTLE",
        name="水壶",
        reason="test",
        state="issued",
        test_items=[
            {k: ITEM[k] for k in ("item", "method", "unit", "limit", "limit_kind")},
            {"item": "cadmium", "method": "GB 4806.9-2023", "unit": "mg/kg", "limit": None},
        ],
        recorded_at=LATER,
    )


def draft(lab, seal, **changes):
    row = Row(seal, REPORTED, Line(**{**ITEM, **changes}))
    return actions.save_drafts(by=lab.person, rows=[row]).drafts[0]


def test_a_sample_is_taken_in_and_an_item_goes_into_the_draft(lab, visits, sampled):
    sample = sampled(visits[0])
    send(
        lab,
        reverse("inspection:visit_deed", args=[visits[0].pk, "receive"]),
        is_seal_intact="yes",
    )

    answer = send(lab, reverse("inspection:item", args=[sample.pk]), **{**FORM, "value": "<0.01"})

    page = text(lab.get(answer.url))
    assert Move.objects.get(kind="received").taker == LAB
    assert "&lt;0.01" in page and not Result.objects.exists()
    assert Visit.objects.get(pk=visits[0].pk).state == "received"


def test_a_value_without_sense_stays_on_the_form(lab, visits, sampled):
    address = reverse("inspection:item", args=[sampled(visits[0]).pk])

    for wrong in ({"value": "0,12"}, {"value": "-1"}, {"value": "<0.5"}, {"unit": ""}):
        assert "error-summary" in text(send(lab, address, **{**FORM, **wrong}))

    assert not ReportDraft.objects.exists()


def test_several_reports_are_seen_on_one_page_and_signed_once(lab, visits, sampled):
    for place in range(3):
        sampled(visits[place], seal=f"S-00{place + 1}")
    drafts = [draft(lab, "S-001"), draft(lab, "S-002", value="0.5"), draft(lab, "S-003", uncertainty="0.03")]
    page = text(lab.post(reverse("inspection:sign"), {"ids": [str(one.pk) for one in drafts]}))
    assert not Report.objects.exists()
    fields = {name: hidden(page, name) for name in ("ids", "zh-token", "shown")}

    answers = [lab.post(reverse("inspection:sign"), {**fields, "do": "sign"}) for _time in range(2)]

    assert [one.url for one in answers] == [reverse("inspection:reports")] * 2
    assert Report.objects.count() == 3 and Case.objects.count() == 1
    listed = text(lab.get(reverse("inspection:reports")))
    assert all(f"R-S-00{place}" in listed for place in (1, 2, 3))


def test_what_was_changed_after_it_was_shown_is_not_signed(lab, visits, sampled):
    sampled(visits[0])
    one = draft(lab, "S-001")
    page = text(lab.post(reverse("inspection:sign"), {"ids": [str(one.pk)]}))
    fields = {name: hidden(page, name) for name in ("ids", "zh-token", "shown")}
    draft(lab, "S-001", value="0.5")

    answer = lab.post(reverse("inspection:sign"), {**fields, "do": "sign"})

    assert answer.status_code == 409 and not Report.objects.exists()


def test_nothing_chosen_or_a_draft_of_another_laboratory_is_not_signed(
    lab, visits, sampled, person, province
):
    sampled(visits[0], lab="LAB-02")
    row = Row("S-001", REPORTED, Line(**ITEM))
    other = actions.save_drafts(by=person("lab", "330000", "LAB-02"), rows=[row]).drafts[0]

    assert lab.post(reverse("inspection:sign"), {"ids": ["x"]}).status_code == 400
    assert 'name="ids"' not in text(lab.post(reverse("inspection:sign"), {"ids": [str(other.pk)]}))
    for name in ("draft", "discard_draft"):
        method = lab.get if name == "draft" else lab.post
        assert method(reverse(f"inspection:{name}", args=[other.pk])).status_code == 404


def test_a_signed_report_is_corrected_by_a_new_version(lab, visits, sampled):
    sample = sampled(visits[0])
    first = actions.sign_reports(by=lab.person, drafts=[draft(lab, "S-001", value="0.5")])[0]
    begun = send(lab, reverse("inspection:correct_report", args=[first.pk]), reason="小数点错位")
    send(lab, reverse("inspection:item", args=[sample.pk]), **{**FORM, "value": "0.05"})
    assert "小数点错位" in text(lab.get(begun.url))
    held = ReportDraft.objects.get()

    actions.sign_reports(by=lab.person, drafts=[held])

    page = text(lab.get(reverse("inspection:report", args=[first.pk])))
    second = Report.objects.get(version=2)
    assert reverse("inspection:report", args=[second.pk]) in page
    record = lab.get(reverse("inspection:report_record", args=[second.pk])).json()
    assert (record["version"], record["reason"], record["replaces"]) == (2, "小数点错位", str(first.pk))
    assert 'role="alert"' not in page


def test_a_draft_is_put_aside(lab, visits, sampled):
    sampled(visits[0])
    one = draft(lab, "S-001")

    assert lab.post(reverse("inspection:discard_draft", args=[one.pk])).status_code == 302
    assert not ReportDraft.objects.exists()


# The list -----------------------------------------------------------------------------------------


def filled(lab, *changes):
    """Download the template, fill in its rows in order, and return the bytes of the workbook."""
    book = load_workbook(io.BytesIO(lab.get(reverse("inspection:samples_template")).content))
    page = book.worksheets[0]
    keys = [column.key for column in lab_columns()]
    for number, said in enumerate(changes, 2):
        for key, value in said.items():
            page.cell(number, keys.index(key) + 1).value = value
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def lab_columns():
    from zhiheng.stages.inspection.lab_lists import RESULTS

    return RESULTS.columns


def upload(lab, data):
    file = SimpleUploadedFile("结果.xlsx", data)
    answer = lab.post(reverse("web:import", args=["inspection-results"]), {"file": file})
    assert answer.status_code == 302, answer.content.decode()[:1500]
    return Upload.objects.get(pk=answer["Location"].split("/")[-2]), answer["Location"]


GOOD = {"value": "0.08", "reported_on": "2025-03-17"}
CADMIUM = {"value": "<0.01", "reported_on": "2025-03-17", "limit": "0.05", "limit_kind": "不大于"}


def test_the_template_holds_the_waiting_samples_with_the_items_of_the_catalogue(
    lab, visits, sampled, catalogue
):
    sampled(visits[0])
    sampled(visits[1], seal="S-002", lab="LAB-02")

    book = load_workbook(io.BytesIO(lab.get(reverse("inspection:samples_template")).content))

    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][0] == "封条编号"
    assert [(row[0], row[2], row[5], row[8]) for row in rows[1:]] == [
        ("S-001", "lead", "mg/kg", "0.10"),
        ("S-001", "cadmium", "mg/kg", None),
    ]


def test_a_filled_in_list_is_seen_kept_as_drafts_and_changes_nothing_twice(lab, visits, sampled, catalogue):
    sampled(visits[0])
    data = filled(lab, {**GOOD, "value": "0.5", "uncertainty": "0.45"}, CADMIUM)
    found, url = upload(lab, data)
    assert found.summary["faults"] == 0
    page = text(lab.get(url))
    assert "&lt;0.01" in page and not ReportDraft.objects.exists()

    lab.post(url, {"do": "store"})
    again, url = upload(lab, data)
    lab.post(url, {"do": "store"})

    again.refresh_from_db()
    assert [line["value"] for line in ReportDraft.objects.get().lines] == ["0.5", "<0.01"]
    assert (again.summary["created"], again.summary["unchanged"]) == (0, 1)
    assert not Result.objects.exists()


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"seal_no": "S-999"}, "A"),
        ({"seal_no": "S-002"}, "A"),
        ({"value": "0,08"}, "E"),
        ({"value": "合格"}, "E"),
        ({"value": "-0.1"}, "E"),
        ({"value": "<0.5"}, "E"),
        ({"unit": "mg/L"}, "F"),
        ({"uncertainty": "x"}, "G"),
        ({"limit_kind": "大约"}, "H"),
        ({"decision_rule": "看情况"}, "J"),
        ({"reported_on": "明天"}, "K"),
        ({"reported_on": "2025-03-21"}, "K"),
        ({"method": "GB 5009.12-2023"}, "D"),
    ],
)
def test_a_wrong_cell_is_named_by_its_column(lab, visits, sampled, catalogue, changes, column):
    sampled(visits[0])
    sampled(visits[1], seal="S-002", lab="LAB-02")
    held = Lab.objects.create(code=LAB, name="演示实验室", region="330000", recorded_at=LATER)
    for item in ("lead", "cadmium"):
        LabScope.objects.create(
            lab=held, item=item, method="GB 4806.9-2023", valid_from=date(2024, 1, 1), recorded_at=LATER
        )

    found, url = upload(lab, filled(lab, {**GOOD, **changes}, CADMIUM))

    faults = text(lab.get(reverse("web:upload_faults", args=[found.pk])))
    assert f'<td class="right">2</td><td>{column}</td>' in faults
    assert lab.post(url, {"do": "store"}).status_code == 400
    assert not ReportDraft.objects.exists()


def test_a_list_that_comes_after_the_signature_changes_nothing_or_is_a_fault(lab, visits, sampled, catalogue):
    sampled(visits[0])
    data = filled(lab, GOOD, CADMIUM)
    other = filled(lab, {**GOOD, "value": "0.09"}, CADMIUM)
    _found, url = upload(lab, data)
    lab.post(url, {"do": "store"})
    actions.sign_reports(by=lab.person, drafts=[ReportDraft.objects.get()])

    same, _url = upload(lab, data)
    late, _url = upload(lab, other)

    assert (same.summary["faults"], late.summary["faults"]) == (0, 1)


def test_one_faulty_row_holds_back_its_whole_sample_and_no_other(lab, visits, sampled, catalogue):
    sampled(visits[0])
    sampled(visits[1], seal="S-002")
    found, url = upload(lab, filled(lab, {**GOOD, "value": "0,08"}, CADMIUM, GOOD, CADMIUM))
    assert (found.summary["faulty"], found.summary["good"]) == (2, 2)

    lab.post(url, {"do": "store-good"})

    assert [one.sample.seal_no for one in ReportDraft.objects.all()] == ["S-002"]


def test_an_item_that_the_catalogue_asks_for_and_the_draft_lacks_is_told_before_the_signature(
    lab, visits, sampled, catalogue
):
    sampled(visits[0])
    one = draft(lab, "S-001")

    for page in (
        lab.get(reverse("inspection:draft", args=[one.pk])),
        lab.post(reverse("inspection:sign"), {"ids": [str(one.pk)]}),
    ):
        assert "<strong>cadmium</strong>" in text(page)


# The board ----------------------------------------------------------------------------------------


def test_the_board_counts_what_waits_and_how_long_it_took(lab, visits, sampled, at):
    Lab.objects.create(code=LAB, name="演示实验室", region="330000", samples_a_week=2, recorded_at=LATER)
    for place in range(4):
        sampled(visits[place], seal=f"S-00{place + 1}")
    with at("2025-03-12T15:00:00+08:00"):
        actions.receive_sample(by=lab.person, sample=visits[0].sample, receipt=WHOLE)
    actions.receive_sample(by=lab.person, sample=visits[2].sample, receipt=WHOLE)
    actions.sign_reports(by=lab.person, drafts=[draft(lab, "S-001"), draft(lab, "S-002")])

    found = lab_board.board(lab.person)

    row = found.labs[0]
    assert (row.waiting, row.in_test, row.reported, row.capacity, row.weeks_of_work) == (1, 1, 2, 2, 1.0)
    assert sorted(span.days for span in found.spans) == [5, 7]
    assert (row.times.median, row.times.ninth_decile, row.times.from_receipt) == (6, 7, 1)
    assert sum(count for _week, count in found.weeks) == 2
    assert {one.sample.seal_no for one in found.longest} == {"S-003", "S-004"}
    assert found.overdue == []
    assert "演示实验室" in text(lab.get(reverse("inspection:lab_board")))


def test_a_laboratory_sees_its_own_board_and_an_office_all(lab, visits, sampled, province, client):
    sampled(visits[0])
    sampled(visits[1], seal="S-002", lab="LAB-02")

    assert [row.code for row in lab_board.board(lab.person).labs] == [LAB]
    assert [row.code for row in lab_board.board(province.officer).labs] == [LAB, "LAB-02"]


def test_each_number_of_the_board_leads_to_exactly_its_rows(lab, visits, sampled, province, report):
    for place, code in enumerate((LAB, LAB, LAB, LAB, "LAB-011", "LAB-011")):
        sampled(visits[place], seal=f"S-00{place + 1}", lab=code)
    actions.receive_sample(by=lab.person, sample=visits[1].sample, receipt=WHOLE)
    report(visits[2].sample, is_complete=False)
    actions.sign_reports(by=lab.person, drafts=[draft(lab, "S-004")])
    lab.force_login(province.officer)
    page = text(lab.get(reverse("inspection:lab_board")))

    links = re.findall(r'<a href="(/office/samples/all/[^"]+)">(?:[^<(]*\()?(\d+)', page)

    assert len(links) >= 7
    for address, number in links:
        rows = lab.get(html.unescape(address))
        assert len(rows.context["table"].rows) == int(number), address
    counted = lab_board.board(province.officer).labs
    assert [(row.code, row.waiting, row.in_test, row.reported) for row in counted] == [
        (LAB, 1, 2, 1),
        ("LAB-011", 2, 0, 0),
    ]


def test_a_leader_reads_the_board_of_the_region_and_changes_nothing(lab, visits, sampled, person):
    sample = sampled(visits[0])
    inside = person("leader", visits[0].region)
    lab.force_login(inside)
    for name in ("lab_board", "lab_samples"):
        assert lab.get(reverse(f"inspection:{name}")).status_code == 200
    assert "S-001" in text(lab.get(reverse("inspection:lab_samples")))
    assert "S-001" in text(lab.get(reverse("inspection:lab_board")))
    for name in ("samples", "drafts", "reports", "samples_template"):
        assert lab.get(reverse(f"inspection:{name}")).status_code == 403
    assert lab.get(reverse("inspection:item", args=[sample.pk])).status_code == 403

    lab.force_login(person("leader", "320000"))
    assert lab_board.board(person("leader", "320000")).labs == []
    assert "S-001" not in text(lab.get(reverse("inspection:lab_samples")))


def test_an_unverified_limit_reminds_and_nothing_is_overdue_by_it(lab, visits, sampled, at):
    food = next(visit for visit in visits if visit.division == "13")
    sampled(food)

    with at("2025-06-20T09:00:00+08:00"):
        waiting = lab_board.board(lab.person).longest[0]

    assert (waiting.limit.status, waiting.is_overdue, waiting.is_past_reminder) == ("unverified", False, True)


def test_the_lists_of_the_laboratory_need_a_bounded_number_of_statements(
    lab, visits, sampled, django_assert_max_num_queries
):
    for place in range(5):
        sampled(visits[place], seal=f"S-00{place + 1}")
    actions.sign_reports(by=lab.person, drafts=[draft(lab, "S-001"), draft(lab, "S-002")])
    draft(lab, "S-003")

    for name, most in (("drafts", 9), ("reports", 9), ("lab_samples", 9), ("lab_board", 10)):
        lab.get(reverse(f"inspection:{name}"))
        with django_assert_max_num_queries(most):
            text(lab.get(reverse(f"inspection:{name}")))


def test_the_page_of_decisions_needs_no_more_statements_for_more_drafts(
    lab, visits, sampled, catalogue, django_assert_max_num_queries
):
    for place in range(6):
        sampled(visits[place], seal=f"S-00{place + 1}")
    ids = [str(draft(lab, f"S-00{place + 1}").pk) for place in range(6)]
    address = reverse("inspection:sign")
    lab.post(address, {"ids": ids})

    with django_assert_max_num_queries(16) as few:
        text(lab.post(address, {"ids": ids[:2]}))
    with django_assert_max_num_queries(len(few) + 8):  # catalogues of two regions, and a scope, at most
        text(lab.post(address, {"ids": ids}))


def test_the_page_of_a_visit_leads_to_the_reports_of_its_sample(lab, visits, sampled):
    sample = sampled(visits[0])
    actions.receive_sample(by=lab.person, sample=sample, receipt=WHOLE)
    report = actions.sign_reports(by=lab.person, drafts=[draft(lab, "S-001")])[0]

    page = text(lab.get(reverse("inspection:visit", args=[visits[0].pk])))

    assert reverse("inspection:report", args=[report.pk]) in page


def test_the_samples_behind_a_number_of_the_board_are_listed(lab, visits, sampled):
    for place in range(2):
        sampled(visits[place], seal=f"S-00{place + 1}")
    actions.sign_reports(by=lab.person, drafts=[draft(lab, "S-001")])
    address = reverse("inspection:lab_samples")

    waiting = text(lab.get(address, {"state": "sealed"}))
    reported = text(lab.get(address, {"reported_on_from": "2025-03-17", "reported_on_to": "2025-03-17"}))

    assert "S-002" in waiting and "S-001" not in waiting
    assert "S-001" in reported and "S-002" not in reported
