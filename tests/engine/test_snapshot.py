"""A snapshot is bound by its hashes: only changed parts are written and counted, damaged ones never read."""

from __future__ import annotations

import hashlib
import os
import stat

import numpy as np
import polars as pl
import pytest

from zhiheng.engine import opening, resuming, snapshot
from zhiheng.engine.reduction import Reduction
from zhiheng.errors import BadInput, CheckFailed

COUNTS, SUMS = Reduction(("division",), "counts"), Reduction(("province", "division"))
KEYS = ("period", "province")


def rows(period: int, province: int, *, passed: bool = True) -> pl.DataFrame:
    table = {"period": [period] * 60, "province": [province] * 60, "division": [13, 14, 15] * 20}
    return pl.DataFrame(table | {"weight": [0.1, 0.7, 3.3] * 20, "passed": [passed, True, False] * 20})


def part(period: int, province: int, *, passed: bool = True, asked: list | None = None) -> snapshot.Part:
    def read() -> pl.DataFrame:
        if asked is not None:
            asked.append((period, province))
        return rows(period, province, passed=passed)

    key = {"period": period, "province": province}
    return snapshot.Part(key, f"{period}-{province}-{passed}", read)


def country(**changed) -> list[snapshot.Part]:
    return [part(period, province, **changed) for period in (20251, 20252) for province in (9, 10, 11)]


def write(folder, parts) -> snapshot.Manifest:
    return snapshot.write(folder, "results", parts, partition_by=KEYS, ledger_seq=7)


@pytest.fixture(params=["memory", "duckdb"])
def quick_engine(request, engines):
    return engines(request.param)


def test_what_was_written_is_read_back_in_the_order_of_the_keys(tmp_path):
    manifest = write(tmp_path, reversed(country()))

    found = snapshot.read(tmp_path)

    assert found.manifest == manifest
    assert [tuple(part.key.values()) for part in manifest.parts][:4] == [
        (20251, 9),
        (20251, 10),
        (20251, 11),
        (20252, 9),
    ]
    assert pl.read_parquet(found.paths).equals(
        pl.concat([rows(period, p) for period in (20251, 20252) for p in (9, 10, 11)])
    )
    assert (manifest.rows, manifest.ledger_seq, manifest.previous) == (360, 7, None)


def test_only_a_changed_part_is_asked_for_and_written(tmp_path):
    before, asked = write(tmp_path, country()), []
    parts = country(asked=asked)
    parts[4] = part(20252, 10, passed=False, asked=asked)

    after = write(tmp_path, parts)

    assert asked == [(20252, 10)]
    assert after.previous == before.root
    changed = [a.key for a, b in zip(after.parts, before.parts, strict=True) if a != b]
    assert changed == [{"period": 20252, "province": 10}]


def test_an_unchanged_country_stays_the_same_snapshot(tmp_path):
    before = write(tmp_path, country())

    assert write(tmp_path, country()) == before
    assert len(list((tmp_path / "manifests").iterdir())) == 1


def test_an_older_snapshot_can_still_be_read(tmp_path, engines):
    before = write(tmp_path, country())
    answer = engines("memory").reduce(snapshot.read(tmp_path), COUNTS)
    write(tmp_path, country(passed=False))

    then = snapshot.read(tmp_path, before.root)

    assert engines("memory").reduce(then, COUNTS).equals(answer)
    assert not engines("memory").reduce(snapshot.read(tmp_path), COUNTS).equals(answer)


def test_every_engine_gives_of_a_snapshot_what_memory_gives_of_its_rows(engine, tmp_path):
    write(tmp_path, country())
    whole = pl.concat([rows(period, p) for period in (20251, 20252) for p in (9, 10, 11)])

    for want in (COUNTS, SUMS):
        found = engine.reduce(snapshot.read(tmp_path), want)
        assert found.equals(opening.open_engine("memory").reduce(whole, want))


