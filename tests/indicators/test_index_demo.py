"""The demonstration records invented statistics, marked as such, and publishes an index from them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from zhiheng.reference.quality_index import SERIES
from zhiheng.site.demo import index
from zhiheng.site.demo.calendar import Quarter
from zhiheng.stages.indicators import actions, observations
from zhiheng.stages.indicators.models import Observation
from zhiheng.world import Population

IMPORTED = (
    "energy_per_gdp",
    "agri_standardised_production_rate",
    "quality_talent",
    "public_quality_literacy",
)


@pytest.fixture
def story(office, person):
    national = person("statistician", "000000")
    actions.load_published(by=national)
    made = SimpleNamespace(
        seed=7,
        scale=SimpleNamespace(region="330000", years=("2022", "2023", "2024")),
        population=Population(seed=7, firms=500, regions="330000"),
        cast={"statistician": national},
        stages={},
        say=lambda _line: None,
    )
    index.run(made, Quarter("2025Q1"))
    return made


def test_every_invented_number_is_marked(story):
    rows = Observation.objects.filter(source=index.SOURCE)

    assert rows.count() == story.stages["index"]["statistics"] > 1000
    assert set(rows.values_list("flags", flat=True)) == {"demonstration"}


def test_the_nation_has_an_index_of_two_years_beside_the_official_one(story):
    rows = observations.current(SERIES, "000000", voice="own").filter(breakdown="")

    assert {row.period for row in rows} == {"2023", "2024"}
    assert all(75 < float(row.value) < 90 for row in rows)
    assert {row["name"] for row in story.stages["index"]["beside_truth"]} == {"000000-2023", "000000-2024"}


def test_each_imported_series_and_the_size_of_industry_has_a_number(story):
    for series in (*IMPORTED, "nqi_intangible_investment"):
        assert observations.current(series, "330000").filter(breakdown="").count() == 1
    shares = observations.current("quality_competitive_share", voice="own")
    assert {row.region for row in shares} == {"000000", "330000"}
    assert all(20 < float(row.value) < 70 for row in shares)
