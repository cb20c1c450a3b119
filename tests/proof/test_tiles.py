"""Tiles of a log: paths, widths, what a growing log writes, and bundles of entries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.proof import tiles

CASES = json.loads((Path(__file__).parent / "data/tlog_tiles.json").read_text())


@pytest.mark.parametrize(("number", "path"), CASES["index_path_examples"].items())
def test_the_paths_of_the_specification_come_out(number, path):
    assert tiles.place(int(number)) == path


@pytest.mark.parametrize("case", CASES["sizes"], ids=lambda case: str(case["tree_size"]))
def test_a_log_of_a_size_has_the_tiles_that_the_rules_give(case):
    size = case["tree_size"]

    assert [
        {"level": k, "full_tiles": f, "partial_width": w} for k, (f, w) in enumerate(tiles.levels(size))
    ] == [*case["levels"]]
    last = tiles.of_leaf(size - 1, size)
    assert last.path == case["leaf_path_of_last_entry"]
    assert last.entries_path == last.path.replace("tile/0/", "tile/entries/")


@given(st.lists(st.integers(1, 70_000), min_size=1, max_size=5))
def test_a_log_that_grows_in_steps_writes_what_one_that_grew_at_once_has(steps):
    written, size = set(), 0
    for step in steps:
        written |= set(tiles.added(size, size + step))
        size += step

    assert set(tiles.added(0, size)) <= written
    assert {tile for tile in written if tile.width == tiles.WIDTH} == {
        tile for tile in tiles.added(0, size) if tile.width == tiles.WIDTH
    }
    assert list(tiles.added(size, size)) == []


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_a_bundle_gives_its_entries_back(entries):
    assert tiles.unbundled(tiles.bundle(entries), len(entries)) == entries


@pytest.mark.parametrize(
    ("data", "width"), [(b"\0", 1), (b"\0\1", 1), (b"\0\0\0\0", 1), (b"\0\0", 2), (b"\0\0x", 1), (b"", 1)]
)
def test_a_torn_bundle_is_refused(data, width):
    with pytest.raises(BadInput, match="no bundle"):
        tiles.unbundled(data, width)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: tiles.place(-1),
        lambda: tiles.place(2**63),
        lambda: tiles.place(0, 0),
        lambda: tiles.place(0, 257),
        lambda: tiles.levels(-1),
        lambda: tiles.of_leaf(3, 3),
        lambda: tiles.Tile(1, 0).entries_path,
        lambda: tiles.bundle([b"x" * 65_536]),
        lambda: tiles.bundle([b""] * 257),
    ],
)
def test_what_no_log_has_is_refused(ask):
    with pytest.raises(BadInput):
        ask()
