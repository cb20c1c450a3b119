"""A stranger checks a public notice: its words, every version, the signature over each, and the ledger.

A notice file is::

    {"type": "zhiheng/notice/1",
     "content": {...},           the words of the newest version; what it names is said by ``content`` below
     "note": "...",              the signed note over the newest version
     "vkey": "name+hash+key",    the key by which that note is signed
     "versions": [{"version", "act", "sha256", "note", "vkey", "content" or null, "is_hidden"}, ...],
     "ledger": [{"statement": {...}, "hash": hex}, ...],
     "log": {"vkey": "...", "receipts": [{"seq", "proof"}, ...]}}   where entries are sealed in a log

Each version is signed as a note (c2sp.org/signed-note) of three lines: the type, ``number vN act``, and the
SHA-256 of the canonical bytes of its content. Each content names the digest of the one before it. A version
whose words may not be shown any more stands with its digest, its note and its entry alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from zhiheng.formats.shapes import fields
from zhiheng.proof import canonical, note
from zhiheng.verification import bundles, sealed
from zhiheng.verification.report import Report, Steps, demand, ending

TYPE = bundles.NOTICE_TYPE
CONTENT_TYPE = "zhiheng/notice-content/1"
PUBLISHED, CORRECTED, WITHDRAWN = "published", "corrected", "withdrawn"
ACTS = (PUBLISHED, CORRECTED, WITHDRAWN)
SECTIONS = ("text", "facts", "table")
MOST_VERSIONS = 1_000
MOST_WORDS = 100_000
_NUMBER = re.compile(r"[0-9]{6}-[0-9]{4}-N[0-9]{4,8}")
_CONTENT = (
    *("type", "number", "version", "act", "kind", "title", "region", "issued_on", "dated", "basis", "body"),
    *("about", "redaction", "reason", "replaces", "is_hidden", "data"),
)


def note_text(number: str, version: int, act: str, sha256: str) -> str:
    """Return what the office signs.

    >>> note_text("330000-2025-N0001", 2, "corrected", "ab" * 32).splitlines()[:2]
    ['zhiheng/notice/1', '330000-2025-N0001 v2 corrected']
    """
    return f"{TYPE}\n{number} v{version} {act}\nsha256 {sha256}\n"


def bundle(
    versions: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]], log: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the file of a notice from its versions, oldest first, and its ledger entries."""
    newest = versions[-1]
    made = {
        "type": TYPE,
        "content": newest["content"],
        "note": newest["note"],
        "vkey": newest["vkey"],
        "versions": [dict(version) for version in versions],
        "ledger": [dict(entry) for entry in entries],
    }
    return made if log is None else {**made, "log": dict(log)}


def check(given: Mapping[str, Any]) -> Report:
    """Check the file of a notice step by step."""
    steps = Steps()
    if not steps.take("shape", lambda: _shape(given)):
        return Report("notice", _number(given), tuple(steps.taken))
    versions, entries = given["versions"], given["ledger"]
    steps.take("digest", lambda: _digests(given))
    steps.take("signature", lambda: _signatures(given))
    steps.take("history", lambda: _history(versions))
    steps.take("ledger", lambda: bundles.check_segment(entries))
    steps.take("entries", lambda: _entries(given["content"]["number"], versions, entries))
    steps.take("log", lambda: sealed.of_entries(given.get("log"), entries))
    content = given["content"]
    return Report(
        "notice", content["number"], tuple(steps.taken), data=content["data"], **ending(entries[-1])
    )


