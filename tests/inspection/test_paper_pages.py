"""Papers on the pages: buttons where something can be printed, files by name, issue, compare, prints."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from docx import Document

from tests.reports import poppler
from zhiheng.reports import fonts
from zhiheng.stages.inspection import actions
from zhiheng.stages.inspection.models import Case, IssuedPaper, PrintJob


@pytest.fixture
def case(visits, sampled, report):
    report(sampled(visits[0]))
    return Case.objects.select_related("subject", "visit").get()


@pytest.fixture
def office(client, province):
    client.force_login(province.officer)
    return client


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_the_page_of_a_visit_offers_what_is_ready_and_no_more(office, visits, sampled):
    text = office.get(reverse("inspection:visit", args=[visits[0].pk])).content.decode()
    assert "抽查任务单" in text and "封样单" not in text

    sampled(visits[0])

    text = office.get(reverse("inspection:visit", args=[visits[0].pk])).content.decode()
    assert "封样单" in text and "抽样单" in text


@pytest.mark.parametrize(
    ("form", "start", "media"),
    [
        ("pdf", b"%PDF-1.7", "application/pdf"),
        ("docx", b"PK", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("html", b"<!doctype html>", "text/html; charset=utf-8"),
    ],
)
def test_a_task_sheet_comes_in_each_form_under_its_number(office, visits, form, start, media):
    if form == "pdf" and not fonts.has_chinese():
        pytest.skip("no font with Chinese is installed")
    visit = visits[0]

    answer = office.get(reverse("inspection:visit_paper", args=[visit.pk, "task-sheet", form]))

    assert answer.status_code == 200
    assert answer.content.startswith(start)
    assert answer["Content-Type"] == media
    assert answer["Content-Disposition"].startswith("attachment")
    assert visit.selection.draw.serial in answer["Content-Disposition"]
    assert answer["X-Zhiheng-Data"] == "demonstration"


def test_a_paper_comes_in_english_when_asked_for(office, visits):
    url = reverse("inspection:visit_paper", args=[visits[0].pk, "task-sheet", "docx"])

    said = Document(io.BytesIO(office.get(f"{url}?language=en").content))

    assert said.paragraphs[0].text == "Task sheet of the spot check"


@pytest.mark.parametrize("wrong", [("poem", "pdf"), ("task-sheet", "exe"), ("order-to-correct", "pdf")])
def test_what_is_no_paper_is_not_found(office, visits, wrong):
    assert office.get(reverse("inspection:visit_paper", args=[visits[0].pk, *wrong])).status_code == 404


def test_a_paper_that_is_not_ready_is_refused_with_what_to_do(office, visits):
    answer = office.get(reverse("inspection:visit_paper", args=[visits[0].pk, "test-report", "docx"]))

    assert answer.status_code == 409
    assert "尚未记录" in answer.content.decode()


def test_a_stranger_prints_nothing(client, person, visits):
    client.force_login(person("officer", "320000"))

    assert (
        client.get(reverse("inspection:visit_paper", args=[visits[0].pk, "task-sheet", "docx"])).status_code
        == 404
    )


def test_a_firm_prints_its_notice_and_no_task_sheet(client, person, case):
    client.force_login(person("firm", organisation=case.subject.code))

    page = client.get(reverse("inspection:case", args=[case.pk])).content.decode()
    notice = client.get(reverse("inspection:case_paper", args=[case.pk, "notice", "docx"]))
    sheet = client.get(reverse("inspection:visit_paper", args=[case.visit_id, "task-sheet", "docx"]))

    assert notice.status_code == 200 and sheet.status_code == 404
    assert "检验结果通知书" in page and "签发：" not in page


def test_a_notice_is_issued_shown_listed_and_compared(office, case):
    answer = office.post(reverse("inspection:issue_paper", args=[case.pk, "notice"]), follow=True)

    row = IssuedPaper.objects.get()
    text = answer.content.decode()
    assert answer.redirect_chain[-1][0] == reverse("inspection:paper", args=[row.pk])
    assert row.file_sha in text and row.data_sha in text and "paper-1" in text
    assert row.number in office.get(reverse("inspection:papers")).content.decode()
    assert row.number in office.get(reverse("inspection:case", args=[case.pk])).content.decode()
    compared = office.get(reverse("inspection:compare_paper", args=[row.pk])).content.decode()
    assert "逐字节一致" in compared
    assert body(office.get(reverse("inspection:paper_file", args=[row.pk])))[:4] in (b"%PDF", b"PK\x03\x04")


def test_a_get_issues_nothing(office, case):
    assert office.get(reverse("inspection:issue_paper", args=[case.pk, "notice"])).status_code == 405
    assert not IssuedPaper.objects.exists()


def test_the_lists_of_papers_and_prints_ask_a_bounded_number_of_statements(
    office, case, django_assert_max_num_queries
):
    office.post(reverse("inspection:issue_paper", args=[case.pk, "notice"]))

    with django_assert_max_num_queries(14):
        assert office.get(reverse("inspection:papers")).status_code == 200
    with django_assert_max_num_queries(10):
        assert office.get(reverse("inspection:prints")).status_code == 200


def test_the_task_sheets_of_a_draw_are_asked_for_watched_and_fetched(
    office, visits, revealed, django_capture_on_commit_callbacks, tmp_path
):
    if not fonts.has_chinese():
        pytest.skip("no font with Chinese is installed")
    page = office.get(reverse("draw:draw", args=[revealed.serial])).content.decode()
    url = reverse("inspection:start_print", args=["task-sheet", "pdf"])
    assert url in page

    answer = office.post(url, {"draw": revealed.serial})
    job = PrintJob.objects.get()
    waiting = office.get(answer["Location"]).content.decode()
    assert "排队中" in waiting and 'hx-trigger="every 2s"' in waiting
    assert "我发起的打印" in office.get(reverse("web:workbench")).content.decode()
    assert office.get(reverse("inspection:print_file", args=[job.pk])).status_code == 409
    actions.papers._enqueue(str(job.pk))

    done = office.get(answer["Location"]).content.decode()
    assert "领取文件" in done and "every 2s" not in done
    place = tmp_path / "sheets.pdf"
    place.write_bytes(body(office.get(reverse("inspection:print_file", args=[job.pk]))))
    assert visits[-1].selection.unit_code in poppler.text(place)
    job.refresh_from_db()
    assert job.fetched_at is not None


def test_the_chosen_rows_of_the_list_are_printed(office, visits):
    if not fonts.has_chinese():
        pytest.skip("no font with Chinese is installed")
    page = office.get(reverse("inspection:visits")).content.decode()
    url = reverse("inspection:start_print", args=["task-sheet", "pdf"])
    assert f'formaction="{url}"' in page

    office.post(url, {"ids": [str(visits[0].pk), str(visits[1].pk), "no id at all"]})

    assert PrintJob.objects.get().total == 2


def test_choosing_nothing_says_so(office, visits):
    answer = office.post(reverse("inspection:start_print", args=["task-sheet", "pdf"]))

    assert answer.status_code == 400
    assert "没有选中" in answer.content.decode()


@pytest.mark.parametrize("field", ["draw", "language"])
def test_a_nul_in_what_a_page_reads_without_a_form_is_refused(office, field):
    address = reverse("inspection:start_print", args=["task-sheet", "pdf"])

    answer = office.post(address, {field: "a\0b"})

    assert answer.status_code == 400
    assert "没有选中" not in answer.content.decode()


def test_who_may_not_print_sees_no_button(client, person, visits):
    client.force_login(person("leader"))

    page = client.get(reverse("inspection:visits")).content.decode()

    assert reverse("inspection:start_print", args=["task-sheet", "pdf"]) not in page


def test_a_print_of_another_person_is_not_found(client, office, person, visits, revealed):
    office.post(reverse("inspection:start_print", args=["task-sheet", "pdf"]), {"draw": revealed.serial})
    job = PrintJob.objects.get()
    client.force_login(person("officer"))

    assert client.get(reverse("inspection:print", args=[job.pk])).status_code == 404
    assert client.get(reverse("inspection:print_file", args=[job.pk])).status_code == 404
