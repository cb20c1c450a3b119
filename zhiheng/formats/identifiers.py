"""Codes of organisations and goods carry a check character, and invented ones carry a mark.

USCC 统一社会信用代码 (GB 32100-2015): 18 characters of an alphabet of 31, the last one computed modulo 31.
GTIN 商品条码 (GS1 General Specifications; GB 12904): 8, 12, 13 or 14 digits, the last one computed modulo 10.

Codes of the synthetic country begin with ``X1``, a registration department that GB 32100 does not assign, and
with the GTIN prefix 952, which GS1 keeps for demonstrations; both are refused unless ``demo=True``.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from zhiheng.errors import BadInput

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)  # 3^(i-1) mod 31
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997
DEMO_USCC_PREFIX = "X1"
DEMO_GTIN_PREFIX = "952"
_USCC = re.compile(rf"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}")
_VALUE = {character: value for value, character in enumerate(USCC_ALPHABET)}


def check_uscc(code: str, *, demo: bool = False) -> None:
    """Refuse a code that is no unified social credit code; invented ones pass in demo mode alone.

    >>> check_uscc("91140110B0681219X5")
    """
    if not isinstance(code, str) or len(code) != 18:
        raise _bad_uscc(code, "it does not have 18 characters", "Copy all 18 characters from the licence.")
    if not _USCC.fullmatch(code):
        raise _bad_uscc(
            code,
            "it holds a character that cannot stand there",
            "Use digits and capital letters without I, O, S, V and Z; characters 3 to 8 are digits.",
        )
    expected = uscc_check_character(code[:17])
    if code[17] != expected:
        raise _bad_uscc(
            code, f"its check character should be {expected}", "Compare every character with the licence."
        )
    if code.startswith(DEMO_USCC_PREFIX) and not demo:
        raise _bad_uscc(code, "it belongs to the demonstration country", "Enter the real firm's code.")


def uscc_check_character(first17: str) -> str:
    """Return the check character of GB 32100: ``(31 - sum of value x weight mod 31) mod 31``."""
    try:
        total = sum(
            _VALUE[character] * weight for character, weight in zip(first17, USCC_WEIGHTS, strict=True)
        )
    except (KeyError, ValueError):
        raise _bad_uscc(first17, "its first 17 characters are not all there", "Copy them again.") from None
    return USCC_ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """Return the check character of the organisation code inside a USCC (GB 11714: modulo 11, 10 is X)."""
    total = sum(
        int(character, 36) * weight for character, weight in zip(body, ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def check_gtin(code: str, *, demo: bool = False) -> None:
    """Refuse a code that is no GTIN; those of the demonstration prefix pass in demo mode alone.

    >>> check_gtin("28151845")
    """
    if not isinstance(code, str) or not re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", code):
        raise _bad_gtin(code, "it does not have 8, 12, 13 or 14 digits", "Copy every digit under the bars.")
    expected = gtin_check_digit(code[:-1])
    if code[-1] != expected:
        raise _bad_gtin(code, f"its check digit should be {expected}", "Compare every digit with the label.")
    if is_demo_code(code) and not demo:
        raise _bad_gtin(code, "it belongs to the demonstration country", "Enter the real product's code.")


def gtin_check_digit(body: str) -> str:
    """Return the check digit of GS1: weights 3 and 1 in turn from the right, modulo 10."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def is_demo_code(code: str) -> bool:
    """Tell whether a code is marked as invented: USCC with ``X1``, GTIN with prefix 952."""
    if len(code) == 18:
        return code.startswith(DEMO_USCC_PREFIX)
    return (len(code) == 13 and code.startswith(DEMO_GTIN_PREFIX)) or (
        len(code) == 14 and code[1:].startswith(DEMO_GTIN_PREFIX)
    )


def demo_uscc(n: int, region: str) -> str:
    """Return the n-th invented code of a region, with both check characters right.

    >>> demo_uscc(7, "330106")
    'X1330106000000078B'
    """
    if not 0 <= n < 10**8 or not re.fullmatch(r"[0-9]{6}", region):
        raise BadInput(
            f"No demo code for number {n} in {region!r}.", "Numbers run to 10^8, regions have 6 digits."
        )
    body = f"{n:08d}"
    first17 = f"{DEMO_USCC_PREFIX}{region}{body}{organisation_check_character(body)}"
    return first17 + uscc_check_character(first17)


def demo_uscc_array(serials: Any, regions: Any) -> np.ndarray:
    """Return ``demo_uscc`` of whole arrays as a NumPy array of texts (dtype ``U18``).

    ``serials`` are integers below 10^8; ``regions`` six-digit texts or integers, one or one a serial.
    """
    serial = np.asarray(serials, dtype=np.int64)
    region = np.broadcast_to(np.asarray(regions).astype(np.int64), serial.shape)
    if serial.size and (
        serial.min() < 0 or serial.max() >= 10**8 or region.min() < 0 or region.max() >= 10**6
    ):
        raise BadInput(
            "A demo code is asked for outside its range.", "Numbers run to 10^8, regions to 999999."
        )
    values = np.zeros((serial.size, 18), dtype=np.int64)
    values[:, 0] = _VALUE["X"]
    values[:, 1] = 1
    values[:, 2:8] = region[:, None] // 10 ** np.arange(5, -1, -1) % 10
    values[:, 8:16] = serial[:, None] // 10 ** np.arange(7, -1, -1) % 10
    organisation = -(values[:, 8:16] @ np.array(ORGANISATION_WEIGHTS)) % 11
    values[:, 16] = np.where(organisation == 10, _VALUE["X"], organisation)
    values[:, 17] = -(values[:, :17] @ np.array(USCC_WEIGHTS)) % 31
    points = np.array([ord(character) for character in USCC_ALPHABET], dtype=np.uint32)[values]
    return np.ascontiguousarray(points).view("U18").ravel()


def demo_gtin(n: int) -> str:
    """Return the n-th invented GTIN-13, prefix 952.

    >>> demo_gtin(1)
    '9520000000011'
    """
    if not 0 <= n < 10**9:
        raise BadInput(f"No demo GTIN for number {n}.", "Numbers run from 0 to 999 999 999.")
    body = f"{DEMO_GTIN_PREFIX}{n:09d}"
    return body + gtin_check_digit(body)


def _bad_uscc(code: object, why: str, remedy: str) -> BadInput:
    return BadInput(
        f"{str(code)[:40]!r} is no unified social credit code: {why}.",
        remedy,
        code="bad-uscc",
        rule="GB 32100",
    )


def _bad_gtin(code: object, why: str, remedy: str) -> BadInput:
    return BadInput(f"{str(code)[:40]!r} is no GTIN: {why}.", remedy, code="bad-gtin", rule="GB 12904")
