"""What the chance in a draw rests on: the public random text, and the weights of the units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zhiheng.proof import beacons, frame, weighting
from zhiheng.verification.report import demand


def beacon(certificate: Mapping[str, Any]) -> str:
    """Check the random text by its own evidence, as far as its kind has any."""
    said = certificate["beacon"]
    kind, value = said["kind"], bytes.fromhex(said["value"])
    passed = f"; {len(said['skipped'])} announced before it could not be had" if "skipped" in said else ""
    if kind not in beacons.FAMILY:
        demand(said.get("status", "unknown") == "unknown", "a text in words cannot prove itself")
        return f"{kind}: {said['ref']}; how much chance is in it cannot be computed{passed}"
    found = beacons.check(kind, said["ref"], value)
    known = said.get("status") in (found.status, "unverified") or found.status == "unverified"
    demand(known, f"it is called {said.get('status')} and is {found.status}")
    return f"{kind} {found.reference}: {found.status}, {found.reason}{passed}"


def by_weight(certificate: Mapping[str, Any], said: Mapping[str, Any], kept: Sequence[frame.FrameRow]) -> str:
    """Count the classes of the frame again and work out the probability of every unit from their weights."""
    stated = {row["stratum"]: row["population"] for row in said["classes"]}
    demand(weighting.counted(kept) == stated, "the frame does not hold the stated classes")
    weighting.check(said, certificate["announcement"]["n"])
    sizes = [(row["stratum"], row["population"]) for row in certificate["strata"]]
    demand(sizes == [(weighting.ALL, len(kept))], "a draw by weight has one stratum of all units")
    classes = {row.id: row.stratum for row in kept}
    for row in certificate["selected"]:
        own = list(weighting.target(said, classes.get(row["unit"], "")))
        demand(own == row["probability"], f"unit {row['unit']} has another probability")
    near = weighting.bound(said)
    within = "near its target" if near is None else f"within {float(near):.1%} of its target"
    shares = "; ".join(
        f"{row['stratum']} {'/'.join(map(str, weighting.target(said, row['stratum'])))}"
        for row in said["classes"]
    )
    return f"{shares}; {said['certain']} certain; the realised one of each other unit is {within}"
