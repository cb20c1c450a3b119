"""Builds one small draw, three figures over it and the ledger around them, from fixed numbers alone."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhiheng.formats.identifiers import demo_uscc
from zhiheng.formats.shapes import FigureBundle, FigureRow
from zhiheng.formats.shapes.figure_bundle import rows_to_list
from zhiheng.proof import (
    canonical,
    chain,
    checkpoint,
    draw,
    frame,
    frame_index,
    lottery,
    merkle,
    note,
    pseudonyms,
    release,
    weighting,
)
from zhiheng.proof import receipt as receipts
from zhiheng.verification import draw as draw_check
from zhiheng.verification import figure as figure_check
from zhiheng.verification import frame_proof as proof_check
from zhiheng.verification import sealed
from zhiheng.verification.recomputation import recompute

SERIAL = "330000-2024Q1-001"
SECRET = hashlib.sha256(b"secret of the test draw").digest()
BEACON = hashlib.sha256(b"beacon of the test draw").digest()
SAMPLES = {"A": 6, "B": 8, "C": 6, "D": 4}
INSPECTORS = {f"ZJ-{number:03d}": f"office-{number % 3}" for number in range(1, 13)}


def frame_rows() -> list[frame.FrameRow]:
    """Return 60 invented units in four risk classes and three divisions."""
    rows = [
        frame.FrameRow(
            demo_uscc(number, "330106"), 1, "ABBCCD"[number % 6], "330106", ("13", "26", "38")[number % 3]
        )
        for number in range(60)
    ]
    return sorted(rows)


def frame_bytes() -> bytes:
    return b"".join(map(frame.line, frame_rows()))


class Ledger:
    """A ledger in memory: appends entries that hang together."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def append(
        self,
        verb: str,
        detail: dict[str, Any],
        visibility: str = "public",
        subjects: Sequence[Sequence[str]] = (("draw", SERIAL),),
    ) -> dict[str, Any]:
        seq = len(self.entries) + 1
        statement = {
            "type": "zhiheng.ledger.entry",
            "v": 1,
            "id": f"01900000-0000-7000-8000-{seq:012d}",
            "seq": seq,
            "previous": self.entries[-1]["hash"] if self.entries else chain.GENESIS,
            "at": f"2024-02-{seq:02d}T01:00:00+00:00",
            "verb": verb,
            "visibility": visibility,
            "actor": {"key": "01900000-0000-7000-8000-00000000000a", "role": "officer", "region": "330000"},
            "region": "330000",
            "subjects": [list(one) for one in subjects],
            "detail": detail,
        }
        entry = {"statement": statement, "hash": chain.entry_hash(statement)}
        self.entries.append(entry)
        return entry


def rebound(bundle: dict[str, Any], **changes: Any) -> None:
    """Change what the last entry of a bundle says, as whoever keeps the ledger could; None takes it out."""
    last = bundle["ledger"][-1]
    detail = {**last["statement"]["detail"], **changes}
    last["statement"]["detail"] = {name: value for name, value in detail.items() if value is not None}
    last["hash"] = chain.entry_hash(last["statement"])


def made_draw(ledger: Ledger) -> dict[str, Any]:
    """Announce and carry out the draw, log both, and return the certificate."""
    file = frame_bytes()
    summary = frame.FrameSummary(hashlib.sha256(file).hexdigest(), 60, {"A": 10, "B": 20, "C": 20, "D": 10})
    units = [row.id for row in frame_rows()]
    pairing = draw.pairing_terms(INSPECTORS, [(units[0], "ZJ-001"), (units[7], "ZJ-002")], cap=6)
    announcement = draw.announce(
        serial=SERIAL,
        obligation="2024Q1-330000-27",
        region="330000",
        period="2024Q1",
        frame=summary,
        samples=SAMPLES,
        reserves=2,
        commitment=lottery.commitment(SECRET),
        beacon_kind="drand-quicknet",
        beacon_ref="1000",
        pairing=pairing,
    )
    committed = ledger.append(
        "draw.committed", {"announcement_hash": lottery.announcement_hash(announcement)}
    )
    ledger.append("registry.subject_changed", {"note": "elsewhere"}, "internal")
    carried_out = draw.carry_out(
        announcement,
        secret=SECRET,
        beacon=BEACON,
        rows=frame_rows(),
        pairing=pairing,
        committed=committed["hash"],
    )
    certificate = {**carried_out, "data": "demonstration"}
    bound = {
        "certificate_sha256": draw_check.certificate_sha256(certificate),
        "assignments_root": release.root(release.leaves(certificate)),
    }
    ledger.append("draw.revealed", {"serial": SERIAL, **bound})
    return certificate


EXCLUDED = {5: "higher-level", 11: "covered"}
PANEL = {"draw": "330000-2023Q1-001", "seed": "5a" * 32, "shift": [1, 10], "turn": 3}


