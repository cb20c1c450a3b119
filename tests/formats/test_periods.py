"""Periods have one notation, know their days, and stand in the order of time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zhiheng.errors import BadInput
from zhiheng.formats import periods

WHOLE_YEAR = ["2024", *(f"2024H{n}" for n in (1, 2)), *(f"2024Q{n}" for n in (1, 2, 3, 4))]
WHOLE_YEAR += [f"2024-{n:02d}" for n in range(1, 13)]
ASSESSED = "20240701-20250630"


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026H1", "2026-01-01", "2026-06-30"),
        ("2026H2", "2026-07-01", "2026-12-31"),
        ("2026Q1", "2026-01-01", "2026-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("20260301-20260531", "2026-03-01", "2026-05-31"),
        ("20260301-20260301", "2026-03-01", "2026-03-01"),
        ("20250701-20260630", "2025-07-01", "2026-06-30"),
    ],
)
def test_a_period_knows_its_days(text, first, last):
    found = periods.parse(text)

    assert (found.first.isoformat(), found.last.isoformat(), found.text) == (first, last, text)


@pytest.mark.parametrize(
    "text",
    (
        *("", "26", "2026Q0", "2026Q5", "2026H3", "2026-00", "2026-13", "2026-3", "2026q1", " 2026", "1999"),
        *(
            "2026\n",
            "20260301",
            "20260531-20260301",
            "20261201-20270131",
            "20250702-20260630",
            "20250701-20270630",
            "20260230-20260301",
            "2026-03-01",
        ),
        *(None, 2026),
    ),
)
def test_anything_else_is_no_period(text):
    assert not periods.known(text)
    with pytest.raises(BadInput):
        periods.parse(text)


@pytest.mark.parametrize("text", [*WHOLE_YEAR, ASSESSED])
def test_parts_fill_a_period_without_a_gap_or_an_overlap(text):
    whole = periods.parse(text)
    for kind in periods.KINDS:
        parts = whole.parts(kind)
        if parts:
            assert [day for part in parts for day in periods.days(part)] == list(periods.days(whole))
            assert all(whole.holds(part) for part in parts)


@pytest.mark.parametrize("text", [*WHOLE_YEAR, ASSESSED])
def test_the_next_period_begins_the_day_after(text):
    own = periods.parse(text)

    assert own.step(1).first == own.last + timedelta(days=1)
    assert own.step(1).step(-1) == own
    assert own.step(1).kind == own.kind


def test_a_day_lies_in_its_period_of_every_kind():
    for number in range(366):
        day = date(2024, 1, 1) + timedelta(days=number)
        assert all(periods.of(day, kind).touches(day, day) for kind in (*periods.KINDS, periods.ASSESSMENT))


def test_periods_stand_in_the_order_of_time_and_longer_ones_after_those_in_them():
    assert periods.in_order(WHOLE_YEAR)[-4:] == ["2024-12", "2024Q4", "2024H2", "2024"]
    assert periods.in_order(["2025-01", "2024", "20240301-20240315"]) == [
        "20240301-20240315",
        "2024",
        "2025-01",
    ]


def test_what_people_write_is_read_and_the_rest_is_left():
    assert periods.read("2026年4季度") == "2026Q4"
    assert periods.read("2026年度") == "2026"
    assert periods.read("2026-3-1~3-31") == "20260301-20260331"
    assert not periods.known(periods.read("明年"))


@pytest.mark.parametrize(
    "text",
    [
        "2024—2025考核年度",
        "2024-2025年度考核",
        "2024至2025年考核年度",
        "2024年7月1日至2025年6月30日",
        ASSESSED,
    ],
)
def test_an_assessment_year_is_a_kind_of_its_own_that_halves_and_months_fill(text):
    found = periods.parse(periods.read(text))

    assert (found.text, found.kind, found.year) == (ASSESSED, periods.ASSESSMENT, 2024)
    assert [part.text for part in found.parts("half")] == ["2024H2", "2025H1"]
    assert [len(found.parts(kind)) for kind in periods.KINDS] == [0, 2, 4, 12]
    assert periods.count(ASSESSED, "20250701-20260630") == 2
    assert not periods.known(periods.read("2024—2026考核年度"))
