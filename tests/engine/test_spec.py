"""What every engine promises: one question, one answer, the same refusals; test ids name the engine."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import numpy as np
import polars as pl
import pytest

from tests.engine import plain
from zhiheng.engine import opening, sources
from zhiheng.engine.reduction import Reduction
from zhiheng.errors import BadInput, CheckFailed, Missing

KEYS = ("quarter", "stratum", "division")
COUNTS, SUMS = Reduction(KEYS, "counts"), Reduction(KEYS, "sums")
SCHEMA = {"quarter": pl.String, "stratum": pl.Categorical, "division": pl.Int8}
SCHEMA |= {"weight": pl.Float32, "passed": pl.Boolean}


def results(rows: int, *, own_weights: bool = False) -> pl.DataFrame:
    """Return invented results whose weights are those of their stratum, or of each its own."""
    random = np.random.Generator(np.random.Philox(7))
    stratum = random.integers(0, 4, rows)
    weight = np.array([1331 / 167, 12, 0.1, 3])[stratum]
    table = {
        "quarter": np.array(["2025Q1", "2025Q2"])[random.integers(0, 2, rows)],
        "stratum": np.array(["甲", "乙", "丙", "丁"])[stratum],
        "division": random.integers(13, 42, rows).astype(np.int8),
        "weight": weight * random.uniform(0.5, 2, rows) if own_weights else weight,
        "passed": random.random(rows) < 0.94,
    }
    return pl.DataFrame(table).with_columns(pl.col("stratum").cast(pl.Categorical))


def files(folder, table: pl.DataFrame, parts: int = 3):
    size = -(-table.height // parts)
    paths = tuple(folder / f"part-{number}.parquet" for number in range(parts))
    for number, path in enumerate(paths):
        table.slice(number * size, size).write_parquet(path)
    return paths


def test_counts_are_those_of_a_loop_over_the_rows(engine, tmp_path):
    table, expected = results(3000), {}
    for quarter, stratum, division, _weight, passed in table.rows():
        n, k = expected.get((quarter, stratum, division), (0, 0))
        expected[quarter, stratum, division] = (n + 1, k + passed)

    found = engine.reduce(files(tmp_path, table), COUNTS)

    assert {row[:3]: row[3:] for row in found.rows()} == expected


def test_counts_and_sums_are_those_of_memory_to_the_last_bit(engine, tmp_path):
    table = results(20_000)
    paths = files(tmp_path, table)
    plain = opening.open_engine("memory")

    for want in (COUNTS, SUMS):
        assert engine.reduce(paths, want).equals(plain.reduce(table, want))


def test_sums_are_those_of_the_plain_scan(engine, tmp_path):
    table = results(20_000)

    found = engine.reduce(files(tmp_path, table), SUMS)

    _are_close(found, plain.sums(table, KEYS))


def test_sums_of_results_with_a_weight_of_their_own_agree_to_1e_12(engine, tmp_path):
    table = results(20_000, own_weights=True)

    found = engine.reduce(files(tmp_path, table), SUMS)

    _are_close(found, plain.sums(table, KEYS))


def test_the_answer_has_the_columns_and_types_that_were_asked_for(engine, tmp_path):
    found = engine.reduce(files(tmp_path, results(500)), SUMS)

    texts = {"quarter": pl.String, "stratum": pl.String, "division": pl.Int8, "n": pl.Int64}
    assert found.schema == texts | dict.fromkeys(("w", "wy", "w2", "w2y"), pl.Float64)
    assert found.equals(found.sort(KEYS))


def test_a_table_in_memory_a_plan_and_a_file_give_the_same(engine, tmp_path):
    table = results(500)

    found = [engine.reduce(source, SUMS) for source in (table, table.lazy(), files(tmp_path, table, 1))]

    assert found[0].equals(found[1]) and found[0].equals(found[2])


def test_only_the_rows_asked_for_are_counted(engine, tmp_path):
    table = results(2000)
    want = Reduction(("division",), "counts", where=(("quarter", "2025Q1"), ("stratum", "甲")))
    kept = table.filter(pl.col("quarter") == "2025Q1", pl.col("stratum").cast(pl.String) == "甲")

    found = engine.reduce(files(tmp_path, table), want)

    assert found.equals(opening.open_engine("memory").reduce(kept, Reduction(("division",), "counts")))


def test_rows_are_kept_by_days_flags_and_numbers_by_every_engine_alike(engine, tmp_path):
    table = results(400).with_columns(day=pl.date(2024, 2, 29 - pl.col("division") % 2))
    plain = opening.open_engine("memory")

    for name, value in (("day", date(2024, 2, 29)), ("passed", True), ("division", 14)):
        found = engine.reduce(
            files(tmp_path, table), Reduction(("stratum",), "counts", where=((name, value),))
        )
        kept = table.filter(pl.col(name) == value)
        assert 0 < kept.height < 400 and found.equals(plain.reduce(kept, Reduction(("stratum",), "counts")))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("day", "2024-02-29"),
        ("weight", 2.5),
        ("weight", "2.5"),
        ("division", "14"),
        ("division", 2**70),
        ("division", True),
        ("passed", 1),
        ("stratum", 1),
        ("at", "2024-02-29"),
    ],
)
def test_a_value_that_the_column_cannot_hold_is_refused_by_every_engine_alike(engine, name, value):
    table = results(10).with_columns(day=pl.lit(date(2024, 2, 29)), at=pl.datetime(2024, 2, 29))

    with pytest.raises(BadInput, match=f"The column '{name}' holds .*, not"):
        engine.reduce(table, Reduction(("quarter",), "counts", where=((name, value),)))


def test_a_verdict_of_one_and_zero_and_a_day_as_key_are_taken(engine):
    rows = {"day": [date(2025, 3, 1), date(2025, 3, 1)], "weight": [2, 3], "passed": [1, 0]}

    found = engine.reduce(pl.DataFrame(rows), Reduction(("day",)))

    assert found.rows() == [(date(2025, 3, 1), 2, 5.0, 2.0, 13.0, 4.0)]


def test_no_results_give_no_cells(engine):
    assert engine.reduce(pl.DataFrame(schema=SCHEMA), SUMS).rows() == []


FAULTS = {
    "no weight": ("Q1", "A", 13, None, True),
    "no verdict": ("Q1", "A", 13, 2.0, None),
    "no cell": ("Q1", "A", None, 2.0, True),
    "no weight at all": ("Q1", "A", 13, 0.0, True),
    "a weight below zero": ("Q1", "A", 13, -1.0, True),
    "a weight that is no number": ("Q1", "A", 13, float("nan"), True),
    "an endless weight": ("Q1", "A", 13, float("inf"), True),
}


@pytest.mark.parametrize("own_weights", [False, True], ids=["few weights", "own weights"])
def test_a_faulty_result_among_many_is_refused_by_every_engine_alike(engine, own_weights):
    good = results(9000, own_weights=own_weights).cast(SCHEMA)
    for row in FAULTS.values():
        fault = pl.DataFrame([row], schema=SCHEMA, orient="row")

        with pytest.raises(BadInput, match="no cell, no verdict, or a weight that is not above zero"):
            engine.reduce(pl.concat([good, fault]), SUMS)


def test_half_a_pass_is_refused(engine):
    rows = pl.DataFrame({"division": [13, 13], "weight": [1.0, 1.0], "passed": [0.5, 1.0]})

    with pytest.raises(BadInput, match="no verdict"):
        engine.reduce(rows, Reduction(("division",)))


@pytest.mark.parametrize(
    ("want", "words"),
    [
        (Reduction(("region",)), "no column 'region'"),
        (Reduction(("division",), where=(("town", "1"),)), "no column 'town'"),
        (Reduction(("weight",), "counts"), "makes no cells"),
        (Reduction(("division",), passed="stratum"), "is no number"),
    ],
)
def test_a_question_that_the_table_cannot_answer_is_refused_before_a_row_is_read(engine, want, words):
    with pytest.raises(BadInput, match=words):
        engine.reduce(results(10), want)


@pytest.mark.parametrize("twin", ["Passed", "DIVISION", "Weight"])
def test_columns_that_differ_in_capitals_alone_are_refused_by_every_engine(engine, tmp_path, twin):
    table = results(10).with_columns(pl.lit(1).alias(twin))

    for source in (table, files(tmp_path, table)):
        with pytest.raises(BadInput, match=f"'{twin}' differ in capitals alone"):
            engine.reduce(source, SUMS)


@pytest.mark.parametrize(
    "second",
    [
        pl.col("passed").cast(pl.Float64) * 0.4,  # which DuckDB would round to the whole number of the first
        pl.col("division").cast(pl.String),
        pl.lit(1).alias("Passed"),
        pl.lit(1).alias("another"),
    ],
)
def test_files_with_other_columns_or_kinds_are_refused_by_every_engine(engine, tmp_path, second):
    good, other = files(tmp_path, results(20), 2)
    pl.read_parquet(other).with_columns(second).write_parquet(other)

    for want in (COUNTS, SUMS):
        with pytest.raises(BadInput, match=r"part-0\.parquet and part-1\.parquet differ in the column"):
            engine.reduce((good, other), want)


def test_files_may_hold_their_columns_in_another_order(engine, tmp_path):
    good, other = files(tmp_path, results(20), 2)
    answer = engine.reduce((good, other), SUMS)
    table = pl.read_parquet(other)
    table.select(reversed(table.columns)).write_parquet(other)

    assert engine.reduce((good, other), SUMS).equals(answer)


def test_a_file_that_is_not_there_is_refused_with_its_name(engine, tmp_path):
    with pytest.raises(BadInput, match=r"no file gone\.parquet"):
        engine.reduce((tmp_path / "gone.parquet",), COUNTS)


def test_a_file_that_breaks_off_is_refused(engine, tmp_path):
    path = files(tmp_path, results(5000), 1)[0]
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(BadInput, match="cannot be read"):
        engine.reduce((path,), COUNTS)


def test_a_file_whose_middle_is_damaged_gives_no_number(engine, tmp_path):
    good, path = files(tmp_path, results(40_000), 2)
    data = bytearray(path.read_bytes())
    data[4 : len(data) // 2] = bytes(len(data) // 2 - 4)
    path.write_bytes(data)

    with pytest.raises((BadInput, CheckFailed)):
        engine.reduce((good, path), COUNTS)


@pytest.mark.parametrize("name", ["memory", "duckdb"])
def test_a_flipped_bit_gives_an_answer_or_a_refusal_never_a_traceback(name, engines, tmp_path):
    path = files(tmp_path, results(2000), 1)[0]
    good, random = path.read_bytes(), np.random.default_rng(3)

    for at in random.integers(0, len(good) * 8, 120).tolist():
        data = bytearray(good)
        data[at // 8] ^= 1 << at % 8
        path.write_bytes(data)
        with suppress(BadInput, CheckFailed):
            engines(name).reduce((path,), COUNTS)


def test_a_reader_that_panics_is_told_as_a_file_that_cannot_be_read():
    with pytest.raises(BadInput, match="cannot be read: range end"), sources.reading():
        raise pl.exceptions.PanicException("range end index 9 out of range")


def test_an_unknown_engine_is_refused():
    with pytest.raises(BadInput, match="no engine 'hadoop'"):
        opening.open_engine("hadoop")


def test_an_engine_whose_package_is_absent_names_the_extra(monkeypatch):
    monkeypatch.setattr(opening.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(Missing, match=r"zhiheng\[engine\]"):
        opening.open_engine("duckdb")


def _are_close(found: pl.DataFrame, expected: pl.DataFrame) -> None:
    keys = [pl.col(name).cast(pl.String) for name in KEYS]
    found, expected = (table.with_columns(keys).sort(KEYS) for table in (found, expected))
    assert found.select(*KEYS, "n").equals(expected.select(*KEYS, pl.col("n").cast(pl.Int64)))
    for name in ("w", "wy", "w2", "w2y"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12)