def rich_bundle(numbers: dict[str, Any] | None = None, used: tuple = ()) -> dict[str, Any]:
    """Return a draw with excluded units, inspectors with fields, and reserves that stepped in.

    ``numbers`` makes it a draw of a panel; ``used`` are the entries of the reserves.
    """
    ledger, rows = Ledger(), frame_rows()
    gone = draw.excluded({rows[place].id: (why, "330000-2024Q1-009") for place, why in EXCLUDED.items()})
    kept = Counter(row.stratum for row in draw.covered(rows, gone))
    summary = frame.FrameSummary(
        hashlib.sha256(frame_bytes()).hexdigest(), 60, Counter(r.stratum for r in rows)
    )
    fields = {"ZJ-001": ["13"], "ZJ-002": ["13", "26"], "ZJ-003": []}
    pairing = draw.pairing_terms(INSPECTORS, [(rows[0].id, "ZJ-004")], cap=9, fields=fields)
    announcement = draw.announce(
        serial=SERIAL,
        obligation="2024Q1-330000-27",
        region="330000",
        period="2024Q1",
        frame=summary,
        samples={"A": 4, "B": 5, "C": 4, "D": 3},
        reserves=3,
        commitment=lottery.commitment(SECRET),
        beacon_kind="drand-quicknet",
        beacon_ref="1000",
        pairing=pairing,
        exclusions=gone,
        populations=kept,
        scope={"purpose": "enforcement", "item": "2024-01", "channel": "shop", "cycle": None},
        numbers=numbers,
    )
    sha = lottery.announcement_hash(announcement)
    certificate = draw.carry_out(
        announcement,
        secret=SECRET,
        beacon=BEACON,
        rows=rows,
        pairing=pairing,
        committed=ledger.append("draw.committed", {"announcement_hash": sha})["hash"],
        exclusions=gone,
    ) | {"data": "demonstration"}
    sha = draw_check.certificate_sha256(certificate)
    ledger.append("draw.revealed", {"serial": SERIAL, "certificate_sha256": sha})
    for stratum, instead_of, place in used:
        detail = {"stratum": stratum, "instead_of": instead_of, "place": place, "reason": "closed"}
        ledger.append("draw.reserve_used", detail)
    return draw_check.bundle(certificate, entries=ledger.entries, frame_lines=frame_bytes())


NAMES = pseudonyms.Names(hashlib.sha256(b"key of the test frame").digest())


def salted_bundle() -> dict[str, Any]:
    """Return a valid draw from a frame whose units stand under salted names."""
    ledger = Ledger()
    rows = sorted(row._replace(id=NAMES.of(row.id)) for row in frame_rows())
    data = b"".join(map(frame.line, rows))
    summary = frame.FrameSummary(hashlib.sha256(data).hexdigest(), 60, Counter(row.stratum for row in rows))
    pairing = draw.pairing_terms(INSPECTORS, [(rows[0].id, "ZJ-001")], cap=6)
    announcement = draw.announce(
        serial=SERIAL,
        obligation="2024Q1-330000-27",
        region="330000",
        period="2024Q1",
        frame=summary,
        samples=SAMPLES,
        reserves=2,
        commitment=lottery.commitment(SECRET),
        beacon_kind="drand-quicknet",
        beacon_ref="1000",
        pairing=pairing,
        ids=pseudonyms.SALTED,
    )
    sha = lottery.announcement_hash(announcement)
    drawn = draw.carry_out(
        announcement,
        secret=SECRET,
        beacon=BEACON,
        rows=rows,
        pairing=pairing,
        committed=ledger.append("draw.committed", {"announcement_hash": sha})["hash"],
    )
    behind = {NAMES.of(row.id): row.id for row in frame_rows()}
    openings = [NAMES.opening(behind[row["unit"]]) for row in drawn["selected"]]
    certificate = {**drawn, "openings": openings, "data": "demonstration"}
    return bound(certificate, ledger, data)


FRAME_ID = "01900000-0000-7000-8000-0000000000f1"


def _frozen(ids: str) -> tuple[bytes, dict, dict, frame_index.Prover]:
    """Return a frame file, what is said of it, the entry that froze it, and its prover."""
    rows = frame_rows()
    if ids == "salted":
        rows = sorted(row._replace(id=NAMES.of(row.id)) for row in rows)
    data = b"".join(map(frame.line, rows))
    index = frame_index.build(io.BytesIO(data))
    said = {"id": FRAME_ID, "sha256": hashlib.sha256(data).hexdigest(), "size": 60, "root": index.root}
    detail = {"sha256": said["sha256"], "units": 60, "merkle_root": index.root, "ids": ids}
    entry = Ledger().append("registry.frame_frozen", detail, subjects=[["frame", FRAME_ID]])
    return data, said, entry, frame_index.Prover(io.BytesIO(data), io.BytesIO(index.dump()))


