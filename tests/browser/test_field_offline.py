"""The inspector's phone without a line: the own visits of the day open from the phone, and nobody else's."""

from __future__ import annotations

import pytest

from .test_field import OPEN, SEND, fill, next_visit, offline_complaints, recorded, stored

KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const one of await cache.keys()) found.push(new URL(one.url).pathname);
  }
  return found;
}"""
AGE = """async () => {
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    await cache.put("/office/field/until", new Response(String(Date.now() - 1)));
  }
}"""


@pytest.fixture
def inspector(signed_in):
    """An inspector with visits to make, on a phone."""
    return signed_in("inspector", phone=True)


def wait_until_kept(who):
    who.page.wait_for_selector("#field[data-kept]", state="attached")
    return who.page.evaluate(KEPT)


def reopen(who, address):
    """Close the page and open it in a new one of the same phone."""
    context = who.page.context
    before, who.page = who.page, context.new_page()
    before.close()
    who.page.goto(who.start + address)


def to_make(who):
    who.open("/office/field/")
    links = who.page.locator(".card[data-visit] a.button")
    return [
        one for one in links.evaluate_all("all => all.map(one => one.getAttribute('href'))") if "field" in one
    ]


def test_a_visit_opened_first_without_a_line_is_filled_and_recorded_once(inspector, site):
    mine = to_make(inspector)
    assert set(mine) <= set(wait_until_kept(inspector))
    inspector.page.context.set_offline(True)

    reopen(inspector, "/office/field/")
    page = inspector.page
    page.locator(f'a.button[href="{mine[0]}"]').click()
    page.wait_for_selector(OPEN)
    assert page.locator("#line-state").is_visible()
    assert page.locator("#field").get_attribute("data-kept-at")[:4].isdigit()
    assert page.evaluate("getComputedStyle(document.querySelector('.wide')).minHeight") != "auto", "no style"
    fill(inspector, "F-REOPENED-1", b"\xff\xd8\xff\xe0" + b"reopened" * 90)
    page.locator(SEND).last.click()
    page.wait_for_selector("[data-state] .state.todo")
    assert recorded(site, "F-REOPENED-1") == []

    with page.expect_navigation(url=f"**{mine[0]}"):
        page.context.set_offline(False)
    page.wait_for_selector("#field .outcome")
    assert len(recorded(site, "F-REOPENED-1")) == 1
    entries = stored(site, "select count(*) from ledger_entry where detail like '%F-REOPENED-1%'")
    assert entries == [(1,)]
    offline_complaints(inspector)
    assert mine[0] not in wait_until_kept(inspector), "a visit that was made is kept no longer"


def test_only_the_own_visits_are_kept_and_another_officers_page_is_not(signed_in):
    officer = signed_in("province", phone=True)
    address = next_visit(officer)
    officer.page.wait_for_timeout(800)

    assert address not in officer.page.evaluate(KEPT)


def test_after_the_day_nothing_opens_without_a_line(inspector):
    to_make(inspector)
    wait_until_kept(inspector)
    inspector.page.evaluate(AGE)
    inspector.page.context.set_offline(True)

    with pytest.raises(Exception, match=r"ERR_INTERNET_DISCONNECTED|ERR_FAILED"):
        inspector.page.goto(inspector.start + "/office/field/")

    inspector.page.context.set_offline(False)
    inspector.page.goto(inspector.start + "/")
    assert inspector.page.evaluate(KEPT) == []


def test_signing_out_removes_what_the_phone_keeps(visitor, site):
    inspector = visitor(phone=True)
    inspector.sign_in("inspector", site.story.passwords["inspector"])
    to_make(inspector)
    assert wait_until_kept(inspector) != []

    inspector.page.evaluate("document.querySelector('form[action$=\"/sign-out/\"]').submit()")
    inspector.page.wait_for_url(inspector.start + "/")
    inspector.page.wait_for_function(f"({KEPT})().then(found => found.length === 0)")


def test_another_account_finds_nothing_of_the_one_before(visitor, site):
    phone = visitor(phone=True)
    phone.sign_in("inspector", site.story.passwords["inspector"])
    mine = to_make(phone)
    wait_until_kept(phone)
    phone.page.context.clear_cookies(name="zhiheng")

    phone.sign_in("province", site.story.passwords["province"])
    assert phone.page.evaluate(KEPT) == []
    phone.open("/office/field/")
    assert not set(mine) & set(wait_until_kept(phone))
