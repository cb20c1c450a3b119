"""Two records become one, and one becomes two; nothing is rewritten, and a frame never holds both."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed
from zhiheng.people import clock
from zhiheng.stages.registry import actions, queries, versions
from zhiheng.stages.registry.models import Product, Subject, SubjectLink

from .conftest import OTHER, code, product_row, subject_row

pytestmark = pytest.mark.django_db
WHY = "营业执照换发，新旧代码为同一企业"


@pytest.fixture
def other(system, subject):
    return actions.register_subject(by=system, row=subject_row(2))


@pytest.fixture
def third(system, subject):
    return actions.register_subject(by=system, row=subject_row(3))


def merge(by, gone, kept, **more):
    return actions.merge_subjects(by=by, gone=gone, kept=kept, reason=WHY, **more)


def fresh(subject):
    return Subject.objects.select_related("merged_into").get(pk=subject.pk)


def test_a_merge_leaves_one_in_business_and_rewrites_nothing(officer, subject, other):
    actions.import_products(by=officer, rows=[product_row(2)], source="产品")

    link = merge(officer, other, subject)

    assert (fresh(other).is_active, fresh(other).merged_into) == (False, subject)
    assert fresh(subject).is_active
    assert Product.objects.get().subject == other
    assert (link.kind, link.source, link.target, link.reason) == ("merge", other, subject, WHY)
    entry = ledger.timeline("subject", subject.pk)[0]
    assert entry.verb == "registry.subject_merged"
    assert str(entry.id) == link.entry
    assert ledger.timeline("subject", other.pk)[0] == entry


def test_a_frame_never_holds_both(officer, subject, other, system):
    merge(officer, other, subject)

    frame = actions.freeze_frame(by=officer, region="330106", as_of=dt.date(2026, 3, 2), purpose="抽查")

    assert frame.unit_count == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Subject.objects.filter(pk=other.pk).update(is_active=True)


def test_a_merged_subject_cannot_be_put_back_into_business_by_hand(officer, subject, other):
    merge(officer, other, subject)

    with pytest.raises(BadInput) as refusal:
        actions.update_subject(by=officer, subject=other, changes={"is_active": True})

    assert refusal.value.code == "merged-stays-out"
    actions.import_subjects(by=officer, rows=[subject_row(2, name="改名")], source="表")
    assert not fresh(other).is_active


def test_what_cannot_be_merged_is_told(officer, subject, other, third):
    with pytest.raises(BadInput) as itself:
        merge(officer, subject, subject)
    merge(officer, other, subject)
    with pytest.raises(BadInput) as again:
        merge(officer, other, third)
    with pytest.raises(BadInput) as circle:
        merge(officer, subject, other)
    with pytest.raises(BadInput) as chain:
        merge(officer, subject, third)
    with pytest.raises(BadInput) as into_merged:
        merge(officer, third, other)
    with pytest.raises(BadInput) as early:
        merge(officer, third, subject, day=dt.date(2026, 3, 3))

    codes = [found.value.code for found in (itself, again, circle, chain, into_merged, early)]
    assert codes == [
        "same-subject",
        "merged-already",
        "survivor-merged",
        "holds-merged",
        "survivor-merged",
        "day-to-come",
    ]
    assert subject.code in again.value.cause and other.code in chain.value.cause
    assert SubjectLink.objects.count() == 1


def test_a_merge_without_a_reason_is_refused(officer, subject, other):
    with pytest.raises(BadInput):
        actions.merge_subjects(by=officer, gone=other, kept=subject, reason=" ")

    assert fresh(other).is_active


def test_a_merge_needs_the_appointment_for_both_regions(officer, stranger, system, subject):
    far = actions.register_subject(by=system, row=subject_row(9, region=OTHER))

    for by, gone, kept in ((officer, far, subject), (officer, subject, far), (stranger, subject, far)):
        with pytest.raises(NotAllowed):
            merge(by, gone, kept)
    assert SubjectLink.objects.count() == 0


def test_a_merge_is_undone_with_a_reason_and_both_stay_on_record(officer, subject, other):
    merge(officer, other, subject)

    link = actions.undo_merge(by=officer, gone=other, reason="核对执照后为两家企业")

    assert (fresh(other).is_active, fresh(other).merged_into) == (True, None)
    assert link.undoes.kind == "merge"
    assert [found.kind for found in queries.links(subject)] == ["undo", "merge"]
    assert [entry.verb for entry in ledger.timeline("subject", other.pk)][:2] == [
        "registry.merge_undone",
        "registry.subject_merged",
    ]
    merge(officer, other, subject)
    actions.undo_merge(by=officer, gone=other, reason="再次核对")
    assert SubjectLink.objects.count() == 4


def test_undoing_leaves_a_subject_as_it_stood_before(officer, subject, other):
    actions.update_subject(by=officer, subject=other, changes={"is_active": False})
    merge(officer, fresh(other), subject)

    actions.undo_merge(by=officer, gone=other, reason="误并")

    assert not fresh(other).is_active


def test_only_a_merge_can_be_undone_and_by_someone_of_the_region(officer, stranger, subject, other):
    with pytest.raises(BadInput) as refusal:
        actions.undo_merge(by=officer, gone=subject, reason="误并")
    merge(officer, other, subject)
    with pytest.raises(NotAllowed):
        actions.undo_merge(by=stranger, gone=other, reason="误并")

    assert refusal.value.code == "not-merged"


def test_the_earlier_state_of_a_merged_subject_is_still_known(officer, subject, other):
    merge(officer, other, subject)

    now = versions.of(other)
    assert [row.values.get("merged_into") for row in now] == ["", subject.code]
    assert [row.values["is_active"] for row in now] == [True, False]


def test_a_split_enters_a_new_subject_and_links_the_two(officer, subject):
    part = actions.split_subject(by=officer, whole=subject, row=subject_row(5), reason="存续分立")

    assert fresh(subject).is_active and fresh(part).is_active
    (link,) = queries.links(part)
    assert (link.kind, link.source, link.target) == ("split", subject, part)
    assert ledger.timeline("subject", subject.pk)[0].verb == "registry.subject_split"


def test_a_split_needs_a_new_code_a_reason_and_a_subject_of_its_own(officer, subject, other):
    def split(whole, number, reason="存续分立", **more):
        return actions.split_subject(by=officer, whole=whole, row=subject_row(number), reason=reason, **more)

    with pytest.raises(BadInput) as itself:
        split(subject, 1)
    with pytest.raises(Conflict) as taken:
        split(subject, 2)
    with pytest.raises(BadInput):
        split(subject, 6, reason="")
    merge(officer, other, subject)
    with pytest.raises(BadInput) as merged:
        split(other, 6)

    found = [itself.value.code, taken.value.code, merged.value.code]
    assert found == ["split-into-itself", "split-into-existing", "merged-already"]
    assert Subject.objects.count() == 2


def test_a_split_into_another_region_needs_the_appointment_there(officer, stranger, subject):
    row = subject_row(5, region=OTHER, code=code(5, OTHER))

    for by in (officer, stranger):
        with pytest.raises(NotAllowed):
            actions.split_subject(by=by, whole=subject, row=row, reason="分立")
    assert Subject.objects.count() == 1


def as_of(subject, day):
    return versions.standing(versions.of(subject), day)


def at(day):
    return clock.at(dt.datetime.fromisoformat(f"{day}T12:00:00+08:00"))


def test_a_merge_in_the_past_of_its_own_undoing_is_refused(officer, subject, other):
    with at("2026-03-10"):
        merge(officer, other, subject, day=dt.date(2026, 3, 5))
    with at("2026-03-20"):
        actions.undo_merge(by=officer, gone=other, reason="误并")
    with at("2026-03-25"):
        with pytest.raises(BadInput) as refusal:
            merge(officer, fresh(other), subject, day=dt.date(2026, 3, 12))
        merge(officer, fresh(other), subject, day=dt.date(2026, 3, 22))

    assert refusal.value.code == "before-last-word"
    said = [as_of(other, dt.date(2026, 3, day))["merged_into"] for day in (4, 6, 19, 20, 21, 22, 25)]
    assert said == ["", subject.code, subject.code, "", "", subject.code, subject.code]
    today = as_of(other, dt.date(2026, 3, 25))
    assert (today["is_active"], fresh(other).is_active, fresh(other).merged_into) == (False, False, subject)


def test_a_merge_undone_and_made_again_on_one_day_leaves_the_last_word(officer, subject, other):
    with at("2026-03-10"):
        merge(officer, other, subject)
        actions.undo_merge(by=officer, gone=other, reason="误并")
        assert as_of(other, dt.date(2026, 3, 10))["merged_into"] == ""
        merge(officer, fresh(other), subject)

    assert as_of(other, dt.date(2026, 3, 10))["merged_into"] == subject.code


def test_a_merge_holds_from_no_day_before_its_survivor_was_known(officer, system, subject):
    with at("2026-03-15"):
        late = actions.register_subject(by=system, row=subject_row(2))
        merge(officer, subject, late, day=dt.date(2026, 3, 5))

    assert as_of(subject, dt.date(2026, 3, 10))["merged_into"] == ""
    assert as_of(subject, dt.date(2026, 3, 15))["merged_into"] == late.code
