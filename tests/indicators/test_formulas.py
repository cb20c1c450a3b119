"""A formula is defined once, in public, when its parts go together; what it gives follows its inputs."""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.indicators.conftest import BY, REGION, moment
from tests.indicators.test_observations import QUARTER, RATE
from zhiheng.engine import formula as engine
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused, ZhihengError
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.stages.indicators import actions, formulas, observations
from zhiheng.stages.indicators.models import Figure, Formula, Observation
from zhiheng.stages.plan import actions as plan_actions
from zhiheng.stages.plan.models import Series

FOOD, PASSED = "food_supervision_fail_rate", "food_supervision_pass_rate"
SCOPE = "市场监管全系统"
TURNED = {
    "type": "zhiheng/formula/1",
    "id": PASSED,
    "version": "1",
    "unit": "%",
    "basis": "judgement",
    "purpose": "enforcement",
    "root": {
        "op": "difference",
        "of": [
            {"op": "constant", "value": "100", "unit": "%"},
            {"op": "series", "id": FOOD, "where": {"scope": SCOPE}},
        ],
    },
}


@pytest.fixture
def national(person):
    return person("statistician", "000000")


@pytest.fixture
def turned(db, national):
    """The outline, its published numbers, and a series of the office with its formula."""
    plan_actions.adopt_outline(by=BY)
    actions.load_published(by=national)
    plan_actions.define_series(
        by=national,
        id=PASSED,
        zh="食品安全监督抽检合格率",
        en="pass rate of food supervision sampling",
        unit="%",
        basis="judgement",
        purpose="enforcement",
        direction="higher",
        definition="由不合格率换算。",
        definition_en="Turned round.",
    )
    return actions.define_formula(by=national, body=TURNED)


def body(**changes):
    made = copy.deepcopy(TURNED)
    made.update(changes)
    return made


def test_the_published_fail_rates_give_pass_rates_with_formula_and_inputs(turned, national):
    made = {row.period: row for row in actions.compute(by=national, formula=turned)}

    assert {period: row.value for period, row in made.items()} == {
        "2020": Decimal("97.69"),
        "2021": Decimal("97.31"),
        "2022": Decimal("97.14"),
        "2023": Decimal("97.27"),
        "2024": Decimal("97.04"),
        "2023H1": Decimal("97.6"),
    }
    found = made["2024"]
    assert (found.origin, found.voice, found.interval) == ("derived", "others", "none")
    assert (found.formula_sha, found.purpose) == (turned.sha, "enforcement")
    assert found.inputs_sha != made["2023"].inputs_sha


def test_computing_again_changes_nothing_and_a_restated_input_restates_the_result(turned, national):
    actions.compute(by=national, formula=turned)
    again = actions.compute(by=national, formula=turned)
    held = observations.current(FOOD, "000000").get(period="2024", breakdown=f"scope={SCOPE}")
    other = replace(observations.shape_of(held), value=Decimal("3.1"), said="3.1")

    with clock.at(moment("2025-09-01T09:00:00")):
        actions.record(by=national, rows=[other], reason="更正")
        later = actions.compute(by=national, formula=turned)

    assert again == []
    assert [(row.period, row.value, row.revision) for row in later] == [("2024", Decimal("96.9"), 1)]
    assert later[0].reason


def test_one_series_is_read_by_one_voice(turned, national):
    both = {
        "op": "difference",
        "of": [{"op": "series", "id": FOOD, "voice": "own"}, {"op": "series", "id": FOOD}],
    }

    with pytest.raises(BadInput) as refused:
        actions.define_formula(by=national, body=body(version="2", root=both), reason="试")

    assert refused.value.code == "formula-voices"


