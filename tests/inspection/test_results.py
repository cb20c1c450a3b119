"""A result stands on a sealed, assigned sample, with unit and verdict; corrected, never changed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused, UnknownCode
from zhiheng.proof import canonical
from zhiheng.stages.draw import queries as draws
from zhiheng.stages.inspection import actions, records
from zhiheng.stages.inspection.models import Case, Result, Visit

from .conftest import LAB, VISITED


def test_a_result_carries_what_is_needed_to_question_it(visits, sampled, report, revealed):
    result = report(sampled(visits[0]), value="0.08", uncertainty="0.01")

    visits[0].refresh_from_db()
    unit = visits[0].selection.unit_code
    assert (result.verdict, visits[0].state, visits[0].verdict) == ("pass", "passed", "pass")
    assert result.probability == draws.probability(revealed, unit) == Fraction(2, 20)
    assert (result.probability_num, result.probability_den) == (2, 20)
    assert (result.basis, result.purpose, result.lab) == ("probability", "evaluation", LAB)


def test_the_public_ledger_holds_the_digest_of_the_record_and_not_its_values(visits, sampled, report):
    result = report(sampled(visits[0]), value="0.08")

    entry = ledger.timeline("visit", str(visits[0].pk), public_only=True)[0]
    assert entry.detail == {"record_sha256": canonical.digest(records.of_result(result).to_dict())}


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"unit": ""}, BadInput, "bad-shape"),
        ({"unit": "furlong"}, UnknownCode, "unknown-unit"),
        ({"value": "0,12"}, BadInput, "comma"),
        ({"value": ""}, BadInput, "no-number"),
        ({"value": "NaN"}, BadInput, "no-number"),
        ({"limit": ""}, BadInput, "no-number"),
        ({"limit_kind": "both"}, BadInput, "bad-shape"),
        ({"decision_rule": "by feeling"}, BadInput, "bad-shape"),
        ({"decision_rule": "guarded-acceptance"}, BadInput, "bad-shape"),
        ({"uncertainty": "-1"}, BadInput, "bad-shape"),
        ({"item": ""}, BadInput, "bad-shape"),
        ({"method": ""}, BadInput, "bad-shape"),
        ({"reported_on": date(2025, 3, 9)}, BadInput, "report-day"),
        ({"reported_on": date(2025, 3, 21)}, BadInput, "report-day"),
        ({"lab": "LAB-02"}, RuleRefused, "other-lab"),
    ],
)
def test_a_result_that_cannot_be_honoured_is_refused_and_nothing_is_stored(
    visits, sampled, report, changes, kind, code
):
    sample = sampled(visits[0])

    with pytest.raises(kind) as refused:
        report(sample, **changes)

    assert refused.value.code == code
    assert not Result.objects.exists() and not Case.objects.exists()
    visits[0].refresh_from_db()
    assert visits[0].state == "sealed"


def test_a_result_for_an_unsealed_sample_is_refused(province, visits, report):
    visit = actions.record_visit(
        by=province.officer, visit=visits[0], outcome="sampled", visited_on=VISITED, product_name="kettle"
    )

    with pytest.raises(Conflict):
        report(visit.sample)


def test_a_result_for_an_unassigned_sample_is_refused(visits, sampled, report):
    with pytest.raises(RuleRefused) as refused:
        report(sampled(visits[0], lab=""))

    assert refused.value.code == "unassigned"


def test_a_laboratory_reports_on_its_own_samples_alone(visits, sampled, report, person):
    sample = sampled(visits[0])

    with pytest.raises(NotAllowed):
        report(sample, by=person("lab", "330000", "LAB-02"))
    with pytest.raises(NotAllowed):
        report(sample, by=person("inspector", "330000"))

    assert report(sample, by=person("lab", "330000", LAB)).verdict == "fail"


def test_an_officer_outside_the_region_reports_nothing(visits, sampled, report, person):
    with pytest.raises(NotAllowed):
        report(sampled(visits[0]), by=person("officer", "320000"))


def test_a_double_submit_returns_the_first_result(visits, sampled, report):
    sample = sampled(visits[0])

    first, second = report(sample), report(sample)

    assert first.pk == second.pk
    assert Result.objects.count() == Case.objects.count() == 1


def test_another_value_for_the_same_item_needs_a_correction(visits, sampled, report):
    sample = sampled(visits[0])
    report(sample, is_complete=False)

    with pytest.raises(Conflict) as refused:
        report(sample, value="0.01")

    assert refused.value.code == "result-recorded"


def test_one_failing_item_fails_the_visit_whatever_comes_last(visits, sampled, report):
    sample = sampled(visits[0])

    report(sample, item="lead", value="0.5", is_complete=False)
    visits[0].refresh_from_db()
    assert (visits[0].state, visits[0].verdict) == ("testing", "")

    report(sample, item="cadmium", value="0.01")
    visits[0].refresh_from_db()
    assert visits[0].verdict == "fail"


def test_a_correction_keeps_the_old_row_and_decides_anew(province, visits, sampled, report):
    first = report(sampled(visits[0]))
    assert Case.objects.get().state == "notified"

    second = actions.correct_result(by=province.officer, result=first, reason="Decimal point.", value="0.012")

    first.refresh_from_db()
    assert (first.value, second.replaces_id, second.verdict) == ("0.12", first.pk, "pass")
    assert Visit.objects.get(pk=visits[0].pk).verdict == "pass"
    assert Case.objects.get().state == "overturned"
    assert not Case.objects.get().clocks.exclude(status="stopped").exists()


def test_a_corrected_sample_does_not_fail_again_behind_the_back_of_the_firm(
    province, visits, sampled, report, close
):
    first = report(sampled(visits[0]))
    second = actions.correct_result(by=province.officer, result=first, reason="Decimal point.", value="0.012")

    with pytest.raises(Conflict) as refused:
        actions.correct_result(by=province.officer, result=second, reason="No, it was right.", value="0.12")

    assert refused.value.code == "case-is-over"
    assert Visit.objects.get(pk=visits[0].pk).verdict == "pass"


def test_a_result_is_corrected_once_and_only_with_a_reason(province, visits, sampled, report):
    first = report(sampled(visits[0]))

    with pytest.raises(BadInput) as without:
        actions.correct_result(by=province.officer, result=first, reason=" ", value="0.2")
    actions.correct_result(by=province.officer, result=first, reason="Typing error.", value="0.2")
    with pytest.raises(Conflict) as again:
        actions.correct_result(by=province.officer, result=first, reason="Again.", value="0.3")

    assert (without.value.code, again.value.code) == ("no-reason", "result-replaced")


def test_a_recorded_row_can_be_neither_changed_nor_removed(visits, sampled, report):
    result = report(sampled(visits[0]))

    with pytest.raises(TypeError):
        result.save()
    with pytest.raises(TypeError):
        result.delete()


@pytest.mark.parametrize(
    ("value", "kind", "verdict"),
    [
        ("0.12", "upper", "pass"),
        ("0.09", "upper", "fail"),
        ("0.09", "lower", "pass"),
        ("0.10", "upper", "fail"),
    ],
)
def test_the_database_refuses_a_verdict_that_does_not_follow(visits, sampled, report, value, kind, verdict):
    good = report(sampled(visits[0]), value="0.08")
    fields = {field.name: getattr(good, field.name) for field in Result._meta.concrete_fields}
    fields.update(id=None, item="other", value=value, limit_kind=kind, verdict=verdict)
    fields.pop("id")

    with pytest.raises(IntegrityError, match="result_verdict_follows_value"), transaction.atomic():
        Result.objects.create(**fields)


def test_a_void_sample_is_a_state_and_never_a_pass(province, visits, sampled):
    sample = sampled(visits[0])

    actions.void_sample(by=province.officer, sample=sample, reason="The seal was broken on the way.")

    visits[0].refresh_from_db()
    assert (visits[0].state, visits[0].verdict) == ("void", "")
