"""What the rules of notices refuse: one sentence and one remedy each, said in the reader's language."""

from __future__ import annotations

from typing import Any

from zhiheng.errors import BadInput, Conflict, RuleRefused, ZhihengError

Refusal = tuple[type[ZhihengError], str, str]


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


REFUSALS: dict[str, Refusal] = {
    "no-such-kind": (
        BadInput,
        _("“%(kind)s” is no kind of notice."),
        _("Choose one from the list of the form."),
    ),
    "notice-without-words": (
        BadInput,
        _("A notice needs a title and a text in Chinese."),
        _("Write both; English may follow."),
    ),
    "notice-without-reason": (
        BadInput,
        _("No reason is given."),
        _("Write why; the reason is public and stays with the notice."),
    ),
    "notice-too-long": (
        BadInput,
        _("This text is longer than %(most)s characters."),
        _("Shorten it, or publish the rest as a notice of its own."),
    ),
    "notice-too-many-rows": (
        RuleRefused,
        _("The notice would list %(count)s products, more than %(most)s."),
        _("Draw and publish in smaller parts; a notice is read by people."),
    ),
    "notice-without-source": (
        BadInput,
        _("A notice of this kind is filled from a draw or a release, and none is named."),
        _("Choose the draw or the release that it is about."),
    ),
    "notice-source-unknown": (
        BadInput,
        _("There is no such draw or release, or it lies outside your appointment."),
        _("Choose one from the list of the form."),
    ),
    "notice-source-early": (
        RuleRefused,
        _("The draw %(draw)s is not as far as a notice of this kind needs."),
        _("Results are published once the draw is closed, an announcement while it is not aborted."),
    ),
    "notice-source-replaced": (
        RuleRefused,
        _("This release was replaced by a later one."),
        _("Publish the release that is in force."),
    ),
    "notice-exists": (
        Conflict,
        _("There is already a notice of this kind about %(source)s."),
        _("Open it in the list of notices: correct it, or withdraw it before another is published."),
    ),
    "notice-moved-on": (
        Conflict,
        _("This notice was changed by somebody else in the meantime."),
        _("Open it again, look at what stands there now, and decide anew."),
    ),
    "notice-unchanged": (
        RuleRefused,
        _("The correction would change nothing that can be read."),
        _("Change the words, or leave the notice as it stands."),
    ),
    "no-such-notice-form": (
        BadInput,
        _("A notice is not printed in this form."),
        _("Take PDF or DOCX."),
    ),
    "notice-altered": (
        RuleRefused,
        _("The stored words of this notice do not have the digest that was signed."),
        _("Restore the database from its last good copy; do not use this one."),
    ),
}


def refuse(code: str, **facts: Any) -> ZhihengError:
    """Return the refusal of this code with its facts filled in, to be raised."""
    kind, cause, remedy = REFUSALS[code]
    return kind(cause % facts, remedy % facts, code=code, **facts)
