"""The time line of a record: what happened to it, newest first, in words registered by the stages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.people import roles


@dataclass(frozen=True)
class TimelineItem:
    """One thing that happened; ``tone`` is todo, running, done, stopped or empty."""

    at: datetime | date
    title: Any
    text: Any = ""
    url: str = ""
    tone: str = ""


class Labels:
    """The words for the verbs of the ledger."""

    def __init__(self) -> None:
        self._words: dict[str, tuple[Any, str]] = {}

    def add(self, verb: str, label: Any, tone: str = "done") -> None:
        """Say how a verb reads on a page."""
        self._words[verb] = (label, tone)

    def get(self, verb: str) -> tuple[Any, str]:
        """Return the words and the tone of a verb; an unregistered verb shows as itself."""
        return self._words.get(verb, (verb, ""))

    def verbs(self) -> list[str]:
        """List the verbs that have words, for a test."""
        return sorted(self._words)


labels = Labels()


def from_entries(entries: Iterable[Any], *, url: Any = None) -> list[TimelineItem]:
    """Return ledger entries as items of a time line; ``url(entry)`` may give each its address."""
    return [_item(entry, url) for entry in entries]


def _item(entry: Any, url: Any) -> TimelineItem:
    label, tone = labels.get(entry.verb)
    actor = entry.actor if isinstance(entry.actor, dict) else {}
    role = roles.ROLES.get(actor.get("role", ""))
    by = _role_name(role) if role is not None else _("the system")
    text = _("Recorded by: %(role)s · entry %(number)s") % {"role": by or "—", "number": entry.seq}
    return TimelineItem(entry.at, label, text, url(entry) if url else "", tone)


def _role_name(role: Any) -> str:
    from zhiheng.web import wording

    return wording.bilingual(role)
