"""On which side of a break a number stands: by days, by the footing it names, along what breaks."""

from __future__ import annotations

import itertools
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tests.indicators.conftest import REGION, SERIES, store_break
from tests.indicators.test_bulletin import two_releases  # noqa: F401
from tests.indicators.test_places import estimate, reader, section, store, words  # noqa: F401
from zhiheng.formats import periods
from zhiheng.people import clock
from zhiheng.reference import indicators
from zhiheng.stages.indicators import comparing, places, promises, queries, rules, telling
from zhiheng.stages.indicators.pages import cards
from zhiheng.stages.indicators.rules import footing, published
from zhiheng.stages.indicators.rules import headline as headlines
from zhiheng.stages.indicators.rules.contribution import Group
from zhiheng.stages.indicators.rules.footing import Break
from zhiheng.web import wording

FARM = "agri_routine_monitoring_pass_rate"
OLD, NEW = "94参数（旧）", "122参数（新）"


def side(period: str, value: float = 0.9, **more) -> headlines.Side:
    return headlines.Side(period, value, 0.001, "probability", "evaluation", **more)


def across(before: str, after: str, *at: str, **more) -> headlines.Headline:
    breaks = [Break(one, f"old {one}", f"new {one}", **more) for one in at]
    return headlines.headline(side(before), side(after, 0.95), breaks=breaks)


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        *(("2023", "2024", at) for at in ("2024", "2024H1", "2024Q1", "2024-01", "20240101-20240331")),
        *(("2024H1", "2024H2", at) for at in ("2024H2", "2024Q3", "2024-07", "20240701-20241231")),
        *(("2024Q2", "2024Q4", at) for at in ("2024Q3", "2024H2", "2024-07", "2024-08", "2024Q4")),
        *(("2024-06", "2024-08", at) for at in ("2024Q3", "2024H2", "2024-07", "20240710-20240720")),
        *(("20240301-20240531", "20240901-20241031", at) for at in ("2024Q3", "2024-07", "2024H2")),
        ("2023Q4", "2024Q1", "2024"),
        ("2023", "2024Q1", "2024"),
        ("~2023-R2", "2024", "2024-01"),
        ("~2023-R2", "~2024-R1", "2024"),
    ],
)
def test_a_break_between_two_periods_is_found_however_it_is_written(before, after, at):
    found = across(before, after, at)

    assert (found.word, found.refused) == (rules.NOT_COMPARABLE, headlines.NOT_BRIDGED)
    assert [one.at for one in found.breaks] == [at]
    assert across(after, before, at).refused == headlines.NOT_BRIDGED


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        *(("2023", "2024", at) for at in ("2023", "2023Q1", "2023-01", "2025", "2025-01")),
        ("2024Q3", "2024Q4", "2024H2"),
        ("2024-07", "2024-08", "2024Q3"),
        ("2024H1", "2024H2", "2024"),
        ("20240901-20241031", "20241101-20241130", "2024Q3"),
        ("~2024-R1", "~2024-R2", "2024"),
    ],
)
def test_a_break_elsewhere_changes_nothing(before, after, at):
    assert across(before, after, at) == across(before, after)


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [
        ("2023", "2024", "2023Q3"),
        ("2023", "2024", "2024-02"),
        ("2024H1", "2024H2", "2024Q2"),
        ("2024Q2", "2024Q4", "20241115-20241130"),
        ("20240301-20240531", "20240901-20241031", "2024-05"),
    ],
)
@pytest.mark.parametrize("bridge", [{}, {"step": 0.01, "step_error": 0.001}])
def test_a_period_that_holds_the_break_stands_on_both_footings_and_is_not_compared(before, after, at, bridge):
    found = across(before, after, at, **bridge)

    assert (found.word, found.refused) == (rules.NOT_COMPARABLE, footing.MIXED)
    assert [one.at for one in found.breaks] == [at]
    with translation.override("en"):
        told = telling.told(found, "%")
    assert "inside one of the two periods" in told.said
    assert len(told.breaks) == 1


@pytest.mark.parametrize(
    ("before", "after", "at"),
    [("~spring", "2024", "2024"), ("~2024-R1", "~2024-R2", "2024-07"), ("2023", "2024", "~2024-R1")],
)
def test_what_has_no_days_is_not_said_to_lie_on_one_side_of_a_break(before, after, at):
    assert across(before, after, at).refused == footing.NOT_PLACED
    assert across(before, after).refused == ""


