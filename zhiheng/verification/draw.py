"""A stranger repeats a draw: seed, tickets, selection, probabilities, pairs, each from the bundle alone.

A draw bundle is::

    {"type": "zhiheng/draw-bundle/1",
     "certificate": {...},                                     formats.shapes.DrawCertificate
     "frame": {"lines": "..."} or {"file": "frame-....tsv"},   the frame file, or its name beside the bundle
     "ledger": [{"statement": {...}, "hash": hex}, ...],       rising; with the two entries named below
     "log": {...}}                                             where entries are sealed: verification.sealed

The entry that committed the draw says ``announcement_hash`` in its detail and its hash stands in the
certificate as ``committed``; a later entry says ``certificate_sha256``, the digest of the whole certificate.
The entry that froze the frame, where it is there, says the root over its lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhiheng.formats.shapes import DrawCertificate, fields
from zhiheng.proof import canonical, draw, lottery, program, release, weighting
from zhiheng.verification import bundles, chance, closing, framed, sealed
from zhiheng.verification.report import NotChecked, Report, Steps, demand, ending

RESERVE_USED, DRAW_CLOSED = "draw.reserve_used", "draw.closed"
_SERIAL = re.compile(r"[0-9A-Za-z-]{1,64}")


def bundle(
    certificate: Mapping[str, Any],
    *,
    entries: Sequence[Mapping[str, Any]],
    frame_lines: bytes | None = None,
    frame_file: str | None = None,
    log: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the bundle of a draw; give the frame's bytes, or the name of the file that lies beside it."""
    held = {"lines": frame_lines.decode()} if frame_lines is not None else {"file": frame_file}
    return bundles.with_receipts(log) | {
        "type": bundles.DRAW_TYPE,
        "certificate": dict(certificate),
        "frame": held,
        "ledger": [dict(entry) for entry in entries],
    }


def certificate_sha256(certificate: Mapping[str, Any]) -> str:
    """Return the digest of a certificate that the ledger must name."""
    return canonical.digest(dict(certificate))


def check(bundle: Mapping[str, Any], *, beside: Path | None = None) -> Report:
    """Check a draw bundle; ``beside`` is the folder where a frame file named in it is looked for."""
    steps = Steps()
    if not steps.take("shape", lambda: _shape(bundle)):
        return Report("draw", _serial(bundle), tuple(steps.taken))
    certificate, entries = bundle["certificate"], bundle["ledger"]
    steps.take("ledger", lambda: bundles.check_segment(entries))
    steps.take("committed", lambda: _committed(certificate, entries))
    steps.take("commitment", lambda: _commitment(certificate))
    steps.take("announcement", lambda: _announcement(certificate))
    steps.take("program", lambda: _program(certificate, entries))
    held: list[framed.Framed] = []
    has_frame = steps.take("frame", lambda: framed.read(certificate, bundle["frame"], beside, held))
    if has_frame:
        steps.take("frozen", lambda: framed.frozen(certificate, entries, held[0]))
    steps.take("beacon", lambda: chance.beacon(certificate))
    steps.take("seed", lambda: _seed(certificate))
    steps.take("exclusions", lambda: _exclusions(certificate, entries))
    if has_frame:
        chosen: list[dict[str, str]] = []
        steps.take("probabilities", lambda: framed.probabilities(certificate, held[0]))
        if steps.take("selection", lambda: _selection(certificate, held[0], chosen)):
            steps.take("pairs", lambda: _pairs(certificate, chosen[0]))
    if "ids" in certificate["announcement"]:
        steps.take("openings", lambda: framed.openings(certificate))
    steps.take("bound", lambda: _bound(certificate, entries))
    steps.take("assignments", lambda: _assignments(certificate, entries))
    steps.take("substitutions", lambda: _substitutions(certificate, entries))
    steps.take("closing", lambda: _closing(certificate, entries, beside))
    steps.take("log", lambda: sealed.of_entries(bundle.get("log"), entries))
    return Report(
        "draw", certificate["serial"], tuple(steps.taken), data=certificate["data"], **ending(entries[-1])
    )


def _serial(bundle: Mapping[str, Any]) -> str:
    held = bundle.get("certificate")
    return str(held.get("serial", "")) if isinstance(held, Mapping) else ""


