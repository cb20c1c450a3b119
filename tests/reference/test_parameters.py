"""Parameters are as printed, dated and sourced; house rules say that they are ours."""

from __future__ import annotations

from fractions import Fraction

import pytest

from zhiheng.errors import UnknownCode
from zhiheng.reference import parameters


def test_the_printed_shares_are_kept_as_printed():
    assert dict(parameters.value("firm_share_by_size")) == {"large": 1.9, "medium": 5.2, "small": 93.0}
    assert dict(parameters.value("failure_by_size")) == {"large": 0.8, "medium": 2.2, "small": 13.2}


def test_shares_of_a_whole_sum_to_one():
    for found in parameters.all():
        if found.of_whole:
            assert sum(parameters.shares(found.id).values()) == pytest.approx(1, abs=1e-12)


def test_rates_are_not_taken_for_shares():
    with pytest.raises(UnknownCode, match="not a division of a whole"):
        parameters.shares("failure_by_size")


def test_default_fractions_are_exact_and_grow_with_the_risk_class():
    found = parameters.sampling_fractions()

    assert found["A"] == Fraction(1, 25)
    assert 0 < found["A"] < found["B"] < found["C"] < found["D"] <= 1


def test_house_rules_are_marked():
    own = {found.id for found in parameters.all() if found.is_house_rule}

    assert own == {
        "size_rule",
        "assumed_design_effect",
        "attainment_bounds",
        "sampling_fraction",
        "minimum_per_stratum",
        "linkage_months",
        "monitor_substitutions",
        "monitor_alpha",
        "assignment_release_days",
        "draw_lead_minutes",
    }


def test_a_value_cannot_be_changed_by_its_reader():
    with pytest.raises(TypeError):
        parameters.value("size_rule")["suppress_below"] = 1


def test_an_unknown_parameter_is_refused():
    with pytest.raises(UnknownCode, match="size_rule"):
        parameters.get("sise_rule")