@pytest.fixture
def noted(monkeypatch):
    """Let an engine note which files it counts."""

    def note(engine) -> list:
        counted, partial = [], engine.partial
        monkeypatch.setattr(
            engine, "partial", lambda source, *a, **kw: counted.extend(source) or partial(source, *a, **kw)
        )
        return counted

    return note


def test_an_update_counts_the_changed_part_alone_and_has_the_bits_of_a_full_run(engine, tmp_path, noted):
    write(tmp_path / "a", country())
    engine.reduce(snapshot.read(tmp_path / "a"), SUMS)
    parts = [*country()[:-1], part(20253, 9)]
    parts[0] = part(20251, 9, passed=False)
    write(tmp_path / "a", parts)
    write(tmp_path / "b", parts)
    full = engine.reduce(snapshot.read(tmp_path / "b"), SUMS)
    counted = noted(engine)

    updated = engine.reduce(snapshot.read(tmp_path / "a"), SUMS)

    new = {found.path(one) for found in [snapshot.read(tmp_path / "a")] for one in found.manifest.parts}
    assert len(counted) == 2 and set(counted) <= new
    assert updated.equals(full)


def test_an_update_of_results_with_a_weight_of_their_own_agrees_to_1e_12(quick_engine, tmp_path, noted):
    def own(seed: int, province: int) -> snapshot.Part:
        weights = pl.Series(np.random.default_rng(seed).uniform(1, 40, 6000))
        key = {"period": 20251, "province": province}
        frame = pl.concat([rows(20251, province)] * 100).with_columns(weight=weights)
        return snapshot.Part(key, f"{seed}", lambda: frame)

    write(tmp_path / "a", [own(1, 9), own(2, 10), own(3, 11)])
    quick_engine.reduce(snapshot.read(tmp_path / "a"), SUMS)
    parts = [own(1, 9), own(4, 10), own(3, 11)]
    write(tmp_path / "a", parts)
    write(tmp_path / "b", parts)
    full = quick_engine.reduce(snapshot.read(tmp_path / "b"), SUMS)
    counted = noted(quick_engine)

    updated = quick_engine.reduce(snapshot.read(tmp_path / "a"), SUMS)

    assert len(counted) == 1
    np.testing.assert_allclose(updated.to_numpy(), full.to_numpy(), rtol=1e-12)


def test_a_damaged_part_is_refused_by_its_name_before_any_number(quick_engine, tmp_path):
    write(tmp_path, country())
    path = snapshot.read(tmp_path).paths[2]
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    with pytest.raises(CheckFailed, match=r"period=0*20251/province=0*11 .* hash"):
        quick_engine.reduce(snapshot.read(tmp_path), COUNTS)


def test_a_missing_part_is_refused(tmp_path):
    write(tmp_path, country())
    snapshot.read(tmp_path).paths[0].unlink()

    with pytest.raises(CheckFailed, match="missing"):
        snapshot.read(tmp_path)


@pytest.mark.parametrize("change", [('"rows":60', '"rows":61'), ('"division"', '"divisions"'), ("{", "[")])
def test_an_altered_manifest_is_refused(tmp_path, change):
    manifest = write(tmp_path, country())
    path = tmp_path / "manifests" / f"{manifest.root}.json"
    path.write_text(path.read_text("utf-8").replace(*change, 1), "utf-8")

    with pytest.raises(CheckFailed, match="manifest"):
        snapshot.read(tmp_path)


def test_a_kept_table_that_was_damaged_is_counted_again(tmp_path, engines):
    write(tmp_path, country())
    answer = engines("memory").reduce(snapshot.read(tmp_path), COUNTS)
    for path in (tmp_path / "work").rglob("*.parquet"):
        path.write_bytes(path.read_bytes()[:-9] + bytes(9))

    assert engines("memory").reduce(snapshot.read(tmp_path), COUNTS).equals(answer)


