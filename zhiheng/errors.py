"""The error family: every refusal has a stable code, a cause and a remedy.

A page, a problem+json answer and an exit code are each made from these three fields in one
place, so a person always reads what happened and what to do next.
"""

from __future__ import annotations

from typing import Any


class ZhihengError(Exception):
    """A refusal that a person can act on.

    ``code`` is stable and machine-readable, ``cause`` says what happened, ``remedy`` says what to
    do next. ``facts`` holds named values (never personal data) for the page or the log.
    """

    code = "error"
    http_status = 400
    exit_code = 2

    def __init__(self, cause: str, remedy: str = "", *, code: str | None = None, **facts: Any) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy
        self.facts = facts
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.cause} {self.remedy}".strip()


class BadInput(ZhihengError):
    """What was handed in cannot be understood or honoured; nothing was stored."""

    code = "bad-input"


class UnknownCode(BadInput):
    """A region, division, unit, term or rule that the reference data does not hold."""

    code = "unknown-code"


class NotFound(ZhihengError):
    """The thing asked for does not exist, or is not visible to the person asking."""

    code = "not-found"
    http_status = 404


class NotAllowed(ZhihengError):
    """The person holds no appointment that carries this permission here."""

    code = "not-allowed"
    http_status = 403


class Conflict(ZhihengError):
    """The thing is no longer in the state that this action needs, or it was done already."""

    code = "conflict"
    http_status = 409


class RuleRefused(ZhihengError):
    """A rule of the programme says no; ``facts`` names the rule."""

    code = "rule-refused"
    http_status = 422


class CheckFailed(ZhihengError):
    """A proof, a hash or a recomputation does not hold."""

    code = "check-failed"
    http_status = 422
    exit_code = 1


class LimitExceeded(BadInput):
    """An upload or a job went past a bound on time, memory, size or expansion."""

    code = "limit-exceeded"
    http_status = 413


class Missing(ZhihengError):
    """A program, font or optional package that this machine lacks."""

    code = "missing"
    http_status = 503
