"""The laboratory: its own samples, filled in, seen, signed together, corrected, and by machine too."""

from __future__ import annotations

import io
import re
import subprocess

import pytest
from openpyxl import load_workbook

from tests.country import ROOT

TO_COME = (
    (
        "calibration and proficiency of the laboratory",
        "the roadmap's issue on the quality infrastructure",
    ),
)
API_GUIDE = ROOT / "docs" / "api" / "lab.md"
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.M | re.S)


@pytest.fixture
def lab(signed_in):
    """Staff of one laboratory, signed in."""
    return signed_in("lab")


def today(lab):
    return lab.page.evaluate("new Date().toLocaleDateString('sv', {timeZone: 'Asia/Shanghai'})")


def fill(lab, **changes):
    """Fill in the form of an item."""
    said = {
        "item": "甲醛含量",
        "method": "DEMO-T 1-2023",
        "value": "5.0",
        "uncertainty": "0.1",
        "limit": "10.0",
    }
    for name, value in {**said, **changes}.items():
        lab.page.fill(f"#id_{name}", value)
    day = lab.page.locator("#id_reported_on")
    if not day.input_value():
        day.fill(today(lab))
    lab.page.select_option("#id_unit", "mg/kg")
    lab.page.select_option("#id_limit_kind", "upper")


def waiting(lab):
    lab.open("/office/samples/")
    return [text.strip() for text in lab.page.locator("main table tbody th").all_inner_texts()]


def filled_in(lab, folder, values):
    """Download the list of waiting samples and fill in the first rows with values."""
    lab.open("/office/samples/")
    with lab.page.expect_download() as got:
        lab.page.click('main a[href$="/template.xlsx"]')
    path = folder / "results.xlsx"
    got.value.save_as(path)
    book = load_workbook(io.BytesIO(path.read_bytes()))
    page = book.worksheets[0]
    head = [cell.value for cell in page[1]]
    said = {
        "检验项目": "甲醛含量",
        "检验方法": "DEMO-T 1-2023",
        "单位": "mg/kg",
        "扩展不确定度": "0.01",
        "限值方向": "不高于",
        "限值": "0.1",
        "报告日期": today(lab),
    }
    for number, value in enumerate(values, 2):
        for name, text in {**said, "测得值": value}.items():
            page.cell(number, head.index(name) + 1).value = text
    page.delete_rows(2 + len(values), page.max_row)
    book.save(path)
    return path


def upload(lab, path):
    lab.open("/office/imports/inspection-results/")
    lab.page.set_input_files("#file", path)
    lab.click("main form button")


def test_the_workbench_counts_the_samples_to_report_on(lab):
    assert lab.page.locator('main a[href^="/office/samples/"]').count() >= 1


def test_a_sample_is_taken_in_with_its_seal_looked_at(lab):
    lab.open("/office/samples/all/?state=sealed")
    seal = lab.page.locator("main table tbody th").first.inner_text().strip()
    lab.click(f'main a:text-is("{seal}")')
    lab.follow("/office/visits/", "/do/receive/", within="body")
    lab.page.check("#id_is_seal_intact_1")
    lab.click("main form button[value=submit]")
    assert lab.page.locator("#error-summary li").count() >= 1
    lab.page.check("#id_is_seal_intact_0")
    lab.click("main form button[value=submit]")

    assert "/office/visits/" in lab.page.url
    lab.open("/office/samples/all/?state=received")
    assert seal in lab.text()


