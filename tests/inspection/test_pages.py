"""The pages of inspection: each role sees its own, a form acts once, the public sees what is final."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.urls import reverse

from zhiheng import people
from zhiheng.people import clock
from zhiheng.stages.inspection import actions, labels, rules, slots
from zhiheng.stages.inspection.models import Case, Result, Visit

from .conftest import LAB, VISITED


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def token(response) -> str:
    return re.search(r'name="zh-token" value="([^"]+)"', response.content.decode())[1]


def send(client, address, **fields):
    return client.post(address, {"zh-token": token(client.get(address)), **fields})


@pytest.fixture
def officer(client, province):
    client.force_login(province.officer)
    return client


@pytest.fixture
def failed(visits, sampled, report):
    report(sampled(visits[0]))
    visits[0].refresh_from_db()
    return visits[0]


@pytest.fixture
def passed(visits, sampled, report):
    report(sampled(visits[1], seal="S-002"), value="0.05")
    visits[1].refresh_from_db()
    return visits[1]


RESULT = {
    "item": "lead",
    "method": "GB 4806.9-2023",
    "reported_on": "2025-03-17",
    "value": "0.12",
    "unit": "mg/kg",
    "limit_kind": "upper",
    "limit": "0.10",
    "decision_rule": "simple-acceptance",
    "is_complete": "on",
}


def test_an_officer_opens_the_visits_of_a_draw_once(officer, revealed, later):
    address = reverse("inspection:open_visits", args=[revealed.serial])

    assert officer.get(address).status_code == 405
    for _ in range(2):
        assert officer.post(address).status_code == 302

    assert Visit.objects.count() == 10
    assert "10" in text(officer.get(reverse("draw:draw", args=[revealed.serial])))


def test_an_inspector_finds_own_visits_and_records_one(client, visits, person):
    chosen = visits[0].selection
    mine = person("inspector", "330000", chosen.first_inspector.code)
    client.force_login(mine)
    page = text(client.get(reverse("inspection:own")))
    assert chosen.subject.name in page

    address = reverse("inspection:record", args=[visits[0].pk])
    sent = {
        "outcome": "sampled",
        "visited_on": "2025-03-10",
        "product_name": "kettle",
        "seal_no": "S-7",
        "lab": LAB,
    }
    answer = send(client, address, **sent)

    assert answer.url == reverse("inspection:visit", args=[visits[0].pk])
    visits[0].refresh_from_db()
    assert visits[0].state == "sealed"
    assert "S-7" in text(client.get(answer.url))


def test_an_inspector_cannot_open_the_form_of_a_foreign_visit(client, visits, province, person):
    chosen = {visits[0].selection.first_inspector.code, visits[0].selection.second_inspector.code}
    other = next(one.code for one in province.inspectors if one.code not in chosen)
    client.force_login(person("inspector", "330000", other))

    for name in ("visit", "record", "seal", "assign"):
        assert client.get(reverse(f"inspection:{name}", args=[visits[0].pk])).status_code == 404
    assert f">{visits[0].subject.name}<" not in text(client.get(reverse("inspection:visits")))


@pytest.mark.parametrize("name", ["seal", "assign"])
def test_a_visit_without_a_sample_has_nothing_to_seal_or_send(officer, visits, name):
    address = reverse(f"inspection:{name}", args=[visits[0].pk])

    assert officer.get(address).status_code == 409
    assert officer.post(address, {"seal_no": "S-1", "lab": LAB}).status_code == 409


def test_an_officer_outside_the_region_sees_and_does_nothing(client, failed, person):
    client.force_login(person("officer", "320000"))
    case = Case.objects.get()

    assert client.get(reverse("inspection:visit", args=[failed.pk])).status_code == 404
    assert client.get(reverse("inspection:record", args=[failed.pk])).status_code == 404
    assert client.get(reverse("inspection:case", args=[case.pk])).status_code == 404
    assert client.get(reverse("inspection:result", args=[failed.sample.pk])).status_code == 404
    assert failed.subject.name not in text(client.get(reverse("inspection:visits")))
    draw = failed.selection.draw.serial
    assert client.post(reverse("inspection:open_visits", args=[draw])).status_code == 404


def test_a_leader_may_look_and_not_record(client, visits, person):
    client.force_login(person("leader", "330000"))

    assert client.get(reverse("inspection:visit", args=[visits[0].pk])).status_code == 200
    assert client.get(reverse("inspection:record", args=[visits[0].pk])).status_code == 403


def test_the_form_shows_a_refusal_at_its_field_and_keeps_what_was_typed(officer, visits):
    address = reverse("inspection:record", args=[visits[0].pk])

    page = text(send(officer, address, outcome="sampled", visited_on="2025-03-10", seal_no="S-7"))

    assert "error-summary" in page and 'href="#id_product_name"' in page and "S-7" in page
    visits[0].refresh_from_db()
    assert visits[0].state == rules.ASSIGNED


def test_a_visit_form_sent_twice_is_recorded_once(officer, visits):
    address = reverse("inspection:record", args=[visits[0].pk])
    sent = {"zh-token": token(officer.get(address)), "outcome": "refused", "visited_on": "2025-03-10"}

    first, second = officer.post(address, sent), officer.post(address, sent)

    assert first.url == second.url
    visits[0].refresh_from_db()
    assert visits[0].state == "refused"


def test_an_officer_seals_and_assigns_step_by_step(officer, visits):
    visit = visits[0]
    send(
        officer,
        reverse("inspection:record", args=[visit.pk]),
        outcome="sampled",
        visited_on="2025-03-10",
        product_name="kettle",
    )
    send(officer, reverse("inspection:seal", args=[visit.pk]), seal_no="S-8")
    send(officer, reverse("inspection:assign", args=[visit.pk]), lab=LAB)

    visit.refresh_from_db()
    assert (visit.sample.seal_no, visit.sample.lab) == ("S-8", LAB)


def test_a_laboratory_sees_its_samples_alone_and_is_led_to_the_draft(client, visits, sampled, person):
    mine, other = sampled(visits[0]), sampled(visits[1], seal="S-002", lab="LAB-02")
    client.force_login(person("lab", "330000", LAB))
    page = text(client.get(reverse("inspection:samples")))
    assert mine.seal_no in page and other.seal_no not in page
    assert client.get(reverse("inspection:result", args=[other.pk])).status_code == 404

    entered = client.get(reverse("inspection:result", args=[mine.pk]))
    assert entered.url == reverse("inspection:item", args=[mine.pk])


def test_an_office_enters_a_report_that_it_has_on_paper(officer, visits, sampled):
    sample = sampled(visits[0])

    answer = send(officer, reverse("inspection:result", args=[sample.pk]), **RESULT)

    assert answer.url == reverse("inspection:visit", args=[visits[0].pk])
    assert Result.objects.get().verdict == "fail"
    assert officer.get(answer.url).status_code == 200


def test_a_result_without_a_known_unit_stays_on_the_form(officer, visits, sampled):
    sample = sampled(visits[0])
    address = reverse("inspection:result", args=[sample.pk])

    for changed in ({"unit": ""}, {"unit": "furlong"}, {"value": "0,12"}, {"value": ""}):
        assert "error-summary" in text(send(officer, address, **{**RESULT, **changed}))

    assert not Result.objects.exists()


def test_an_officer_corrects_a_result_with_its_reason(officer, failed):
    result = Result.objects.get()
    address = reverse("inspection:correct", args=[result.pk])
    changed = {name: value for name, value in RESULT.items() if name not in ("item", "is_complete")}

    send(officer, address, **{**changed, "value": "0.012", "reason": "Decimal point."})

    failed.refresh_from_db()
    assert failed.verdict == "pass"
    page = text(officer.get(reverse("inspection:visit", args=[failed.pk])))
    assert "0.12" in page and "0.012" in page


def test_a_firm_sees_its_own_case_and_objects(client, failed, person, province):
    case = Case.objects.get()
    client.force_login(person("firm", "330000", case.subject.code))
    page = text(client.get(reverse("inspection:case", args=[case.pk])))
    assert rules.OBJECTION_RULE in page

    answer = send(
        client,
        reverse("inspection:objection", args=[case.pk]),
        kind="test",
        grounds="The method is outdated.",
    )

    case.refresh_from_db()
    assert (answer.status_code, case.state) == (302, "objected")


def test_a_late_objection_stays_on_the_form_with_its_date(client, failed, person):
    case = Case.objects.get()
    client.force_login(person("firm", "330000", case.subject.code))

    with clock.at(datetime.fromisoformat("2025-04-08T09:00:00+08:00")):
        page = text(
            send(client, reverse("inspection:objection", args=[case.pk]), kind="test", grounds="Too late.")
        )

    assert "2025-04-07" in page and "error-summary" in page
    case.refresh_from_db()
    assert case.state == "notified"


def test_a_firm_sees_neither_foreign_cases_nor_visits_to_come(client, visits, failed, person):
    waiting = visits[2]
    client.force_login(person("firm", "330000", waiting.selection.unit_code))

    assert client.get(reverse("inspection:case", args=[Case.objects.get().pk])).status_code == 404
    assert client.get(reverse("inspection:visit", args=[waiting.pk])).status_code == 404
    assert client.get(reverse("inspection:visit", args=[failed.pk])).status_code == 404


def test_each_date_of_a_case_shows_its_rule_and_the_steps_of_its_proof(officer, failed):
    case = Case.objects.get()

    page = text(officer.get(reverse("inspection:case", args=[case.pk])))

    assert rules.OBJECTION_RULE in page and "zhiheng due spotcheck.objection_law --from 2025-03-20" in page
    for step in case.clocks.get().proof["zh"]["steps"]:
        assert step["because"].split(",")[0][:12] in page


def test_the_office_takes_the_steps_that_the_procedure_offers(officer, failed, person):
    case = Case.objects.get()
    actions.object_result(
        by=person("firm", "330000", case.subject.code), case=case, kind="test", grounds="Outdated."
    )
    step = reverse("inspection:step", args=[case.pk, "reject_objection"])
    assert step in text(officer.get(reverse("inspection:case", args=[case.pk])))

    assert "error-summary" in text(send(officer, step, on="2025-03-20", reason=""))
    send(officer, step, on="2025-03-20", reason="The method is in force.")
    send(officer, reverse("inspection:step", args=[case.pk, "order_correction"]), on="2025-03-20")

    case.refresh_from_db()
    assert case.state == "rectifying"
    assert officer.get(reverse("inspection:step", args=[case.pk, "order_correction"])).status_code == 409


def test_a_firm_cannot_take_the_steps_of_the_office(client, failed, person, province):
    case = Case.objects.get()
    actions.move_case(by=person("firm", "330000", case.subject.code), case=case, event="accept")
    client.force_login(person("firm", "330000", case.subject.code))

    assert client.get(reverse("inspection:step", args=[case.pk, "order_correction"])).status_code == 403


@pytest.mark.parametrize("name", ["visits", "own", "samples", "cases"])
def test_a_stranger_is_sent_to_the_sign_in(client, db, name):
    assert client.get(reverse(f"inspection:{name}")).status_code == 302


def test_no_inspection_is_public_while_its_draw_is_open(client, passed):
    assert client.get(reverse("inspection:public_visit", args=[passed.pk])).status_code == 404
    assert passed.subject.name not in text(client.get(reverse("inspection:public_visits")))


def test_the_notice_of_a_case_is_shown_with_its_place_in_the_evidence(officer, failed):
    case = Case.objects.get()

    page = text(officer.get(reverse("inspection:case", args=[case.pk])))

    assert case.notice_file in page


def test_the_public_sees_a_passing_inspection_from_the_draw_to_the_method(client, passed, revealed, close):
    close()
    page = text(client.get(reverse("inspection:public_visit", args=[passed.pk])))

    chosen = passed.selection
    assert chosen.subject.name in page and "GB 4806.9-2023" in page and "0.05" in page
    assert chosen.ticket in page and "2/20" in page
    assert reverse("draw:public_draw", args=[revealed.serial]) in page
    assert chosen.first_inspector.name not in page and "演*" in page


def test_a_contestable_result_is_public_without_firm_and_value_until_it_is_final(client, failed, close):
    close()
    address, listed = (
        reverse("inspection:public_visit", args=[failed.pk]),
        reverse("inspection:public_visits"),
    )
    name = failed.subject.name

    early = text(client.get(address))
    assert name not in early and failed.selection.unit_code not in early and "0.12" not in early
    assert f">{name}<" not in text(client.get(listed))

    with clock.at(datetime.fromisoformat("2025-04-08T09:00:00+08:00")):
        final = text(client.get(address))
        assert name in final and "0.12" in final
        assert f">{name}<" in text(client.get(listed))


def test_an_objection_keeps_the_result_from_the_public_until_it_is_decided(
    client, failed, person, province, close
):
    close()
    case = Case.objects.get()
    actions.object_result(by=person("firm", "330000", case.subject.code), case=case, kind="test", grounds="x")

    with clock.at(datetime.fromisoformat("2025-06-01T09:00:00+08:00")):
        shown = f">{failed.subject.name}<"
        assert shown not in text(client.get(reverse("inspection:public_visits")))
        actions.move_case(by=province.officer, case=case, event="reject_objection", reason="In force.")
        assert shown in text(client.get(reverse("inspection:public_visits")))


def test_an_overturned_result_is_shown_without_firm_and_value(client, failed, person, province, close):
    case = Case.objects.get()
    actions.object_result(by=person("firm", "330000", case.subject.code), case=case, kind="test", grounds="x")
    actions.move_case(by=province.officer, case=case, event="uphold_objection", reason="Wrong method.")
    close()

    page = text(client.get(reverse("inspection:public_visit", args=[failed.pk])))

    assert failed.subject.name not in page and "0.12" not in page
    assert Case.objects.get().standing.zh in page


def test_a_refused_visit_is_public_as_refused(client, province, visits, close):
    actions.record_visit(by=province.officer, visit=visits[0], outcome="refused", visited_on=VISITED)
    close()

    page = text(client.get(reverse("inspection:public_visit", args=[visits[0].pk])))

    visits[0].refresh_from_db()
    assert visits[0].standing.zh in page
    assert visits[0].subject.name in text(client.get(reverse("inspection:public_visits")))


def test_a_visit_that_did_not_take_place_is_not_public(client, visits):
    assert client.get(reverse("inspection:public_visit", args=[visits[0].pk])).status_code == 404
    assert visits[0].subject.name not in text(client.get(reverse("inspection:public_visits")))


@pytest.mark.parametrize(
    "query",
    [
        "region=330100",
        "region=999999",
        "division=13",
        "period=2025Q1",
        "draw=330000-",
        "verdict=pass",
        "sort=-region",
        "sort=nonsense",
        "page=99999",
        "page=x",
    ],
)
def test_the_public_list_takes_any_address(client, passed, close, query):
    close()
    assert client.get(reverse("inspection:public_visits") + f"?{query}").status_code == 200


def test_the_public_list_leaves_as_a_file(client, passed, close):
    close()
    answer = client.get(reverse("inspection:public_visits") + "?format=csv")

    lines = b"".join(answer.streaming_content).decode().strip().splitlines()
    assert len(lines) == 1 + 10
    assert any(passed.subject.name in line for line in lines)


def test_the_lists_have_a_bounded_number_of_statements(
    officer, visits, failed, passed, close, django_assert_max_num_queries
):
    close()
    for name, most in (("visits", 10), ("own", 10), ("samples", 10), ("cases", 11), ("public_visits", 9)):
        with django_assert_max_num_queries(most):
            text(officer.get(reverse(f"inspection:{name}")))


def test_every_verb_of_the_stage_has_words(db):
    from zhiheng.web import timeline

    used = {edge.verb for table in (rules.VISITS, rules.CASES) for edge in table.transitions}

    assert used | set(labels.VERBS) <= set(timeline.labels.verbs())


def test_every_step_that_a_person_takes_has_words():
    offered = {edge.event for edge in rules.CASES.transitions if edge.permission}

    assert offered == set(labels.STEPS)


def test_the_workbench_counts_what_waits_for_each(province, visits, failed, sampled, person):
    sampled(visits[2], seal="S-003")
    inspector = visits[3].selection.first_inspector.code
    firm = person("firm", "330000", failed.selection.unit_code)

    def counts(who):
        return {item.id: item.count for item in slots.todo(who) if item.count}

    assert counts(province.officer) == {"samples": 1}
    assert counts(person("lab", "330000", LAB)) == {"samples": 1}
    assert counts(person("inspector", "330000", inspector))["own_visits"] >= 1
    with clock.at(datetime.fromisoformat("2025-04-05T09:00:00+08:00")):
        assert counts(firm) == {"clocks_soon": 1}
        assert counts(province.officer) == {"samples": 1, "clocks_soon": 1}
    with clock.at(datetime.fromisoformat("2025-04-09T09:00:00+08:00")):
        assert counts(firm) == {}, "the end of the time to object is nobody's delay"
        case = Case.objects.get()
        actions.run_timeouts(by=people.System("tick"))
        actions.move_case(by=province.officer, case=case, event="order_correction")
    with clock.at(datetime.fromisoformat("2025-07-01T09:00:00+08:00")):
        assert counts(province.officer) == {"samples": 1, "clocks_over": 1}
    assert counts(person("officer", "320000")) == {}


def test_an_unverified_clock_is_never_overdue_on_the_workbench(province, failed, person):
    case = Case.objects.get()
    actions.object_result(by=person("firm", "330000", case.subject.code), case=case, kind="test", grounds="x")
    actions.move_case(by=province.officer, case=case, event="offer_retest")

    with clock.at(datetime.fromisoformat("2025-09-01T09:00:00+08:00")):
        found = {item.id: item.count for item in slots.todo(province.officer)}

    assert found["clocks_over"] == 0


def test_the_panels_show_inspections_on_a_firm_and_visits_on_a_draw(
    province, visits, failed, revealed, person
):
    subject = failed.subject
    panel = slots.subject_panel(province.officer, subject)

    assert [visit.pk for visit, _state in panel.context["rows"]] == [failed.pk]
    assert slots.subject_panel(person("officer", "320000"), subject) is None
    assert slots.draw_panel(None, revealed).context["count"] == 10
    assert slots.draw_panel(None, revealed).context["may_open"] is False


def test_the_job_ends_clocks_once(failed):
    from zhiheng.stages.inspection import jobs

    with clock.at(datetime.fromisoformat("2025-04-08T09:00:00+08:00")):
        assert (jobs.end_clocks(), jobs.end_clocks()) == (1, 0)
    assert Case.objects.get().state == "accepted"
