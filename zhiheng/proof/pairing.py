"""Which two inspectors visit a drawn unit is decided by the same seed as the draw (zh-draw-1, step 10).

For each unit in draw order the inspectors are ordered by ``HMAC(seed, "pair" 00 unit 00 inspector)``. The
first who has no conflict with the unit and is below the load cap goes, and with him the first such one from
another office; where one office alone is left, its next in order.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from itertools import islice

from zhiheng.errors import BadInput, RuleRefused
from zhiheng.proof.hashes import hmac_each

Pair = tuple[str, str]


def pair(
    seed: bytes,
    unit_id: str,
    inspectors: Mapping[str, str],
    conflicts: Collection[str] = (),
    loads: Mapping[str, int] | None = None,
    cap: int | None = None,
    algorithm: str = "sha256",
) -> Pair:
    """Return the two inspectors of one unit.

    ``inspectors`` maps the code of each inspector to an office; ``conflicts`` names those who must not visit
    this unit; ``loads`` counts the units that each already has; ``cap`` is the most that one may have.
    """
    loads = loads or {}
    _check_codes(inspectors)
    marks = hmac_each(seed, b"pair\0" + unit_id.encode() + b"\0", algorithm)
    free = [
        code for code in inspectors if code not in conflicts and (cap is None or loads.get(code, 0) < cap)
    ]
    codes = [code.encode() for code in free]
    order = sorted(zip(marks(codes), codes, free, strict=True))
    if len(order) < 2:
        raise RuleRefused(
            f"Unit {unit_id} can be visited by {len(order)} inspector(s); two are needed.",
            "Appoint more inspectors for this region or raise the load cap, and announce a new draw.",
            code="no-two-inspectors",
            unit=unit_id,
        )
    first = order[0][2]
    others = [code for _, _, code in order[1:]]
    elsewhere = (code for code in others if inspectors[code] != inspectors[first])
    return first, next(elsewhere, others[0])


def pair_all(
    seed: bytes,
    unit_ids: Iterable[str],
    inspectors: Mapping[str, str],
    conflicts: Mapping[str, Collection[str]] | None = None,
    cap: int | None = None,
    algorithm: str = "sha256",
) -> dict[str, Pair]:
    """Return the pair of every unit, in the order given, counting the load as it grows."""
    conflicts = conflicts or {}
    loads: dict[str, int] = {}
    pairs: dict[str, Pair] = {}
    for unit_id in unit_ids:
        if unit_id in pairs:
            raise BadInput(f"Unit {unit_id} is to be paired twice.", "Name each drawn unit once.")
        pairs[unit_id] = pair(seed, unit_id, inspectors, conflicts.get(unit_id, ()), loads, cap, algorithm)
        for code in pairs[unit_id]:
            loads[code] = loads.get(code, 0) + 1
    return pairs


def _check_codes(inspectors: Mapping[str, str]) -> None:
    odd = list(islice((code for code in inspectors if "\0" in code or not code), 1))
    if odd:
        raise BadInput(f"{odd[0]!r} is no inspector code.", "Give every inspector a visible code.")
