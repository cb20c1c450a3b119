"""The inspector's phone: a visit entered without a line is kept, sent once, and shown to nobody else."""

from __future__ import annotations

import hashlib
import sqlite3

import pytest

PICTURE = b"\xff\xd8\xff\xe0" + b"a picture of the gate" * 900
OPEN = "#field form.form[data-bound]"
SEND = "#field-actions button"


@pytest.fixture
def inspector(signed_in):
    """The inspector with three visits to make, on a phone."""
    return signed_in("inspector", phone=True)


@pytest.fixture
def officer(signed_in):
    """An officer on the spot: the province may record any of its open visits."""
    return signed_in("province", phone=True)


def next_visit(who):
    """Open the last visit that waits for this person and return its address."""
    who.open("/office/visits/?state=assigned")
    last = who.page.locator("main table tbody a").last.get_attribute("href")
    address = last.replace("/office/visits/", "/office/field/")
    who.open(address)
    return address


def fill(who, seal, picture=PICTURE):
    page = who.page
    page.locator("input[name=outcome]").first.check()
    page.fill("#id_product_name", "演示产品")
    page.fill("#id_seal_no", seal)
    page.set_input_files("#id_photos", [{"name": "gate.jpg", "mimeType": "image/jpeg", "buffer": picture}])
    page.check("#id_both_present")


def stored(site, statement, *values):
    """Ask the database of the running site."""
    with sqlite3.connect(f"file:{site.story.var / 'zhiheng.sqlite3'}?mode=ro", uri=True) as base:
        return base.execute(statement, values).fetchall()


def recorded(site, seal):
    """Return the visits that carry a seal, and the hashes of their pictures."""
    return stored(
        site,
        "select s.visit_id, p.sha256 from inspection_sample s"
        " left join inspection_visitfile p on p.visit_id = s.visit_id where s.seal_no = ?",
        seal,
    )


def offline_complaints(inspector):
    """Forget what the browser itself notes about a line that was cut on purpose."""
    inspector.complaints[:] = [
        said for said in inspector.complaints if "ERR_INTERNET_DISCONNECTED" not in said
    ]


def test_a_visit_entered_without_a_line_is_kept_and_sent_exactly_once(inspector, site):
    inspector.open("/office/field/")
    inspector.click(".card[data-visit] a.button")
    page = inspector.page
    address = page.url.removeprefix(inspector.start)
    page.wait_for_selector(OPEN)
    page.context.set_offline(True)
    assert page.locator("#line-state").is_visible()
    fill(inspector, "F-OFFLINE-1")
    page.locator(SEND).last.click()
    page.wait_for_selector("[data-state] .state.todo")
    assert recorded(site, "F-OFFLINE-1") == []

    with page.expect_navigation(url=f"**{address}"):
        page.context.set_offline(False)
    page.wait_for_selector("#field .outcome")
    offline_complaints(inspector)
    inspector.look()

    assert [sha for _visit, sha in recorded(site, "F-OFFLINE-1")] == [hashlib.sha256(PICTURE).hexdigest()]
    kept = hashlib.sha256(PICTURE).hexdigest()
    evidence = site.story.var / "evidence" / kept[:2] / kept[2:]
    assert evidence.read_bytes() == PICTURE
    inspector.open("/office/field/")
    assert page.locator("#kept").is_hidden(), "what was sent is not kept any longer"


def test_an_answer_that_is_lost_on_its_way_back_is_not_acted_upon_again(officer, site):
    """The server has recorded the visit, the phone does not know: it sends again with the same token."""
    address = next_visit(officer)
    page, lost = officer.page, []

    def lose(route):
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch(max_redirects=0).status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(f"**{address}", lose)
    fill(officer, "F-LOST-1", PICTURE + b"2")
    page.locator(SEND).last.click()
    page.wait_for_selector("[data-state] .state.todo")
    assert lost == [302]
    assert len(recorded(site, "F-LOST-1")) == 1

    page.locator(SEND).last.click()
    page.wait_for_selector("#field .outcome")
    officer.complaints[:] = [said for said in officer.complaints if "ERR_CONNECTION_RESET" not in said]
    officer.look()

    assert len(recorded(site, "F-LOST-1")) == 1
    entries = stored(site, "select count(*) from ledger_entry where detail like '%F-LOST-1%'")
    assert entries == [(1,)]


def test_two_presses_send_one_visit(officer, site):
    next_visit(officer)
    fill(officer, "F-DOUBLE-1", PICTURE + b"3")
    officer.page.locator(SEND).last.dblclick()
    officer.page.wait_for_selector("#field .outcome")

    assert len(recorded(site, "F-DOUBLE-1")) == 1
    entries = stored(site, "select count(*) from ledger_entry where detail like '%F-DOUBLE-1%'")
    assert entries == [(1,)]