@pytest.mark.parametrize(("voice", "read"), [("own", "94.5"), ("others", "93.93"), ("own-first", "94.5")])
def test_a_formula_says_whose_numbers_it_reads(turned, national, voice, read):
    rate = "mfg_product_pass_rate"
    held = observations.current(rate, "000000", voice="others").get(period="2024", breakdown="")
    ours = replace(
        observations.shape_of(held), origin="estimated", value=Decimal("94.5"), said="", inputs_sha="0" * 64
    )
    actions.record(by=national, rows=[ours])
    tree = formulas.Tree.from_dict(
        body(
            basis="probability",
            purpose="evaluation",
            root={"op": "linear", "of": [{"op": "series", "id": rate, "voice": voice}], "weights": ["1"]},
        )
    )

    found = formulas.tables(tree, "others")[rate]

    assert found["000000", "2024", ""].value == Decimal(read)
    assert (("000000", "2023", "") in found) == (voice != "own")


def first_reading(queries, table):
    return next(place for place, sql in enumerate(queries) if f'FROM "{table}"' in sql)


def test_a_formula_locks_its_series_and_inputs_in_order_before_it_reads_a_number(turned, national):
    with CaptureQueriesContext(connection) as made:
        actions.compute(by=national, formula=turned)

    queries = [one["sql"] for one in made.captured_queries]
    lock = queries[first_reading(queries, Series._meta.db_table)]
    assert all(f"'{id}'" in lock for id in (FOOD, PASSED))
    assert lock.removesuffix(" FOR UPDATE").endswith('"id" ASC')
    assert queries.index(lock) < first_reading(queries, Observation._meta.db_table)


def test_a_number_is_recorded_and_a_formula_defined_after_the_lock_that_orders_them(turned, national):
    with CaptureQueriesContext(connection) as recorded:
        actions.record(by=national, rows=[QUARTER])
    with CaptureQueriesContext(connection) as defined:
        actions.define_formula(by=national, body=body(version="2"), reason="试")

    for made in (recorded, defined):
        queries = [one["sql"] for one in made.captured_queries]
        series, formula = (first_reading(queries, one._meta.db_table) for one in (Series, Formula))
        assert series < formula


def test_as_known_on_a_day_a_formula_reads_the_numbers_of_that_day(turned, national):
    day = clock.now()
    held = observations.current(FOOD, "000000").get(period="2024", breakdown=f"scope={SCOPE}")
    other = replace(observations.shape_of(held), value=Decimal("3.1"), said="3.1")
    with clock.at(moment("2025-09-01T09:00:00")):
        actions.record(by=national, rows=[other], reason="更正")

    cell = ("000000", "2024", "")
    assert formulas.compute(turned, as_of=day).run.value(cell) == Decimal("97.04")
    assert formulas.compute(turned).run.value(cell) == Decimal("96.9")


def test_an_explanation_names_the_series_in_both_languages(turned):
    tree = formulas.compute(turned).explained(("000000", "2024", ""))

    assert engine.printed(tree, "zh").splitlines() == [
        "前项减后项 = 97.04",
        "  常数 = 100",
        f"  食品安全监督抽检不合格率（000000 2024 scope={SCOPE}） = 2.96",
    ]
    assert tree.children[1].cell == (FOOD, "000000", "2024", f"scope={SCOPE}")


def test_the_definition_stands_in_the_public_ledger_whole(turned):
    entry = Entry.objects.get(verb="indicators.formula_defined")

    assert entry.visibility == "public"
    assert (entry.detail["formula"], entry.detail["formula_sha256"]) == (turned.body, turned.sha)


def test_the_same_formula_twice_is_once(turned, national):
    assert actions.define_formula(by=national, body=TURNED) == turned


def difference(one, other):
    return {"op": "difference", "of": [one, other]}


def series(id):
    return {"op": "series", "id": id}


