"""The 31 manufacturing divisions of GB/T 4754-2017, and the 29 that the product pass rate covers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables


@dataclass(frozen=True, slots=True)
class Division:
    """One division; ``zh_2011`` holds the name of the superseded edition where it differs."""

    code: str
    zh: str
    en: str
    covered_by_pass_rate: bool
    zh_2011: str | None
    source: str
    confidence: str


@cache
def divisions() -> tuple[Division, ...]:
    """Return the divisions 13 to 43 in code order."""
    return tuple(
        Division(
            row["code"],
            row["zh"],
            row["en"],
            row["covered_by_pass_rate"] == "1",
            row["zh_2011"] or None,
            row["source"],
            row["confidence"],
        )
        for row in tables.rows("divisions.csv")
    )


@cache
def covered() -> tuple[Division, ...]:
    """Return the 29 divisions 13 to 41; waste recycling (42) and repair (43) are left out."""
    return tuple(division for division in divisions() if division.covered_by_pass_rate)


@cache
def _index() -> dict[str, Division]:
    return {division.code: division for division in divisions()}


def get(code: str) -> Division:
    """Return the division with this two-digit code."""
    try:
        return _index()[code]
    except (KeyError, TypeError):
        raise UnknownCode(
            f"The division {code!r} is not one of the manufacturing divisions 13 to 43.",
            "Give the two digits of GB/T 4754-2017.",
            division=str(code),
        ) from None
