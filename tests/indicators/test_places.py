"""Places: what is known of a region, which regions stand beside it, and what is outside of expectation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.indicators.conftest import REGION, SERIES, moment, store_break
from zhiheng.formats.shapes.observation import Observation
from zhiheng.reference import groupings, regions
from zhiheng.stages.indicators import observations, places
from zhiheng.stages.indicators.models import Line
from zhiheng.stages.indicators.rules import neighbours, unusual
from zhiheng.stages.indicators.rules.unusual import Point
from zhiheng.world import assumptions

AT = moment("2025-05-02T09:00:00")
PROVINCES = [one.code for one in regions.reporting_provinces()]


def estimate(region: str, period: str, value: str | None, **more) -> Observation:
    """One number of our own with its interval, as a release records it."""
    held = {"interval": "none", "status": "suppressed"}
    if value is not None:
        number, half = Decimal(value), more.pop("half", Decimal("0.98"))
        held = {
            "value": number,
            "lower": number - half,
            "upper": number + half,
            "standard_error": round(half / Decimal("1.96"), 6),
            "interval": "design",
            "level": "0.95",
        }
    held |= {"n": 200, "population": 1000, "recorded_at": AT, "inputs_sha": "0" * 64, **more}
    return Observation(SERIES, region, period, "%", "probability", "evaluation", "estimated", **held)


def store(*rows: Observation) -> None:
    """Store rows with the lines that they begin, at the times that they bear."""
    observations.store(rows)
    held = set(Line.objects.values_list("series_id", "region", "breakdown", "voice"))
    began = {(row.series, row.region, row.breakdown, row.voice): row.recorded_at for row in rows}
    Line.objects.bulk_create(
        Line(series_id=series, region=region, breakdown=breakdown, voice=voice, recorded_at=at)
        for (series, region, breakdown, voice), at in began.items()
        if (series, region, breakdown, voice) not in held
    )


@pytest.fixture
def nation(office) -> None:
    """Two years of numbers of every province: those of the north-east lie three points below the others."""
    low = groupings.get("NORTHEAST").members
    for year, step in (("2023", Decimal(0)), ("2024", Decimal("0.4"))):
        store(
            *(
                estimate(
                    code,
                    year,
                    str(Decimal("91" if code in low else "94") + Decimal(place % 5) / 10 + step),
                    population=1000 + 100 * place,
                )
                for place, code in enumerate(PROVINCES)
            ),
            estimate("000000", year, str(Decimal("93.8") + step), half=Decimal("0.2"), n=6000),
        )


@pytest.fixture(params=["zh-hans", "en"])
def reader(request, client):
    client.cookies["language"] = request.param
    return client


def words(answer) -> str:
    html = re.sub(r"<svg.*?</svg>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def section(answer, id: str) -> str:
    return answer.content.decode().split(f'id="{id}"')[1].split("</section>")[0]


# --- groups and neighbours ----------------------------------------------------------------------------


def test_the_four_areas_hold_each_reporting_province_once_and_say_where_they_are_from():
    division = groupings.areas()

    assert sorted(code for group in division.groups for code in group.members) == PROVINCES
    assert (division.in_force, division.confidence) == (date(2011, 6, 13), "text")
    assert [len(group.members) for group in division.groups] == [10, 6, 12, 3]


def test_the_older_areas_hold_each_province_once_too_and_are_marked_as_unverified():
    division = groupings.division(groupings.THREE_AREAS)

    assert sorted(code for group in division.groups for code in group.members) == PROVINCES
    assert division.confidence == "memory"


def test_the_synthetic_country_takes_its_areas_from_the_reference():
    assert {f"{code}0000" for code in assumptions.EAST} == set(groupings.get("EAST").members)
    assert {f"{code}0000" for code in assumptions.MIDDLE} == set(groupings.get("CENTRAL").members)


@given(st.dictionaries(st.sampled_from(PROVINCES), st.integers(1, 10**6), min_size=2))
def test_no_region_is_its_own_neighbour_and_no_other_is_nearer_than_the_last(sizes):
    own = next(iter(sizes))

    near = neighbours.nearest(own, sizes)

    away = {code: abs(np.log(sizes[own] / size)) for code, size in sizes.items() if code != own}
    assert own not in near and len(near) == min(5, len(away))
    assert max(away[code] for code in near) <= min([away[c] for c in away if c not in near], default=np.inf)


def test_provinces_are_alike_in_their_area_and_cities_in_their_province():
    assert set(places.alike("210000")) == {"210000", "220000", "230000"}
    assert places.alike("000000") == [] and places.alike("EASTERN") == []
    assert all(code.startswith("33") for code in places.alike("330100"))


# --- what is unusual ----------------------------------------------------------------------------------


def series(values: np.ndarray, error: float) -> Mapping[str, Point]:
    return {f"p{place:02d}": Point(float(value), error) for place, value in enumerate(values)}


@pytest.mark.parametrize(("periods", "near", "moving"), [(5, 0, 0.0), (9, 5, 0.0), (9, 5, 0.7)])
def test_of_numbers_where_nothing_happens_at_most_one_in_a_hundred_is_pointed_at(periods, near, moving):
    rng, error, alarms, runs = np.random.default_rng(20250602), 0.5, 0, 4000
    for _run in range(runs):
        together = rng.normal(94, 1.0, periods) if near else np.full(periods, 94.0)
        rows = [
            series(together + rng.normal(0, np.hypot(error, moving), periods), error)
            for _place in range(near + 1)
        ]
        found = unusual.expected(rows[0], rows[1:], f"p{periods - 1:02d}")
        alarms += found.is_unusual

    assert alarms / runs <= unusual.FALSE_ALARMS + 2.6 * (0.01 * 0.99 / runs) ** 0.5


def test_a_number_far_below_its_neighbours_and_its_past_is_pointed_at():
    quiet = [series(np.array([94.0, 94.2, 93.9, 94.1, 94.0, 93.9]), 0.2) for _place in range(3)]
    fell = {**quiet[0], "p05": Point(89.0, 0.2)}

    found = unusual.expected(fell, quiet[1:], "p05")

    assert found.is_unusual and found.value < found.lower
    assert (found.periods, found.neighbours) == (5, 2)


def test_what_all_neighbours_did_too_is_not_unusual():
    fell = np.array([94.0, 94.2, 93.9, 94.1, 94.0, 89.0])

    found = unusual.expected(series(fell, 0.2), [series(fell + 0.1, 0.2), series(fell - 0.2, 0.2)], "p05")

    assert not found.is_unusual


def test_wide_intervals_keep_a_quiet_history_from_pointing_at_anything():
    rows = series(np.array([94.0, 94.0, 94.0, 94.0, 93.0]), 0.8)

    assert not unusual.expected(rows, [], "p04").is_unusual


def test_fewer_than_four_earlier_periods_lead_one_to_expect_nothing():
    assert unusual.expected(series(np.array([94.0, 94.0, 94.0, 50.0]), 0.1), [], "p03") is None


# --- the page of a region -----------------------------------------------------------------------------


def test_a_region_shows_number_interval_change_and_the_way_on(client, nation):
    client.cookies["language"] = "en"

    answer = client.get("/regions/330000/")

    text, html = words(answer), answer.content.decode()
    value = 94 + PROVINCES.index("330000") % 5 / 10 + 0.4
    assert f"{value:.2f}% 2024" in text
    assert "95% interval" in text and "no clear change" in text
    assert f'href="/figures/{SERIES}/number/?region=330000&amp;period=2024&amp;voice=own"' in html
    assert f'href="/figures/{SERIES}/"' in html


def test_a_withheld_number_says_so_and_one_drawn_but_not_released_is_named(client, draw):
    draw("2025Q1")
    client.cookies["language"] = "en"
    store(estimate(REGION, "2024Q4", None, n=3))

    answer = client.get(f"/regions/{REGION}/")

    assert "withheld" in section(answer, "numbers-1")
    assert "Q1 2025" in section(answer, "waiting")
    assert "Grade of the quality work appraisal" in section(answer, "unknown")


def test_a_released_quarter_waits_no_longer_and_says_why_a_cell_is_withheld(client, released):
    answer = client.get(f"/regions/{REGION}/")

    assert 'id="waiting"' not in answer.content.decode()
    assert 'id="numbers-1"' in answer.content.decode()


def test_own_targets_are_said_to_be_self_declared_and_an_ambiguous_one_is_not_compared(reader, office):
    answer = reader.get("/regions/441400/")

    panel = section(answer, "targets")
    assert re.search("self|itself|自行", panel)
    assert "98.5%" in panel and "97.04" in panel  # the promise, and why its name cannot be compared
    assert panel.count("<tr>") == 5


def test_a_target_is_held_against_a_number_with_an_interval_alone(client, office):
    client.cookies["language"] = "en"
    store(estimate("630000", "2024", "97.0"))

    panel = section(client.get("/regions/630000/"), "targets")

    assert "97.00%" in panel and "Reached" in panel


def test_a_number_outside_of_expectation_is_named_without_blame(reader, office):
    values = ("94.0", "94.2", "93.9", "94.1", "85.0")
    quarters = ("2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1")
    store(*(estimate(REGION, q, v, half=Decimal("0.4")) for q, v in zip(quarters, values, strict=True)))

    answer = reader.get(f"/regions/{REGION}/")

    panel = section(answer, "unusual")
    assert "85.00%" in panel and "1%" in panel
    assert re.search("unusual, look here|值得留意", words(answer))
    assert not re.search("fraud|suspicious|violation|造假|可疑|违规", panel)


def test_neighbours_stand_beside_a_region_with_the_rule_that_chose_them(client, nation):
    client.cookies["language"] = "en"

    panel = section(client.get("/regions/210000/"), "neighbours")

    assert "/regions/220000/" in panel and "/regions/230000/" in panel and "/regions/110000/" not in panel
    assert "the most similar number of firms" in panel
    assert "/compare/?" in panel


def test_a_region_is_shown_as_it_was_known_on_a_day(client, nation):
    store(
        replace(
            estimate(REGION, "2024", "80.0"),
            revision=1,
            reason="更正",
            recorded_at=moment("2025-06-01T08:00:00"),
        )
    )

    now, then = client.get(f"/regions/{REGION}/"), client.get(f"/regions/{REGION}/?as_of=2025-05-20")

    assert "80.00%" in words(now)
    assert "80.00%" not in words(then) and "as_of=2025-05-20" in then.content.decode()


def test_a_break_recorded_later_does_not_reach_the_page_as_of_a_day_before(client, nation):
    client.cookies["language"] = "en"
    store_break("2024", moment("2025-06-01T08:00:00"))

    now, then = client.get(f"/regions/{REGION}/"), client.get(f"/regions/{REGION}/?as_of=2025-05-20")

    assert "no bridge is known" in words(now)
    assert "no bridge is known" not in words(then) and "percentage points" in words(then)


def test_a_group_of_regions_has_its_members_its_source_and_its_confidence(client, with_published):
    client.cookies["language"] = "en"

    older, newer = words(client.get("/regions/EAST/")), words(client.get("/regions/NORTHEAST/"))

    assert "85.04" in older and "unverified" in older
    assert "13 Jun 2011" in newer and "Liaoning" in newer


@pytest.mark.parametrize("code", ["999999", "ABC", "330000000", "east"])
def test_a_region_that_is_none_is_not_found(client, office, code):
    assert client.get(f"/regions/{code}/").status_code == 404


def test_the_list_of_regions_leads_to_every_province_and_group(reader, nation):
    html = reader.get("/regions/").content.decode()

    for code in (*PROVINCES, "EASTERN", "NORTHEAST", "EAST", "PRD", "000000"):
        assert f'href="/regions/{code}/"' in html


def count(client, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(url)
    assert answer.status_code == 200
    assert len(answer.content) < 100_000
    return len(seen)


def test_the_queries_of_a_region_do_not_grow_with_its_numbers(client, nation):
    first = count(client, "/regions/330000/")
    store(*(estimate("330000", f"{year}Q{n}", "93") for year in range(2015, 2025) for n in range(1, 5)))

    later = count(client, "/regions/330000/")

    assert first == later <= 20
    assert count(client, "/regions/") <= 4


def test_a_bound_and_a_grade_are_no_numbers_that_could_have_moved(client, with_published):
    client.cookies["language"] = "en"

    nation, city = client.get("/regions/000000/"), client.get("/regions/440100/")

    rows = nation.content.decode().split("<tr>")
    food = next(row for row in rows if "/figures/food_evaluative_pass_rate/" in row)
    assert "at least 99" in food and "nothing to compare with" in food
    assert "nothing to compare with" in words(city)


def test_a_change_of_published_numbers_says_what_its_interval_assumes(client, with_published):
    client.cookies["language"] = "en"

    rows = client.get("/regions/000000/").content.decode().split("<tr>")

    checks = [row for row in rows if "/figures/national_spot_check_fail_rate/" in row and "interval +" in row]
    assert checks and all("were not drawn by chance" in row for row in checks)


def test_districts_of_a_municipality_stand_right_below_it():
    assert "110101" in places.below("110000")
    assert "110100" not in places.below("110000")
    assert {"500101", "500229"} <= set(places.below("500000"))
    assert places.below("330000")[0] == "330100"
