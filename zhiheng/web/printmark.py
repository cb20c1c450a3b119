"""The foot of a printed page: its address, the time, and the hash of the words on it.

The hash is the SHA-256 of the visible text of ``<main>``: tags removed, entities resolved, white space
collapsed to single spaces. Whoever holds the paper can type the address and compare.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

MARK = b"<!--print-hash-->"
_MAIN = re.compile(r"<main\b[^>]*>(.*?)</main>", re.S)
_DROPPED = re.compile(r"<(script|style|template)\b.*?</\1>|<!--.*?-->|<[^>]+>", re.S)


class PrintMarkMiddleware:
    """Writes the hash where a page has asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.streaming or MARK not in response.content:
            return response
        text = response.content.decode()
        found = _MAIN.search(text)
        digest = text_hash(found.group(1)) if found else "-"
        response.content = response.content.replace(MARK, digest.encode())
        if response.has_header("Content-Length"):  # a middleware further in has counted the shorter page
            response["Content-Length"] = str(len(response.content))
        return response


def text_hash(markup: str) -> str:
    """Return the SHA-256 of the visible text of a piece of HTML."""
    text = html.unescape(_DROPPED.sub(" ", markup))
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
