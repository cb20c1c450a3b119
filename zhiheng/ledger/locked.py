"""Keeps a secret encrypted for this site, so that a copy of the database alone does not open it.

The key comes from the site's own secret key (former keys of ``SECRET_KEY_FALLBACKS`` still open) and from a
word that says what is kept: what was locked for one use opens for no other.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from zhiheng.errors import Missing


def lock(secret: bytes, use: str) -> str:
    """Return the secret encrypted for one use on this site."""
    return _box(use).encrypt(secret).decode()


def unlock(token: str, use: str) -> bytes:
    """Return the secret again, or refuse when the key of this site has changed."""
    try:
        return _box(use).decrypt(token.encode())
    except InvalidToken:
        raise Missing(
            _("The key of this site has changed since this secret was kept."),
            _("Set the former key in SECRET_KEY_FALLBACKS and try again."),
            code="locked-by-another-key",
        ) from None


def _box(use: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ())]
    return MultiFernet([Fernet(_derived(key, use)) for key in keys])


def _derived(key: str, use: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"zhiheng {use}".encode())
    return base64.urlsafe_b64encode(derive.derive(str(key).encode()))
