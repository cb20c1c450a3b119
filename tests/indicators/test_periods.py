"""A figure counts the draws that belong to its period: its own, or shorter ones that fill it."""

from __future__ import annotations

import pytest

from zhiheng.errors import RuleRefused
from zhiheng.people import clock
from zhiheng.stages.indicators import actions, queries, rules

from .conftest import REGION, moment


def release(office, person, *periods, **more):
    with clock.at(moment("2025-12-30T10:00:00")):
        return actions.release(
            by=person(), series=office.series, region=REGION, periods=list(periods), **more
        )


def test_the_draw_of_a_year_does_not_count_in_a_quarter(office, inspected, person):
    inspected("2025")

    with pytest.raises(RuleRefused) as refused:
        release(office, person, "2025Q1")
    assert refused.value.code == "no-draw"


def test_the_draw_of_a_year_gives_the_figure_of_the_year(office, inspected, person):
    made = inspected("2025")

    released = release(office, person, "2025")

    shown = queries.figure(office.series.pk, REGION, "2025")
    assert released.parameters["draws"] == [made.serial]
    assert [draw.serial for draw in queries.draws_behind(shown)] == [made.serial]
    assert shown.population == 220


def test_a_year_with_a_draw_of_its_own_takes_no_quarter_beside_it(office, inspected, person):
    whole, part = inspected("2025"), inspected("2025Q1")

    release(office, person, "2025Q1", "2025")

    year, quarter = (queries.figure(office.series.pk, REGION, text) for text in ("2025", "2025Q1"))
    assert [draw.serial for draw in queries.draws_behind(year)] == [whole.serial]
    assert [draw.serial for draw in queries.draws_behind(quarter)] == [part.serial]
    assert year.n_sampled == whole.selections.filter(is_reserve=False).count()


def test_an_inspection_names_only_the_figures_that_count_it(office, inspected, person):
    inspected("2025")
    part = inspected("2025Q1")
    release(office, person, "2025Q1", "2025")

    visit = part.visits.first()
    assert {figure.period for figure in queries.using_inspection(visit)} == {"2025Q1"}


def test_three_months_make_a_quarter(office, inspected, person):
    made = [inspected(f"2025-{number:02d}").serial for number in (1, 2, 3)]

    release(office, person, "2025Q1")

    shown = queries.figure(office.series.pk, REGION, "2025Q1")
    assert sorted(draw.serial for draw in queries.draws_behind(shown)) == made
    assert queries.figure(office.series.pk, REGION, "2025-01") is None


def test_a_month_that_lacks_its_draw_is_named(office, inspected, person):
    inspected("2025-01")

    with pytest.raises(RuleRefused) as refused:
        release(office, person, "2025Q1")

    assert refused.value.code == "period-without-draw"
    assert refused.value.facts["periods"] == "2025-02, 2025-03"


def test_kinds_are_not_mixed_to_fill_a_year():
    held = {"2025H1", "2025Q3", "2025Q4"}

    assert rules.made_of("2025", held) == ("2025H1", "2025H2")
    assert rules.made_of("2025H2", held) == ("2025Q3", "2025Q4")


def test_choosing_another_kind_of_draw_than_the_rule_takes_needs_a_reason(office, inspected, person):
    inspected("2025")
    quarters = [inspected(f"2025Q{number}").serial for number in (1, 2, 3, 4)]

    with pytest.raises(RuleRefused) as refused:
        release(office, person, "2025", draws=quarters)

    assert refused.value.code == "draws-left-aside"
