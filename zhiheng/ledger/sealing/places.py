"""Where logs lie below VAR and what they are called: the present one, those that have ended, the shards.

``log`` is served to everybody, ``log-state`` and ``keys`` never. A log that has ended stays below
``log/ended`` with its number, so that receipts of it hold on; the one after it has a name and a key of its
own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from zhiheng.ledger.sealing import keys
from zhiheng.verification.log_folder import VKEY, LogFolder

ENDED, SHARD = "ended", "shard"


@dataclass(frozen=True)
class Place:
    """A log that is written: its folder, what remembers what was signed, its key."""

    folder: Path
    memory: Path
    key: keys.LogKey


def public() -> Path:
    """Return the folder that is served as ``/log``."""
    return Path(settings.VAR) / "log"


def state() -> Path:
    """Return the folder of what is needed to go on and is served to nobody."""
    return Path(settings.VAR) / "log-state"


def present() -> Place:
    """Return the log into which entries are sealed now; its key is made at the first use."""
    return Place(public(), state() / "log.journal", key())


def key() -> keys.LogKey:
    """Return the key of the present log."""
    number = generation()
    return keys.read_or_make(key_place(number), origin(number))


def generation() -> int:
    """Return how many logs there were before the present one, plus one."""
    return 1 + sum(1 for _ in (public() / ENDED).glob("[0-9]*"))


def origin(number: int) -> str:
    """Return the name of the present log, or of a later one after it was ended."""
    return settings.LOG_ORIGIN if number == 1 else f"{settings.LOG_ORIGIN}/{number}"


def key_place(number: int) -> Path:
    """Return where the signing key of a log lies."""
    first = Path(settings.LOG_KEY or Path(settings.VAR) / "keys" / "log.key")
    return first if number == 1 else first.with_name(f"{first.stem}-{number}{first.suffix}")


def folders() -> Iterator[LogFolder]:
    """Yield every log below the public folder, the present one first."""
    found = [public(), *sorted((public() / ENDED).glob("[0-9]*")), *sorted((public() / SHARD).glob("[0-9]*"))]
    yield from (LogFolder(path) for path in found if (path / VKEY).exists())


def folder_of(name: str) -> LogFolder | None:
    """Return the folder of the log with this origin; None where it is not here."""
    named = f"{name}+".encode()
    return next((one for one in folders() if (one.text(VKEY) or b"").startswith(named)), None)
