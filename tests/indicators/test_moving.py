"""Every change on the page of a region ships with its split, or why there is none, and its break note."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.indicators.conftest import REGION, SERIES
from tests.indicators.test_bulletin import two_releases  # noqa: F401
from tests.indicators.test_footing import declare
from tests.indicators.test_places import AT, estimate, nation, reader, store, words  # noqa: F401
from zhiheng.formats.shapes.observation import Observation
from zhiheng.stages.indicators import comparing, places, queries, rules, telling
from zhiheng.stages.indicators.rules import headline as headlines

SPOT = "national_spot_check_fail_rate"
NO_BREAK = "No break of the series is recorded between the two periods."


def told_rows(client, code: str) -> list[str]:
    client.cookies["language"] = "en"
    html = client.get(f"/regions/{code}/").content.decode()
    return [row for row in html.split("<tr>") if 'data-label="Against the period before"' in row]


@pytest.mark.parametrize("code", ["000000", "440000", "EAST", "330000"])
def test_no_change_stands_alone_on_the_page_of_a_region(client, with_published, nation, code):  # noqa: F811
    changes = [line.moved for line in places.place(code).lines if line.moved]

    shown = [row for row in told_rows(client, code) if "nothing to compare with" not in row]

    refused = [row for row in shown if "Not comparable" in row]
    assert len(shown) == len(changes) > 0
    assert len(refused) == sum(one.word == rules.NOT_COMPARABLE for one in changes)
    for row in shown:
        if row not in refused:
            assert "cannot be split" in row or "come from the rates inside the parts" in row
        assert NO_BREAK in row or "The series breaks in" in row or "differ in basis or purpose" in row


def test_a_released_change_is_told_with_the_same_sentences_as_on_its_own_page(
    client,
    office,
    two_releases,  # noqa: F811
):
    pair = [queries.figure(SERIES, REGION, period) for period in ("2025Q1", "2025Q2")]
    page = words(client.get(f"/regions/{REGION}/"))

    said = telling.told(comparing.compare(*pair), "%").sentences

    assert len(said) >= 3
    assert all(text in page for text in said)


def test_a_bridged_break_is_named_on_the_page_of_a_region_and_stops_the_split(reader, office):  # noqa: F811
    declare(office, "2024Q1", bridge="1.5", error="0.2")
    store(*(estimate(REGION, period, value) for period, value in (("2023", "90"), ("2024", "97"))))

    page = words(reader.get(f"/regions/{REGION}/"))

    assert "旧清单" in page and "新清单" in page and "+1.50" in page
    assert "5.50" in page
    assert "across a break" in page or "不能拆分" in page


def published_of(period: str, value: str, n: int | None, breakdown: str = "") -> Observation:
    return Observation(
        SPOT,
        REGION,
        period,
        "%",
        "judgement",
        "enforcement",
        "published",
        value=Decimal(value),
        n=n,
        breakdown=breakdown,
        interval="none",
        status="final",
        source="x",
        evidence="B",
        recorded_at=AT,
    )


def checks(after: dict[str, tuple[str, int | None]]) -> list[Observation]:
    """The printed spot checks of 2021 and 2023, told as if they were of a province."""
    before = {"": ("12.2", 25636), "domain=生产领域": ("9.8", 16356), "domain=流通领域": ("16.4", 9280)}
    return [
        published_of(period, value, n, breakdown)
        for period, rows in (("2021", before), ("2023", after))
        for breakdown, (value, n) in rows.items()
    ]


AFTER = {"": ("12.3", 28265), "domain=生产领域": ("6.7", 16021), "domain=流通领域": ("19.6", 12244)}


def test_a_published_change_is_split_where_the_sizes_of_its_parts_were_published(office):
    store(*checks(AFTER))

    whole, *parts = sorted(places.place(REGION).lines, key=lambda line: line.row.breakdown)

    by_group = {one.name: one for one in whole.moved.split.by_group}
    assert 100 * by_group["生产领域"].rate == pytest.approx(-1.867, abs=0.0005)
    assert 100 * whole.moved.split.mix.estimate == pytest.approx(0.694, abs=0.0005)
    assert {line.moved.unsplit for line in parts} == {headlines.ONE_PART}


@pytest.mark.parametrize("shop", [("19.6", None), ("25.0", 12244)])
def test_parts_without_a_size_or_that_do_not_add_up_are_no_split(office, shop):
    store(*checks({**AFTER, "domain=流通领域": shop}))

    whole = min(places.place(REGION).lines, key=lambda line: line.row.breakdown)

    assert whole.moved.split is None
    assert whole.moved.unsplit in (headlines.NO_GROUPS, headlines.OTHER_TOTAL)
