"""A whole stratified draw as two pure steps: announce before the beacon exists, carry out after it.

``announce`` makes the announcement that is logged; ``carry_out`` makes the certificate that is published.
Both are plain JSON values (``formats.shapes.DrawCertificate`` holds the same fields), so a stranger repeats
the second step from the first, the secret, the beacon and the frame file alone.

*Exclusions.* A unit that stands in the frame and cannot be drawn this time (drawn by a higher level, covered
in this cycle, a conflict of interest ...) is listed with its reason; the list is bound in the announcement by
its digest. Such a unit has probability 0 in this draw, and N_h counts the others alone.

*Permanent numbers.* The draws of an announced panel take the numbers of its first draw instead of new ones:
``numbers`` names that draw and its seed, and the point of the circle from which the smallest is counted. The
seed is public by then, so such a draw can be foreseen; it is for panels that were announced.

*Joined strata.* Where a quota is below the least numbers of the classes, neighbours are joined
(``proof.joining``); the table of them stands in the announcement, and the units of the frame count as of the
joined stratum from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import canonical, joining, lottery, streamed, weighting
from zhiheng.proof.frame import FrameRow, FrameSummary, ids_by_stratum
from zhiheng.proof.pseudonyms import OPEN

Chance = Callable[[str], dict[str, list[int]]]
METHOD = "srs-within-strata"
FURTHER = (
    "custody",  # who holds shares of the secret: proof.shares
    "beacon_fallbacks",  # which random texts replace the announced one, in their order
    "weighting",  # the table of a draw by weight, whose one stratum holds all classes: proof.weighting
    "reveal_by",  # the day by which the secret must be public
)
PANEL_METHOD = "prn-within-strata"
CERTIFICATE_TYPE = "zhiheng/draw-certificate/1"


def pairing_terms(
    inspectors: Mapping[str, str],
    conflicts: Iterable[tuple[str, str]] = (),
    cap: int | None = None,
    fields: Mapping[str, Iterable[str]] | None = None,
) -> dict[str, Any]:
    """Return who can be paired, in the form that is hashed into the announcement.

    ``inspectors`` maps codes to offices; ``conflicts`` are pairs (unit, inspector); ``cap`` bounds the load;
    ``fields`` names the divisions that an inspector may check, where these are not all.
    """
    held = {key: sorted(set(found)) for key, found in (fields or {}).items()}
    return {
        "cap": cap,
        "inspectors": [
            {"key": key, "office": inspectors[key], **({"fields": held[key]} if held.get(key) else {})}
            for key in sorted(inspectors)
        ],
        "conflicts": [{"unit": unit, "inspector": key} for unit, key in sorted(set(conflicts))],
    }


def excluded(units: Mapping[str, tuple[str, str]]) -> list[dict[str, str]]:
    """Return the list of excluded units in the form that is hashed: unit, code of the reason, a note."""
    return [{"unit": unit, "reason": reason, "note": note} for unit, (reason, note) in sorted(units.items())]


def covered(
    rows: Iterable[FrameRow],
    exclusions: Iterable[Mapping[str, str]],
    joined: Mapping[str, Any] | None = None,
) -> list[FrameRow]:
    """Return the rows of a frame that can be drawn, each in its stratum of the draw.

    An exclusion of a unit that is not in the frame is refused.
    """
    gone = {row["unit"] for row in exclusions}
    listed = list(rows)
    kept = [row for row in listed if row.id not in gone] if gone else listed
    if len(listed) - len(kept) != len(gone):
        raise BadInput(
            "An excluded unit does not stand in the frame.", "Exclude units of this frame alone, each once."
        )
    names = joining.names(joined)
    return [row._replace(stratum=names.get(row.stratum, row.stratum)) for row in kept] if names else kept


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
    exclusions: Sequence[Mapping[str, str]] = (),
    populations: Mapping[str, int] | None = None,
    scope: Mapping[str, Any] | None = None,
    numbers: Mapping[str, Any] | None = None,
    joined: Mapping[str, Any] | None = None,
    ids: str = OPEN,
    further: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the announcement of a draw: what binds the office before anybody knows the beacon.

    ``samples`` gives n_h for every stratum of the frame. A stratum that nobody can be drawn from is refused:
    its units would be in the frame with probability zero and no reason. ``populations`` counts the units that
    are not excluded, where some are or strata are ``joined``; ``scope`` says which goods, channel and purpose
    the draw is about. With salted ``ids`` units go by the names of the published file, here and from then on.
    ``further`` holds what else is bound: any of ``FURTHER``, as each of these is described where it is made.
    """
    counted = dict(frame.strata if populations is None else populations)
    _check_sizes(samples, counted)
    _check_whole(counted, len(exclusions), frame.size)
    bound = _further(further or {})
    more = {"scope": scope, "numbers": numbers, "joined": joined}
    if exclusions:
        more["exclusions"] = {"count": len(exclusions), "sha256": canonical.digest(list(exclusions))}
    return {
        "alg": lottery.ALGORITHM,
        "draw_id": serial,
        "hash": "sha256",
        "method": _method(numbers, bound.get("weighting")),
        "obligation": obligation,
        "region": region,
        "period": period,
        "n": sum(samples.values()),
        "reserves": reserves,
        "strata": [
            {"stratum": stratum, "population": population, "sample": samples[stratum]}
            for stratum, population in sorted(counted.items())
        ],
        "frame_hash": frame.sha256,
        "frame_size": frame.size,
        "commitment": commitment,
        "beacon": {"kind": beacon_kind, "ref": beacon_ref},
        "pairing_hash": canonical.digest(pairing),
        **{name: dict(said) for name, said in more.items() if said},
        **({"ids": ids} if ids != OPEN else {}),
        **bound,
    }