def frame_proof(unit: str, ids: str = "open") -> dict[str, Any]:
    """Return the proof that a unit stands in the test frame, or does not."""
    _data, said, entry, prover = _frozen(ids)
    opening = NAMES.opening(unit) if ids == "salted" else None
    place, is_there = prover.find(opening["unit"] if opening else unit)
    return proof_check.proof(
        asked=unit,
        is_listed=is_there,
        lines=prover.around(place, is_there=is_there),
        frame=said,
        data="demonstration",
        entry=entry,
        opening=opening,
    )


def bound(certificate: dict[str, Any], ledger: Ledger, data: bytes) -> dict[str, Any]:
    """Return the bundle of a certificate after an entry has named its digest."""
    sha = draw_check.certificate_sha256(certificate)
    ledger.append("draw.revealed", {"serial": SERIAL, "certificate_sha256": sha})
    return draw_check.bundle(certificate, entries=ledger.entries, frame_lines=data)


def draw_bundle() -> dict[str, Any]:
    """Return a valid draw bundle whose middle entry is withheld."""
    ledger = Ledger()
    certificate = made_draw(ledger)
    entries = list(ledger.entries)
    entries[1] = chain.withheld(entries[1]["statement"])
    return draw_check.bundle(certificate, entries=entries, frame_lines=frame_bytes())


VISITS = ("sampled", "sampled", "sampled", "refused", "sampled", "closed")
OUTPUTS = {"13": "120.50", "26": "310.00", "38": "77.25"}
SIZE_RULE = {"minimum": 5, "firm": 15}
METHOD = {
    "id": "post-stratified",
    "version": "1",
    "interval": "wilson-composite",
    "confidence": "0.95",
    "alone_from": 4,
}
TARGET = {"id": "CN-2025-4", "article": 2, "operator": ">=", "value": "94", "unit": "%", "due": 2025}


def figure_body(certificate: dict[str, Any], division: str = "") -> dict[str, Any]:
    """Return the body of a figure over the made draw: all divisions, or one of them."""
    units = {row.id: row for row in frame_rows()}
    rows, respondents = [], Counter()
    for number, drawn in enumerate(certificate["selected"]):
        visit = VISITS[number % len(VISITS)]
        respondents[drawn["stratum"]] += visit == "sampled"
        verdict = ("fail" if number % 7 == 0 else "pass") if visit == "sampled" else None
        rows.append((drawn, visit, verdict))
    sizes = {row["stratum"]: row["population"] for row in certificate["strata"]}
    records = [
        FigureRow(
            draw=SERIAL,
            unit=drawn["unit"],
            stratum=drawn["stratum"],
            region=units[drawn["unit"]].region,
            division=units[drawn["unit"]].division,
            visit=visit,
            verdict=verdict,
            weight=(sizes[drawn["stratum"]], respondents[drawn["stratum"]]) if verdict else None,
        )
        for drawn, visit, verdict in rows
        if division in ("", units[drawn["unit"]].division)
    ]
    cells = Counter((row.stratum, row.division) for row in units.values() if division in ("", row.division))
    listed = rows_to_list(tuple(records))
    body = {
        "data": certificate["data"],
        "figure": _published_nowhere(records, sum(cells.values()), division),
        "method": METHOD if not division else {**METHOD, "id": "hajek"},
        "size_rule": SIZE_RULE,
        "target": TARGET,
        "strata": [
            {
                "draw": SERIAL,
                "stratum": row["stratum"],
                "population": row["population"],
                "sample": row["sample"],
                "respondents": respondents[row["stratum"]],
            }
            for row in certificate["strata"]
        ],
        "cells": [
            {"draw": SERIAL, "stratum": stratum, "division": cell, "population": count}
            for (stratum, cell), count in sorted(cells.items())
        ],
        "outputs": [
            {"division": key, "output": value} for key, value in OUTPUTS.items() if division in ("", key)
        ],
        "rows": listed,
        "draws": [{"serial": SERIAL, "certificate_sha256": draw_check.certificate_sha256(certificate)}],
        "rows_sha256": canonical.digest(listed),
        "dataset_sha256": hashlib.sha256(b"data set of the test release").hexdigest(),
    }
    numbers = recompute(FigureBundle.from_dict(body))
    body["figure"].update({name: figure_check.decimal_text(numbers[name]) for name in figure_check.NUMBERS})
    return body


def _published_nowhere(records: list[FigureRow], population: int, division: str) -> dict[str, Any]:
    """Return the figure's fields with numbers still to be computed."""
    n = sum(record.verdict is not None for record in records)
    return {
        "series": "mfg_product_pass_rate",
        "region": "330000",
        "division": division,
        "period": "2024Q1",
        "vintage": "2024-04-15",
        "status": "published" if n >= SIZE_RULE["firm"] else "thin",
        "basis": "probability",
        "purpose": "evaluation",
        **dict.fromkeys(("estimate", "lower", "upper", "standard_error", "raw", "hajek", "coverage"), "0.5"),
        "design_effect": None,
        "n": n,
        "n_sampled": len(records),
        "population": population,
    }


