"""What is done on the way is bound in public at once, and told when it warns nobody any more.

A deed is a small record: draw, unit, what was done, on which day, and what belongs to it (seal numbers, the
laboratory). The public entry of the moment holds HMAC-SHA-256(salt, JCS(deed)) and nothing of the deed; the
salt is 32 random bytes kept with the row. When the draw is closed, salts and deeds are published together;
destroying salt and row leaves a number from which nothing can be guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.proof import canonical
from zhiheng.proof.hashes import hmac_digest

KINDS = ("started", "finished", "refused", "closed", "not_found", "no_stock", "sealed", "handed", "received")
SALT_BYTES = 32


def commitment(salt: str, deed: Mapping[str, Any]) -> str:
    """Return what the public entry says of a deed.

    >>> commitment("00" * 32, {"kind": "started"})[:8]
    '265c060d'
    """
    key = bytes.fromhex(salt)
    if len(key) != SALT_BYTES:
        raise BadInput("The salt of a deed has 32 bytes.", "Take them from the operating system.")
    return hmac_digest(key, canonical.dumps(dict(deed))).hex()


def holds(opened: Mapping[str, Any], stated: str) -> bool:
    """Tell whether an opened deed is the one that was bound."""
    return commitment(opened["salt"], opened["deed"]) == stated
