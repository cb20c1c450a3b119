"""The citizen: from the figure on the home page down to one inspection and its draw, and up to the clause."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.country import QUARTERS, REGION, ROOT

TO_COME = (("a notice with its own permanent address and QR code", "the roadmap's issue on disclosure"),)

FIGURE = f"/figures/mfg_product_pass_rate/{REGION}/{QUARTERS[-1]}/"
DRAW = f"/draws/{REGION}-{QUARTERS[-1]}-001/"
WAYS = pytest.mark.parametrize(
    ("phone", "scripts"), [(False, True), (True, True), (True, False)], ids=["desk", "phone", "no-scripts"]
)


def down_to_one_inspection(citizen):
    """Walk from home to the newest figure and to the first inspection behind it."""
    citizen.open("/")
    citizen.follow(FIGURE)
    citizen.follow("/inspections/")


def test_the_home_page_shows_the_pass_rate_beside_the_target(visitor):
    citizen = visitor()

    citizen.open("/")

    words = citizen.text()
    assert re.search(r"\b9\d\.\d\d%", words), "no pass rate with two digits"
    assert re.search(r"9\d\.\d–9\d\.\d", words), "no interval"
    assert "94%" in words, "no target"
    assert citizen.page.locator("main svg").count() >= 1
    assert citizen.page.locator("main table").count() >= 1, "the chart has no table"


@WAYS
def test_a_figure_is_followed_down_to_one_inspection_and_its_draw(visitor, phone, scripts):
    citizen = visitor(phone=phone, scripts=scripts)

    down_to_one_inspection(citizen)
    why = citizen.why()
    citizen.follow("/draws/")

    assert citizen.seen[:2] == ["/", FIGURE]
    assert citizen.seen[2].startswith("/inspections/")
    assert citizen.seen[3] == DRAW
    assert why.strip()
    assert citizen.page.locator(f'main a[href="{DRAW}certificate.json"]').count() == 1


@WAYS
def test_a_figure_is_followed_up_to_the_clause(visitor, phone, scripts):
    citizen = visitor(phone=phone, scripts=scripts)

    citizen.open(FIGURE)
    citizen.follow("/plan/targets/")
    citizen.why()
    citizen.follow("/plan/articles/2/")

    assert citizen.seen == [FIGURE, "/plan/targets/CN-2025-4/", "/plan/articles/2/"]
    assert "94%" in citizen.text()


@WAYS
def test_a_region_is_followed_to_its_neighbours_side_by_side(visitor, phone, scripts):
    citizen = visitor(phone=phone, scripts=scripts)
    citizen.open("/regions/")

    citizen.click(f'main .tiles a[href="/regions/{REGION}/"]')
    own = citizen.text("#numbers-1")
    citizen.click('#neighbours a[href^="/compare/"]')

    assert "%" in own
    assert citizen.page.locator("main figure svg").count() == 1
    assert citizen.page.locator("main figure tbody tr").count() >= 3


def test_the_certificate_of_the_draw_is_checked_offline(visitor, tmp_path):
    citizen = visitor()
    citizen.open(DRAW)

    with citizen.page.expect_download() as coming:
        citizen.page.click(f'main a[href="{DRAW}certificate.json"]')
    certificate = tmp_path / coming.value.suggested_filename
    coming.value.save_as(certificate)

    held = check_alone(certificate)
    assert held.returncode == 0, held.stdout + held.stderr


def test_a_certificate_with_one_firm_exchanged_is_refused_offline(visitor, tmp_path, site):
    answer = visitor().page.request.get(f"{site.address}{DRAW}certificate.json")
    certificate = tmp_path / "draw.json"
    text = answer.text()
    drawn = sorted(set(re.findall(r"X1\d{6}\w{10}", text)))
    certificate.write_text(text.replace(drawn[0], drawn[1]), encoding="utf-8")

    held = check_alone(certificate)

    assert held.returncode == 1
    assert "refused" in held.stdout + held.stderr


def check_alone(file):
    """Run the verifier for strangers, which knows nothing of this house."""
    program = [sys.executable, str(ROOT / "verifier" / "verify.py"), str(file)]
    return subprocess.run(program, capture_output=True, text=True)


def test_the_bundle_of_a_figure_is_checked_on_the_verify_page(visitor, tmp_path):
    citizen = visitor()
    citizen.open(FIGURE)
    bundle = tmp_path / "figure.json"
    bundle.write_bytes(citizen.page.request.get(citizen.start + FIGURE + "bundle.json").body())
    altered = tmp_path / "altered.json"
    said = json.loads(bundle.read_text("utf-8"))
    altered.write_text(json.dumps({**said, "type": "zhiheng.figure.forged"}), encoding="utf-8")

    citizen.open("/verify/")
    citizen.page.set_input_files("#bundle", bundle)
    citizen.click("main form button")
    good = citizen.text()
    citizen.open("/verify/")
    citizen.page.set_input_files("#bundle", altered)
    citizen.page.locator("main form button").first.click()
    citizen.page.wait_for_load_state()

    assert good != citizen.text()
    assert citizen.page.locator("main .state.done").count() == 0


@pytest.mark.parametrize("address", [DRAW, FIGURE])
def test_a_draw_and_a_figure_are_checked_in_the_browser_by_one_click(visitor, site, address):
    bundles = (site.story.var / "bundles").glob("draw-*.json")
    assert all('"ids":"salted"' in one.read_text("utf-8") for one in bundles), "they go by salted names"
    citizen = visitor(phone=True)
    citizen.open(address)

    citizen.page.click("main a[href^='/verifier/verify.html?']")
    citizen.page.locator("#verdict.holds, #verdict.fails").wait_for()

    assert "核验通过" in citizen.page.locator("#verdict").inner_text()
    assert citizen.page.locator("li.fails").count() == 0
    assert citizen.complaints == [] and citizen.strangers == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_language_is_switched_and_stays(visitor, scripts):
    citizen = visitor(phone=True, scripts=scripts)

    citizen.open(FIGURE)
    chinese = citizen.text("main h1"), citizen.page.locator("html").get_attribute("lang")
    citizen.click("form.language button[value=en]")
    english = citizen.text("main h1"), citizen.page.locator("html").get_attribute("lang")
    citizen.open("/plan/")

    assert (chinese[1], english[1]) == ("zh-CN", "en")
    assert chinese[0] != english[0]
    assert citizen.seen[1] == FIGURE, "the switch leads away from the page"
    assert citizen.page.locator("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_number_of_a_region_stands_in_three_lines_on_a_phone(visitor, language):
    citizen = visitor(phone=True, language=language)

    citizen.open(f"/regions/{REGION}/")

    cells = citizen.page.locator("#numbers-1 td.with-limits").evaluate_all(
        "all => all.map(cell => [...cell.querySelectorAll('a, span')].map(a => a.getClientRects().length))"
    )
    shown = [lines for lines in cells if len(lines) == 3]
    assert shown and all(lines == [1, 1, 1] for lines in shown)


@pytest.mark.parametrize("address", ["/figures/", f"/regions/{REGION}/"])
def test_a_list_of_numbers_is_a_table_on_a_desk_and_cards_on_a_phone(visitor, address):
    left = "all => all.map(one => Math.round(one.getBoundingClientRect().left))"
    desk, phone = visitor(phone=False), visitor(phone=True)

    desk.open(address)
    phone.open(address)

    first = desk.page.locator("main table.by-row").first
    assert first.locator("thead th").evaluate_all(left) == first.locator(
        "tbody tr:first-child > *"
    ).evaluate_all(left)
    card = phone.page.locator("main table.by-row").first
    assert card.locator("thead").bounding_box()["width"] <= 1
    assert card.locator("tbody th").first.bounding_box()["width"] > 300


PUBLIC = (
    "/",
    "/figures/",
    "/figures/mfg_product_pass_rate/",
    FIGURE,
    "/draws/",
    DRAW,
    "/inspections/",
    "/plan/",
)
MORE = ("/plan/targets/CN-2025-3/", "/plan/articles/27/", "/verify/", "/demo/", "/sign-in/")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_public_page_holds_what_is_promised_on_a_phone(visitor, language):
    citizen = visitor(phone=True, language=language)

    for address in (*PUBLIC, *MORE):
        citizen.open(address)

    assert len(citizen.seen) == len(PUBLIC) + len(MORE)


def test_english_pages_hold_no_leftover_of_chinese_but_names(visitor):
    """Names of firms and series have a Chinese form alone; headings, labels and buttons have both."""
    citizen = visitor(language="en")
    left = {}

    for address in (*PUBLIC, *MORE):
        citizen.open(address)
        shown = citizen.page.locator("main h2, main th[scope=col], main label, main button, main summary")
        words = [text for text in shown.all_inner_texts() if re.search(r"[\u4e00-\u9fff]", text)]
        if words:
            left[address] = words

    assert left == {}


def test_a_page_that_does_not_exist_says_what_to_do(visitor):
    citizen = visitor(phone=True)
    citizen.complaints = Deaf()

    citizen.open("/figures/no_such_series/", status=404)
    citizen.open("/ledger/1000000/", status=404)

    assert citizen.page.locator("main a.button").count() == 1


class Deaf(list):
    """Chromium writes to the console that an address answered 404, which is what was asked for."""

    def append(self, _complaint):
        """Hear nothing."""


def test_a_stranger_reads_the_first_public_entry_of_the_ledger(visitor, site):
    citizen = visitor(phone=True)
    entries = (f"/ledger/{number}/" for number in range(1, 100))
    first = next(entry for entry in entries if citizen.page.request.get(site.address + entry).ok)

    citizen.open(first)

    assert citizen.page.locator("main .state.done").count() == 2
    assert citizen.page.locator(f'main a[href="{first}entry.json"]').count() == 1
