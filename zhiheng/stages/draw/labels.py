"""How the states and the ledger verbs of a draw read on a page."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from zhiheng.procedure import machine
from zhiheng.web import wording
from zhiheng.web.tables import State

from . import rules

TONES = {rules.COMMITTED: "todo", rules.REVEALED: "running", rules.CLOSED: "done", rules.ABORTED: "stopped"}

VERBS = {
    "draw.committed": (_("Draw announced, its secret committed"), "running"),
    "draw.revealed": (_("Units drawn, the list bound by its hash"), "done"),
    "draw.aborted": (_("Draw aborted in public"), "stopped"),
    "draw.closed": (_("Draw closed: every visit has ended, the list is public"), "done"),
}

BEACONS = (
    ("lottery-ssq", _("Published draws of the welfare lottery")),
    ("drand", _("A round of the public drand network")),
    ("dice", _("A ceremony with dice in public")),
    ("demo", _("A text of the demonstration")),
)


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