def test_what_is_wrong_is_marked_and_the_pictures_stay(officer, site):
    next_visit(officer)
    fill(officer, "!", PICTURE + b"4")
    officer.page.locator(SEND).last.click()
    officer.page.wait_for_selector("#error-summary")
    officer.page.wait_for_selector(OPEN)
    officer.complaints.clear()  # the browser notes the answer 422
    officer.look()
    assert officer.page.locator(".kept-files li").count() == 1

    officer.page.fill("#id_seal_no", "F-MENDED-1")
    officer.page.locator(SEND).last.click()
    officer.page.wait_for_selector("#field .outcome")

    assert [sha for _visit, sha in recorded(site, "F-MENDED-1")] == [
        hashlib.sha256(PICTURE + b"4").hexdigest()
    ]


def test_a_draft_outlives_the_page_and_is_shown_to_no_other_account(inspector, site):
    address = next_visit(inspector)
    page = inspector.page
    page.fill("#id_note", "门口有两块招牌")
    page.wait_for_timeout(700)
    page.context.set_offline(True)
    page.locator("input[name=outcome]").nth(1).check()
    page.check("#id_both_present")
    page.locator(SEND).last.click()
    page.wait_for_selector("[data-state] .state.todo")
    page.goto("about:blank")
    inspector.complaints.clear()

    page.context.clear_cookies(name="zhiheng")
    page.context.set_offline(False)
    inspector.sign_in("province", site.story.passwords["province"])
    inspector.open(address)
    page.wait_for_selector(OPEN)
    page.wait_for_timeout(500)
    assert page.input_value("#id_note") == ""
    inspector.open("/office/field/")
    page.wait_for_timeout(500)
    assert page.locator("#kept").is_hidden()
    assert stored(site, "select count(*) from inspection_visit where note like '%两块招牌%'") == [(0,)]

    page.context.clear_cookies(name="zhiheng")
    inspector.sign_in("inspector", site.story.passwords["inspector"])
    inspector.open("/office/field/")
    page.wait_for_selector("#kept .state.done")
    page.wait_for_timeout(300)
    visit = address.split("/")[-2]
    assert page.locator(f'.card[data-visit="{visit}"] a.button').count() == 0, "it is offered once more"
    assert stored(site, "select outcome from inspection_visit where note like '%两块招牌%'") == [("refused",)]


def test_who_was_signed_out_meanwhile_signs_in_and_it_is_sent(officer, site):
    next_visit(officer)
    page = officer.page
    page.wait_for_selector(OPEN)
    fill(officer, "F-SIGNED-OUT-1", PICTURE + b"7")
    page.context.clear_cookies(name="zhiheng")
    page.locator(SEND).last.click()
    page.wait_for_selector("[data-state] .state.todo")
    assert recorded(site, "F-SIGNED-OUT-1") == []

    officer.sign_in("province", site.story.passwords["province"])
    officer.open("/office/field/")
    page.wait_for_selector("#kept .state.done")

    assert len(recorded(site, "F-SIGNED-OUT-1")) == 1


def test_without_scripts_the_same_form_records_a_visit_with_its_picture(signed_in, site):
    officer = signed_in("province", phone=True, scripts=False, language="en")
    next_visit(officer)
    fill(officer, "F-PLAIN-1", PICTURE + b"5")
    officer.click("#field-actions button")

    assert officer.page.locator("#field .outcome").count() == 1
    assert [sha for _visit, sha in recorded(site, "F-PLAIN-1")] == [
        hashlib.sha256(PICTURE + b"5").hexdigest()
    ]


def test_the_place_is_asked_for_by_a_button_and_leaves_the_phone_coarse(officer, site):
    address = next_visit(officer)
    page = officer.page
    assert "geolocation=(self)" in page.request.get(officer.start + address).headers["permissions-policy"]
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 30.274156, "longitude": 120.155071})
    sent = []
    page.on(
        "request", lambda request: sent.append(request.post_data_buffer) if request.method == "POST" else 0
    )
    fill(officer, "F-PLACE-1", PICTURE + b"6")
    page.locator("#field form.form button.second").first.click()
    page.wait_for_function("document.querySelector('[name=place]').value !== ''")
    page.locator(SEND).last.click()
    page.wait_for_selector("#field .outcome")

    assert stored(
        site,
        "select place from inspection_visitfile where sha256 = ?",
        hashlib.sha256(PICTURE + b"6").hexdigest(),
    ) == [("30.27,120.16",)]
    assert not any(b"30.274156" in (one or b"") for one in sent)
    page.context.clear_permissions()
