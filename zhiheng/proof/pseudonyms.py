"""Units of a published frame stand under salted names, each opened alone: who reads one learns no other.

With a key of 32 random bytes that is kept sealed::

    salt(i) = HMAC-SHA256(key, "salt" 00 || id(i))        32 bytes, told with the unit that is opened
    name(i) = SHA-256(salt(i) || id(i))                   64 hexadecimal digits, stands in the public file

An opening (id, salt) binds a name to a unit for everybody and says nothing of the key: the other salts stay
unknown. The public file is hashed before any beacon exists, so no name can be chosen by the outcome, and to
open a name as another unit one would need a second preimage of SHA-256.

What this does not show: that a unit is absent, since the office alone knows which salt a unit would have; and
that a unit does not stand there twice under two salts. Where both must be shown, ids stay open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.proof.hashes import hmac_each

OPEN, SALTED = "open", "salted"
KEY_BYTES = SALT_BYTES = 32
LINES = 4_096  # lines named at a stroke


def name(unit: str, salt: bytes) -> str:
    """Return the name under which a unit stands in the public file.

    >>> name("91330106MA2B00001X", bytes(32))[:16]
    'fb2b372cdcb3ec8d'
    """
    return hashlib.sha256(salt + unit.encode()).hexdigest()


def is_opened(named: str, unit: str, salt: str) -> bool:
    """Tell whether an opening fits a name; a salt that is no 64 hexadecimal digits fits none."""
    try:
        found = bytes.fromhex(salt)
    except ValueError:
        return False
    return len(found) == SALT_BYTES and len(salt) == 2 * SALT_BYTES and name(unit, found) == named


class Names:
    """The names of the units of one frame, or of one panel, by its key."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise BadInput(f"The key of a frame has {len(key)} bytes.", "Take 32 random bytes.")
        self._salts = hmac_each(key, b"salt\0")

    def salt(self, unit: str) -> bytes:
        """Return the salt of one unit."""
        return self._salts([unit.encode()])[0]

    def of(self, unit: str) -> str:
        """Return the name of one unit."""
        return name(unit, self.salt(unit))

    def opening(self, unit: str) -> dict[str, str]:
        """Return what binds the name of one unit to it."""
        salt = self.salt(unit)
        return {"unit": name(unit, salt), "id": unit, "salt": salt.hex()}

    def file(self, lines: Iterable[bytes]) -> bytes:
        """Return the lines of a frame file with the names in place of the units, sorted by them.

        >>> Names(bytes(32)).file([b"A1\\t1\\tB\\n", b"A2\\t1\\tC\\n"]).decode().split()[1:3]
        ['1', 'B']
        """
        return b"".join(sorted(name + b"\t" + rest for name, _unit, rest in self._named(lines)))

    def behind(self, lines: Iterable[bytes], wanted: Collection[str]) -> dict[str, str]:
        """Return the units of a frame file that have these names, by their names."""
        asked = {name.encode() for name in wanted}
        found = (row for row in self._named(lines) if row[0] in asked)
        return {name.decode(): unit.decode() for name, unit, _rest in found}

    def _named(self, lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Yield the name, the unit and the rest of each line: one HMAC and one hash, nothing is kept."""
        sha, all_lines = hashlib.sha256, iter(lines)
        while some := [line.partition(b"\t") for line in islice(all_lines, LINES)]:
            units = [unit for unit, _tab, _rest in some]
            for salt, (unit, _tab, rest) in zip(self._salts(units), some, strict=True):
                yield sha(salt + unit).hexdigest().encode(), unit, rest


def opened(openings: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the unit behind each opened name, or refuse an opening that does not fit its name."""
    found: dict[str, str] = {}
    for row in openings:
        if not is_opened(row["unit"], row["id"], row["salt"]):
            raise BadInput(
                f"The opening of {row['unit']} does not fit its name.", "Ask the office for the right salt."
            )
        found[row["unit"]] = row["id"]
    return found
