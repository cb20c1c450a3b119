"""A form sent twice is acted upon once; the second gets the answer of the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from zhiheng.errors import BadInput, Conflict
from zhiheng.people import clock
from zhiheng.web.models import Submission

TOKEN_USED = "form-token-used"


def token_of(text: str) -> UUID:
    """Return the token that a form carried."""
    try:
        return UUID(text)
    except (ValueError, AttributeError):
        raise BadInput(
            _("The form was sent without its mark against double sending."),
            _("Open the form again and send it once more; nothing was stored."),
            code="no-form-token",
        ) from None


def once(*, person: Any, token: UUID, purpose: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run ``act`` and keep its answer under the token, in one transaction; a second call gets that answer.

    ``act`` returns a small JSON object. When it raises, everything is undone and the token stays free. Two
    calls at the same moment: the database lets one insert the token, the other waits and reads the answer.
    """
    done = _earlier(person, token, purpose)
    if done is not None:
        return done
    try:
        with transaction.atomic():
            row = _claim(person, token, purpose)
            row.result = act()
            row.save(update_fields=["result"])
            return row.result
    except _Taken:
        return _earlier(person, token, purpose) or {}


class _Taken(Exception):
    """Somebody else inserted the token first."""


def _claim(person: Any, token: UUID, purpose: str) -> Submission:
    try:
        return Submission.objects.create(token=token, person=person, purpose=purpose, done_at=clock.now())
    except IntegrityError:
        raise _Taken from None


def _earlier(person: Any, token: UUID, purpose: str) -> dict[str, Any] | None:
    row = Submission.objects.filter(pk=token).first()
    if row is None:
        return None
    if row.person_id != person.pk or row.purpose != purpose:
        raise Conflict(
            _("This form was already used for something else."),
            _("Open the form again and send it once more; nothing was stored."),
            code=TOKEN_USED,
        )
    return row.result
