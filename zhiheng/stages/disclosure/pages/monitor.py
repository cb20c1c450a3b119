"""The public monitor: what is overdue, cannot be so, or asks for an explanation, each with its entries."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.reference import monitoring
from zhiheng.web import wording

from .. import monitor
from ..models import Observation

SHOWN, FIRST = 200, 5
_SERIAL = re.compile(r"[0-9]{6}-[0-9A-Za-z-]{4,40}-[0-9]{3,}")


@web.page(public=True)
def board(request: HttpRequest) -> HttpResponse:
    """List what the last look found, and what was found once."""
    standing, past = monitor.standing(), monitor.past()
    context = {
        "title": _("Public monitor"),
        "lead": _(
            "What does not look right in the public record, found by rules that anybody can run on a copy of "
            "the log. A line here is a question to the office, not a verdict."
        ),
        "look": monitor.last(),
        "is_demo": settings.DEMO,
        "groups": _groups(standing),
        "past": [_row(one) for one in past[:SHOWN]],
        "past_count": len(past),
        "rules": [
            (one.title(chinese=wording.is_chinese()), _kind(one.kind)) for one in monitoring.rules().values()
        ],
    }
    return render(request, "disclosure/monitor.html", context)


def _groups(found: list[Observation]) -> list[dict[str, Any]]:
    groups = []
    for kind in monitoring.KINDS:
        rows = [one for one in found if one.kind == kind]
        held: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in rows[:SHOWN]:
            held[one.rule].append(_row(one))
        shown = [{**some[0], "first": some[:FIRST], "rest": some[FIRST:]} for some in held.values()]
        groups.append(
            {
                "name": _kind(kind),
                "id": kind,
                "rules": shown,
                "count": len(rows),
                "shown": min(len(rows), SHOWN),
            }
        )
    return groups


def _kind(kind: str) -> str:
    return monitoring.KINDS[kind][0 if wording.is_chinese() else 1]


def _row(one: Observation) -> dict[str, Any]:
    rule, chinese = monitoring.rule(one.rule), wording.is_chinese()
    is_draw = _SERIAL.fullmatch(one.subject) is not None
    return {
        "title": rule.title(chinese=chinese),
        "sentence": rule.sentence(one.facts, chinese=chinese),
        "ask": rule.ask(chinese=chinese),
        "subject": "" if one.subject.startswith("entry ") else one.subject,
        "url": reverse("draw:public_draw", args=[one.subject]) if is_draw else "",
        "entries": [(seq, reverse("web:published_entry", args=[seq])) for seq in one.entries],
        "found": one,
    }
