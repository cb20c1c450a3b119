"""The firm by its access code: what opens the page, what locks it, what may be sent, and what binds it."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from zhiheng import ledger, people
from zhiheng.errors import BadInput, Conflict, LimitExceeded, NotAllowed, NotFound, RuleRefused
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.people import Bearer, clock
from zhiheng.people.permissions import ALL, P
from zhiheng.people.roles import ROLES
from zhiheng.proof import hashes
from zhiheng.stages.inspection import actions, codes, door, firm_queries, handed_files, queries
from zhiheng.stages.inspection import firm_slots as slots
from zhiheng.stages.inspection.actions.proofs import HandedIn
from zhiheng.stages.inspection.models import AccessCode, Case, Objection, Sent

from .conftest import LATER

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 400


@pytest.fixture
def failed(visits, sampled, report):
    """The visit of a firm whose sample does not conform; its notice is served."""
    report(sampled(visits[0]))
    visits[0].refresh_from_db()
    return visits[0]


@pytest.fixture
def issued(failed, province):
    return actions.issue_code(by=province.officer, visit=failed)


@pytest.fixture
def opened(issued):
    return door.enter(organisation=issued.access.subject.code, code=issued.code)


@pytest.fixture
def case(failed):
    return Case.objects.get(visit=failed)


def handed(kind="object", **changes):
    said = {"said": "The sample stood in the sun.", "objection_kind": "test", "token": uuid4()}
    return HandedIn(kind, **{**said, **changes})


def paper(data=PDF, name="report.pdf"):
    return handed_files.Paper(name, data)


# --- the code -------------------------------------------------------------------------------------


def test_a_code_has_at_least_sixty_bits_and_no_sign_that_looks_like_another():
    found = {codes.new() for _ in range(200)}

    assert len(found) == 200
    assert len(codes.ALPHABET) ** codes.SIGNS >= 2**60
    assert not set("01IO") & set(codes.ALPHABET)
    assert all(len(codes.read(one)) == codes.SIGNS for one in found)


def test_a_code_stands_nowhere_but_on_the_paper(issued):
    code = codes.read(issued.code)
    rows = json.dumps(list(AccessCode.objects.values()), default=str)
    entries = json.dumps(list(Entry.objects.values()), default=str)

    assert code not in rows and issued.code not in rows
    assert code not in entries and issued.code not in entries
    assert issued.access.subject.name not in entries
    assert issued.code not in repr(issued)
    assert issued.access.digest != codes.kept(issued.code), "two hashes of one code differ by their salt"


def test_no_code_is_issued_before_the_visit_because_it_would_warn(visits, province):
    with pytest.raises(RuleRefused) as caught:
        actions.issue_code(by=province.officer, visit=visits[0])

    assert caught.value.code == "code-too-early"


def test_only_who_handles_cases_there_issues_a_code(failed, person):
    for by in (person("officer", "320000"), person("leader", "330000"), person("inspector", "330000", "X")):
        with pytest.raises(NotAllowed):
            actions.issue_code(by=by, visit=failed)


def test_a_new_code_ends_the_one_before_and_its_open_page(issued, opened, failed, province):
    cookie = opened.cookie()
    assert door.opened(cookie) is not None

    again = actions.issue_code(by=province.officer, visit=failed)

    assert door.opened(cookie) is None
    with pytest.raises(NotAllowed):
        door.enter(organisation=issued.access.subject.code, code=issued.code)
    assert door.enter(organisation=again.access.subject.code, code=again.code)


def test_hyphens_spaces_and_small_letters_do_not_matter(issued):
    typed = f" {issued.code.lower().replace('-', ' ')} "

    assert door.enter(organisation=issued.access.subject.code.lower(), code=typed)


def test_a_code_of_one_firm_does_not_open_another(issued, province):
    other = next(one for one in province.subjects if one.pk != issued.access.subject_id)

    with pytest.raises(NotAllowed) as caught:
        door.enter(organisation=other.code, code=issued.code)

    assert caught.value.code == "code-wrong"


def test_five_wrong_codes_lock_the_door_even_for_the_right_one_and_a_quarter_later_it_opens(issued):
    firm = issued.access.subject.code
    said = []
    for _ in range(5):
        with pytest.raises(NotAllowed) as caught:
            door.enter(organisation=firm, code=codes.new())
        said.append(caught.value.code)

    assert said == ["code-wrong"] * 4 + ["code-locked"]
    with pytest.raises(NotAllowed) as caught:
        door.enter(organisation=firm, code=issued.code)
    assert caught.value.code == "code-locked"
    written = Entry.objects.filter(verb__startswith="access.").order_by("seq")
    verbs = list(written.values_list("verb", flat=True))
    assert verbs == ["access.issued", *["access.refused"] * 5, "access.locked"]
    with clock.at(LATER + timedelta(minutes=16)):
        assert door.enter(organisation=firm, code=issued.code)


def test_a_code_ends_by_itself(issued):
    with clock.at(issued.access.expires_at + timedelta(seconds=1)), pytest.raises(NotAllowed):
        door.enter(organisation=issued.access.subject.code, code=issued.code)


# --- the open page --------------------------------------------------------------------------------


def test_the_page_closes_after_half_an_hour_and_by_leaving(opened):
    cookie = opened.cookie()
    with clock.at(LATER + timedelta(minutes=29)):
        assert door.opened(cookie) is not None
    with clock.at(LATER + timedelta(minutes=31)):
        assert door.opened(cookie) is None

    door.leave(opened)

    assert door.opened(cookie) is None


@pytest.mark.parametrize("change", [lambda text: text[:-2] + "xx", lambda text: "", lambda text: None])
def test_a_cookie_that_this_site_did_not_seal_opens_nothing(opened, change):
    assert door.opened(change(opened.cookie())) is None


def test_the_bearer_may_what_a_firm_may_for_itself_and_nothing_else(opened, province):
    bearer, own = opened.bearer, opened.subject
    other = next(one for one in province.subjects if one.pk != own.pk)

    for permission in ALL:
        allowed = permission in ROLES["firm"].permissions
        assert people.may(bearer, permission, region=own.region, organisation=own.code) == allowed
        assert not people.may(bearer, permission, region=other.region, organisation=other.code)
        rows = type(own).objects.all()
        seen = people.within(rows, bearer, permission, region="region", organisation="code")
        assert [one.code for one in seen] == ([own.code] if allowed else [])


def test_the_bearer_is_told_from_a_person_in_the_ledger(opened, case):
    firm = case.subject.code
    actor = people.require(opened.bearer, P.OBJECTION_FILE, region=case.region, organisation=firm)

    assert actor.role == "firm"
    assert actor.key == f"code:{opened.access.pk}"
    assert actor.region == case.subject.region
    with pytest.raises(BadInput):
        Bearer("", "X", "330000")


def test_the_bearer_sees_its_own_case_and_visit_alone(opened, case, visits, sampled, report):
    report(sampled(visits[1], seal="S-9"))

    assert list(queries.cases(opened.bearer)) == [case]
    assert [one.pk for one in queries.visits(opened.bearer)] == [case.visit_id]


def test_no_list_of_an_open_draw_is_told_to_a_firm_that_was_not_visited(opened, visits, province, close):
    drawn = {visit.subject_id for visit in visits}
    other = next(one for one in province.subjects if one.pk not in drawn)
    waiting = visits[3].subject

    assert firm_queries.listed(other) == []
    assert firm_queries.listed(waiting) == [], "a firm that is still to be visited is not warned"
    own = firm_queries.listed(opened.subject)
    assert [one.is_held for one in own] == [True]

    close()

    for subject, is_drawn in ((other, False), (waiting, True)):
        told = firm_queries.listed(subject)[0]
        assert told.is_held and firm_queries.was_drawn(told) is is_drawn
        assert 0 < told.probability <= 1


# --- what is sent ---------------------------------------------------------------------------------


def test_an_objection_with_a_file_moves_the_case_and_has_a_receipt(opened, case):
    sent = actions.hand_in(by=opened.bearer, case=case, handed=handed(files=[paper()]))

    case.refresh_from_db()
    assert case.state == "objected"
    assert Objection.objects.get().grounds == "The sample stood in the sun."
    assert evidence.read(sent.files[0]["sha256"]) == PDF
    entry = firm_queries.entry_of(sent)
    assert entry.detail["files_sha256"] == [sent.files[0]["sha256"]]
    (words,) = ledger.words.of(entry)
    key = bytes.fromhex(words.salt)
    assert entry.detail["words"]["hmac_sha256"] == hashes.hmac_digest(key, sent.said.encode()).hex()
    assert "sun" not in json.dumps(entry.detail)
    assert entry.actor["role"] == "firm"
    assert ledger.check() == entry.seq


def test_a_second_objection_is_refused(opened, case):
    actions.hand_in(by=opened.bearer, case=case, handed=handed())

    with pytest.raises(Conflict) as caught:
        actions.hand_in(by=opened.bearer, case=case, handed=handed(said="Once more."))

    assert caught.value.code == "not-now"
    assert Sent.objects.count() == 1


def test_what_is_sent_twice_with_one_token_is_taken_in_once(opened, case):
    one = handed(files=[paper()])
    first = actions.hand_in(by=opened.bearer, case=case, handed=one)
    count = Entry.objects.count()

    assert actions.hand_in(by=opened.bearer, case=case, handed=one) == first
    assert (Sent.objects.count(), Entry.objects.count()) == (1, count)
    with pytest.raises(Conflict):
        actions.hand_in(by=opened.bearer, case=case, handed=handed("material", token=one.token))


def test_a_page_whose_code_was_replaced_and_a_person_send_nothing(opened, case, failed, province, person):
    actions.issue_code(by=province.officer, visit=failed)

    for by in (opened.bearer, person("firm", "330000", case.subject.code)):
        with pytest.raises(NotAllowed) as caught:
            actions.hand_in(by=by, case=case, handed=handed())
        assert caught.value.code == "code-over"


def test_a_served_notice_waits_for_its_code_on_the_workbench(case, province, failed):
    def waiting():
        return [item.count for item in slots.codes_to_issue(province.officer)]

    assert waiting() == [1]
    actions.issue_code(by=province.officer, visit=failed)
    assert waiting() == [0]


def test_nothing_is_kept_when_the_objection_is_late(opened, case):
    with clock.at(LATER + timedelta(days=40)), pytest.raises(RuleRefused) as caught:
        actions.hand_in(by=opened.bearer, case=case, handed=handed(files=[paper()]))

    assert caught.value.code == "late-objection"
    assert not Sent.objects.exists()


def test_a_firm_accepts_declares_formalities_and_proves_its_correction(opened, case, province):
    office, firm = province.officer, opened.bearer
    actions.hand_in(by=firm, case=case, handed=handed())
    actions.move_case(by=office, case=case, event="offer_retest")
    actions.hand_in(by=firm, case=case, handed=handed("formalities", said=""))
    case.refresh_from_db()
    assert case.state == "retest_formal"

    Case.objects.filter(pk=case.pk).update(state="accepted")
    actions.move_case(by=office, case=case, event="order_correction")
    with pytest.raises(BadInput) as caught:
        actions.hand_in(by=firm, case=case, handed=handed("correction"))
    assert caught.value.code == "no-proof"
    actions.hand_in(by=firm, case=case, handed=handed("correction", files=[paper(JPEG)], is_complete=False))
    case.refresh_from_db()
    assert case.state == "rectifying", "a part of the proof does not end the correction"
    actions.hand_in(by=firm, case=case, handed=handed("correction", files=[paper()]))
    case.refresh_from_db()
    assert case.state == "rechecking"


def test_a_firm_accepts_its_result(opened, case):
    actions.hand_in(by=opened.bearer, case=case, handed=handed("accept", said=""))

    case.refresh_from_db()
    assert case.state == "accepted"
    assert Sent.objects.get().kind == "accept"


def test_a_bearer_sends_nothing_in_the_case_of_another_firm(opened, visits, sampled, report):
    report(sampled(visits[1], seal="S-9"))
    other = Case.objects.get(visit=visits[1])

    for kind in ("accept", "object", "material"):
        with pytest.raises(NotAllowed):
            actions.hand_in(by=opened.bearer, case=other, handed=handed(kind))
    assert not Sent.objects.exists()


def test_a_paper_of_one_firm_is_not_found_by_another_and_by_no_laboratory(opened, case, person, province):
    sent = actions.hand_in(by=opened.bearer, case=case, handed=handed(files=[paper()]))
    sha = sent.files[0]["sha256"]

    assert firm_queries.paper(opened.bearer, sent.pk, sha)["media_type"] == "application/pdf"
    assert firm_queries.paper(province.officer, sent.pk, sha)
    with pytest.raises(NotFound):
        firm_queries.paper(province.officer, sent.pk, "0" * 64)
    for other in (
        person("officer", "320000"),
        person("lab", "330000", "LAB-01"),
        person("firm", "330000", province.subjects[-1].code),
    ):
        if other.held_on(clock.today())[0].organisation == case.subject.code:
            continue
        with pytest.raises(NotFound):
            firm_queries.paper(other, sent.pk, sha)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "empty.pdf", "empty-file"),
        (b"<html><script>", "page.pdf", "file-kind"),
        (b"PK\x03\x04rest", "list.xlsx", "file-kind"),
        (b"%PDF-" + b"0" * (handed_files.MOST_MB << 20), "large.pdf", "large-file"),
    ],
)
def test_a_file_that_cannot_be_kept_is_refused_by_its_name(data, name, code):
    with pytest.raises(BadInput) as caught:
        handed_files.Paper(name, data)

    assert caught.value.code == code
    assert name in str(caught.value)


def test_too_many_files_at_a_time_are_refused(opened, case):
    files = [paper(PDF + str(n).encode()) for n in range(handed_files.MOST_FILES + 1)]

    with pytest.raises(LimitExceeded):
        actions.hand_in(by=opened.bearer, case=case, handed=handed("material", files=files))
