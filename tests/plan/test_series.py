"""What a series meant on any day, and where it breaks: versions are added, never changed."""

from __future__ import annotations

import dataclasses

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from zhiheng.errors import NotAllowed, ZhihengError
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.reference import indicators
from zhiheng.stages.plan import actions, queries
from zhiheng.stages.plan.guards import GUARDS
from zhiheng.stages.plan.models import Series, SeriesBreak, SeriesVersion, Target

AGRI = "agri_routine_monitoring_pass_rate"
RATE = "mfg_product_pass_rate"


@pytest.fixture
def newer_words(monkeypatch):
    """A newer reference, in which one series has another definition."""
    known = indicators.all()
    other = [dataclasses.replace(row, definition_zh="新的定义") if row.id == RATE else row for row in known]
    monkeypatch.setattr(indicators, "all", lambda: tuple(other))


def test_a_series_is_adopted_with_population_frequency_and_owner(targets):
    found = queries.definition(RATE)

    assert (found.version, found.frequency, found.owner) == (1, "quarter", "市场监管总局")
    assert "29" in found.population_en
    assert SeriesVersion.objects.count() == len(indicators.all())


def test_what_is_not_known_of_a_series_stays_empty(targets):
    found = queries.definition("food_evaluative_pass_rate")

    assert (found.population, found.frequency, found.owner, found.valid_from) == ("", "", "", None)


def test_adopting_again_adds_no_version_and_no_entry(targets, system):
    entries = Entry.objects.count()

    actions.adopt_outline(by=system)

    assert SeriesVersion.objects.count() == len(indicators.all())
    assert SeriesBreak.objects.count() == len(indicators.breaks())
    assert Entry.objects.count() == entries


def test_a_changed_definition_is_a_new_version_and_the_old_one_is_still_read(targets, system, newer_words):
    with clock.at("2026-05-04T09:00:00+08:00"):
        actions.adopt_outline(by=system)

    before = queries.definition(RATE, as_of=clock.now())
    after = queries.definition(RATE)
    assert (before.version, after.version) == (1, 2)
    assert after.definition == "新的定义" != before.definition
    assert after.reason


def test_the_break_of_2018_has_its_bridge_and_an_unknown_error(targets):
    found = queries.breaks(AGRI)

    assert [row.at for row in found] == ["2018", "2021", "2024"]
    assert (found[0].scale, found[0].bridge, found[0].error) == ("difference", "-0.7", "")
    assert (found[1].bridge, found[1].error) == ("", "")


def test_the_bridge_is_the_difference_of_the_two_published_values():
    two = {row.breakdown: row.value for row in indicators.observations(AGRI) if row.period == "2018"}
    old, new = (two[f"scope={name}"] for name in ("2017口径(94参数)", "2018口径(122参数)"))

    assert new - old == indicators.breaks()[0].bridge


def test_every_break_names_a_series_a_period_and_why():
    known = {row.id for row in indicators.all()}

    for row in indicators.breaks():
        assert row.series in known
        assert row.reason_zh and row.reason_en and row.source and row.at.isdigit()


