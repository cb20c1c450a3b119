"""What a declared break of a series must say: from when, between which footings, by which bridge, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from zhiheng.errors import ZhihengError
from zhiheng.formats import periods
from zhiheng.formats.shapes import fields

NEEDED = ("old", "new", "reason", "reason_en", "source")
MOST = {"old": 80, "new": 80, "reason": 400, "reason_en": 400, "source": 400, "bridge": 44, "error": 44}
SCALES = ("difference", "ratio", "logit")
CONFIDENCES = ("text", "secondary")
"""How surely a break is known: its source was read, or a report of the source."""


def check(meant: Mapping[str, str], dimensions: Collection[str], standing: Collection[str]) -> list[str]:
    """Return the codes of what is wrong with a break.

    ``dimensions`` are those that numbers may be broken down by; ``standing`` are the periods from which the
    series, or the same dimension of it, breaks already. Two of them may not begin on one day: the second
    would be crossed on top of the first.

    >>> said = {"at": "2024Q1", "scale": "difference", "old": "94", "new": "122", "bridge": "-0.7",
    ...     "reason": "清单变更", "reason_en": "another list", "source": "公告", "confidence": "text"}
    >>> check(said, (), ()), check(said, (), ["2024"]), check({**said, "bridge": "", "error": "0.1"}, (), ())
    ([], ['at-standing'], ['error-alone'])
    """
    found = [f"{name}-required" for name in NEEDED if not meant.get(name, "").strip()]
    found += [f"{name}-too-long" for name, most in MOST.items() if len(meant.get(name, "")) > most]
    found += _when(meant.get("at", ""), standing)
    if meant.get("dimension") and meant["dimension"] not in dimensions:
        found.append("dimension-unknown")
    if meant.get("scale") not in SCALES:
        found.append("scale-unknown")
    if meant.get("confidence") not in CONFIDENCES:
        found.append("confidence-unknown")
    if meant.get("old", "").strip() and meant["old"].strip() == meant.get("new", "").strip():
        found.append("new-same")
    return found + _bridge(meant)


def _when(at: str, standing: Collection[str]) -> list[str]:
    if not periods.known(at):
        return ["at-shape"]
    first = periods.parse(at).first
    others = [one for one in standing if one != at and periods.known(one)]
    return ["at-standing"] if any(periods.parse(one).first == first for one in others) else []


def _bridge(meant: Mapping[str, str]) -> list[str]:
    """Check the bridge: a number, above zero where it is a ratio; an error of none is no error."""
    found = []
    numbers = {name: number(meant.get(name, "")) for name in ("bridge", "error")}
    found += [f"{name}-shape" for name, value in numbers.items() if value is None and meant.get(name)]
    if found:
        return found
    if meant.get("error") and not meant.get("bridge"):
        found.append("error-alone")
    if numbers["error"] is not None and numbers["error"] < 0:
        found.append("error-shape")
    if meant.get("scale") == "ratio" and numbers["bridge"] is not None and numbers["bridge"] <= 0:
        found.append("bridge-shape")
    return found


def number(text: str) -> Decimal | None:
    """Return the exact number of a text, or None where it is none.

    It is written as everywhere else: ASCII digits, no exponent.

    >>> number("-0.70"), number("NaN"), number("1e9"), number("1_0")
    (Decimal('-0.70'), None, None, None)
    """
    try:
        return Decimal(fields.decimal(text.strip(), "bridge"))
    except ZhihengError:
        return None
