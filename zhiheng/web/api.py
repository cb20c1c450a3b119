"""What every router of the API shares: the key, the one shape of a problem, bounds, doing a thing once."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import Field

from zhiheng.errors import BadInput, Conflict, LimitExceeded, ZhihengError
from zhiheng.people import clock, tokens
from zhiheng.web import problems
from zhiheng.web.gate import Mark
from zhiheng.web.once import TOKEN_USED, once
from zhiheng.web.problems import Problem

logger = logging.getLogger("zhiheng.api")

KEY_HEADER = "Idempotency-Key"
JSON = "application/problem+json"
_KEY = re.compile(r"[0-9A-Za-z._:-]{8,64}")
_SPACE = UUID("6f9f0a5e-3c5b-5d0a-9d0a-6b1f6f2b7c11")  # a name space of its own for keys turned into ids


class TooOften(LimitExceeded):
    """A key was used more often in a minute than the site answers."""

    code = "too-often"
    http_status = 429


class FaultOut(Schema):
    """One thing that is wrong in what was handed in, by its place."""

    seal_no: str = Field("", description="seal number 封条编号")
    item: str = Field("", description="tested item 检验项目")
    field: str = Field("", description="field 字段")
    code: str = Field("", description="stable code 代码")
    cause: str = Field(description="what is wrong 错误")
    remedy: str = Field("", description="what to do 改法")


class ProblemOut(Schema):
    """Every refusal has this shape (RFC 9457), whatever the status."""

    type: str = Field(description="urn:zhiheng:problem:<code>")
    title: str
    status: int
    code: str = Field(description="stable code 代码")
    detail: str = Field(description="what happened 原因")
    remedy: str = Field(description="what to do next 怎么办")
    faults: list[FaultOut] = Field(default_factory=list)


STATUSES = (400, 401, 403, 404, 409, 413, 422, 429, 503)
ERRORS: dict[int, Any] = dict.fromkeys(STATUSES, ProblemOut)


class Key(HttpBearer):
    """Reads the key of a machine; nothing about it is written to a log."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Return the open token of a key, after the bounds on size and frequency."""
        if request.headers.get("Accept-Language", "").lower().startswith("en"):
            translation.activate("en")
        found = tokens.holder(token)
        if found is None:
            return None
        _bound_size(request)
        _bound_frequency(str(found.pk))
        return found


def _bound_size(request: HttpRequest) -> None:
    text = request.headers.get("Content-Length") or "0"
    if not text.isdigit() or int(text) > settings.API_MAX_BYTES:
        raise LimitExceeded(
            _("What was sent is larger than %(limit)s KiB.") % {"limit": settings.API_MAX_BYTES // 1024},
            _("Hand it in in several parts."),
        )


def _bound_frequency(key: str) -> None:
    """Count the requests of a key in this minute; each process of the site counts for itself."""
    name = f"api:{key}:{int(clock.now().timestamp()) // 60}"
    cache.add(name, 0, timeout=120)
    if cache.incr(name) > settings.API_REQUESTS_A_MINUTE:
        raise TooOften(
            _("This key was used more than %(count)s times in a minute.")
            % {"count": settings.API_REQUESTS_A_MINUTE},
            _("Wait a minute, and hand in several samples with one request."),
        )


def done_once(request: HttpRequest, operation: str, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Act once for each ``Idempotency-Key`` of a person; the same request again gets the first answer.

    The same key with another body is refused, so that a mistaken client cannot lose a hand-in.
    """
    key = request.headers.get(KEY_HEADER, "")
    if not _KEY.fullmatch(key):
        raise BadInput(
            _("The header Idempotency-Key is missing or has a strange form."),
            _("Send 8 to 64 letters, digits or . _ : - that are new for each hand-in, such as a UUID."),
            code="no-idempotency-key",
        )
    person = request.auth.person  # type: ignore[attr-defined]
    token = uuid5(_SPACE, f"{person.pk}:{key}")
    body = hashlib.sha256(request.path.encode() + b"\n" + request.body).hexdigest()
    try:
        return once(person=person, token=token, purpose=f"api:{operation[:20]}:{body[:32]}", act=act)
    except Conflict as error:
        if error.code != TOKEN_USED:
            raise
        raise Conflict(
            _("This Idempotency-Key was used for another request."),
            _("Send a new key with what is new; repeat a request without any change."),
            code="idempotency-key-used",
        ) from error


def answer(problem: Problem, faults: Any = ()) -> HttpResponse:
    """Return a problem in the one shape of the API."""
    body = problems.body(problem) | {"faults": list(faults)}
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=problem.status, content_type=JSON)
    if problem.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="zhiheng"'
    if problem.status == 429:
        response["Retry-After"] = "60"
    return response


def install(api: NinjaAPI) -> None:
    """Give every refusal of the API its shape."""

    def refused(_request: HttpRequest, error: Any) -> HttpResponse:
        facts = error.facts if isinstance(error, ZhihengError) else {}
        problem = problems.of(error)
        faults = [one for one in facts.get("faults", ()) if isinstance(one, dict)]
        return answer(problem, faults) if problem else _failed(error)

    def unreadable(_request: HttpRequest, error: Any) -> HttpResponse:
        words = (_("What was sent does not have the shape of this operation."), _("See openapi.json."))
        faults = [
            {
                "field": ".".join(map(str, one.get("loc", ()))),
                "code": one.get("type", ""),
                "cause": one["msg"],
            }
            for one in error.errors[:50]
        ]
        return answer(Problem(422, "bad-shape", _("This cannot be read"), *words), faults)

    def stranger(_request: HttpRequest, _error: Any) -> HttpResponse:
        words = (
            _("The key is missing, unknown, revoked or out of date."),
            _("Send “Authorization: Bearer” with a key from the page of your account."),
        )
        return answer(Problem(401, "no-key", _("Not signed in"), *words))

    def plain(_request: HttpRequest, error: Any) -> HttpResponse:
        return answer(Problem(error.status_code, "bad-request", _("This did not work"), str(error), ""))

    api.add_exception_handler(Exception, refused)
    api.add_exception_handler(ZhihengError, refused)
    api.add_exception_handler(Http404, refused)
    api.add_exception_handler(ValidationError, unreadable)
    api.add_exception_handler(AuthenticationError, stranger)
    api.add_exception_handler(HttpError, plain)


def _failed(error: Exception) -> HttpResponse:
    logger.error("a fault of ours: %s", type(error).__name__, exc_info=error)
    words = (_("Something went wrong on our side; the fault was written to the log."), _("Try again later."))
    return answer(Problem(500, "server-error", _("A fault of ours"), *words))


def marked(view: Callable[..., HttpResponse], *, public: bool) -> Callable[..., HttpResponse]:
    """Return a view of the API with the mark of the gate, and its refused methods as a problem."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            words = (_("This address does not take this method."), _("See openapi.json."))
            allowed = response.get("Allow", "")
            response = answer(Problem(405, "method-not-allowed", _("This did not work"), *words))
            response["Allow"] = allowed
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    guarded.zh_page = Mark(None, public, by_key=not public)  # type: ignore[attr-defined]
    return guarded
