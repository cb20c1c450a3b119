"""The shapes refuse what cannot be: each rule of each constructor, one at a time."""

from __future__ import annotations

import copy

import pytest

from tests.formats import examples
from tests.formats.test_schemas import example
from zhiheng.errors import BadInput, UnknownCode
from zhiheng.formats import units
from zhiheng.formats.shapes import DrawCertificate, FigureBundle, LedgerEntry, ResultRecord, verdict


def changed(value: dict, path: tuple, new: object) -> dict:
    value = copy.deepcopy(value)
    place = value
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = new
    return value


@pytest.mark.parametrize(
    ("value", "limit", "kind", "rule", "uncertainty", "expected"),
    [
        ("1.00", "1.00", "upper", "simple-acceptance", None, "pass"),
        ("1.01", "1.00", "upper", "simple-acceptance", None, "fail"),
        ("1.00", "1.00", "lower", "simple-acceptance", "0.5", "pass"),
        ("0.99", "1.00", "lower", "simple-acceptance", None, "fail"),
        ("0.90", "1.00", "upper", "guarded-acceptance", "0.10", "pass"),
        ("0.91", "1.00", "upper", "guarded-acceptance", "0.10", "fail"),
        ("1.10", "1.00", "lower", "guarded-acceptance", "0.10", "pass"),
        ("1.09", "1.00", "lower", "guarded-acceptance", "0.10", "fail"),
        ("1.10", "1.00", "upper", "guarded-rejection", "0.10", "pass"),
        ("1.11", "1.00", "upper", "guarded-rejection", "0.10", "fail"),
        ("0.1", "0.30", "upper", "guarded-acceptance", "0.2", "pass"),
    ],
)
def test_a_decision_rule_gives_one_verdict_exactly(value, limit, kind, rule, uncertainty, expected):
    assert verdict(value, limit, kind, rule, uncertainty) == expected


@pytest.mark.parametrize(
    ("field", "wrong", "said"),
    [
        ("unit", "", "has no unit"),
        ("unit", None, "has no unit"),
        ("unit", "ppm?", "not known"),
        ("value", 0.124, "decimal"),
        ("value", "1e3", "decimal"),
        ("value", "", "decimal"),
        ("value", "NaN", "decimal"),
        ("value", "０.5", "decimal"),
        ("verdict", "pass", "gives fail"),
        ("uncertainty", None, "needs one"),
        ("uncertainty", "-0.1", "negative"),
        ("limit_kind", "middle", "limit_kind"),
        ("decision_rule", "goodwill", "decision_rule"),
        ("basis", "judgement", "any other has none"),
        ("probability", None, "inclusion probability"),
        ("probability", [0, 20], "probability"),
        ("probability", [21, 20], "more than 1"),
        ("probability", [8], "pair"),
        ("purpose", "curiosity", "purpose"),
        ("reported_on", "2024-13-01", "date"),
        ("reported_on", "20240301", "date"),
        ("lab", " ", "lab"),
        ("type", "zhiheng/result-record/2", "type"),
    ],
)
def test_a_result_that_cannot_be_is_refused(field, wrong, said):
    with pytest.raises(BadInput, match=said) as refusal:
        ResultRecord.from_dict({**examples.result_record(), field: wrong})

    assert refusal.value.remedy


def test_an_unknown_unit_names_the_nearest_known_ones():
    with pytest.raises(UnknownCode, match="mg/m³"):
        units.get("mg/m3")


def test_a_broken_chain_of_custody_is_refused():
    record = changed(examples.result_record(), ("custody", 1, "giver"), "SOMEONE")

    with pytest.raises(BadInput, match="custody"):
        ResultRecord.from_dict(record)


@pytest.mark.parametrize("shape", [ResultRecord, DrawCertificate, LedgerEntry, FigureBundle])
@pytest.mark.parametrize("value", [None, [], "x", {}, {"strange": 1}])
def test_what_is_no_such_shape_is_refused(shape, value):
    with pytest.raises(BadInput):
        shape.from_dict(value)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("strata", 0, "probability"), [1, 2]),
        (("strata", 0, "sample"), 11),
        (("strata", 0, "population"), 0),
        (("selected", 0, "inspectors"), ["ZJ-001", "ZJ-001"]),
        (("selected", 0, "inspectors"), ["ZJ-001"]),
        (("selected", 0, "order"), 0),
        (("announcement", "n"), 23),
        (("announcement", "commitment"), "0" * 64),
        (("announcement", "frame_size"), 61),
        (("frame", "size"), 61),
        (("beacon", "ref"), "1001"),
        (("beacon", "value"), "xyz"),
        (("secret",), "00" * 31),
        (("region",), "33"),
        (("period",), "2024Q5"),
        (("pairing", "cap"), 0),
        (("pairing", "inspectors", 0, "office"), ""),
        (("reserves", 0, "unit"), "REPLACED-BY-A-SELECTED-ONE"),
    ],
)
def test_a_certificate_that_contradicts_itself_is_refused(path, wrong):
    certificate = example("draw_certificate")
    if wrong == "REPLACED-BY-A-SELECTED-ONE":
        wrong = certificate["selected"][0]["unit"]

    with pytest.raises(BadInput):
        DrawCertificate.from_dict(changed(certificate, path, wrong))


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("figure", "estimate"), "1.2"),
        (("figure", "estimate"), "0.1"),
        (("figure", "estimate"), 0.75),
        (("figure", "status"), "suppressed"),
        (("figure", "n"), 0),
        (("figure", "n"), 25),
        (("figure", "population"), 10),
        (("method", "id"), "naive"),
        (("method", "confidence"), "1"),
        (("size_rule", "firm"), 4),
        (("strata", 0, "respondents"), 99),
        (("strata", 1, "stratum"), "A"),
        (("cells", 0, "division"), "99"),
        (("rows", 0, "stratum"), "Z"),
        (("rows", 0, "verdict"), None),
        (("rows", 3, "verdict"), "pass"),
        (("rows", 0, "weight"), [1, 0]),
        (("outputs", 0, "output"), "-1"),
        (("draws", 0, "serial"), "another"),
        (("target", "value"), 94),
    ],
)
def test_a_figure_that_contradicts_itself_is_refused(path, wrong):
    body = example("figure_bundle")["body"]

    with pytest.raises(BadInput):
        FigureBundle.from_dict(changed(body, path, wrong))


def test_a_unit_twice_in_the_rows_is_refused():
    body = example("figure_bundle")["body"]
    body["rows"].append(body["rows"][0])

    with pytest.raises(BadInput, match="twice"):
        FigureBundle.from_dict(body)


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("statement", "at"), "2024-02-01 01:00"),
        (("statement", "at"), "2024-02-01T01:00:00"),
        (("statement", "verb"), "done"),
        (("statement", "visibility"), "secret"),
        (("statement", "actor"), {"key": "k", "role": "r", "region": "330000", "name": "n"}),
        (("statement", "subjects"), [["draw"]]),
        (("statement", "subjects"), [["Draw", "x"]]),
        (("statement", "seq"), 0),
        (("statement", "previous"), "0"),
        (("statement", "type"), "other"),
        (("hash",), ""),
    ],
)
def test_an_entry_that_cannot_be_is_refused(path, wrong):
    with pytest.raises(BadInput):
        LedgerEntry.from_dict(changed(example("ledger_entry"), path, wrong))


def test_every_unit_has_its_names_and_its_source():
    assert len(units.all()) >= 60
    assert all(
        unit.zh and unit.en and unit.quantity and unit.source and unit.confidence
        for unit in units.all().values()
    )
