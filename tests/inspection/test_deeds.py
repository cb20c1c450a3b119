"""The pages of the steps: each shows what is needed, acts once, and is closed to others."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from zhiheng.errors import NotAllowed
from zhiheng.people import clock
from zhiheng.procedure import machine
from zhiheng.stages.inspection import actions, labels, rules, slots
from zhiheng.stages.inspection.models import (
    Case,
    CaseTest,
    Decision,
    Move,
    Objection,
    Purchase,
    Reassignment,
    Specimen,
    Transfer,
    VisitFile,
)
from zhiheng.stages.inspection.pages.case_deeds import CASE_DEEDS
from zhiheng.stages.inspection.pages.visit_deeds import VISIT_DEEDS
from zhiheng.stages.inspection.rules.sampling import Described

from .conftest import LAB

PRODUCER = "91330100DEMO000007"
HIDDEN = ("zh-token", "objection")
SAID = {"on": "2025-03-20", "reason": "It was sealed."}


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def send(client, address, **fields):
    token = re.search(r'name="zh-token" value="([^"]+)"', text(client.get(address)))[1]
    return client.post(address, {"zh-token": token, **fields})


def picture(name="a.png"):
    return SimpleUploadedFile(name, b"\x89PNG\r\n\x1a\n" + b"0" * 40)


@pytest.fixture
def officer(client, province):
    client.force_login(province.officer)
    return client


def deed(kind, found, name):
    return reverse(f"inspection:{kind}_deed", args=[found.pk, name])


def test_every_need_and_every_paper_of_the_tables_has_words():
    edges = [edge for name in ("visit", "case", "site_check") for edge in machine.load(name).transitions]

    assert {one for edge in edges for one in (*edge.evidence, *edge.guards)} == set(labels.NEEDS) - {
        "firm_paper"
    }
    assert {edge.document for edge in edges if edge.document} == set(labels.DOCUMENTS)


def test_every_step_of_a_person_is_offered_somewhere():
    plain = {edge.event for edge in rules.CASES.transitions if edge.permission} - rules.SHOWN_ELSEWHERE
    own = {"serve_notice", "serve_party", "order_stop_sale", "name_laboratory", "retest_pass", "retest_fail"}

    assert plain | own | rules.following.DERIVED == set(labels.STEPS)
    assert {"serve", "serve-producer", "stop-sale", "name-laboratory", "test"} <= set(CASE_DEEDS)


def test_a_laboratory_takes_a_sample_in_and_the_chain_stands_on_the_page(client, visits, sampled, person):
    sampled(visits[0])
    client.force_login(person("lab", "330000", LAB))
    page = text(client.get(reverse("inspection:visit", args=[visits[0].pk])))
    address = deed("visit", visits[0], "receive")
    assert address in page and str(labels.NEEDS["seal_intact"]) in page

    broken = send(client, address, is_seal_intact="no", condition="", temperature="")
    assert "error-summary" in text(broken)
    send(client, address, is_seal_intact="yes", condition="干燥完好", temperature="-18")

    page = text(client.get(reverse("inspection:visit", args=[visits[0].pk])))
    assert "干燥完好" in page and "-18 ℃" in page
    visits[0].refresh_from_db()
    assert visits[0].state == "received"


def test_a_laboratory_refuses_a_sample_and_the_office_takes_it_again(
    client, province, visits, sampled, person
):
    sampled(visits[0])
    client.force_login(person("lab", "330000", LAB))
    send(
        client,
        deed("visit", visits[0], "refuse-receipt"),
        is_seal_intact="no",
        ground="seal",
        reason="封条撕裂",
    )
    assert {item.id: item.count for item in slots.todo(province.officer)}["returned"] == 1

    client.force_login(province.officer)
    address = deed("visit", visits[0], "take-again")
    send(client, address, seal_no="S-77", lab=LAB, taken_on="2025-03-20", reason="封条撕裂，重新抽样")

    visits[0].refresh_from_db()
    assert (visits[0].state, visits[0].sample.seal_no) == ("sealed", "S-77")
    assert Move.objects.filter(kind="refused").get().reason == "封条撕裂"


def test_a_sample_is_sent_on_and_the_laboratory_lands_on_its_list(client, visits, sampled, person):
    sampled(visits[0])
    client.force_login(person("lab", "330000", LAB))

    answer = send(client, deed("visit", visits[0], "send-on"), lab="LAB-02", reason="设备故障")

    assert answer.url == reverse("inspection:samples")
    assert client.get(reverse("inspection:visit", args=[visits[0].pk])).status_code == 404


def test_label_purchase_part_and_file_are_added_by_their_forms(officer, visits, sampled):
    sampled(visits[0])
    visit = visits[0]
    send(officer, deed("visit", visit, "label"), brand="演示牌", batch_no="B-7", producer_name="演示制造厂")
    send(
        officer,
        deed("visit", visit, "purchase"),
        price_paid="128.00",
        bought_on="2025-03-10",
        platform="演示平台",
        order=picture("order.png"),
    )
    send(officer, deed("visit", visit, "part"), role="spare", seal_no="S-88", kept_at="封存于企业")
    send(officer, deed("visit", visit, "file"), kind="photo", file=picture(), said="货架")

    page = text(officer.get(reverse("inspection:visit", args=[visit.pk])))
    for word in ("演示牌", "B-7", "演示平台", "128.00", "S-88", "封存于企业", "货架"):
        assert word in page
    assert (Purchase.objects.count(), Specimen.objects.count(), VisitFile.objects.count()) == (1, 1, 1)
    kept = VisitFile.objects.get()
    answer = officer.get(reverse("inspection:visit_file", args=[visit.pk, kept.sha256]))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer["Content-Disposition"].startswith("attachment")
    assert officer.get(reverse("inspection:visit_file", args=[visit.pk, "a" * 64])).status_code == 404


@pytest.mark.parametrize("name", ["run.exe", "page.html", "drawing.svg"])
def test_a_file_of_another_kind_is_not_taken(officer, visits, name):
    address = deed("visit", visits[0], "file")

    page = text(send(officer, address, kind="photo", file=SimpleUploadedFile(name, b"<html>")))

    assert "error-summary" in page
    assert not VisitFile.objects.exists()


def test_a_remote_check_is_recorded_with_its_file(officer, visits):
    address = reverse("inspection:record", args=[visits[0].pk])
    said = {"outcome": "no_stock", "visited_on": "2025-03-10", "kind": "remote"}

    assert "error-summary" in text(send(officer, address, **said))
    send(officer, address, file=picture(), **said)

    visits[0].refresh_from_db()
    assert (visits[0].kind, visits[0].state) == ("remote", "no_stock")


def test_a_visit_of_a_struck_off_inspector_waits_for_the_office(province, visits, person):
    gone = visits[0].selection.first_inspector
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    theirs = [visit for visit in visits if gone in visit.inspectors]

    counts = {item.id: item.count for item in slots.todo(province.officer)}

    assert counts["reassign"] == len(theirs) >= 1
    assert {item.id: item.count for item in slots.todo(person("officer", "320000"))}["reassign"] == 0


def test_a_firm_reads_no_reason_of_the_office(client, province, case, person):
    actions.hold_publication(by=province.officer, case=case, reason="内部理由一")
    actions.offer_transfer(by=province.officer, case=case, to_region="320500", reason="内部理由二")
    actions.order_stop_sale(by=province.officer, case=case, reason="第四十五条")

    client.force_login(person("firm", "330000", case.subject.code))
    page = text(client.get(reverse("inspection:case", args=[case.pk])))

    assert "内部理由" not in page and "第四十五条" in page


def test_a_visit_is_given_to_others_by_the_office_alone(client, province, visits, person):
    visit = visits[0]
    drawn = {one.code for one in visit.inspectors}
    free = [one for one in province.inspectors if one.code not in drawn]
    address = deed("visit", visit, "reassign")
    client.force_login(person("inspector", "330000", min(drawn)))
    assert client.get(address).status_code == 403

    client.force_login(province.officer)
    send(client, address, first=free[0].code, second=free[1].code, reason="执法证被吊销")

    page = text(client.get(reverse("inspection:visit", args=[visit.pk])))
    assert "执法证被吊销" in page and free[0].name in page
    assert Reassignment.objects.count() == 1


@pytest.fixture
def case(province, visits, sampled, report):
    sample = sampled(visits[0])
    named = Described(producer_name="演示制造厂", producer_code=PRODUCER)
    actions.describe_sample(by=province.officer, sample=sample, described=named)
    report(sample)
    return Case.objects.get()


def test_the_producer_is_served_with_proof_and_objects_by_its_own_account(client, case, province, person):
    assert {item.id: item.count for item in slots.todo(province.officer)}["parties"] == 1
    client.force_login(province.officer)
    send(
        client,
        deed("case", case, "serve-producer"),
        on="2025-03-20",
        served_by="mail",
        proof=picture("slip.png"),
    )
    party = case.parties.get()
    page = text(client.get(reverse("inspection:case", args=[case.pk])))
    assert party.service_sha[:16] in page and "演示制造厂" in page

    client.force_login(person("firm", "320500", PRODUCER))
    address = reverse("inspection:objection", args=[case.pk])
    assert address in text(client.get(reverse("inspection:case", args=[case.pk])))
    send(client, address, kind="authenticity", grounds="非本厂产品")

    assert Objection.objects.get().party == party
    assert {item.id: item.count for item in slots.todo(province.officer)}["objections"] == 1


def test_a_firm_does_not_read_what_another_party_objected(client, case, province, person):
    actions.serve_party(by=province.officer, case=case, role="producer")
    producer = person("firm", "320500", PRODUCER)
    actions.object_result(by=producer, case=case, kind="test", grounds="商业秘密内容")
    address = reverse("inspection:case", args=[case.pk])

    client.force_login(person("firm", "330000", case.subject.code))
    assert "商业秘密内容" not in text(client.get(address))
    client.force_login(producer)
    assert "商业秘密内容" in text(client.get(address))


def test_a_side_that_has_spoken_is_offered_no_second_objection(client, case, person):
    address = reverse("inspection:case", args=[case.pk])
    objection = reverse("inspection:objection", args=[case.pk])
    firm = person("firm", "330000", case.subject.code)
    client.force_login(firm)
    assert objection in text(client.get(address))

    actions.object_result(by=firm, case=case, kind="process", grounds="x")

    assert objection not in text(client.get(address))
    assert "/steps/accept/" not in text(client.get(address))


def test_an_objection_on_paper_is_filed_with_the_paper(officer, case, province):
    actions.serve_party(by=province.officer, case=case, role="producer")

    send(
        officer,
        deed("case", case, "paper-objection"),
        side="producer",
        kind="test",
        grounds="检验方法不当",
        filed_on="2025-03-20",
        paper=picture("letter.png"),
    )

    assert len(Objection.objects.get().evidence_sha) == 64


def test_a_firm_without_an_account_is_heard_on_paper(officer, province, visits, sampled, report):
    report(sampled(visits[1], seal="S-2"))
    case = Case.objects.get()
    address = deed("case", case, "paper-objection")
    said = {"kind": "test", "grounds": "检验方法不当", "filed_on": "2025-03-20"}
    assert "error-summary" in text(send(officer, address, side="firm", **said)), "the paper is missing"
    assert "error-summary" in text(send(officer, address, side="producer", paper=picture(), **said))

    send(officer, address, side="firm", paper=picture("letter.png"), **said)
    send(officer, reverse("inspection:step", args=[case.pk, "offer_retest"]), on="2025-03-20")
    case.refresh_from_db()
    with pytest.raises(NotAllowed):
        actions.move_case(by=province.officer, case=case, event="complete_formalities")
    paper = {"on": "2025-03-20", "paper": picture("form.png")}
    send(officer, deed("case", case, "firm-paper"), event="complete_formalities", **paper)

    case.refresh_from_db()
    assert (case.state, case.objection.party) == ("retest_formal", None)
    assert len(case.objection.evidence_sha) == 64


def test_a_decision_is_on_the_objection_that_its_form_showed(officer, case, province, person):
    actions.serve_party(by=province.officer, case=case, role="producer")
    for code, region in ((case.subject.code, "330000"), (PRODUCER, "320500")):
        by = person("firm", region, code)
        actions.object_result(by=by, case=case, kind="process", grounds="No seal.")
    step = reverse("inspection:step", args=[case.pk, "reject_objection"])
    forms = [text(officer.get(step)) for _ in range(2)]
    hidden = [
        {name: re.search(rf'name="{name}" value="([^"]+)"', form)[1] for name in HIDDEN} for form in forms
    ]
    pages = [officer.post(step, SAID | one) for one in hidden]

    assert pages[0].status_code == 302
    assert "error-summary" in text(pages[1]), "the other objection is decided by a form of its own"
    assert list(Decision.objects.values_list("objection__party__role", flat=True)) == [None]
    assert send(officer, step, **SAID).status_code == 302, "without the field the oldest open one is decided"
    assert Decision.objects.count() == 2


@pytest.fixture
def retesting(visits, sampled, report, province, person):
    report(sampled(visits[1], seal="S-2"))
    case = Case.objects.get()
    firm = person("firm", "330000", case.subject.code)
    actions.object_result(by=firm, case=case, kind="test", grounds="x")
    actions.move_case(by=province.officer, case=case, event="offer_retest")
    return actions.move_case(by=firm, case=case, event="complete_formalities")


def test_the_re_test_is_named_reported_and_shown_beside_the_first_result(client, retesting, province, person):
    client.force_login(province.officer)
    step = reverse("inspection:step", args=[retesting.pk, "name_laboratory"])
    assert client.get(step).url == deed("case", retesting, "name-laboratory")
    send(client, deed("case", retesting, "name-laboratory"), lab="LAB-02", on="2025-03-20")

    client.force_login(person("lab", "330000", "LAB-02"))
    address = deed("case", retesting, "test")
    assert 'value="lead"' in text(client.get(address)), "the failing item is filled in"
    said = {
        "item": "lead",
        "method": "GB 4806.9-2023",
        "reported_on": "2025-03-20",
        "lab": "LAB-02",
        "value": "0.20",
        "unit": "mg/kg",
        "limit_kind": "upper",
        "limit": "0.10",
        "decision_rule": "simple-acceptance",
        "is_complete": "on",
    }
    assert "error-summary" in text(send(client, address, **{**said, "value": "200"}))
    send(client, address, **said)

    page = text(client.get(reverse("inspection:case", args=[retesting.pk])))
    assert "0.20" in page and "0.12" in page
    retesting.refresh_from_db()
    assert (CaseTest.objects.count(), retesting.state) == (1, "accepted")


def test_a_stop_a_hold_and_its_release_stand_on_the_page(officer, case):
    send(officer, deed("case", case, "stop-sale"), on="2025-03-20", reason="第四十五条")
    send(officer, deed("case", case, "hold"), reason="法院通知")
    page = text(officer.get(reverse("inspection:case", args=[case.pk])))
    assert "第四十五条" in page and str(labels.HELD.label) in page
    assert officer.get(deed("case", case, "stop-sale")).status_code == 409

    send(officer, deed("case", case, "release"), reason="法院已决定")

    case.refresh_from_db()
    assert not case.is_held


def test_a_case_is_offered_answered_and_seen_by_both(client, case, province, person):
    client.force_login(province.officer)
    address = deed("case", case, "transfer")
    assert "error-summary" in text(send(client, address, to_region="999999", reason="x"))
    send(client, address, to_region="320500", reason="生产者在当地")

    other = person("officer", "320000")
    assert {item.id: item.count for item in slots.todo(other)}["offered"] == 1
    client.force_login(other)
    assert "生产者在当地" in text(client.get(reverse("inspection:case", args=[case.pk])))
    answer = send(client, deed("case", case, "answer-transfer"), answer="accepted")

    assert answer.url == reverse("inspection:cases")
    assert Transfer.objects.get().answer == "accepted"
    client.force_login(province.officer)
    assert client.get(reverse("inspection:case", args=[case.pk])).status_code == 200
    assert client.get(deed("case", case, "hold")).status_code == 403


def test_a_held_result_is_public_without_firm_and_value(client, province, case, close):
    actions.serve_party(by=province.officer, case=case, role="producer")
    actions.hold_publication(by=province.officer, case=case, reason="法院通知")
    close()

    with clock.at(datetime.fromisoformat("2025-06-01T09:00:00+08:00")):
        page = text(client.get(reverse("inspection:public_visit", args=[case.visit_id])))

    assert case.subject.name not in page and "0.12" not in page and "法院通知" not in page
    assert str(labels.HELD.label) in page


@pytest.mark.parametrize("kind", ["visit", "case"])
def test_a_step_that_does_not_exist_is_not_found(officer, case, visits, kind):
    found = case if kind == "case" else visits[0]

    assert officer.get(deed(kind, found, "dance")).status_code == 404


@pytest.mark.parametrize("name", [name for name in CASE_DEEDS if name not in ("answer-transfer",)])
def test_a_leader_takes_no_step_in_a_case(client, case, person, name):
    client.force_login(person("leader", "330000"))

    assert client.get(deed("case", case, name)).status_code == 403


@pytest.mark.parametrize("name", list(VISIT_DEEDS))
def test_a_leader_takes_no_step_at_a_visit(client, visits, sampled, person, name):
    sampled(visits[0])
    client.force_login(person("leader", "330000"))

    assert client.get(deed("visit", visits[0], name)).status_code == 403


def test_the_record_pages_have_a_bounded_number_of_statements(
    officer, visits, case, django_assert_max_num_queries
):
    with django_assert_max_num_queries(34):
        text(officer.get(reverse("inspection:visit", args=[visits[0].pk])))
    with django_assert_max_num_queries(40):
        text(officer.get(reverse("inspection:case", args=[case.pk])))
