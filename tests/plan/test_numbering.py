"""The public entry of a duty says what its draw may be, and numbers leave no gap in a region."""

from __future__ import annotations

import json

import pytest

from zhiheng import ledger
from zhiheng.stages.plan import actions
from zhiheng.stages.plan.models import Obligation

pytestmark = pytest.mark.django_db


def plan_of(duty) -> dict:
    return ledger.timeline("obligation", str(duty.pk), public_only=True)[0].detail["plan"]


def issued(officer, period, **more):
    return actions.create_obligation(by=officer, region="330000", period=period, **more)


def test_the_entry_says_how_many_draws_are_allowed_and_when_they_are_disclosed(officer):
    duty = issued(officer, "2026Q1")

    assert plan_of(duty) == {"number": 1, "draws_allowed": 1, "disclose_by": "2026-04-29"}


def test_numbers_of_a_region_are_contiguous_in_the_order_of_their_issue(officer):
    first = issued(officer, "2026Q1")
    draft = issued(officer, "2026Q2", as_draft=True)
    third = issued(officer, "2026Q3")

    later = actions.move_obligation(by=officer, obligation=draft, to="issued")

    assert [plan_of(duty)["number"] for duty in (first, third, later)] == [1, 2, 3]
    assert draft.number is None


def test_a_duty_keeps_its_number_when_it_ends(officer):
    duty = issued(officer, "2026Q1")

    ended = actions.move_obligation(by=officer, obligation=duty, to="withdrawn", reason="no goods")

    assert ended.number == 1
    assert issued(officer, "2026Q2").number == 2


def test_a_list_takes_the_next_numbers_and_its_entry_names_them(officer):
    issued(officer, "2026Q1")
    rows = [
        {"region": "330000", "period": f"2026Q{n}", "quota": 5, "basis": f"plan {n}"} for n in range(1, 4)
    ]

    actions.import_obligations(by=officer, rows=rows, source="yearly plan")

    newest = Obligation.objects.order_by("-number").first()
    entry = ledger.timeline("obligation", str(newest.pk), public_only=True)[0]
    assert entry.detail["plan_numbers"] == {"330000": [2, 4]}
    told = [json.loads(line) for line in ledger.evidence.read(entry.detail["rows_sha256"]).splitlines()]
    assert sorted(row["plan"]["number"] for row in told) == [2, 3, 4]
    assert {row["region"] for row in told} == {"330000"}
