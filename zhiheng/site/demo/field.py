"""The field work of one draw: what the invented country answers to visits, handed in as an office would."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from zhiheng.proof import shares
from zhiheng.world import Outcomes, Population

from .calendar import FIRST_REPORT, FIRST_VISIT, LAST_REPORT, LAST_VISIT
from .country import index_of

LABS = 3
METHOD = "DEMO-T 1-2023"


@dataclass(frozen=True)
class Met:
    """What the visits to the drawn units of one draw meet, unit by unit, with days and seals."""

    units: tuple[str, ...]
    outcomes: Outcomes
    visited_on: tuple[date, ...]
    reported_on: tuple[date, ...]
    seals: tuple[str, ...]
    labs: tuple[str, ...]


def lab(region: str, number: int = 0) -> str:
    """Return the id of an invented laboratory of a province."""
    return f"DEMO-LAB-{region[:2]}-{number + 1}"


def secret(seed: int, serial: str) -> bytes:
    """Return the secret of a draw of the demonstration: fixed by the seed, so that a run can be repeated."""
    return hashlib.sha256(f"zhiheng demo secret {seed} {serial}".encode()).digest()


def duty_id(seed: int, region: str, period: str) -> UUID:
    """Return the id of a duty, fixed by the seed: the announcement of its draw names it (RFC 9562, 5.8)."""
    value = int.from_bytes(
        hashlib.sha256(f"zhiheng demo duty {seed} {region} {period}".encode()).digest()[:16]
    )
    kept = value & ~(0xF << 76) & ~(0b11 << 62)
    return UUID(int=kept | 0x8 << 76 | 0b10 << 62)


def names_key(seed: int, name: str) -> bytes:
    """Return the key of the salted names of a list of the demonstration, fixed by the seed."""
    return hashlib.sha256(f"zhiheng demo names {seed} {name}".encode()).digest()


def share_randomness(seed: int, serial: str) -> bytes:
    """Return what splits the secret of a draw of the demonstration: each run makes the same shares."""
    size = shares.random_bytes(32)
    return hashlib.shake_256(f"zhiheng demo shares {seed} {serial}".encode()).digest(size)


def beacon(seed: int, serial: str) -> bytes:
    """Return the public random text of a draw of the demonstration: invented, and said to be so."""
    return hashlib.sha256(f"zhiheng demo beacon {seed} {serial}".encode()).digest()


def meet(
    population: Population,
    draw: Any,
    units: list[str],
    drawn_on: date,
    *,
    days: tuple[int, int] = (FIRST_VISIT, LAST_VISIT),
) -> Met:
    """Return what the visits meet; they spread evenly over ``days`` after the reveal, unit by unit."""
    found = population.outcomes(np.array([index_of(unit) for unit in units]), draw.period)
    first, last = days
    visits = [
        drawn_on + timedelta(days=first + place * (last - first) // max(len(units), 1))
        for place in range(len(units))
    ]
    reports = [
        day + timedelta(days=FIRST_REPORT + place % (LAST_REPORT - FIRST_REPORT + 1))
        for place, day in enumerate(visits)
    ]
    seals = tuple(f"F{draw.serial}-{place + 1:05d}" for place in range(len(units)))
    labs = tuple(lab(draw.region, place % LABS) for place in range(len(units)))
    return Met(tuple(units), found, tuple(visits), tuple(reports), seals, labs)


def findings(met: Met, chosen: range | list[int]) -> Iterator[tuple[str, Any]]:
    """Yield (unit, finding) of some visits."""
    from zhiheng.stages.inspection.rules import Finding

    for place in chosen:
        response = str(met.outcomes.response[place])
        is_sampled = response == "sampled"
        yield (
            met.units[place],
            Finding(
                outcome=response,
                visited_on=met.visited_on[place],
                product_name=str(met.outcomes.product[place]) if is_sampled else "",
                seal_no=met.seals[place] if is_sampled else "",
                lab=met.labs[place] if is_sampled else "",
            ),
        )


def measured(met: Met, place: int) -> dict[str, Any]:
    """Return the measured item of one sampled unit, as a laboratory reports it."""
    found = met.outcomes
    return {
        "item": str(found.item[place]),
        "method": METHOD,
        "value": str(found.value[place]),
        "unit": str(found.unit[place]),
        "limit": str(found.limit[place]),
        "limit_kind": str(found.limit_kind[place]),
        "reported_on": met.reported_on[place],
        "uncertainty": str(found.uncertainty[place]),
    }


def measurements(met: Met, chosen: range | list[int], *, reported_on: date | None = None) -> Iterator[Any]:
    """Yield the results of the sampled units among some visits, perhaps all reported on one day."""
    from zhiheng.stages.inspection.rules import Measurement

    for place in chosen:
        if met.outcomes.response[place] == "sampled":
            said = measured(met, place)
            said["reported_on"] = reported_on or said["reported_on"]
            yield Measurement(seal_no=met.seals[place], lab=met.labs[place], **said)