@pytest.mark.parametrize("table", GUARDS.tables)
def test_the_database_refuses_to_change_or_drop_what_a_series_meant(targets, table):
    assert GUARDS.standing(connection) == GUARDS.expected(connection.vendor)

    for statement in (f"UPDATE {table} SET series_id = series_id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
            connection.cursor().execute(statement)


OWN = {
    "zh": "食品安全监督抽检合格率",
    "en": "pass rate of food supervision sampling",
    "unit": "%",
    "basis": "judgement",
    "purpose": "enforcement",
    "direction": "higher",
    "definition": "由不合格率换算。",
    "definition_en": "Turned round from the failure rate.",
}
ID = "food_supervision_pass_rate"


def test_a_series_of_our_own_is_defined_in_public(targets, statistician):
    made = actions.define_series(by=statistician, id=ID, **OWN, frequency="year")
    again = actions.define_series(by=statistician, id=ID, **OWN, frequency="year")

    entry = Entry.objects.get(verb="plan.series_defined")
    assert (made, made.unit, queries.definition(ID).frequency) == (again, "%", "year")
    assert (entry.visibility, entry.detail["version"]) == ("public", 1)


def test_a_better_wording_is_a_version_with_its_reason(targets, statistician):
    actions.define_series(by=statistician, id=ID, **OWN)

    actions.define_series(by=statistician, id=ID, **{**OWN, "owner": "市场监管总局"}, reason="补充")

    assert (queries.definition(ID).version, queries.definition(ID).reason) == (2, "补充")


@pytest.mark.parametrize(
    ("id", "change", "code"),
    [
        ("Bad Id", {}, "series-id-shape"),
        ("another", {"zh": " "}, "series-zh-required"),
        ("another", {"unit": "%" * 30}, "series-unit-too-long"),
        ("another", {"basis": "guess"}, "series-basis-unknown"),
        (RATE, {"purpose": "enforcement", "basis": "probability"}, "series-purpose-changed"),
        (RATE, {"purpose": "evaluation", "basis": "probability"}, "series-reason-required"),
    ],
)
def test_a_definition_that_cannot_stand_is_refused(targets, statistician, id, change, code):
    with pytest.raises(ZhihengError) as refused:
        actions.define_series(by=statistician, id=id, **{**OWN, **change})

    assert refused.value.code == code


def test_only_who_binds_targets_of_the_nation_defines_series(targets, officer):
    with pytest.raises(NotAllowed):
        actions.define_series(by=officer, id=ID, **OWN)


def test_the_name_of_a_bound_target_stays_that_of_its_one_series(targets, statistician):
    target = actions.bind_target(by=statistician, target=targets["CN-2025-4"], series_id=RATE)
    taken = {
        **OWN,
        "zh": target.zh,
        "basis": "probability",
        "purpose": "evaluation",
        "population": "规模以上",
    }
    kind = {name: getattr(queries.series(RATE), name) for name in ("unit", "basis", "purpose", "direction")}

    for id, said in (("large_firms_pass_rate", taken), (RATE, {**OWN, **kind})):
        with pytest.raises(ZhihengError) as refused:
            actions.define_series(by=statistician, id=id, **said, reason="改名")
        assert refused.value.code in ("series-name-shared", "series-name-differs")

    assert queries.target(target.pk).series_id == RATE
    assert not queries.all_series().filter(pk="large_firms_pass_rate").exists()


def test_a_target_is_not_bound_while_another_series_has_its_name(targets, statistician):
    taken = {**OWN, "zh": targets["CN-2025-4"].zh, "basis": "probability", "purpose": "evaluation"}
    actions.define_series(by=statistician, id="large_firms_pass_rate", **taken)

    for id in (RATE, "large_firms_pass_rate"):
        found = actions.bind_target(by=statistician, target=targets["CN-2025-4"], series_id=id)
        assert (found.binding, found.series_id) == ("refused", None)


def test_a_binding_is_looked_at_again_when_series_are_adopted(targets, statistician, system):
    target = actions.bind_target(by=statistician, target=targets["CN-2025-4"], series_id=RATE)
    Series.objects.filter(pk="food_supervision_fail_rate").update(zh=target.zh)
    Series.objects.filter(pk="service_satisfaction").update(en="told otherwise")

    actions.adopt_outline(by=system)

    assert queries.target(target.pk).binding == "bound"  # the reference gave the first its own name back
    namesake = {**OWN, "zh": target.zh}
    Series.objects.create(pk="namesake", **namesake)
    Series.objects.filter(pk=RATE).update(en="told otherwise")
    actions.adopt_outline(by=system)
    assert queries.target(target.pk).binding == "refused"
    assert Entry.objects.filter(verb="plan.binding_refused", subjects__key=target.pk).count() == 1


def test_a_binding_is_undone_when_the_adopted_series_has_another_name_and_may_be_made_anew(
    client, targets, statistician, system
):
    target = actions.bind_target(by=statistician, target=targets["CN-2025-4"], series_id=RATE)
    Target.objects.filter(pk=target.pk).update(zh="产品旧合格率")
    Series.objects.filter(pk=RATE).update(en="told otherwise")

    actions.adopt_outline(by=system)

    found = queries.target(target.pk)
    entry = Entry.objects.get(verb="plan.binding_refused", subjects__key=target.pk)
    assert (found.binding, found.series_id, entry.detail["rule"]) == ("unbound", None, "name-differs")
    assert RATE in entry.detail["reason_zh"] and RATE in found.binding_reason_en
    assert found.binding_reason in client.get(reverse("plan:target", args=[found.pk])).content.decode()
    Target.objects.filter(pk=target.pk).update(zh=target.zh)
    assert actions.bind_target(by=statistician, target=found, series_id=RATE).binding == "bound"