def _further(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what else is bound without what is empty; a part that nobody knows is refused."""
    if unknown := sorted(set(said) - set(FURTHER)):
        raise BadInput(f"{unknown[0]!r} is no part of an announcement.", f"Known: {', '.join(FURTHER)}.")
    return {name: value for name, value in said.items() if value}


def _method(numbers: Mapping[str, Any] | None, weighted: Mapping[str, Any] | None) -> str:
    if weighted:
        return weighting.METHOD
    return PANEL_METHOD if numbers else METHOD


def _check_whole(populations: Mapping[str, int], gone: int, size: int) -> None:
    if sum(populations.values()) + gone != size:
        raise BadInput(
            "The units to draw from and the excluded ones are not those of the frame.",
            "Count every unit of the frame once.",
        )


def _check_sizes(samples: Mapping[str, int], populations: Mapping[str, int]) -> None:
    if set(samples) != set(populations):
        raise BadInput(
            "The sample sizes do not name exactly the strata of the frame.",
            f"Give one size for each of: {', '.join(populations)}.",
        )
    for stratum, n in samples.items():
        if not 1 <= n <= populations[stratum]:
            raise BadInput(
                f"{n} units cannot be drawn from the {populations[stratum]} of stratum {stratum}.",
                "Draw at least one unit and at most all units of every stratum.",
            )


def carry_out(
    announcement: Mapping[str, Any],
    *,
    secret: bytes,
    beacon: bytes,
    rows: Sequence[FrameRow] | streamed.Frame,
    pairing: Mapping[str, Any],
    committed: str,
    exclusions: Sequence[Mapping[str, str]] = (),
    beacon_used: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Draw, pair and return the certificate; refuses a secret or terms other than the announced ones.

    ``rows`` are the rows of the announced frame file, or the file itself, which is then read in blocks;
    ``committed`` is the hash of the ledger entry that holds the announcement; ``beacon_used`` says which text
    of the announced order it is, how far it is proved and why those before it could not be had.
    """
    _check_terms(announcement, secret, pairing, exclusions)
    seed = lottery.seed(secret, announcement, beacon)
    drawn, division = choose(announcement, seed, rows, exclusions)
    chance = _chances(announcement, rows)
    selected = [
        {"unit": unit, "stratum": stratum, "order": order, **chance(unit)}
        for stratum, draw in drawn.items()
        for order, unit in enumerate(draw.selected, 1)
    ]
    reserves = [
        {"unit": unit, "stratum": stratum, "order": order}
        for stratum, draw in drawn.items()
        for order, unit in enumerate(draw.reserves, len(draw.selected) + 1)
    ]
    pairs = pair_units(seed, [row["unit"] for row in selected], pairing, division)
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
        "beacon": {**(beacon_used or announcement["beacon"]), "value": beacon.hex()},
        "seed": seed.hex(),
        "frame": {"sha256": announcement["frame_hash"], "size": announcement["frame_size"]},
        "strata": [
            {**row, "probability": stated_probability(announcement, row)} for row in announcement["strata"]
        ],
        "selected": [{**row, "inspectors": list(pairs[row["unit"]])} for row in selected],
        "reserves": reserves,
        "pairing": dict(pairing),
        "committed": committed,
        **({"exclusions": [dict(row) for row in exclusions]} if exclusions else {}),
    }


def stated_probability(announcement: Mapping[str, Any], row: Mapping[str, Any]) -> list[int] | None:
    """Return the probability that all units of a stratum share; in a draw by weight they share none."""
    return None if "weighting" in announcement else [row["sample"], row["population"]]


