"""Opens what a draw keeps locked until its reveal: its secret, and the shares of it."""

from __future__ import annotations

from zhiheng.errors import Missing
from zhiheng.ledger import locked

from .refusals import refuse

USE = "draw secret"


def seal(secret: bytes) -> str:
    """Return the secret encrypted for this site."""
    return locked.lock(secret, USE)


def unseal(token: str, serial: str) -> bytes:
    """Return the secret of a draw, or refuse when the key of this site has changed."""
    try:
        return locked.unlock(token, USE)
    except Missing:
        raise refuse("secret-does-not-open", draw=serial) from None
