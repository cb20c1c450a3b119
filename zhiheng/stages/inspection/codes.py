"""Access codes: how one is made, written, read back and kept; a code is never stored as itself.

A code has 16 signs of an alphabet without look-alikes, which is 80 bits from the operating system. It is kept
as a slow salted hash (the hashers of the site's passwords), so that a stolen table opens no page.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.utils.crypto import salted_hmac

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SIGNS, GROUP = 16, 4
LASTS = timedelta(days=180)
"""How long a code opens the page: longer than a case takes up to its second re-check (rule of this house)."""


def new() -> str:
    """Return a new code in groups of four, as it is printed."""
    return written("".join(secrets.choice(ALPHABET) for _ in range(SIGNS)))


def written(code: str) -> str:
    """Return a code in groups of four.

    >>> written("ABCDEFGH23456789")
    'ABCD-EFGH-2345-6789'
    """
    return "-".join(code[at : at + GROUP] for at in range(0, len(code), GROUP))


def read(typed: str) -> str:
    """Return what was typed as the code that it means: hyphens, spaces and small letters do not matter.

    >>> read(" abcd efgh-2345－6789 ")
    'ABCDEFGH23456789'
    """
    return "".join(sign for sign in typed.upper() if sign in ALPHABET)


def kept(code: str) -> str:
    """Return the slow salted hash of a code."""
    return make_password(read(code))


def mark(typed: str) -> str:
    """Return by what a code is found among several of one firm; it says nothing without the site's secret."""
    return salted_hmac("inspection.codes", read(typed)).hexdigest()[:8]


def fits(typed: str, digest: str) -> bool:
    """Say whether what was typed is the code of this hash."""
    return check_password(read(typed), digest)


def take_as_long() -> None:
    """Spend the time of a check, so that nobody learns from the clock which firms have a code."""
    make_password("0" * SIGNS)