FORGED = {
    "doubled": lambda kept: kept.with_columns(pl.col(kept.columns[-1]) * 2),
    "a row below zero": lambda kept: pl.concat([kept, kept.with_columns(-pl.col(kept.columns[-1])), kept]),
    "a row less": lambda kept: kept.slice(1),
    "another column": lambda kept: kept.rename({kept.columns[0]: "else"}),
    "no table": lambda kept: None,
}


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("want", [COUNTS, SUMS])
def test_a_kept_table_of_other_rows_is_counted_again_though_it_is_named_by_its_hash(
    tmp_path, engines, forged, want
):
    write(tmp_path, country())
    answer = engines("memory").reduce(snapshot.read(tmp_path), want)
    for path in (tmp_path / "work").rglob("*.parquet"):
        made = FORGED[forged](pl.read_parquet(path))
        path.write_bytes(b"PAR1") if made is None else made.write_parquet(path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        path.rename(path.with_name(f"{path.stem.partition('-')[0]}-{sha256}.parquet"))

    assert engines("memory").reduce(snapshot.read(tmp_path), want).equals(answer)


def test_a_kept_table_of_some_rows_counts_no_more_than_its_part_has(tmp_path, engines):
    want = Reduction(("division",), "counts", where=(("passed", True),))
    write(tmp_path, country())
    answer = engines("memory").reduce(snapshot.read(tmp_path), want)
    for path in (tmp_path / "work").rglob("*.parquet"):
        pl.read_parquet(path).with_columns(pl.col("rows_alike") * 2).write_parquet(path)
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        path.rename(path.with_name(f"{path.stem.partition('-')[0]}-{sha256}.parquet"))

    assert engines("memory").reduce(snapshot.read(tmp_path), want).equals(answer)


def test_sums_that_an_engine_added_up_itself_are_kept_for_it_alone(engines):
    asked = {resuming._name(engines(name), SUMS) for name in ("memory", "duckdb")}

    assert len(asked) == 2
    assert len({resuming._name(engines(name), COUNTS) for name in ("memory", "duckdb")}) == 1


def test_a_part_twice_or_without_its_key_or_with_strange_rows_is_refused(tmp_path):
    stray = snapshot.Part({"period": 20251, "province": 12}, "x", lambda: rows(20251, 13))

    for parts, words in (
        ([part(20251, 9), part(20251, 9)], "twice"),
        ([snapshot.Part({"period": 20251}, "x", lambda: rows(20251, 9))], "not keyed by"),
        ([stray], "belong to another"),
        ([], "without a part"),
    ):
        with pytest.raises(BadInput, match=words):
            write(tmp_path, parts)


def test_a_part_with_other_columns_is_refused_and_the_newest_snapshot_stays(tmp_path):
    before = write(tmp_path, country())
    key = {"period": 20251, "province": 12}
    wide = snapshot.Part(key, "x", lambda: rows(20251, 12).with_columns(extra=pl.lit(1)))

    with pytest.raises(BadInput, match="other columns"):
        write(tmp_path, [*country(), wide])
    assert snapshot.read(tmp_path).manifest == before


def test_new_columns_in_all_parts_make_a_new_snapshot(tmp_path):
    write(tmp_path, country())
    key = {"period": 20251, "province": 9}
    wide = snapshot.Part(key, "x", lambda: rows(20251, 9).with_columns(extra=pl.lit(1)))

    assert ("extra", "Int32") in write(tmp_path, [wide]).schema


def test_a_folder_without_a_snapshot_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no snapshot in"):
        snapshot.read(tmp_path)


def test_every_name_in_a_folder_is_on_the_disk_before_a_snapshot_is_said_to_be_written(tmp_path, monkeypatch):
    fsync, synced = os.fsync, {}

    def noted(handle: int) -> None:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            synced[found.st_ino] = set(os.listdir(handle))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    write(tmp_path, country())

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 6
    assert [path for path in files if path.name not in synced.get(path.parent.stat().st_ino, ())] == []
