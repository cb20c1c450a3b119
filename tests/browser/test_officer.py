"""The officer: the workbench in the morning, a list with one fault, a draw, a refused visit, a case."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from tests.country import FIRMS, QUARTERS, REGION
from zhiheng.formats.identifiers import demo_uscc

TO_COME = ()

DRAW = f"/office/draws/{REGION}-{QUARTERS[-1]}-001/"
HEAD = ("统一社会信用代码", "名称", "所在区县", "行业大类", "规模", "环节", "风险分类", "年产值(万元)")
COUNTY = "330106"


def firm(number, **changes):
    """Return one row of a list of firms that are not yet in the register."""
    row = {
        "code": demo_uscc(FIRMS + number, COUNTY),
        "name": f"浙江演示新增{number}号有限公司",
        "region": COUNTY,
        "division": "34",
        "size": "小型",
        "channel": "生产",
        "class": "B",
        "output": 120,
    }
    return list({**row, **changes}.values())


def workbook(path, rows):
    """Write a list as an office would."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名单"
    for row in (HEAD, *rows):
        sheet.append(row)
    book.save(path)
    return path


@pytest.fixture
def officer(signed_in):
    """The officer of the province, signed in."""
    return signed_in("province")


def test_the_accounts_of_the_demonstration_lead_to_the_workbench(visitor, site):
    officer = visitor()
    officer.open("/demo/")
    words = officer.text()
    officer.sign_in("province", site.story.passwords["province"])

    assert site.story.passwords["province"] in words
    counted = officer.page.locator("main .counts .count-number").all_inner_texts()
    assert len(counted) == 4
    assert int(counted[0].replace(",", "")) > 0, "the demonstration leaves nothing to do"
    assert officer.page.locator("main .todo-list tbody tr").count() > 1


def test_a_thing_to_do_leads_to_where_it_is_done(officer):
    officer.follow("/office/samples/", "/result/")

    assert officer.page.locator("main form.form").count() == 1


def test_a_list_with_one_faulty_row_is_mended_and_imported(officer, tmp_path):
    officer.open("/office/imports/registry-subjects/")
    faulty = workbook(tmp_path / "名单.xlsx", [firm(1), firm(2, division="99"), firm(3)])
    officer.page.set_input_files("main input[type=file]", faulty)
    officer.click("main form button")

    groups = officer.text("main .panel")
    officer.follow("/office/uploads/", "/faults/")
    row = officer.page.locator("main table tbody tr").first.inner_text()
    assert "D3" in groups and "99" in groups
    assert row.split("\t")[:4] == ["名单", "3", "D", "99"], row

    officer.page.go_back()
    with officer.page.expect_download() as coming:
        officer.page.click('main a[href$="marked.xlsx"]')
    marked = load_workbook(BytesIO(coming.value.path().read_bytes()))
    cell = marked.worksheets[0]["D3"]
    assert str(cell.value) == "99"
    assert cell.comment is not None or cell.fill.fill_type == "solid"

    officer.open("/office/imports/registry-subjects/")
    mended = workbook(tmp_path / "名单-改.xlsx", [firm(1), firm(2), firm(3)])
    officer.page.set_input_files("main input[type=file]", mended)
    officer.click("main form button")
    officer.click("main button[value=store]")
    assert officer.page.locator("main .outcome.done").count() == 1

    officer.open(f"/office/subjects/{demo_uscc(FIRMS + 2, COUNTY)}/")
    assert "浙江演示新增2号有限公司" in officer.text("main h1")


def test_nothing_of_a_faulty_list_is_stored_before_the_officer_says_so(officer, tmp_path):
    faulty = workbook(tmp_path / "坏.xlsx", [firm(11), firm(12, code="X1330106000000000A")])

    officer.open("/office/imports/registry-subjects/")
    officer.page.set_input_files("main input[type=file]", faulty)
    officer.click("main form button")

    assert officer.page.locator("main button[value=store]").count() == 0
    address = f"{officer.start}/office/subjects/{demo_uscc(FIRMS + 11, COUNTY)}/"
    assert officer.page.request.get(address).status == 404


def test_a_draw_says_why_a_unit_was_selected(officer):
    officer.open(DRAW)
    drawn = officer.text()
    officer.open(f"/office/visits/?draw={REGION}-{QUARTERS[-1]}-001")
    officer.follow("/office/visits/")
    drawers = officer.page.locator("details.why")
    for drawer in drawers.all():
        drawer.locator("summary").click()

    assert re.search(r"\b90/270\b", drawn), "the draw does not say with which probability"
    assert "zh-draw-1" in " ".join(drawers.all_inner_texts()), "the visit does not say why this firm"


def test_a_visit_is_recorded_as_refused_once(officer):
    officer.open("/office/visits/?state=assigned")
    officer.follow("/office/visits/")
    record = officer.page.url
    officer.follow("/office/visits/", "/record/")
    day = officer.page.locator("input[type=date]").first
    officer.page.check("input[name=outcome][value=refused]")
    day.fill("2026-11-20" if not day.input_value() else day.input_value())
    officer.click("main form button[value=submit]")

    assert officer.page.url == record or "/office/visits/" in officer.page.url
    officer.page.goto(record)
    officer.look()
    assert officer.page.locator('main a[href$="/record/"]').count() == 0, "the visit can be recorded twice"
    assert officer.page.locator("main .timeline li").count() >= 1


