"""The words of notices: kinds, states, acts, masks, and the ledger's verbs about them."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from zhiheng.reference import notices
from zhiheng.stages.draw.labels import named, states
from zhiheng.web import wording
from zhiheng.web.tables import State

from . import rules

TONES = {
    rules.DRAFTED: "todo",
    rules.PUBLISHED: "done",
    rules.CORRECTED: "running",
    rules.WITHDRAWN: "stopped",
    rules.DISCARDED: "neutral",
}
STATES = states(rules.PROCEDURE, TONES)
KINDS = tuple((kind.id, named(kind)) for kind in notices.kinds())
ACTS = {act: STATES[act] for act in rules.PUBLIC}  # an act is named by the state that it leads to
MASKS = {
    "id_number": _("identity number"),
    "phone": _("telephone number"),
    "email": _("mail address"),
    "account": _("account number"),
    "address": _("house number and below"),
    "person": _("name of a person"),
    "sole_trader": _("name or code of a sole trader"),
}
CONFIDENCES = {
    "text": State(_("text read"), "done"),
    "secondary": State(_("unverified"), "todo"),
    "memory": State(_("unverified"), "todo"),
}
VERBS = {
    "notice.drafted": (_("Notice drafted"), "todo"),
    "notice.redrafted": (_("Draft of the notice changed"), "todo"),
    "notice.discarded": (_("Draft of the notice given up"), "neutral"),
    "notice.published": (_("Notice published"), "done"),
    "notice.corrected": (_("Notice corrected"), "running"),
    "notice.withdrawn": (_("Notice withdrawn"), "stopped"),
}


def kind(id: str) -> str:
    """Return the name of a kind in the language of the page."""
    return wording.bilingual(notices.kind(id))


def title(notice: Any) -> str:
    """Return the title of a notice in the language of the page, where it has one."""
    return notice.title if wording.is_chinese() or not notice.title_en else notice.title_en


def rule_choices() -> list[tuple[str, Any]]:
    """Return the redaction rules by their newest names."""
    found = {rule.id: rule for rule in notices.redaction_rules()}
    return [(id, lazy(lambda rule=rule: wording.bilingual(rule), str)()) for id, rule in found.items()]


def rule(id: str, version: str) -> str:
    """Return the name of a version of a redaction rule."""
    for one in notices.redaction_rules():
        if (one.id, one.version) == (id, version):
            return f"{wording.bilingual(one)} ({id} / {version})"
    return f"{id} / {version}"
