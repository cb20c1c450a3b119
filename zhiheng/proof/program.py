"""Names the program of a draw by its bytes: whoever repeats it knows whether it is the announced one."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

PARTS = (
    "canonical.py",
    "draw.py",
    "frame.py",
    "hashes.py",
    "joining.py",
    "lottery.py",
    "pairing.py",
    "streamed.py",
    "weighting.py",
)


@cache
def digest() -> str:
    """Return SHA-256 over name 00 length 00 bytes of each file that decides who is drawn and who goes."""
    found = hashlib.sha256()
    for name in PARTS:
        content = Path(__file__).with_name(name).read_bytes()
        found.update(f"{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()
