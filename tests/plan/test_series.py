"""What a series meant on any day, and where it breaks: versions are added, never changed."""

from __future__ import annotations

import dataclasses

import pytest
from django.db import DatabaseError, connection, transaction

from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.reference import indicators
from zhiheng.stages.plan import actions, queries
from zhiheng.stages.plan.guards import GUARDS
from zhiheng.stages.plan.models import SeriesBreak, SeriesVersion

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
