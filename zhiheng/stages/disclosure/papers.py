"""A notice as a paper: its words with number, ground, digest and the QR of its address."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.reports import pdf, word
from zhiheng.reports.paper import Code, Facts, Grid, Heading, Line, Paper, Text
from zhiheng.web import wording
from zhiheng.web.tables import export

from . import labels, showing
from .models import Notice, NoticeVersion
from .refusals import refuse

FORMS = {"pdf": pdf, "docx": word}
_DIGEST = re.compile(r"\b([0-9a-f]{32})([0-9a-f]{32})\b")
WIDTHS = (4, 4, 3, 3, 5)  # of the list of failing products


def render(notice: Notice, version: NoticeVersion, form: str, *, address: str) -> tuple[bytes, str]:
    """Return a version as a file of this form, with its media type."""
    if form not in FORMS:
        raise refuse("no-such-notice-form")
    maker = FORMS[form]
    return maker.render(compose(notice, version, address=address)), maker.MEDIA_TYPE


def compose(notice: Notice, version: NoticeVersion, *, address: str) -> Paper:
    """Return the paper of a version in the language of the page."""
    content = version.said
    return Paper(
        name=f"notice-{notice.number}-v{version.version}",
        title=showing.said(content["title"]),
        number=_("No. %(number)s") % {"number": notice.number},
        dated=date.fromisoformat(content["dated"]),
        blocks=(*_body(content), *_ground(content), *_end(notice, version, address)),
        address=address,
        mark=export.DEMO_MARK if content["data"] == "demonstration" else "",
        language="zh" if wording.is_chinese() else "en",
        hash_label=_("Hash of the content (SHA-256)"),
    )


def _body(content: dict[str, Any]) -> list[Any]:
    blocks: list[Any] = []
    if content["act"] != "published":
        act = labels.ACTS[content["act"]].label
        blocks.append(Text(f"{act}: {content['reason']}"))
    for section in content["body"]:
        heading = showing.said(section["heading"])
        if section["kind"] == "text":
            blocks += [Text(showing.said(one)) for one in section["paragraphs"]]
            continue
        blocks += [Heading(heading)] if heading else []
        if section["kind"] == "facts":
            rows = tuple(
                (showing.said(row["label"]), _in_halves(showing.said(row["value"])))
                for row in section["rows"]
            )
            blocks.append(Facts(rows))
        else:
            head = tuple(showing.said(one) for one in section["head"])
            rows = tuple(tuple(row) for row in section["rows"])
            widths = WIDTHS if len(head) == len(WIDTHS) else (1,) * len(head)
            blocks.append(Grid(head, rows, widths, is_dense=True))
    return blocks


def _in_halves(text: str) -> str:
    """Return a text in which digests are set in two halves, so that they break inside a line of paper."""
    return _DIGEST.sub(r"\1 \2", text)


def _ground(content: dict[str, Any]) -> list[Any]:
    lines = [
        f"{showing.basis_line(one)} ({labels.CONFIDENCES[one['confidence']].label})"
        for one in content["basis"]
    ]
    seen = showing.of(content)
    masked = _("%(rule)s; %(count)s places masked") % {"rule": seen.rule, "count": seen.places}
    return [
        Heading(_("Legal basis")),
        *(Line(line) for line in lines),
        Heading(_("What is masked")),
        Line(masked),
    ]


def _end(notice: Notice, version: NoticeVersion, address: str) -> list[Any]:
    lines = (
        _("Permanent address: %(address)s") % {"address": address},
        _("Version %(version)s, signed digest %(sha)s")
        % {"version": version.version, "sha": _in_halves(version.sha256)},
        wording.day(version.recorded_at),
    )
    return [Code(address, lines)]