KNOWN = [
    one.text for year in ("2023", "2024") for kind in periods.KINDS for one in periods.parse(year).parts(kind)
] + ["20230310-20230420", "20240701-20240731", "20241115-20241231"]


@given(*(st.sampled_from(KNOWN) for _ in range(3)))
def test_a_break_leaves_a_change_as_it_is_where_no_day_of_it_lies_on_the_way(before, after, at):
    first, last = sorted((periods.parse(one) for one in (before, after)), key=lambda one: one.first)
    begins = periods.parse(at).first
    crossed = first.first < begins <= max(first.last, last.last)

    found = across(before, after, at)

    assert (found.word == rules.NOT_COMPARABLE) == crossed


def test_two_bridges_on_the_way_add_up_and_back_again_they_are_taken_off():
    steps = [Break("2023Q3", "a", "b", 0.01, 0.002), Break("2024-07", "b", "c", -0.03, 0.001)]

    there = headlines.headline(side("2023H1"), side("2024H2", 0.95), breaks=steps)
    back = headlines.headline(side("2024H2", 0.95), side("2023H1"), breaks=steps)

    assert there.before == pytest.approx(0.9 + 0.01 - 0.03)
    assert back.before == pytest.approx(0.95 - 0.01 + 0.03)
    assert back.difference == pytest.approx(-there.difference)


def test_a_number_that_names_its_footing_stands_on_it_in_any_year_and_an_unknown_name_on_none():
    (moved,) = known = [Break("2018", OLD, NEW, 0.01, 0.002)]
    late = side("2020", scope=OLD)

    assert headlines.headline(late, side("2021", scope=NEW), breaks=known).breaks == (moved,)
    assert headlines.headline(side("2017", scope=OLD), late, breaks=known).breaks == ()
    other = headlines.headline(side("2017", scope="else"), side("2018", scope=NEW), breaks=known)
    assert other.refused == headlines.NOT_BRIDGED


def test_two_names_of_one_footing_are_compared_without_a_bridge_and_those_of_two_are_not():
    known = [Break("2018", "94", "122"), Break("2021", "2018 list (122)", "130")]
    before, after = side("2019", scope="122"), side("2020", 0.95, scope="2018 list (122)")

    assert headlines.headline(before, after, breaks=known).difference == pytest.approx(0.05)
    for scope in ("130", "94"):
        found = headlines.headline(before, replace(after, scope=scope), breaks=known)
        assert found.refused == headlines.NOT_BRIDGED


def test_where_a_series_went_back_to_its_old_footing_the_days_tell_which_time_is_meant():
    known = [Break("2018", "a", "b"), Break("2021", "b", "a")]

    places_of = [footing.of(known, period, "a") for period in ("2016", "2022")]

    assert places_of == [0, 2]


# --- the dimension that breaks ------------------------------------------------------------------------


@pytest.mark.parametrize("dimensions", [("industry",), ("channel", "industry")])
def test_the_break_of_a_dimension_stops_its_parts_and_no_other_number(dimensions):
    breaks = [Break("2011", "GB/T 4754—2002", "GB/T 4754—2011", dimension="industry")]
    pair = side("2010"), side("2011", 0.95)

    whole = headlines.headline(*pair, breaks=breaks)
    other = headlines.headline(*(replace(one, dimensions=("channel",)) for one in pair), breaks=breaks)
    parts = headlines.headline(*(replace(one, dimensions=dimensions) for one in pair), breaks=breaks)

    assert whole.word == other.word == rules.UP
    assert (parts.refused, parts.breaks) == (headlines.NOT_BRIDGED, tuple(breaks))


def test_a_whole_is_not_split_by_parts_that_break_on_the_way():
    groups = tuple([Group("a", 0.5, rate, 0.01), Group("b", 0.5, rate, 0.01)] for rate in (0.9, 0.95))
    breaks = [Break("2024Q1", "x", "y", dimension="division")]
    pair = side("2023"), side("2024", 0.95)

    found = headlines.headline(*pair, groups=groups, along="division", breaks=breaks)

    assert (found.word, found.split, found.unsplit) == (rules.UP, None, headlines.NOT_BRIDGED)
    assert headlines.headline(*pair, groups=groups, along="channel", breaks=breaks).split is not None