def _shape(bundle: Mapping[str, Any]) -> str:
    fields.mapping(bundle, "bundle", ("type", "certificate", "frame", "ledger"), ("log",))
    fields.one_of(bundle["type"], "type", (bundles.DRAW_TYPE,))
    certificate = DrawCertificate.from_dict(bundle["certificate"])
    held = fields.mapping(bundle["frame"], "frame", (), ("lines", "file"))
    demand(len(held) == 1, "the frame is given neither as lines nor as the name of a file")
    demand(bool(fields.items(bundle["ledger"], "ledger")), "the bundle holds no ledger entry")
    for entry in bundle["ledger"]:
        fields.mapping(entry, "ledger", (), ("statement", "hash", "seq", "previous", "body"))
    said = certificate.announcement
    fields.one_of(said["alg"], "announcement.alg", (lottery.ALGORITHM,))
    fields.one_of(said["hash"], "announcement.hash", ("sha256",))
    method = draw.PANEL_METHOD if "numbers" in said else draw.METHOD
    method = weighting.METHOD if "weighting" in said else method
    fields.one_of(said["method"], "announcement.method", (method,))
    fields.integer(said["reserves"], "announcement.reserves")
    return f"draw {certificate.serial}, {said['n']} of {said['frame_size']} units, {certificate.data} data"


