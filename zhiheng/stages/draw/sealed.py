"""Keeps the secret of a draw encrypted between its commitment and its reveal.

The key comes from the site's own secret key (former keys of ``SECRET_KEY_FALLBACKS`` still open), so a copy
of the database alone does not tell who will be inspected.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from .refusals import refuse


def seal(secret: bytes) -> str:
    """Return the secret encrypted for this site."""
    return _box().encrypt(secret).decode()


def unseal(token: str, serial: str) -> bytes:
    """Return the secret of a draw, or refuse when the key of this site has changed."""
    try:
        return _box().decrypt(token.encode())
    except InvalidToken:
        raise refuse("secret-does-not-open", draw=serial) from None


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ())]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zhiheng draw secret")
    return base64.urlsafe_b64encode(derive.derive(str(key).encode()))
