"""The time line of a record: what happened to it, newest first, in words registered by the stages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
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
    receipt_url: str = ""


@dataclass(frozen=True)
class Entries:
    """The ledger entries about some things; ``verbs`` and ``until`` leave out the others."""

    kind: str
    keys: Sequence[str]
    verbs: Sequence[str] = ()
    until: datetime | None = None


@dataclass(frozen=True)
class Fact:
    """A line that no entry of its own tells, such as one of many rows that were handed in together."""

    item: TimelineItem
    group: str


class Groups:
    """The kinds of things that happen, by which a long time line can be narrowed."""

    def __init__(self) -> None:
        self._groups: dict[str, tuple[Any, tuple[str, ...]]] = {}

    def add(self, id: str, label: Any, *prefixes: str) -> None:
        """Say which verbs, by how they begin, make up a group."""
        self._groups[id] = (label, prefixes)

    def choices(self) -> list[tuple[str, Any]]:
        """Return the groups as (id, label) pairs."""
        return [(id, label) for id, (label, _prefixes) in self._groups.items()]

    def prefixes(self, id: str) -> tuple[str, ...]:
        """Return how the verbs of a group begin; of an unknown group, nothing."""
        return self._groups.get(id, ("", ()))[1]


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
groups = Groups()


def from_entries(entries: Iterable[Any], *, url: Any = None) -> list[TimelineItem]:
    """Return ledger entries as items of a time line; ``url(entry)`` may give each its address."""
    return [_item(entry, url) for entry in entries]


def _item(entry: Any, url: Any) -> TimelineItem:
    label, tone = labels.get(entry.verb)
    actor = entry.actor if isinstance(entry.actor, dict) else {}
    role = roles.ROLES.get(actor.get("role", ""))
    by = _role_name(role) if role is not None else _("the system")
    text = _("Recorded by: %(role)s · entry %(number)s") % {"role": by or "—", "number": entry.seq}
    receipt_url = reverse("web:published_entry", args=[entry.seq]) if entry.visibility == "public" else ""
    return TimelineItem(entry.at, label, text, url(entry) if url else "", tone, receipt_url)


def _role_name(role: Any) -> str:
    from zhiheng.web import wording

    return wording.bilingual(role)
