"""What SDMX REST refuses: the code that the standard gives, the status of the answer, and its message."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from zhiheng.errors import BadInput, LimitExceeded, NotFound, ZhihengError


class NotAcceptable(ZhihengError):
    """None of the forms that were asked for is written here."""

    code = "sdmx-not-acceptable"
    http_status = 406


class NotOffered(ZhihengError):
    """The standard knows this, and this service does not answer it."""

    code = "sdmx-not-offered"
    http_status = 501


class NotAllowedMethod(ZhihengError):
    """Something is sent where everything is only read."""

    code = "sdmx-method"
    http_status = 405


class Semantic(BadInput):
    """A request is well formed and asks for what cannot be."""

    code = "sdmx-semantic"
    http_status = 422


_KINDS: Mapping[str, type[ZhihengError]] = {
    "syntax": BadInput,
    "semantic": Semantic,
    "nothing": NotFound,
    "too-large": LimitExceeded,
    "not-acceptable": NotAcceptable,
    "not-offered": NotOffered,
    "method": NotAllowedMethod,
}
_NUMBERS = {404: 100, 403: 110, 405: 501, 400: 140, 406: 140, 422: 150, 413: 510, 501: 501, 503: 503}


def refused(kind: str, cause: str, remedy: str) -> ZhihengError:
    """Return the refusal of a kind, for raising.

    >>> refused("nothing", "There is no such flow.", "List them.").http_status
    404
    """
    return _KINDS[kind](cause, remedy, code=f"sdmx-{kind}")


def number(status: int) -> int:
    """Return the code of SDMX that a refusal of a status carries.

    >>> number(refused("syntax", "Bad.", "Better.").http_status), number(413), number(500)
    (140, 510, 500)
    """
    return _NUMBERS.get(status, 500)


def xml(code: int, texts: Mapping[str, str]) -> bytes:
    """Return the error message of SDMX-ML in every language given.

    >>> xml(100, {"en": "Nothing <here>."}).decode().count("Nothing &lt;here&gt;.")
    1
    """
    base = "http://www.sdmx.org/resources/sdmxml/schemas/v3_0"
    said = "".join(f'<com:Text xml:lang="{lang}">{escape(text)}</com:Text>' for lang, text in texts.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<mes:Error xmlns:mes="{base}/message" xmlns:com="{base}/common">'
        f'<mes:ErrorMessage code="{code}">{said}</mes:ErrorMessage></mes:Error>\n'
    ).encode()


def as_json(code: int, texts: Mapping[str, str]) -> bytes:
    """Return the error message of SDMX-JSON in every language given."""
    first = next(iter(texts.values()))
    error = {"code": code, "detail": first, "details": dict(texts)}
    return json.dumps({"errors": [error]}, ensure_ascii=False).encode()
