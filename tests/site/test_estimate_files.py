"""``zhiheng estimate --engine``: the same cells, margins and nation by every engine and kind of file."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import polars as pl
import pytest

from tests.site.test_estimate import answer, country, estimate, written
from zhiheng.engine import snapshot

DESIGN = ("--design", "outcome=passed,stratum=province+stratum,weight=weight")
SIZES = ("--design", "outcome=passed,stratum=province+stratum,population=frame")


def results(rows: int = 6000) -> pl.DataFrame:
    random = np.random.Generator(np.random.Philox(11))
    province, stratum = random.integers(1, 4, rows), random.integers(0, 2, rows)
    frame = 9000 + 100 * province + stratum
    drawn = np.bincount(province * 2 + stratum)[province * 2 + stratum]
    table = {"province": province, "stratum": stratum, "division": random.integers(13, 17, rows)}
    table |= {"frame": frame, "weight": frame / drawn, "passed": random.random(rows) < 0.9}
    return pl.DataFrame(table)


@pytest.fixture
def parquet(tmp_path):
    table, folder = results(), tmp_path / "results"
    folder.mkdir()
    for number in range(3):
        table.slice(number * 2000, 2000).write_parquet(folder / f"{number}.parquet")
    return folder


@pytest.mark.parametrize("name", ["memory", "duckdb"])
def test_it_gives_cells_margins_and_nation_with_errors(name, parquet):
    found = answer("--engine", name, parquet, *DESIGN)

    assert (found["engine"], found["rows"], found["by"]) == (name, 6000, ["province", "division"])
    assert [len(found["cells"]), *(len(found["margins"][by]) for by in found["by"])] == [12, 3, 4]
    assert sum(cell["n"] for cell in found["cells"]) == found["nation"]["n"] == 6000
    for one in (found["nation"], *found["cells"], *found["margins"]["division"]):
        assert 0 < one["lower"] < one["estimate"] < one["upper"] < 1 and one["standard_error"] > 0


def test_it_agrees_with_the_estimate_of_one_csv(tmp_path):
    table = results()
    path = tmp_path / "draw.csv"
    table.with_columns(pl.col("passed").cast(pl.Int8)).write_csv(path)

    plain = answer(path, *SIZES, "--by", "province,division")
    found = answer(path, "--engine", "duckdb", *SIZES)

    for ours, theirs in zip(found["cells"], plain["domains"], strict=True):
        assert {by: ours[by] for by in ("province", "division")} == theirs["domain"]
        for name in ("estimate", "lower", "upper", "standard_error"):
            assert ours[name] == pytest.approx(theirs[name], rel=1e-12)
    assert found["nation"]["estimate"] == pytest.approx(plain["overall"]["estimate"], rel=1e-12)


def test_parquet_csv_and_a_snapshot_give_the_same_numbers(parquet, tmp_path):
    table = pl.read_parquet(parquet / "*.parquet")
    table.with_columns(pl.col("passed").cast(pl.Int8)).write_csv(tmp_path / "all.csv")
    _snapshot(tmp_path / "snapshot", table)

    from_files, from_csv, from_snapshot = (
        answer("--engine", "memory", source, *SIZES)
        for source in (parquet, tmp_path / "all.csv", tmp_path / "snapshot")
    )

    assert from_files["nation"] == from_csv["nation"] == from_snapshot["nation"]
    assert from_files["cells"] == from_snapshot["cells"]
    assert from_snapshot["sources"][0]["parts"] == 3


def test_sizes_and_the_weights_made_of_them_give_the_same(parquet):
    by_sizes, by_weights = answer(parquet, *SIZES), answer(parquet, *DESIGN)

    for ours, theirs in zip(by_sizes["cells"], by_weights["cells"], strict=True):
        assert ours == pytest.approx(theirs, rel=1e-9)


def test_where_keeps_the_rows_asked_for(parquet):
    whole = answer(parquet, *SIZES)["margins"]["province"][1]

    found = answer(parquet, *SIZES, "--where", "province=2", "--by", "division")

    assert whole["province"] == 2
    assert found["rows"] == results().filter(pl.col("province") == 2).height
    for name in ("estimate", "lower", "upper", "standard_error", "n"):
        assert found["nation"][name] == pytest.approx(whole[name], rel=1e-9)


@pytest.mark.parametrize("name", ["memory", "duckdb"])
def test_where_keeps_a_day_and_a_flag(name, tmp_path):
    table = results().with_columns(day=pl.date(2024, 2, 28 + pl.col("province") % 2), is_new=pl.lit(True))
    table.write_parquet(tmp_path / "days.parquet")
    odd = answer(
        "--engine",
        name,
        tmp_path / "days.parquet",
        *DESIGN,
        "--where",
        "day=2024-02-29",
        "--where",
        "is_new=true",
    )

    assert odd["rows"] == table.filter(pl.col("province") % 2 == 1).height
    assert estimate(tmp_path / "days.parquet", *DESIGN, "--where", "day=2024-02-30").returncode == 2
    assert estimate(tmp_path / "days.parquet", *DESIGN, "--where", "is_new=0").returncode == 2


def test_an_answer_of_no_outcome_is_left_out_and_told(tmp_path):
    found = answer(country(tmp_path / "draw.csv"), "--engine", "memory")

    assert found["rows"] == 45
    assert "3 of 48 rows have no outcome" in found["warnings"][0]


def test_for_a_person_it_prints_a_line_for_each_number(parquet):
    lines = estimate(parquet, *SIZES).stdout.splitlines()

    assert len(lines) == 2 + 1 + 3 + 4 + 12
    assert lines[2].endswith("(all)") and lines[3].endswith("province 1")


def test_a_damaged_part_of_a_snapshot_ends_with_1_and_no_number(tmp_path):
    folder = tmp_path / "snapshot"
    _snapshot(folder, results())
    path = snapshot.read(folder).paths[1]
    path.write_bytes(path.read_bytes()[:-1] + b"!")

    done = estimate("--engine", "memory", folder, *SIZES, "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["code"] == "check-failed"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--design", "outcome=passed,stratum=stratum"), "No population and no weight"),
        (("--design", "outcome=passed,population=frame,weight=weight"), "Both a population and a weight"),
        (("--design", "outcome=passed,probability=weight"), "not clusters or probabilities"),
        ((*DESIGN, "--mean"), "shares by strata"),
        ((*DESIGN, "--where", "town=1"), "no column 'town'"),
        ((*DESIGN, "--where", "province=x"), "no value of the column"),
        ((*DESIGN, "--where", "province=99"), "no results"),
        ((*DESIGN, "--where", "weight=2.5"), "The column 'weight' holds Float64, not '2.5'"),
        ((*DESIGN, "--where", "passed=maybe"), "no value of the column passed"),
        ((*DESIGN, "--where", "province=99999999999999999999"), "The column 'province' holds Int64, not"),
        (("--design", "outcome=passed,stratum=stratum,population=frame"), "two sizes"),
    ],
)
def test_what_cannot_be_honoured_is_refused(parquet, arguments, words, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    done = estimate("--engine", "memory", parquet, *arguments)

    assert done.returncode == 2
    assert words in done.stderr


def test_files_of_two_kinds_and_a_file_named_twice_are_refused(parquet, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    sheet = written(tmp_path / "a.csv", [("passed", "weight", "province"), ("1", "2", "3")])

    assert "several kinds" in estimate(parquet, sheet).stderr
    assert "twice" in estimate(parquet / "0.parquet", parquet / "0.parquet").stderr


def test_two_files_of_the_same_results_are_refused(parquet, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    table = pl.read_parquet(parquet / "0.parquet").with_columns(pl.col("passed").cast(pl.Int8))
    for name in ("one.csv", "other.csv"):
        table.write_csv(tmp_path / name)
    pl.read_parquet(parquet / "0.parquet").write_parquet(parquet / "9.parquet", compression="snappy")

    for sources in ((parquet,), (tmp_path / "one.csv", tmp_path / "other.csv")):
        done = estimate("--engine", "memory", *sources, *SIZES)
        assert done.returncode == 2 and "hold the same results" in done.stderr


@pytest.mark.parametrize("design", [SIZES, DESIGN])
def test_results_that_seem_to_be_counted_twice_are_told(parquet, design):
    table = pl.read_parquet(parquet / "0.parquet").with_columns(pl.col("passed").cast(pl.Int8))
    for name, rows in (
        ("once", table),
        ("twice", pl.concat([table, table]).sample(fraction=1, shuffle=True, seed=1)),
    ):
        rows.write_parquet(parquet.parent / f"{name}.parquet")
        rows.write_csv(parquet.parent / f"{name}.csv")

    for kind in ("parquet", "csv"):
        once, twice = (answer(parquet.parent / f"{name}.{kind}", *design) for name in ("once", "twice"))
        assert not any("occurs a multiple of" in told for told in once["warnings"])
        assert "occurs a multiple of 2 times" in twice["warnings"][0]


def test_it_says_by_what_each_file_was_found_whole(parquet, tmp_path):
    import pyarrow.parquet

    table, sheet, with_sums = results(), tmp_path / "all.csv", tmp_path / "sums.parquet"
    pyarrow.parquet.write_table(table.to_arrow(), with_sums, write_page_checksum=True)
    table.with_columns(pl.col("passed").cast(pl.Int8)).write_csv(sheet)
    _snapshot(tmp_path / "snapshot", table)

    for source, checked, is_told in (
        (parquet, "nothing", True),
        (with_sums, "page checksums", False),
        (sheet, "nothing", False),
        (tmp_path / "snapshot", "sha256", False),
    ):
        found = answer("--engine", "memory", source, *SIZES)
        assert {one["checked"] for one in found["sources"]} == {checked}
        assert any("Nothing tells whether" in told for told in found["warnings"]) == is_told


def sums(folder, names) -> str:
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in names]
    (folder / "SHA256SUMS").write_text("\n".join(lines) + "\n")
    return str(folder / "SHA256SUMS")


def test_files_are_checked_against_the_hashes_that_are_given(parquet):
    listed = sums(parquet, ["0.parquet", "1.parquet", "2.parquet"])
    one = hashlib.sha256((parquet / "1.parquet").read_bytes()).hexdigest()

    for found in (
        answer(parquet, *SIZES, "--sha256", listed),
        answer(parquet / "1.parquet", *SIZES, "--sha256", one.upper()),
    ):
        assert {source["checked"] for source in found["sources"]} == {"sha256"} and found["warnings"] == []


def test_a_changed_a_lacking_and_an_unlisted_file_are_refused_where_hashes_are_given(parquet, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    listed = sums(parquet, ["0.parquet", "1.parquet"])
    unlisted = estimate(parquet, *SIZES, "--sha256", listed)
    lacking = estimate(parquet / "0.parquet", *SIZES, "--sha256", listed)
    (parquet / "2.parquet").unlink()
    pl.read_parquet(parquet / "1.parquet").head(1999).write_parquet(parquet / "1.parquet")
    changed = estimate(parquet, *SIZES, "--sha256", listed, "--json")

    assert unlisted.returncode == 2 and "holds no hash of" in unlisted.stderr
    assert lacking.returncode == 2 and "lists 1.parquet, which is not given" in lacking.stderr
    assert changed.returncode == 1 and json.loads(changed.stdout)["code"] == "check-failed"


def test_a_page_that_is_not_what_its_checksum_says_ends_with_1_and_no_number(tmp_path):
    import pyarrow.parquet

    path = tmp_path / "sums.parquet"
    pyarrow.parquet.write_table(results().to_arrow(), path, write_page_checksum=True, compression="none")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)

    done = estimate("--engine", "memory", path, *SIZES, "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["state"] == "refused"


def _snapshot(folder, table: pl.DataFrame) -> None:
    parts = [
        snapshot.Part({"province": key}, str(key), lambda key=key: table.filter(pl.col("province") == key))
        for key in (1, 2, 3)
    ]
    snapshot.write(folder, "results", parts, partition_by=("province",))
