"""``zhiheng compute``: a formula over published files, checked before it is computed, by any engine."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tests.engine.formula.made import constant, formula, series
from zhiheng.site import cli

HEAD = ("series", "region", "period", "breakdown", "origin", "unit", "basis", "purpose", "value")
HEAD += ("standard_error", "interval", "status", "flags")
KIND = ("estimated", "%", "probability", "evaluation")
ROWS = [
    ("fail", "000000", "2024", None, *KIND, "2.5", "0.5", "design", "final", None),
    ("fail", "000000", "2025", None, *KIND, None, None, "none", "suppressed", None),
    ("fail", "000000", "2023", None, *KIND, None, None, "bound", "final", None),
    ("fail", "330000", "2025", "division=13", *KIND, "4", None, "none", "final", None),
]
TURNED = formula({"op": "difference", "of": [constant("100"), series("fail")]})


@pytest.fixture
def files(tmp_path):
    def make(rows=ROWS, tree=TURNED, kind="csv"):
        frame = pl.DataFrame(rows, schema=dict.fromkeys(HEAD, pl.String), orient="row")
        data, said = tmp_path / f"fail.{kind}", tmp_path / "formula.json"
        if kind == "csv":
            frame.write_csv(data)
        else:
            frame.cast({"value": pl.Float64, "standard_error": pl.Float64}).write_parquet(data)
        said.write_text(json.dumps(tree.to_dict()), "utf-8")
        return [str(said), str(data)]

    return make


def answer(capsys, *arguments) -> tuple[int, dict]:
    code = cli.main(["compute", *arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_published_files_give_each_cell_its_value_or_the_reason(capsys, files, engine, kind):
    code, found = answer(capsys, *files(kind=kind), "--engine", engine)

    assert (code, found["engine"], found["unit"]) == (0, engine, "%")
    assert [tuple(cell.values())[1:] for cell in found["cells"]] == [
        ("2023", "", None, None, "bound"),
        ("2024", "", 97.5, 0.5, ""),
        ("2025", "", None, None, "suppressed"),
    ]
    assert len(found["formula"]["sha256"]) == len(found["sources"][0]["sha256"]) == 64


def test_for_people_a_cell_is_a_line(capsys, files, monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")

    assert cli.main(["compute", *files()]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and lines[2] == "000000 2024\t97.5 ± 0.5" and "2025\t" in lines[3]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": [*ROWS, ROWS[0]]}, "two rows of 000000 2024"),
        ({"rows": [*ROWS, (*ROWS[0][:5], "‰", *ROWS[0][6:])]}, "several units"),
        ({"rows": [(*ROWS[0][:8], "97,5", *ROWS[0][9:])]}, "no number"),
        ({"tree": formula({"op": "sum", "of": [series("fail"), series("gone")]})}, "reads gone"),
    ],
)
def test_what_does_not_fit_together_is_refused(capsys, files, change, words):
    code, found = answer(capsys, *files(**change))

    assert (code, found["state"]) == (2, "refused")
    assert words in found["cause"]


def test_units_that_do_not_agree_are_refused_by_the_path_of_the_node(capsys, files):
    tree = formula({"op": "difference", "of": [constant("100", unit="tce"), series("fail")]})

    code, found = answer(capsys, *files(tree=tree))

    assert (code, found["code"]) == (2, "formula-unit") and "root.of[1]" in found["cause"]


def test_rows_of_another_origin_are_left_out_where_asked(capsys, files):
    told = (*ROWS[0][:4], "published", *ROWS[0][5:8], "3", *ROWS[0][9:])

    code, found = answer(capsys, *files(rows=[*ROWS, told]), "--where", "origin=published")

    assert (code, [cell["value"] for cell in found["cells"]]) == (0, [97.0])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"[" * 100_000, "not-canonical"),
        (b'{"type": "zhiheng/formula/1", "type": "zhiheng/formula/1"}', "not-canonical"),
        (b'{"type": 1e999}', "not-canonical"),
        (b"\xff\xfe", "not-canonical"),
        (b"", "not-canonical"),
        (b"[]", "bad-shape"),
    ],
)
def test_a_formula_that_is_no_sound_json_is_refused(capsys, files, text, code):
    formula, data = files()
    Path(formula).write_bytes(text)

    found = answer(capsys, formula, data)

    assert (found[0], found[1]["code"]) == (2, code)


def test_a_file_that_is_not_there_and_a_column_of_lists_are_refused(capsys, files):
    formula, data = files(kind="parquet")
    pl.read_parquet(data).with_columns(marks=pl.concat_list("region", "period")).write_parquet(data)

    for arguments in ((formula, data + "x"), (formula + "x", data), (formula, data, "--where", "marks=1")):
        code, found = answer(capsys, *arguments)
        assert (code, found["state"]) == (2, "refused")
