"""What the register wrote once may lose what says something of a person, and change in nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from zhiheng.errors import RuleRefused
from zhiheng.ledger.insert_only import ERASED
from zhiheng.ledger.models import Entry
from zhiheng.people import actions as accounts
from zhiheng.people.models import Appointment, Person
from zhiheng.people.scope import System
from zhiheng.stages.registry import actions
from zhiheng.stages.registry.models import Certificate, Inspector, Qualification, Standing

from .conftest import COUNTY, inspector_row, person, qualification_row

pytestmark = pytest.mark.django_db
SYSTEM = System("test")


@pytest.fixture
def standing(officer, subject):
    return actions.set_standing(
        by=officer, subject=subject, kind="risk_class", value="D", reason="由张三举报"
    )


@pytest.fixture
def gone(officer):
    """Return an account that is closed, whose inspector is still on the list."""
    actions.import_inspectors(by=officer, rows=[inspector_row(1)], source="人员")
    found = person("inspector", COUNTY, organisation="ZJ-0001")
    Appointment.objects.filter(person=found).update(valid_to=dt.date(2021, 1, 1))
    Person.objects.filter(pk=found.pk).update(is_active=False)
    return found


def test_erased_words_are_blank_on_the_row_that_showed_them(standing):
    entry = Entry.objects.get(verb="registry.standing_set")

    accounts.erase_words(by=SYSTEM, entry=entry, reason="requested")

    assert Standing.objects.get(pk=standing.pk).reason == ERASED


@pytest.mark.parametrize(
    "change", [{"reason": "另一个理由"}, {"value": "A"}, {"reason": ERASED, "value": "A"}]
)
def test_nothing_else_of_the_row_changes(standing, change):
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        Standing.objects.filter(pk=standing.pk).update(**change)

    assert (Standing.objects.get().reason, Standing.objects.get().value) == ("由张三举报", "D")


def test_the_holder_of_a_qualification_is_erased_by_its_entry(officer, subject):
    made = actions.register_qualification(by=officer, row=qualification_row())
    entry = Entry.objects.get(verb="registry.qualification_registered")

    accounts.erase_words(by=SYSTEM, entry=entry, reason="requested")

    assert Qualification.objects.get(pk=made.pk).person == ERASED


def test_an_inspector_on_the_list_is_not_erased(gone):
    with pytest.raises(RuleRefused) as refusal:
        accounts.erase_person(by=SYSTEM, person=gone)

    assert refusal.value.code == "person-in-use"
    assert Person.objects.get(pk=gone.pk).erased_at is None


def test_the_name_of_an_inspector_goes_with_the_account(officer, gone):
    actions.strike_off(by=officer, inspector=Inspector.objects.get(), reason="调离")

    accounts.erase_person(by=SYSTEM, person=gone)

    assert (Inspector.objects.get().name, Inspector.objects.get().code) == (ERASED, "ZJ-0001")


def test_why_certificates_ended_is_erased_on_each_of_them(officer):
    actions.import_inspectors(by=officer, rows=[inspector_row(1)], source="人员")
    inspector = Inspector.objects.get()
    for number in ("ZF-1", "ZF-2"):
        paper = {"number": number, "valid_from": dt.date(2020, 1, 1)}
        actions.register_certificate(by=officer, inspector=inspector, row=paper)
    actions.strike_off(by=officer, inspector=inspector, reason="由张三举报")
    entry = Entry.objects.get(verb="registry.inspector_struck_off")

    accounts.erase_words(by=SYSTEM, entry=entry, reason="requested")

    ended = Certificate.objects.exclude(ended_on=None)
    assert dict(ended.values_list("number", "end_reason")) == {"ZF-1": ERASED, "ZF-2": ERASED}
