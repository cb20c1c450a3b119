"""Every rule of the register has a row that passes and a row that does not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pytest

from zhiheng.formats import identifiers
from zhiheng.stages.registry import rules

REAL = "91140110B0681219X5"
DEMO = identifiers.demo_uscc(7, "330106")
TODAY = dt.date(2026, 3, 2)


def row(**changes):
    return {
        "code": REAL,
        "name": "晋阳机械厂",
        "region": "330106",
        "division": "34",
        "size": "small",
        "channel": "factory",
        "output_value": Decimal("120.50"),
    } | changes


def found(faults):
    return [(fault.field, fault.rule) for fault in faults]


def test_a_right_row_may_enter():
    assert rules.subject_faults(row(), demo=False) == []
    assert rules.subject_faults(row(code=DEMO), demo=True) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": ""}, ("code", "required")),
        ({"code": REAL[:17]}, ("code", "code-length")),
        ({"code": REAL[:17] + "6"}, ("code", "code-check")),
        ({"code": "9114O110B0681219X5"}, ("code", "code-characters")),
        ({"code": REAL.lower()}, ("code", "code-characters")),
        ({"code": DEMO}, ("code", "code-invented")),
        ({"name": "  "}, ("name", "required")),
        ({"name": "厂" * 121}, ("name", "too-long")),
        ({"name": "甬江\n机械厂"}, ("name", "not-plain")),
        ({"region": ""}, ("region", "required")),
        ({"region": "339999"}, ("region", "region-unknown")),
        ({"region": "330000"}, ("region", "region-level")),
        ({"region": "110100"}, ("region", "region-placeholder")),
        ({"division": "99"}, ("division", "division-unknown")),
        ({"division": "6"}, ("division", "division-unknown")),
        ({"size": "tiny"}, ("size", "not-a-choice")),
        ({"channel": ""}, ("channel", "required")),
        ({"risk_class": "E"}, ("risk_class", "not-a-choice")),
        ({"output_value": Decimal(-1)}, ("output_value", "output-value")),
        ({"output_value": Decimal("NaN")}, ("output_value", "output-value")),
        ({"output_value": 1.5}, ("output_value", "output-value")),
        ({"output_value": Decimal(10) ** 14}, ("output_value", "output-value")),
    ],
)
def test_a_wrong_field_is_named(changes, expected):
    assert found(rules.subject_faults(row(**changes), demo=False)) == [expected]


def test_a_real_code_stays_out_of_a_demonstration():
    assert found(rules.subject_faults(row(), demo=True)) == [("code", "code-real-in-demo")]


def test_all_faults_of_a_row_are_told_at_once():
    faults = rules.subject_faults(row(code="1", region="000000", division="00"), demo=False)

    assert {fault.field for fault in faults} == {"code", "region", "division"}


def test_the_expected_check_character_is_told():
    (fault,) = rules.code_faults(REAL[:17] + "6", demo=False)

    assert dict(fault.facts) == {"expected": "5", "given": "6"}


@pytest.mark.parametrize(
    ("gtin", "demo", "expected"),
    [
        ("", False, []),
        ("6901234567892", False, []),
        ("6901234567893", False, [("gtin", "gtin-check")]),
        ("69012345", False, [("gtin", "gtin-check")]),
        (identifiers.demo_gtin(3), False, [("gtin", "gtin-invented")]),
        (identifiers.demo_gtin(3), True, []),
    ],
)
def test_a_gtin_is_right_or_left_empty(gtin, demo, expected):
    product = {"subject": DEMO if demo else REAL, "name": "水壶", "division": "38", "gtin": gtin}

    assert found(rules.product_faults(product, demo=demo)) == expected


def test_an_inspector_may_serve_a_province_but_not_a_placeholder():
    inspector = {"code": "ZJ-001", "name": "周正", "unit": "省局", "region": "330000", "fields": ["34"]}

    assert rules.inspector_faults(inspector, demo=False) == []
    assert found(rules.inspector_faults(inspector | {"region": "310100"}, demo=False)) == [
        ("region", "region-placeholder")
    ]
    assert found(rules.inspector_faults(inspector | {"conflicts": ["X"]}, demo=False)) == [
        ("conflicts", "code-length")
    ]


def test_a_repeat_points_to_the_first():
    assert rules.repeated(["a", "", "b", "a", "", "b", "a"]) == {3: 0, 5: 2, 6: 0}


def test_codes_in_bulk_are_refused_exactly_as_one_by_one():
    codes = [
        REAL,
        DEMO,
        REAL[:17] + "6",
        REAL[:10],
        REAL + "5",
        "9114O110B0681219X5",
        "厂" * 18,
        "",
        REAL.lower(),
    ]

    for demo in (False, True):
        one_by_one = [place for place, code in enumerate(codes) if rules.code_faults(code, demo=demo)]
        assert rules.wrong_codes(np.array(codes), demo=demo).tolist() == one_by_one


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], "000000"),
        (["330106"], "330106"),
        (["330106", "330102"], "330100"),
        (["330106", "330206"], "330000"),
    ],
)
def test_the_common_region_is_the_smallest_that_holds_all(codes, expected):
    assert rules.common_region(codes) == expected


def test_a_frame_holds_the_29_covered_divisions():
    covered = rules.covered_divisions()

    assert len(covered) == 29
    assert {"42", "43"}.isdisjoint(covered)


@pytest.mark.parametrize(
    ("region", "day", "purpose", "expected"),
    [
        ("330000", TODAY, "季度抽查", []),
        ("330000", TODAY + dt.timedelta(1), "季度抽查", [("as_of", "not-today")]),
        ("33", TODAY, "季度抽查", [("region", "region-unknown")]),
        ("330000", TODAY, " ", [("purpose", "required")]),
        ("330000", TODAY, "长" * 81, [("purpose", "too-long")]),
    ],
)
def test_a_frame_needs_a_region_today_and_a_purpose(region, day, purpose, expected):
    assert found(rules.frame_faults(region, day, purpose, today=TODAY)) == expected


@pytest.mark.parametrize(
    ("kind", "value", "reason", "day", "expected"),
    [
        ("risk_class", "C", "抽查不合格", TODAY, []),
        ("colour", "C", "抽查不合格", TODAY, [("kind", "not-a-choice")]),
        ("risk_class", "E", "抽查不合格", TODAY, [("value", "not-a-choice")]),
        ("risk_class", "C", "", TODAY, [("reason", "required")]),
        ("risk_class", "C", "抽查不合格", TODAY + dt.timedelta(1), [("valid_from", "day-to-come")]),
    ],
)
def test_a_standing_needs_a_class_a_reason_and_a_day_that_came(kind, value, reason, day, expected):
    assert found(rules.standing_faults(kind, value, reason, day, today=TODAY)) == expected


def test_the_definition_of_a_frame_is_said_in_both_languages():
    chinese, english = rules.frame_definition("330000").split("\n")

    assert "浙江省" in chinese
    assert "Zhejiang" in english
