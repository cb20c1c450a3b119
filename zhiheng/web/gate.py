"""Every view passes one gate: public, signed in, or signed in with a permission.

A house test walks all addresses and refuses a view without the mark ``zh_page``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from zhiheng import people
from zhiheng.errors import NotAllowed
from zhiheng.web import as_of

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Mark:
    """What a view asks of the person who opens it."""

    permission: str | None
    public: bool
    before_change: bool = False
    by_key: bool = False  # an operation of the API: no session opens it, a machine's key does


class Answered(Exception):
    """A part of a page (an export of its table) is itself the whole answer."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__("the answer is already complete")
        self.response = response


def page(
    *, permission: str | None = None, public: bool = False, before_change: bool = False
) -> Callable[[View], View]:
    """Return the decorator that every view carries.

    A public page is open to everybody. Any other page sends a stranger to the sign-in page, and refuses a
    person who holds ``permission`` nowhere; which rows the person sees is decided by ``people.within``. Who
    still has a password that somebody else set may open the pages with ``before_change`` alone. A public
    page that is asked for as of a day, and does not look at it, is refused rather than shown as of today.
    """
    if public and permission:
        raise TypeError("a public page asks for no permission")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not public:
                turned_away = _check(request, permission) or _to_change(request, before_change)
                if turned_away is not None:
                    return turned_away
            try:
                response = view(request, *args, **kwargs)
            except Answered as answered:
                response = answered.response
            if public:
                as_of.refuse_unread(request)
            else:
                patch_cache_control(response, private=True, no_cache=True)
            return response

        guarded.zh_page = Mark(permission, public, before_change)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _to_change(request: HttpRequest, before_change: bool) -> HttpResponse | None:
    """Return the way to the own account for a person whose password somebody else has set."""
    if before_change or not getattr(request.user, "must_change_password", False):
        return None
    return HttpResponseRedirect(reverse("web:account"))


def _check(request: HttpRequest, permission: str | None) -> HttpResponse | None:
    """Return the way to the sign-in page for a stranger; raise when the permission is missing."""
    if not request.user.is_authenticated:
        target = request.get_full_path() if request.method == "GET" else request.path
        return HttpResponseRedirect(reverse("web:sign_in") + "?" + urlencode({"next": target}))
    if permission is not None and not people.may(request.user, permission):
        raise NotAllowed(
            _("Your appointments do not carry what this page asks for."),
            _("Ask the system administrator of your office for the appointment, or go back."),
            permission=str(permission),
        )
    return None