@pytest.mark.parametrize("at", ["2024Q1", "2024-01", "2024"])
def test_a_region_page_does_not_compare_across_a_break_of_a_part(reader, office, at):  # noqa: F811
    declare(office, at, dimension="channel")
    for period, value in (("2023", "90"), ("2024", "97")):
        store(estimate("310000", period, value), estimate("310000", period, value, breakdown="channel=shop"))

    found = {line.row.breakdown: line.moved for line in places.place("310000").lines}

    assert found[""].word == rules.UP
    assert found["channel=shop"].refused == headlines.NOT_BRIDGED


def test_divisions_are_not_compared_across_a_break_of_theirs_and_the_headline_is_not_split(
    office,
    two_releases,  # noqa: F811
):
    figure = queries.figure(SERIES, REGION, "2025Q2")
    plain = [row["difference"] for row in cards.division_rows(figure)]

    declare(office, "2025-04", dimension="division")

    rows = cards.division_rows(figure)
    assert any(one != wording.NOTHING for one in plain)
    assert {row["difference"] for row in rows} == {wording.NOTHING}
    found = comparing.compare(queries.figure(SERIES, REGION, "2025Q1"), figure)
    assert (found.split, found.unsplit) == (None, headlines.NOT_BRIDGED)
    assert found.difference is not None


def test_the_reference_has_a_break_by_industry_and_every_series_hands_it_on(office):
    series = "mfg_quality_competitiveness_index"

    (found,) = promises.declared_of([series])[series]

    assert (found.at, found.dimension, found.step) == ("2011", "industry", None)
    assert published.breaks((), [found]) == ()


def test_what_is_expected_rests_on_numbers_of_the_same_footing_however_the_break_is_written(office):
    declare(office, "2024-01", bridge="")
    for value, (year, quarter) in enumerate(itertools.product((2022, 2023, 2024), (1, 2, 3, 4))):
        store(estimate("310000", f"{year}Q{quarter}", str(90 + value % 3)))

    (line,) = places.place("310000").lines

    assert line.expected is None  # three quarters since the break are too few


def declare(office, at: str, *, dimension: str = "", bridge: str = "", error: str = "") -> None:
    names = {"old": "旧清单", "new": "新清单", "series_id": office.series.pk}
    store_break(at, clock.now(), dimension=dimension, bridge=bridge, error=error, **names)


# --- published numbers: which footing is the old one ---------------------------------------------------


def farm_of_2018():
    found = [
        seen
        for seen in indicators.observations(FARM, geo_code=indicators.NATION)
        if seen.period == "2018" and seen.breakdown.startswith("scope")
    ]
    return [replace(seen, breakdown="scope=" + (OLD if "94" in seen.breakdown else NEW)) for seen in found]


def test_a_bridge_leads_from_the_footing_declared_as_old_whatever_the_names():
    (found,) = published._seen_breaks(farm_of_2018(), [Break("2018", OLD, NEW)])

    assert (found.old, found.new) == (OLD, NEW)
    assert 100 * found.step == pytest.approx(-0.7)
    (turned,) = published._seen_breaks(farm_of_2018(), [Break("2018", NEW, OLD)])
    assert 100 * turned.step == pytest.approx(0.7)


def test_a_bridge_leads_from_the_footing_that_earlier_numbers_name():
    earlier = replace(farm_of_2018()[0], period="2017", breakdown=f"scope={OLD}", value=Decimal("97.9"))

    (found,) = published.breaks([*farm_of_2018(), earlier])

    assert (found.old, found.new, round(100 * found.step, 4)) == (OLD, NEW, -0.7)


def test_two_footings_of_one_year_of_which_nobody_said_which_is_new_are_no_bridge_and_no_history():
    rows = farm_of_2018()
    later = [replace(rows[0], period=str(year), breakdown="") for year in (2019, 2020, 2021)]

    assert published.breaks(rows) == ()
    first, second = published.sides(rows, indicators.series(FARM))
    assert headlines.headline(first, second).refused == headlines.NOT_BRIDGED
    history = published._newest_footing([*rows, *later], ())
    assert [seen.period for seen in history] == ["2019", "2020", "2021"]


def test_a_declared_break_stands_for_the_seen_one_of_the_same_day_and_orders_the_sides():
    declared = [Break("2018Q1", OLD, NEW, -0.007, 0.001)]
    rows = farm_of_2018()

    assert [one.at for one in published.breaks(rows, declared)] == ["2018Q1"]
    for found in (rows, rows[::-1]):
        sides = published.sides(found, indicators.series(FARM), declared)
        assert [one.scope for one in sides] == [OLD, NEW]
