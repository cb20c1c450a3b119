"""A country enters the register as columns: all rows or none, with one entry."""

from __future__ import annotations

import numpy as np
import pytest

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed
from zhiheng.formats import identifiers
from zhiheng.ledger.models import Entry
from zhiheng.stages.registry import actions
from zhiheng.stages.registry.models import Subject

pytestmark = pytest.mark.django_db


def columns(size: int = 300, **changes):
    regions = np.array(["330106", "330102", "330206"])[np.arange(size) % 3]
    return {
        "code": identifiers.demo_uscc_array(np.arange(size), regions),
        "name": np.array([f"示例企业{n}" for n in range(size)]),
        "region": regions,
        "division": np.array(["34", "13", "42"])[np.arange(size) % 3],
        "size": np.array(["small"] * size),
        "channel": np.array(["factory", "shop"])[np.arange(size) % 2],
        "risk_class": np.array(["A", "B", "C", "D"])[np.arange(size) % 4],
        "output_value": np.arange(size) * 1.25,
    } | changes


def test_columns_enter_with_one_entry(system):
    outcome = actions.import_subjects_bulk(by=system, region="330000", columns=columns(), source="示例")

    assert (outcome.created, Subject.objects.count(), Entry.objects.count()) == (300, 300, 1)
    rows = ledger.evidence.read(outcome.entry.detail["rows_sha256"]).decode().splitlines()
    assert len(rows) == 300
    amounts = {row.split("\t")[0]: row.split("\t")[-1] for row in rows}
    assert amounts[identifiers.demo_uscc(2, "330206")] == "2.50"
    assert rows == sorted(rows)


def test_rows_entered_in_bulk_are_rows_like_any_other(system):
    actions.import_subjects_bulk(by=system, region="330000", columns=columns(), source="示例")

    subject = Subject.objects.get(code=identifiers.demo_uscc(5, "330206"))
    subject.full_clean()
    assert (str(subject.output_value), subject.risk_class, subject.credit_class) == ("6.25", "B", "")
    assert subject.is_active
    assert subject.recorded_at.isoformat() == "2026-03-02T01:00:00+00:00"
    assert Subject.objects.get(pk=subject.pk) == subject


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"region": np.array(["440103"] * 300)}, "region-outside"),
        ({"division": np.array(["99"] * 300)}, "division-unknown"),
        ({"risk_class": np.array(["E"] * 300)}, "not-a-choice"),
        ({"output_value": np.full(300, np.nan)}, "output-value"),
        ({"output_value": np.full(300, -1.0)}, "output-value"),
        ({"name": np.array(["a\tb"] * 300)}, "not-a-name"),
        ({"name": np.array(["a\nb"] * 300)}, "not-a-name"),
        ({"code": np.array(["91140110B0681219X5"] * 300)}, "code-real-in-demo"),
        ({"name": np.array(["短"])}, "columns"),
    ],
)
def test_wrong_columns_are_refused_whole(system, changes, rule):
    with pytest.raises(BadInput) as refusal:
        actions.import_subjects_bulk(by=system, region="330000", columns=columns(**changes), source="示例")

    assert refusal.value.code == rule
    assert Subject.objects.count() == 0


def test_a_second_filling_is_refused_and_leaves_nothing(system):
    actions.import_subjects_bulk(by=system, region="330000", columns=columns(10), source="示例")

    with pytest.raises(Conflict):
        actions.import_subjects_bulk(by=system, region="330000", columns=columns(20), source="示例")

    assert (Subject.objects.count(), Entry.objects.count()) == (10, 1)


def test_a_county_cannot_fill_a_province(officer):
    with pytest.raises(NotAllowed):
        actions.import_subjects_bulk(by=officer, region="330000", columns=columns(), source="示例")