def test_a_visit_without_an_outcome_is_refused_by_the_form(officer):
    officer.open("/office/visits/?state=assigned")
    officer.follow("/office/visits/")
    officer.follow("/office/visits/", "/record/")
    officer.click("main form button[value=submit]")

    assert officer.page.locator("#error-summary a").count() >= 1
    target = officer.page.locator("#error-summary a").first.get_attribute("href")
    assert officer.page.locator(target).count() == 1


def test_a_case_shows_its_clock_with_the_proof(officer):
    officer.open("/office/cases/")
    links = officer.page.locator('main table a[href^="/office/cases/"]')
    addresses = links.evaluate_all("all => all.map(one => one.getAttribute('href'))")
    for address in addresses:
        officer.open(address)
        if "spotcheck." in officer.text() and officer.page.locator("details.why").count():
            break
    proof = officer.why()

    words = officer.text()
    assert re.search(r"20\d\d年\d+月\d+日", words)
    assert "spotcheck." in words, "the rule of the clock is not named"
    assert len(proof.splitlines()) > 3, proof


def test_the_list_is_narrowed_without_a_page_turn_and_keeps_its_address(officer):
    officer.open("/office/subjects/")
    officer.page.select_option("select[name=risk_class]", "D")
    officer.page.locator("main .filters button").click()
    officer.page.wait_for_url(re.compile(r"risk_class=D"))
    narrowed = officer.page.locator("main table tbody tr").count()
    officer.page.reload()
    officer.look()

    assert 0 < narrowed < 50
    assert officer.page.locator("main table tbody tr").count() == narrowed


def test_a_year_of_draws_is_planned_on_the_calendar(officer):
    year = 2027
    for period, quota in ((f"{year}Q1", 20), (f"{year}年上半年", 30), (f"{year}-05", 9000)):
        officer.open("/office/obligations/new/")
        officer.page.fill("#id_period", period)
        officer.page.fill("#id_quota", str(quota))
        officer.page.fill("#id_basis", f"年度抽查计划 {period}")
        officer.click("main form button[value=submit]")

    officer.open(f"/office/plan/calendar/?year={year}")
    before = officer.text()
    officer.click("main .decide a.button")
    preview = officer.text("main table")
    officer.click("main form button[value=submit]")
    planned = officer.page.locator("main table").nth(1).inner_text()
    officer.page.locator("main table").nth(1).locator('a[href*="/calendar/duties/"]').first.click()
    officer.page.fill("input[type=date]", f"{year}-03-15")
    officer.click("main form button[value=submit]")
    moved = officer.text()
    with officer.page.expect_download() as coming:
        officer.page.click('main a[href*="format=xlsx"]')
    weeks = list(load_workbook(BytesIO(coming.value.path().read_bytes())).active.iter_rows(values_only=True))

    assert "超负荷" in before, "nine thousand visits in a month are more than the inspectors can make"
    assert "2027年上半年" in preview and "2027年5月" in preview
    assert planned.count("已安排") == 3
    assert "2027年3月15日" in moved
    assert len(weeks) == 1 + 53


OFFICE = (
    "/office/",
    "/office/subjects/",
    "/office/products/",
    "/office/inspectors/",
    "/office/frames/",
    "/office/obligations/",
    "/office/targets/",
    "/office/draws/",
    "/office/plan/calendar/",
    DRAW,
    "/office/visits/",
    "/office/visits/mine/",
    "/office/samples/",
    "/office/cases/",
    "/office/releases/",
    "/office/coverage/",
    "/office/account/",
    "/office/people/matrix/",
    "/office/imports/registry-subjects/",
)


def test_every_page_of_the_office_holds_what_is_promised_on_a_phone(signed_in):
    officer = signed_in("province", phone=True, scripts=False)

    for address in OFFICE:
        officer.open(address)

    assert officer.seen[-len(OFFICE) :] == [address.partition("?")[0] for address in OFFICE]


@pytest.mark.parametrize(
    ("login", "addresses"),
    [
        ("system", ("/office/people/", "/office/people/new/")),
        ("security", ("/office/people/", "/office/people/matrix/")),
        ("audit", ("/office/ledger/", "/office/ledger/1/", "/office/ledger/check/")),
    ],
)
def test_the_pages_of_the_administrators_hold_what_is_promised(signed_in, login, addresses):
    administrator = signed_in(login, phone=True)

    for address in addresses:
        administrator.open(address)


def test_the_audit_administrator_checks_the_chain_of_the_whole_story(signed_in):
    audit = signed_in("audit")
    audit.open("/office/ledger/")
    audit.click("main form[method=post] button")

    assert audit.page.locator("main .outcome").count() == 1
    assert audit.page.locator("main .outcome.stopped").count() == 0