def figure_bundles() -> dict[str, dict[str, Any]]:
    """Return valid bundles of one release: the headline and two divisions, by division."""
    ledger = Ledger()
    certificate = made_draw(ledger)
    bodies = {division: figure_body(certificate, division) for division in ("", "13", "38")}
    root, places = figure_check.seal([figure_check.digest(body) for body in bodies.values()])
    ledger.append(
        "indicators.released",
        {
            "figures_root": root,
            "figures_count": len(bodies),
            "dataset_sha256": bodies[""]["dataset_sha256"],
        },
    )
    return {
        division: figure_check.bundle(body, inclusion=place, entries=ledger.entries[2:])
        for (division, body), place in zip(bodies.items(), places, strict=True)
    }


def special_bundle(
    weights: dict[str, int] | None = None, fallbacks: tuple = (), skipped: int = 0, reserves: int = 3
) -> dict[str, Any]:
    """Return a draw by weight, or one whose announced random text could not be had."""
    ledger, rows = Ledger(), frame_rows()
    counts, further = Counter(row.stratum for row in rows), {}
    samples, populations = dict(SAMPLES), dict(counts)
    if weights:
        terms = weighting.terms(
            counts,
            {name: Fraction(weight) for name, weight in weights.items()},
            dict.fromkeys(counts, "r"),
            24,
        )
        further["weighting"], samples, populations = terms, {"*": 24}, {"*": 60}
    if fallbacks:
        further["beacon_fallbacks"] = {"order": [{"kind": "words", "ref": ref} for ref in fallbacks]}
    pairing = draw.pairing_terms(INSPECTORS, cap=9)
    announcement = draw.announce(
        serial=SERIAL,
        obligation="2024Q1-330000-27",
        region="330000",
        period="2024Q1",
        frame=frame.FrameSummary(hashlib.sha256(frame_bytes()).hexdigest(), 60, counts),
        samples=samples,
        reserves=reserves,
        commitment=lottery.commitment(SECRET),
        beacon_kind="words",
        beacon_ref="first",
        pairing=pairing,
        populations=populations,
        further=further,
    )
    order = [announcement["beacon"], *further.get("beacon_fallbacks", {"order": []})["order"]]
    used = dict(order[skipped])
    if skipped:
        used["skipped"] = [{**one, "reason": "not drawn that day"} for one in order[:skipped]]
    certificate = draw.carry_out(
        announcement,
        secret=SECRET,
        beacon=BEACON,
        rows=rows,
        pairing=pairing,
        committed=ledger.append(
            "draw.committed", {"announcement_hash": lottery.announcement_hash(announcement)}
        )["hash"],
        beacon_used=used,
    ) | {"data": "demonstration"}
    ledger.append("draw.revealed", {"certificate_sha256": draw_check.certificate_sha256(certificate)})
    return draw_check.bundle(certificate, entries=ledger.entries, frame_lines=frame_bytes())


LOG_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"key of the test log").digest())
LOG = note.public("log.example/zhiheng", LOG_KEY)


def proofs(entries: list[dict[str, Any]], before: int = 5, after: int = 9) -> dict[int, str]:
    """Return the receipt of each shown entry, in a log with some leaves of others before and after."""
    shown = [entry["statement"] for entry in entries if "statement" in entry]
    leaves = [f"before {n}".encode() for n in range(before)] + [canonical.dumps(one) for one in shown]
    tree = merkle.Tree()
    for leaf in leaves + [f"after {n}".encode() for n in range(after)]:
        tree.append(leaf)
    text = str(checkpoint.Checkpoint(LOG.name, len(tree), tree.root()))
    signed = note.write(text, [note.sign(text, LOG.name, LOG_KEY)])
    return {
        one["seq"]: receipts.write(
            receipts.Receipt(before + n, tuple(tree.inclusion(before + n, len(tree))), signed)
        )
        for n, one in enumerate(shown)
    }


def sealed_bundle(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return a bundle with the receipts of all its shown entries."""
    held = [{"seq": seq, "proof": proof} for seq, proof in proofs(bundle["ledger"]).items()]
    return {**bundle, "log": {"vkey": str(LOG), "receipts": held}}


def receipt_file() -> dict[str, Any]:
    """Return a receipt that stands alone, of the first entry of the made draw."""
    entry = draw_bundle()["ledger"][0]
    seq = entry["statement"]["seq"]
    return sealed.file(entry["statement"], vkey=str(LOG), proof=proofs([entry], 3, 4)[seq])
