"""The firm: its own record and case and nobody else's, and an objection within the time the law gives."""

from __future__ import annotations

import pytest

TO_COME = (
    ("corrective action with its evidence", "the roadmap's issue on what a firm does itself"),
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
