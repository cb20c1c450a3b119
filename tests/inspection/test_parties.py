"""Each party has its own service and its own clock; the result is final when nobody may object any more."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger, people
from zhiheng.errors import BadInput, Conflict, NotAllowed, NotFound, RuleRefused
from zhiheng.people import clock
from zhiheng.procedure.due import due
from zhiheng.stages.inspection import actions, queries, rules, sides
from zhiheng.stages.inspection.models import Case, Clock, Decision, Objection, Party, Visit
from zhiheng.stages.inspection.rules.sampling import Described

SYSTEM = people.System("tick")
PRODUCER = "91330100DEMO000007"


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+08:00")


@pytest.fixture
def case(province, visits, sampled, report):
    """A failing result whose label names a producer other than the firm where it was taken."""
    sample = sampled(visits[0])
    named = Described(producer_name="演示制造厂", producer_code=PRODUCER, producer_region="320500")
    actions.describe_sample(by=province.officer, sample=sample, described=named)
    report(sample)
    return Case.objects.get()


@pytest.fixture
def firm(case, person):
    return person("firm", "330000", case.subject.code)


@pytest.fixture
def producer(person):
    return person("firm", "320500", PRODUCER)


@pytest.fixture
def served(case, province):
    with clock.at(noon("2025-03-25")):
        actions.serve_party(by=province.officer, case=case, role="producer", served_by="mail")
    case.refresh_from_db()
    return case


def running(case):
    rows = Clock.objects.filter(case=case).exclude(status="stopped")
    return {(one.party.role if one.party else "firm"): one.due_on for one in rows}


def test_the_producer_on_the_label_becomes_a_party_to_be_served(case):
    party = case.parties.get()

    assert (party.role, party.code, party.stand, party.served_on) == ("producer", PRODUCER, "unserved", None)
    assert set(running(case)) == {"firm"}
    assert case.contestable_until is None, "nobody knows the last day before the producer was served"


def test_the_time_of_each_party_runs_from_its_own_service(served):
    days = running(served)

    assert days["firm"] == due(rules.OBJECTION_RULE, date(2025, 3, 20)).due_on == date(2025, 4, 7)
    assert days["producer"] == due(rules.OBJECTION_RULE, date(2025, 3, 25)).due_on == date(2025, 4, 9)
    assert served.contestable_until == date(2025, 4, 9)


def test_a_service_is_recorded_once(served, province):
    again = actions.serve_party(
        by=province.officer, case=served, role="producer", served_on=date(2025, 3, 25)
    )
    assert again.served_on == date(2025, 3, 25)
    with clock.at(noon("2025-03-27")), pytest.raises(Conflict):
        actions.serve_party(by=province.officer, case=served, role="producer")
    with pytest.raises(BadInput):
        actions.serve_party(by=province.officer, case=served, role="platform")


def test_the_result_is_final_when_the_last_time_is_over(served):
    with clock.at(noon("2025-04-08")):
        assert actions.run_timeouts(by=SYSTEM) == 1
        served.refresh_from_db()
        assert served.state == "notified"
        assert ledger.timeline("case", str(served.pk))[0].verb == "case.party_time_over"
        assert actions.run_timeouts(by=SYSTEM) == 0
    with clock.at(noon("2025-04-10")):
        assert actions.run_timeouts(by=SYSTEM) == 1

    served.refresh_from_db()
    entry = ledger.timeline("case", str(served.pk))[0]
    assert (served.state, served.parties.get().stand) == ("accepted", "time_over")
    assert (entry.verb, entry.detail["credit_event"]) == ("case.objection_time_over", "failed_spot_check")


def test_an_unserved_producer_keeps_the_result_from_being_final_and_public(case, close):
    close()
    with clock.at(noon("2025-09-01")):
        actions.run_timeouts(by=SYSTEM)
        case.refresh_from_db()
        assert case.state == "notified"
        assert case.visit not in queries.published()


def test_the_firm_accepts_and_the_producer_is_still_heard(served, firm, producer):
    served = actions.move_case(by=firm, case=served, event="accept")
    assert served.state == "notified"
    assert set(running(served)) == {"producer"}
    with pytest.raises(Conflict):
        actions.move_case(by=firm, case=served, event="accept")
    with pytest.raises(Conflict):
        actions.object_result(by=firm, case=served, kind="test", grounds="Now I doubt it.")

    with clock.at(noon("2025-03-26")):
        served = actions.move_case(by=producer, case=served, event="accept")

    assert served.state == "accepted"


def test_the_producer_sees_the_case_only_once_it_was_served(case, producer, province):
    with pytest.raises(NotFound):
        queries.case(producer, case.pk)
    with pytest.raises(NotAllowed):
        actions.object_result(by=province.officer, case=case, kind="test", grounds="x")

    with clock.at(noon("2025-03-25")):
        actions.serve_party(by=province.officer, case=case, role="producer")

    assert queries.case(producer, case.pk) == case


def test_a_producer_that_is_not_the_maker_is_released_and_the_seller_stays(served, producer, province):
    with clock.at(noon("2025-03-28")):
        actions.object_result(by=producer, case=served, kind="authenticity", grounds="The label is forged.")
        served.refresh_from_db()
        assert served.state == "objected"
        with pytest.raises(RuleRefused) as instead:
            actions.move_case(by=province.officer, case=served, event="uphold_objection", reason="Forged.")
        case = actions.move_case(
            by=province.officer, case=served, event="release_producer", reason="The mould differs."
        )

    assert instead.value.code == "release-instead"
    assert (case.state, case.parties.get().stand) == ("notified", "released")
    assert Visit.objects.get(pk=case.visit_id).verdict == "fail"
    assert Decision.objects.get().outcome == "upheld"
    with clock.at(noon("2025-04-08")):
        actions.run_timeouts(by=SYSTEM)
    case.refresh_from_db()
    assert case.state == "accepted"


def test_only_the_producer_may_say_that_the_product_is_not_its_own(served, firm):
    with pytest.raises(RuleRefused) as refused:
        actions.object_result(by=firm, case=served, kind="authenticity", grounds="Not mine.")

    assert refused.value.code == "not-the-producer"


def test_an_unknown_ground_is_refused(served, firm):
    with pytest.raises(BadInput):
        actions.object_result(by=firm, case=served, kind="weather", grounds="x")


def test_two_objections_are_decided_one_after_the_other(served, firm, producer, province):
    with clock.at(noon("2025-03-28")):
        actions.object_result(by=firm, case=served, kind="process", grounds="No seal.")
        actions.object_result(by=producer, case=served, kind="test", grounds="Old method.")
        with pytest.raises(RuleRefused):
            actions.move_case(by=province.officer, case=served, event="offer_retest")
        case = actions.move_case(
            by=province.officer, case=served, event="reject_objection", reason="It was sealed."
        )
        assert case.state == "objected"
        case = actions.move_case(
            by=province.officer, case=case, event="reject_objection", reason="It is in force."
        )

    assert case.state == "accepted"
    assert list(Decision.objects.values_list("outcome", flat=True)) == ["rejected", "rejected"]
    assert Objection.objects.count() == 2


def test_a_rejected_objection_waits_for_the_time_of_the_other_party(served, firm, province):
    actions.object_result(by=firm, case=served, kind="process", grounds="No seal.")
    with clock.at(noon("2025-03-28")):
        case = actions.move_case(
            by=province.officer, case=served, event="reject_objection", reason="It was sealed."
        )

    assert case.state == "notified"
    with clock.at(noon("2025-04-10")):
        actions.run_timeouts(by=SYSTEM)
    case.refresh_from_db()
    assert case.state == "accepted"


def test_no_retest_is_offered_before_every_party_was_heard(served, firm, province):
    actions.object_result(by=firm, case=served, kind="test", grounds="Old method.")

    with pytest.raises(RuleRefused) as refused:
        actions.move_case(by=province.officer, case=served, event="offer_retest")

    assert (refused.value.code, refused.value.facts["parties"]) == ("parties-waiting", "producer")


@pytest.mark.parametrize(
    ("kind", "event", "code"),
    [
        ("process", "offer_retest", "not-about-the-test"),
        ("test", "release_producer", "not-about-authenticity"),
    ],
)
def test_a_decision_fits_its_objection(province, visits, sampled, report, person, kind, event, code):
    report(sampled(visits[0]))
    case = Case.objects.get()
    actions.object_result(
        by=person("firm", "330000", case.subject.code), case=case, kind=kind, grounds="Because."
    )

    with pytest.raises(RuleRefused) as refused:
        actions.move_case(by=province.officer, case=case, event=event, reason="x")

    assert refused.value.code == code


def test_an_objection_on_paper_is_filed_by_the_office_with_the_paper(served, province):
    party = served.parties.get()
    said = {"case": served, "kind": "test", "grounds": "Old method.", "party": party}
    with clock.at(noon("2025-03-28")):
        with pytest.raises(NotAllowed):
            actions.object_result(by=province.officer, **said)
        filed = actions.object_result(by=province.officer, paper_sha="ab" * 32, **said)

    assert (filed.party, filed.evidence_sha) == (party, "ab" * 32)


def test_a_late_producer_is_refused_by_its_own_date(served, producer):
    with clock.at(noon("2025-04-10")), pytest.raises(RuleRefused) as refused:
        actions.object_result(by=producer, case=served, kind="test", grounds="Old method.")

    assert refused.value.facts["due_on"] == "2025-04-09"


def test_a_platform_is_told_and_has_no_clock(case, province):
    with clock.at(noon("2025-03-25")):
        actions.add_party(by=province.officer, case=case, role="platform", name="演示平台")
        actions.serve_party(by=province.officer, case=case, role="platform")

    assert set(running(case)) == {"firm"}
    assert sides.open_sides(case) == ["firm", "producer"]
    assert ledger.timeline("case", str(case.pk))[0].verb == "case.party_served"


def test_a_party_is_named_once_and_only_while_the_contest_is_open(case, firm, province):
    with pytest.raises(Conflict):
        actions.add_party(by=province.officer, case=case, role="producer", name="another")
    Case.objects.update(state="accepted")
    with pytest.raises(Conflict):
        actions.add_party(by=province.officer, case=case, role="platform", name="演示平台")


def test_the_database_lets_no_party_be_served_without_a_day(case):
    with pytest.raises(IntegrityError, match="party_served_with_its_day"), transaction.atomic():
        Party.objects.update(stand="served")
