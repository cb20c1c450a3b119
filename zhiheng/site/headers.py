"""Answers carry a strict content-security policy: nothing is loaded from, or sent to, another host."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self'",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def secure(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware; a view that set a policy of its own keeps it."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request) if _is_known_host(request) else _unknown_host()
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return answer


def _is_known_host(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _unknown_host() -> HttpResponse:
    """Answer without a template: the shell builds addresses from the very name that is not trusted."""
    lines = (
        _("This site is not known under the name in the address."),
        _("Use its own address. For a new name the system administrator sets ZHIHENG_HOSTS."),
    )
    return HttpResponse("\n".join(lines), status=400, content_type="text/plain; charset=utf-8")
