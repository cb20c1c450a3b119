"""What is refused at the firm's own page and in the field: one sentence and one remedy each."""

from __future__ import annotations

from typing import Any

from zhiheng.errors import BadInput, Conflict, LimitExceeded, NotAllowed, RuleRefused, ZhihengError
from zhiheng.stages.draw import refusals as shared


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


REFUSALS: dict[str, shared.Refusal] = {
    "code-too-early": (
        RuleRefused,
        _("This firm was not visited yet, and a code would warn it."),
        _("Issue the code when the visit has been made."),
    ),
    "code-other-case": (
        BadInput,
        _("This party belongs to another case."),
        _("Issue the code on the page of its own case."),
    ),
    "code-nobody": (
        RuleRefused,
        _("The social credit code of this party is not on record, and without it no page can be opened."),
        _("Serve it on paper; what it answers on paper is recorded on the page of the case."),
    ),
    "code-wrong": (
        NotAllowed,
        _("The social credit code and the access code do not fit together."),
        _(
            "Compare both with the notice. After %(failures)s wrong entries the code is locked for "
            "%(minutes)s minutes. If the code is lost or has expired, ask the office for a new one."
        ),
    ),
    "code-locked": (
        NotAllowed,
        _("A wrong code was entered %(failures)s times. The code is locked for %(minutes)s minutes."),
        _("Wait and then enter it once more. If the code is lost, ask the office for a new one."),
    ),
    "code-over": (
        NotAllowed,
        _("This page of the firm is closed: its time is over, or a new code was issued."),
        _("Enter the codes again."),
    ),
    "nothing-sent": (
        BadInput,
        _("There is no file and no text."),
        _("Choose at least one file, or write what you want to say."),
    ),
    "no-proof": (BadInput, _("There is no proof."), _("Choose at least one file: a PDF or a photograph.")),
    "many-files": (
        LimitExceeded,
        _("These are %(count)s files; %(most)s can be sent at a time."),
        _("Send the others afterwards."),
    ),
    "large-file": (
        LimitExceeded,
        _("The file %(name)s is larger than %(most)s MB."),
        _("Make it smaller, for instance by scanning in grey, or send it in parts."),
    ),
    "empty-file": (BadInput, _("The file %(name)s is empty."), _("Choose it again.")),
    "file-kind": (
        BadInput,
        _("The file %(name)s is neither a PDF nor a JPEG or PNG picture."),
        _("Save it as PDF, or photograph the page."),
    ),
    "not-now": (
        Conflict,
        _("This cannot be done in this matter now."),
        _("The page says what can be done now and what comes next."),
    ),
    "sent-otherwise": (
        Conflict,
        _("This form was already used for something else."),
        _("Open the form again and send it once more; nothing was stored."),
    ),
    "confirm-own": (
        RuleRefused,
        _("You recorded this visit yourself."),
        _("The other inspector confirms it from the own account."),
    ),
    "confirm-early": (
        RuleRefused,
        _("Nothing was recorded of this visit yet."),
        _("One of the two inspectors records it first; then the other one confirms."),
    ),
}


def refuse(code: str, **facts: Any) -> ZhihengError:
    """Return the refusal of this code with its facts filled in, to be raised."""
    return shared.refuse(code, REFUSALS, **facts)
