"""Dice thrown in public: so many dice of so many sides, on a day and at a place that were announced.

Faces are 1 to the number of sides; on dice of ten sides they are 0 to 9, as these are printed. 38 dice of six
sides or 29 of ten reach 96 bits; the 20 dice of ten sides that some audits of elections throw do not.
"""

from __future__ import annotations

import re
from datetime import date
from typing import ClassVar

from zhiheng.proof.beacons import reading

MOST_DICE = 1_000
SIDES = (2, 4, 6, 8, 10, 12, 20)

_REFERENCE = re.compile(r"([1-9][0-9]{0,3})d([1-9][0-9]?) on ([0-9-]{10}) at ([^\n]{1,200})")


class Dice:
    """A ceremony with dice; truth rests on the record of those who stood by."""

    kind: ClassVar[str] = "dice"

    def reference(self, text: str) -> str:
        """Return ``38d6 on 2025-03-10 at PLACE`` in its one form."""
        count, sides, day, place = _parts(text)
        return f"{count}d{sides} on {day.isoformat()} at {place}"

    def outcomes(self, reference: str) -> int:
        """Return sides to the power of dice."""
        count, sides, *_rest = _parts(reference)
        return sides**count

    def exists_from(self, reference: str) -> int:
        """Return when the announced day begins."""
        return reading.start(_parts(reference)[2])

    def value(self, reference: str, evidence: str) -> str:
        """Return ``dice 38d6`` and the faces in the order of the throws, a space before each."""
        count, sides, *_rest = _parts(reference)
        head = f"dice {count}d{sides} "
        faces = [int(face) for face in reading.numbers(evidence.strip().removeprefix(head))]
        lowest = 0 if sides == 10 else 1
        if len(faces) != count:
            raise reading.refused(f"{count} dice were announced and {len(faces)} are written down")
        if any(not lowest <= face < lowest + sides for face in faces):
            raise reading.refused(f"a face is not between {lowest} and {lowest + sides - 1}")
        return head + " ".join(map(str, faces))

    def check(self, reference: str, value: str) -> tuple[str, str]:
        """Return that it is attested."""
        return "attested", "the faces rest on the record of the ceremony"


def _parts(text: str) -> tuple[int, int, date, str]:
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise reading.refused("dice are announced like 38d6 on 2025-03-10 at PLACE")
    count, sides = int(found[1]), int(found[2])
    if count > MOST_DICE or sides not in SIDES:
        raise reading.refused(f"dice have {', '.join(map(str, SIDES))} sides and are at most {MOST_DICE}")
    return count, sides, reading.day(found[3]), found[4].strip()
