"""The leaders' board: counts lead to their rows, rates carry intervals, nobody sees beyond the own region."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiheng.people import clock
from zhiheng.reference import regions
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.indicators import board
from zhiheng.stages.inspection import rules
from zhiheng.stages.inspection.models import Case, Clock, Visit

from .conftest import BY, REGION, SIZES, moment

pytestmark = pytest.mark.django_db
QUARTER = "2025Q1"


@pytest.fixture
def leader(client, person):
    """A leader of the province, signed in."""
    one = person("leader")
    client.force_login(one)
    return client


def text(response) -> str:
    return response.content.decode()


def test_a_region_without_visits_says_what_to_do(leader, office):
    response = leader.get("/office/board/")

    assert response.status_code == 200
    assert "派发检查" in text(response)


def test_the_counts_are_those_of_the_visits(inspected, person):
    inspected()
    whole, parts = board.Board(person("leader"), REGION, QUARTER).progress()
    rows = Visit.objects.filter(period=QUARTER)

    assert whole.drawn == rows.count() == whole.ended
    assert whole.failing == rows.filter(verdict="fail").count() > 0
    assert whole.unanswered == rows.filter(state__in=("refused", "closed")).count() > 0
    assert whole.cases_open == Case.objects.count()
    assert sum(one.drawn for one in parts) == whole.drawn
    assert [one.key for one in parts] == ["330100", "330200"]


@pytest.mark.parametrize("region", ["000000", "330000", "330100", "330106", "320000"])
def test_the_board_counts_what_counting_row_by_row_counts(inspected, draw, person, region):
    from zhiheng.stages.inspection import actions

    inspected()
    inspected("2025Q2")
    actions.open_visits(by=BY, draw=draw("2025Q3"))

    for period in (QUARTER, "2025Q2", "2025Q3"):
        seen = board.Board(person("leader", "000000"), region, period)
        whole, parts = seen.progress()
        rows = [row for row in Visit.objects.filter(period=period) if regions.contains(region, row.region)]
        cases = [row for row in Case.objects.exclude(state__in=rules.ENDS) if row.visit in rows]

        assert whole.states == Counter(row.state for row in rows)
        assert whole.cases_open == len(cases)
        for part in parts:
            inside = [row for row in rows if regions.contains(part.key, row.region)]
            assert part.states == Counter(row.state for row in inside)
            assert part.cases_open == sum(case.visit in inside for case in cases)
        assert sum((part.states for part in parts), Counter()) == whole.states
        for one, progress in seen.draws():
            assert progress.states == Counter(row.state for row in Visit.objects.filter(draw=one))


def test_the_failing_rates_leave_out_draws_by_weight(inspected, person):
    inspected()
    assert board.Board(person("leader"), REGION, QUARTER).failing()

    Draw.objects.update(method="pareto")

    assert board.Board(person("leader"), REGION, QUARTER).failing() == []


def test_what_the_board_counts_by_is_that_of_the_drawn_unit(inspected):
    inspected()

    for visit in Visit.objects.select_related("selection__draw", "case"):
        assert visit.stratum == visit.selection.stratum
        assert visit.period == visit.selection.draw.period
    for case in Case.objects.select_related("visit"):
        assert case.period == case.visit.period


@pytest.mark.parametrize(
    ("region", "code", "below"),
    [
        ("000000", "110101", "110000"),
        ("110000", "110101", "110101"),
        ("410000", "419001", "419001"),
        ("330000", "330106", "330100"),
        ("330100", "330106", "330106"),
        ("330000", "330000", "330000"),
    ],
)
def test_a_place_lies_in_the_region_directly_below(region, code, below):
    assert board.Places(region).below(code) == below


def test_a_draw_under_way_shows_what_is_still_to_visit(draw, person):
    from zhiheng.stages.inspection import actions

    made = draw()
    actions.open_visits(by=BY, draw=made)
    whole, _parts = board.Board(person("leader"), REGION, QUARTER).progress()

    assert whole.to_visit == whole.drawn > 0
    assert (whole.ended, whole.share) == (0, 0.0)


def test_the_failing_rate_of_a_class_is_that_of_the_design(inspected, person):
    inspected()
    rows = {row.stratum: row for row in board.Board(person("leader"), REGION, QUARTER).failing()}

    assert {name: row.population for name, row in rows.items()} == SIZES
    for name, row in rows.items():
        answered = Visit.objects.filter(selection__stratum=name, verdict__in=("pass", "fail"))
        share = answered.filter(verdict="fail").count() / answered.count()
        assert row.rate.estimate == pytest.approx(share)
        assert row.rate.lower <= row.rate.estimate <= row.rate.upper
        assert row.rate.n == answered.count()


def test_a_city_is_a_domain_of_the_draw_of_its_province(inspected, person):
    inspected()
    whole = board.Board(person("leader"), REGION, QUARTER).failing()
    parts = [board.Board(person("leader"), code, QUARTER).failing() for code in ("330100", "330200")]

    for place, row in enumerate(whole):
        assert sum(part[place].rate.n for part in parts) == row.rate.n
        estimates = [part[place].rate.estimate for part in parts if part[place].rate.estimate is not None]
        assert min(estimates) <= row.rate.estimate <= max(estimates)


def test_every_number_leads_to_exactly_its_rows(leader, inspected):
    inspected()
    page = text(leader.get(f"/office/board/?period={QUARTER}"))
    checked = 0

    for address, number in re.findall(r'<a href="(/office/visits/\?[^"]+)">([\d,]+)</a>', page):
        address = address.replace("&amp;", "&")
        rows = Visit.objects.filter(period=QUARTER)
        query = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        if "state" in query:
            rows = rows.filter(state=query["state"])
        if "region" in query:
            rows = rows.filter(region__startswith=query["region"].rstrip("0"))
        listed = text(leader.get(address))
        assert f"<strong>{number}</strong>" in listed, address
        assert rows.count() == int(number.replace(",", ""))
        checked += 1
    assert checked >= 6


def test_a_case_that_waits_for_a_person_shows_as_overdue_and_leads_to_it(leader, inspected):
    inspected()
    case = Case.objects.first()
    Clock.objects.create(
        case=case,
        rule="spotcheck.recheck",
        started_on=dt.date(2025, 2, 10),
        due_on=dt.date(2025, 4, 26),
        proof={},
        confidence="text",
    )

    page = text(leader.get(f"/office/board/?period={QUARTER}"))

    assert f"/office/cases/{case.pk}/" in page
    assert case.subject.name in page


def test_an_officer_of_one_city_sees_no_other(client, person, inspected):
    inspected()
    client.force_login(person("officer", "330100"))

    own = text(client.get("/office/board/"))
    whole, parts = board.Board(person("officer", "330100"), REGION, QUARTER).progress()

    assert "杭州市检查工作进展" in own
    assert [one.key for one in parts] == ["330100"]
    assert whole.drawn == Visit.objects.filter(region__startswith="3301").count()
    assert board.Board(person("officer", "330100"), REGION, QUARTER).failing() == []


def test_the_number_of_statements_does_not_grow_with_the_rows(leader, inspected):
    inspected()
    with clock.at(moment("2025-06-02T09:00:00")), CaptureQueriesContext(connection) as statements:
        leader.get(f"/office/board/?period={QUARTER}")

    assert len(statements) <= 13, [query["sql"][:120] for query in statements]


@pytest.mark.parametrize("query", ["region=999999", "region=x", "period=%27", "region=330000&period=2031Q1"])
def test_an_address_that_means_nothing_is_told_or_empty(leader, inspected, query):
    inspected()

    assert leader.get(f"/office/board/?{query}").status_code in (200, 400, 422)


def test_a_firm_has_no_board(client, person):
    client.force_login(person("firm"))

    assert client.get("/office/board/").status_code == 403
