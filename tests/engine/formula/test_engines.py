"""One tree, three engines, one answer: what every engine promises of a formula; test ids name the engine."""

from __future__ import annotations

import random

import polars as pl
import pytest

from tests.engine.formula.made import constant, formula, series, table
from tests.engine.formula.test_frames import TREES, framed
from zhiheng.engine import opening
from zhiheng.engine.formula import run
from zhiheng.errors import BadInput

REGIONS = ("000000", "330000", "440000", "330100")
PERIODS = ("2023", "2024", "2025", "2024Q1", "~announced 2024")
BREAKDOWNS = (
    "",
    "division=13",
    "division=17",
    "channel=shop",
    "channel=shop;division=13",
    "channel=shop's \\",
)
TRICKY = {"op": "sum", "of": [series("x"), series("y", where={"channel": "shop's \\"})]}
LARGEST = 100  # of the numbers below


def country(seed: int):
    """Return invented cells of a series, some of them withheld, some without an error, many of them zero."""
    chance, made = random.Random(seed), {}
    for key in ((r, p, b) for r in REGIONS for p in PERIODS for b in BREAKDOWNS):
        kind = chance.random()
        if kind < 0.7:
            made[key] = (
                str(chance.choice((0, 50, 100, chance.randint(1, 99)))),
                chance.choice(("0", "0.5", "2")),
            )
        elif kind < 0.8:
            made[key] = (str(chance.randint(0, 100)), None)
        elif kind < 0.9:
            made[key] = (None, None, chance.choice(("suppressed", "bound", "missing")))
    return table(made)


# Spark takes a second a tree: here one of each way through, all of them in the slow lane.
ON_SPARK = ("score", "mean", "by ratio", "tricky")
ENGINE_TREES = [
    pytest.param(name, tree, marks=[pytest.mark.prove] if name == "spark" and tree not in ON_SPARK else [])
    for name in opening.NAMES
    for tree in (*TREES, "tricky")
]


@pytest.mark.parametrize(("engine", "tree"), ENGINE_TREES, indirect=["engine"])
def test_every_engine_gives_the_numbers_and_reasons_of_the_reference(engine, tree):
    root = TREES.get(tree, TRICKY)
    held = {"x": country(1), "y": country(2)}

    exact = run(formula(root), held)
    found = engine.evaluate(formula(root), {name: framed(cells) for name, cells in held.items()})

    assert [row[:3] for row in found.rows()] == list(exact.cells())
    assert {"", *found["missing"]} - {""} or tree == "turned"
    for *place, value, error, missing in found.rows():
        key = tuple(place)
        assert missing == exact.at("root", key).why
        assert (value is None, error is None) == (exact.value(key) is None, exact.error(key) is None)
        if value is not None:
            assert value == pytest.approx(float(exact.value(key)), rel=1e-12, abs=1e-12 * LARGEST)
        if error is not None:
            assert error == pytest.approx(float(exact.error(key)), rel=1e-9, abs=1e-12 * LARGEST)


MEAN = {"op": "weighted_mean", "of": series("x", by=["division"]), "by": series("y", by=["division"])}


WEIGHED = {  # a region for each case: numbers by division, weights by division, and what must come of them
    "a withheld number": ({"13": ("90", "1"), "17": (None, None, "suppressed")}, {"13": "2", "17": "0"}),
    "a number without error": ({"13": ("90", "1"), "17": ("10", None)}, {"13": "2", "17": "0"}),
    "no number": ({"13": ("90", "1")}, {"13": "2", "17": "0"}),
    "a bound that weighs": ({"13": ("90", "1"), "17": (None, None, "bound")}, {"13": "2", "17": "1"}),
    "no weight at all": ({"13": ("90", "1"), "17": ("80", "1")}, {"13": "0", "17": "0"}),
    "a weight that lacks": ({"13": ("90", "1"), "17": ("80", "1")}, {"13": "2"}),
    "a weight below zero": ({"13": ("90", "1"), "17": ("80", "1")}, {"13": "2", "17": "-1"}),
}
TOLD = [(90.0, 1.0, "")] * 3 + [(None, None, why) for why in ("bound", "zero", "lacking", "outside")]


