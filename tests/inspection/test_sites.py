"""Checks of construction works: every item answered, findings followed up, rates with interval."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed, NotFound, RuleRefused, UnknownCode
from zhiheng.methods import intervals, taylor
from zhiheng.methods.rows import Rows
from zhiheng.reference import checks
from zhiheng.stages.inspection import actions, sites
from zhiheng.stages.inspection.actions.sites import Point
from zhiheng.stages.inspection.models import CheckPoint, PointResult, SiteCheck
from zhiheng.stages.inspection.rules import sites as rules
from zhiheng.stages.registry.models import Leave

TODAY = date(2025, 3, 20)
GOOD = {"D-M1": "95.0", "D-M2": "2", "D-M3": "yes"}
BAD = {**GOOD, "D-M1": "90.5"}


@pytest.fixture
def made(province, later, settings):
    """Return a maker of planned checks of municipal works."""
    settings.DEMO = True
    number = iter(range(1, 99))

    def make(project_type="municipal", region="330106", by=None, period="2025Q1"):
        code = f"P-{next(number)}"
        site = actions.register_site(
            by=by or province.officer,
            code=code,
            name=f"演示工程{code}",
            project_type=project_type,
            region=region,
            builder="演示建筑公司",
        )
        pair = [one.code for one in province.inspectors[:2]]
        return actions.plan_site_check(
            by=by or province.officer, site=site, period=period, first=pair[0], second=pair[1]
        )

    return make


def record(province, check, *given, on=TODAY):
    points = [Point(f"K{place}+000", answers) for place, answers in enumerate(given)]
    return actions.record_site_check(by=province.officer, check=check, checked_on=on, points=points)


def test_one_failing_item_makes_a_finding_of_its_point(province, made):
    check = record(province, made(), GOOD, BAD)

    assert check.state == "findings"
    assert list(CheckPoint.objects.values_list("number", "conforms")) == [(1, True), (2, False)]
    failing = PointResult.objects.get(verdict="fail")
    assert (failing.item, failing.value, failing.limit, failing.limit_kind) == ("D-M1", "90.5", "93", "lower")
    assert ledger.timeline("site_check", str(check.pk))[0].verb == "site.findings"


def test_a_site_without_a_finding_conforms(province, made):
    assert record(province, made(), GOOD).state == "conforming"


def test_a_check_recorded_twice_stands_once(province, made):
    check = made()
    for _ in range(2):
        record(province, check, GOOD)

    assert CheckPoint.objects.count() == 1


def test_other_answers_to_a_recorded_check_are_refused_and_not_lost(province, made):
    check, unmet = made(), made()
    record(province, check, GOOD)
    actions.move_site_check(by=province.officer, check=unmet, event="refuse", reason="Locked.")

    for known, given in ((check, [BAD]), (check, [GOOD, GOOD]), (unmet, [GOOD])):
        with pytest.raises(Conflict) as refused:
            record(province, known, *given)
        assert refused.value.code == "site-check-recorded"
    assert CheckPoint.objects.count() == 1


def test_a_check_planned_twice_stands_once_and_another_pair_is_refused(province, made):
    check, pair = made(), [one.code for one in province.inspectors[:3]]
    plan = {"by": province.officer, "site": check.site, "period": check.period}

    assert actions.plan_site_check(**plan, first=pair[1], second=pair[0]) == check
    with pytest.raises(Conflict) as refused:
        actions.plan_site_check(**plan, first=pair[0], second=pair[2])
    assert refused.value.code == "site-check-planned"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({**GOOD, "D-M2": ""}, "items-unanswered"),
        ({**GOOD, "D-M3": "maybe"}, "bad-shape"),
        ({**GOOD, "D-M1": "many"}, "bad-shape"),
        ({**GOOD, "D-M1": "-4"}, "bad-shape"),
        ({**GOOD, "D-X": "1"}, "item-unknown"),
    ],
)
def test_an_answer_that_is_none_is_refused_and_nothing_is_stored(province, made, given, code):
    check = made()

    with pytest.raises(BadInput) as refused:
        record(province, check, GOOD, given)

    check.refresh_from_db()
    assert (refused.value.code, check.state, CheckPoint.objects.count()) == (code, "planned", 0)


def test_a_check_has_points_with_places_on_a_possible_day(province, made):
    check = made()
    by = province.officer

    with pytest.raises(BadInput):
        actions.record_site_check(by=by, check=check, checked_on=TODAY, points=[])
    with pytest.raises(BadInput):
        actions.record_site_check(by=by, check=check, checked_on=TODAY, points=[Point(" ", GOOD)])
    for day in (date(2025, 3, 19), date(2025, 3, 21)):
        with pytest.raises(BadInput):
            record(province, check, GOOD, on=day)


def test_works_that_were_not_met_are_a_state_of_their_own(province, made):
    for event, state in rules.NON_RESPONSE.items():
        check = actions.move_site_check(by=province.officer, check=made(), event=event, reason="Locked.")
        assert (check.state, check.standing.kind) == (state, "end")

    assert sites.rates("2025Q1") == []
    assert sites.unanswered("2025Q1") == 3


def test_a_finding_is_followed_to_its_end(province, made):
    by, check = province.officer, record(province, made(), BAD)
    for wrong in (None, TODAY, date(2025, 3, 1)):
        with pytest.raises(BadInput) as refused:
            actions.move_site_check(
                by=by, check=check, event="order_correction", reason="Roll again.", correct_by=wrong
            )
        assert refused.value.code == "no-day-to-correct"
    check = actions.move_site_check(
        by=by, check=check, event="order_correction", reason="Roll again.", correct_by=date(2025, 4, 1)
    )
    check = actions.move_site_check(by=by, check=check, event="report_corrected")
    check = actions.move_site_check(by=by, check=check, event="recheck_fail", reason="Still soft.")
    check = actions.move_site_check(by=by, check=check, event="suspend", reason="Twice.")
    check = actions.move_site_check(by=by, check=check, event="report_corrected")
    check = actions.move_site_check(by=by, check=check, event="recheck_pass")

    assert (check.state, check.correct_by) == ("closed", date(2025, 4, 1))
    with pytest.raises(Conflict):
        actions.move_site_check(by=by, check=check, event="suspend", reason="x")


def test_what_follows_from_answers_is_not_chosen_by_hand(province, made):
    SiteCheck.objects.filter(pk=made().pk).update(state="checked", checked_on=TODAY)

    with pytest.raises(BadInput) as refused:
        actions.move_site_check(by=province.officer, check=SiteCheck.objects.get(), event="conform")

    assert refused.value.code == "own-form"


def test_an_inspector_on_leave_checks_no_site(province, made):
    check = made()
    Leave.objects.create(
        inspector=check.first_inspector, valid_from=TODAY, valid_until=TODAY, recorded_at=check_time()
    )

    with pytest.raises(RuleRefused):
        record(province, check, GOOD)


def check_time():
    from zhiheng.people import clock

    return clock.now()


def test_a_project_is_entered_once_in_a_known_region_and_type(province, made):
    made()
    said = {"by": province.officer, "code": "P-1", "builder": "演示建筑公司", "region": "330106"}
    with pytest.raises(Conflict):
        actions.register_site(name="another", project_type="housing", **said)
    with pytest.raises(BadInput):
        actions.register_site(name="x", project_type="castle", **said)
    with pytest.raises((NotAllowed, UnknownCode)):
        actions.register_site(**{**said, "name": "x", "project_type": "housing", "region": "999999"})


def test_another_province_sees_and_does_nothing(province, made, person):
    other, check = person("officer", "320000"), made()

    with pytest.raises(NotFound):
        sites.site_check(other, check.pk)
    with pytest.raises(NotAllowed):
        actions.move_site_check(by=other, check=check, event="standstill")


def test_outside_of_a_demonstration_no_invented_item_is_used(province, made, settings):
    check = made()
    settings.DEMO = False

    with pytest.raises(RuleRefused) as refused:
        record(province, check, GOOD)

    assert refused.value.code == "no-check-items"


def test_the_rate_has_its_site_as_primary_unit(province, made):
    for given in ((GOOD, GOOD, GOOD), (GOOD, BAD), (BAD, BAD, GOOD, GOOD)):
        record(province, made(), *given)
    record(province, made("housing"), {"D-H1": "35", "D-H2": "4", "D-H3": "3", "D-H4": "yes"})

    housing, municipal = sites.rates("2025Q1")

    y, psu = [1, 1, 1, 1, 0, 0, 0, 1, 1], [1, 1, 1, 2, 2, 3, 3, 3, 3]
    mean = taylor.mean(y, Rows.of([1.0] * 9, psu=psu))
    low, high = intervals.proportion_interval(6 / 9, mean.standard_error, 9, 2)
    assert (municipal.sites, municipal.points, municipal.conforming) == (3, 9, 6)
    assert (municipal.share, municipal.lower, municipal.upper) == (
        pytest.approx(6 / 9),
        pytest.approx(float(low)),
        pytest.approx(float(high)),
    )
    assert (housing.sites, housing.is_shown, housing.share) == (1, False, None)


@pytest.mark.parametrize("rows", [[True] * 4, [False] * 4, [True, False, True, False]])
def test_an_equal_share_in_every_site_is_no_certainty(rows):
    found = rules.rates(("housing", f"s{place // 2}", conforms) for place, conforms in enumerate(rows))[0]

    assert found.lower < found.upper


def test_the_database_keeps_two_inspectors_and_one_check_a_period(made):
    check = made()

    with pytest.raises(IntegrityError, match="site_check_by_two"), transaction.atomic():
        SiteCheck.objects.update(second_inspector=check.first_inspector)


def test_building_materials_have_items_and_no_limit_that_was_not_read():
    materials = [one.code for one in checks.subjects(checks.BUILDING_MATERIAL)]

    assert materials == ["rebar", "cement", "cable", "insulation"]
    for code in materials:
        found = checks.items(checks.BUILDING_MATERIAL, code)
        assert found and not any(one.is_demo or one.limit for one in found)
    with pytest.raises(UnknownCode):
        checks.items(checks.BUILDING_MATERIAL, "straw")


# Pages -----------------------------------------------------------------------------------------


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def send(client, address, **fields):
    token = re.search(r'name="zh-token" value="([^"]+)"', text(client.get(address)))[1]
    return client.post(address, {"zh-token": token, **fields})


def test_an_officer_plans_records_and_follows_a_check(client, province, later, settings):
    settings.DEMO = True
    client.force_login(province.officer)
    pair = [one.code for one in province.inspectors[:2]]
    answer = send(
        client,
        reverse("inspection:site_new"),
        code="P-9",
        name="演示道路",
        project_type="municipal",
        region="330106",
        builder="演示建筑公司",
        period="2025Q1",
        first=pair[0],
        second=pair[1],
    )
    check = SiteCheck.objects.get()
    assert answer.url == reverse("inspection:site_check", args=[check.pk])
    points = {f"{code}-1": value for code, value in GOOD.items()}
    points |= {f"{code}-2": value for code, value in BAD.items()}
    address = reverse("inspection:site_record", args=[check.pk])
    missing = send(client, address, checked_on="2025-03-20", **{"place-1": "K0", "D-M1-1": "95"})
    assert "error-summary" in text(missing)

    send(client, address, checked_on="2025-03-20", **{"place-1": "K0+100", "place-2": "K0+200", **points})

    page = text(client.get(answer.url))
    assert "K0+200" in page and "90.5" in page
    step = reverse("inspection:site_step", args=[check.pk, "order_correction"])
    assert step in page
    send(client, step, on="2025-03-20", correct_by="2025-04-01", reason="重新压实")
    check.refresh_from_db()
    assert check.state == "rectifying"
    assert "演示道路" in text(client.get(reverse("inspection:site_checks")))
    assert client.get(reverse("inspection:site_step", args=[check.pk, "check"])).status_code == 409


def test_everybody_may_see_the_rates_and_nobody_the_sites(client, province, made):
    for given in ((GOOD, GOOD), (GOOD, BAD)):
        record(province, made(), *given)

    page = text(client.get(reverse("inspection:site_rates")))

    assert "75.00" in page and "演示工程" not in page
    assert text(client.get(reverse("inspection:site_rates") + "?period=nonsense"))
    assert client.get(reverse("inspection:site_checks")).status_code == 302


def test_the_rates_have_an_empty_page(client, db):
    assert "empty" in text(client.get(reverse("inspection:site_rates")))


def test_the_items_state_their_sources(client, province):
    client.force_login(province.officer)

    page = text(client.get(reverse("inspection:check_items")))

    assert "GB/T 1499.2" in page and "DEMO-S 1" in page


def test_the_list_has_a_bounded_number_of_statements(client, province, made, django_assert_max_num_queries):
    for _ in range(3):
        made()
    client.force_login(province.officer)

    with django_assert_max_num_queries(10):
        text(client.get(reverse("inspection:site_checks")))
