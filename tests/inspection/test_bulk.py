"""A whole draw recorded at once is the same as row by row: all or none, exactly once, one entry."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused, UnknownCode
from zhiheng.ledger import evidence
from zhiheng.stages.inspection import actions, notices, rules
from zhiheng.stages.inspection.models import Batch, Case, Clock, Result, Sample, Visit
from zhiheng.stages.inspection.rules import sampling

from .conftest import LAB, REPORTED, VISITED

PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def findings(visits):
    rows = [(visits[0].selection.unit_code, rules.Finding("refused", VISITED))]
    rows.append((visits[1].selection.unit_code, rules.Finding("closed", VISITED)))
    for number, visit in enumerate(visits[2:]):
        found = rules.Finding("sampled", VISITED, "kettle", f"B-{number:03d}", LAB)
        rows.append((visit.selection.unit_code, found))
    return rows


def measurement(seal="B-000", value="0.05", **changes):
    said = {
        "item": "lead",
        "method": "GB 4806.9-2023",
        "unit": "mg/kg",
        "limit": "0.10",
        "limit_kind": "upper",
        "reported_on": REPORTED,
        "lab": LAB,
    }
    return rules.Measurement(seal_no=seal, value=value, **{**said, **changes})


@pytest.fixture
def recorded(province, revealed, visits):
    actions.record_visits_bulk(by=province.officer, draw=revealed, rows=findings(visits))
    return revealed


def test_a_batch_of_visits_leaves_one_entry_with_the_hash_of_its_rows(recorded, visits):
    entry = ledger.timeline("draw", recorded.serial)[0]

    states = list(
        Visit.objects.order_by("selection__stratum", "selection__order").values_list("state", flat=True)
    )
    assert states == ["refused", "closed"] + ["sealed"] * 8
    assert Sample.objects.count() == 8
    assert (entry.verb, entry.detail["refused"], entry.detail["row_count"]) == ("visit.batch_recorded", 1, 10)
    assert evidence.read(entry.detail["rows_sha256"]).count(b"\n") == 10


def test_a_batch_of_results_opens_cases_with_clocks_for_the_failing_ones(province, recorded):
    rows = [measurement(f"B-{n:03d}", "0.50" if n < 2 else "0.05") for n in range(8)]

    actions.record_results_bulk(by=province.officer, draw=recorded, rows=rows)

    assert Visit.objects.filter(verdict="pass").count() == 6
    assert (
        Case.objects.filter(state="notified").count() == Clock.objects.filter(status="running").count() == 2
    )
    entry = ledger.timeline("draw", recorded.serial)[0]
    assert (entry.detail["pass"], entry.detail["fail"]) == (6, 2)
    case = Case.objects.first()
    results = list(Result.objects.filter(sample__visit=case.visit))
    again = notices.compose(
        case, results=results, serial=recorded.serial, unit=case.visit.selection.unit_code
    )
    assert notices.digest(again) == case.notice_sha


def test_the_notices_of_a_batch_are_one_file_with_a_line_each(province, recorded):
    rows = [measurement(f"B-{n:03d}", "0.50" if n < 3 else "0.05") for n in range(8)]

    actions.record_results_bulk(by=province.officer, draw=recorded, rows=rows)

    held = list(Case.objects.order_by("notice_line"))
    assert [case.notice_line for case in held] == [1, 2, 3]
    assert len({case.notice_file for case in held}) == 1
    for case in held:
        notice = notices.read(case)
        assert (notice["case"], notice["unit"]) == (str(case.pk), case.visit.selection.unit_code)
    entry = ledger.timeline("draw", recorded.serial)[0]
    assert entry.detail["notices_sha256"] == held[0].notice_file


def test_bulk_and_single_give_the_same_rows(province, recorded, report):
    single = report(Sample.objects.get(seal_no="B-000"), value="0.50")
    actions.record_results_bulk(by=province.officer, draw=recorded, rows=[measurement("B-001", "0.50")])
    bulk = Result.objects.exclude(pk=single.pk).get()

    own = {"id", "sample", "probability_num", "probability_den", "reported_on"}
    for field in (field for field in Result._meta.concrete_fields if field.name not in own):
        assert getattr(bulk, field.attname) == getattr(single, field.attname), field.name
    one, other = Case.objects.order_by("opened_at", "id")
    assert (one.state, one.served_on, one.opened_on) == (other.state, other.served_on, other.opened_on)
    assert one.clocks.get().proof == other.clocks.get().proof


def test_the_same_batches_again_change_nothing(province, recorded, visits):
    rows = [measurement("B-000", "0.50")]
    first = actions.record_results_bulk(by=province.officer, draw=recorded, rows=rows)

    again = actions.record_results_bulk(by=province.officer, draw=recorded, rows=rows)
    actions.record_visits_bulk(by=province.officer, draw=recorded, rows=findings(visits))

    assert first.pk == again.pk
    assert (Batch.objects.count(), Result.objects.count(), Case.objects.count()) == (2, 1, 1)


@pytest.mark.parametrize(
    ("bad", "kind", "code"),
    [
        (measurement("B-999"), RuleRefused, "no-such-sample"),
        (measurement("B-001", unit=""), BadInput, "bad-shape"),
        (measurement("B-001", unit="furlong"), UnknownCode, "unknown-unit"),
        (measurement("B-001", lab="LAB-02"), RuleRefused, "other-lab"),
        (measurement("B-000"), BadInput, "item-twice"),
        (measurement("B-001", reported_on=date(2025, 3, 1)), BadInput, "report-day"),
    ],
)
def test_one_bad_result_refuses_the_whole_batch(province, recorded, bad, kind, code):
    with pytest.raises(kind) as refused:
        actions.record_results_bulk(by=province.officer, draw=recorded, rows=[measurement("B-000"), bad])

    assert refused.value.code == code
    assert not Result.objects.exists()
    assert not Visit.objects.exclude(verdict="").exists()


def test_a_sample_that_was_reported_cannot_be_reported_in_another_batch(province, recorded):
    actions.record_results_bulk(by=province.officer, draw=recorded, rows=[measurement("B-000")])

    with pytest.raises(Conflict) as refused:
        actions.record_results_bulk(by=province.officer, draw=recorded, rows=[measurement("B-000", "0.06")])

    assert refused.value.code == "sample-complete"


def test_a_batch_opens_a_case_with_the_parties_that_a_single_result_names(province, recorded, report):
    for seal in ("B-000", "B-001"):
        described = sampling.Described(
            producer_name="演示制造厂", producer_code="91320500MA1000001X", producer_region="320500"
        )
        sample = Sample.objects.get(seal_no=seal)
        actions.describe_sample(by=province.officer, sample=sample, described=described)
        order = sampling.Paper("order.png", PICTURE, "order")
        bought = sampling.Bought(Decimal("19.90"), VISITED, "演示平台", "", "shop", order)
        actions.record_purchase(by=province.officer, sample=sample, bought=bought)
    report(Sample.objects.get(seal_no="B-000"), value="0.50")
    actions.record_results_bulk(by=province.officer, draw=recorded, rows=[measurement("B-001", "0.50")])

    one, other = Case.objects.order_by("visit__sample__seal_no")
    named = [
        list(case.parties.values_list("role", "name", "code", "region", "stand")) for case in (one, other)
    ]
    assert named[0] == named[1] and [row[0] for row in named[0]] == ["platform", "producer"]
    clocks = [
        list(case.clocks.order_by("rule").values_list("rule", "due_on", "status", "party"))
        for case in (one, other)
    ]
    assert clocks[0] == clocks[1] != []
    assert one.contestable_until is other.contestable_until is None, "the producer was not served yet"
    assert (one.state, one.served_on, one.moved_on) == (other.state, other.served_on, other.moved_on)


def test_a_refused_sample_is_told_as_refused_and_not_as_reported(province, recorded, person, report):
    sample = Sample.objects.get(seal_no="B-000")
    broken = sampling.Receipt(is_seal_intact=False)
    actions.refuse_sample(by=person("lab", "330000", LAB), sample=sample, ground="seal", receipt=broken)

    for act in (
        lambda: actions.record_results_bulk(by=province.officer, draw=recorded, rows=[measurement("B-000")]),
        lambda: report(sample),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "sample-returned"
        assert "B-000" in str(refused.value.cause)


def test_a_batch_adds_to_what_was_reported_one_by_one(province, recorded, report):
    first = report(Sample.objects.get(seal_no="B-000"), item="zinc", value="0.50", is_complete=False)

    actions.record_results_bulk(
        by=province.officer,
        draw=recorded,
        rows=[measurement("B-000"), measurement("B-000", "0.50", item="zinc")],
    )

    assert Result.objects.count() == 2 and Result.objects.filter(pk=first.pk).exists()
    assert Visit.objects.get(sample__seal_no="B-000").verdict == "fail"
    assert [one["item"] for one in notices.read(Case.objects.get())["results"]] == ["zinc"]


def test_a_batch_does_not_contradict_what_was_reported_one_by_one(province, recorded, report):
    report(Sample.objects.get(seal_no="B-000"), value="0.05", is_complete=False)

    with pytest.raises(Conflict) as refused:
        actions.record_results_bulk(by=province.officer, draw=recorded, rows=[measurement("B-000", "0.06")])

    assert refused.value.code == "result-recorded" and Result.objects.count() == 1


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (("X1330106000009999A", rules.Finding("refused", VISITED)), "no-such-visit"),
        (None, "unit-twice"),
        ("seal", "seal-taken"),
    ],
)
def test_one_bad_finding_refuses_the_whole_batch(province, revealed, visits, extra, code):
    rows = findings(visits)[:-1]
    if extra is None:
        rows.append(rows[0])
    elif extra == "seal":
        unit = visits[-1].selection.unit_code
        rows.append((unit, rules.Finding("sampled", VISITED, "kettle", "B-000", LAB)))
    else:
        rows.append(extra)

    with pytest.raises((BadInput, Conflict)) as refused:
        actions.record_visits_bulk(by=province.officer, draw=revealed, rows=rows)

    assert refused.value.code == code
    assert not Visit.objects.exclude(state="assigned").exists() and not Sample.objects.exists()


def test_nobody_outside_the_region_hands_in_a_batch(recorded, person):
    stranger = person("officer", "320000")

    with pytest.raises(NotAllowed):
        actions.record_visits_bulk(by=stranger, draw=recorded, rows=[])
    with pytest.raises(NotAllowed):
        actions.record_results_bulk(by=stranger, draw=recorded, rows=[measurement()])
