"""Merkle inclusion: the cases of transparency-dev, and agreement of roots, paths and checks."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

from zhiheng.errors import BadInput
from zhiheng.proof import merkle

FOLDER = Path(__file__).parent / "data"
DATA = json.loads((FOLDER / "merkle_transparency_dev.json").read_text())
COMPUTED = json.loads((FOLDER / "merkle_computed.json").read_text())


def grown(leaves: list[bytes], algorithm: str = "sha256") -> merkle.Tree:
    tree = merkle.Tree(algorithm)
    for leaf in leaves:
        tree.append(leaf)
    return tree


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


# --- growing trees --------------------------------------------------------------------------------


def leaf_of(case: dict, place: int) -> bytes:
    """The leaf that the rule of the file gives: a length and a stream of bytes, both from SHA-512."""
    name = f"{case['alg']}|{case['n']}|{place}"
    length = int.from_bytes(hashlib.sha512(f"zhiheng-vec|len|{name}|0".encode()).digest()[:8], "big") % 40
    return hashlib.sha512(f"zhiheng-vec|leaf|{name}|0".encode()).digest()[:length]


def hashes_of(case: dict, name: str = "proof") -> list[bytes]:
    return [decoded(step) for step in case[name] or []]


@pytest.mark.parametrize("case", DATA["consistency"], ids=lambda case: case["file"])
def test_a_consistency_case_is_accepted_or_refused_as_published(case):
    roots = decoded(case["root1"]), decoded(case["root2"])

    held = merkle.is_consistent(case["size1"], roots[0], case["size2"], roots[1], hashes_of(case))

    assert held != case["wantErr"]


@pytest.mark.parametrize("case", DATA["subtreeconsistency"], ids=lambda case: case["file"])
def test_a_subtree_case_is_accepted_or_refused_as_published(case):
    node, root = decoded(case["root1"]), decoded(case["root2"])

    held = merkle.is_subtree_consistent(case["start"], case["end"], node, case["size"], root, hashes_of(case))

    assert held != case["wantErr"]


@pytest.mark.parametrize("case", DATA["subtreeinclusion"], ids=lambda case: case["file"])
def test_an_inclusion_in_a_subtree_is_accepted_or_refused_as_published(case):
    leaf, node = decoded(case["leafHash"]), decoded(case["root"])

    held = merkle.is_in_subtree(leaf, case["leafIdx"], case["start"], case["end"], hashes_of(case), node)

    assert held != case["wantErr"]


@pytest.mark.parametrize("case", COMPUTED, ids=lambda case: f"{case['alg']}-{case['n']}")
def test_a_tree_gives_the_roots_and_proofs_of_two_other_programs(case):
    tree = grown([leaf_of(case, place) for place in range(case["n"])], case["alg"])

    assert tree.root().hex() == case["root"]
    for one in case["inclusion"]:
        assert [step.hex() for step in tree.inclusion(one["index"])] == one["proof"]
    for one in case["consistency"]:
        assert [step.hex() for step in tree.consistency(one["size1"])] == one["proof"]


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_every_size_of_a_tree_follows_from_every_other_and_every_subtree_from_its_tree(algorithm):
    tree = grown([b"%d" % number for number in range(21)], algorithm)
    for size in range(1, 22):
        for start, end in ((a, b) for a in range(size) for b in range(a + 1, size + 1)):
            if not merkle.is_subtree(start, end, size):
                with pytest.raises(BadInput):
                    tree.consistency_of(start, end, size)
                continue
            node, proof = tree._over(start, end), tree.consistency_of(start, end, size)
            said = start, end, node, size, tree.root(size)
            assert merkle.is_subtree_consistent(*said, proof, algorithm)
            assert not merkle.is_subtree_consistent(*said, [*proof, node], algorithm)
            assert not proof or not merkle.is_subtree_consistent(*said, proof[1:], algorithm)
            for place in range(len(proof)):
                wrong = [*proof[:place], bytes(32), *proof[place + 1 :]]
                assert not merkle.is_subtree_consistent(*said, wrong, algorithm)


def test_a_tree_agrees_with_the_paths_of_all_its_leaves():
    leaves = [b"leaf %d" % number for number in range(37)]
    tree = grown(leaves)

    assert tree.root().hex() == merkle.root(leaves)
    assert [[step.hex() for step in tree.inclusion(place)] for place in range(37)] == merkle.paths(leaves)
    assert grown([]).root().hex() == merkle.EMPTY_ROOT


def test_a_size_that_a_tree_never_had_is_refused():
    for ask in (lambda tree: tree.root(3), lambda tree: tree.root(-1), lambda tree: tree.inclusion(2)):
        with pytest.raises(BadInput):
            ask(grown([b"a", b"b"]))


def test_a_size_beyond_the_formats_costs_no_time():
    assert not merkle.is_consistent(1, bytes(32), 10**400, bytes(32), [bytes(32)] * 4)
    assert not merkle.is_consistent(5, bytes(32), 2**63 - 1, bytes(32), [bytes(32)] * 9_000)
