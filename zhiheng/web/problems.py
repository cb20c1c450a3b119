"""Turns every refusal into a page or a problem+json answer, in this one place."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from zhiheng.errors import (
    BadInput,
    Conflict,
    LimitExceeded,
    NotAllowed,
    NotFound,
    RuleRefused,
    ZhihengError,
)
from zhiheng.web import said

logger = logging.getLogger("zhiheng.web")


@dataclass(frozen=True)
class Problem:
    """What happened, what was kept, what to do next."""

    status: int
    code: str
    title: str
    cause: str
    remedy: str
    kept: str = ""


Build = Callable[[], Problem]
Writer = Callable[[HttpRequest, Build], HttpResponse]
_WRITERS: dict[str, Writer] = {}


def written_below(prefix: str, writer: Writer) -> None:
    """Have every problem below an address told in a wire form of its own, that of a standard.

    The writer gets how to build the problem, so that it can tell it in several languages.
    """
    _WRITERS[prefix] = writer


def _told(request: HttpRequest, build: Build) -> HttpResponse:
    """Return a problem in the form that belongs to the address: that of a standard, else page or JSON."""
    writer = _writer(request)
    return answer(request, build()) if writer is None else writer(request, build)


def _writer(request: HttpRequest) -> Writer | None:
    found = (writer for prefix, writer in _WRITERS.items() if f"{request.path}/".startswith(prefix))
    return next(found, None)


class ProblemMiddleware:
    """Answers refusals raised by a view, and refuses an address with a NUL before any view sees it.

    PostgreSQL has no text with a NUL and fails on one; nobody types one. Forms refuse it in their fields.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return bad_request(request) if _has_nul(request) else self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; anything unforeseen goes on to the page of status 500."""
        return None if of(error) is None else _told(request, lambda: _of(error))


def _has_nul(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    return "\0" in request.path or "%00" in query or "\0" in query


def of(error: BaseException) -> Problem | None:
    """Return the problem that an exception tells of, or None when it is a fault of ours."""
    if isinstance(error, ZhihengError):
        words = said.of(error)
        return Problem(error.http_status, error.code, title(error), words.cause, words.remedy, _kept(error))
    if isinstance(error, Http404):
        return not_found_problem()
    if isinstance(error, PermissionDenied):
        cause = _("Your appointments do not carry what this page asks for.")
        return of(NotAllowed(cause, _("Ask the system administrator of your office, or go back.")))
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        cause = _("What was sent is larger than this page accepts.")
        return of(LimitExceeded(cause, _("Send less at a time; for long lists use the import.")))
    if isinstance(error, SuspiciousOperation | MultiPartParserError):
        return of(
            BadInput(_("The request could not be read."), _("Go back, load the page again and repeat."))
        )
    return None


def _of(error: BaseException) -> Problem:
    """Return the problem of an exception that tells of one."""
    return of(error) or _unreadable()


def _unreadable() -> Problem:
    return of(SuspiciousOperation())  # type: ignore[return-value]


def title(error: ZhihengError) -> str:
    """Return the few words above the cause."""
    titles = (
        (LimitExceeded, _("Too large")),
        (BadInput, _("This cannot be read")),
        (NotFound, _("Not found")),
        (NotAllowed, _("Not within your appointments")),
        (Conflict, _("Already changed")),
        (RuleRefused, _("A rule says no")),
    )
    return next((words for kind, words in titles if isinstance(error, kind)), _("This did not work"))


def _kept(error: ZhihengError) -> str:
    return _("Nothing was changed.") if error.http_status in {400, 403, 409, 413, 422} else ""


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the problem as problem+json where the client prefers JSON, else as a page."""
    if prefers_json(request):
        text = json.dumps(body(problem), ensure_ascii=False)
        return HttpResponse(text, status=problem.status, content_type="application/problem+json")
    context = {"problem": problem, "back": way_back(request)}
    html = render_to_string("web/problem.html", context, request=request)
    return HttpResponse(html, status=problem.status)


def body(problem: Problem) -> dict[str, Any]:
    """Return the problem as RFC 9457 writes it, with a stable code and the remedy."""
    return {
        "type": f"urn:zhiheng:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": str(problem.cause),
        "remedy": str(problem.remedy),
    }


def prefers_json(request: HttpRequest) -> bool:
    """Say whether the client asks for JSON rather than for a page; below ``/api/`` everybody does."""
    if request.path.startswith("/api/"):
        return True
    offered = ("text/html", "application/problem+json", "application/json")
    chosen = request.get_preferred_type(offered)
    if chosen == "application/json" and request.accepts("text/html"):
        return False
    return chosen in offered[1:] and "json" in request.headers.get("Accept", "")


def way_back(request: HttpRequest) -> str:
    """Return the page the person came from, when it is one of ours, else the start."""
    referer = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure())
    if referer and is_ours and referer != request.build_absolute_uri():
        return referer
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        try:
            return reverse("web:workbench")
        except NoReverseMatch:
            return "/"
    return "/"


def not_found_problem() -> Problem:
    """Return the problem of an address that leads nowhere."""
    cause = _("There is nothing at this address, or you may not see it.")
    return Problem(404, "not-found", _("Not found"), cause, _("Check the address, or start from the menu."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer what Django itself refuses; set as ``handler400``."""
    return _told(request, lambda: _of(exception) if exception is not None else _unreadable())


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a forbidden page; set as ``handler403``."""
    return _told(request, lambda: _of(PermissionDenied()))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere; set as ``handler404``."""
    return _told(request, not_found_problem)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours without touching the database again; set as ``handler500``."""
    if prefers_json(request) or _writer(request):
        return _told(request, _fault)
    html = render_to_string("web/fault.html", {"problem": _fault()})
    return HttpResponse(html, status=500)


def _fault() -> Problem:
    cause = _("Something went wrong on our side; the fault was written to the log.")
    remedy = _(
        "Try again in a minute. If it happens again, tell the system administrator the time and the page."
    )
    return Problem(500, "server-error", _("A fault of ours"), cause, remedy)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose mark is missing or out of date; set as ``CSRF_FAILURE_VIEW``."""
    return _told(request, _expired)


def _expired() -> Problem:
    cause = _("The form stood open for too long, or cookies are switched off.")
    remedy = _("Go back, load the page again and send it once more. Allow cookies for this site.")
    return Problem(403, "form-expired", _("Form out of date"), cause, remedy, _("Nothing was changed."))
