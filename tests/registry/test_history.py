"""What the register said on an earlier day, and what it knew at an earlier time, has an answer."""

from __future__ import annotations

import datetime as dt

import pytest

from zhiheng.errors import BadInput, NotFound
from zhiheng.people import clock
from zhiheng.stages.registry import actions, queries, versions
from zhiheng.stages.registry.models import Subject, SubjectVersion

from .conftest import OTHER, code, person, subject_row
from .test_bulk import columns

pytestmark = pytest.mark.django_db
DAY = dt.date


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}+08:00")


def name_at(officer, at: str, as_of: str) -> str:
    found = queries.subject_as_of(officer, code(1), at=DAY.fromisoformat(at), as_of=moment(as_of))
    return found.values["name"]


def renamed(officer, subject, name: str, *, said: str, valid_from: str | None = None) -> None:
    with clock.at(f"{said}+08:00"):
        day = DAY.fromisoformat(valid_from) if valid_from else None
        actions.update_subject(by=officer, subject=subject, changes={"name": name}, valid_from=day)


def test_entering_writes_no_version_and_a_first_change_writes_two(officer, subject):
    assert SubjectVersion.objects.count() == 0

    renamed(officer, subject, "乙厂", said="2026-03-05T09:00:00")
    renamed(officer, subject, "丙厂", said="2026-03-06T09:00:00")

    assert SubjectVersion.objects.filter(is_first=True).count() == 1
    assert [row.values["name"] for row in versions.of(subject)] == ["甬江机械厂1", "乙厂", "丙厂"]


def test_the_valid_day_and_the_recorded_time_are_told_apart(officer, subject):
    renamed(officer, subject, "乙厂", said="2026-03-20T09:00:00", valid_from="2026-03-10")

    assert name_at(officer, "2026-03-09", "2026-04-01T00:00:00") == "甬江机械厂1"
    assert name_at(officer, "2026-03-10", "2026-04-01T00:00:00") == "乙厂"
    assert name_at(officer, "2026-03-15", "2026-03-19T23:59:59") == "甬江机械厂1"
    assert name_at(officer, "2026-03-15", "2026-03-20T09:00:00") == "乙厂"


def test_a_late_word_about_an_earlier_time_does_not_change_what_holds_now(officer, subject):
    renamed(officer, subject, "丙厂", said="2026-03-10T09:00:00")
    renamed(officer, subject, "乙厂", said="2026-03-20T09:00:00", valid_from="2026-03-05")

    subject.refresh_from_db()
    assert subject.name == "丙厂"
    assert name_at(officer, "2026-03-07", "2026-03-15T00:00:00") == "甬江机械厂1"
    assert name_at(officer, "2026-03-07", "2026-03-21T00:00:00") == "乙厂"
    assert name_at(officer, "2026-03-12", "2026-03-21T00:00:00") == "丙厂"


def test_every_field_is_kept_for_itself(officer, subject):
    renamed(officer, subject, "丙厂", said="2026-03-10T09:00:00")
    with clock.at("2026-03-20T09:00:00+08:00"):
        actions.update_subject(
            by=officer, subject=subject, changes={"size": "large"}, valid_from=DAY(2026, 3, 5)
        )

    found = queries.subject_as_of(officer, code(1), at=DAY(2026, 3, 12), as_of=moment("2026-03-21T00:00:00"))

    assert (found.values["name"], found.values["size"]) == ("丙厂", "large")


def test_an_imported_correction_keeps_what_stood_before(officer, subject):
    with clock.at("2026-03-10T09:00:00+08:00"):
        rows = [subject_row(1, name="乙厂"), subject_row(2)]
        actions.import_subjects(by=officer, rows=rows, source="表")

    assert SubjectVersion.objects.filter(subject=subject).count() == 2
    assert SubjectVersion.objects.exclude(subject=subject).count() == 0
    assert name_at(officer, "2026-03-05", "2026-03-11T00:00:00") == "甬江机械厂1"
    assert SubjectVersion.objects.get(is_first=False).values == {"name": "乙厂"}


