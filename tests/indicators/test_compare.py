"""Regions side by side: ranks never without their intervals, areas with their gap, one series on one axis."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal

import numpy as np
import pytest
from openpyxl import load_workbook

from tests.indicators.conftest import SERIES
from tests.indicators.test_places import (  # noqa: F401
    PROVINCES,
    count,
    estimate,
    nation,
    reader,
    section,
    store,
    words,
)
from zhiheng import charts
from zhiheng.errors import BadInput
from zhiheng.methods import ranking
from zhiheng.reference import groupings, regions
from zhiheng.stages.indicators import sidebyside
from zhiheng.stages.indicators.models import Observation
from zhiheng.stages.indicators.pages import embed
from zhiheng.stages.indicators.rules import areas
from zhiheng.stages.indicators.rules.areas import Member
from zhiheng.stages.plan import queries as plan
from zhiheng.web import tilemap

INDEX = "mfg_quality_competitiveness_index"


def compared(period: str = "2024|own", codes: list[str] | None = None, series: str = SERIES):
    found = plan.series(series)
    rows = sidebyside.numbers(found)
    choice = next(one for one in sidebyside.choices(rows) if f"{one.period}|{one.voice}" == period)
    return sidebyside.compare(found, rows, choice, codes or sidebyside.sets(choice.regions)["provinces"])


def body(answer) -> str:
    return b"".join(answer).decode("utf-8-sig")


# --- ranks --------------------------------------------------------------------------------------------


def test_every_rank_stands_with_its_interval_and_is_that_of_the_method(nation):  # noqa: F811
    found = compared()

    errors = [0.5] * len(found.rows)
    expected = ranking.intervals([float(one.number.value) for one in found.rows], errors)
    assert found.ranked == len(PROVINCES)
    assert [(one.best, one.worst) for one in found.rows] == list(
        zip(expected.best.tolist(), expected.worst.tolist(), strict=True)
    )
    assert all(one.best <= one.place <= one.worst for one in found.rows)


def test_the_page_prints_no_place_without_the_places_it_may_hold(reader, nation):  # noqa: F811
    html = reader.get(f"/compare/?series={SERIES}").content.decode()

    cells = re.findall(r'<td class="right">([^<]*)</td></tr>', html.split("<figure")[1].split("</figure>")[0])
    assert len(cells) == len(PROVINCES)
    assert all(re.fullmatch(r"[\d.]+ ?[(（]\d+–\d+[)）]", cell) for cell in cells)


def test_where_lower_is_better_the_lowest_comes_first(nation):  # noqa: F811
    plan.series(SERIES).__class__.objects.filter(pk=SERIES).update(direction="lower")

    found = compared()

    values = [float(one.number.value) for one in found.rows]
    assert values == sorted(values) and found.rows[0].place < found.rows[-1].place


def test_numbers_without_errors_get_no_rank_and_the_page_says_why(client, with_published):
    client.cookies["language"] = "en"

    page = client.get(f"/compare/?series={INDEX}&period=2006%7Cothers&regions=310000,320000,330000")

    assert "No places are given" in words(page)
    assert "95% interval" in words(page) and "published without interval" in words(page)
    assert compared("2006|others", ["310000", "320000"], INDEX).ranked == 0


def test_a_region_inside_another_is_not_ranked_beside_it(nation):  # noqa: F811
    store(estimate("330100", "2024", "95.0"))

    assert compared(codes=["330000", "330100"]).ranked == 0
    assert compared(codes=["330000", "320000"]).ranked == 2


# --- one series, one axis -----------------------------------------------------------------------------


def test_two_series_never_share_an_axis(client, nation):  # noqa: F811
    assert client.get(f"/compare/?series={SERIES}&series=food_supervision_fail_rate").status_code == 400


def test_numbers_of_others_never_stand_in_a_list_of_our_own(client, with_published, nation):  # noqa: F811
    store(estimate("PRD", "2024", "93.0"))

    found = compared()

    assert {one.number.voice for one in found.rows} == {"own"}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("series=none", 404),
        ("period=1999%7Cown", 404),
        ("period=2024%7Cnobody", 404),
        ("regions=999999", 400),
        ("regions=" + ",".join(one.code for one in regions.all()[:80]), 400),
        ("as_of=tomorrow", 400),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(client, nation, asked, status):  # noqa: F811
    assert client.get(f"/compare/?{asked}").status_code == status


def test_a_region_without_a_number_is_listed_as_not_known(client, nation):  # noqa: F811
    client.cookies["language"] = "en"

    assert "no number known" in words(client.get("/compare/?regions=330000,320000,820000"))


# --- files --------------------------------------------------------------------------------------------


def test_csv_and_workbook_hold_what_the_page_shows(client, nation):  # noqa: F811
    asked = f"series={SERIES}&period=2024%7Cown&regions=330000,320000,310000,820000"

    text = client.get(f"/compare/table.csv?{asked}")
    book = client.get(f"/compare/table.xlsx?{asked}")

    lines = list(csv.DictReader(io.StringIO(body(text))))
    sheet = list(load_workbook(io.BytesIO(book.content)).active.values)
    found = compared(codes=["330000", "320000", "310000", "820000"])
    assert [line["region"] for line in lines] == [one.region for one in found.rows]
    assert [line["status"] for line in lines] == ["final"] * 3 + ["unknown"]
    assert [(line["place_best"], line["place_worst"]) for line in lines[:3]] == [
        (str(one.best), str(one.worst)) for one in found.rows[:3]
    ]
    assert [row[1] for row in sheet[1:]] == [line["region"] for line in lines]
    assert float(lines[0]["value"]) == sheet[1][5]
    assert "demo" in text["Content-Disposition"] and lines[0]["data"]


# --- areas and convergence ----------------------------------------------------------------------------


def test_the_gap_of_an_area_has_the_error_of_its_contrast():
    rng = np.random.default_rng(7)
    members = [
        Member(area, 90.0, float(error), float(weight))
        for area, error, weight in zip("eeewwn", rng.uniform(0.2, 1, 6), rng.uniform(1, 9, 6), strict=True)
    ]
    found = areas.levels(members)

    weights = np.array([one.weight for one in members])
    drawn = 90 + rng.normal(0, [one.standard_error for one in members], (60_000, 6))
    inside = np.array([one.area == "e" for one in members])
    gaps = np.average(drawn[:, inside], axis=1, weights=weights[inside]) - np.average(
        drawn, axis=1, weights=weights
    )
    half = (found["e"].gap_upper - found["e"].gap_lower) / 2
    assert half == pytest.approx(1.96 * gaps.std(), rel=0.02)
    assert sum(one.share for one in found.values()) == pytest.approx(1)


def test_without_the_error_of_one_region_no_gap_is_told_apart():
    found = areas.levels([Member("e", 95, 0.5), Member("e", 94, None), Member("w", 60, 0.5)])

    assert found["w"].gap_lower is None and not found["w"].is_apart


def test_the_north_east_stands_apart_and_what_areas_bring_adds_up_to_the_change(client, nation):  # noqa: F811
    found = compared()

    assert found.levels["NORTHEAST"].is_apart and found.levels["NORTHEAST"].gap_upper < -2
    assert found.before == "2023"
    brought = sum(one.total for one in found.split.by_group)
    assert brought == pytest.approx(found.split.total.estimate) == pytest.approx(0.004, abs=1e-9)


def test_areas_are_not_computed_where_a_region_stands_in_none_of_them(nation):  # noqa: F811
    store(estimate("820000", "2024", "95.0"))

    assert compared(codes=["330000", "220000", "820000"]).levels == {}


def test_a_spread_that_only_samples_make_is_not_called_convergence(reader, nation):  # noqa: F811
    panel = section(reader.get(f"/compare/?series={SERIES}"), "convergence")

    assert re.search("cannot be told|无法判断", panel)
    assert re.search("2023", panel)


def test_the_sources_of_the_areas_stand_on_the_page(client, nation):  # noqa: F811
    panel = section(client.get("/compare/"), "areas")

    assert groupings.areas().source[:20] in panel and "2011年6月13日" in panel


# --- pages as a whole ---------------------------------------------------------------------------------


def test_the_queries_of_a_comparison_do_not_grow_with_regions_and_periods(client, nation):  # noqa: F811
    first = count(client, f"/compare/?series={SERIES}&regions=330000,320000,310000")
    store(*(estimate(code, f"{year}", "94") for year in range(2012, 2023) for code in PROVINCES))

    assert first == count(client, f"/compare/?series={SERIES}") <= 6


def test_the_chart_of_a_comparison_has_its_question_and_every_number_in_its_table(reader, nation):  # noqa: F811
    html = reader.get(f"/compare/?series={SERIES}").content.decode()

    figure = html.split("<figure")[1].split("</figure>")[0]
    assert re.search(r'<svg[^>]*role="img" aria-label="[^"]{8,}"', figure)
    assert figure.count("<tr>") == len(PROVINCES) + 1


# --- the page of a series -----------------------------------------------------------------------------


def test_every_part_of_a_series_is_one_click_away(reader, released):  # noqa: F811
    html = reader.get(f"/figures/{SERIES}/").content.decode()

    bar = html.split('class="ways-bar')[1].split("</nav>")[0]
    urls = re.findall(r'href="([^"]+)"', bar)
    for part in ("#chart", "#method", "#divisions", "#check", "#embed"):
        assert part in urls and f'id="{part[1:]}"' in html
    for page in (f"/figures/{SERIES}/history/", f"/figures/{SERIES}/figures.csv", "/regions/330000/"):
        found = next(url for url in urls if url.startswith(page)).replace("&amp;", "&")
        assert reader.get(found).status_code == 200


def test_a_published_score_is_drawn_on_its_own_scale_with_a_map_of_its_own_bounds(reader, with_published):  # noqa: F811
    html = reader.get(f"/figures/{INDEX}/").content.decode()

    assert 'id="chart"' in html and "<svg" in html
    tiles = html.split('id="map"')[1].split("</section>")[0]
    assert "86.8" in tiles and "94%" not in tiles
    assert re.search("8[0-9](\\.[0-9])?–8[0-9]", tiles)


def test_stray_quarters_between_years_do_not_hide_the_chart_and_are_counted(client, with_published):
    client.cookies["language"] = "en"

    html = client.get("/figures/agri_routine_monitoring_pass_rate/").content.decode()
    lent = client.get("/figures/agri_routine_monitoring_pass_rate/embed/?lang=en").content.decode()

    drawn = html.split('id="chart"')[1].split("</figure>")[0]
    rows = re.findall(r'<th scope="row">([^<]+)</th>', drawn)
    assert "<svg" in drawn and rows == ["2020", "2021", "2022", "2023", "2024"]
    assert "<dd>7 numbers of other frequencies" in drawn  # three quarters, two rounds, 2018 on two footings
    assert "<dd>5 numbers of other frequencies" in lent


@pytest.mark.parametrize(
    ("held", "drawn"),
    [
        (["2023", "2024", "2024Q1"], ["2023", "2024"]),
        (["2024", "2024Q1", "2024Q2"], ["2024Q1", "2024Q2"]),
        (["2023", "2024", "2024Q3", "2024Q4"], ["2024Q3", "2024Q4"]),
        (["2024Q3", "2024Q4", "2024", "2025"], ["2024", "2025"]),
        (["2024"], ["2024"]),
        ([], []),
    ],
)
def test_the_kind_of_most_periods_is_drawn_and_among_equals_that_of_the_newest(held, drawn):
    found, left_out = embed.of_one_kind([Observation(period=period, voice="own") for period in held])

    assert [row.period for row in found] == drawn
    assert left_out == len(held) - len(drawn)


def test_bounds_part_the_numbers_at_hand_whatever_their_scale():
    assert tilemap.bounds([0.5, 0.61, 0.7, 0.85, 0.9]) == [0.59, 0.66, 0.76, 0.86]
    assert tilemap.bounds([1200, 3400, 5600, 9000]) == [3000, 4000, 5000, 7000]
    assert tilemap.bounds([84.0]) == [84.0]
    assert tilemap.bounds([1, 1, 2, 8, 9], whole=True) == [1, 2, 5, 9]
    assert tilemap.bounds([3, 3, 3], whole=True) == [3]


def test_a_chart_of_values_holds_every_end_and_refuses_nothing_to_draw():
    rows = [charts.Span("a", 94, 90, 96), charts.Span("b", 60)]

    spec = charts.value_by_group(rows, title="?", axis_title="%", line=99, line_label="all")

    low, high = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low < 60 and high > 99
    assert charts.render_svg(spec).startswith("<svg")
    with pytest.raises(BadInput):
        charts.value_trend([], title="?", axis_title="%")


def test_numbers_are_exact_to_the_last_digit_in_the_file(client, office):
    store(estimate("330000", "2024", "94.123456789"), estimate("320000", "2024", "94.1", half=Decimal("0.5")))

    lines = list(csv.DictReader(io.StringIO(body(client.get(f"/compare/table.csv?series={SERIES}")))))

    assert {line["value"] for line in lines} == {"94.123456789", "94.1"}


def test_a_group_leads_to_its_members_side_by_side(client, nation):  # noqa: F811
    html = client.get("/regions/NORTHEAST/").content.decode()

    (url,) = re.findall(r'href="(/compare/[^"]+)"', html)
    figure = client.get(url.replace("&amp;", "&")).content.decode().split("<figure")[1].split("</figure>")[0]
    assert re.findall(r"/regions/([0-9]{6})/", figure) == ["230000", "220000", "210000"]


def test_the_chart_lent_out_and_the_page_of_a_published_series_ask_little(client, with_published):
    assert count(client, f"/figures/{INDEX}/embed/") <= 3
    assert count(client, f"/figures/{INDEX}/") <= 12


def test_a_series_without_two_regions_leads_to_those_that_have_them(reader, with_published):  # noqa: F811
    answer = reader.get("/compare/?series=food_supervision_fail_rate")

    assert answer.status_code == 200 and f"/compare/?series={INDEX}" in answer.content.decode()
