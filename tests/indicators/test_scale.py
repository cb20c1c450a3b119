"""Numbers that cannot be are refused where they come in: on forms, in lists, by actions and releases."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.indicators.conftest import BY, moment
from tests.indicators.test_index_pages import faults, rows, sheet
from tests.indicators.test_number_pages import send
from tests.indicators.test_observations import QUARTER, RATE, another
from tests.indicators.test_samples import outline, prepared  # noqa: F401
from zhiheng.errors import BadInput, RuleRefused
from zhiheng.people import clock
from zhiheng.reference import indicators
from zhiheng.stages.indicators import actions, loading
from zhiheng.stages.indicators.models import Observation
from zhiheng.stages.indicators.rules import recording
from zhiheng.stages.plan import actions as plan_actions
from zhiheng.stages.plan import queries as plan

INDEX = "mfg_quality_competitiveness_index"


def of(series, value="1", **changes):
    known = plan.series(series)
    kind = {"unit": known.unit, "basis": known.basis, "purpose": known.purpose}
    return another(series=series, value=Decimal(value), said=value, **kind, **changes)


def define(id, unit="%", **said):
    words = {"zh": id, "en": id, "definition": "甲", "definition_en": "a", "direction": "higher"}
    return plan_actions.define_series(
        by=BY, id=id, unit=unit, basis="survey", purpose="evaluation", **words, **said
    )


@pytest.mark.parametrize(
    ("series", "value"),
    [
        (RATE, "193"),
        (RATE, "100.01"),
        (RATE, "-5"),
        (RATE, "-0.01"),
        (INDEX, "-40"),
        (INDEX, "59.9"),
        (INDEX, "100.5"),
        ("public_service_quality_satisfaction", "101"),
        ("mfg_output", "-1"),
        ("quality_talent", "-3"),
    ],
)
def test_a_number_off_the_scale_of_its_series_or_unit_is_refused(outline, series, value):  # noqa: F811
    with pytest.raises(BadInput) as refused:
        actions.record(by=BY, rows=[of(series, value)])

    assert refused.value.code == "observation-scale"
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("series", "value"),
    [
        (RATE, "0"),
        (RATE, "100"),
        (INDEX, "60"),
        (INDEX, "100"),
        ("mfg_output", "400000"),
        ("mfg_output", "0"),
    ],
)
def test_the_ends_of_a_scale_belong_to_it(outline, series, value):  # noqa: F811
    assert len(actions.record(by=BY, rows=[of(series, value)])) == 1


def test_a_bound_is_held_to_the_scale_too(outline):  # noqa: F811
    row = replace(QUARTER, value=None, said="", lower=Decimal(101), interval="bound")

    with pytest.raises(BadInput, match="101"):
        actions.record(by=BY, rows=[row])


def test_a_growth_rate_states_a_scale_of_its_own_and_may_be_negative(outline):  # noqa: F811
    define("growth", lower="-100")
    define("share")

    assert len(actions.record(by=BY, rows=[of("growth", "-3.5"), of("growth", "240", region="000000")])) == 2
    for series, value in (("growth", "-101"), ("share", "-3.5")):
        with pytest.raises(BadInput, match=value):
            actions.record(by=BY, rows=[of(series, value, period="2024")])


def test_the_width_of_a_sign_changes_no_scale_and_an_unknown_unit_has_none(outline):  # noqa: F811
    define("wide", "％")
    define("mille", "‰")
    define("points", "score")

    actions.record(by=BY, rows=[of("mille", "999"), of("points", "-12")])

    for series, value in (("wide", "101"), ("mille", "1001")):
        with pytest.raises(BadInput, match=value):
            actions.record(by=BY, rows=[of(series, value)])


def test_a_scale_that_is_none_is_refused_when_it_is_defined(outline):  # noqa: F811
    for code, ends in (("upper-below", ("100", "60")), ("lower-number", ("low", ""))):
        with pytest.raises(BadInput) as refused:
            define("spoiled", lower=ends[0], upper=ends[1])

        assert refused.value.code == f"series-{code}"


@pytest.mark.parametrize(
    "period", ["2090", "2025Q3", "2025-07", "20250603-20250630", "2026", "~2026", "~2026-R1"]
)
def test_a_period_that_has_not_begun_is_refused(outline, period):  # noqa: F811
    with pytest.raises(RuleRefused) as refused:
        actions.record(by=BY, rows=[another(period=period)])

    assert refused.value.code == "period-not-begun"


@pytest.mark.parametrize("period", ["2025", "2025Q2", "2025-06", "20250602-20250630"])
def test_a_period_that_runs_may_have_a_preliminary_number(outline, period):  # noqa: F811
    assert len(actions.record(by=BY, rows=[another(period=period, status="preliminary")])) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"breakdown": "division=99"}, "observation-member"),
        ({"breakdown": "channel=street"}, "observation-member"),
        ({"breakdown": "division=13;size=huge"}, "observation-member"),
        ({"breakdown": "colour=red"}, "observation-dimension"),
        ({"region": "999999"}, "observation-region"),
        ({"region": "ZZZZ"}, "observation-region"),
        ({"n": 0}, "observation-of-none"),
    ],
)
def test_a_place_a_part_or_a_sample_that_is_none_is_refused(outline, changes, code):  # noqa: F811
    with pytest.raises(BadInput) as refused:
        actions.record(by=BY, rows=[another(**changes)])

    assert refused.value.code == code


def test_the_form_says_what_cannot_be_beside_its_field(client, outline, person):  # noqa: F811
    client.force_login(person("statistician", "000000"))
    said = {"series": RATE, "region": "330000", "period": "2024", "said": "12", "status": "final"}
    said |= {"source": "a notice", "evidence": "A"}

    for changes in ({"said": "193"}, {"period": "2031"}, {"breakdown": "division=99"}, {"n": "0"}):
        answer = send(client, "indicators:new_number", **{**said, **changes})
        assert answer.status_code == 200
        assert list(answer.context["form"].errors) == list(changes)

    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [(4, "193", "超出该序列的取值范围"), (4, "-5", "超出该序列的取值范围"), (2, "2031", "期间2031尚未开始")],
)
def test_a_list_names_the_row_of_what_cannot_be(office, person, client, column, value, said):
    listed = rows()
    listed[0][column] = value

    assert said in faults(person("statistician", "000000"), sheet(listed), client)


def test_a_sample_of_a_period_that_has_not_begun_is_not_released(outline, person):  # noqa: F811
    with pytest.raises(RuleRefused) as refused:
        prepared(person(), period="2031Q1")

    assert refused.value.code == "period-not-begun"


def test_a_draw_of_a_period_that_has_not_begun_gives_no_figure(office, inspected, person):
    inspected("2026Q1")

    with pytest.raises(RuleRefused) as refused:
        actions.release(by=person(), series=office.series, region="330000", periods=["2026Q1"])

    assert refused.value.code == "period-not-begun"


def test_every_published_number_of_the_reference_keeps_these_rules(outline):  # noqa: F811
    known = {row.period for row in loading.published(clock.now())}

    recording.check_scale(loading.published(clock.now()), plan.own_ranges(indicators._index()))
    for period in known:
        recording.check_begun(period, max(moment("2026-12-01T00:00:00").date(), clock.today()))
