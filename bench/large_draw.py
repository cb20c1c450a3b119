"""Draws 30 000 of ten million units under salted names, checks the draw again, and proves single lines."""

from __future__ import annotations

import hashlib
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zhiheng.proof import draw, frame, frame_index, lottery, merkle, pseudonyms, streamed
from zhiheng.verification import draw as verification

NAME = "draw of 30 000 from a frame of 10^7 units, its verification, and proofs of single lines"
GOAL = "drawn in < 60 s and 4 GiB, verified in < 120 s, a line proved in < 1 ms"
UNITS, QUICK_UNITS = 10_000_000, 200_000
DRAWN, QUICK_DRAWN = 30_000, 600
INSPECTORS, PROOFS = 300, 200
SECRET, BEACON = bytes(32), b"public random text of the benchmark"
NAMES = pseudonyms.Names(hashlib.sha256(b"key of the benchmark").digest())


def run(quick: bool = False) -> dict:
    """Return seconds by the clock and of the processor; peers are SHA-256 of the file and of its lines."""
    size, drawn = (QUICK_UNITS, QUICK_DRAWN) if quick else (UNITS, DRAWN)
    with tempfile.TemporaryDirectory() as folder:
        own, place = Path(folder) / "own.tsv", Path(folder) / "frame-bench.tsv"
        _write(own, size)
        with own.open("rb") as file:
            naming, _size = _timed(lambda: place.write_bytes(NAMES.file(file)))
        with place.open("rb") as file:
            whole, sha = _timed(lambda: hashlib.file_digest(file, "sha256").hexdigest())
        with place.open("rb") as file:
            lines, _last = _timed(lambda: _hash_lines(file))
        with place.open("rb") as file:
            rooted, index = _timed(lambda: frame_index.build(file))
        drawing, certificate = _timed(lambda: _draw(place, sha, size, drawn))
        opening, certificate = _timed(lambda: _opened(certificate, own))
        checking, report = _timed(lambda: _verify(certificate, place))
        proving = _prove(place, index)
    return {
        "units": size,
        "drawn": drawn,
        "named_by_salt": naming,
        "drawn_and_paired": drawing,
        "drawn_units_found_and_opened": opening,
        "verified": {**checking, "holds": report},
        "root": rooted,
        "line_found_proved_and_checked_ms": proving * 1000,
        "index_bytes": len(index.dump()),
        "peer": {"sha256_of_the_file": whole, "sha256_of_each_line": lines},
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def _write(place: Path, size: int) -> None:
    with place.open("wb") as file:
        for start in range(0, size, 50_000):
            some = range(start, min(start + 50_000, size))
            file.write(b"".join(_line(number) for number in some))


def _line(number: int) -> bytes:
    return b"91%015dX\t1\t%c\t330106\t%d\n" % (number, b"AAAABBCD"[number % 8], 13 + number % 29)


def _hash_lines(file: Any) -> bytes:
    last = b""
    for line in file:
        last = hashlib.sha256(line).digest()
    return last


def _draw(place: Path, sha: str, size: int, drawn: int) -> dict[str, Any]:
    """Announce and carry out a draw with inspectors of fifty offices."""
    offices = {f"I{number:04d}": f"office {number % 50}" for number in range(INSPECTORS)}
    pairing = draw.pairing_terms(offices, cap=4 * drawn // INSPECTORS)
    with place.open("rb") as file:
        framed = streamed.Frame(file)
        counts = framed.summary()[1]
        said = draw.announce(
            serial="330000-2024Q1-001",
            obligation="bench",
            region="330000",
            period="2024Q1",
            frame=frame.FrameSummary(sha, size, counts),
            samples=dict.fromkeys(counts, drawn // len(counts)),
            reserves=3,
            commitment=lottery.commitment(SECRET),
            beacon_kind="demo",
            beacon_ref="bench",
            pairing=pairing,
            ids=pseudonyms.SALTED,
        )
        certificate = draw.carry_out(
            said, secret=SECRET, beacon=BEACON, rows=framed, pairing=pairing, committed="00" * 32
        )
    return {**certificate, "data": "demonstration"}


def _opened(certificate: dict[str, Any], own: Path) -> dict[str, Any]:
    """Find who stands behind the drawn names in the office's own list, and open them."""
    named = [row["unit"] for row in certificate["selected"]]
    with own.open("rb") as lines:
        units = NAMES.behind(lines, named)
    return {**certificate, "openings": [NAMES.opening(units[name]) for name in sorted(named)]}


def _verify(certificate: dict[str, Any], place: Path) -> bool:
    """Repeat the draw as a stranger does; only the entries of the ledger are missing here."""
    file = verification.bundle(certificate, entries=[{}], frame_file=place.name)
    steps = {step.name: step.ok for step in verification.check(file, beside=place.parent).steps}
    asked = ("shape", "frame", "seed", "exclusions", "probabilities", "selection", "pairs", "openings")
    return all(steps[name] for name in asked)


def _prove(place: Path, index: frame_index.Index) -> float:
    beside = place.with_suffix(".index")
    beside.write_bytes(index.dump())
    with place.open("rb") as lines, beside.open("rb") as nodes:
        prover = frame_index.Prover(lines, nodes)
        units = [NAMES.of(f"91{index.lines * number // PROOFS:015d}X") for number in range(PROOFS)]
        began = time.perf_counter()
        for unit in units:
            found = prover.prove(prover.find(unit)[0])
            leaf = merkle.leaf_hash(found.line)
            assert merkle.is_included(leaf, found.index, index.lines, found.path, index.root)
        return (time.perf_counter() - began) / PROOFS


def _timed(act: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    began, used = time.perf_counter(), time.process_time()
    made = act()
    return {"seconds": time.perf_counter() - began, "processor_s": time.process_time() - used}, made