def _committed(certificate: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str:
    entry = bundles.find(entries, "announcement_hash", certificate["announcement_hash"])
    demand(entry is not None, "no ledger entry holds this announcement")
    demand(entry["hash"] == certificate["committed"], "the announcement stands in another ledger entry")
    return f"announced in entry {bundles.place(entry)} at {entry['statement']['at']}"


def _program(certificate: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str:
    """Compare the program that repeats the draw with the announced one; another one may well agree."""
    entry = bundles.find(entries, "announcement_hash", certificate["announcement_hash"])
    stated = entry["statement"]["detail"].get("program") if entry is not None else None
    if not isinstance(stated, str):
        raise NotChecked("the entry of the announcement names no program")
    if stated != program.digest():
        raise NotChecked(f"this program is another one than the announced {stated[:16]}")
    return f"repeated by the announced program {stated[:16]}"


def _commitment(certificate: Mapping[str, Any]) -> str:
    computed = lottery.commitment(bytes.fromhex(certificate["secret"]))
    demand(computed == certificate["commitment"], "the secret is not the one that was committed")
    return computed


def _announcement(certificate: Mapping[str, Any]) -> str:
    computed = lottery.announcement_hash(certificate["announcement"])
    demand(computed == certificate["announcement_hash"], "the announcement does not have the stated hash")
    return computed


def _seed(certificate: Mapping[str, Any]) -> str:
    secret, beacon = bytes.fromhex(certificate["secret"]), bytes.fromhex(certificate["beacon"]["value"])
    computed = lottery.seed(secret, certificate["announcement"], beacon).hex()
    demand(computed == certificate["seed"], "secret, announcement and beacon give another seed")
    return computed


def _exclusions(certificate: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str:
    """Compare the excluded units with the digest, and the counts by reason, of the announcement."""
    gone = certificate.get("exclusions", [])
    stated = certificate["announcement"].get("exclusions", {"count": 0, "sha256": canonical.digest([])})
    computed = {"count": len(gone), "sha256": canonical.digest(gone)}
    demand(stated == computed, "the excluded units are not the announced ones")
    counts = Counter(row["reason"] for row in gone)
    committed = bundles.find(entries, "announcement_hash", certificate["announcement_hash"])
    told = committed["statement"]["detail"].get("excluded") if committed is not None else None
    demand(told is None or told == dict(counts), "the entry of the announcement counted other reasons")
    return ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items())) or "none"


def _selection(certificate: Mapping[str, Any], found: framed.Framed, chosen: list[Any]) -> str:
    """Draw again from all units, and keep the divisions of the drawn ones for their pairs."""
    said, seed = certificate["announcement"], bytes.fromhex(certificate["seed"])
    drawn, divisions = draw.choose(said, seed, found.file, certificate.get("exclusions", ()))
    chosen.append(divisions)
    orders: dict[str, list[tuple[str, str, int]]] = {"selected": [], "reserves": []}
    for stratum, row in drawn.items():
        for order, unit in enumerate((*row.selected, *row.reserves), 1):
            orders["selected" if order <= len(row.selected) else "reserves"].append((unit, stratum, order))
    for name, computed in orders.items():
        stated = [(row["unit"], row["stratum"], row["order"]) for row in certificate[name]]
        demand(computed == stated, f"the tickets give other {name} than the stated ones")
    by = f", by the numbers of draw {said['numbers']['draw']}" if "numbers" in said else ""
    return f"{len(certificate['selected'])} drawn, {len(certificate['reserves'])} in reserve{by}"


def _pairs(certificate: Mapping[str, Any], divisions: Mapping[str, str]) -> str:
    pairing = certificate["pairing"]
    demand(
        canonical.digest(pairing) == certificate["announcement"]["pairing_hash"],
        "the inspectors and conflicts are not the announced ones",
    )
    units = [row["unit"] for row in certificate["selected"]]
    pairs = draw.pair_units(bytes.fromhex(certificate["seed"]), units, pairing, divisions)
    for row in certificate["selected"]:
        demand(list(pairs[row["unit"]]) == row["inspectors"], f"unit {row['unit']} falls to other inspectors")
    return f"{len(pairs)} pairs from {len(pairing['inspectors'])} inspectors"


def _substitutions(certificate: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str:
    """Check that reserves stepped in in the order of their tickets, each once, each for a drawn unit.

    The entries name stratum and place alone; with the certificate everybody sees which firms these are.
    """
    drawn = {(row["stratum"], row["order"]) for row in certificate["selected"]}
    waiting: dict[str, list[int]] = {}
    for row in certificate["reserves"]:
        waiting.setdefault(row["stratum"], []).append(row["order"])
    used = 0
    for entry in bundles.opened(entries, RESERVE_USED):
        said = entry["statement"]["detail"]
        place = (said["stratum"], said["instead_of"])
        demand(place in drawn, f"a reserve steps in for place {place}, which was not drawn or is replaced")
        drawn.discard(place)
        left = waiting.get(said["stratum"], [])
        demand(bool(left) and left[0] == said["place"], "a reserve was used out of the order of tickets")
        left.pop(0)
        used += 1
    return f"{used} of {len(certificate['selected'])} drawn units replaced by a reserve"


def _closing(
    certificate: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], beside: Path | None
) -> str:
    """Look up what became of every drawn unit in the closing record, where it lies beside the bundle."""
    closed = [entry["statement"]["detail"] for entry in entries if _verb(entry) == DRAW_CLOSED]
    digest = closed[-1].get("closing_sha256") if closed else None
    if digest is None:
        raise NotChecked("this draw was closed without a record of every unit")
    place = beside / f"closing-{certificate['serial']}.json" if beside is not None else None
    if place is None or not _SERIAL.fullmatch(certificate["serial"]) or not place.is_file():
        raise NotChecked("the closing record is not beside this file")
    used = sum(_verb(entry) == RESERVE_USED for entry in entries)
    return closing.belongs(bundles.read_json(place), certificate, digest, used)


def _verb(entry: Mapping[str, Any]) -> str:
    statement = entry.get("statement")
    return str(statement.get("verb", "")) if isinstance(statement, Mapping) else ""


def _assignments(certificate: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str:
    """Work out the root again under which each inspector found his own assignments."""
    entry = bundles.find(entries, "certificate_sha256", certificate_sha256(certificate))
    stated = entry["statement"]["detail"].get("assignments_root") if entry is not None else None
    if stated is None:
        raise NotChecked("this draw was revealed without a root over its assignments")
    leaves = release.leaves(certificate)
    demand(release.root(leaves) == stated, "the assignments are not those bound at the reveal")
    return f"{len(leaves)} assignments under the root of entry {bundles.place(entry)}"


def _bound(certificate: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str:
    entry = bundles.find(entries, "certificate_sha256", certificate_sha256(certificate))
    demand(entry is not None, "no ledger entry names the digest of this certificate")
    committed = bundles.find(entries, "announcement_hash", certificate["announcement_hash"])
    demand(
        committed is not None and bundles.place(committed) < bundles.place(entry),
        "the announcement does not stand before the certificate",
    )
    return f"certificate named in entry {bundles.place(entry)}"
