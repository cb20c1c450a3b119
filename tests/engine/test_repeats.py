"""A table that was added to itself is told by all its rows together; honest ones are left alone."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from zhiheng.engine.repeats import same_rows, times


def honest(seed: int, kinds: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.poisson(random.gamma(1, 40, kinds))


@pytest.mark.parametrize("many", [2, 3])
def test_a_repeated_table_is_told_and_one_kind_that_does_not_fit_clears_it(many):
    for seed in range(50):
        counts = honest(seed, 40) * many
        assert times(counts.tolist()) == many
        counts[seed % 40] += 1
        assert times(counts.tolist()) == 1


def test_honest_tables_are_told_as_repeated_less_often_than_one_in_a_thousand():
    told = sum(times(honest(seed, kinds).tolist()) > 1 for seed in range(1000) for kinds in (12, 30, 200))

    assert told <= 3


@pytest.mark.parametrize(("taken", "share"), [(2, 0.95), (3, 0.95), (2, 0.9), (3, 0.9), (10, 0.98)])
def test_as_many_units_from_each_of_forty_cities_are_honest(taken, share):
    passed = np.random.default_rng(taken).binomial(taken, share, (400, 40))
    tables = np.hstack([passed, taken - passed]).tolist()

    assert sum(times(table) > 1 for table in tables) <= 20


@pytest.mark.parametrize("taken", [2, 3])
def test_as_many_units_from_each_city_of_which_many_fail_are_told_when_doubled(taken):
    passed = np.random.default_rng(taken).binomial(taken, 0.75, (200, 40))
    tables = np.hstack([passed, taken - passed])

    assert sum(times(table) == 2 for table in (2 * tables).tolist()) >= 198
    assert not any(times(table) > 1 for table in tables.tolist())


def test_wide_tables_of_rows_that_differ_are_honest_and_their_doubles_are_not():
    assert times([1] * 500 + [2] * 9) == 1
    assert times([2] * 500 + [4] * 9) == 2


def test_a_design_of_as_many_samples_in_each_cell_of_which_nearly_all_pass_is_honest():
    assert times([30] * 24) == times([30] * 22 + [29, 1, 28, 2]) == 1


def test_too_few_kinds_of_rows_tell_nothing():
    assert times([]) == times([0, 0]) == times([2, 4, 6]) == 1


def test_files_of_the_same_rows_are_found_however_they_were_written(tmp_path):
    random = np.random.default_rng(1)
    table = pl.DataFrame(
        {"division": random.integers(13, 42, 200_000), "passed": random.random(200_000) < 0.9}
    )
    other = table.with_row_index().with_columns(passed=pl.col("passed") ^ (pl.col("index") == 199_999))
    paths = {name: tmp_path / f"{name}.parquet" for name in ("a", "b", "copy")}
    table.write_parquet(paths["a"])
    other.drop("index").write_parquet(paths["b"])
    table.select("passed", "division").write_parquet(paths["copy"], compression="gzip", row_group_size=1000)

    assert same_rows([paths["a"], paths["b"]]) is None
    table.rename({"division": "category", "passed": "conforms"}).write_parquet(tmp_path / "named.parquet")
    assert same_rows([paths["a"], tmp_path / "named.parquet"]) is None
    assert same_rows(list(paths.values())) == (paths["a"], paths["copy"])
