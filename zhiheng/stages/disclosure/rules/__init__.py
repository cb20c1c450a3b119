"""When a notice may be drafted, published, corrected and withdrawn, and when its publication is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from zhiheng.procedure import due as limits
from zhiheng.procedure import machine
from zhiheng.reference import notices
from zhiheng.verification import notice as published

from ..refusals import refuse

PROCEDURE = machine.load("notice")
DRAFTED, PUBLISHED, CORRECTED, WITHDRAWN, DISCARDED = (
    "drafted",
    "published",
    "corrected",
    "withdrawn",
    "discarded",
)
PUBLIC = (PUBLISHED, CORRECTED, WITHDRAWN)
STANDING = (PUBLISHED, CORRECTED)
TAKEN = (DRAFTED, *STANDING)
ACTS = {"publish": published.PUBLISHED, "correct": published.CORRECTED, "withdraw": published.WITHDRAWN}
MOST_TITLE, MOST_TEXT, MOST_REASON = 120, 8_000, 400
MOST_ROWS = 2_000
DEFAULT_RULE = "public-notice"

# Where each condition of the procedure is kept.
_HERE = "zhiheng.stages.disclosure"
GUARDS = {
    "words_given": f"{_HERE}.rules.check_words",
    "reason_given": f"{_HERE}.rules.check_reason",
    "redaction_rule_applied": f"{_HERE}.rules.content.masked",
    "source_stands": f"{_HERE}.sources.gather",
}


def advance(state: str, event: str) -> machine.Transition:
    """Return the step that an event makes, or refuse it."""
    return machine.advance(PROCEDURE, state, event)


def check_reason(reason: str) -> str:
    """Return a public reason, or refuse to go on without one."""
    reason = " ".join(reason.split())
    if not reason:
        raise refuse("notice-without-reason")
    if len(reason) > MOST_REASON:
        raise refuse("notice-too-long", most=MOST_REASON)
    return reason


def check_words(words: Mapping[str, str]) -> dict[str, str]:
    """Return title and text in both languages; the Chinese ones must be there, the English ones may."""
    held = {name: words.get(name, "").strip().replace("\r\n", "\n") for name in WORDS}
    if not held["title_zh"] or not held["text_zh"]:
        raise refuse("notice-without-words")
    for name, text in held.items():
        most = MOST_TITLE if name.startswith("title") else MOST_TEXT
        if len(text) > most:
            raise refuse("notice-too-long", most=most)
    return held


WORDS = ("title_zh", "title_en", "text_zh", "text_en")


def check_kind(id: str) -> notices.Kind:
    """Return a kind of notice, or refuse what is none."""
    if id not in {kind.id for kind in notices.kinds()}:
        raise refuse("no-such-kind", kind=id)
    return notices.kind(id)


def number(region: str, year: int, place: int) -> str:
    """Return the number of a notice, which is its address.

    >>> number("330000", 2025, 7)
    '330000-2025-N0007'
    """
    return f"{region}-{year}-N{place:04d}"


def due(kind: notices.Kind, event_on: date | None, region: str) -> limits.Due | None:
    """Return until when a notice of a kind is to be published; nothing where no day is known."""
    if not kind.deadline or event_on is None:
        return None
    return limits.due(kind.deadline, event_on, jurisdiction=region)


def is_late(found: limits.Due | None, today: date) -> bool:
    """Say whether the day has passed; a limit whose text was not read reminds and is never overdue."""
    return found is not None and found.limit.is_verified and found.due_on < today


def is_past(found: limits.Due | None, today: date) -> bool:
    """Say whether the day has passed, by whatever limit."""
    return found is not None and found.due_on < today


def may_be_filled_from(kind: notices.Kind, state: str) -> bool:
    """Say whether a draw in this state can fill a notice of this kind."""
    return state == "closed" if kind.is_result else state in ("committed", "revealed", "closed")


def same_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Say whether a correction would change nothing that can be read."""
    names = ("title", "body", "basis", "about", "redaction")
    return all(before[name] == after[name] for name in names)
