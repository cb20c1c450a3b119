"""A visit ends in a sample or in a state of its own, recorded once, by those to whom it was drawn."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused
from zhiheng.stages.inspection import actions, rules
from zhiheng.stages.inspection.models import Sample, Visit

from .conftest import LAB, VISITED


def refused_code(excinfo):
    return excinfo.value.code


def test_every_drawn_unit_gets_one_visit_in_the_cell_of_the_frozen_frame(province, revealed, visits):
    assert len(visits) == 10
    assert {visit.period for visit in visits} == {"2025Q1"}
    for visit in visits:
        assert visit.region == visit.subject.region
        assert not visit.selection.is_reserve

    assert actions.open_visits(by=province.officer, draw=revealed) == 0
    assert Visit.objects.count() == 10


def test_a_firm_that_moved_after_the_freeze_stays_in_its_cell(province, revealed):
    subject = revealed.selections.filter(is_reserve=False).first().subject
    before = subject.region
    subject.region = "330782"
    subject.save()

    actions.open_visits(by=province.officer, draw=revealed)

    assert Visit.objects.get(subject=subject).region == before


def test_visits_open_only_after_the_reveal(province, committed):
    with pytest.raises(RuleRefused) as refused:
        actions.open_visits(by=province.officer, draw=committed)

    assert refused_code(refused) == "draw-not-revealed"


@pytest.mark.parametrize("outcome", rules.NON_RESPONSE)
def test_refused_and_closed_are_states_and_never_a_pass(province, visits, outcome):
    visit = actions.record_visit(by=province.officer, visit=visits[0], outcome=outcome, visited_on=VISITED)

    assert (visit.state, visit.outcome, visit.verdict) == (outcome, outcome, "")
    assert not Sample.objects.exists()


@pytest.mark.parametrize("verdict", ["pass", "fail"])
def test_the_database_refuses_a_verdict_for_a_refused_visit(province, visits, verdict):
    visit = actions.record_visit(by=province.officer, visit=visits[0], outcome="refused", visited_on=VISITED)

    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(verdict=verdict)


def test_a_sample_is_sealed_and_handed_on_under_its_seal(visits, sampled):
    sample = sampled(visits[0])

    inspector = visits[0].selection.first_inspector.code
    hands = [(step["giver"], step["taker"], step["seal"]) for step in sample.custody]
    assert hands == [(visits[0].selection.unit_code, inspector, "S-001"), (inspector, LAB, "S-001")]
    assert visits[0].state == "sealed"


def test_a_sample_can_be_sealed_and_assigned_afterwards(province, visits):
    visit = actions.record_visit(
        by=province.officer, visit=visits[0], outcome="sampled", visited_on=VISITED, product_name="kettle"
    )
    assert visit.state == "sampled"

    sample = actions.seal_sample(by=province.officer, sample=visit.sample, seal_no="S-9")
    sample = actions.assign_lab(by=province.officer, sample=sample, lab=LAB)

    visit.refresh_from_db()
    assert (visit.state, sample.seal_no, sample.lab) == ("sealed", "S-9", LAB)


def test_an_unsealed_sample_goes_to_no_laboratory(province, visits):
    visit = actions.record_visit(
        by=province.officer, visit=visits[0], outcome="sampled", visited_on=VISITED, product_name="kettle"
    )

    with pytest.raises(RuleRefused) as refused:
        actions.assign_lab(by=province.officer, sample=visit.sample, lab=LAB)

    assert refused_code(refused) == "unsealed"


def test_a_seal_is_used_once(visits, sampled):
    sampled(visits[0], seal="S-001")

    with pytest.raises(Conflict) as refused:
        sampled(visits[1], seal="S-001")

    assert refused_code(refused) == "seal-taken"
    visits[1].refresh_from_db()
    assert visits[1].state == rules.ASSIGNED


def test_a_sample_stays_with_its_seal_and_its_laboratory(province, visits, sampled):
    sample = sampled(visits[0])

    with pytest.raises(Conflict) as other_seal:
        actions.seal_sample(by=province.officer, sample=sample, seal_no="S-777")
    with pytest.raises(Conflict) as other_lab:
        actions.assign_lab(by=province.officer, sample=sample, lab="LAB-02")

    assert (refused_code(other_seal), refused_code(other_lab)) == ("already-sealed", "assigned-elsewhere")


def test_the_same_finding_twice_is_recorded_once(province, visits):
    for _ in range(2):
        actions.record_visit(by=province.officer, visit=visits[0], outcome="refused", visited_on=VISITED)

    assert ledger.timeline("visit", str(visits[0].pk)).count() == 1


def test_another_finding_for_a_recorded_visit_is_refused(province, visits, sampled):
    sampled(visits[0])

    with pytest.raises(Conflict) as refused:
        actions.record_visit(by=province.officer, visit=visits[0], outcome="closed", visited_on=VISITED)

    assert refused_code(refused) == "visit-recorded"


@pytest.mark.parametrize("day", [date(2025, 3, 2), date(2025, 3, 21)])
def test_a_visit_before_the_reveal_or_in_the_future_is_refused(province, visits, day):
    with pytest.raises(BadInput) as refused:
        actions.record_visit(by=province.officer, visit=visits[0], outcome="refused", visited_on=day)

    assert refused_code(refused) == "visit-day"


def test_an_officer_of_another_region_records_nothing(visits, person):
    elsewhere = "330200" if visits[0].region.startswith("3301") else "330100"

    with pytest.raises(NotAllowed):
        actions.record_visit(
            by=person("officer", elsewhere), visit=visits[0], outcome="refused", visited_on=VISITED
        )
    visits[0].refresh_from_db()
    assert visits[0].state == rules.ASSIGNED


def test_only_an_assigned_inspector_records_a_visit(province, visits, person):
    chosen = {visits[0].selection.first_inspector.code, visits[0].selection.second_inspector.code}
    other = next(one.code for one in province.inspectors if one.code not in chosen)

    with pytest.raises(NotAllowed) as refused:
        actions.record_visit(
            by=person("inspector", "330000", other), visit=visits[0], outcome="refused", visited_on=VISITED
        )
    assert refused_code(refused) == "not-assigned"

    visit = actions.record_visit(
        by=person("inspector", "330000", chosen.pop()), visit=visits[0], outcome="refused", visited_on=VISITED
    )
    assert visit.state == "refused"


def test_only_an_assigned_inspector_hands_a_sample_to_a_laboratory(province, visits, person):
    chosen = {visits[0].selection.first_inspector.code, visits[0].selection.second_inspector.code}
    other = next(one.code for one in province.inspectors if one.code not in chosen)
    visit = actions.record_visit(
        by=province.officer,
        visit=visits[0],
        outcome="sampled",
        visited_on=VISITED,
        product_name="kettle",
        seal_no="S-9",
    )

    with pytest.raises(NotAllowed) as refused:
        actions.assign_lab(by=person("inspector", "330000", other), sample=visit.sample, lab=LAB)

    assert refused_code(refused) == "not-assigned"


def test_an_inspector_sees_own_visits_alone_and_with_an_office_all(visits, person):
    from datetime import date

    from zhiheng.people.models import Appointment
    from zhiheng.stages.inspection import queries

    code = visits[0].selection.first_inspector.code
    mine = [
        visit.pk
        for visit in visits
        if code in (visit.selection.first_inspector.code, visit.selection.second_inspector.code)
    ]
    inspector = person("inspector", "330000", code)
    assert {visit.pk for visit in queries.visits(inspector)} == set(mine) and len(mine) < len(visits)

    Appointment.objects.create(person=inspector, role="leader", region="330000", valid_from=date(2020, 1, 1))
    inspector.forget_appointments()
    assert queries.visits(inspector).count() == len(visits)


def test_a_draw_closes_when_every_visit_has_ended(province, revealed, visits):
    with pytest.raises(RuleRefused) as refused:
        actions.close_draw(by=province.officer, draw=revealed)
    assert refused.value.facts["count"] == 10

    for visit in visits:
        actions.record_visit(by=province.officer, visit=visit, outcome="no_stock", visited_on=VISITED)
    closed = actions.close_draw(by=province.officer, draw=revealed)

    assert closed.state == "closed" and closed.is_revealed