def test_what_weighs_nothing_is_not_read_and_all_else_that_lacks_is_told(engine):
    tree, held = formula({**MEAN, "over": ["division"]}), {}
    for place, name in enumerate(("x", "y")):
        cells = {}
        for number, case in enumerate(WEIGHED.values(), 11):
            for division, one in case[place].items():
                cells[f"{number}0000", "2024", f"division={division}"] = one
        held[name] = table(cells)

    found = engine.evaluate(tree, {name: framed(cells) for name, cells in held.items()})

    exact = run(tree, held)
    assert found.select("value", "standard_error", "missing").rows() == TOLD
    for key, told in zip(exact.cells(), TOLD, strict=True):
        assert (exact.value(key), exact.error(key), exact.at("root", key).why) == told


def test_files_and_tables_give_the_same(engine, tmp_path):
    tree, held = formula(TREES["mean"]), {"x": framed(country(3)), "y": framed(country(4))}
    for name, frame in held.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")

    found = engine.evaluate(tree, {name: (tmp_path / f"{name}.parquet",) for name in held})

    exact = run(tree, {"x": country(3), "y": country(4)})
    assert [row[:3] for row in found.rows()] == list(exact.cells())
    assert found["missing"].to_list() == [exact.at("root", key).why for key in exact.cells()]


def test_a_damaged_table_is_refused_by_every_engine(engine, tmp_path):
    path = tmp_path / "x.parquet"
    framed(country(3)).write_parquet(path)
    data = bytearray(path.read_bytes())
    data[4 : len(data) // 2] = bytes(len(data) // 2 - 4)
    path.write_bytes(data)
    tree = formula({"op": "difference", "of": [constant("100"), series("x")]})

    with pytest.raises(BadInput, match="cannot be read"):
        engine.evaluate(tree, {"x": (path,)})


def test_a_division_by_zero_is_missing_and_says_so(engine):
    tree = formula({"op": "ratio", "of": [series("x"), series("y")], "unit": "%"})

    found = engine.evaluate(tree, {"x": framed(table({"": "3"})), "y": framed(table({"": "0"}))})

    assert found.row(0) == ("000000", "2024", "", None, None, "zero")


GOOD = framed(table({"": ("90", "0.5"), "division=13": "80"}))
BAD = {
    "two rows of 000000 2024": pl.concat([GOOD, GOOD.head(1)]),
    "has no region, period or breakdown": GOOD.with_columns(period=pl.lit(None, pl.String)),
    "endless or below zero": GOOD.with_columns(value=pl.lit(float("inf"))),
    "error of x is endless or below zero": GOOD.with_columns(standard_error=pl.lit(-1.0)),
    "no column 'value'": GOOD.drop("value"),
    "'value' and 'Value' differ in capitals alone": GOOD.with_columns(Value=pl.lit(1.0)),
    "is no number": GOOD.with_columns(value=pl.lit("90")),
}


@pytest.mark.parametrize("words", BAD)
def test_a_table_that_no_engine_can_honour_is_refused_by_all_alike(engine, words):
    tree = formula({"op": "difference", "of": [constant("100"), series("x")]})

    with pytest.raises(BadInput, match=words):
        engine.evaluate(tree, {"x": BAD[words]})


def test_a_node_that_rests_on_constants_alone_is_refused_with_its_path(engine):
    alone = {"op": "difference", "of": [constant("1"), constant("2")]}

    with pytest.raises(BadInput, match=r"root\.of\[1\] rests on constants alone"):
        engine.evaluate(formula({"op": "sum", "of": [series("x"), alone]}), {"x": GOOD})


def test_a_series_without_a_table_and_a_number_too_large_are_refused(engine):
    huge = framed(table({"": "1e200"}))

    with pytest.raises(BadInput, match="reads y, of which no table"):
        engine.evaluate(formula(TREES["share"]), {"x": huge})
    with pytest.raises(BadInput, match="beyond what a number"):
        tiny = framed(table({"": "1e-200"}))
        engine.evaluate(formula(TREES["share"]), {"x": huge, "y": tiny})
