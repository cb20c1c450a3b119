"""Licences and persons' qualifications: entered, imported twice as once, changed by newer rows."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, NotAllowed
from zhiheng.ledger.models import Entry
from zhiheng.reference import market_routes
from zhiheng.stages.registry import actions, rules_licences, rules_people
from zhiheng.stages.registry.models import Licence, Qualification

from .conftest import code, licence_row, product_row, qualification_row, subject_row

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)


def refused(act, **said) -> str:
    with pytest.raises(BadInput) as caught:
        act(**said)
    return caught.value.code


def test_a_licence_is_registered_with_an_entry(officer, subject):
    actions.import_products(by=officer, rows=[product_row()], source="产品")

    made = actions.register_licence(by=officer, row=licence_row(product="轴承"))

    entry = Entry.objects.latest("seq")
    assert (made.product.name, made.state, entry.verb) == ("轴承", "valid", "registry.licence_registered")
    assert entry.detail["number"] == made.number


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"kind": "nothing"}, "not-a-choice"),
        ({"number": ""}, "required"),
        ({"valid_from": None}, "required"),
        ({"valid_until": dt.date(2023, 1, 1)}, "days-not-in-order"),
        ({"product": "不存在"}, "product-unknown"),
        ({"subject": code(9)}, "code-unknown"),
        ({"state": "suspended"}, "required"),
        ({"scope": "长" * 401}, "too-long"),
    ],
)
def test_a_licence_that_breaks_a_rule_is_refused(officer, subject, changes, fault):
    assert refused(actions.register_licence, by=officer, row=licence_row(**changes)) == fault
    assert Licence.objects.count() == 0


def test_a_number_is_registered_once(officer, subject):
    actions.register_licence(by=officer, row=licence_row())

    assert refused(actions.register_licence, by=officer, row=licence_row()) == "number-taken"


def test_suspending_and_withdrawing_write_newer_rows_with_their_reasons(officer, subject):
    first = actions.register_licence(by=officer, row=licence_row())

    second = actions.set_licence_state(by=officer, licence=first, state="suspended", reason="抽查不合格")
    back = actions.set_licence_state(by=officer, licence=first, state="valid", reason="整改完成")
    last = actions.set_licence_state(by=officer, licence=back, state="withdrawn", reason="停产")

    assert (second.replaces, back.replaces, last.replaces) == (first, second, back)
    assert Licence.objects.get(replaced_by__isnull=True) == last
    assert Licence.objects.get(pk=first.pk).state == "valid"
    entry = Entry.objects.latest("seq")
    assert (entry.detail["was"], entry.detail["state"], ledger.words.of(entry)[0].text) == (
        "valid",
        "withdrawn",
        "停产",
    )
    again = {"by": officer, "licence": last, "state": "valid", "reason": "恢复"}
    assert refused(actions.set_licence_state, **again) == "licence-withdrawn"


def test_a_stop_needs_a_reason_and_a_change(officer, subject):
    made = actions.register_licence(by=officer, row=licence_row())

    assert (
        refused(actions.set_licence_state, by=officer, licence=made, state="suspended", reason="")
        == "required"
    )
    same = {"by": officer, "licence": made, "state": "valid", "reason": "无"}
    assert refused(actions.set_licence_state, **same) == "state-unchanged"


def test_a_correction_keeps_the_state(officer, subject):
    made = actions.register_licence(by=officer, row=licence_row())
    actions.set_licence_state(by=officer, licence=made, state="suspended", reason="核查")

    later = actions.correct_licence(
        by=officer, licence=made, row=licence_row(scope="电缆"), reason="附件录错"
    )

    assert (later.scope, later.state, later.reason) == ("电缆", "suspended", "核查")


def test_the_same_correction_twice_is_once(officer, subject):
    made = actions.register_licence(by=officer, row=licence_row())
    said = {"by": officer, "licence": made, "row": licence_row(scope="电缆"), "reason": "附件录错"}

    later = actions.correct_licence(**said)
    again = actions.correct_licence(**said)

    assert again == later
    assert Licence.objects.count() == 2
    assert Entry.objects.filter(verb="registry.licence_corrected").count() == 1


def test_the_same_list_of_licences_twice_is_once_and_a_change_is_a_newer_row(officer, system, subject):
    actions.register_subject(by=system, row=subject_row(2))
    rows = [licence_row(1), licence_row(2)]

    first = actions.import_licences(by=officer, rows=rows, source="表")
    second = actions.import_licences(by=officer, rows=rows, source="表")
    third = actions.import_licences(by=officer, rows=[licence_row(1, scope="电缆")], source="表")

    assert (first.created, second.created, second.unchanged, second.entry) == (2, 0, 2, None)
    assert (third.created, third.updated) == (0, 1)
    assert Licence.objects.count() == 3
    assert refused(
        actions.import_licences, by=officer, rows=[licence_row(1, subject=code(2))], source="表"
    ) == ("number-of-another")


def test_a_licence_of_another_region_is_not_entered(stranger, subject):
    with pytest.raises(NotAllowed):
        actions.register_licence(by=stranger, row=licence_row())
    with pytest.raises(NotAllowed):
        actions.import_licences(by=stranger, rows=[licence_row()], source="表")


def test_the_database_keeps_reasons_and_one_beginning(officer, subject):
    made = actions.register_licence(by=officer, row=licence_row())
    told = {"subject": made.subject, "kind": made.kind, "number": made.number, "valid_from": DAY}

    with pytest.raises(IntegrityError), transaction.atomic():
        Licence.objects.create(**told, recorded_at=made.recorded_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Licence.objects.create(**told | {"number": "N"}, state="suspended", recorded_at=made.recorded_at)
    with pytest.raises(TypeError):
        made.save()


# --- scope and market entry -------------------------------------------------------------------------


def held(**changes) -> rules_licences.Held:
    told = {
        "number": "N1",
        "kind": "production",
        "state": "valid",
        "scope": "水泥；建筑用钢筋",
        "product": None,
        "valid_from": dt.date(2024, 1, 1),
        "valid_until": dt.date(2026, 12, 31),
    }
    return rules_licences.Held(**told | changes)


@pytest.mark.parametrize(
    ("name", "licence", "state"),
    [
        ("普通硅酸盐水泥", held(), "matched"),
        ("电线电缆", held(), "not_covered"),
        ("水泥", held(scope=""), "unknown"),
        ("任何产品", held(scope="", product="key"), "matched"),
        ("水泥", held(state="suspended"), "not_covered"),
        ("水泥", held(valid_until=dt.date(2026, 3, 1)), "not_covered"),
        ("水泥", held(valid_from=dt.date(2026, 3, 3)), "not_covered"),
        ("水泥", held(kind="ccc"), "not_covered"),
    ],
)
def test_a_scope_covers_a_product_or_does_not_or_it_is_unknown(name, licence, state):
    assert rules_licences.covers("key", name, [licence], "production", DAY).state == state


def test_a_licence_that_names_the_product_and_does_not_hold_is_named():
    found = rules_licences.covers("key", "水泥", [held(state="suspended")], "production", DAY)

    assert found == rules_licences.Covered("not_covered", "N1", "not-holding")


@pytest.mark.parametrize(
    ("name", "channel", "licences", "state"),
    [
        ("水泥", "factory", [held()], "fulfilled"),
        ("水泥", "factory", [], "not_fulfilled"),
        ("水泥", "factory", [held(scope="")], "unknown"),
        ("水泥", "shop", [], "not_asked"),
        ("雨伞", "factory", [], "unknown"),
        ("胶合板", "factory", [], "nothing_needed"),
        ("聚氯乙烯绝缘电缆", "factory", [], "unknown"),
        ("聚氯乙烯绝缘电缆", "factory", [held(kind="ccc", scope="电缆")], "fulfilled"),
        (
            "等离子弧切割机",
            "factory",
            [held(kind="declaration", scope="弧焊机；等离子弧切割机")],
            "fulfilled",
        ),
    ],
)
def test_market_entry_says_what_is_asked_and_whether_the_record_fulfils_it(name, channel, licences, state):
    routes = market_routes.find(name, DAY)

    found = rules_licences.entry("key", name, routes, licences, DAY, channel=channel)

    assert found.state == state
    assert not found.is_verified, "no row of the matrix was read in its text"


# --- qualifications -----------------------------------------------------------------------------------


def test_a_chief_quality_officer_is_registered_and_the_name_stays_out_of_the_ledger(officer, subject):
    made = actions.register_qualification(by=officer, row=qualification_row())
    actions.import_qualifications(
        by=officer,
        rows=[qualification_row(kind="professional_title", title="质量工程师", number="ZC-77", duties="")],
        source="表",
    )

    assert made.duties == "批准放行和停产"
    for entry in Entry.objects.all():
        assert "甄检之" not in str(entry.detail)
        assert "ZC-77" not in str(entry.detail)
        if "rows_sha256" in entry.detail and "qualifications" in entry.verb:
            rows = ledger.evidence.read(entry.detail["rows_sha256"]).decode()
            assert "甄检之" not in rows and "ZC-77" not in rows and "质量工程师" in rows


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"person": ""}, "required"),
        ({"duties": ""}, "duties-required"),
        ({"kind": "x"}, "not-a-choice"),
        ({"valid_until": dt.date(2024, 1, 1)}, "days-not-in-order"),
        ({"subject": code(5)}, "code-unknown"),
    ],
)
def test_a_qualification_that_breaks_a_rule_is_refused(officer, subject, changes, fault):
    assert refused(actions.register_qualification, by=officer, row=qualification_row(**changes)) == fault


def test_an_appointment_ends_once_with_its_reason(officer, subject):
    made = actions.register_qualification(by=officer, row=qualification_row())
    end = {"by": officer, "qualification": made, "ended_on": dt.date(2026, 2, 1), "reason": "调离"}

    ended = actions.end_qualification(**end)

    assert (ended.replaces, ended.ended_on, ended.person) == (made, dt.date(2026, 2, 1), "甄检之")
    assert refused(actions.end_qualification, **end) == "ended-already"
    early = actions.register_qualification(by=officer, row=qualification_row(title="副职"))
    later = end | {"qualification": early}
    assert (
        refused(actions.end_qualification, **later | {"ended_on": dt.date(2024, 1, 1)})
        == "ended-before-it-began"
    )
    assert refused(actions.end_qualification, **later | {"ended_on": dt.date(2026, 3, 3)}) == "day-to-come"
    assert refused(actions.end_qualification, **later | {"reason": ""}) == "required"


def test_the_same_list_of_qualifications_twice_is_once(officer, subject):
    rows = [qualification_row(), qualification_row(person="乙")]

    first = actions.import_qualifications(by=officer, rows=rows, source="表")
    second = actions.import_qualifications(by=officer, rows=rows, source="表")
    third = actions.import_qualifications(by=officer, rows=[qualification_row(duties="另")], source="表")

    assert (first.created, second.unchanged, second.entry, third.updated) == (2, 2, None, 1)
    assert Qualification.objects.filter(replaced_by__isnull=True).count() == 2
    assert (
        refused(actions.register_qualification, by=officer, row=qualification_row()) == "qualification-stands"
    )


@pytest.mark.parametrize(
    ("until", "ended", "holds"),
    [(None, None, True), (DAY, None, True), (dt.date(2026, 3, 1), None, False), (None, DAY, False)],
)
def test_a_qualification_holds_until_its_last_day_and_before_its_end(until, ended, holds):
    row = {"valid_from": dt.date(2025, 1, 1), "valid_until": until, "ended_on": ended}

    assert rules_people.holds(row, DAY) is holds
