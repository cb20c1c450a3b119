"""Cases of Merkle trees, signed notes, checkpoints and tiles."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import checkpoint, merkle, note, tiles
from zhiheng.proof.vectors import Named, any_of, are_rows, holds, holds_rows


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def _path(case: dict[str, Any]) -> list[bytes]:
    return [_bytes(step) for step in case["proof"] or []]


# --- trees: the layout of transparency-dev --------------------------------------------------------


def _inclusion(case: dict[str, Any]) -> bool:
    path, root = [step.hex() for step in _path(case)], _bytes(case["root"]).hex()
    leaf = _bytes(case["leafHash"])
    return merkle.is_included(leaf, case["leafIdx"], case["treeSize"], path, root) != case["wantErr"]


def _consistency(case: dict[str, Any]) -> bool:
    old, new = _bytes(case["root1"]), _bytes(case["root2"])
    return merkle.is_consistent(case["size1"], old, case["size2"], new, _path(case)) != case["wantErr"]


def _subtree_consistency(case: dict[str, Any]) -> bool:
    node, root = _bytes(case["root1"]), _bytes(case["root2"])
    said = case["start"], case["end"], node, case["size"], root
    return merkle.is_subtree_consistent(*said, _path(case)) != case["wantErr"]


def _subtree_inclusion(case: dict[str, Any]) -> bool:
    said = _bytes(case["leafHash"]), case["leafIdx"], case["start"], case["end"]
    return merkle.is_in_subtree(*said, _path(case), _bytes(case["root"])) != case["wantErr"]


_CHECKS = {
    "inclusion": _inclusion,
    "consistency": _consistency,
    "subtreeconsistency": _subtree_consistency,
    "subtreeinclusion": _subtree_inclusion,
}
_LEAVES = {"empty_leaf": b"", "leaf_L123456": b"L123456"}


def _published_trees(data: dict[str, Any]) -> Iterator[Named]:
    for kind, check in _CHECKS.items():
        for case in data.get(kind, ()):
            yield case.get("file") or f"{kind}/{case['desc']}", partial(check, case)
    said = data.get("hash_constants", {})
    for name, leaf in _LEAVES.items():
        if name in said:
            yield (
                f"hash/{name}",
                partial(lambda leaf, to: merkle.leaf_hash(leaf).hex() == to, leaf, said[name]),
            )
    if "empty_root" in said:
        yield "hash/empty_root", lambda: said["empty_root"] == merkle.EMPTY_ROOT
    if "node_N123_N456" in said:
        node = hashlib.sha256(b"\1N123N456").hexdigest()
        yield "hash/node_N123_N456", lambda: node == said["node_N123_N456"]


# --- trees: computed whole ------------------------------------------------------------------------


def _leaf(case: dict[str, Any], place: int) -> bytes:
    """Return a leaf as listed, or by the rule of the file: length and bytes from streams of SHA-512."""
    if "leaves_hex" in case:
        return bytes.fromhex(case["leaves_hex"][place])
    name = f"{case['alg']}|{case['n']}|{place}|0"
    length = int.from_bytes(hashlib.sha512(f"zhiheng-vec|len|{name}".encode()).digest()[:8], "big") % 40
    return hashlib.sha512(f"zhiheng-vec|leaf|{name}".encode()).digest()[:length]


def _computed(case: dict[str, Any]) -> bool:
    tree = merkle.Tree(case["alg"])
    for place in range(case["n"]):
        tree.append(_leaf(case, place))
    included = all(
        [step.hex() for step in tree.inclusion(one["index"])] == one["proof"] for one in case["inclusion"]
    )
    follow = all(_follows(tree, one) for one in case["consistency"])
    return tree.root().hex() == case["root"] and included and follow


def _follows(tree: merkle.Tree, one: dict[str, Any]) -> bool:
    size = one["size1"]
    if [step.hex() for step in tree.consistency(size)] != one["proof"]:
        return False
    return tree.root(size).hex() == one["root1"]


def _computed_trees(data: list[dict[str, Any]]) -> Iterator[Named]:
    for case in data:
        yield f"{case['alg']}-{case['n']}", partial(_computed, case)


# --- notes ----------------------------------------------------------------------------------------


def _signed(signed: note.Note, key: note.Key) -> str:
    try:
        return "valid" if signed.by(key) else "absent"
    except CheckFailed:
        return "invalid"


def _note(case: dict[str, Any]) -> bool:
    try:
        key, signed = note.key(case["vkey"]), note.read(case["note"])
    except BadInput:
        return case["expect"] == "invalid"
    is_same = str(signed) == case["note"] and str(key) == case["vkey"]
    return is_same and (_signed(signed, key) == "valid") == (case["expect"] == "valid")


def _checkpoint(case: dict[str, Any]) -> bool:
    """Judge log and witness apart: an absent witness leaves a note valid, a wrong signature does not."""
    try:
        signed = note.read(case["note"])
        origin = checkpoint.read(signed.text).origin
        keys = [note.key(case[name]) for name in ("log_vkey", "witness_vkey")]
    except BadInput:
        return case["expect"] == "invalid"
    log, witness = (_signed(signed, key) for key in keys)
    if log != "valid" or origin != keys[0].name:
        return case["expect"] == "invalid"
    return case["expect"] == ("log-valid,witness-invalid" if witness == "invalid" else "valid")


def _shape(text: str) -> bool:
    return str(checkpoint.read(text)) == text


def _notes(data: dict[str, Any]) -> Iterator[Named]:
    for name, case in data.items():
        if isinstance(case, dict) and case.keys() & {"vkey", "note", "expect"}:
            yield name, partial(_note, case)
    if "c2sp_checkpoint_shape" in data:
        yield "c2sp_checkpoint_shape", partial(_shape, data["c2sp_checkpoint_shape"])
    for number, case in enumerate(data.get("computed_checkpoints", ())):
        yield f"checkpoint-{number}", partial(_checkpoint, case)


# --- tiles ----------------------------------------------------------------------------------------


def _size(case: dict[str, Any]) -> bool:
    size = case["tree_size"]
    found = [
        {"level": level, "full_tiles": full, "partial_width": width}
        for level, (full, width) in enumerate(tiles.levels(size))
    ]
    if not size:
        return found == case["levels"] == []
    return found == case["levels"] and tiles.of_leaf(size - 1, size).path == case["leaf_path_of_last_entry"]


def _tiles(data: dict[str, Any]) -> Iterator[Named]:
    for number, path in data.get("index_path_examples", {}).items():
        yield f"path-{number}", partial(lambda n, to: tiles.place(n) == to, int(number), path)
    for case in data.get("sizes", ()):
        yield f"size-{case['tree_size']}", partial(_size, case)


def _is_list_of_trees(data: Any) -> bool:
    return are_rows(data, "alg", "n")


def _is_notes(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    return bool(data.keys() & {"computed_checkpoints", "c2sp_checkpoint_shape"}) or any(
        isinstance(case, dict) and {"vkey", "note"} <= case.keys() for case in data.values()
    )


FAMILIES = (
    ("merkle", holds(*_CHECKS, "hash_constants"), _published_trees),
    ("merkle computed", _is_list_of_trees, _computed_trees),
    ("signed note", _is_notes, _notes),
    ("tiles", any_of(holds("index_path_examples"), holds_rows("sizes", "tree_size")), _tiles),
)
