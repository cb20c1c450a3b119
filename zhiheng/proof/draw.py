"""A whole stratified draw as two pure steps: announce before the beacon exists, carry out after it.

``announce`` makes the announcement that is logged; ``carry_out`` makes the certificate that is published.
Both are plain JSON values (``formats.shapes.DrawCertificate`` holds the same fields), so a stranger repeats
the second step from the first, the secret, the beacon and the frame file alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import canonical, lottery
from zhiheng.proof.frame import FrameRow, FrameSummary, ids_by_stratum

METHOD = "srs-within-strata"
CERTIFICATE_TYPE = "zhiheng/draw-certificate/1"


def pairing_terms(
    inspectors: Mapping[str, str], conflicts: Iterable[tuple[str, str]] = (), cap: int | None = None
) -> dict[str, Any]:
    """Return who can be paired, in the form that is hashed into the announcement.

    ``inspectors`` maps codes to offices; ``conflicts`` are pairs (unit, inspector); ``cap`` bounds the load.
    """
    return {
        "cap": cap,
        "inspectors": [{"key": key, "office": inspectors[key]} for key in sorted(inspectors)],
        "conflicts": [{"unit": unit, "inspector": key} for unit, key in sorted(set(conflicts))],
    }


def announce(
    *,
    serial: str,
    obligation: str,
    region: str,
    period: str,
    frame: FrameSummary,
    samples: Mapping[str, int],
    reserves: int,
    commitment: str,
    beacon_kind: str,
    beacon_ref: str,
    pairing: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the announcement of a draw: what binds the office before anybody knows the beacon.

    ``samples`` gives n_h for every stratum of the frame. A stratum that nobody can be drawn from is refused:
    its units would be in the frame with probability zero and no reason.
    """
    if set(samples) != set(frame.strata):
        raise BadInput(
            "The sample sizes do not name exactly the strata of the frame.",
            f"Give one size for each of: {', '.join(frame.strata)}.",
        )
    for stratum, n in samples.items():
        if not 1 <= n <= frame.strata[stratum]:
            raise BadInput(
                f"{n} units cannot be drawn from the {frame.strata[stratum]} of stratum {stratum}.",
                "Draw at least one unit and at most all units of every stratum.",
            )
    return {
        "alg": lottery.ALGORITHM,
        "draw_id": serial,
        "hash": "sha256",
        "method": METHOD,
        "obligation": obligation,
        "region": region,
        "period": period,
        "n": sum(samples.values()),
        "reserves": reserves,
        "strata": [
            {"stratum": stratum, "population": population, "sample": samples[stratum]}
            for stratum, population in sorted(frame.strata.items())
        ],
        "frame_hash": frame.sha256,
        "frame_size": frame.size,
        "commitment": commitment,
        "beacon": {"kind": beacon_kind, "ref": beacon_ref},
        "pairing_hash": canonical.digest(pairing),
    }


def carry_out(
    announcement: Mapping[str, Any],
    *,
    secret: bytes,
    beacon: bytes,
    rows: Iterable[FrameRow],
    pairing: Mapping[str, Any],
    committed: str,
) -> dict[str, Any]:
    """Draw, pair and return the certificate; refuses a secret or terms other than the announced ones.

    ``rows`` are the rows of the announced frame file; ``committed`` is the hash of the ledger entry that
    holds the announcement.
    """
    if lottery.commitment(secret) != announcement["commitment"]:
        raise CheckFailed("This is not the secret that was committed.", "Bring the secret of this draw.")
    if canonical.digest(dict(pairing)) != announcement["pairing_hash"]:
        raise CheckFailed("The inspectors are not the announced ones.", "Use the list kept with the draw.")
    seed = lottery.seed(secret, announcement, beacon)
    samples = {row["stratum"]: row["sample"] for row in announcement["strata"]}
    drawn = lottery.select_within_strata(seed, ids_by_stratum(rows), samples, announcement["reserves"])
    selected = [
        {"unit": unit, "stratum": stratum, "order": order}
        for stratum, draw in drawn.items()
        for order, unit in enumerate(draw.selected, 1)
    ]
    reserves = [
        {"unit": unit, "stratum": stratum, "order": order}
        for stratum, draw in drawn.items()
        for order, unit in enumerate(draw.reserves, len(draw.selected) + 1)
    ]
    pairs = pair_units(seed, [row["unit"] for row in selected], pairing)
    return {
        "type": CERTIFICATE_TYPE,
        "serial": announcement["draw_id"],
        "obligation": announcement["obligation"],
        "region": announcement["region"],
        "period": announcement["period"],
        "announcement": dict(announcement),
        "announcement_hash": lottery.announcement_hash(announcement),
        "commitment": announcement["commitment"],
        "secret": secret.hex(),
        "beacon": {**announcement["beacon"], "value": beacon.hex()},
        "seed": seed.hex(),
        "frame": {"sha256": announcement["frame_hash"], "size": announcement["frame_size"]},
        "strata": [
            {**row, "probability": [row["sample"], row["population"]]} for row in announcement["strata"]
        ],
        "selected": [{**row, "inspectors": list(pairs[row["unit"]])} for row in selected],
        "reserves": reserves,
        "pairing": dict(pairing),
        "committed": committed,
    }


def pair_units(seed: bytes, units: Sequence[str], pairing: Mapping[str, Any]) -> dict[str, lottery.Pair]:
    """Return the two inspectors of each drawn unit under the announced terms."""
    offices = {entry["key"]: entry["office"] for entry in pairing["inspectors"]}
    conflicts: dict[str, set[str]] = {}
    for entry in pairing["conflicts"]:
        conflicts.setdefault(entry["unit"], set()).add(entry["inspector"])
    return lottery.pair_all(seed, units, offices, conflicts, pairing["cap"])
