"""The firm: its own record and case and nobody else's, and an objection within the time the law gives.

With an account, and without one: by the access code that came with the notice.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys

import pytest

from tests.country import ROOT

TO_COME = (
    ("measurements of its own and their control charts", "the roadmap's issue on what a firm does itself"),
    ("the state of its labels, declarations and certificates", "the roadmap's issue on disclosure"),
)


@pytest.fixture
def firm(signed_in):
    """The representative of a firm with an open case, signed in."""
    return signed_in("firm")


def test_the_firm_sees_itself_alone(firm):
    for address in ("/office/subjects/", "/office/cases/"):
        firm.open(address)
        assert firm.page.locator("main table tbody tr").count() == 1, address


def test_the_firm_sees_no_draw_and_no_ledger(firm):
    for address in ("/office/draws/", "/office/ledger/", "/office/people/", "/office/coverage/"):
        assert firm.page.request.get(firm.start + address).status == 403, address


def test_the_case_says_until_when_the_firm_may_object_and_on_what_ground(firm):
    firm.open("/office/cases/")
    firm.follow("/office/cases/")
    why = firm.why()

    assert "objection" in firm.text()
    assert why.strip()


def test_an_objection_is_filed_once(firm):
    firm.open("/office/cases/")
    firm.follow("/office/cases/")
    case = firm.page.url
    firm.follow("/office/cases/", "/objection/")
    firm.page.locator("input[name=kind]").first.check()
    firm.page.fill("#id_grounds", "样品储存温度与标准不符,请求复检。")
    firm.click("main form button[value=submit]")

    firm.page.goto(case)
    firm.look()
    assert firm.page.locator('main a[href$="/objection/"]').count() == 0, "a second objection is offered"
    assert firm.page.locator("main .timeline li").count() >= 2


def test_its_pages_hold_what_is_promised_on_a_phone(signed_in):
    firm = signed_in("firm", phone=True, scripts=False)

    for address in ("/office/", "/office/subjects/", "/office/cases/", "/office/visits/", "/office/account/"):
        firm.open(address)


# --- by access code, without an account ------------------------------------------------------------

PRODUCER = "演示标称生产企业"  # named in one case of the demonstration beside the drawn firm
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
CASE = re.compile(r"^/office/cases/[0-9a-f-]{36}/$")


@pytest.fixture
def officer(signed_in):
    """The officer of the province, who hands out codes."""
    return signed_in("province")


def open_cases(officer):
    """Return the addresses of the cases whose notice was served, apart from that of the firm's account."""
    officer.open("/office/cases/?state=notified")
    links = officer.page.locator("main table a").evaluate_all(
        "all => all.map(one => one.getAttribute('href'))"
    )
    return [link for link in links if CASE.match(link)]


def of_one_side(officer):
    """Return the cases in which nobody but the drawn firm may object, so that its word ends the wait."""
    found = []
    for link in open_cases(officer):
        officer.open(link)
        if PRODUCER not in officer.text():
            found.append(link)
    return found


FAIL_ONE = """
from zhiheng.site import setup
setup.start(demo=True)
from tests.loop.deeds import cast
from zhiheng.stages.inspection import actions
from zhiheng.stages.inspection.models import Case
sample = next(one for one in reversed(cast.waiting_samples()) if one.visit.state == "sealed")
actions.record_result(by=cast.person("province"), sample=sample, **cast.measured("0.9"))
print(Case.objects.get(visit=sample.visit).pk)
"""


def case_of_its_own(site):
    """Let one more sample of today fail: how many did before depends on the firms that were drawn."""
    command = [sys.executable, "-c", FAIL_ONE]
    done = subprocess.run(
        command, cwd=ROOT, env=site.story.environment, capture_output=True, text=True, check=True
    )
    return f"/office/cases/{done.stdout.strip()}/"


def visited(officer):
    """Return the address of a visit that found nothing wrong."""
    officer.open("/office/visits/?state=passed")
    return officer.page.locator("main table tbody a").first.get_attribute("href")


def code_for(officer, address):
    """Issue a code on the page of a case or a visit and return the two codes of the sheet."""
    officer.open(address)
    officer.click("#firm-page a.button")
    officer.click("main form.form button")
    return re.search(r"[0-9A-Z]{18}", officer.text("main .lead"))[0], officer.text(".access-code")


