"""A session ends after half an hour without a page; it is renewed at most every five minutes.

To save it at every request would make every page wait for the one writer that SQLite lets in.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

RENEW_AFTER_SECONDS = 5 * 60
SEEN = "seen"


def renew(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware; it stands after authentication."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get(SEEN, 0) >= RENEW_AFTER_SECONDS:
                request.session[SEEN] = now
        return get_response(request)

    return answer
