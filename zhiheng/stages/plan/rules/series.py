"""What a definition of a series must hold, and what of it may change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from zhiheng.errors import ZhihengError
from zhiheng.formats.shapes import fields

KIND = ("unit", "basis", "purpose")
NEEDED = ("zh", "en", "unit", "definition", "definition_en")
MOST = {"zh": 120, "en": 160, "unit": 24, "population": 240, "population_en": 240, "owner": 120}
CHOICES = {
    "basis": fields.BASES,
    "purpose": fields.PURPOSES,
    "direction": ("higher", "lower"),
    "frequency": ("", "year", "half", "quarter", "month"),
}
MOST_END = 24
_ID = re.compile(r"[a-z][a-z0-9_]{2,63}")


def check(id: str, meant: Mapping[str, str], held: Mapping[str, Any] | None, reason: str) -> list[str]:
    """Return the codes of what is wrong with a definition; ``held`` is the series as it stands, if it does.

    >>> check("pass_rate", {"zh": "合格率"}, None, "")[:2]
    ['en-required', 'unit-required']
    """
    found = [] if _ID.fullmatch(id) else ["id-shape"]
    found += [f"{name}-required" for name in NEEDED if not meant.get(name, "").strip()]
    found += [f"{name}-too-long" for name, most in MOST.items() if len(meant.get(name, "")) > most]
    found += [f"{name}-unknown" for name, known in CHOICES.items() if meant.get(name, "") not in known]
    found += _of_ends(meant.get("lower", ""), meant.get("upper", ""))
    if held is not None:
        found += [f"{name}-changed" for name in KIND if meant.get(name) != held[name]]
        found += [] if reason.strip() else ["reason-required"]
    return found


def _of_ends(lower: str, upper: str) -> list[str]:
    """Return what is wrong with the ends of a scale.

    >>> _of_ends("-100", ""), _of_ends("100", "60"), _of_ends("", "1e3")
    ([], ['upper-below'], ['upper-number'])
    """
    found = []
    for name, text in (("lower", lower), ("upper", upper)):
        try:
            found += [f"{name}-too-long"] if text and len(fields.decimal(text, name)) > MOST_END else []
        except ZhihengError:
            found.append(f"{name}-number")
    if lower and upper and not found and Decimal(lower) >= Decimal(upper):
        found.append("upper-below")
    return found