def test_a_list_is_filled_in_seen_signed_together_and_corrected(lab, tmp_path):
    before = waiting(lab)
    path = filled_in(lab, tmp_path, ["0,05", "0.5", "<0.01"])
    upload(lab, path)
    assert "E2" in lab.text("main") and lab.page.locator("button[value=store]").count() == 0

    path = filled_in(lab, tmp_path, ["0.095", "0.5", "<0.01"])
    upload(lab, path)
    assert "<0.01" in lab.text("main")
    lab.click("button[value=store]")
    assert waiting(lab) == before  # nothing is decided yet

    lab.open("/office/reports/drafts/")
    for seal in before[:3]:
        lab.page.check(f'tr:has(a:text-is("{seal}")) input[name=ids]')
    lab.click(".batch button")
    assert lab.page.locator("main .state.stopped").count() >= 1
    lab.click("button[value=sign]")
    assert not set(before[:3]) & set(waiting(lab))

    lab.open("/office/reports/?q=R-" + before[1])
    lab.follow("/office/reports/")
    lab.follow("/office/reports/", "/correct/", within="body")
    lab.page.fill("#id_reason", "小数点错位")
    lab.click("main form button[value=submit]")
    lab.page.locator("main table tbody th a").first.click()
    lab.page.fill("#id_value", "0.05")
    lab.click("main form button[value=submit]")
    lab.click('form[action$="/sign/"] button')
    lab.click("button[value=sign]")
    lab.open("/office/reports/?q=R-" + before[1])
    assert lab.page.locator("main table tbody tr").count() == 2


def test_an_item_is_put_into_a_draft_by_hand_and_the_draft_aside(lab):
    lab.open("/office/samples/")
    lab.follow("/office/samples/", "/result/")
    fill(lab)
    lab.click("main form button[value=submit]")
    assert "/office/reports/drafts/" in lab.page.url

    lab.click('form[action$="/discard/"] button')
    assert lab.page.url.endswith("/office/reports/drafts/")


def test_a_value_that_is_no_number_is_refused_and_what_was_typed_stays(lab):
    lab.open("/office/samples/")
    lab.follow("/office/samples/", "/result/")
    fill(lab, value="about five")
    lab.click("main form button[value=submit]")

    assert lab.page.locator("#error-summary li").count() >= 1
    assert lab.page.locator("#id_value").input_value() == "about five"
    assert lab.page.locator("#id_limit").input_value() == "10.0"


def test_the_demonstration_leaves_reports_to_sign_and_a_signed_one(lab):
    lab.open("/office/reports/drafts/")
    assert lab.page.locator("main table tbody tr").count() >= 2

    lab.open("/office/reports/")
    assert lab.page.locator("main table tbody tr").count() >= 1


def test_the_board_leads_down_to_the_samples(lab):
    lab.open("/office/samples/board/")
    assert lab.page.locator("figure.chart").count() == 1
    lab.follow("/office/samples/all/?lab=", "stage=waiting")

    assert lab.page.locator("main table tbody tr").count() >= 1


def test_the_examples_of_the_api_work_as_they_stand_with_a_key_of_the_page(lab, tmp_path):
    seal = waiting(lab)[0]
    lab.open("/office/account/keys/")
    lab.page.fill("#id_label", "实验室信息系统")
    lab.click("main form button")
    key = lab.text("#api-key")
    known = {"SITE": lab.start, "KEY": key, "SEAL": seal, "DAY": today(lab), "PATH": "/usr/bin:/bin"}
    blocks = BLOCK.findall(API_GUIDE.read_text("utf-8"))

    done = subprocess.run(
        ["bash", "-ec", "\n".join(blocks)], cwd=tmp_path, env=known, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert len(blocks) >= 5 and '"version": 2' in done.stdout
    lab.open("/office/account/keys/")
    assert key not in lab.text("main")
    lab.click('form[action$="/revoke/"] button')


@pytest.mark.parametrize(
    "address", ["/office/draws/", "/office/ledger/", "/office/people/", "/office/releases/"]
)
def test_the_laboratory_sees_nothing_of_the_office(lab, address):
    answer = lab.page.request.get(lab.start + address)

    assert answer.status == 403


def test_its_pages_hold_what_is_promised_on_a_phone(signed_in):
    lab = signed_in("lab", phone=True)

    for address in (
        "/office/samples/",
        "/office/samples/all/",
        "/office/samples/board/",
        "/office/reports/",
        "/office/reports/drafts/",
        "/office/imports/inspection-results/",
        "/office/account/",
        "/office/account/keys/",
        "/office/visits/",
        "/office/cases/",
    ):
        lab.open(address)
