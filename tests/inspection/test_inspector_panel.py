"""Who is struck off in the middle of a campaign: the record names the open visits and how to go on."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhiheng.ledger.ids import uuid7
from zhiheng.stages.inspection import actions, queries
from zhiheng.stages.registry.models import Inspector

from .conftest import VISITED

pytestmark = pytest.mark.django_db


def waiting(officer, inspector):
    return {visit.pk for visit in queries.waiting_for(officer, inspector)}


def test_the_open_visits_of_an_inspector_are_those_not_yet_made(province, visits):
    visit = visits[0]
    inspector = visit.selection.first_inspector
    before = waiting(province.officer, inspector)

    actions.record_visit(by=province.officer, visit=visit, outcome="no_stock", visited_on=VISITED)

    assert visit.pk in before
    assert waiting(province.officer, inspector) == before - {visit.pk}
    assert queries.colleague(visit, inspector) == visit.selection.second_inspector


def test_striking_off_shows_the_open_visits_first_and_then_how_to_go_on(client, province, visits):
    inspector = visits[0].selection.first_inspector
    client.force_login(province.officer)
    url = reverse("registry:strike_off", args=[inspector.code])
    subject = visits[0].subject.name

    assert subject in client.get(url).content.decode()
    answer = client.post(url, {"zh-token": str(uuid7()), "reason": "泄露检查信息"})
    page = client.get(answer["Location"]).content.decode()

    assert not Inspector.objects.get(pk=inspector.pk).is_active
    assert answer["Location"].endswith("#open-visits")
    assert subject in page and "不得派去这些检查" in page and "另派的一名无利害关系的人员" in page
    visits[0].selection.refresh_from_db()
    assert visits[0].selection.first_inspector == inspector, "what was drawn is not changed"


def test_both_off_duty_needs_two_others(client, province, visits):
    chosen = visits[0].selection
    Inspector.objects.filter(pk__in=[chosen.first_inspector_id, chosen.second_inspector_id]).update(
        is_active=False
    )
    client.force_login(province.officer)

    page = client.get(reverse("registry:inspector", args=[chosen.first_inspector.code])).content.decode()

    assert "两人都不能去" in page
