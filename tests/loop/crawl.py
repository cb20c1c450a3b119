"""Opens, as one person of each role, two pages of every route that links lead to, and names what refuses."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections import Counter, deque
from html import unescape
from typing import Any
from urllib.parse import urljoin

EACH = 2
LINK = re.compile(r"<(?:a|form)\b[^>]*?\b(?:href|action)=\"([^\"#]+)")
OF_A_FORM = re.compile(r"<form\b(?=[^>]*method=\"post\")[^>]*>", re.IGNORECASE)


def main() -> None:
    """Print, for each login, what was opened from the workbench on, and what refused, with who showed it."""
    from zhiheng.site import setup

    setup.start()

    from django.test import Client

    from zhiheng.people.models import Person

    logging.disable(logging.CRITICAL)

    found: dict[str, dict[str, Any]] = {}
    for person in Person.objects.filter(login__in=logins()).order_by("login"):
        client = Client(raise_request_exception=False)
        client.force_login(person)
        found[person.login] = walk(client)
    json.dump(found, sys.stdout)


def logins() -> set[str]:
    """Return one login of each role that is in force."""
    from zhiheng.people.models import Appointment

    held: dict[str, str] = {}
    for one in Appointment.objects.select_related("person").order_by("person__login"):
        held.setdefault(one.role, one.person.login)
    return set(held.values())


def walk(client: Any) -> dict[str, Any]:
    """Walk from the workbench; ``lost`` holds what refused, with the page that shows it and the answer."""
    waiting, met = deque([("/office/", "")]), Counter()
    seen, opened, lost = {"/office/"}, [], []
    while waiting:
        address, shown_by = waiting.popleft()
        answer = client.get(address)
        opened.append(address)
        if answer.status_code >= 400:
            lost.append([address, shown_by, answer.status_code])
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        for url in links(answer.content.decode(), address):
            route = shape(url)
            if url not in seen and met[route] < EACH:
                seen.add(url)
                met[route] += 1
                waiting.append((url, address))
    return {"opened": opened, "lost": lost}


def links(page: str, address: str) -> list[str]:
    """Return the addresses on this site that a page leads to by links, and by forms that only ask."""
    readable = OF_A_FORM.sub("", page)
    urls = (urljoin(address, unescape(one)) for one in LINK.findall(readable))
    return list(dict.fromkeys(url for url in urls if url.startswith("/") and not url.startswith("//")))


def shape(url: str) -> str:
    """Return the route of an address: its resolved name, and which of its questions are asked."""
    from django.urls import Resolver404, resolve

    path, _, question = url.partition("?")
    try:
        name = resolve(path).view_name
    except Resolver404:
        return path
    asked = sorted({pair.partition("=")[0] for pair in question.split("&") if pair})
    return f"{name}?{'&'.join(asked)}" if name.startswith("web:") or len(asked) < 2 else name


if __name__ == "__main__":
    main()
