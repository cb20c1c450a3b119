"""Plans, draws and pairs 30 000 units over 31 provinces: quota, tickets, two inspectors for each unit."""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from zhiheng.formats.identifiers import demo_uscc_array
from zhiheng.proof import draw, lottery
from zhiheng.proof.frame import FrameRow
from zhiheng.reference import regions
from zhiheng.stages.draw import rules
from zhiheng.stages.draw.rules import design

NAME = "30 000 units drawn by quota and paired over 31 provinces"
GOAL = "pairing by conflicts, load and fields in <= 60 s"
UNITS, FRAME, INSPECTORS = 30_000, 600_000, 150
WEIGHTS = {"risk": {"A": 1, "B": 2, "C": 4, "D": 8}}


def run(quick: bool = False) -> dict:
    """Measure each part; the peer of the pairing is a loop that shuffles all inspectors for every unit."""
    share = 10 if quick else 1
    provinces = [one.code for one in regions.reporting_provinces()]
    random = np.random.default_rng(20240101)
    frames = {code: _frame(code, FRAME // share // len(provinces), random) for code in provinces}
    quota = UNITS // share // len(provinces)
    allocating, shares = _timed(lambda: {code: _shares(rows, quota) for code, rows in frames.items()})
    drawing, drawn = _timed(lambda: {code: _drawn(frames[code], shares[code]) for code in provinces})
    terms = {code: _terms(code, drawn[code], random) for code in provinces}
    division = {code: draw.divisions(frames[code]) for code in provinces}
    pairing, pairs = _timed(
        lambda: {
            code: draw.pair_units(bytes(32), drawn[code], terms[code], division[code]) for code in provinces
        }
    )
    plain, same = _timed(lambda: [_plain(drawn[c], terms[c], division[c]) == pairs[c] for c in provinces])
    return {
        "units": sum(map(len, drawn.values())),
        "firms": sum(map(len, frames.values())),
        "inspectors": INSPECTORS * len(provinces),
        "allocation_s": allocating,
        "draw_s": drawing,
        "pairing_s": pairing,
        "peer": {"the rule as it is written, unit by unit_s": plain},
        "same_pairs_as_the_peer": all(same),
        "heaviest_load_by_the_even_share": max(_heaviest(pairs[code]) for code in provinces),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _frame(code: str, size: int, random: np.random.Generator) -> list[FrameRow]:
    """Return the firms of a province: four classes, twenty divisions."""
    places = np.full(size, int(code) + 101)
    ids = demo_uscc_array(random.permutation(size), places).tolist()
    strata = random.choice(np.array(list("ABCD")), size, p=[0.654, 0.253, 0.077, 0.016]).tolist()
    divisions = random.integers(13, 33, size).astype("U2").tolist()
    rows = zip(ids, strata, divisions, strict=True)
    return sorted(FrameRow(unit, 1, stratum, code, division) for unit, stratum, division in rows)


def _shares(rows: list[FrameRow], quota: int) -> tuple[rules.Share, ...]:
    strata = Counter(row.stratum for row in rows)
    return design.allot(strata, quota=quota, fractions={}, weights=WEIGHTS, minimum=2).shares


def _drawn(rows: list[FrameRow], shares: tuple[rules.Share, ...]) -> list[str]:
    strata: dict[str, list[str]] = {}
    for row in rows:
        strata.setdefault(row.stratum, []).append(row.id)
    sizes = {share.stratum: share.sample for share in shares}
    found = lottery.select_within_strata(bytes(32), strata, sizes, rules.RESERVES)
    return [unit for one in found.values() for unit in one.selected]


def _terms(code: str, units: list[str], random: np.random.Generator) -> dict[str, Any]:
    """Return inspectors of ten offices: every other one with fields, and a conflict with some units."""
    keys = [f"{code[:2]}-{number:03d}" for number in range(INSPECTORS)]
    offices = {key: f"office {number % 10}" for number, key in enumerate(keys)}
    fields = {
        key: random.choice(np.arange(13, 33), 10, replace=False).astype("U2").tolist() for key in keys[::2]
    }
    conflicts = [(unit, keys[int(random.integers(INSPECTORS))]) for unit in units[::50]]
    cap = rules.load_cap(len(units), len(keys), len(keys) // 2)
    return draw.pairing_terms(offices, conflicts, cap, fields)


def _plain(units: list[str], terms: dict[str, Any], division: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Pair as the description of zh-draw-1 says it, with the standard library alone."""
    import hmac

    barred = {(row["unit"], row["inspector"]) for row in terms["conflicts"]}
    loads: Counter[str] = Counter()
    pairs = {}
    for unit in units:
        able = [
            one
            for one in terms["inspectors"]
            if loads[one["key"]] < terms["cap"]
            and (unit, one["key"]) not in barred
            and division[unit] in one.get("fields", [division[unit]])
        ]
        able.sort(key=lambda one: hmac.digest(bytes(32), f"pair\0{unit}\0{one['key']}".encode(), "sha256"))
        first = able[0]
        second = next((one for one in able[1:] if one["office"] != first["office"]), able[1])
        pairs[unit] = (first["key"], second["key"])
        loads.update(pairs[unit])
    return pairs


def _heaviest(pairs: dict[str, tuple[str, str]]) -> float:
    loads = Counter(key for pair in pairs.values() for key in pair)
    return max(loads.values()) / (2 * len(pairs) / INSPECTORS)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result