def check_content(value: Any, name: str = "content") -> Mapping[str, Any]:
    """Return the content of one version, or refuse what is none."""
    said = fields.mapping(value, name, _CONTENT)
    fields.one_of(said["type"], f"{name}.type", (CONTENT_TYPE,))
    fields.matching(said["number"], f"{name}.number", _NUMBER, "the number of a notice")
    fields.integer(said["version"], f"{name}.version", 1)
    fields.one_of(said["act"], f"{name}.act", ACTS)
    _words(fields.mapping(said["kind"], f"{name}.kind", ("id", "zh", "en")), f"{name}.kind")
    _both(said["title"], f"{name}.title", most=200)
    fields.region(said["region"], f"{name}.region")
    fields.day(said["issued_on"], f"{name}.issued_on")
    fields.day(said["dated"], f"{name}.dated")
    for row in fields.items(said["basis"], f"{name}.basis"):
        keys = ("instrument_zh", "instrument", "article", "confidence", "rule")
        _words(fields.mapping(row, f"{name}.basis", keys), f"{name}.basis")
    for section in fields.items(said["body"], f"{name}.body"):
        _section(section, f"{name}.body")
    for pair in fields.items(said["about"], f"{name}.about"):
        demand(len(fields.items(pair, f"{name}.about")) == 2, "what the notice is about is no pair")
        for word in pair:
            fields.text(word, f"{name}.about")
    _redaction(said["redaction"], f"{name}.redaction")
    fields.text(said["reason"], f"{name}.reason", empty=said["act"] == PUBLISHED)
    fields.text(said["replaces"], f"{name}.replaces", most=64, empty=True)
    demand(isinstance(said["is_hidden"], bool), f"{name}.is_hidden is neither true nor false")
    fields.one_of(said["data"], f"{name}.data", fields.DATA)
    return said


def _shape(given: Mapping[str, Any]) -> str:
    fields.mapping(given, "notice", ("type", "content", "note", "vkey", "versions", "ledger"), ("log",))
    fields.one_of(given["type"], "type", (TYPE,))
    content = check_content(given["content"])
    versions = fields.items(given["versions"], "versions")
    demand(0 < len(versions) <= MOST_VERSIONS, "the notice has no version, or more than can be")
    for version in versions:
        keys = ("version", "act", "sha256", "note", "vkey", "content", "is_hidden")
        fields.mapping(version, "versions", keys)
        fields.digest(version["sha256"], "versions.sha256")
        fields.one_of(version["act"], "versions.act", ACTS)
        demand(
            version["is_hidden"] is (version["content"] is None), "a version is half hidden and half shown"
        )
        if version["content"] is not None:
            check_content(version["content"], "versions.content")
    demand(bool(fields.items(given["ledger"], "ledger")), "the file holds no ledger entry")
    return f"{content['number']}, {len(versions)} version(s), {content['data']} data"


def _digests(given: Mapping[str, Any]) -> str:
    newest = given["versions"][-1]
    shown = [version for version in given["versions"] if version["content"] is not None]
    for version in shown:
        computed = canonical.digest(version["content"])
        demand(
            computed == version["sha256"],
            f"the words of version {version['version']} do not have the stated digest",
        )
    demand(given["content"] == newest["content"], "the words shown are not those of the newest version")
    hidden = len(given["versions"]) - len(shown)
    more = f"; {hidden} version(s) hidden, known by digest alone" if hidden else ""
    return f"{newest['sha256']}{more}"


def _signatures(given: Mapping[str, Any]) -> str:
    newest = given["versions"][-1]
    demand(
        (given["note"], given["vkey"]) == (newest["note"], newest["vkey"]),
        "the note shown is not that of the newest version",
    )
    for version in given["versions"]:
        held = note.read(version["note"])
        number = given["content"]["number"]
        wanted = note_text(number, version["version"], version["act"], version["sha256"])
        demand(held.text == wanted, f"the note of version {version['version']} is about something else")
        key = note.key(version["vkey"])
        demand(
            bool(note.verified(held, [key])), f"version {version['version']} is not signed by the named key"
        )
    keys = list(dict.fromkeys(version["vkey"] for version in given["versions"]))
    return f"{len(given['versions'])} note(s) signed by {'; '.join(keys)}"


