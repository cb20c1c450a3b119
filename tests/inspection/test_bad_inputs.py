"""What laboratories really send: what cannot be is told by its field and rule, and nothing is lost."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from zhiheng.errors import BadInput, Conflict, RuleRefused, ZhihengError
from zhiheng.stages.inspection import actions, lab_lists, lab_rows, queries, report_queries
from zhiheng.stages.inspection.models import Report, ReportDraft, Result, Visit
from zhiheng.stages.inspection.reporting import Line, Row
from zhiheng.stages.inspection.rules.sampling import Receipt
from zhiheng.stages.registry import actions as registry
from zhiheng.stages.registry.models import Inspector, Lab, LabScope

from .conftest import LAB, LATER, REPORTED, VISITED

FIELDS = {
    "item": "lead",
    "method": "GB 4806.9-2023",
    "value": "0.08",
    "unit": "mg/kg",
    "limit": "0.10",
    "limit_kind": "upper",
}
WHOLE = Receipt(is_seal_intact=True)


def row(seal="S-001", on=REPORTED, **changes):
    return Row(seal, on, Line(**{**FIELDS, **changes}))


@pytest.fixture
def lab(person):
    return person("lab", "330000", LAB)


def faults(lab, *rows):
    return [(one.place, one.field, one.error.code) for one in lab_rows.check(lab, list(rows)).faults]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"value": "1,5"}, "value", "comma"),
        ({"value": "1，5"}, "value", "comma"),
        ({"value": "≤0.05"}, "value", "no-number"),
        ({"value": ">0.05"}, "value", "no-number"),
        ({"value": "未检出"}, "value", "not-detected"),
        ({"value": "ND"}, "value", "not-detected"),
        ({"value": "n.d."}, "value", "not-detected"),
        ({"value": "<LOD"}, "value", "not-detected"),
        ({"value": "0.08mg/kg"}, "value", "no-number"),
        ({"value": "合格"}, "value", "no-number"),
        ({"value": "—"}, "value", "no-number"),
        ({"value": "1e-3"}, "value", "no-number"),
        ({"value": "-0.08"}, "value", "below-zero"),
        ({"value": "45735"}, "value", ""),
        ({"unit": "MG/KG"}, "unit", "unit-letters"),
        ({"unit": "mpa"}, "unit", "unit-letters"),
        ({"unit": "GB 4806.9-2023", "method": "mg/kg"}, "unit", "unknown-unit"),
        ({"value": "mg/kg", "unit": "0.08"}, "unit", "unknown-unit"),
        ({"limit": "0,1"}, "limit", "comma"),
        ({"limit": "无"}, "limit", "no-number"),
        ({"uncertainty": "10%"}, "uncertainty", "no-number"),
    ],
)
def test_what_a_cell_cannot_hold_is_told_by_its_field(lab, visits, sampled, changes, field, code):
    sampled(visits[0])

    found = lab_rows.check(lab, [row(**changes)])

    if not code:
        assert not found.faults and any("45735" in one.text for one in found.warnings)
        return
    assert [(one.field, one.error.code) for one in found.faults] == [(field, code)]
    said = found.faults[0].error
    assert str(said.cause) and str(said.remedy)
    with pytest.raises(ZhihengError):
        actions.save_drafts(by=lab, rows=[row(item="zinc"), row(**changes)])
    assert not ReportDraft.objects.exists()


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({"value": "０.０８"}, {"value": "0.08"}),
        ({"value": " 0.08 "}, {"value": "0.08"}),
        ({"value": "＜０．０５"}, {"value": "<0.05"}),
        ({"value": "<0.05"}, {"value": "<0.05"}),
        ({"unit": "㎎/㎏"}, {"unit": "mg/kg"}),
        ({"unit": " mg/kg"}, {"unit": "mg/kg"}),
        ({"limit": "０.１０"}, {"limit": "0.10"}),
    ],
)
def test_other_signs_for_the_same_thing_are_read_as_it(lab, visits, sampled, changes, held):
    sampled(visits[0])

    draft = actions.save_drafts(by=lab, rows=[row(**changes)]).drafts[0]
    actions.sign_reports(by=lab, drafts=[draft])

    assert draft.lines == [{**dataclasses.asdict(Line(**{**FIELDS, **held}))}]
    assert Result.objects.get().unit == "mg/kg"


@pytest.mark.parametrize("seal", ["S-001 ", " S-001", "S－001", "Ｓ-００１", "S—001", "S‐001"])
def test_a_seal_written_with_other_signs_is_the_same_seal(lab, visits, sampled, seal):
    sampled(visits[0])

    kept = actions.save_drafts(by=lab, rows=[row(seal), row("S-001", item="zinc")])

    assert (kept.created, len(kept.drafts[0].lines)) == (1, 2)


def test_rows_of_one_sample_with_different_values_are_told_under_either_writing(lab, visits, sampled):
    sampled(visits[0])

    assert faults(lab, row(), row("S－001", value="0.09")) == [(1, "item", "item-twice")]
    assert faults(lab, row(), row("S－001 ", value="０.08")) == []


@pytest.mark.parametrize("text", ["45735", "2025-13-01", "17.3.2025x", "三月十七日", ""])
def test_a_day_that_is_a_number_or_no_day_is_told(text):
    with pytest.raises(BadInput) as refused:
        lab_lists._day(text)

    assert "2026-03-01" in str(refused.value.remedy)


def test_a_sample_on_its_way_is_told_and_one_that_came_back_is_refused(lab, visits, sampled, province):
    sample = sampled(visits[0])
    sampled(visits[1], seal="S-002")
    assert any("收样登记" in one.text for one in lab_rows.check(lab, [row()]).warnings)

    actions.receive_sample(by=lab, sample=sample, receipt=WHOLE)
    actions.refuse_sample(by=lab, sample=visits[1].sample, ground="damaged", receipt=WHOLE)

    assert lab_rows.check(lab, [row()]).faults == []
    assert not any("收样登记" in one.text for one in lab_rows.check(lab, [row()]).warnings)
    assert faults(lab, row("S-002")) == [(0, "seal_no", "sample-returned")]
    actions.void_sample(by=province.officer, sample=visits[1].sample, reason="spoiled")
    assert faults(lab, row("S-002")) == [(0, "seal_no", "sample-void")]


def test_a_sample_sent_on_belongs_to_its_new_laboratory(lab, visits, sampled, person):
    sample = sampled(visits[0])
    draft = actions.save_drafts(by=lab, rows=[row()]).drafts[0]
    actions.send_on(by=lab, sample=sample, lab="LAB-02", reason="Machine down.")

    assert faults(lab, row()) == [(0, "seal_no", "other-lab")]
    with pytest.raises(ZhihengError):
        actions.sign_reports(by=lab, drafts=[draft])
    assert not Result.objects.exists()
    assert faults(person("lab", "330000", "LAB-02"), row()) == []


def test_after_the_signature_the_same_is_told_and_another_needs_its_reason(lab, visits, sampled):
    sampled(visits[0])
    actions.sign_reports(by=lab, drafts=actions.save_drafts(by=lab, rows=[row()]).drafts)

    assert actions.save_drafts(by=lab, rows=[row()]).unchanged == 1
    assert faults(lab, row(value="0.09")) == [(0, "value", "sample-reported")]
    assert faults(lab, row(item="zinc")) == [(0, "item", "sample-complete")]
    assert Result.objects.count() == 1


def register(officer, **changes):
    said = {"code": LAB, "name": "演示实验室", "region": "330000", **changes}
    return Lab.objects.create(recorded_at=LATER, **said)


def test_a_laboratory_suspended_in_mid_campaign_keeps_its_drafts_and_its_samples_go_on(
    lab, visits, sampled, province, person
):
    held = register(province.officer)
    sample = sampled(visits[0])
    sampled(visits[1], seal="S-002")
    signed = actions.sign_reports(by=lab, drafts=actions.save_drafts(by=lab, rows=[row()]).drafts)[0]
    draft = actions.save_drafts(by=lab, rows=[row("S-002")]).drafts[0]
    said = {"name": held.name, "region": held.region, "is_active": False}
    registry.edit_lab(by=province.officer, lab=held, row=said, reason="资质认定暂停")

    assert faults(lab, row("S-002")) == [(0, "seal_no", "lab-inactive")]
    for act in (
        lambda: actions.sign_reports(by=lab, drafts=[draft]),
        lambda: actions.receive_sample(by=lab, sample=visits[1].sample, receipt=WHOLE),
        lambda: sampled(visits[2], seal="S-003"),
    ):
        with pytest.raises(RuleRefused) as refused:
            act()
        assert refused.value.code == "lab-inactive" and LAB in str(refused.value.cause)
    assert ReportDraft.objects.count() == 1, "the draft is not lost"
    assert Visit.objects.get(pk=visits[2].pk).state == "assigned"

    fixed = actions.correct_results(by=lab, rows=[row(value="0.07")], reason="a slip of the pen")
    assert (fixed.is_new, fixed.report.replaces_id) == (True, signed.pk), "what it signed it may correct"
    actions.send_on(by=province.officer, sample=visits[1].sample, lab="LAB-02", reason="suspended")
    assert faults(person("lab", "330000", "LAB-02"), row("S-002")) == []
    assert Report.objects.filter(sample=sample).count() == 2


@pytest.mark.parametrize(
    ("approval_until", "ended_on", "code"),
    [(date(2025, 3, 16), None, "lab-approval_over"), (None, date(2025, 3, 17), "out-of-scope")],
)
def test_an_approval_or_a_scope_that_ended_in_mid_campaign_is_told_by_its_day(
    lab, visits, sampled, province, approval_until, ended_on, code
):
    sampled(visits[0])
    sampled(visits[1], seal="S-002")
    held = register(province.officer, approval_until=approval_until)
    scope = {"item": "lead", "method": FIELDS["method"], "valid_from": date(2024, 1, 1)}
    LabScope.objects.create(lab=held, ended_on=ended_on, end_reason="x", recorded_at=LATER, **scope)

    found = lab_rows.check(lab, [row(on=date(2025, 3, 16)), row("S-002", on=REPORTED)])

    assert [(one.place, one.error.code) for one in found.faults] == [(1, code)]


def test_an_inspector_struck_off_in_mid_campaign_leaves_open_visits_to_be_given_on(visits, province, person):
    chosen = visits[0].selection
    gone = Inspector.objects.get(pk=chosen.first_inspector_id)
    Inspector.objects.filter(pk=gone.pk).update(is_active=False)

    with pytest.raises(RuleRefused) as refused:
        actions.record_visit(by=province.officer, visit=visits[0], outcome="closed", visited_on=VISITED)

    assert refused.value.code == "inspector-struck-off" and gone.code in str(refused.value.cause)
    assert visits[0].pk in set(queries.visits_to_reassign(province.officer).values_list("pk", flat=True))
    assert Visit.objects.get(pk=visits[0].pk).state == "assigned"


def test_a_spare_part_is_used_once_and_never_as_a_first_test(lab, visits, sampled, province, report):
    sample = sampled(visits[0])
    part = {"role": "spare", "seal_no": "P-9", "kept_at": "演示实验室"}
    actions.add_specimen(by=province.officer, sample=sample, **part)

    assert faults(lab, row("P-9")) == [(0, "seal_no", "spare-not-tested")]
    with pytest.raises(RuleRefused) as tested:
        report(sample, part="Ｐ－９")
    assert tested.value.code == "spare-not-tested"
    other = sampled(visits[1], seal="S-002")
    with pytest.raises(Conflict) as used:
        actions.add_specimen(by=province.officer, sample=other, **part)
    assert used.value.code == "seal-taken"
    assert report_queries.samples(lab).count() == 2
