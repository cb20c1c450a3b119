"""A failing result opens a case; each date has its proof; late, early and unverified steps are refused."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from zhiheng import ledger, people
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused
from zhiheng.people import clock
from zhiheng.procedure.due import due
from zhiheng.stages.inspection import actions, clocks, notices, queries, rules
from zhiheng.stages.inspection.models import Case, Clock, Objection

from .conftest import LAB

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


def test_a_failing_result_opens_a_case_with_notice_and_clock(case):
    running = case.clocks.get()

    notice = notices.read(case)
    assert notice["results"][0]["value"] == "0.12"
    assert (case.state, running.rule, running.status) == ("notified", rules.OBJECTION_RULE, "running")
    assert running.started_on == date(2025, 3, 20)


def test_the_date_of_a_clock_is_the_one_that_the_procedure_proves(case):
    running = case.clocks.get()
    proved = due(rules.OBJECTION_RULE, running.started_on, jurisdiction=case.region)

    assert running.due_on == proved.due_on == date(2025, 4, 7)  # 4 April is Qingming, 5 and 6 a weekend
    assert running.proof["zh"] == proved.as_json("zh")
    assert running.proof["en"]["steps"][-1]["to"] == "2025-04-07"
    assert running.confidence == "text"


def test_a_report_of_a_laboratory_waits_for_the_office_to_serve_the_notice(
    province, visits, sampled, report, person
):
    report(sampled(visits[0]), by=person("lab", "330000", LAB))
    case = Case.objects.get()
    assert (case.state, case.clocks.count()) == ("opened", 0)

    with clock.at(noon("2025-03-24")):
        served = actions.serve_notice(by=province.officer, case=case, served_on=date(2025, 3, 21))

    assert (served.state, served.clocks.get().started_on) == ("notified", date(2025, 3, 21))


@pytest.mark.parametrize("day", [date(2025, 3, 19), date(2025, 3, 21), date(2024, 1, 1), date(2026, 1, 1)])
def test_a_notice_is_served_neither_before_its_case_nor_in_the_future(
    province, visits, sampled, report, person, day
):
    report(sampled(visits[0]), by=person("lab", "330000", LAB))

    with pytest.raises(BadInput) as refused:
        actions.serve_notice(by=province.officer, case=Case.objects.get(), served_on=day)

    assert refused.value.code == "step-day"
    assert (Case.objects.get().state, Clock.objects.count()) == ("opened", 0)


@pytest.mark.parametrize("day", [date(2025, 3, 19), date(2025, 3, 21)])
def test_a_step_is_taken_neither_before_the_last_one_nor_in_the_future(province, case, firm, day):
    actions.move_case(by=firm, case=case, event="accept")

    with pytest.raises(BadInput) as refused:
        actions.move_case(by=province.officer, case=case, event="order_correction", on=day)

    assert refused.value.code == "step-day"


def test_an_objection_is_not_filed_in_the_future(case, firm):
    with pytest.raises(BadInput) as refused:
        actions.object_result(by=firm, case=case, kind="test", grounds="x", filed_on=date(2025, 3, 25))

    assert refused.value.code == "step-day"


def test_nobody_ends_the_time_to_object_by_hand(province, case):
    with pytest.raises(RuleRefused) as refused:
        actions.move_case(by=province.officer, case=case, event="objection_time_over")

    assert refused.value.code == "by-itself"


@pytest.mark.parametrize("event", ["object", "serve_notice"])
def test_a_step_with_a_form_of_its_own_is_not_taken_without_it(province, case, firm, event):
    if event == "serve_notice":
        Case.objects.update(state="opened")
    by = firm if event == "object" else province.officer

    with pytest.raises(BadInput) as refused:
        actions.move_case(by=by, case=case, event=event)

    assert refused.value.code == "own-form"


def test_a_wait_for_the_firm_is_not_cut_short_by_the_office(province, case, firm):
    actions.object_result(by=firm, case=case, kind="test", grounds="The method is outdated.")
    case = actions.move_case(by=province.officer, case=case, event="offer_retest")

    with pytest.raises(RuleRefused) as refused:
        actions.move_case(by=province.officer, case=case, event="formalities_time_over")
    assert refused.value.code == "time-not-over"

    with clock.at(noon("2025-09-01")):
        case = actions.move_case(by=province.officer, case=case, event="formalities_time_over")
    assert case.state == "accepted"


def test_a_provisional_day_to_object_publishes_nothing(visits, sampled, report, close, monkeypatch):
    monkeypatch.setattr(clocks, "settled", lambda one: None)
    report(sampled(visits[0]))
    close()

    with clock.at(noon("2025-09-01")):
        assert visits[0] not in queries.published()
        assert queries.contestable() == 1


def test_a_failing_result_whose_case_was_overturned_is_not_published(province, case, firm, close):
    actions.object_result(by=firm, case=case, kind="process", grounds="The seal was broken.")
    actions.move_case(by=province.officer, case=case, event="uphold_objection", reason="It was.")
    close()

    seen = queries.public_view(case.visit_id)
    assert case.visit not in queries.published()
    assert (seen.is_final, seen.is_overturned, seen.results) == (False, True, [])
    assert queries.contestable() == 0


def test_a_firm_objects_within_its_time(case, firm):
    objection = actions.object_result(by=firm, case=case, kind="test", grounds="The method is outdated.")

    case.refresh_from_db()
    assert (case.state, objection.filed_on) == ("objected", date(2025, 3, 20))
    assert case.clocks.get().status == "stopped"


def test_an_objection_on_the_last_day_is_in_time(case, firm):
    with clock.at(noon("2025-04-07")):
        actions.object_result(by=firm, case=case, kind="test", grounds="The method is outdated.")

    assert Objection.objects.count() == 1


def test_a_late_objection_is_refused(case, firm):
    with clock.at(noon("2025-04-08")), pytest.raises(RuleRefused) as refused:
        actions.object_result(by=firm, case=case, kind="test", grounds="The method is outdated.")

    assert refused.value.code == "late-objection"
    assert refused.value.facts == {"due_on": "2025-04-07", "late": 1, "rule": rules.OBJECTION_RULE}
    assert not Objection.objects.exists()


def test_an_objection_handed_in_twice_is_filed_once(case, firm):
    for _ in range(2):
        actions.object_result(by=firm, case=case, kind="test", grounds="The method is outdated.")

    assert Objection.objects.count() == 1
    with pytest.raises(Conflict):
        actions.object_result(by=firm, case=case, kind="process", grounds="And the sampling too.")


@pytest.mark.parametrize(
    ("grounds", "day", "code"), [(" ", None, "no-grounds"), ("x", date(2025, 3, 19), "early-objection")]
)
def test_an_objection_without_grounds_or_before_its_notice_is_refused(case, firm, grounds, day, code):
    with pytest.raises(BadInput) as refused:
        actions.object_result(by=firm, case=case, kind="test", grounds=grounds, filed_on=day)

    assert refused.value.code == code


def test_another_firm_and_the_office_cannot_object(case, person, province):
    for other in (person("firm", "330000", province.subjects[0].code), province.officer):
        if other is not province.officer and case.subject.code == province.subjects[0].code:
            continue
        with pytest.raises(NotAllowed):
            actions.object_result(by=other, case=case, kind="test", grounds="x")


def test_the_order_to_correct_starts_two_clocks_from_its_day(province, case, firm):
    actions.move_case(by=firm, case=case, event="accept")

    case = actions.move_case(by=province.officer, case=case, event="order_correction")

    dates = {one.rule: (one.due_on, one.status) for one in case.clocks.exclude(rule=rules.OBJECTION_RULE)}
    assert dates == {
        "spotcheck.rectify": (date(2025, 5, 19), "running"),
        "spotcheck.recheck": (date(2025, 6, 3), "running"),
    }
    for rule, (day, _) in dates.items():
        assert due(rule, date(2025, 3, 20), jurisdiction=case.region).due_on == day


def test_no_order_while_the_firm_may_still_object(province, case):
    with pytest.raises(Conflict):
        actions.move_case(by=province.officer, case=case, event="order_correction")

    case.refresh_from_db()
    assert case.state == "notified"


def test_the_end_of_a_verified_clock_moves_the_case_once(case):
    with clock.at(noon("2025-04-07")):
        assert actions.run_timeouts(by=SYSTEM) == 0
    with clock.at(noon("2025-04-08")):
        assert actions.run_timeouts(by=SYSTEM) == 1
        assert actions.run_timeouts(by=SYSTEM) == 0

    case.refresh_from_db()
    assert case.state == "accepted"
    assert ledger.timeline("case", str(case.pk))[0].verb == "case.objection_time_over"


def test_an_unverified_limit_reminds_and_sets_off_nothing(province, case, firm):
    actions.object_result(by=firm, case=case, kind="test", grounds="The method is outdated.")
    case = actions.move_case(by=province.officer, case=case, event="offer_retest")
    reminder = case.clocks.get(rule="spotcheck.retest_formalities")
    assert (reminder.status, reminder.confidence) == ("reminder", "memory")

    with clock.at(noon("2025-09-01")):
        assert actions.run_timeouts(by=SYSTEM) == 0
        assert not clocks.is_over(reminder, clock.today())

    case.refresh_from_db()
    assert case.state == "retest_offered"


def test_the_database_lets_no_unverified_clock_run(case):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match="clock_runs_only_when_verified"), transaction.atomic():
        Clock.objects.filter(case=case).update(confidence="memory")


def test_a_provisional_date_sets_off_nothing_until_the_calendar_settles_it(case):
    running = case.clocks.get()
    running.proof["zh"]["status"] = "provisional"

    def undecided(rule, start, region):
        found = due(rule, start, jurisdiction=region)
        return type(found)(found.limit, start, found.due_on, None, "provisional", found.steps)

    assert not clocks.is_over(running, date(2025, 5, 1), reckon=undecided)
    assert clocks.is_over(running, date(2025, 5, 1))


def test_a_rejected_objection_needs_its_reason(province, case, firm):
    actions.object_result(by=firm, case=case, kind="test", grounds="The method is outdated.")

    with pytest.raises(BadInput) as refused:
        actions.move_case(by=province.officer, case=case, event="reject_objection")
    case = actions.move_case(
        by=province.officer, case=case, event="reject_objection", reason="The method is in force."
    )

    assert (refused.value.code, case.state) == ("no-reason", "accepted")


def test_a_case_goes_down_the_ladder_to_its_end(province, case, firm):
    actions.move_case(by=firm, case=case, event="accept")
    actions.move_case(by=province.officer, case=case, event="order_correction")
    actions.move_case(by=firm, case=case, event="report_corrected")

    case = actions.move_case(by=province.officer, case=case, event="recheck_pass")

    assert (case.state, case.closed_on, case.is_over) == ("closed", date(2025, 3, 20), True)
    assert set(case.clocks.values_list("status", flat=True)) == {"stopped"}


def test_an_officer_of_another_province_moves_nothing(case, person):
    with pytest.raises(NotAllowed):
        actions.move_case(by=person("officer", "320000"), case=case, event="objection_time_over")
