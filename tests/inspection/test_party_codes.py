"""A producer and a platform by codes of their own: one case, their own dates, and nothing of another side."""

from __future__ import annotations

from uuid import uuid4

import pytest

from zhiheng import people
from zhiheng.errors import BadInput, Conflict, NotAllowed, NotFound, RuleRefused
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.stages.inspection import actions, codes, door, firm_queries, firm_slots, handed_files, sides
from zhiheng.stages.inspection.actions.proofs import HandedIn
from zhiheng.stages.inspection.models import AccessCode, Objection, Party, Sent
from zhiheng.stages.inspection.papers import kinds

from .conftest import VISITED
from .test_parties import PRODUCER, case, firm, noon, producer, served  # noqa: F401

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PLATFORM = "91330100DEMO000015"


@pytest.fixture
def party(served):  # noqa: F811
    return Party.objects.select_related("case__subject").get(case=served, role="producer")


@pytest.fixture
def issued(party, province):
    return actions.issue_code(by=province.officer, visit=party.case.visit, party=party)


@pytest.fixture
def page(issued):
    return door.enter(organisation=PRODUCER, code=issued.code)


@pytest.fixture
def platform(served, province):  # noqa: F811
    named = actions.add_party(
        by=province.officer, case=served, role="platform", name="演示平台", code=PLATFORM
    )
    actions.serve_party(by=province.officer, case=served, role="platform")
    named.refresh_from_db()
    return named


def sent(kind="object", **changes):
    said = {"said": "Not made by us.", "objection_kind": "authenticity", "token": uuid4()}
    return HandedIn(kind, **{**said, **changes})


def recorded(province, visit):
    actions.record_visit(by=province.officer, visit=visit, outcome="no_stock", visited_on=VISITED)
    visit.refresh_from_db()
    return visit


def open_page(client, organisation, code):
    answer = client.post("/my/", {"organisation": organisation, "code": code})
    assert answer.status_code == 302
    return client.get("/my/page/").content.decode()


def test_the_producer_opens_its_own_page_of_this_case_alone(page, party):
    assert page.party == party
    assert page.bearer.organisation == PRODUCER
    entry = Entry.objects.filter(verb="access.issued").latest("seq")
    assert entry.detail["party"] == "producer"
    assert PRODUCER not in str(entry.detail) and party.name not in str(entry.detail)


def test_the_code_of_a_party_opens_nothing_with_the_code_of_the_inspected_firm(issued, party):
    with pytest.raises(NotAllowed):
        door.enter(organisation=party.case.subject.code, code=issued.code)


def test_a_new_code_of_a_party_leaves_that_of_the_firm_in_force(issued, party, province):
    own = actions.issue_code(by=province.officer, visit=party.case.visit)
    again = actions.issue_code(by=province.officer, visit=party.case.visit, party=party)

    assert door.enter(organisation=party.case.subject.code, code=own.code)
    assert door.enter(organisation=PRODUCER, code=again.code)
    with pytest.raises(NotAllowed):
        door.enter(organisation=PRODUCER, code=issued.code)


def test_one_organisation_may_hold_several_codes_and_five_wrong_ones_lock_them_all(issued, party):
    other = codes.new()
    AccessCode.objects.create(
        subject=party.case.subject,
        party=Party.objects.create(case=party.case, role="platform", name="x", code=PRODUCER),
        visit=party.case.visit,
        digest=codes.kept(other),
        mark=codes.mark(other),
        issued_at=issued.access.issued_at,
        expires_at=issued.access.expires_at,
    )
    assert door.enter(organisation=PRODUCER, code=other).party.role == "platform"
    assert door.enter(organisation=PRODUCER, code=issued.code).party.role == "producer"

    for _ in range(5):
        with pytest.raises(NotAllowed):
            door.enter(organisation=PRODUCER, code=codes.new())

    for code in (other, issued.code):
        with pytest.raises(NotAllowed) as caught:
            door.enter(organisation=PRODUCER, code=code)
        assert caught.value.code == "code-locked"


def test_the_producer_objects_in_its_own_name_and_its_own_clock_stops(page, party):
    with clock.at(noon("2025-03-26")):
        found = actions.hand_in(by=page.bearer, case=party.case, handed=sent())

    assert Objection.objects.get().party == party
    assert found.access.party == party
    entry = Entry.objects.get(verb="firm.sent")
    assert entry.detail["party"] == "producer"
    party.case.refresh_from_db()
    assert "object" not in sides.open_to(party.case, party)
    assert "object" in sides.open_to(party.case, None), "the firm's own time still runs"


def test_the_producer_accepts_and_proves_but_only_the_firm_ends_its_order(page, party, province):
    with clock.at(noon("2025-03-26")):
        actions.hand_in(by=page.bearer, case=party.case, handed=sent("accept"))
    party.refresh_from_db()
    assert party.stand == "accepted"
    with clock.at(noon("2025-04-20")):
        actions.run_timeouts(by=people.System("tick"))
        party.case.refresh_from_db()
        actions.move_case(by=province.officer, case=party.case, event="order_correction")
        proof = sent("correction", files=[handed_files.Paper("new.pdf", PDF)])
        actions.hand_in(by=page.bearer, case=party.case, handed=proof)

    party.case.refresh_from_db()
    assert party.case.state == "rectifying"


