"""Published series keep their numbers, their grade of evidence and their warnings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhiheng.errors import UnknownCode
from zhiheng.reference import indicators


def national(id: str) -> dict[str, Decimal]:
    found = indicators.observations(id, geo_code=indicators.NATION, breakdown="")
    return {seen.period: seen.value for seen in found}


def test_the_pass_rate_is_the_published_one():
    assert national("mfg_product_pass_rate") == {
        "2017": Decimal("93.71"),
        "2020": Decimal("93.39"),
        "2022": Decimal("93.29"),
        "2023": Decimal("93.65"),
        "2024": Decimal("93.93"),
    }


def test_every_observation_names_a_described_series_its_basis_evidence_and_page():
    total = 0
    for series in indicators.all():
        for seen in indicators.observations(series.id):
            total += 1
            assert seen.basis.startswith(("published", "derived"))
            assert seen.evidence in ("A", "B", "C")
            assert seen.source_title and seen.source_date
            assert (seen.value is None) == (seen.unit == "grade")
    assert total == 296


def test_a_printed_failure_rate_is_its_count_to_the_printed_decimals():
    checked = 0
    for series in indicators.all():
        for seen in indicators.observations(series.id):
            if seen.n_total and seen.n_fail and series.direction == "lower":
                rate = Decimal(100 * seen.n_fail) / Decimal(seen.n_total)
                assert round(rate, -seen.value.as_tuple().exponent) == seen.value, seen
                checked += 1
    assert checked >= 5


def test_every_series_warns_of_what_it_is_not():
    for series in indicators.all():
        assert series.definition_zh and series.definition_en
        assert series.warning_zh and series.warning_en


def test_the_food_name_fits_two_series_of_different_purpose():
    found = indicators.ambiguity("food_sampling_pass_rate")
    purposes = {indicators.series(id).purpose for id in found.candidates}

    assert purposes == {"enforcement", "evaluation"}
    assert found.reason_zh and found.reason_en
    assert indicators.ambiguity("mfg_product_pass_rate") is None


def test_an_unknown_series_is_refused_with_the_known_ones():
    with pytest.raises(UnknownCode, match="mfg_product_pass_rate"):
        indicators.observations("pass_rate")
