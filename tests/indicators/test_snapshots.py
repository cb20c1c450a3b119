"""Engines read what was released: one part a draw, the same rates as the release, nobody's name in it."""

from __future__ import annotations

import json

import polars as pl
import pytest

from zhiheng.engine import snapshot
from zhiheng.site import cli
from zhiheng.stages.indicators import snapshots

from .conftest import REGION, SERIES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("engine", ["memory", "duckdb"])
def test_the_rates_of_a_snapshot_are_those_of_the_release(office, released, engine, capsys):
    shown = released.figures.get(region=REGION, division="", period="2025Q1")
    snapshots.write_all()

    design = ["--design", "outcome=passed,stratum=draw+stratum,population=population"]
    code = cli.main(["estimate", "--engine", engine, str(snapshots.folder(SERIES)), "--json", *design])
    found = json.loads(capsys.readouterr().out)

    assert code == 0
    assert found["nation"]["n"] == shown.n
    assert found["nation"]["estimate"] == pytest.approx(shown.hajek, abs=1e-12)
    assert [one["division"] for one in found["margins"]["division"]] == [13, 34]


def test_a_snapshot_names_no_firm_and_stands_for_the_whole_frame(office, released):
    snapshots.write(SERIES)
    table = pl.read_parquet(snapshot.read(snapshots.folder(SERIES)).paths)

    assert table.columns == list(snapshots.SCHEMA)
    assert set(table["province"]) == {330000}
    assert table["weight"].sum() == pytest.approx(table.unique("stratum")["population"].sum())


def test_a_second_turn_writes_nothing_new(office, released):
    before = snapshots.write(SERIES)

    assert snapshots.write(SERIES) == before
    assert [part.key for part in before.parts] == [{"draw": office.draws["2025Q1"].serial}]


def test_without_a_release_there_is_no_snapshot(office):
    assert snapshots.write_all() == 0
    assert not snapshots.folder(SERIES).exists()