def enter(firm, organisation, code):
    firm.open("/my/")
    firm.page.fill("#id_organisation", organisation)
    firm.page.fill("#id_code", code)
    firm.click("main form.form button")


def paper(name="proof.pdf", data=PDF):
    return {"name": name, "mimeType": "application/pdf", "buffer": data}


def test_by_code_from_the_sheet_to_the_objection_and_its_receipt(officer, visitor):
    alone = of_one_side(officer)
    case = next((link for link in open_cases(officer) if link not in alone), alone[-1])
    organisation, code = code_for(officer, case)
    firm = visitor(phone=True, scripts=False)
    enter(firm, organisation, code.lower().replace("-", " "))
    assert firm.page.locator(".matter .until strong").count() >= 1, "no clock with its day"
    assert firm.page.locator(".facts.found").count() >= 1, "nothing says what was found"

    firm.follow("/my/cases/", "/object/")
    firm.page.locator("input[name=objection_kind]").last.check()
    firm.page.fill("#id_said", "样品储存温度与标准不符。")
    firm.page.set_input_files("#id_files", [paper()])
    address = firm.page.url
    firm.click("main form.form button")

    receipt = firm.text()
    assert re.search(r"\b[0-9a-f]{64}\b", receipt)
    assert hashlib.sha256(PDF).hexdigest() in receipt
    assert firm.page.locator("main svg.qr title").count() == 1
    firm.click("main p.actions a")
    assert firm.page.locator('main a[href$="/object/"]').count() == 0
    firm.page.goto(address)
    firm.look()
    firm.page.locator("input[name=objection_kind]").last.check()
    firm.page.fill("#id_said", "Once more.")
    firm.click("main form.form button")
    assert firm.page.locator("#error-summary").count() == 1, "a second objection was taken in"
    officer.open(case)
    officer.click("#firm-page ul a")
    assert "proof.pdf" in officer.text()


def test_by_code_the_page_tells_of_nobody_else_and_closes(officer, visitor):
    organisation, code = code_for(officer, visited(officer))
    firm = visitor(language="en")
    enter(firm, organisation, code)
    assert organisation in firm.text()
    assert firm.page.request.get(firm.start + "/office/cases/", max_redirects=0).status == 302

    firm.click(".own-bar button")

    firm.open("/my/page/")
    assert firm.page.locator("#id_code").count() == 1
    assert organisation not in firm.text()


def test_five_wrong_codes_lock_the_page_and_say_so(officer, visitor):
    organisation, code = code_for(officer, visited(officer))
    firm = visitor(phone=True)
    said = []
    for typed in ["ABCD-EFGH-2345-6789"] * 5 + [code]:
        firm.page.goto(firm.start + "/my/")
        firm.page.fill("#id_organisation", organisation)
        firm.page.fill("#id_code", typed)
        with firm.page.expect_navigation():
            firm.page.locator("main form.form button").click()
        said.append(firm.text("#error-summary"))
    firm.complaints.clear()  # the browser notes each answer 403
    firm.look()

    assert "15" in said[-1]
    assert len(set(said[:4])) == 1
    assert said[4] == said[5] != said[3]


def test_by_code_a_firm_accepts_and_proves_its_correction(officer, visitor, site):
    case = case_of_its_own(site)
    organisation, code = code_for(officer, case)
    firm = visitor(phone=True, language="en")
    enter(firm, organisation, code)
    firm.follow("/my/cases/", "/accept/")
    firm.page.check("#id_is_sure")
    firm.click("main form.form button")
    officer.open(case)
    officer.follow("/office/cases/", "/order_correction/")
    officer.click("main form.form button")

    firm.open("/my/page/")
    firm.follow("/my/cases/", "/correction/")
    firm.page.set_input_files("#id_files", [paper("virus.exe", b"MZ" + b"\0" * 60)])
    firm.click("main form.form button")
    assert "virus.exe" in firm.text("#error-summary")
    firm.page.set_input_files("#id_files", [paper(), paper("oven.pdf", PDF + b"%2\n")])
    firm.page.check("#id_is_complete")
    firm.click("main form.form button")

    assert hashlib.sha256(PDF + b"%2\n").hexdigest() in firm.text()
    firm.open("/my/page/")
    assert firm.page.locator('main a[href$="/correction/"]').count() == 0
    assert firm.page.locator("#sent li").count() == 2
