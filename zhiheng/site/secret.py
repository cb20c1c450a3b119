"""The key that signs sessions: from the environment, or made once in a file that its owner alone reads."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from zhiheng.errors import Missing

SHORTEST = 50


def read_or_make(var: Path) -> str:
    """Return the secret key, making ``VAR/secret_key`` (mode 0600) at the first start."""
    given = os.environ.get("ZHIHENG_SECRET_KEY", "")
    if given:
        return _checked(given, "ZHIHENG_SECRET_KEY")
    place = var / "secret_key"
    if not place.exists():
        _make(place)
    return _checked(place.read_text(encoding="ascii").strip(), str(place))


def _make(place: Path) -> None:
    """Write the whole file aside and link it into place: of two first starts at once, one key wins."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=".secret_key-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, place)
    finally:
        Path(name).unlink()


def _checked(key: str, where: str) -> str:
    if len(key) < SHORTEST:
        raise Missing(
            f"The secret key in {where} is shorter than {SHORTEST} characters.",
            "Remove it to have a new one made; everybody then signs in again.",
        )
    return key