def _chances(announcement: Mapping[str, Any], rows: Iterable[FrameRow] | streamed.Frame) -> Chance:
    """Return what is said of a drawn unit beside its place: in a draw by weight its own probability."""
    said = announcement.get("weighting")
    if said is None:
        return lambda unit: {}
    targets = {row["stratum"]: list(weighting.target(said, row["stratum"])) for row in said["classes"]}
    found = {row.id: targets[row.stratum] for row in _listed(rows) if row.stratum in targets}
    return lambda unit: {"probability": found[unit]}


def _check_terms(
    announcement: Mapping[str, Any],
    secret: bytes,
    pairing: Mapping[str, Any],
    exclusions: Sequence[Mapping[str, str]],
) -> None:
    if lottery.commitment(secret) != announcement["commitment"]:
        raise CheckFailed("This is not the secret that was committed.", "Bring the secret of this draw.")
    if canonical.digest(dict(pairing)) != announcement["pairing_hash"]:
        raise CheckFailed("The inspectors are not the announced ones.", "Use the list kept with the draw.")
    stated = announcement.get("exclusions", {"count": 0, "sha256": canonical.digest([])})
    if stated != {"count": len(exclusions), "sha256": canonical.digest(list(exclusions))}:
        raise CheckFailed("The exclusions are not the announced ones.", "Use the list kept with the draw.")


def choose(
    announcement: Mapping[str, Any],
    seed: bytes,
    rows: Sequence[FrameRow] | streamed.Frame,
    exclusions: Sequence[Mapping[str, str]] = (),
) -> tuple[dict[str, lottery.StratumDraw], dict[str, str]]:
    """Return sample and reserves of every stratum, and the divisions of these units at least.

    A frame file is read in blocks, but for a draw by weight, which holds all its units.
    """
    if isinstance(rows, streamed.Frame) and "weighting" not in announcement:
        chosen = streamed.select(announcement, *numbers_of(announcement, seed), rows, exclusions)
        return chosen.drawn, chosen.divisions
    kept = covered(_listed(rows), exclusions, announcement.get("joined"))
    return select(announcement, seed, kept), divisions(kept)


def _listed(rows: Iterable[FrameRow] | streamed.Frame) -> Iterable[FrameRow]:
    return rows.rows() if isinstance(rows, streamed.Frame) else rows


def select(
    announcement: Mapping[str, Any], seed: bytes, rows: Iterable[FrameRow]
) -> dict[str, lottery.StratumDraw]:
    """Return sample and reserves of every stratum: by tickets of this draw, permanent numbers, or weight."""
    if said := announcement.get("weighting"):
        listed = list(rows)
        drawn = weighting.select(seed, listed, said, announcement["n"], announcement["reserves"])
        return {weighting.ALL: drawn}
    samples = {row["stratum"]: row["sample"] for row in announcement["strata"]}
    key, start = numbers_of(announcement, seed)
    return lottery.select_within_strata(
        key, ids_by_stratum(rows), samples, announcement["reserves"], start=start
    )


def numbers_of(announcement: Mapping[str, Any], seed: bytes) -> tuple[bytes, int]:
    """Return the seed of the tickets, and the ticket from which they are counted.

    In its turn j a panel with the shift a/b begins at the point (j a/b mod 1) of the circle. As long as a/b
    is at most n/N in a stratum, the arcs of consecutive turns touch, and all units are met alike.
    """
    said = announcement.get("numbers")
    if not said:
        return seed, 0
    top, bottom = said["shift"]
    return bytes.fromhex(said["seed"]), (said["turn"] * top % bottom << 256) // bottom


def divisions(rows: Iterable[FrameRow]) -> dict[str, str]:
    """Return the division of each unit."""
    return {row.id: row.division for row in rows}


def pair_units(
    seed: bytes, units: Sequence[str], pairing: Mapping[str, Any], division: Mapping[str, str] | None = None
) -> dict[str, lottery.Pair]:
    """Return the two inspectors of each drawn unit under the announced terms.

    An inspector with ``fields`` goes to units of those divisions alone.
    """
    offices = {entry["key"]: entry["office"] for entry in pairing["inspectors"]}
    barred: dict[str, set[str]] = {}
    for entry in pairing["conflicts"]:
        barred.setdefault(entry["unit"], set()).add(entry["inspector"])
    held = {entry["key"]: set(entry["fields"]) for entry in pairing["inspectors"] if entry.get("fields")}
    if held:
        found = {code: _unfit(held, code) for code in set((division or {}).values())}
        for unit in units:
            if unfit := found.get((division or {}).get(unit, ""), set()):
                barred[unit] = barred.get(unit, set()) | unfit
    return lottery.pair_all(seed, units, offices, barred, pairing["cap"])


def _unfit(held: Mapping[str, set[str]], division: str) -> set[str]:
    return {key for key, found in held.items() if division not in found}
