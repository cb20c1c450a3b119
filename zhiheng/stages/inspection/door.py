"""The door of the firm's own page: two codes open it, five wrong ones lock it, half an hour closes it.

Like signing in, it writes to the ledger that it was opened, refused or locked, and nothing else: neither the
code nor the firm's name stand in an entry or a log. One answer covers every refusal and takes the same time.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q

from zhiheng import ledger
from zhiheng.people import Bearer, clock
from zhiheng.stages.draw.words import spoken
from zhiheng.stages.registry.models import Subject

from . import codes
from .firm_refusals import REFUSALS, refuse
from .models import AccessCode, Party

logger = logging.getLogger(__name__)
SALT = "inspection.door"
MINUTES = 30
_ABOUT = AccessCode.objects.select_related("subject", "visit", "party__case")


@dataclass(frozen=True)
class Opened:
    """A page that stands open: the code that opened it, and who acts in the firm's name."""

    access: AccessCode
    nonce: str

    @property
    def subject(self) -> Subject:
        """The one firm to which everything on the page is limited."""
        return self.access.subject

    @property
    def party(self) -> Party | None:
        """The producer or platform whose page this is; it is limited to its one case."""
        return self.access.party

    @property
    def bearer(self) -> Bearer:
        """Who acts: the firm, or the party, by its access code."""
        return Bearer(str(self.access.pk), self.access.organisation, self.access.region)

    def cookie(self) -> str:
        """Return the signed value that keeps the page open for half an hour from now."""
        seal = {"a": str(self.access.pk), "n": self.nonce, "t": int(clock.now().timestamp())}
        return signing.dumps(seal, salt=SALT)


@spoken(REFUSALS)
def enter(*, organisation: str, code: str) -> Opened:
    """Open the page to which both codes belong, or refuse; counts failures and locks.

    One organisation may hold several codes: its own, and one for each case to which it is a party. A wrong
    one counts against each of them.
    """
    wanted = organisation.strip().upper()
    held = _in_force(wanted) if "\0" not in wanted else []
    fitting = next((one for one in held if one.mark == codes.mark(code)), None)
    if fitting is None:
        codes.take_as_long()
    is_right = fitting is not None and codes.fits(code, fitting.digest)
    if not held:
        logger.info("firm's page refused: no code in force")
        raise _wrong()
    with transaction.atomic():
        ids = [fitting.pk] if is_right and fitting is not None else [one.pk for one in held]
        rows = _ABOUT.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
        settled = [(one, *_settle(one, is_right and one.ended_at is None)) for one in rows]
    for access, outcome, _nonce in settled:
        logger.info("firm's page by code %s: %s", access.pk, outcome)
    access, outcome, nonce = next((one for one in settled if one[1] == "locked"), settled[0])
    if outcome == "opened":
        return Opened(access, nonce)
    raise _locked() if outcome == "locked" else _wrong()


def _in_force(organisation: str) -> list[AccessCode]:
    own = Q(party__isnull=True, subject__code=organisation)
    rows = AccessCode.objects.filter(own | Q(party__code=organisation), ended_at__isnull=True)
    return list(rows.filter(expires_at__gt=clock.now()))


def _settle(access: AccessCode, is_right: bool) -> tuple[str, str]:
    """Count, lock and record inside the transaction; a locked door stays locked for the right code too."""
    now = clock.now()
    if access.locked_until is not None and now < access.locked_until:
        return "locked", ""
    if is_right:
        nonce = secrets.token_urlsafe(24)
        access.failures, access.locked_until = 0, None
        access.session, access.opened_at = _fingerprint(nonce), now
        access.save(update_fields=["failures", "locked_until", "session", "opened_at"])
        _record(access, "access.opened", {}, now)
        return "opened", nonce
    access.failures = 1 if access.locked_until is not None else access.failures + 1
    access.locked_until = None
    if access.failures >= settings.SIGN_IN_FAILURES:
        access.locked_until = now + timedelta(minutes=settings.SIGN_IN_LOCK_MINUTES)
    access.save(update_fields=["failures", "locked_until"])
    _record(access, "access.refused", {"failures": access.failures}, now)
    if access.locked_until is None:
        return "refused", ""
    _record(access, "access.locked", {"minutes": settings.SIGN_IN_LOCK_MINUTES}, now)
    return "locked", ""


def opened(cookie: str | None) -> Opened | None:
    """Return the page that a cookie holds open: signed by this site, not too old, its code still in force."""
    try:
        seal = signing.loads(cookie or "", salt=SALT)
    except signing.BadSignature:
        return None
    now = clock.now()
    if not 0 <= now.timestamp() - seal["t"] + 1 <= MINUTES * 60:
        return None
    access = _ABOUT.filter(pk=seal["a"], ended_at__isnull=True).first()
    if access is None or access.expires_at <= now or not access.session:
        return None
    return Opened(access, seal["n"]) if access.session == _fingerprint(seal["n"]) else None


def leave(page: Opened) -> None:
    """Close the page; its cookie opens nothing any more."""
    AccessCode.objects.filter(pk=page.access.pk).update(session="")


def _fingerprint(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def _record(access: AccessCode, verb: str, detail: dict[str, Any], at: datetime) -> None:
    bearer = Bearer(str(access.pk), access.organisation, access.region)
    ledger.record(
        by=ledger.Actor(bearer.pk, "firm", access.region),
        verb=verb,
        subjects=[("access", str(access.pk))],
        detail=detail,
        visibility="restricted",
        region=access.region,
        at=at,
    )


def _wrong() -> Exception:
    return refuse("code-wrong", failures=settings.SIGN_IN_FAILURES, minutes=settings.SIGN_IN_LOCK_MINUTES)


def _locked() -> Exception:
    return refuse("code-locked", failures=settings.SIGN_IN_FAILURES, minutes=settings.SIGN_IN_LOCK_MINUTES)
