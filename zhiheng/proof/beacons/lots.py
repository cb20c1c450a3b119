"""Draws of the welfare lottery 双色球: six red numbers of 33 and a blue one of 16, published in the evening.

One draw has C(33, 6) 16 = 17 721 088 outcomes, 24.1 bits; four together pass 96. The issues are named one by
one before, with a day after which all of them are drawn. Red numbers are in rising order, as published.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from typing import ClassVar

from zhiheng.proof.beacons import reading
from zhiheng.proof.beacons.pinned import PINNED

RED, REDS, BLUE = (PINNED["lotteries"]["lottery-ssq"][name] for name in ("red", "reds", "blue"))
OUTCOMES = math.comb(RED, REDS) * BLUE
MOST_ISSUES = 40

_REFERENCE = re.compile(r"((?:[0-9]{7}[ ,、]+)+)after ([0-9-]{10})")


class Lots:
    """Published draws of a lottery; truth rests on the published results."""

    kind: ClassVar[str] = "lottery-ssq"

    def reference(self, text: str) -> str:
        """Return the issues in rising order and the day after which they are drawn."""
        issues, day = _parts(text)
        return f"{' '.join(issues)} after {day.isoformat()}"

    def outcomes(self, reference: str) -> int:
        """Return the outcomes of one draw to the power of draws.

        >>> OUTCOMES, Lots().outcomes("2025031 2025032 2025033 2025034 after 2025-03-05") > 2**96
        (17721088, True)
        """
        return OUTCOMES ** len(_parts(reference)[0])

    def exists_from(self, reference: str) -> int:
        """Return when the announced day has ended."""
        return reading.start(_parts(reference)[1] + timedelta(days=1))

    def value(self, reference: str, evidence: str) -> str:
        """Return a line a draw, ``2025031 01 05 11 17 26 33+09``, in the order of the issues."""
        issues, _day = _parts(reference)
        found = reading.numbers(evidence)
        size = 1 + REDS + 1
        draws = [found[at : at + size] for at in range(0, len(found), size)]
        if [draw[0] for draw in draws] != issues or len(draws[-1]) != size:
            raise reading.refused(f"it is not the announced issues, each with {REDS} red numbers and a blue")
        return "\n".join(f"{issue} {_numbers(list(map(int, said)))}" for issue, *said in draws)

    def check(self, reference: str, value: str) -> tuple[str, str]:
        """Return that it is attested."""
        return "attested", "the numbers rest on the published results of the lottery"


def _numbers(said: list[int]) -> str:
    *reds, blue = said
    if len(set(reds)) != REDS or not all(1 <= red <= RED for red in reds) or not 1 <= blue <= BLUE:
        raise reading.refused(f"red numbers are {REDS} different ones up to {RED}, a blue one up to {BLUE}")
    return f"{' '.join(f'{red:02d}' for red in sorted(reds))}+{blue:02d}"


def _parts(text: str) -> tuple[list[str], date]:
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise reading.refused("draws are announced like 2025031 2025032 2025033 2025034 after 2025-03-05")
    issues, day = re.findall("[0-9]{7}", found[1]), reading.day(found[2])
    if issues != sorted(set(issues)) or len(issues) > MOST_ISSUES or "000" in {one[4:] for one in issues}:
        raise reading.refused("its issues are not different ones in rising order")
    if not all(day.year <= int(issue[:4]) <= day.year + 1 for issue in issues):
        raise reading.refused("its issues are not of the year of its day or the next")
    return issues, day
