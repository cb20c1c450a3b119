"""After the notice: re-test by another laboratory, stop of sale, ladder, hold, transfer, other inspectors."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger, people
from zhiheng.errors import BadInput, Conflict, NotAllowed, NotFound, RuleRefused, UnknownCode
from zhiheng.people import clock
from zhiheng.stages.inspection import actions, queries, rules
from zhiheng.stages.inspection.models import Case, CaseTest, Clock, Measure, Reassignment, Result, Visit
from zhiheng.stages.registry import available
from zhiheng.stages.registry.models import Certificate, Lab, LabScope, Leave

from .conftest import LAB, VISITED

SECOND = "LAB-02"
SYSTEM = people.System("tick")


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00:00+08:00")


@pytest.fixture
def case(visits, sampled, report):
    report(sampled(visits[0]))
    return Case.objects.get()


@pytest.fixture
def firm(case, person):
    return person("firm", "330000", case.subject.code)


def scope(code, *items, region="330100"):
    lab = Lab.objects.create(code=code, name=code, region=region, recorded_at=clock.now())
    for item in items:
        LabScope.objects.create(
            lab=lab,
            item=item,
            method="GB 4806.9-2023",
            valid_from=date(2024, 1, 1),
            recorded_at=clock.now(),
        )
    return lab


@pytest.fixture
def offered(case, firm, province):
    actions.object_result(by=firm, case=case, kind="test", grounds="Old method.")
    case = actions.move_case(by=province.officer, case=case, event="offer_retest")
    return actions.move_case(by=firm, case=case, event="complete_formalities")


def test_formalities_after_a_day_that_is_settled_are_too_late(case, firm, province):
    """The limit in force nationwide was not read; where one was, its clock binds the firm."""
    actions.object_result(by=firm, case=case, kind="test", grounds="Old method.")
    case = actions.move_case(by=province.officer, case=case, event="offer_retest")
    reminder = case.clocks.get(rule="spotcheck.retest_formalities")
    reminder.proof["zh"]["status"] = "final"
    reminder.status, reminder.confidence = "running", "text"
    reminder.save()

    with clock.at(noon("2025-09-01")), pytest.raises(RuleRefused) as refused:
        actions.move_case(by=firm, case=case, event="complete_formalities")

    assert refused.value.code == "late-step"
    assert Case.objects.get().state == "retest_offered"


@pytest.fixture
def retesting(offered, province):
    return actions.name_retest_lab(by=province.officer, case=offered, lab=SECOND)


def measured(value, *, item="lead", lab=SECOND, day=date(2025, 3, 20)):
    return rules.Measurement("S-001", item, "GB 4806.9-2023", value, "mg/kg", "0.10", "upper", day, lab)


def test_a_retest_goes_to_another_laboratory(offered, province):
    scope(SECOND, "lead")

    with pytest.raises(RuleRefused) as refused:
        actions.name_retest_lab(by=province.officer, case=offered, lab=LAB, reason="Near.")
    case = actions.name_retest_lab(by=province.officer, case=offered, lab=SECOND)

    assert (refused.value.code, refused.value.facts["others"]) == ("first-lab", SECOND)
    assert (case.state, case.retest.is_first_lab, case.retest.is_covered) == ("retesting", False, True)


def test_the_first_laboratory_tests_again_only_when_no_other_is_qualified_and_with_a_reason(
    offered, province
):
    scope(LAB, "lead")
    scope("LAB-09", "cadmium")

    with pytest.raises(RuleRefused) as refused:
        actions.name_retest_lab(by=province.officer, case=offered, lab=LAB)
    case = actions.name_retest_lab(
        by=province.officer, case=offered, lab=LAB, reason="The only one in the province."
    )

    assert refused.value.code == "first-lab-reason"
    assert (case.retest.is_first_lab, case.retest.is_covered) == (True, True)


def test_a_laboratory_of_another_province_does_not_hinder_the_first_one(offered, province):
    scope("LAB-31", "lead", region="310100")

    case = actions.name_retest_lab(by=province.officer, case=offered, lab=LAB, reason="The only one.")

    assert case.retest.is_covered is None, "nothing is on record of this laboratory: unknown, not no"


def test_a_laboratory_without_the_scope_is_refused(offered, province):
    scope(SECOND, "cadmium")

    with pytest.raises(RuleRefused) as refused:
        actions.name_retest_lab(by=province.officer, case=offered, lab=SECOND)

    assert refused.value.code == "lab-not-qualified"


def test_a_late_naming_is_recorded_as_late(offered, province):
    with clock.at(noon("2025-06-01")):
        actions.name_retest_lab(by=province.officer, case=offered, lab=SECOND)

    verb = ledger.timeline("case", str(offered.pk))[0].verb
    assert verb == "case.retest_laboratory_named_late"


def test_a_retest_that_fails_again_is_final(retesting, person):
    lab = person("lab", "330000", SECOND)

    actions.record_case_test(by=lab, case=retesting, measured=measured("0.13"))

    retesting.refresh_from_db()
    row = CaseTest.objects.get()
    assert (retesting.state, row.phase, row.verdict) == ("accepted", "retest", "fail")
    assert Result.objects.get().value == "0.12", "the first result stays as it was"
    entry = ledger.timeline("case", str(retesting.pk))[0]
    assert entry.detail["credit_event"] == "failed_spot_check"


def test_a_retest_that_conforms_clears_the_visit(retesting, person, close):
    lab = person("lab", "330000", SECOND)
    actions.record_case_test(by=lab, case=retesting, measured=measured("0.08"))

    visit = Visit.objects.get(pk=retesting.visit_id)
    close()
    retesting.refresh_from_db()
    assert (retesting.state, visit.state, visit.verdict) == ("overturned", "passed", "pass")
    assert Result.objects.get().verdict == "fail", "the first result stays as it was"
    assert visit not in queries.published(), "its first value is nobody's business any more"
    assert queries.public_view(visit.pk).is_overturned


def test_a_retest_ends_only_with_every_failing_item(province, visits, sampled, report, person):
    sample = sampled(visits[0])
    report(sample, is_complete=False)
    report(sample, item="cadmium", is_complete=False)
    report(sample, item="arsenic", value="0.01")
    case = Case.objects.get()
    firm, lab = person("firm", "330000", case.subject.code), person("lab", "330000", SECOND)
    actions.object_result(by=firm, case=case, kind="test", grounds="Old method.")
    actions.move_case(by=province.officer, case=case, event="offer_retest")
    actions.move_case(by=firm, case=case, event="complete_formalities")
    actions.name_retest_lab(by=province.officer, case=case, lab=SECOND)

    with pytest.raises(RuleRefused) as missing:
        actions.record_case_test(by=lab, case=case, measured=measured("0.08"))
    with pytest.raises(BadInput) as other:
        actions.record_case_test(by=lab, case=case, measured=measured("0.08", item="arsenic"))
    actions.record_case_test(by=lab, case=case, measured=measured("0.08"), is_complete=False)
    actions.record_case_test(by=lab, case=case, measured=measured("0.20", item="cadmium"))

    case.refresh_from_db()
    assert (missing.value.facts["items"], other.value.code) == ("cadmium", "not-contested")
    assert case.state == "accepted"


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"lab": LAB}, RuleRefused, "other-lab"),
        ({"value": "-1"}, BadInput, "below-zero"),
        ({"value": "many"}, BadInput, "bad-shape"),
        ({"day": date(2025, 3, 1)}, BadInput, "report-day"),
    ],
)
def test_a_retest_result_that_cannot_be_is_refused(retesting, province, change, error, code):
    with pytest.raises(error) as refused:
        actions.record_case_test(
            by=province.officer, case=retesting, measured=measured(**{"value": "0.08", **change})
        )

    assert refused.value.code == code
    assert not CaseTest.objects.exists()


def test_a_retest_result_twice_is_recorded_once(retesting, province):
    for _ in range(2):
        actions.record_case_test(by=province.officer, case=retesting, measured=measured("0.13"))

    assert CaseTest.objects.count() == 1
    with pytest.raises(Conflict):
        actions.record_case_test(by=province.officer, case=retesting, measured=measured("0.14"))
    in_grams = dataclasses.replace(measured("0.13"), unit="g/kg")
    with pytest.raises(Conflict):
        actions.record_case_test(by=province.officer, case=retesting, measured=in_grams)


def test_another_laboratory_reports_no_retest(retesting, person):
    with pytest.raises(NotAllowed):
        actions.record_case_test(
            by=person("lab", "330000", LAB), case=retesting, measured=measured("0.08", lab=LAB)
        )
    assert queries.case(person("lab", "330000", SECOND), retesting.pk) == retesting
    with pytest.raises(NotFound):
        queries.case(person("lab", "330000", LAB), retesting.pk)


@pytest.mark.parametrize("before", ["retest_offered", "retest_formal", "retesting"])
def test_a_spare_sample_that_is_gone_ends_the_retest(retesting, province, before):
    Case.objects.update(state=before)

    with pytest.raises(BadInput):
        actions.move_case(by=province.officer, case=retesting, event="spare_lost")
    case = actions.move_case(
        by=province.officer, case=retesting, event="spare_lost", reason="The firm moved the spare sample."
    )

    assert case.state == "accepted"
    assert not Clock.objects.filter(case=case).exclude(status="stopped").exists()


@pytest.mark.parametrize("event", ["retest_pass", "retest_fail", "name_laboratory"])
def test_no_retest_is_decided_without_its_results(retesting, province, event):
    Case.objects.update(state="retest_formal" if event == "name_laboratory" else "retesting")

    with pytest.raises(BadInput) as refused:
        actions.move_case(by=province.officer, case=retesting, event=event)

    assert refused.value.code == "own-form"


# The ladder ------------------------------------------------------------------------------------


def test_the_sale_is_stopped_once_and_resumed_by_a_conforming_recheck(case, firm, province):
    for _ in range(2):
        actions.order_stop_sale(by=province.officer, case=case, reason="Article 45.")
    case.refresh_from_db()
    assert (case.state, Measure.objects.count()) == ("notified", 1)

    actions.move_case(by=firm, case=case, event="accept")
    actions.move_case(by=province.officer, case=case, event="order_correction")
    actions.move_case(by=firm, case=case, event="report_corrected")
    actions.record_case_test(by=province.officer, case=case, measured=measured("0.05"))
    with pytest.raises(RuleRefused) as refused:
        actions.move_case(by=province.officer, case=case, event="recheck_fail")
    case = actions.move_case(by=province.officer, case=case, event="recheck_pass")

    assert (refused.value.code, case.state) == ("recheck-says-otherwise", "closed")
    assert list(Measure.objects.values_list("kind", flat=True)) == ["stop_sale", "resume_sale"]
    assert ledger.timeline("case", str(case.pk))[0].detail["credit_event"] == "corrected"


def test_the_whole_ladder_to_the_licence(case, firm, province):
    officer = province.officer
    actions.order_stop_sale(by=officer, case=case, reason="Article 45.")
    actions.move_case(by=firm, case=case, event="accept")
    actions.move_case(by=officer, case=case, event="order_correction")
    actions.move_case(by=firm, case=case, event="report_corrected")
    case = actions.move_case(by=officer, case=case, event="recheck_fail")
    days = {one.rule: one.due_on for one in case.clocks.exclude(status="stopped")}
    assert days == {
        "spotcheck.second_recheck_from": date(2025, 5, 19),
        "spotcheck.second_recheck_to": date(2025, 6, 18),
    }
    with pytest.raises(Conflict):
        actions.move_case(by=officer, case=case, event="recheck_fail")
    with clock.at(noon("2025-05-20")):
        assert actions.run_timeouts(by=SYSTEM) == 1
        case.refresh_from_db()
        assert case.state == "second_recheck"
        case = actions.move_case(by=officer, case=case, event="recheck_fail")
        assert case.state == "suspended"
        case = actions.move_case(by=officer, case=case, event="recheck_fail")

    events = [entry.detail.get("credit_event") for entry in ledger.timeline("case", str(case.pk))]
    assert (case.state, case.is_over) == ("licence_revoked", True)
    assert [event for event in events if event] == [
        "licence_revocation_requested",
        "business_suspended",
        "failed_recheck",
        "failed_spot_check",
    ]
    assert Measure.objects.last().kind == "stop_sale", "what was stopped stays stopped"


def test_a_recheck_that_is_not_made_needs_its_reason_and_its_day(case, firm, province):
    actions.move_case(by=firm, case=case, event="accept")
    actions.move_case(by=province.officer, case=case, event="order_correction")
    actions.move_case(by=firm, case=case, event="report_corrected")

    with pytest.raises(RuleRefused):
        actions.move_case(by=province.officer, case=case, event="recheck_overdue", reason="No one came.")
    with clock.at(noon("2025-06-10")):
        case = actions.move_case(
            by=province.officer, case=case, event="recheck_overdue", reason="The firm was shut."
        )

    assert case.state == "province_notice"


# Publication -----------------------------------------------------------------------------------


def test_a_held_result_is_not_public_until_the_hold_is_released(case, province, close):
    close()
    with clock.at(noon("2025-04-08")):
        assert case.visit in queries.published()
        for _ in range(2):
            actions.hold_publication(by=province.officer, case=case, reason="A court asked for it.")
        assert case.visit not in queries.published()
        seen = queries.public_view(case.visit_id)
        assert (seen.is_final, seen.is_held, seen.results) == (False, True, [])
        with pytest.raises(BadInput):
            actions.release_publication(by=province.officer, case=case, reason=" ")
        actions.release_publication(by=province.officer, case=case, reason="The court decided.")
        assert case.visit in queries.published()
        with pytest.raises(Conflict):
            actions.release_publication(by=province.officer, case=case, reason="Again.")

    kinds = list(Measure.objects.values_list("kind", flat=True))
    assert kinds == ["hold", "hold_released"]


def test_a_firm_holds_nothing_back(case, firm):
    with pytest.raises(NotAllowed):
        actions.hold_publication(by=firm, case=case, reason="Please.")


# Transfer --------------------------------------------------------------------------------------


def test_a_case_passes_to_another_region_and_both_see_it(case, province, person):
    other = person("officer", "320000")
    before = {one.rule: one.due_on for one in case.clocks.all()}
    with pytest.raises(NotFound):
        queries.case(other, case.pk)

    for _ in range(2):
        actions.offer_transfer(
            by=province.officer, case=case, to_region="320500", reason="The producer is there."
        )
    assert queries.case(other, case.pk) == case
    with pytest.raises(NotAllowed):
        actions.hold_publication(by=other, case=case, reason="Not ours yet.")
    case = actions.answer_transfer(by=other, case=case, is_accepted=True)

    assert case.region == "320500"
    assert {one.rule: one.due_on for one in case.clocks.all()} == before, "its clocks go on"
    assert queries.case(province.officer, case.pk) == queries.case(other, case.pk) == case
    with pytest.raises(NotAllowed):
        actions.hold_publication(by=province.officer, case=case, reason="No longer ours.")
    with pytest.raises(Conflict):
        actions.answer_transfer(by=other, case=case, is_accepted=True)


def test_a_case_that_was_returned_stays_with_its_sender(case, province, person):
    other = person("officer", "320000")
    actions.offer_transfer(by=province.officer, case=case, to_region="320500", reason="There.")
    with pytest.raises(Conflict):
        actions.offer_transfer(by=province.officer, case=case, to_region="310100", reason="Or there.")
    with pytest.raises(BadInput):
        actions.answer_transfer(by=other, case=case, is_accepted=False)
    with pytest.raises(NotAllowed):
        actions.answer_transfer(by=province.officer, case=case, is_accepted=True)

    case = actions.answer_transfer(by=other, case=case, is_accepted=False, reason="Not made here.")

    assert case.region.startswith("33")
    with pytest.raises(NotFound):
        queries.case(other, case.pk)


@pytest.mark.parametrize(
    ("region", "error"), [("999999", UnknownCode), ("here", BadInput), ("", UnknownCode)]
)
def test_a_case_is_not_passed_to_nowhere(case, province, region, error):
    to = case.region if region == "here" else region
    with pytest.raises(error):
        actions.offer_transfer(by=province.officer, case=case, to_region=to, reason="x")


# Other inspectors ------------------------------------------------------------------------------


def strike_off(inspector, day="2025-03-05"):
    Certificate.objects.create(
        inspector=inspector,
        number=f"Z-{inspector.code}",
        valid_from=date(2024, 1, 1),
        ended_on=date.fromisoformat(day),
        end_reason="struck off",
        recorded_at=clock.now(),
    )


def spare_pair(province, visit):
    """Two inspectors who are not on this visit and have no conflict with its firm."""
    drawn = {visit.selection.first_inspector.code, visit.selection.second_inspector.code}
    free = [
        one.code
        for one in province.inspectors
        if one.code not in drawn and visit.selection.unit_code not in one.conflicts
    ]
    return free[0], free[1]


def test_a_visit_by_a_struck_off_inspector_is_refused_until_it_is_given_to_others(province, visits, person):
    visit = visits[0]
    strike_off(visit.selection.first_inspector)
    with pytest.raises(RuleRefused) as refused:
        actions.record_visit(by=province.officer, visit=visit, outcome="refused", visited_on=VISITED)
    assert refused.value.code == "inspector-struck-off"

    first, second = spare_pair(province, visit)
    with pytest.raises(BadInput):
        actions.reassign_visit(by=province.officer, visit=visit, first=first, second=second, reason="")
    visit = actions.reassign_visit(
        by=province.officer, visit=visit, first=first, second=second, reason="Struck off on 5 March."
    )

    mine = person("inspector", "330000", first)
    assert visit in queries.own_visits(mine)
    assert visit not in queries.own_visits(
        person("inspector", "330000", visit.selection.first_inspector.code)
    )
    actions.record_visit(by=mine, visit=visit, outcome="refused", visited_on=VISITED)
    entry = ledger.timeline("visit", str(visit.pk))[1]
    assert (entry.verb, ledger.words.of(entry)[0].text) == ("visit.reassigned", "Struck off on 5 March.")
    assert Reassignment.objects.count() == 1


def test_a_visit_made_before_the_inspector_was_struck_off_is_recorded(province, visits):
    strike_off(visits[0].selection.first_inspector, "2025-03-15")

    visit = actions.record_visit(by=province.officer, visit=visits[0], outcome="refused", visited_on=VISITED)

    assert visit.state == "refused"


def test_who_is_struck_off_is_read_from_the_newest_word_on_each_certificate(province, visits):
    one, two = visits[0].inspectors
    strike_off(one)
    strike_off(two)
    Certificate.objects.create(
        inspector=two,
        number=f"Z-{two.code}",
        valid_from=date(2025, 3, 1),
        recorded_at=clock.now(),
    )

    assert available.struck_off(clock.today()) == [one.pk]
    theirs = set(queries.visits_to_reassign(province.officer).values_list("pk", flat=True))
    assert theirs == {visit.pk for visit in visits if one in visit.inspectors}


def test_a_day_of_leave_and_an_inactive_inspector_are_refused(province, visits):
    away = visits[0].selection.second_inspector
    Leave.objects.create(inspector=away, valid_from=VISITED, valid_until=VISITED, recorded_at=clock.now())
    with pytest.raises(RuleRefused) as leave:
        actions.record_visit(by=province.officer, visit=visits[0], outcome="refused", visited_on=VISITED)
    type(away).objects.filter(pk=away.pk).update(is_active=False)
    with pytest.raises(RuleRefused) as inactive:
        actions.record_visit(by=province.officer, visit=visits[0], outcome="refused", visited_on=VISITED)

    assert (leave.value.code, inactive.value.code) == ("inspector-on-leave", "inspector-struck-off")


def test_a_batch_with_a_struck_off_inspector_is_refused_whole(province, visits, revealed):
    strike_off(visits[0].selection.first_inspector)
    rows = [(visit.selection.unit_code, rules.Finding("refused", VISITED)) for visit in visits]

    with pytest.raises(RuleRefused) as refused:
        actions.record_visits_bulk(by=province.officer, draw=revealed, rows=rows)

    assert refused.value.code == "inspector-struck-off"
    assert set(Visit.objects.values_list("state", flat=True)) == {"assigned"}


def test_a_visit_is_given_only_to_two_others_who_can_go(province, visits):
    visit = visits[0]
    first, second = spare_pair(province, visit)
    drawn = [one.code for one in visit.inspectors]

    def give(one, two):
        return actions.reassign_visit(by=province.officer, visit=visit, first=one, second=two, reason="x")

    for pair, code in (
        ((first, first), "no-pair"),
        (tuple(drawn), "same-pair"),
        ((first, "X-9"), "no-such-inspector"),
    ):
        with pytest.raises((RuleRefused, BadInput)) as refused:
            give(*pair)
        assert refused.value.code == code
    found = next(one for one in province.inspectors if one.code == first)
    type(found).objects.filter(pk=found.pk).update(conflicts=[visit.selection.unit_code])
    with pytest.raises(RuleRefused) as conflict:
        give(first, second)
    assert conflict.value.code == "conflict-of-interest"
    type(found).objects.filter(pk=found.pk).update(conflicts=[])
    strike_off(found)
    with pytest.raises(RuleRefused):
        give(first, second)


def test_a_recorded_visit_is_given_to_nobody(province, visits):
    actions.record_visit(by=province.officer, visit=visits[0], outcome="refused", visited_on=VISITED)

    with pytest.raises(Conflict):
        actions.reassign_visit(by=province.officer, visit=visits[0], first="A", second="B", reason="x")


def test_an_inspector_gives_no_visit_away(visits, person):
    mine = person("inspector", "330000", visits[0].selection.first_inspector.code)

    with pytest.raises(NotAllowed):
        actions.reassign_visit(by=mine, visit=visits[0], first="A", second="B", reason="x")


def test_the_database_keeps_two_different_inspectors(visits):
    with pytest.raises(IntegrityError, match="visit_reassigned_to_two"), transaction.atomic():
        Visit.objects.filter(pk=visits[0].pk).update(first_inspector=visits[0].selection.first_inspector)
