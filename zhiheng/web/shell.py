"""What every template of the shell knows: language, menu, demo banner, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from zhiheng import people
from zhiheng.people import clock
from zhiheng.web import language, slots

DEMO_MARK = "演示数据 · Demonstration data"  # said in both languages on every page of the demonstration


@dataclass(frozen=True)
class Entry:
    """A menu entry as the template writes it; ``head`` names the stage whose page it opens."""

    id: str
    label: Any
    url: str
    head: Any = ""
    is_current: bool = False


def context(request: HttpRequest) -> dict[str, Any]:
    """Return the values for every template; set as a context processor."""
    return {
        "demo_mark": DEMO_MARK,
        "demo": bool(getattr(settings, "DEMO", False)),
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": language.CHOICES,
        "menu": SimpleLazyObject(lambda: menu(request)),
        "public_menu": SimpleLazyObject(lambda: menu(request, public=True)),
        "address": request.build_absolute_uri(),
        "path": request.get_full_path(),
        "printed_at": clock.now(),
    }


def menu(request: HttpRequest, *, public: bool = False) -> list[Entry]:
    """Return the entries this person may use, each stage together; the one that leads here is marked."""
    user = getattr(request, "user", None)
    found = []
    for item in slots.menu.items(public=public):
        if item.permission and (user is None or not people.may(user, item.permission)):
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        found.append(Entry(item.id, item.label, url, "" if public else _head(item.url_name)))
    heads = list(dict.fromkeys(str(entry.head) for entry in found))
    return _mark_current(sorted(found, key=lambda entry: heads.index(str(entry.head))), request.path)


def _head(url_name: str) -> Any:
    """Return the name of the stage that an address belongs to; its prefix is the label of the stage's app."""
    return getattr(apps.app_configs.get(url_name.partition(":")[0]), "verbose_name", "")


def _mark_current(entries: list[Entry], path: str) -> list[Entry]:
    """Mark the entry with the longest address that this page lies under."""
    under = [
        entry for entry in entries if path == entry.url or (entry.url != "/" and path.startswith(entry.url))
    ]
    best = max(under, key=lambda entry: len(entry.url), default=None)
    return [replace(entry, is_current=entry is best) for entry in entries]
