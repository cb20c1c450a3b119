"""The command gives one answer whatever the engine: cells, margins and nation to the last digit."""

from __future__ import annotations

import json

import polars as pl

from tests.engine.test_spec import files, results
from zhiheng.site import cli

DESIGN = ("--design", "outcome=passed,stratum=quarter+stratum,weight=weight", "--by", "quarter,division")


def answer(capsys, name: str, paths) -> dict:
    code = cli.main(["estimate", "--engine", name, *map(str, paths), *DESIGN, "--json"])
    said = capsys.readouterr().out
    assert (code, said.count("\n")) == (0, 1)
    return json.loads(said)


def test_every_engine_gives_the_answer_of_memory(engine, tmp_path, capsys):
    paths = files(tmp_path, results(4000).with_columns(pl.col("weight") + 1))
    plain = answer(capsys, "memory", paths)

    found = answer(capsys, engine.name, paths)

    assert found.pop("engine") == engine.name
    assert found == {name: value for name, value in plain.items() if name != "engine"}
    assert len(found["cells"]) == 58 and [*found["margins"]] == ["quarter", "division"]
