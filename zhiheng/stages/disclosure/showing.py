"""Turns the content of a version into what a page shows, with masked places marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhiheng.web import wording

from . import labels


@dataclass(frozen=True)
class Part:
    """One section as the template writes it."""

    kind: str
    heading: str
    paragraphs: Sequence[SafeString] = ()
    rows: Sequence[Any] = ()
    head: Sequence[str] = ()


@dataclass(frozen=True)
class Shown:
    """A version as a page shows it."""

    title: str
    parts: list[Part]
    basis: list[dict[str, Any]]
    masked: list[dict[str, Any]]
    places: int
    rule: str
    is_only_chinese: bool

    @property
    def rows(self) -> int:
        """How many rows the longest table has."""
        return max((len(part.rows) for part in self.parts if part.kind == "table"), default=0)


def of(content: Mapping[str, Any], language: str = "") -> Shown:
    """Return what a page shows of a content, in the language of the page or in another."""
    return shown(content["title"], content["body"], content["redaction"], content["basis"], language)


def shown(
    title: Mapping[str, str],
    body: Sequence[Mapping[str, Any]],
    redaction: Mapping[str, Any],
    basis: Sequence[Mapping[str, Any]],
    language: str = "",
) -> Shown:
    """Return what a page shows of title, body, masks and legal basis."""
    marks, wanted = _marks(redaction["masked"]), language or page_language()
    texts = [
        one
        for section in body
        if section["kind"] == "text"
        for one in (section["heading"], *section["paragraphs"])
    ]
    return Shown(
        title=said(title, wanted),
        parts=[_part(section, marks, wanted) for section in body],
        basis=[_basis(one) for one in basis],
        masked=[{**row, "name": labels.MASKS.get(row["kind"], row["kind"])} for row in redaction["masked"]],
        places=sum(row["count"] for row in redaction["masked"]),
        rule=labels.rule(redaction["rule"], redaction["version"]),
        is_only_chinese=wanted == "en" and any(one["zh"] and not one["en"] for one in texts),
    )


def page_language() -> str:
    """Return the language of the page as contents name it."""
    return "zh" if wording.is_chinese() else "en"


def said(words: Mapping[str, str], language: str = "") -> str:
    """Return a text in a language, by default that of the page; where it is lacking, in Chinese."""
    return words[language or page_language()] or words["zh"]


def basis_line(one: Mapping[str, str]) -> str:
    """Return an instrument with its article."""
    name = one["instrument_zh"] if wording.is_chinese() else one["instrument"]
    if not one["article"]:
        return name
    if wording.is_chinese():
        return f"{name}第{one['article']}条" if one["article"].isdigit() else f"{name} {one['article']}"
    return _("%(instrument)s, article %(article)s") % {"instrument": name, "article": one["article"]}


def _basis(one: Mapping[str, str]) -> dict[str, Any]:
    return {"line": basis_line(one), "confidence": labels.CONFIDENCES[one["confidence"]]}


def _part(section: Mapping[str, Any], marks: re.Pattern[str] | None, language: str) -> Part:
    heading = said(section["heading"], language)
    if section["kind"] == "text":
        return Part(
            "text", heading, paragraphs=[_marked(said(one, language), marks) for one in section["paragraphs"]]
        )
    if section["kind"] == "facts":
        rows = [
            (said(row["label"], language), _marked(said(row["value"], language), marks))
            for row in section["rows"]
        ]
        return Part("facts", heading, rows=rows)
    rows = [[_marked(cell, marks) for cell in row] for row in section["rows"]]
    return Part("table", heading, rows=rows, head=[said(one, language) for one in section["head"]])


def _marks(masked: Sequence[Mapping[str, Any]]) -> re.Pattern[str] | None:
    words = sorted({row["shown"] for row in masked}, key=len, reverse=True)
    return re.compile(f"({'|'.join(map(re.escape, words))})") if words else None


def _marked(text: str, marks: re.Pattern[str] | None) -> SafeString:
    if marks is None:
        return format_html("{}", text)
    pieces = marks.split(text)
    return format_html_join("", "{}", ((_piece(piece, n % 2 == 1),) for n, piece in enumerate(pieces)))


def _piece(piece: str, is_masked: bool) -> SafeString:
    if not is_masked:
        return format_html("{}", piece)
    return format_html('<mark class="masked" title="{}">{}</mark>', _("masked"), piece)
