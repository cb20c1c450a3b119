"""Laboratories and their scopes: who may test an item by a method on a day."""

from __future__ import annotations

import datetime as dt

import pytest

from zhiheng.errors import BadInput, NotAllowed
from zhiheng.ledger.models import Entry
from zhiheng.stages.registry import actions, queries, queries_labs, rules_labs
from zhiheng.stages.registry.models import Lab, LabScope, LabVersion

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


def change(officer, lab, reason="资质认定暂停", **changes):
    row = {name: getattr(lab, name) for name in rules_labs.FIELDS} | changes
    return actions.edit_lab(by=officer, lab=lab, row=row, reason=reason)


def test_a_laboratory_is_changed_with_its_reason_and_what_it_was_stays(officer, lab):
    held = change(officer, lab, located_at="演示路1号", samples_a_week=None, is_active=False)
    held = change(officer, held, reason="恢复", is_active=True)
    change(officer, held, reason="再次保存")

    assert Lab.objects.get().is_active and Lab.objects.get().samples_a_week is None
    told = [
        ([(name, before, now) for name, before, now in changed], row.reason)
        for row, changed in queries_labs.history(lab)
    ]
    first = [("located_at", "", "演示路1号"), ("samples_a_week", 40, None), ("is_active", True, False)]
    assert told == [([("is_active", False, True)], "恢复"), (first, "资质认定暂停"), ([], "")]
    entries = Entry.objects.filter(verb="registry.lab_changed").order_by("seq")
    assert [sorted(entry.detail["changed"]) for entry in entries] == [
        ["is_active", "located_at", "samples_a_week"],
        ["is_active"],
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [({"name": ""}, "required"), ({"region": "339999"}, "region-unknown"), ({"reason": " "}, "required")],
)
def test_a_change_that_breaks_a_rule_is_refused(officer, lab, changes, fault):
    assert refused(change, officer=officer, lab=lab, **changes) == fault
    assert not LabVersion.objects.exists()


def test_a_laboratory_is_changed_by_its_office_and_taken_over_by_both(officer, stranger, lab, person_with):
    with pytest.raises(NotAllowed):
        change(stranger, lab, name="x")
    with pytest.raises(NotAllowed):
        change(officer, lab, region=OTHER)
    with pytest.raises(NotAllowed):
        actions.enter_scope(by=stranger, lab=lab, row=scope_row())


def test_a_line_of_the_scope_is_entered_by_itself_and_once(officer, lab):
    row = {name: value for name, value in scope_row().items() if name != "lab"}
    first = actions.enter_scope(by=officer, lab=lab, row=row)

    assert actions.enter_scope(by=officer, lab=lab, row=row).pk == first.pk
    newer = actions.enter_scope(by=officer, lab=lab, row={**row, "limits": "另"})
    assert (LabScope.objects.count(), newer.limits) == (2, "另")
    assert queries.covers(lab.code, on=DAY, **ASKED) is True
    assert Entry.objects.filter(verb="registry.scope_entered").count() == 2
    assert refused(actions.enter_scope, by=officer, lab=lab, row={**row, "item": ""}) == "required"


def test_a_list_of_laboratories_keeps_what_they_were(officer, lab):
    actions.import_labs(by=officer, rows=[lab_row(name="新名"), lab_row(2)], source="表")

    (newest, changed), _first = queries_labs.history(lab)
    assert (newest.reason, changed) == ("表", [("name", "演示检验所1", "新名")])
    assert not LabVersion.objects.filter(lab__code="DEMO-LAB-2").exists()


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
