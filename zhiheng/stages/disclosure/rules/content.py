"""The words of a notice as one canonical document: composed, masked, compared with those before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from zhiheng.reference import notices
from zhiheng.verification import notice as published

from . import redaction

Words = dict[str, str]
"""One text in both languages; the Chinese one is authoritative, the English one may be empty."""


def both(zh: str, en: str = "") -> Words:
    """Return a text in both languages."""
    return {"zh": zh, "en": en}


def text_section(text_zh: str, text_en: str = "") -> dict[str, Any]:
    """Return paragraphs, one a line; English ones are paired with the Chinese ones in order."""
    chinese = [line.strip() for line in text_zh.split("\n") if line.strip()]
    english = [line.strip() for line in text_en.split("\n") if line.strip()]
    if len(english) > len(chinese):  # what is left over is said with the last paragraph
        english = [*english[: len(chinese) - 1], " ".join(english[len(chinese) - 1 :])]
    english += [""] * (len(chinese) - len(english))
    pairs = [both(*pair) for pair in zip(chinese, english, strict=True)]
    return {"kind": "text", "heading": both(""), "paragraphs": pairs}


def facts_section(heading: Words, rows: Iterable[tuple[Words, Words]]) -> dict[str, Any]:
    """Return names and values."""
    held = [{"label": label, "value": value} for label, value in rows]
    return {"kind": "facts", "heading": heading, "rows": held}


def table_section(heading: Words, head: Sequence[Words], rows: Iterable[Sequence[str]]) -> dict[str, Any]:
    """Return a table; cells are data and the same in both languages."""
    held = [list(map(str, row)) for row in rows]
    return {"kind": "table", "heading": heading, "head": list(head), "rows": held}


@dataclass(frozen=True, slots=True)
class Masked:
    """Title and body after masking, and what was masked as the document states it."""

    title: Words
    body: list[dict[str, Any]]
    redaction: dict[str, Any]


def masked(
    title: Words,
    body: Sequence[Mapping[str, Any]],
    rule: notices.RedactionRule,
    *,
    names: Sequence[str] = (),
    before: Mapping[str, Any] | None = None,
    marks: Sequence[redaction.Mark] = (),
) -> Masked:
    """Return title and body with everything masked that the rule names.

    ``names`` are persons that the site knows, ``before`` what an earlier version says of its masks, ``marks``
    those already made in the tables (names of sole traders). What comes from the records is masked by form
    alone: there a name such as 李宁 is a firm's, whoever else is called so.
    """
    known = [(row["kind"], row["shown"]) for row in before["masked"]] if before else []
    recorded = replace(rule, masks=tuple(mask for mask in rule.masks if mask in BY_FORM))
    found: list[redaction.Mark] = []

    def typed(text: str) -> str:
        return _kept(redaction.redact(text, rule, names=names, known=known), found)

    def from_records(text: str) -> str:
        made = [(mark.kind, mark.shown) for mark in marks]
        return _kept(redaction.redact(text, recorded, known=made), found)

    held = [_mapped(part, typed if part["kind"] == "text" else from_records) for part in body]
    title = _mapped(title, typed)
    about = {"rule": rule.id, "version": rule.version, "masked": redaction.tally(found)}
    return Masked(title, held, about)


def _kept(done: redaction.Redacted, found: list[redaction.Mark]) -> str:
    found.extend(done.marks)
    return done.text


BY_FORM = ("id_number", "phone", "email")
_FIXED = frozenset({"kind"})


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: one if key in _FIXED else _mapped(one, change) for key, one in value.items()}
    return [_mapped(one, change) for one in value]


def compose(
    *,
    number: str,
    version: int,
    act: str,
    kind: notices.Kind,
    words: Masked,
    region: str,
    issued_on: str,
    dated: str,
    about: Sequence[tuple[str, str]],
    data: str,
    reason: str = "",
    replaces: str = "",
    is_hidden: bool = False,
) -> dict[str, Any]:
    """Return the content of one version, checked as a stranger checks it."""
    made = {
        "type": published.CONTENT_TYPE,
        "number": number,
        "version": version,
        "act": act,
        "kind": {"id": kind.id, "zh": kind.zh, "en": kind.en},
        "title": words.title,
        "region": region,
        "issued_on": issued_on,
        "dated": dated,
        "basis": [one.as_data() for one in kind.basis(region)],
        "body": words.body,
        "about": [list(pair) for pair in about],
        "redaction": words.redaction,
        "reason": reason,
        "replaces": replaces,
        "is_hidden": is_hidden,
        "data": data,
    }
    return dict(published.check_content(made))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison: added, removed or kept."""

    sign: str
    text: str


ADDED, REMOVED, KEPT = "added", "removed", "kept"


def difference(before: Mapping[str, Any], after: Mapping[str, Any], language: str) -> list[Line]:
    """Return the lines by which two versions differ, in one of the two languages.

    >>> one = {"title": both("甲"), "body": [], "basis": []}
    >>> two = {"title": both("乙"), "body": [], "basis": []}
    >>> [(line.sign, line.text) for line in difference(one, two, "zh")]
    [('removed', '甲'), ('added', '乙')]
    """
    old, new = lines(before, language), lines(after, language)
    found: list[Line] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            found += [Line(REMOVED, text) for text in old[i1:i2]]
            found += [Line(ADDED, text) for text in new[j1:j2]]
    return found


def lines(content: Mapping[str, Any], language: str) -> list[str]:
    """Return what a person reads of a version, line by line."""

    def said(words: Mapping[str, str]) -> str:
        return words.get(language) or words["zh"]

    found = [said(content["title"])]
    for section in content["body"]:
        heading = said(section["heading"])
        found += [heading] if heading else []
        if section["kind"] == "text":
            found += [said(one) for one in section["paragraphs"]]
        elif section["kind"] == "facts":
            found += [f"{said(row['label'])}: {said(row['value'])}" for row in section["rows"]]
        else:
            found.append(" | ".join(said(one) for one in section["head"]))
            found += [" | ".join(row) for row in section["rows"]]
    name = "instrument" if language == "en" else "instrument_zh"
    return [*found, *(f"{one[name]} {one['article']}".strip() for one in content["basis"])]
