"""How the states and the ledger verbs of a draw read on a page."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.procedure import machine
from zhiheng.web import wording
from zhiheng.web.tables import State

from . import rules
from .rules import design

TONES = {rules.COMMITTED: "todo", rules.REVEALED: "running", rules.CLOSED: "done", rules.ABORTED: "stopped"}

VERBS = {
    "draw.committed": (_("Draw announced, its secret committed"), "running"),
    "draw.revealed": (_("Units drawn, the list bound by its hash"), "done"),
    "draw.aborted": (_("Draw aborted in public"), "stopped"),
    "draw.planned": (_("The day of the draw was planned"), "todo"),
    "draw.year_planned": (_("The draws of the year were planned"), "todo"),
    "draw.frame_frozen": (_("The list of the duty was frozen"), "done"),
    "draw.reserve_used": (_("A reserve stepped in"), "running"),
    "draw.panel_announced": (_("A panel was announced: its later draws use these numbers"), "running"),
    "draw.panel_ended": (_("The panel was ended"), "stopped"),
    "draw.joint_opened": (_("A joint campaign over several lists was opened"), "running"),
    "draw.joint_sealed": (_("Chances and weights of all drawn firms were sealed"), "done"),
    "draw.closed": (_("Draw closed: every visit has ended, the list is public"), "done"),
}

REASONS = {
    design.HIGHER: _("Drawn by a higher level already"),
    design.NO_REPEAT: _("Drawn by this office within six months"),
    design.YEARLY: _("Drawn by this office this year already"),
    design.COVERED: _("Covered in this cycle"),
    design.CONFLICT: _("Conflict of interest of the office"),
    design.MERGED: _("Merged or split since the frame was frozen"),
}

OUTCOMES = {
    "refused": _("Refused"),
    "closed": _("Closed"),
    "not_found": _("Not found"),
    "no_stock": _("No stock"),
}

BEACONS = (
    ("lottery-ssq", _("Published draws of the welfare lottery")),
    ("drand", _("A round of the public drand network")),
    ("dice", _("A ceremony with dice in public")),
    ("demo", _("A text of the demonstration")),
)


def reasons(counts: dict[str, int]) -> list[tuple[Any, int]]:
    """Return how many units each reason left out, in words."""
    return [(REASONS[name], counts[name]) for name in design.REASONS if counts.get(name)]


def stratum(name: str) -> str:
    """Return a stratum as a person reads it: the risk class, then what else it is about.

    >>> stratum("B")
    'B'
    """
    first, mark, last = name.partition("~")
    if mark:
        return gettext("%(first)s to %(last)s") % {"first": stratum(first), "last": stratum(last)}
    risk, credit, is_recent = design.parts(name)
    more = []
    if credit == design.UNCLASSED:
        more.append(gettext("no credit class"))
    elif credit:
        more.append(gettext("credit class %(name)s") % {"name": credit})
    if is_recent:
        more.append(gettext("drawn lately"))
    return " · ".join([risk, *more])


def joined(table: dict[str, Any] | None) -> list[str]:
    """Return why and which classes were joined, one sentence a stratum; nothing where none was.

    >>> joined(None)
    []
    """
    if table is None:
        return []
    reason = gettext(
        "The quota of %(quota)s is below the least number of %(minimum)s firms in every class. By the rule "
        "%(rule)s neighbouring classes are drawn from as one, each firm with the same exact probability."
    ) % {name: table[name] for name in ("quota", "minimum", "rule")}
    return [
        reason,
        *(
            gettext("%(name)s joins: %(classes)s")
            % {"name": stratum(row["stratum"]), "classes": "; ".join(map(stratum, row["of"]))}
            for row in table["strata"]
        ),
    ]


def beacon(of: Any) -> str:
    """Return which public random text a draw uses, as it was announced."""
    kind = of.beacon.get("kind", "")
    return f"{dict(BEACONS).get(kind, kind)} · {of.beacon.get('ref', '')}"


def random_text(value: str) -> str:
    """Return the bytes of a public random text as a person can compare them: text, or else hexadecimal."""
    try:
        text = bytes.fromhex(value).decode()
    except UnicodeDecodeError:
        return value
    return text if all(char.isprintable() or char == "\n" for char in text) else value


def named(thing: Any) -> Any:
    """Return the name of a state in the language of whoever reads it."""
    return lazy(lambda: wording.bilingual(thing), str)()


def states(table: machine.Table, tones: dict[str, str]) -> dict[str, State]:
    """Return the words and tones of all states of a procedure."""
    return {state.id: State(named(state), tones.get(state.id, "neutral")) for state in table.states}


STATES = states(rules.PROCEDURE, TONES)

PLAN_STATES = {
    "unplanned": State(_("Not planned"), "due"),
    "planned": State(_("Planned"), "neutral"),
    **{state: STATES[state] for state in (rules.COMMITTED, rules.REVEALED, rules.CLOSED)},
}
