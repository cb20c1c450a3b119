"""The words for states, kinds and outcomes of the dated registers and of the catalogue."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiheng.web.tables import State

from .models import CATALOGUE_STATES, LICENCE_KINDS, QUALIFICATION_KINDS, VERTICALS

IDS = {"open": _("by their codes"), "salted": _("by salted names, opened one by one")}
IDS_REASONS = {
    "joint-campaign": _(
        "The lists of a joint campaign are compared with one another in public, firm by firm."
    ),
}
REMOVED = {
    "closed": _("closed"),
    "moved": _("moved to another region"),
    "merged": _("merged into another firm"),
    "out-of-scope": _("no longer makes or sells such goods"),
    "corrected": _("listed by mistake before, corrected"),
    "rule-changed": _("the rule of the list changed"),
    "unknown": _("no reason known"),
}
KINDS = dict(LICENCE_KINDS)
QUALIFICATIONS = dict(QUALIFICATION_KINDS)
FIELDS_OF_GOODS = dict(VERTICALS)

LICENCES = {
    "valid": State(_("Valid"), "done"),
    "expired": State(_("Expired"), "stopped"),
    "suspended": State(_("Suspended"), "todo"),
    "withdrawn": State(_("Withdrawn"), "stopped"),
}
PAPERS = {
    "valid": State(_("Valid"), "done"),
    "to_come": State(_("Not begun"), "todo"),
    "expired": State(_("Expired"), "stopped"),
    "ended": State(_("Ended"), "stopped"),
}
LEAVES = {
    "cancelled": State(_("Cancelled"), "neutral"),
    "now": State(_("Away now"), "running"),
    "to_come": State(_("To come"), "todo"),
    "past": State(_("Over"), "done"),
}
COVERED = {
    "matched": State(_("Covered"), "done"),
    "not_covered": State(_("Not covered"), "stopped"),
    "unknown": State(_("Unknown"), "todo"),
}
HOW = {
    "product": _("the licence names this product"),
    "scope": _("the scope names it in words"),
    "not-holding": _("the licence that names it does not hold today"),
    "no-scope": _("the scope of the licence was not entered"),
    "": _("no licence of this kind that holds names it"),
}
ROUTES = {
    "licence": State(_("Production licence"), "running"),
    "ccc": State(_("Compulsory certification (CCC)"), "running"),
    "declaration": State(_("Self-declaration (CCC)"), "running"),
    "free": State(_("No licence or certificate"), "done"),
}
FULFILMENTS = {
    "fulfilled": State(_("Fulfilled by the record"), "done"),
    "not_fulfilled": State(_("Not fulfilled by the record"), "stopped"),
    "unknown": State(_("Unknown"), "todo"),
    "nothing_needed": State(_("Nothing needed"), "done"),
    "not_asked": State(_("Asked of the maker"), "neutral"),
}
CONFIDENCES = {
    "text": State(_("text read"), "done"),
    "secondary": State(_("read in a reprint"), "todo"),
    "memory": State(_("from memory, not checked"), "todo"),
}
CATALOGUE = {
    "candidate": State(dict(CATALOGUE_STATES)["candidate"], "todo"),
    "issued": State(_("Made public"), "done"),
    "dropped": State(dict(CATALOGUE_STATES)["dropped"], "neutral"),
    "ended": State(dict(CATALOGUE_STATES)["ended"], "stopped"),
}
CHANGES = {
    "added": State(_("Added"), "running"),
    "dropped": State(_("Dropped"), "stopped"),
    "changed": State(_("Changed"), "todo"),
    "same": State(_("As before"), "neutral"),
}
SIDES = {"upper": _("not above"), "lower": _("not below")}
VERDICTS = {
    "may": State(_("May test it"), "done"),
    "not_on_day": State(_("Not on that day"), "stopped"),
    "approval_over": State(_("Approval has run out"), "stopped"),
    "approval_unknown": State(_("Approval not on record"), "todo"),
    "inactive": State(_("Not in use"), "stopped"),
}


def pairs(states: dict[str, State]) -> list[tuple[str, object]]:
    """Return states as the choices of a filter."""
    return [(value, state.label) for value, state in states.items()]


def ids_reason(text: str) -> Any:
    """Return why firms stand under their codes: the reason of the house in words, or the owner's own."""
    return IDS_REASONS.get(text, text)


def removed(counts: dict[str, int]) -> list[tuple[Any, int, bool]]:
    """Return why how many firms left a list, in words; the last says whether the public should look."""
    return [(REMOVED[name], counts[name], name == "unknown") for name in REMOVED if counts.get(name)]
