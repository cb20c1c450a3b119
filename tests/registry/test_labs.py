"""Laboratories and their scopes: who may test an item by a method on a day."""

from __future__ import annotations

import datetime as dt

import pytest

from zhiheng.errors import BadInput, NotAllowed
from zhiheng.ledger.models import Entry
from zhiheng.stages.registry import actions, queries
from zhiheng.stages.registry.models import Lab, LabScope

from .conftest import OTHER, lab_row, scope_row

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)
ASKED = {"item": "抗压强度", "method": "DEMO-T 1-2023"}


def refused(act, **said) -> str:
    with pytest.raises(BadInput) as caught:
        act(**said)
    return caught.value.code


@pytest.fixture
def lab(officer):
    return actions.register_lab(by=officer, row=lab_row())


def test_a_laboratory_is_registered_once(officer, lab):
    assert Entry.objects.latest("seq").verb == "registry.lab_registered"
    assert refused(actions.register_lab, by=officer, row=lab_row()) == "lab-taken"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"code": ""}, "required"),
        ({"region": "339999"}, "region-unknown"),
        ({"uscc": "123"}, "code-length"),
        ({"samples_a_week": -1}, "not-a-count"),
    ],
)
def test_a_laboratory_that_breaks_a_rule_is_refused(officer, changes, fault):
    assert refused(actions.register_lab, by=officer, row=lab_row(**changes)) == fault


def test_a_list_of_laboratories_corrects_what_stands(officer, lab):
    rows = [lab_row(name="新名"), lab_row(2)]

    first = actions.import_labs(by=officer, rows=rows, source="表")
    second = actions.import_labs(by=officer, rows=rows, source="表")

    assert (first.created, first.updated, second.unchanged, second.entry) == (1, 1, 2, None)
    assert Lab.objects.get(code="DEMO-LAB-1").name == "新名"


def test_scopes_are_imported_and_a_change_is_a_newer_line(officer, lab):
    first = actions.import_scopes(by=officer, rows=[scope_row()], source="表")
    second = actions.import_scopes(by=officer, rows=[scope_row()], source="表")
    third = actions.import_scopes(by=officer, rows=[scope_row(limits="另")], source="表")

    assert (first.created, second.unchanged, third.updated) == (1, 1, 1)
    assert LabScope.objects.count() == 2
    assert refused(actions.import_scopes, by=officer, rows=[scope_row(9)], source="表") == "lab-unknown"
    assert refused(actions.import_scopes, by=officer, rows=[scope_row()] * 2, source="表") == "repeated"


def test_a_laboratory_elsewhere_is_not_changed(stranger, lab):
    for act, row in ((actions.import_labs, lab_row(name="x")), (actions.import_scopes, scope_row())):
        with pytest.raises(NotAllowed):
            act(by=stranger, rows=[row], source="表")


def test_a_scope_covers_from_its_first_to_its_last_day(officer, lab):
    assert queries.covers(lab.code, on=DAY, **ASKED) is None
    actions.import_scopes(by=officer, rows=[scope_row()], source="表")

    assert queries.covers(lab.code, on=DAY, **ASKED) is True
    assert queries.covers(lab.code, on=dt.date(2023, 12, 31), **ASKED) is False
    assert queries.covers(lab.code, on=dt.date(2028, 1, 1), **ASKED) is False
    assert queries.covers(lab.code, on=DAY, item="抗压强度", method="另一方法") is False


def test_a_line_taken_back_covers_no_more_and_another_product_still_does(officer, lab):
    actions.import_scopes(by=officer, rows=[scope_row(), scope_row(product="砂浆")], source="表")
    line = LabScope.objects.get(product="水泥")

    actions.end_scope(by=officer, line=line, ended_on=DAY, reason="评审未通过")

    assert queries.covers(lab.code, on=DAY, **ASKED) is True
    actions.end_scope(
        by=officer, line=LabScope.objects.get(product="砂浆"), ended_on=DAY, reason="评审未通过"
    )
    assert queries.covers(lab.code, on=DAY, **ASKED) is False
    assert queries.covers(lab.code, on=dt.date(2026, 3, 1), **ASKED) is True
    again = {"by": officer, "line": line, "ended_on": DAY, "reason": "再次"}
    assert refused(actions.end_scope, **again) == "ended-already"
    actions.import_scopes(by=officer, rows=[scope_row()], source="恢复")
    assert queries.covers(lab.code, on=DAY, **ASKED) is True


def test_the_directory_is_open_to_every_office_and_a_laboratory_sees_itself(
    officer, stranger, lab, person_with
):
    actions.register_lab(by=officer, row=lab_row(2))
    staff = person_with("lab", OTHER, organisation=lab.code)

    assert queries.labs(stranger).count() == 2
    assert [one.code for one in queries.labs(staff)] == [lab.code]
    assert queries.labs(person_with("system_admin")).count() == 0
