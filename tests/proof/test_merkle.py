"""Merkle inclusion: the cases of transparency-dev, and agreement of roots, paths and checks."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from zhiheng.proof import merkle

DATA = json.loads((Path(__file__).parent / "data/merkle_transparency_dev.json").read_text())


def decoded(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@pytest.mark.parametrize("case", DATA["inclusion"], ids=lambda case: case["file"])
def test_an_inclusion_case_is_accepted_or_refused_as_published(case):
    path = [decoded(step).hex() for step in case["proof"] or []]
    root, leaf = decoded(case["root"]).hex(), decoded(case["leafHash"])

    held = merkle.is_included(leaf, case["leafIdx"], case["treeSize"], path, root)

    assert held != case["wantErr"]


def test_the_published_hashes_are_reproduced():
    assert merkle.root([]) == DATA["hash_constants"]["empty_root"]
    assert merkle.leaf_hash(b"").hex() == DATA["hash_constants"]["empty_leaf"]
    assert merkle.leaf_hash(b"L123456").hex() == DATA["hash_constants"]["leaf_L123456"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 33])
def test_every_leaf_proves_itself_and_nothing_else(size):
    leaves = [b"leaf %d" % number for number in range(size)]
    root = merkle.root(leaves)

    for index, path in enumerate(merkle.paths(leaves)):
        leaf = merkle.leaf_hash(leaves[index])
        assert merkle.is_included(leaf, index, size, path, root)
        assert not merkle.is_included(merkle.leaf_hash(b"other"), index, size, path, root)
        assert not merkle.is_included(leaf, index + 1, size, path, root)
        assert not merkle.is_included(leaf, index, size, [*path, "0" * 64], root)


def test_a_malformed_path_is_refused():
    assert not merkle.is_included(merkle.leaf_hash(b""), 0, 2, ["xy"], "0" * 64)
    assert not merkle.is_included(merkle.leaf_hash(b""), 0, 2, ["00"], "0" * 64)
    assert not merkle.is_included(merkle.leaf_hash(b""), -1, 2, [], "0" * 64)
