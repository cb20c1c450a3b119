"""The officer prints: the task sheets of a draw as one file, and a notice that is issued and compared."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tests.country import QUARTERS, REGION
from tests.reports import poppler
from zhiheng.reports import fonts

DRAW = f"/office/draws/{REGION}-{QUARTERS[-1]}-001/"
SETTING_MS = 120_000


@pytest.fixture
def officer(signed_in):
    """The officer of the province, signed in."""
    if not fonts.has_chinese():
        pytest.skip("no font with Chinese is installed")
    return signed_in("province")


def fetched(officer, target, place):
    """Press what downloads a file, and return where it lies."""
    with officer.page.expect_download() as waiting:
        target.click()
    waiting.value.save_as(place)
    return place, waiting.value.suggested_filename


def test_the_task_sheets_of_a_draw_are_printed_as_one_file(officer, tmp_path):
    officer.open(DRAW)
    drawn = officer.page.locator("main table tbody th a").first.inner_text()
    officer.click(officer.page.get_by_role("button", name="抽查任务单", exact=True))
    assert urlsplit(officer.page.url).path.startswith("/office/prints/")
    officer.open("/office/")
    officer.follow("/office/prints/")  # left, and found again on the workbench

    link = officer.page.get_by_role("link", name="领取文件")
    link.wait_for(timeout=SETTING_MS)
    place, name = fetched(officer, link, tmp_path / "sheets.pdf")

    said = poppler.text(place)
    assert "抽查任务单" in said and drawn in said
    assert "演示数据" in said and "演示数据" in name
    assert int(poppler.info(place)["Pages"]) > 100
    assert {tuple(row[-5:-2]) for row in poppler.fonts(place)} == {("yes", "yes", "yes")}
    officer.open("/office/")
    assert officer.page.locator("#prints").count() == 0, "what was fetched waits no longer"


def test_the_chosen_rows_of_a_list_are_printed(officer):
    officer.open("/office/visits/")
    for box in officer.page.locator("main input[name=ids]").all()[:2]:
        box.check()

    officer.click(officer.page.get_by_role("button", name="打印抽查任务单"))

    officer.page.get_by_role("link", name="领取文件").wait_for(timeout=SETTING_MS)
    assert "已生成2份" in officer.text()


def test_a_notice_is_printed_issued_and_compared(officer, tmp_path):
    officer.open("/office/cases/")
    officer.follow("/office/cases/")
    firm = officer.page.locator("main .identity dd").first.inner_text()
    place, _name = fetched(
        officer, officer.page.locator("#papers a[href$='/notice/pdf/']"), tmp_path / "n.pdf"
    )
    assert firm in poppler.text(place)

    officer.click(officer.page.get_by_role("button", name="签发：检验结果通知书"))
    officer.click(officer.page.get_by_role("link", name="重新生成并比对"))

    assert "逐字节一致" in officer.text("#comparison")


def test_a_print_can_be_watched_without_scripts_on_a_phone(signed_in, officer):
    walker = signed_in("province", scripts=False, phone=True)
    walker.open(DRAW)
    walker.click(walker.page.get_by_role("button", name="检查台账(Excel)"))
    link = walker.page.get_by_role("link", name="领取文件")

    for _turn in range(60):
        if link.count():
            break
        walker.page.wait_for_timeout(1_000)
        walker.open(urlsplit(walker.page.url).path)
    assert link.count() == 1
