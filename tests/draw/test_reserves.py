"""A reserve steps in for a failed visit alone, by the order of tickets, and never counts in its place."""

from __future__ import annotations

import json

import pytest

from zhiheng import ledger
from zhiheng.errors import NotAllowed
from zhiheng.stages.draw import actions, bundles, queries
from zhiheng.stages.draw.models import Substitution
from zhiheng.stages.indicators import collecting
from zhiheng.stages.inspection import actions as inspection
from zhiheng.stages.inspection.models import Visit
from zhiheng.stages.inspection.rules import Finding
from zhiheng.verification import draw as verification

from . import campaign
from .conftest import NOON


@pytest.fixture
def visited(province, revealed):
    """Return the draw after every visit found a closed door."""
    inspection.open_visits(by=province.officer, draw=revealed)
    units = revealed.selections.filter(is_reserve=False).values_list("unit_code", flat=True)
    inspection.record_visits_bulk(
        by=province.officer, draw=revealed, rows=[(unit, Finding("closed", NOON.date())) for unit in units]
    )
    return revealed


def first(draw, stratum="A"):
    return queries.selections(draw).filter(stratum=stratum).first()


def use(province, chosen, reason="nobody there on three days"):
    return actions.use_reserve(by=province.officer, selection=chosen, reason=reason)


def test_the_next_ticket_steps_in_and_the_entry_names_nobody(province, visited):
    made = use(province, first(visited))
    again = use(province, queries.selections(visited).filter(stratum="A")[1])

    orders = [made.reserve.order, again.reserve.order]
    assert orders == [3, 4] and made.reserve.stratum == "A"
    entry = ledger.timeline("draw", visited.serial, public_only=True)[0]
    assert entry.verb == "draw.reserve_used"
    assert (entry.detail["stratum"], entry.detail["instead_of"], entry.detail["place"]) == ("A", 2, 4)
    told = json.dumps(entry.detail)
    assert again.reserve.unit_code not in told and again.original.unit_code not in told


def test_two_inspectors_go_and_a_visit_opens(province, visited):
    made = use(province, first(visited))
    assert inspection.open_visits(by=province.officer, draw=visited) == 1

    visit = Visit.objects.get(selection=made.reserve)
    made.reserve.refresh_from_db()
    assert made.reserve.first_inspector != made.reserve.second_inspector is not None
    assert visit.state == "assigned"
    with campaign.refused("visits-open"):
        inspection.close_draw(by=province.officer, draw=visited)


def test_the_drawn_firm_stays_unanswered_and_the_reserve_is_no_row_of_a_figure(province, visited):
    made = use(province, first(visited))
    inspection.open_visits(by=province.officer, draw=visited)
    inspection.record_visits_bulk(
        by=province.officer, draw=visited, rows=[(made.reserve.unit_code, Finding("refused", NOON.date()))]
    )

    found = collecting.rows([visited], basis="probability", purpose="evaluation")
    rows = {row.unit: row.visit for row in found}
    assert rows[made.original.unit_code] == "closed"
    assert made.reserve.unit_code not in rows


def test_the_bundle_shows_that_reserves_kept_their_order(
    province, visited, django_capture_on_commit_callbacks
):
    made = use(province, first(visited))
    inspection.open_visits(by=province.officer, draw=visited)
    inspection.record_visits_bulk(
        by=province.officer, draw=visited, rows=[(made.reserve.unit_code, Finding("closed", NOON.date()))]
    )
    with django_capture_on_commit_callbacks(execute=True):
        inspection.close_draw(by=province.officer, draw=visited)
    bundle = json.loads((bundles.folder() / bundles.name(visited.serial)).read_text("utf-8"))

    report = verification.check(bundle)
    assert report.ok, report.refusal
    steps = {step.name: step.detail for step in report.steps}
    assert steps["substitutions"] == "1 of 10 drawn units replaced by a reserve"


def test_no_reserve_without_a_failed_visit_a_word_or_a_reserve_left(province, visited):
    passed = first(visited)
    Visit.objects.filter(selection=passed).delete()
    with campaign.refused("reserve-without-reason"):
        use(province, passed)
    with campaign.refused("reserve-without-word"):
        use(province, queries.selections(visited).filter(stratum="B")[0], reason=" ")
    with campaign.refused("reserves-used-up"):
        use(province, first(visited, "D"))
    use(province, first(visited, "B"))
    with campaign.refused("reserve-twice"):
        use(province, first(visited, "B"))
    reserve = Substitution.objects.get().reserve
    with campaign.refused("reserve-without-reason"):
        use(province, reserve)


def test_nobody_else_uses_a_reserve_and_none_is_used_after_the_end(province, person, closed):
    chosen = first(closed)

    with pytest.raises(NotAllowed):
        actions.use_reserve(by=person("inspector"), selection=chosen, reason="reason")
    with campaign.refused("reserve-not-open"):
        use(province, chosen)
