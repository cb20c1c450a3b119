"""Makes the words of a version from what was typed and from the records, masked before anything is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhiheng.people import clock
from zhiheng.reference import notices

from . import rules, sources
from .models import Notice
from .rules import content, redaction

HIDDEN = content.both("（内容已隐去）", "(words hidden)")


@dataclass(frozen=True)
class Made:
    """The words of a version and what they name, before number and day are set down."""

    words: content.Masked
    about: tuple[tuple[str, str], ...]
    is_hidden: bool = False

    def content(
        self, notice: Notice, *, act: str, reason: str, replaces: str, dated: date, data: str
    ) -> dict[str, Any]:
        """Return the canonical document of a version of this notice."""
        return content.compose(
            number=notice.number,
            version=notice.version,
            act=act,
            kind=notice.about_kind,
            words=self.words,
            region=notice.region,
            issued_on=notice.issued_on.isoformat(),
            dated=dated.isoformat(),
            about=self.about,
            data=data,
            reason=reason,
            replaces=replaces,
            is_hidden=self.is_hidden,
        )


def redaction_rule(id: str) -> notices.RedactionRule:
    """Return the version of a rule in force today."""
    return notices.redaction_rule(id, clock.today())


def masked_reason(notice: Notice, reason: str) -> str:
    """Return the public reason of a step, masked as the notice is; without one the step is refused."""
    names = sources.known_names(notice.source_kind, notice.source_key)
    return redaction.redact(rules.check_reason(reason), redaction_rule(notice.rule), names=names).text


def masked_title(notice: Notice) -> content.Words:
    """Return the title of a draft that is given up: what was typed does not stay."""
    rule = redaction_rule(notice.rule)
    return content.masked(content.both(notice.title, notice.title_en), [], rule).title


def has_moved_on(notice: Notice, newest: Mapping[str, Any]) -> bool:
    """Say whether the records say something else now than the newest version of a standing notice."""
    if notice.state not in rules.STANDING or notice.about_kind.source == "none":
        return False
    made = again(notice, typed_words(newest), notice.rule, before=newest)
    return not changes_nothing(notice, made, newest)


def of_draft(notice: Notice) -> Made:
    """Return the words of a draft as they would be published now."""
    return again(notice, rules.check_words(notice.words), notice.rule)


def again(
    notice: Notice, words: Mapping[str, str], rule: str, *, before: Mapping[str, Any] | None = None
) -> Made:
    """Return new words of a notice, with everything from its source as the records stand now."""
    found, kind = redaction_rule(rule), notice.about_kind
    typed = content.text_section(words["text_zh"], words["text_en"])
    title = content.both(words["title_zh"], words["title_en"])
    if kind.source == "none":
        masked = content.masked(title, [typed], found, before=before and before["redaction"])
        return Made(masked, (("region", notice.region),))
    held = sources.gather(kind, notice.source_key, found)
    masked = content.masked(
        title,
        [typed, *held.sections],
        found,
        names=held.names,
        before=before and before["redaction"],
        marks=held.marks,
    )
    return Made(masked, tuple(held.about))


def changes_nothing(notice: Notice, made: Made, before: Mapping[str, Any]) -> bool:
    """Say whether a version made now would read as the one before it."""
    after = {
        "title": made.words.title,
        "body": made.words.body,
        "redaction": made.words.redaction,
        "about": [list(pair) for pair in made.about],
        "basis": [one.as_data() for one in notice.about_kind.basis(notice.region)],
    }
    return rules.same_words(before, after)


def withdrawn(before: Mapping[str, Any], *, hides: bool) -> Made:
    """Return what stands at the address of a withdrawn notice: its title without its body."""
    redaction = {**before["redaction"], "masked": []}
    title = HIDDEN if hides else before["title"]
    about = () if hides else tuple((kind, key) for kind, key in before["about"])
    return Made(content.Masked(dict(title), [], redaction), about, is_hidden=hides)


def typed_words(said: Mapping[str, Any]) -> dict[str, str]:
    """Return title and text of a version as a correction begins with them."""
    text = next((section for section in said["body"] if section["kind"] == "text"), {"paragraphs": []})
    return {
        "title_zh": said["title"]["zh"],
        "title_en": said["title"]["en"],
        "text_zh": "\n".join(one["zh"] for one in text["paragraphs"]),
        "text_en": "\n".join(one["en"] for one in text["paragraphs"] if one["en"]),
    }
