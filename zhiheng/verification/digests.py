"""The digests by which observations and formulas are named: SHA-256 over their canonical bytes (RFC 8785)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zhiheng.formats.shapes.formula import Formula
from zhiheng.formats.shapes.observation import Observation
from zhiheng.proof import canonical, merkle

INPUTS = "zhiheng/inputs/1"


def observation_sha(row: Observation) -> str:
    """Return the digest of one observation with its vintage."""
    return canonical.digest(row.to_dict())


def formula_sha(formula: Formula) -> str:
    """Return the digest of a formula: two that differ in any part differ in it."""
    return canonical.digest(formula.to_dict())


def inputs_sha(rows: Iterable[Observation]) -> str:
    """Return the digest of the set of observations that a number was computed from, whatever their order."""
    return set_sha(map(observation_sha, rows))


def set_sha(shas: Iterable[str]) -> str:
    """Return the digest of a set of observations that are given by their digests."""
    return canonical.digest({"type": INPUTS, "observations": sorted(set(shas))})


def observations_root(shas: Iterable[str]) -> tuple[str, int]:
    """Return the Merkle root over the digests of observations recorded together, and their number."""
    leaves = [bytes.fromhex(sha) for sha in sorted(set(shas))]
    return merkle.root(leaves), len(leaves)


def place_of(shas: Iterable[str], sha: str) -> dict[str, Any]:
    """Return the place of one observation under that root, with the path that leads there."""
    listed = sorted(set(shas))
    tree = merkle.Tree()
    for one in listed:
        tree.append(bytes.fromhex(one))
    place = listed.index(sha)
    path = [step.hex() for step in tree.inclusion(place)]
    return {"index": place, "size": len(listed), "path": path}
