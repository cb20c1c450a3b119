"""What enters the register enters once, by the right person, with an entry in the ledger."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed
from zhiheng.ledger.models import Entry
from zhiheng.stages.registry import actions
from zhiheng.stages.registry.models import Inspector, Product, Standing, Subject

from .conftest import OTHER, code, inspector_row, product_row, subject_row

pytestmark = pytest.mark.django_db


def verbs():
    return list(Entry.objects.order_by("seq").values_list("verb", flat=True))


def test_an_officer_registers_a_subject(officer):
    subject = actions.register_subject(by=officer, row=subject_row())

    (entry,) = ledger.timeline("subject", subject.id)
    assert entry.verb == "registry.subject_registered"
    assert entry.actor["role"] == "officer"
    assert entry.region == "330106"
    assert subject.risk_class == "B"


def test_a_code_that_stands_already_is_refused(officer, subject):
    with pytest.raises(Conflict) as refusal:
        actions.register_subject(by=officer, row=subject_row(name="别名"))

    assert refusal.value.facts["field"] == "code"
    assert Subject.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"code": code(1)[:17] + "0"}, "code-check"),
        ({"region": "339999", "code": code(1)}, "region-unknown"),
        ({"division": "99"}, "division-unknown"),
        ({"code": "91140110B0681219X5"}, "code-real-in-demo"),
    ],
)
def test_a_wrong_row_is_refused_and_nothing_is_stored(officer, changes, rule):
    with pytest.raises(BadInput) as refusal:
        actions.register_subject(by=officer, row=subject_row(**changes))

    assert refusal.value.code == rule
    assert (Subject.objects.count(), Entry.objects.count()) == (0, 0)


def test_an_invented_code_is_refused_outside_demonstration(officer, settings):
    settings.DEMO = False

    with pytest.raises(BadInput) as refusal:
        actions.register_subject(by=officer, row=subject_row())

    assert refusal.value.code == "code-invented"


def test_someone_outside_the_region_is_refused(stranger, subject):
    with pytest.raises(NotAllowed):
        actions.register_subject(by=stranger, row=subject_row(2))
    with pytest.raises(NotAllowed):
        actions.update_subject(by=stranger, subject=subject, changes={"name": "改名"})
    with pytest.raises(NotAllowed):
        actions.import_subjects(by=stranger, rows=[subject_row(2)], source="表")

    subject.refresh_from_db()
    assert (Subject.objects.count(), subject.name) == (1, "甬江机械厂1")


def test_a_correction_tells_what_was_and_what_is(officer, subject):
    actions.update_subject(by=officer, subject=subject, changes={"name": "甬江轴承厂"})

    entry = ledger.timeline("subject", subject.id)[0]
    assert entry.detail["changes"] == {"name": ["甬江机械厂1", "甬江轴承厂"]}


def test_a_correction_that_changes_nothing_writes_nothing(officer, subject):
    before = verbs()

    actions.update_subject(by=officer, subject=subject, changes={"name": subject.name})

    assert verbs() == before


def test_a_subject_cannot_be_moved_into_a_region_of_others(officer, subject):
    with pytest.raises(NotAllowed):
        actions.update_subject(by=officer, subject=subject, changes={"region": OTHER})


def test_a_list_is_imported_with_one_entry(officer):
    outcome = actions.import_subjects(
        by=officer, rows=[subject_row(n) for n in range(1, 21)], source="一季度.xlsx"
    )

    assert (outcome.created, outcome.updated, outcome.unchanged) == (20, 0, 0)
    assert outcome.entry.detail["row_count"] == 20
    assert len(outcome.entry.detail["rows_sha256"]) == 64
    assert verbs() == ["registry.subjects_imported"]


def test_the_same_list_twice_is_once(officer):
    rows = [subject_row(n) for n in range(1, 4)]
    actions.import_subjects(by=officer, rows=rows, source="一")

    again = actions.import_subjects(by=officer, rows=rows, source="一")

    assert (again.created, again.updated, again.unchanged, again.entry) == (0, 0, 3, None)
    assert (Subject.objects.count(), len(verbs())) == (3, 1)


def test_a_row_that_differs_corrects_what_stands_but_not_its_class(officer, subject):
    row = subject_row(name="新名", risk_class="D", output_value=Decimal("7.1"))

    outcome = actions.import_subjects(by=officer, rows=[row, subject_row(2)], source="二")

    subject.refresh_from_db()
    assert (outcome.created, outcome.updated) == (1, 1)
    assert (subject.name, subject.risk_class, subject.output_value) == ("新名", "B", Decimal("7.10"))


def test_one_wrong_row_keeps_the_whole_list_out(officer):
    with pytest.raises(BadInput) as refusal:
        actions.import_subjects(by=officer, rows=[subject_row(1), subject_row(2, division="99")], source="三")

    assert "2" in refusal.value.cause
    assert Subject.objects.count() == 0


def test_a_code_twice_in_a_list_is_refused(officer):
    with pytest.raises(BadInput) as refusal:
        actions.import_subjects(by=officer, rows=[subject_row(1), subject_row(1)], source="四")

    assert refusal.value.code == "repeated"


def test_an_empty_list_is_refused(officer):
    with pytest.raises(BadInput):
        actions.import_subjects(by=officer, rows=[], source="空")


def test_a_list_that_reaches_beyond_the_region_is_refused_whole(officer, city_officer):
    rows = [subject_row(1), subject_row(2, region="330102")]

    with pytest.raises(NotAllowed):
        actions.import_subjects(by=officer, rows=rows, source="五")

    assert Subject.objects.count() == 0
    assert actions.import_subjects(by=city_officer, rows=rows, source="五").created == 2


def test_two_appointments_together_may_import_what_neither_may_alone(officer):
    from zhiheng.people.models import Appointment

    Appointment.objects.create(person=officer, role="officer", region=OTHER, valid_from=dt.date(2020, 1, 1))

    outcome = actions.import_subjects(
        by=officer, rows=[subject_row(1), subject_row(2, region=OTHER)], source="六"
    )

    assert outcome.created == 2


def test_products_are_imported_and_the_second_time_nothing_happens(officer, subject):
    rows = [product_row(), product_row(model="6205", gtin="")]

    first = actions.import_products(by=officer, rows=rows, source="产品")
    second = actions.import_products(by=officer, rows=rows, source="产品")

    assert (first.created, second.created, second.unchanged) == (2, 0, 2)
    assert subject.products.count() == 2


def test_a_product_of_an_unknown_subject_is_refused(officer, subject):
    with pytest.raises(BadInput) as refusal:
        actions.import_products(by=officer, rows=[product_row(), product_row(9)], source="产品")

    assert refusal.value.code == "code-unknown"
    assert Product.objects.count() == 0


def test_a_gtin_stands_for_one_product(officer, subject):
    actions.import_products(by=officer, rows=[product_row()], source="产品")

    with pytest.raises(BadInput) as refusal:
        actions.import_products(by=officer, rows=[product_row(model="另一型号")], source="产品")

    assert refusal.value.code == "gtin-taken"


def test_inspectors_are_imported_and_corrected(officer):
    actions.import_inspectors(by=officer, rows=[inspector_row(1), inspector_row(2)], source="人员")

    outcome = actions.import_inspectors(
        by=officer, rows=[inspector_row(1, conflicts=[code(7)]), inspector_row(2)], source="人员"
    )

    assert (outcome.updated, outcome.unchanged) == (1, 1)
    assert Inspector.objects.get(code="ZJ-0001").conflicts == [code(7)]


def test_a_standing_changes_the_class_and_keeps_the_history(officer, subject):
    actions.set_standing(by=officer, subject=subject, kind="risk_class", value="C", reason="抽查不合格")
    actions.set_standing(by=officer, subject=subject, kind="risk_class", value="D", reason="再次不合格")

    subject.refresh_from_db()
    assert subject.risk_class == "D"
    assert [standing.value for standing in subject.standings.all()] == ["D", "C"]
    assert ledger.timeline("subject", subject.id)[0].detail["was"] == "C"


def test_a_late_word_about_an_earlier_day_does_not_change_what_holds_now(officer, subject):
    today, before = dt.date(2026, 3, 2), dt.date(2026, 1, 5)
    actions.set_standing(
        by=officer, subject=subject, kind="risk_class", value="D", reason="不合格", valid_from=today
    )
    actions.set_standing(
        by=officer, subject=subject, kind="risk_class", value="A", reason="补录", valid_from=before
    )

    subject.refresh_from_db()
    assert (subject.risk_class, subject.standings.count()) == ("D", 2)


def test_the_same_source_entry_sets_a_standing_once(system, subject):
    said = {"kind": "risk_class", "value": "C", "reason": "抽查不合格", "source_entry": "entry-1"}

    first = actions.set_standing(by=system, subject=subject, **said)
    second = actions.set_standing(by=system, subject=subject, **said)

    assert first.pk == second.pk
    assert Standing.objects.count() == 1


def test_a_standing_from_outside_the_region_is_refused(stranger, subject):
    with pytest.raises(NotAllowed):
        actions.set_standing(by=stranger, subject=subject, kind="risk_class", value="A", reason="说情")

    subject.refresh_from_db()
    assert subject.risk_class == "B"


def test_history_rows_are_never_changed_or_removed(officer, subject):
    standing = actions.set_standing(
        by=officer, subject=subject, kind="risk_class", value="C", reason="不合格"
    )

    with pytest.raises(TypeError):
        standing.save()
    with pytest.raises(TypeError):
        standing.delete()


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "短"},
        {"region": "33"},
        {"size": "tiny"},
        {"channel": "street"},
        {"risk_class": "E"},
        {"output_value": Decimal(-1)},
        {"name": ""},
    ],
)
def test_the_database_itself_refuses_wrong_rows(subject, changes):
    said = subject_row(2) | {"recorded_at": subject.recorded_at} | changes

    with pytest.raises(IntegrityError), transaction.atomic():
        Subject.objects.create(**said)


def test_a_failure_after_the_rows_undoes_them(officer, monkeypatch):
    def broken(**kwargs):
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr("zhiheng.ledger.entries.record_rows", broken)

    with pytest.raises(RuntimeError):
        actions.import_subjects(by=officer, rows=[subject_row()], source="断")

    assert Subject.objects.count() == 0
