"""Keeps the firm's own page open in a signed cookie of its own: no account, one firm, half an hour."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from zhiheng import web
from zhiheng.errors import NotAllowed, NotFound, ZhihengError
from zhiheng.web.forms import TOKEN
from zhiheng.web.once import TOKEN_USED, token_of

from .. import door
from ..firm_forms import EnterForm

COOKIE, PATH = "firm", "/my/"


def opened(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Return the view for those alone whose page is open; anybody else is asked for the codes (again)."""

    @web.page(public=True)
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = door.opened(request.COOKIES.get(COOKIE))
        if page is None:
            return ask(request, is_over=COOKIE in request.COOKIES, status=404 if kwargs else 200)
        response = view(request, page, *args, **kwargs)
        if response.status_code < 400 and COOKIE not in response.cookies:
            keep_open(request, response, page)
        return response

    return guarded


def ask(
    request: HttpRequest, form: EnterForm | None = None, *, is_over: bool = False, status: int = 200
) -> HttpResponse:
    """Ask for the two codes."""
    context = {
        "title": _("My page, for firms"),
        "form": form or EnterForm(),
        "is_over": is_over,
        "was_closed": "closed" in request.GET,
        "minutes": door.MINUTES,
    }
    return render(request, "inspection/my_enter.html", context, status=status)


def keep_open(request: HttpRequest, response: HttpResponse, page: door.Opened) -> None:
    """Seal the page for half an hour from now; no script can read the cookie, and no other site sends it."""
    response.set_cookie(
        COOKIE,
        page.cookie(),
        max_age=door.MINUTES * 60,
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure(),
    )


def close(response: HttpResponse) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, path=PATH, samesite="Strict")


def handle(
    request: HttpRequest, form_class: type[Any], *, act: Callable[[Any], str]
) -> tuple[Any, HttpResponse | None]:
    """Return (form, answer) as ``web.forms.handle`` does, for somebody who has no account and no drafts."""
    if request.method != "POST":
        return form_class(), None
    form = form_class(request.POST, request.FILES, token=token_of(request.POST.get(TOKEN, "")))
    if not form.is_valid():
        return form, None
    try:
        return form, HttpResponseRedirect(act(form))
    except (NotAllowed, NotFound):
        raise
    except ZhihengError as error:
        if error.code == TOKEN_USED:
            raise
        form.refuse(error)
        return form, None


def home() -> str:
    """Return the address of the open page."""
    return reverse("inspection:my_page")