def test_a_class_is_kept_and_a_day_before_the_entry_counts_as_the_entry(officer, subject):
    with clock.at("2026-03-10T09:00:00+08:00"):
        actions.set_standing(by=officer, subject=subject, kind="risk_class", value="D", reason="两次不合格")
        actions.set_standing(
            by=officer,
            subject=subject,
            kind="credit_class",
            value="A",
            reason="年度评定",
            valid_from=DAY(2025, 1, 1),
        )

    early, late = moment("2026-03-09T00:00:00"), moment("2026-03-11T00:00:00")
    at = [(DAY(2026, 3, 5), early), (DAY(2026, 3, 5), late), (DAY(2026, 3, 10), late)]
    found = [queries.subject_as_of(officer, code(1), at=day, as_of=when).values for day, when in at]
    assert [one["risk_class"] for one in found] == ["B", "B", "D"]
    assert [one["credit_class"] for one in found] == ["", "A", "A"]


def test_the_latest_state_is_that_of_the_row(officer, subject):
    for number, name in enumerate("甲乙丙", 3):
        renamed(officer, subject, name, said=f"2026-03-0{number}T09:00:00")
    actions.set_standing(by=officer, subject=subject, kind="risk_class", value="C", reason="一次不合格")

    found = queries.subject_as_of(officer, code(1), at=DAY(2026, 12, 31), as_of=moment("2026-12-31T00:00:00"))

    subject.refresh_from_db()
    for name in ("name", "region", "size", "output_value", "is_active", "risk_class", "credit_class"):
        assert found.values[name] == getattr(subject, name), name


@pytest.mark.parametrize(
    ("at", "as_of"), [("2026-03-01", "2026-04-01T00:00:00"), ("2026-03-02", "2026-03-02T08:59:59")]
)
def test_a_time_before_the_first_record_is_told(officer, subject, at, as_of):
    with pytest.raises(NotFound) as refusal:
        name_at(officer, at, as_of)

    assert refusal.value.code == "before-known"
    assert "2026-03-02" in refusal.value.cause


def test_an_earlier_state_of_another_region_is_not_found(stranger, subject):
    with pytest.raises(NotFound):
        name_at(stranger, "2026-03-02", "2026-04-01T00:00:00")


@pytest.mark.parametrize(("day", "rule"), [("2026-03-03", "day-to-come"), ("2026-03-01", "before-entry")])
def test_a_correction_holds_from_a_day_that_has_come_and_not_before_the_entry(officer, subject, day, rule):
    with pytest.raises(BadInput) as refusal:
        actions.update_subject(
            by=officer, subject=subject, changes={"name": "乙厂"}, valid_from=DAY.fromisoformat(day)
        )

    assert refusal.value.code == rule
    assert SubjectVersion.objects.count() == 0


def test_a_version_is_never_changed(officer, subject):
    renamed(officer, subject, "乙厂", said="2026-03-05T09:00:00")
    version = SubjectVersion.objects.first()

    with pytest.raises(TypeError):
        version.save()
    with pytest.raises(TypeError):
        version.delete()


def test_a_first_filling_in_bulk_writes_each_subject_once(system):
    actions.import_subjects_bulk(by=system, region="330000", columns=columns(), source="示例")

    assert (Subject.objects.count(), SubjectVersion.objects.count()) == (300, 0)
    one = Subject.objects.order_by("code").first()
    found = queries.subject_as_of(system, one.code, at=DAY(2026, 3, 2), as_of=moment("2026-03-02T09:00:00"))
    assert found.values["name"] == one.name


def test_a_subject_that_left_the_region_is_seen_by_its_new_office(city_officer, subject):
    actions.update_subject(by=city_officer, subject=subject, changes={"region": "330102"})

    at, as_of = DAY(2026, 3, 2), moment("2026-03-02T09:00:00")
    assert queries.subject_as_of(person("officer", "330102"), code(1), at=at, as_of=as_of)
    with pytest.raises(NotFound):
        queries.subject_as_of(person("officer", OTHER), code(1), at=at, as_of=as_of)
