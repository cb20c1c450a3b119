"""The two verifiers for strangers are handed out as they are: a page that needs no server, and Python files.

The page is one file with its own script, which the strict policy of the site would not run. So it is served
with a policy of its own that names script and style by their hashes and lets it fetch from this site alone;
saved to disk it is byte for byte the same file.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.errors import NotFound

PAGE, PROGRAM, NUMBERS = "verify.html", "verify.py", "verify_numbers.py"
PLACES = (Path(__file__).resolve().parents[2] / "verifier", Path(sys.prefix) / "share/zhiheng/verifier")
_INLINE = {kind: re.compile(rf"<{kind}>(.*?)</{kind}>".encode(), re.DOTALL) for kind in ("script", "style")}


@web.page(public=True)
def page(request: HttpRequest) -> HttpResponse:
    """Show the page; a link that downloads it gets the same bytes."""
    data = _read(PAGE)
    response = HttpResponse(data, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = policy(data)
    return response


@web.page(public=True)
def program(request: HttpRequest) -> HttpResponse:
    """Hand out the Python file."""
    return _python(PROGRAM)


@web.page(public=True)
def numbers(request: HttpRequest) -> HttpResponse:
    """Hand out the Python file that lies beside it and checks numbers."""
    return _python(NUMBERS)


def _python(name: str) -> HttpResponse:
    response = HttpResponse(_read(name), content_type="text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def policy(data: bytes) -> str:
    """Return the policy under which the page runs: its own script and style, nothing from elsewhere."""
    script, style = (" ".join(map(_hash, found.findall(data))) for found in _INLINE.values())
    own = f"script-src {script}; style-src {style}; connect-src 'self'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def _hash(inline: bytes) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline).digest()).decode()}'"


@cache
def _read(name: str) -> bytes:
    for place in PLACES:
        if (place / name).is_file():
            return (place / name).read_bytes()
    raise NotFound(
        _("The verifier does not lie beside this installation."),
        _("Take it from the source of Zhiheng, or from any other site that publishes with it."),
    )
