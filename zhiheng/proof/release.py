"""Who goes where is bound in public before anybody leaves, and told to each inspector alone (zh-release-1).

The reveal of a draw puts one root into the public ledger: the Merkle root (RFC 9162) over one leaf for every
drawn unit in the order of the certificate. A leaf is the canonical JSON of::

    {"draw": serial, "order": [stratum, place], "unit": code, "inspectors": [a, b], "salt": hex}
    salt(i) = HMAC-SHA-256(seed, "assignment" 00 || id(i))

The seed is secret until the draw is closed, so the root tells nothing about any unit; one salt tells nothing
about another. An inspector gets his own leaves with their paths and checks them against the root at once;
when the draw is closed everybody computes the root again from the certificate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhiheng.proof import canonical, merkle
from zhiheng.proof.hashes import hmac_digest

RULE = "zh-release-1"
TYPE = "zhiheng/assignment/1"


def salt(seed: bytes, unit: str) -> str:
    """Return the salt of one assignment."""
    return hmac_digest(seed, b"assignment\0" + unit.encode()).hex()


def leaf(seed: bytes, serial: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the leaf of one drawn unit, given its row of the certificate."""
    return {
        "draw": serial,
        "order": [row["stratum"], row["order"]],
        "unit": row["unit"],
        "inspectors": list(row["inspectors"]),
        "salt": salt(seed, row["unit"]),
    }


def leaves(certificate: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the leaves of all drawn units, in the order of the certificate."""
    seed = bytes.fromhex(certificate["seed"])
    return [leaf(seed, certificate["serial"], row) for row in certificate["selected"]]


def root(of: Sequence[Mapping[str, Any]]) -> str:
    """Return the root over leaves, in hexadecimal."""
    return merkle.root([canonical.dumps(dict(one)) for one in of])


def receipts(
    of: Sequence[Mapping[str, Any]], wanted: Sequence[str], entry: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the receipt of each wanted unit: its leaf, its path, and the public entry with the root."""
    data = [canonical.dumps(dict(one)) for one in of]
    found, paths = set(wanted), merkle.paths(data)
    return [
        {
            "type": TYPE,
            "leaf": dict(one),
            "index": index,
            "size": len(data),
            "path": paths[index],
            "entry": dict(entry),
        }
        for index, one in enumerate(of)
        if one["unit"] in found
    ]


def is_bound(receipt: Mapping[str, Any], stated: str) -> bool:
    """Tell whether the leaf of a receipt is among those under a root."""
    hashed = merkle.leaf_hash(canonical.dumps(dict(receipt["leaf"])))
    return merkle.is_included(hashed, receipt["index"], receipt["size"], receipt["path"], stated)
