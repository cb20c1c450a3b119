"""Drafts of forms: kept, found again, dropped, or given back with a reason for each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhiheng.people import clock
from zhiheng.web.models import Draft


def find(*, person: Any, form_id: str, key: str = "") -> Draft | None:
    """Return the draft of a person for a form and a thing."""
    return Draft.objects.filter(person=person, form_id=form_id, key=key).first()


def keep(
    *, person: Any, form_id: str, key: str = "", title: Any = "", url: str = "", data: Mapping[str, Any]
) -> Draft:
    """Keep what was typed; reasons of an earlier return stay until the form is sent again."""
    known = {"title": str(title)[:120], "url": url, "data": dict(data), "updated_at": clock.now()}
    draft, _made = Draft.objects.update_or_create(person=person, form_id=form_id, key=key, defaults=known)
    return draft


def give_back(
    *,
    person: Any,
    form_id: str,
    key: str = "",
    title: Any = "",
    url: str,
    data: Mapping[str, Any],
    reasons: Mapping[str, str],
) -> Draft:
    """Give a form back to the person who sent it, with a reason for each field to mend.

    It waits on that person's workbench; the caller has checked the permission and records the return.
    """
    draft = keep(person=person, form_id=form_id, key=key, title=title, url=url, data=data)
    draft.reasons = dict(reasons)
    draft.save(update_fields=["reasons"])
    return draft


def drop(*, person: Any, form_id: str, key: str = "") -> None:
    """Remove a draft."""
    Draft.objects.filter(person=person, form_id=form_id, key=key).delete()
