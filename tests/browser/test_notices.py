"""A newspaper reads a notice and cites it; an officer drafts one, sees what is masked and publishes it."""

from __future__ import annotations

import re

import pytest

from tests.country import QUARTERS, REGION

FIRST = f"/notices/{REGION}-2025-N0001/"
DRAFT = f"/office/notices/new/?kind=spot_check_result&source=draw:{REGION}-{QUARTERS[-1]}-001"


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_public_page_of_notices_holds_what_is_promised(visitor, phone, language):
    reader = visitor(phone=phone, language=language)

    for address in ("/notices/", FIRST, f"{FIRST}v1/"):
        reader.open(address)


def test_a_reader_goes_from_the_list_to_a_correction_and_opens_what_changed(visitor):
    reader = visitor(language="en")
    reader.open("/notices/?state=corrected")
    reader.click('main table tbody a[href^="/notices/"]')

    assert "This notice was corrected." in reader.text()
    reader.page.click("#history details summary")
    assert reader.page.locator("#history ins").first.is_visible()
    assert reader.page.locator("svg.qr").count() == 1


def test_without_scripts_the_whole_notice_is_there(visitor):
    reader = visitor(scripts=False)
    reader.open(FIRST)

    assert reader.page.locator("table tbody tr").count() > 0


def test_an_officer_publishes_the_results_that_wait(signed_in):
    officer = signed_in("province", language="en")
    officer.open(DRAFT)
    officer.click("main form button[value=submit]")
    officer.click('main a[href$="/edit/"]')
    officer.page.fill("#id_text_zh", "现公布结果。\n联系人：张三丰，电话13812345678。")
    officer.click("main form button[value=submit]")

    marked = officer.page.locator("#preview mark.masked").all_inner_texts()
    assert {"张某某", "138****5678"} <= set(marked)
    assert "张三丰" not in officer.page.locator("#preview").inner_text()

    officer.click('main a[href$="/publish/"]')
    officer.click("main form button[value=submit]")
    assert re.search(rf"/notices/{REGION}-\d{{4}}-N\d{{4}}/$", officer.page.url)
    assert "138****5678" in officer.text()


def test_the_pages_of_the_office_hold_what_is_promised_on_a_phone(signed_in):
    officer = signed_in("province", phone=True)

    for address in ("/office/notices/", "/office/notices/due/", "/office/notices/new/"):
        officer.open(address)
