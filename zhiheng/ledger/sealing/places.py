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

ENDED, SHARD, PROVINCE = "ended", "shard", "province"


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


def present(shard: str = "") -> Place:
    """Return the log into which entries are sealed now, or that of a province; keys are made at first use."""
    folder = public() / SHARD / shard if shard else public()
    name = f"log-{SHARD}-{shard}" if shard else "log"
    return Place(folder, state() / f"{name}.journal", key(shard))


def key(shard: str = "") -> keys.LogKey:
    """Return the key of the present log, or of a shard."""
    number = generation()
    return keys.read_or_make(key_place(number, shard), origin(number, shard))


def generation() -> int:
    """Return how many logs there were before the present one, plus one."""
    return 1 + sum(1 for _ in (public() / ENDED).glob("[0-9]*"))


def origin(number: int, shard: str = "") -> str:
    """Return the name of the present log, or of a later one after it was ended, or of a shard of it."""
    named = settings.LOG_ORIGIN if number == 1 else f"{settings.LOG_ORIGIN}/{number}"
    return f"{named}/{SHARD}/{shard}" if shard else named


def key_place(number: int, shard: str = "") -> Path:
    """Return where the signing key of a log lies."""
    first = Path(settings.LOG_KEY or Path(settings.VAR) / "keys" / "log.key")
    more = [*([shard] if shard else []), *([str(number)] if number > 1 else [])]
    return first.with_name("-".join([first.stem, *more]) + first.suffix)


def home(region: str) -> str:
    """Return the shard into which entries of a region go; empty is the one log, or the national one."""
    if settings.LOG_SHARDS != PROVINCE or region.startswith("00"):
        return ""
    return region[:2]


def shards() -> list[str]:
    """Return the shards of the present log that have begun."""
    return sorted(path.name for path in (public() / SHARD).glob("[0-9][0-9]"))


def folders() -> Iterator[LogFolder]:
    """Yield every log below the public folder: the present one, its shards, then what has ended."""
    ended = sorted((public() / ENDED).glob("[0-9]*"))
    found = [public(), *sorted((public() / SHARD).glob("[0-9][0-9]"))]
    for path in ended:
        found += [path, *sorted((path / SHARD).glob("[0-9][0-9]"))]
    yield from (LogFolder(path) for path in found if (path / VKEY).exists())


def folder_of(name: str) -> LogFolder | None:
    """Return the folder of the log with this origin; None where it is not here."""
    named = f"{name}+".encode()
    return next((one for one in folders() if (one.text(VKEY) or b"").startswith(named)), None)
