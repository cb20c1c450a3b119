"""The twin of the log: the same entries under SM3, its checkpoint signed by SM2, for those who must use them.

It lies at ``log/sm`` and follows the log entry by entry; it is never in its place, because tlog-tiles fixes
SHA-256. Its signer comes from a provider (``ZHIHENG_SM_PROVIDER``): a certified module, or ``software``,
whose key is made here and serves demonstrations alone. RFC 6962 knows no profile of SM3; this one is ours.
"""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from django.conf import settings

from zhiheng.errors import ZhihengError
from zhiheng.ledger.sealing import keys, places
from zhiheng.ledger.sealing.directory import Log
from zhiheng.proof import providers, sm2

logger = logging.getLogger(__name__)

SOFTWARE = "software"
BATCH = 4_096


def follow(log: Log) -> Log | None:
    """Bring the twin up to the log; the caller holds the lock. A module that fails holds the log not up."""
    if not settings.SM_PROVIDER:
        return None
    try:
        twin = opened(log)
        while twin.size < log.size:
            twin.append(log.entries(twin.size, twin.size + BATCH))
        return twin
    except (ZhihengError, OSError) as error:
        logger.error("the twin of the log failed: %s", getattr(error, "code", type(error).__name__))
        return None


def opened(log: Log) -> Log:
    """Return the twin of a log."""
    held = signer(f"{log.key.name}/sm")
    return Log.open(
        log.files.path / "sm",
        log.journal.place.with_name(f"{log.journal.place.stem}-sm.journal"),
        providers.key(held),
        lambda text: providers.signature(text, held),
    )


def signer(name: str) -> providers.Signer:
    """Return who signs for the twin, after one signature that must hold by its own key."""
    if settings.SM_PROVIDER == SOFTWARE:
        return providers.checked(providers.Sm2(name, _secret(places.key_place(places.generation()))))
    return providers.checked(providers.named(settings.SM_PROVIDER).signer(name))


def _secret(beside: Path) -> bytes:
    place = beside.with_name(f"{beside.stem}-sm{beside.suffix}")
    if not place.exists():
        keys.write_private(place, (1 + secrets.randbelow(sm2.N - 2)).to_bytes(32).hex())
    return bytes.fromhex(place.read_text("ascii").strip())
