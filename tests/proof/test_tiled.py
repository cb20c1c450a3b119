"""A tree that grows by its edge and is read from its tiles is the tree that grows in memory."""

from __future__ import annotations

import random

import pytest

from zhiheng.errors import CheckFailed
from zhiheng.proof import merkle, tiled, tiles

BORDERS = (1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000)
LEAVES = tiled.leaf_hashes(str(number).encode() for number in range(max(BORDERS)))


@pytest.fixture(scope="module")
def in_memory():
    tree = merkle.Tree()
    for leaf in LEAVES:
        tree.append_hash(leaf)
    return tree


@pytest.fixture(scope="module")
def grown():
    """Every tile ever written while the tree grew by odd steps over every border, and its roots."""
    steps, store, roots = random.Random(7), {}, {0: tiled.Edge().root()}
    edge = tiled.Edge()
    while edge.size < len(LEAVES):
        border = next(size for size in BORDERS if size > edge.size)
        end = min(border, edge.size + steps.choice((1, 7, 256, 9_000)))
        after, written = edge.grown(LEAVES[edge.size : end])
        assert set(written) == set(tiles.added(edge.size, after.size))
        store.update(written)
        edge = after
        roots[edge.size] = edge.root()
    return store, roots


@pytest.mark.parametrize("size", BORDERS)
def test_the_root_of_the_edge_is_that_of_the_tree(in_memory, grown, size):
    assert grown[1][size] == in_memory.root(size)


@pytest.mark.parametrize("size", BORDERS)
def test_the_edge_is_found_again_in_the_tiles(grown, size):
    store, roots = grown

    edge = tiled.edge(size, store.__getitem__)

    assert (edge.size, edge.root()) == (size, roots[size])


@pytest.mark.parametrize("size", BORDERS)
def test_proofs_read_from_tiles_are_those_of_the_tree_in_memory(in_memory, grown, size):
    stored = tiled.Stored(size, grown[0].__getitem__)

    for index in {0, size // 3, size // 2, size - 1}:
        assert stored.inclusion(index) == in_memory.inclusion(index, size)
        assert stored.leaf(index) == LEAVES[index]
    for old in {1, (size + 1) // 2, size}:
        assert stored.consistency(old) == in_memory.consistency(old, size)
        assert stored.root(old) == in_memory.root(old)


def test_few_tiles_are_read_for_one_proof(grown):
    read = []
    stored = tiled.Stored(70_000, lambda tile: read.append(tile) or grown[0][tile])

    stored.inclusion(12_345)

    assert len(read) <= 6


def test_a_tree_of_tiles_does_not_grow(grown):
    with pytest.raises(CheckFailed):
        tiled.Stored(1, grown[0].__getitem__).append(b"one more")


def test_the_twin_under_sm3_has_other_hashes_and_the_same_shape():
    tree = merkle.Tree("sm3")
    for number in range(300):
        tree.append(str(number).encode())

    edge, _written = tiled.Edge(algorithm="sm3").grown(
        tiled.leaf_hashes((str(number).encode() for number in range(300)), "sm3")
    )

    assert edge.root() == tree.root()
