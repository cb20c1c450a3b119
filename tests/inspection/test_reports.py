"""A report is drafted, seen, signed and corrected; before the signature nothing is decided."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused, ZhihengError
from zhiheng.stages.inspection import actions, custody, lab_rows, records, report_queries
from zhiheng.stages.inspection.models import Case, Report, ReportDraft, Result, Sample, Visit
from zhiheng.stages.inspection.reporting import Line, Row
from zhiheng.stages.inspection.rules.sampling import Receipt
from zhiheng.stages.registry.models import CatalogueItem, Lab, LabScope

from .conftest import LAB, LATER, REPORTED

WHOLE = Receipt(is_seal_intact=True, condition="whole")
FIELDS = {
    "item": "lead",
    "method": "GB 4806.9-2023",
    "value": "0.08",
    "unit": "mg/kg",
    "limit": "0.10",
    "limit_kind": "upper",
}


def row(seal="S-001", on=REPORTED, number="", **changes):
    return Row(seal, on, Line(**{**FIELDS, **changes}), number)


@pytest.fixture
def lab(person):
    return person("lab", "330000", LAB)


@pytest.fixture
def drafted(lab, visits, sampled):
    """Return a maker of drafts of one sample each."""

    def make(*places, **changes):
        drafts = []
        for place in places or (0,):
            sampled(visits[place], seal=f"S-{place + 1:03d}")
            kept = actions.save_drafts(by=lab, rows=[row(f"S-{place + 1:03d}", **changes)])
            drafts += kept.drafts
        return drafts

    return make


def test_a_draft_decides_nothing(drafted, visits):
    drafted(value="0.5")

    assert not Result.objects.exists() and not Case.objects.exists() and not Report.objects.exists()
    assert Visit.objects.get(pk=visits[0].pk).state == "sealed"


def test_signing_records_the_results_gives_the_verdict_and_keeps_the_digest(lab, drafted, visits):
    report = actions.sign_reports(by=lab, drafts=drafted(value="0.5", uncertainty="0.05"))[0]

    visit = Visit.objects.get(pk=visits[0].pk)
    assert (visit.state, visit.verdict, Case.objects.count()) == ("failed", "fail", 1)
    assert (report.number, report.version, report.signer) == ("R-S-001", 1, lab)
    held = [line.result for line in report.lines.all()]
    assert [result.value for result in held] == ["0.5"]
    assert records.report_digest(Report.objects.get(pk=report.pk), held) == report.sha256
    entry = ledger.timeline("report", str(report.pk), public_only=True)[0]
    assert (entry.verb, entry.detail["record_sha256"]) == ("report.signed", report.sha256)
    assert not ReportDraft.objects.exists()


def test_several_reports_are_signed_at_once_or_none(lab, drafted, visits, province):
    drafts = drafted(0, 1, 2)
    actions.void_sample(by=province.officer, sample=drafts[2].sample, reason="The seal broke.")

    with pytest.raises(Conflict) as refused:
        actions.sign_reports(by=lab, drafts=drafts)
    assert refused.value.code == "sample-void" and not Report.objects.exists()

    assert len(actions.sign_reports(by=lab, drafts=drafts[:2])) == 2


def test_a_draft_is_signed_once(lab, drafted):
    drafts = drafted()
    actions.sign_reports(by=lab, drafts=drafts)

    with pytest.raises(Conflict) as refused:
        actions.sign_reports(by=lab, drafts=drafts)

    assert refused.value.code == "draft-gone"


def test_the_same_rows_again_change_nothing_before_and_after_the_signature(lab, drafted):
    drafted()
    again = actions.save_drafts(by=lab, rows=[row(), row()])
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)

    actions.sign_reports(by=lab, drafts=again.drafts)
    late = actions.save_drafts(by=lab, rows=[row()])
    assert (late.drafts, late.unchanged, ReportDraft.objects.count()) == ((), 1, 0)


def test_more_items_join_the_draft_and_the_report_holds_all(lab, drafted):
    drafted()
    kept = actions.save_drafts(by=lab, rows=[row(item="cadmium", value="<0.01"), row(value="0.09")])

    report = actions.sign_reports(by=lab, drafts=kept.drafts)[0]

    said = [line.result.said for line in report.lines.select_related("result")]
    assert said == ["<0.01", "0.09"]


def test_a_correction_is_a_new_version_and_the_old_one_stays(lab, drafted):
    first = actions.sign_reports(by=lab, drafts=drafted(value="0.5"))[0]
    digest = first.sha256
    draft = actions.correct_report(by=lab, report=first, reason="Decimal point.")
    actions.save_drafts(by=lab, rows=[row(value="0.05", on=LATER.date())])

    second = actions.sign_reports(by=lab, drafts=[draft])[0]

    first = Report.objects.get(pk=first.pk)
    assert (first.is_corrected, first.sha256, second.version, second.replaces) == (True, digest, 2, first)
    assert [line.result.value for line in first.lines.all()] == ["0.5"]
    assert [line.result.value for line in second.lines.all()] == ["0.05"]
    assert Case.objects.get().state == "overturned"


def test_a_correction_that_swaps_the_failing_item_does_not_end_the_case(lab, drafted):
    drafted(value="0.5")
    kept = actions.save_drafts(by=lab, rows=[row(item="zinc", value="0.01")])
    report = actions.sign_reports(by=lab, drafts=kept.drafts)[0]
    draft = actions.correct_report(by=lab, report=report, reason="The items were exchanged.")
    actions.save_drafts(by=lab, rows=[row(value="0.01"), row(item="zinc", value="0.5")])

    actions.sign_reports(by=lab, drafts=[draft])

    assert (Visit.objects.get(pk=report.sample.visit_id).verdict, Case.objects.get().state) == (
        "fail",
        "notified" if Case.objects.get().served_on else "opened",
    )


def test_a_correction_needs_a_reason_a_change_and_the_newest_version(lab, drafted):
    first = actions.sign_reports(by=lab, drafts=drafted())[0]
    with pytest.raises(BadInput) as reasonless:
        actions.correct_report(by=lab, report=first, reason=" ")
    draft = actions.correct_report(by=lab, report=first, reason="Typing error.")
    with pytest.raises(Conflict) as twice:
        actions.correct_report(by=lab, report=first, reason="Again.")
    with pytest.raises(BadInput) as same:
        actions.sign_reports(by=lab, drafts=[draft])
    with pytest.raises(BadInput) as other:
        actions.save_drafts(by=lab, rows=[row(item="new item")])
    actions.save_drafts(by=lab, rows=[row(value="0.07")])
    actions.sign_reports(by=lab, drafts=[draft])
    with pytest.raises(Conflict) as old:
        actions.correct_report(by=lab, report=first, reason="Again.")

    codes = [one.value.code for one in (reasonless, twice, same, other, old)]
    assert codes == ["no-reason", "correction-open", "nothing-changed", "other-item", "report-corrected"]


def test_a_discarded_draft_leaves_the_sample_waiting(lab, drafted, visits):
    actions.discard_draft(by=lab, draft=drafted()[0])

    assert not ReportDraft.objects.exists()
    assert Visit.objects.get(pk=visits[0].pk).state == "sealed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value": "0,12"}, "comma"),
        ({"value": "1,250"}, "comma"),
        ({"value": "about five"}, "no-number"),
        ({"value": ""}, "no-number"),
        ({"value": ">5"}, "no-number"),
        ({"value": "-0.1"}, "below-zero"),
        ({"unit": "furlong"}, "unknown-unit"),
        ({"unit": ""}, "bad-shape"),
        ({"limit": ""}, "no-number"),
        ({"uncertainty": "-1"}, "bad-shape"),
        ({"decision_rule": "guarded-acceptance"}, "bad-shape"),
        ({"value": "<0.5"}, "cannot-tell"),
        ({"value": "<0.1", "limit_kind": "lower", "limit": "0.05"}, "cannot-tell"),
        ({"item": " "}, "bad-shape"),
        ({"on": date(2025, 3, 9)}, "report-day"),
        ({"on": date(2025, 3, 21)}, "report-day"),
        ({"seal": "S-999"}, "no-such-sample"),
    ],
)
def test_a_row_that_cannot_be_is_a_fault_and_nothing_is_kept(lab, visits, sampled, changes, code):
    sampled(visits[0])
    rows = [row(item="cadmium"), row(**changes)]

    assert [(one.place, one.error.code) for one in lab_rows.check(lab, rows).faults] == [(1, code)]
    with pytest.raises(ZhihengError):
        actions.save_drafts(by=lab, rows=rows)
    assert not ReportDraft.objects.exists()


@pytest.mark.parametrize(
    ("value", "kind", "verdict"), [("<0.10", "upper", "pass"), ("<0.10", "lower", "fail")]
)
def test_a_value_below_detection_is_kept_as_a_bound(lab, drafted, value, kind, verdict):
    actions.sign_reports(by=lab, drafts=drafted(value=value, limit_kind=kind))

    result = Result.objects.get()
    assert (result.qualifier, result.value, result.said, result.verdict) == ("<", "0.10", "<0.10", verdict)
    assert records.of_result(result).to_dict()["qualifier"] == "<"


def test_the_database_refuses_a_bound_that_settles_nothing(lab, drafted):
    actions.sign_reports(by=lab, drafts=drafted(value="<0.01"))
    good = Result.objects.get()
    fields = {field.name: getattr(good, field.name) for field in Result._meta.concrete_fields}
    fields.pop("id")

    for wrong in ({"value": "0.5"}, {"verdict": "fail"}, {"qualifier": "~"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Result.objects.create(**{**fields, "item": "other", **wrong})


def test_a_laboratory_drafts_and_signs_for_its_own_samples_alone(drafted, person):
    other = person("lab", "330000", "LAB-02")
    drafts = drafted()

    assert [one.error.code for one in lab_rows.check(other, [row()]).faults] == ["other-lab"]
    for act in (
        lambda: actions.save_drafts(by=other, rows=[row(value="0.01")]),
        lambda: actions.sign_reports(by=other, drafts=drafts),
        lambda: actions.discard_draft(by=other, draft=drafts[0]),
        lambda: actions.save_drafts(by=person("firm", "330000", "X"), rows=[row()]),
    ):
        with pytest.raises((NotAllowed, RuleRefused)):
            act()


def test_an_office_neither_sees_nor_signs_what_a_laboratory_drafts(drafted, province, lab):
    drafts = drafted()
    report = actions.sign_reports(by=lab, drafts=drafts)[0]
    begun = actions.correct_report(by=lab, report=report, reason="Typing error.")

    assert report_queries.drafts(province.officer).count() == 0
    for act in (
        lambda: actions.save_drafts(by=province.officer, rows=[row()]),
        lambda: actions.sign_reports(by=province.officer, drafts=[begun]),
        lambda: actions.correct_report(by=province.officer, report=report, reason="No."),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == "not-the-laboratory"


def test_a_result_in_a_signed_report_is_corrected_by_its_report_alone(drafted, province, lab):
    actions.sign_reports(by=lab, drafts=drafted())

    with pytest.raises(Conflict) as refused:
        actions.correct_result(by=province.officer, result=Result.objects.get(), reason="No.", value="0.01")

    assert refused.value.code == "in-a-report"


def test_a_report_number_stands_on_one_sample(lab, visits, sampled):
    sampled(visits[0])
    sampled(visits[1], seal="S-002")
    rows = [row(number="BG-7"), row("S-002", number="BG-7")]
    kept = actions.save_drafts(by=lab, rows=rows)

    with pytest.raises(Conflict) as refused:
        actions.sign_reports(by=lab, drafts=kept.drafts)

    assert refused.value.code == "number-taken"


def test_a_method_outside_the_recognised_scope_is_a_fault_and_no_scope_a_warning(lab, visits, sampled):
    sampled(visits[0])
    assert [one.text for one in lab_rows.check(lab, [row()]).warnings] != []
    actions.receive_sample(by=lab, sample=visits[0].sample, receipt=WHOLE)
    held = Lab.objects.create(code=LAB, name="演示实验室", region="330000", recorded_at=LATER)
    LabScope.objects.create(
        lab=held, item="lead", method="GB 4806.9-2023", valid_from=date(2024, 1, 1), recorded_at=LATER
    )

    inside = lab_rows.check(lab, [row()])
    outside = lab_rows.check(lab, [row(method="GB 5009.12-2023")])

    assert (inside.faults, inside.warnings) == ([], [])
    assert [(one.field, one.error.code) for one in outside.faults] == [("method", "out-of-scope")]


def test_a_scope_that_ended_before_the_signature_stops_it(lab, drafted):
    drafts = drafted()
    held = Lab.objects.create(code=LAB, name="演示实验室", region="330000", recorded_at=LATER)
    scope = {"lab": held, "item": "lead", "method": "GB 4806.9-2023", "recorded_at": LATER}
    LabScope.objects.create(valid_from=date(2024, 1, 1), valid_until=date(2025, 1, 1), **scope)

    with pytest.raises(RuleRefused) as refused:
        actions.sign_reports(by=lab, drafts=drafts)

    assert refused.value.code == "out-of-scope"


def test_the_unit_of_the_catalogue_is_asked_for_and_another_limit_is_told(lab, visits, sampled):
    sampled(visits[0])
    CatalogueItem.objects.create(
        region="330000",
        year=2025,
        code="KETTLE",
        name="水壶",
        reason="test",
        state="issued",
        test_items=[{"item": "lead", "unit": "mg/kg", "limit": "0.20", "limit_kind": "upper"}],
        recorded_at=LATER,
    )

    told = lab_rows.check(lab, [row()])
    other = lab_rows.check(lab, [row(unit="mg/L")])

    assert not told.faults and any("0.20" in one.text for one in told.warnings)
    assert [one.error.code for one in other.faults] == ["other-unit"]


def test_a_value_of_an_unlikely_size_is_told_before_the_signature(lab, visits, sampled):
    sampled(visits[0])

    told = lab_rows.check(lab, [row(value="120")])

    assert not told.faults and any("120" in one.text for one in told.warnings)
    assert not any("0.08" in one.text for one in lab_rows.check(lab, [row()]).warnings)


def test_a_late_report_is_told_and_taken_all_the_same(lab, visits, sampled, at):
    food = next(visit for visit in visits if visit.division == "13")
    actions.receive_sample(by=lab, sample=sampled(food), receipt=WHOLE)

    with at("2025-06-20T09:00:00+08:00"):
        found = lab_rows.check(lab, [row()])

    assert not found.faults
    assert any("2025-04-18" in one.text for one in found.warnings), [one.text for one in found.warnings]


def test_the_day_of_receipt_is_that_of_the_seal_and_the_laboratory_that_hold_now(lab, visits, sampled, at):
    sample = sampled(visits[0])
    held = custody.with_receipt(Sample.objects.filter(pk=sample.pk))
    assert held.get().received_on is None

    with at("2025-03-18T23:30:00+08:00"):
        actions.receive_sample(by=lab, sample=sample, receipt=WHOLE)
    assert held.get().received_on == date(2025, 3, 18)

    actions.send_on(by=lab, sample=sample, lab="LAB-02", reason="the furnace is out of order")
    assert held.get().received_on is None


def test_a_signed_report_can_be_neither_changed_nor_removed(lab, drafted):
    report = actions.sign_reports(by=lab, drafts=drafted())[0]

    for act in (report.save, report.delete):
        with pytest.raises(TypeError):
            act()


@pytest.fixture
def parted(province, visits, sampled):
    """Return a sample with two further parts to be tested and a spare one."""
    sample = sampled(visits[0])
    for role, seal in (("test", "P-2"), ("test", "P-1"), ("spare", "P-9")):
        actions.add_specimen(
            by=province.officer, sample=sample, role=role, seal_no=seal, kept_at="演示实验室", quantity="1"
        )
    return sample


def held(report):
    rows = report.lines.select_related("result__specimen").order_by("position")
    return [records.line_of(line.result) for line in rows]


def test_a_signed_report_holds_the_items_of_every_part_as_its_preview_showed(lab, parted, province):
    said = {name: value for name, value in FIELDS.items() if name != "item"}
    actions.record_result(
        by=province.officer,
        sample=parted,
        item="zinc",
        reported_on=REPORTED,
        is_complete=False,
        part="P-2",
        **said,
    )
    rows = [row("P-2", value="0.06"), row("S-001", item="zinc"), row("P-1", value="0.5"), row()]
    draft = actions.save_drafts(by=lab, rows=rows).drafts[0]
    preview = report_queries.seen(lab, [draft])[0]

    report = actions.sign_reports(by=lab, drafts=[draft])[0]

    assert [line.key for line in held(report)] == [
        ("lead", ""),
        ("lead", "P-1"),
        ("lead", "P-2"),
        ("zinc", ""),
        ("zinc", "P-2"),
    ]
    assert [line for _prospect, line, *_rest in preview.rows] == held(report)
    assert (preview.verdict, Visit.objects.get(pk=parted.visit_id).verdict) == ("fail", "fail")
    record = records.report_record(report, report_queries.results(report))
    assert record["parts"] == [{"seal": seal, "use": use} for seal, use in PARTS]
    assert [one.get("part", "") for one in record["results"]] == [line.part for line in held(report)]
    assert records.report_digest(report, report_queries.results(report)) == report.sha256


PARTS = [("P-9", "spare"), ("P-1", "test"), ("P-2", "test")]


def test_a_part_is_corrected_under_its_own_seal(lab, parted):
    kept = actions.save_drafts(by=lab, rows=[row(), row("P-1", value="0.5")])
    report = actions.sign_reports(by=lab, drafts=kept.drafts)[0]
    draft = actions.correct_report(by=lab, report=report, reason="Decimal point.")
    actions.save_drafts(by=lab, rows=[row("P-1", value="0.05")])

    second = actions.sign_reports(by=lab, drafts=[draft])[0]

    assert [(line.part, line.value) for line in held(second)] == [("", "0.08"), ("P-1", "0.05")]
    assert Visit.objects.get(pk=parted.visit_id).verdict == "pass"


@pytest.mark.parametrize(
    ("seal", "part", "code"),
    [("P-9", "", "spare-not-tested"), ("S-001", "P-9", "spare-not-tested"), ("S-001", "P-7", "no-such-part")],
)
def test_the_spare_part_is_kept_and_an_unknown_part_is_told(lab, parted, seal, part, code):
    found = lab_rows.check(lab, [row(seal, part=part)])

    assert [one.error.code for one in found.faults] == [code]
    assert seal in str(found.faults[0].error.cause) or part in str(found.faults[0].error.cause)


def test_the_same_rows_of_a_part_again_change_nothing(lab, parted):
    for _time in range(2):
        kept = actions.save_drafts(by=lab, rows=[row("P-1"), row("S-001", part="P-1")])

    assert (kept.unchanged, len(kept.drafts[0].lines)) == (1, 1)