def total(id, **more):
    return {"op": "sum", "of": [{**series(id), "level": "province"}], "over": ["region"], **more}


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"root": difference(series(FOOD), series("mfg_product_pass_rate"))}, BadInput, "formula-purpose"),
        (
            {"root": difference(series(FOOD), series("mfg_quality_competitiveness_index"))},
            BadInput,
            "formula-unit",
        ),
        ({"root": total("mfg_product_pass_rate", cells=31)}, BadInput, "formula-total"),
        ({"root": total("mfg_output")}, BadInput, "formula-cells"),
        ({"root": total("mfg_output", cells=2)}, BadInput, "formula-cells"),
        ({"root": series("quality_work_assessment_grade")}, BadInput, "formula-grade"),
        ({"root": series(PASSED)}, BadInput, "formula-reads-itself"),
        ({"id": "no_such_series"}, BadInput, "formula-series-unknown"),
        ({"unit": "1"}, BadInput, "formula-says-unit"),
        ({"root": {"op": "sql", "text": "DROP TABLE"}}, BadInput, "bad-shape"),
        ({"root": series(FOOD)}, Conflict, "formula-standing"),
        ({"root": series(FOOD), "version": "2"}, BadInput, "formula-no-reason"),
        ({"id": FOOD, "root": series(PASSED)}, BadInput, "formula-circle"),
    ],
)
def test_a_formula_that_cannot_stand_is_refused_when_defined(turned, national, changes, kind, code):
    with pytest.raises(ZhihengError) as refused:
        actions.define_formula(by=national, body=body(**changes))

    assert (type(refused.value), refused.value.code) == (kind, code)


def test_a_refusal_names_the_node_and_reads_in_chinese(turned, national):
    from django.utils import translation

    with translation.override("zh-hans"), pytest.raises(BadInput) as refused:
        wrong = difference(series(FOOD), series("mfg_product_pass_rate"))
        actions.define_formula(by=national, body=body(root=wrong))

    assert refused.value.cause == "root.of[1]：目的“评价”不能与“执法”混用。"


def test_numbers_of_a_formula_are_computed_not_entered(turned, national):
    row = replace(QUARTER, series=PASSED)

    with pytest.raises(RuleRefused) as refused:
        actions.record(by=national, rows=[row])

    assert refused.value.code == "observation-made-here"


def test_a_division_by_zero_is_stored_as_missing_with_its_reason(turned, national):
    share = {"op": "ratio", "of": [series("all_levels_spot_check_fail_rate"), series(RATE)], "unit": "%"}
    actions.record(
        by=national,
        rows=[
            replace(QUARTER, region="000000", value=Decimal(0), said="0"),
            replace(QUARTER, region="000000", series="all_levels_spot_check_fail_rate"),
        ],
    )

    row = actions.define_formula(by=national, body=body(root=share, version="2"), reason="试")
    made = {found.period: found for found in actions.compute(by=national, formula=row)}

    assert (made["2025Q1"].value, made["2025Q1"].flags) == (None, ("demonstration", "missing"))
    assert "除数为零" in made["2025Q1"].note


def test_only_a_statistician_of_the_nation_defines_and_computes(turned, person):
    for stranger in (person("officer", "000000"), person("statistician", "330000")):
        with pytest.raises(NotAllowed):
            actions.define_formula(by=stranger, body=body(version="9"))
        with pytest.raises(NotAllowed):
            actions.compute(by=stranger, formula=turned)


def test_a_release_writes_each_figure_as_an_observation_in_its_own_unit(released):
    rows = {(row.region, row.period, row.breakdown): row for row in Observation.objects.filter(voice="own")}
    figures = list(Figure.objects.all())
    head = rows[REGION, "2025Q1", ""]
    shown = Figure.objects.get(region=REGION, period="2025Q1", division="")

    assert len(rows) == len(figures)
    assert float(head.value) == pytest.approx(shown.estimate * 100, abs=1e-9)
    assert float(head.lower) == pytest.approx(shown.lower * 100, abs=1e-9)
    assert (head.origin, head.interval, head.level) == ("estimated", "design", "0.95")
    assert (head.bundle_sha, head.inputs_sha) == (shown.bundle_sha, released.dataset_sha)
    assert {row.status for row in rows.values()} <= {"final", "suppressed"}
    assert head.release_id == released.pk


def test_a_second_release_restates_the_observations_and_keeps_the_first(released, office, person):
    with clock.at(moment("2025-05-03T10:00:00")):
        actions.release(
            by=person(), series=office.series, region=REGION, periods=["2025Q1"], reason="样品更正"
        )

    vintages = observations.history(office.series.pk, REGION, "2025Q1", voice="own")
    assert [(row.revision, row.status, row.reason) for row in vintages] == [
        (0, "final", ""),
        (1, "revised", "样品更正"),
    ]
