"""An observation is checked when built and comes back from JSON as it went."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.formats.shapes.observation import Observation, breakdown, members, overlapping
from zhiheng.verification import digests

AT = datetime(2025, 3, 1, 9, 0, tzinfo=UTC)
PUBLISHED = Observation(
    series="mfg_product_pass_rate",
    region="000000",
    period="2024",
    unit="%",
    basis="probability",
    purpose="evaluation",
    origin="published",
    recorded_at=AT,
    value=Decimal("93.93"),
    said="93.93",
    evidence="A",
    source="a yearly communique",
)
ESTIMATED = replace(
    PUBLISHED,
    origin="estimated",
    evidence="",
    source="",
    said="",
    breakdown="division=13",
    period="2024Q3",
    valid_from=None,
    valid_to=None,
    lower=Decimal("93.76"),
    upper=Decimal("94.10"),
    standard_error=Decimal("0.087"),
    interval="design",
    level="0.95",
    n=300,
    coverage=Decimal("0.98"),
    design_effect=Decimal("1.4"),
    inputs_sha="a" * 64,
)


@pytest.mark.parametrize("row", [PUBLISHED, ESTIMATED])
def test_a_row_comes_back_as_it_went(row):
    body = row.to_dict()

    again = Observation.from_dict(body)

    assert again == row
    assert again.to_dict() == body


def test_a_period_gives_its_days_and_a_label_keeps_them_unknown():
    label = replace(PUBLISHED, period="~2024-R1", valid_from=None, valid_to=None)

    assert (ESTIMATED.valid_from, ESTIMATED.valid_to) == (date(2024, 7, 1), date(2024, 9, 30))
    assert (label.valid_from, label.valid_to, label.is_labelled) == (None, None, True)


def test_one_number_has_one_text_and_so_one_digest():
    same = replace(PUBLISHED, value=Decimal("93.9300"))

    assert same.to_dict()["value"] == "93.93"
    assert digests.observation_sha(same) == digests.observation_sha(PUBLISHED)


def test_the_digest_of_a_set_of_inputs_knows_no_order():
    assert digests.inputs_sha([PUBLISHED, ESTIMATED]) == digests.inputs_sha([ESTIMATED, PUBLISHED])
    assert digests.inputs_sha([PUBLISHED]) != digests.inputs_sha([ESTIMATED])


@pytest.mark.parametrize(
    ("row", "change", "field"),
    [
        (PUBLISHED, {"series": "Mfg Rate"}, "series"),
        (PUBLISHED, {"region": "33"}, "region"),
        (PUBLISHED, {"period": "2024-13"}, "period"),
        (PUBLISHED, {"period": "~"}, "period"),
        (ESTIMATED, {"period": "~2024-R1", "valid_from": None, "valid_to": None}, "period"),
        (PUBLISHED, {"valid_from": date(2024, 2, 1)}, "valid_from"),
        (PUBLISHED, {"breakdown": "size=large;channel=shop"}, "breakdown"),
        (PUBLISHED, {"breakdown": "size=large;size=small"}, "breakdown"),
        (PUBLISHED, {"basis": "guess"}, "basis"),
        (PUBLISHED, {"purpose": "fame"}, "purpose"),
        (PUBLISHED, {"value": 93.93}, "value"),
        (PUBLISHED, {"value": Decimal("inf")}, "value"),
        (PUBLISHED, {"value": None, "said": ""}, "value"),
        (PUBLISHED, {"status": "suppressed"}, "value"),
        (PUBLISHED, {"flags": ("missing",), "value": None, "said": ""}, "value"),
        (PUBLISHED, {"source": " "}, "source"),
        (PUBLISHED, {"evidence": ""}, "source"),
        (PUBLISHED, {"lower": Decimal(93)}, "interval"),
        (PUBLISHED, {"interval": "bound", "lower": Decimal(93)}, "interval"),
        (PUBLISHED, {"recorded_at": datetime(2025, 3, 1)}, "recorded_at"),
        (PUBLISHED, {"revision": 1}, "reason"),
        (PUBLISHED, {"status": "revised"}, "status"),
        (PUBLISHED, {"flags": ("thin", "census")}, "flags"),
        (PUBLISHED, {"formula_sha": "abc"}, "formula_sha"),
        (PUBLISHED, {"origin": "computed"}, "formula_sha"),
        (ESTIMATED, {"inputs_sha": ""}, "inputs_sha"),
        (ESTIMATED, {"value": Decimal("95")}, "interval"),
        (ESTIMATED, {"level": "95"}, "level"),
        (ESTIMATED, {"standard_error": Decimal(-1)}, "standard_error"),
        (ESTIMATED, {"design_effect": Decimal(0)}, "design_effect"),
        (ESTIMATED, {"coverage": Decimal("1.1")}, "coverage"),
        (ESTIMATED, {"n": -1}, "n"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_its_field(row, change, field):
    with pytest.raises(BadInput) as refused:
        replace(row, **change)

    assert refused.value.facts["field"] == field


def test_a_bound_a_grade_and_a_missing_value_are_no_numbers():
    bound = replace(PUBLISHED, value=None, interval="bound", lower=Decimal(99))
    grade = replace(PUBLISHED, value=None, unit="grade", said="A")
    missing = replace(PUBLISHED, value=None, said="", flags=("missing",), note="nothing to divide by")

    assert [row.value for row in (bound, grade, missing)] == [None, None, None]


def test_the_json_form_is_closed():
    body = PUBLISHED.to_dict()

    with pytest.raises(BadInput, match="colour is not known"):
        Observation.from_dict({**body, "colour": "red"})
    with pytest.raises(BadInput, match="decimal number written as text"):
        Observation.from_dict({**body, "value": 93.93})


@given(
    st.dictionaries(
        st.sampled_from(["channel", "division", "size"]),
        st.text("abc123大型", min_size=1, max_size=8),
    )
)
def test_a_breakdown_reads_back_whatever_the_order(held):
    turned = dict(reversed(held.items()))

    assert members(breakdown(held)) == held
    assert breakdown(turned) == breakdown(held)


def test_periods_of_one_level_may_not_share_a_day_but_a_quarter_lies_in_its_year():
    def row(period, **more):
        return replace(ESTIMATED, period=period, valid_from=None, valid_to=None, **more)

    year, quarter, next_quarter = row("2024"), row("2024Q3"), row("2024Q4")
    spring, may = row("20240301-20240531"), row("20240501-20240630")

    assert overlapping([year, quarter, next_quarter]) is None
    assert overlapping([quarter, row("2024Q3", breakdown="division=17")]) is None
    assert overlapping([quarter, next_quarter, quarter]) == (quarter, quarter)
    assert overlapping([spring, may]) == (spring, may)
