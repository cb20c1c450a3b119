"""The bundle of any number: composed at any time, checked by all programs, one click from its page."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.indicators.conftest import BY, REGION, SERIES, moment
from tests.indicators.test_formulas import FOOD, PASSED, national, turned  # noqa: F401
from zhiheng.people import clock
from zhiheng.stages.indicators import actions, number_bundles, observations
from zhiheng.stages.indicators.models import Observation
from zhiheng.verification import observation


def bundle_of(row):
    return json.loads(number_bundles.compose(row))


def rows(series, **asked):
    return list(observations.current(series, **asked))


def states(report):
    return {step.name: "open" if not step.is_checked else step.ok for step in report.steps}


@pytest.fixture
def computed(turned, national):  # noqa: F811
    """The pass rate of food, turned round from the published failures."""
    actions.compute(by=national, formula=turned)
    return rows(PASSED)[0]


def test_a_computed_number_is_computed_again_from_its_bundle(computed):
    report = observation.check(bundle_of(computed))

    assert report.refusal == ""
    assert states(report) | {"log": ""} == {
        **dict.fromkeys(("shape", "digest", "ledger", "recorded", "formula", "inputs", "number"), True),
        "origins": "open",
        "log": "",
    }


def test_a_published_number_says_that_it_rests_on_its_source_alone(computed):
    report = observation.check(bundle_of(rows(FOOD)[0]))

    step = next(step for step in report.steps if step.name == "number")
    assert report.ok and not step.is_checked
    assert "rests on its source alone" in step.detail


def test_an_input_is_followed_to_its_own_bundle_where_it_lies_beside(computed, tmp_path):
    bundle = bundle_of(computed)
    for row in rows(FOOD):
        (tmp_path / number_bundles.name(row)).write_bytes(number_bundles.compose(row))

    report = observation.check(bundle, beside=tmp_path)

    assert states(report)["origins"] is True