def test_a_platform_is_told_and_may_only_add_papers(platform, province):
    code = actions.issue_code(by=province.officer, visit=platform.case.visit, party=platform)
    page = door.enter(organisation=PLATFORM, code=code.code)

    assert sides.open_to(platform.case, platform) == ["material"]
    with pytest.raises(Conflict):
        actions.hand_in(by=page.bearer, case=platform.case, handed=sent())
    assert actions.hand_in(by=page.bearer, case=platform.case, handed=sent("material"))


def test_no_side_sees_what_another_sent(client, page, party, province, firm, producer):  # noqa: F811
    with clock.at(noon("2025-03-26")):
        actions.hand_in(by=page.bearer, case=party.case, handed=sent("material", said="secret of the maker"))
        own = actions.issue_code(by=province.officer, visit=party.case.visit)
        seller = door.enter(organisation=party.case.subject.code, code=own.code)
        actions.hand_in(by=seller.bearer, case=party.case, handed=sent("material", said="secret of the shop"))

        assert [one.said for one in firm_queries.sent_through(page.access)] == ["secret of the maker"]
        assert [one.said for one in firm_queries.sent_through(seller.access)] == ["secret of the shop"]
        assert [one.said for one in firm_queries.sent_by(firm)] == ["secret of the shop"]
        assert [one.said for one in firm_queries.sent_by(producer)] == ["secret of the maker"]
        assert firm_queries.sent_by(province.officer).count() == 2
        theirs = Sent.objects.get(access__party=None)
        with pytest.raises(NotFound):
            firm_queries.receipt(firm_queries.sent_through(page.access), theirs.pk)


def test_the_page_of_a_party_shows_its_own_dates_and_nothing_of_other_visits(client, issued, party):
    with clock.at(noon("2025-03-26")):
        text = open_page(client, PRODUCER, issued.code)

        assert party.name in text and party.case.subject.name in text
        assert "2025年4月9日" in text and "2025年4月7日" not in text, "its own last day, not that of the firm"
        assert text.count("/my/cases/") == 3
        assert client.get(f"/my/cases/{party.case_id}/object/").status_code == 200
        assert "authenticity" in client.get(f"/my/cases/{party.case_id}/object/").content.decode()
        assert client.get("/my/cases/018f0000-0000-7000-8000-00000000dead/object/").status_code == 404


def test_a_party_that_was_not_served_reads_no_result(client, case, province):  # noqa: F811
    party = Party.objects.get(case=case)
    code = actions.issue_code(by=province.officer, visit=case.visit, party=party)

    text = open_page(client, PRODUCER, code.code)

    assert "/my/cases/" not in text
    assert sides.open_to(case, party) == []


def test_a_party_without_a_code_on_record_and_one_of_another_case_get_none(case, province, visits):  # noqa: F811
    party = Party.objects.create(case=case, role="platform", name="x")

    with pytest.raises(RuleRefused) as caught:
        actions.issue_code(by=province.officer, visit=case.visit, party=party)
    assert caught.value.code == "code-nobody"
    other = Party.objects.get(case=case, role="producer")
    with pytest.raises(BadInput) as caught:
        actions.issue_code(by=province.officer, visit=recorded(province, visits[1]), party=other)
    assert caught.value.code == "code-other-case"


def test_the_workbench_reminds_of_the_code_of_a_served_party(party, province):
    before = firm_slots.codes_of_parties(province.officer)[0].count

    actions.issue_code(by=province.officer, visit=party.case.visit, party=party)

    assert firm_slots.codes_of_parties(province.officer)[0].count == before - 1


def test_the_officer_issues_the_code_on_its_own_page_and_sees_it_once(client, party, province):
    client.force_login(province.officer)
    here = f"/office/cases/{party.case_id}/access/producer/"
    assert here in client.get(f"/office/cases/{party.case_id}/").content.decode()
    form = client.get(here).context["form"]

    shown = client.post(here, {"zh-token": form.token, "form": form.form_id}).content.decode()

    assert party.name in shown and PRODUCER in shown
    assert client.get(f"/office/cases/{party.case_id}/access/nobody/").status_code == 404


def test_each_party_has_a_notice_of_its_own_with_its_own_last_day(party, platform, province):
    ready = {kind.id: kind for kind in kinds.of_case(province.officer, party.case)}
    made = {
        role: str(ready[f"notice-{role}"].build(party.case, origin="http://x"))
        for role in ("producer", "platform")
    }

    assert (
        party.name in made["producer"]
        and "2025-04-09" in made["producer"]
        and "2025-04-07" not in made["producer"]
    )
    assert "/my/" in made["producer"] and "/my/" in made["platform"]
    assert "演示平台" in made["platform"] and "演示平台" not in made["producer"]
