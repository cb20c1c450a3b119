"""Which language a page is in: the person's choice, else Chinese; browsers are not asked."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

CHOICES = (("zh-hans", "中文"), ("en", "English"))


class LanguageMiddleware:
    """Chooses by cookie, then by the account, then the site's language; stands after authentication.

    Accept-Language is not read: an address shows the same page to everybody until somebody chooses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", language)
        return response


def chosen(request: HttpRequest) -> str:
    """Return the language of this request."""
    known = dict(CHOICES)
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if cookie in known:
        return cookie
    own = getattr(getattr(request, "user", None), "language", "")
    return own if own in known else settings.LANGUAGE_CODE