def _history(versions: Sequence[Mapping[str, Any]]) -> str:
    acts = [version["act"] for version in versions]
    demand(
        [version["version"] for version in versions] == list(range(1, len(versions) + 1)),
        "the versions are not numbered from 1 without a gap",
    )
    demand(acts[0] == PUBLISHED and PUBLISHED not in acts[1:], "the first version alone is the publication")
    demand(WITHDRAWN not in acts[:-1], "a version stands after the withdrawal")
    before = ""
    for version in versions:
        content = version["content"]
        if content is not None:
            for name in ("version", "act"):
                demand(content[name] == version[name], f"the words name another {name} than their version")
            demand(
                content["replaces"] == before, f"version {version['version']} replaces another than stated"
            )
            demand(content["number"] == versions[-1]["content"]["number"], "the words are of another notice")
        before = version["sha256"]
    may_hide = versions[-1]["act"] == WITHDRAWN and versions[-1]["content"]["is_hidden"]
    demand(
        may_hide or all(version["content"] is not None for version in versions),
        "words are hidden that no withdrawal hides",
    )
    return " -> ".join(acts)


def _entries(number: str, versions: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]]) -> str:
    places = []
    for version in versions:
        entry = bundles.find(entries, "content_sha256", version["sha256"])
        demand(entry is not None, f"no ledger entry names version {version['version']}")
        statement = entry["statement"]
        demand(
            statement["verb"] == f"notice.{version['act']}", "a ledger entry tells of another act than stated"
        )
        detail = statement["detail"]
        demand(
            (detail.get("number"), detail.get("version")) == (number, version["version"]),
            "a ledger entry is about another notice or version",
        )
        places.append(bundles.place(entry))
    demand(places == sorted(places), "the ledger tells the versions in another order")
    return "entry " + ", ".join(map(str, places))


def _section(value: Any, name: str) -> None:
    kind = value.get("kind") if isinstance(value, Mapping) else None
    fields.one_of(kind, f"{name}.kind", SECTIONS)
    parts = {"text": ("paragraphs",), "facts": ("rows",), "table": ("head", "rows")}[kind]
    fields.mapping(value, name, ("kind", "heading", *parts))
    _both(value["heading"], f"{name}.heading", empty=True)
    if kind == "text":
        for one in fields.items(value["paragraphs"], f"{name}.paragraphs"):
            _both(one, f"{name}.paragraphs")
    elif kind == "facts":
        for row in fields.items(value["rows"], f"{name}.rows"):
            for part in fields.mapping(row, f"{name}.rows", ("label", "value")).values():
                _both(part, f"{name}.rows")
    else:
        head = fields.items(value["head"], f"{name}.head")
        for one in head:
            _both(one, f"{name}.head")
        for row in fields.items(value["rows"], f"{name}.rows"):
            demand(len(fields.items(row, f"{name}.rows")) == len(head), "a row is not as wide as its head")
            for cell in row:
                fields.text(cell, f"{name}.rows", most=MOST_WORDS, empty=True)


def _redaction(value: Any, name: str) -> None:
    said = fields.mapping(value, name, ("rule", "version", "masked"))
    for key in ("rule", "version"):
        fields.text(said[key], f"{name}.{key}")
    for row in fields.items(said["masked"], f"{name}.masked"):
        fields.mapping(row, f"{name}.masked", ("kind", "shown", "count"))
        fields.integer(row["count"], f"{name}.count", 1)


def _both(value: Any, name: str, *, most: int = MOST_WORDS, empty: bool = False) -> None:
    said = fields.mapping(value, name, ("zh", "en"))
    fields.text(said["zh"], f"{name}.zh", most=most, empty=empty)
    fields.text(said["en"], f"{name}.en", most=most, empty=True)


def _words(said: Mapping[str, Any], name: str) -> None:
    for key, value in said.items():
        fields.text(value, f"{name}.{key}", empty=True)


def _number(given: Mapping[str, Any]) -> str:
    content = given.get("content")
    return str(content.get("number", ""))[:40] if isinstance(content, Mapping) else ""
