"""The workbench: what a person has to do today, counts first, then the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhiheng.people import clock, roles
from zhiheng.web import slots, wording
from zhiheng.web.gate import page


@dataclass(frozen=True)
class Count:
    """One of the large counts at the top."""

    tone: str
    label: Any
    number: int
    url: str
    text: str = ""


@page()
def workbench(request: HttpRequest) -> HttpResponse:
    """Show the counts and the things to do."""
    items = slots.todo.collect(request.user)
    today = clock.today()
    held = [(roles.get(held.role), held) for held in request.user.held_on(today)]
    context = {
        "counts": counts(items),
        "items": [item for item in items if item.count],
        "today": today,
        "held": held,
        "title": _("Workbench"),
    }
    return render(request, "web/workbench.html", context)


def counts(items: list[slots.TodoItem]) -> list[Count]:
    """Return the four sums: to do, due soon, overdue, returned."""
    labels = {
        "todo": _("To do"),
        "due": _("Due soon"),
        "overdue": _("Overdue"),
        "returned": _("Returned"),
    }
    found = []
    for tone, label in labels.items():
        of_tone = [item for item in items if item.tone == tone and item.count]
        url = of_tone[0].url if len(of_tone) == 1 else f"#{tone}"
        number = sum(item.count for item in of_tone)
        least = sum(min(item.count, slots.COUNTED) for item in of_tone)
        text = wording.counted(number, limit=least)
        found.append(Count(tone, label, number, url if of_tone else "", text))
    return found
