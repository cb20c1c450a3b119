"""How the states and the ledger verbs of a draw read on a page."""

from __future__ import annotations

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.procedure import machine
from zhiheng.proof import weighting
from zhiheng.web import wording
from zhiheng.web.tables import State

from . import rules
from .rules import beacons, design

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
    "draw.custodian_named": (_("A custodian of shares was named"), "running"),
    "draw.share_handed_out": (_("A share of the secret was handed out"), "running"),
    "draw.share_given": (_("A custodian gave a share"), "running"),
    "draw.execution": (_("A step of a visit was bound"), "running"),
    "draw.execution_erased": (_("A step of a visit was erased"), "stopped"),
    "draw.assignments_opened": (_("An inspector opened the assignments"), "running"),
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

METHODS = (
    (rules.METHOD, _("At random within each class")),
    (rules.BY_WEIGHT, _("By weight over all classes (Pareto)")),
)

OFFICES = (
    ("regulator", _("Regulator")),
    ("discipline", _("Discipline inspection")),
    ("notary", _("Notary")),
)

SHARE_STATES = {
    "waiting": State(_("To be handed out"), "todo"),
    "held": State(_("Held by the custodian"), "running"),
    "given": State(_("Given back"), "done"),
    "over": State(_("No longer needed"), "neutral"),
}

OUTCOMES = {
    "refused": _("Refused"),
    "closed": _("Closed"),
    "not_found": _("Not found"),
    "no_stock": _("No stock"),
}

BEACONS = (
    ("drand", _("A round of the public drand network")),
    ("lottery-ssq", _("Published draws of the welfare lottery")),
    ("dice", _("A ceremony with dice in public")),
    ("commit-reveal", _("Secrets of several offices, bound beforehand")),
    ("text", _("Another public text, described in words")),
    ("demo", _("A text of the demonstration")),
)

BEACON_STATES = {
    "verified": _("It proves itself: the numbers were checked by machine."),
    "attested": _("Form and range are right; the truth of it rests on those who stood by."),
    "unverified": _("It can be proved by machine; this machine lacks what is needed, so it was not."),
    "unknown": _("It is a text in words: how much chance is in it nobody can compute."),
}

# How a stranger finds and checks a random text by himself, one sentence a kind.
BEACON_CHECKS = {
    "drand": _(
        "Fetch the named round from any drand server and compare its signature; the command below verifies "
        "the signature by the pinned public key of the network."
    ),
    "lottery-ssq": _(
        "Look up the named issues of the lottery where it publishes them, and compare every number, the blue "
        "ball last."
    ),
    "dice": _("Ask anybody who stood by, or see the record of the ceremony, and compare the faces in order."),
    "commit-reveal": _(
        "Compare the hash of each party’s secret with the commitment that it published before the draw."
    ),
    "text": _("Look the text up where the announcement says, and compare it sign by sign."),
    "demo": _("Invented for the demonstration; there is nothing to look up."),
}


def reasons(counts: dict[str, int]) -> list[tuple[Any, int]]:
    """Return how many units each reason left out, in words."""
    return [(REASONS[name], counts[name]) for name in design.REASONS if counts.get(name)]


def stratum(name: str) -> str:
    """Return a stratum as a person reads it: the risk class, then what else it is about.

    >>> stratum("B")
    'B'
    """
    if name == weighting.ALL:
        return gettext("by weight over all classes")
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


def weights(table: dict[str, Any] | None, n: int) -> dict[str, Any] | None:
    """Return the table of a draw by weight as pages show it; nothing for any other draw."""
    if table is None:
        return None
    near = weighting.bound(table)
    chances = {row["stratum"]: weighting.target(table, row["stratum"]) for row in table["classes"]}
    return {
        "rows": [
            {
                **row,
                "label": stratum(row["stratum"]),
                "reason": _factors(row["reason"]),
                "chance": chances[row["stratum"]],
                "share": chances[row["stratum"]][0] / chances[row["stratum"]][1],
                "is_certain": chances[row["stratum"]] == (1, 1),
            }
            for row in table["classes"]
        ],
        "size": sum(row["population"] for row in table["classes"]),
        "n": n,
        "certain": table["certain"],
        "bound": None if near is None else float(near),
    }


def _factors(reason: str) -> str:
    """Return the factors of a weight in the language of the page; the announcement keeps them in one form."""
    said = []
    for factor in reason.split(", "):
        what, _cross, times = factor.rpartition(" x")
        kind, _blank, name = what.partition(" ")
        if kind == "risk":
            text = gettext("risk class %(name)s × %(times)s")
        elif kind == "credit":
            text = gettext("credit class %(name)s × %(times)s")
        else:
            text = gettext("drawn lately × %(times)s")
        said.append(text % {"name": name, "times": times})
    return "; ".join(said)


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
    return beacon_text(of.beacon)


def beacon_text(said: dict[str, Any]) -> str:
    """Return the kind and the reference of a public random text; a round of drand with its moment."""
    kind, reference = said.get("kind", ""), said.get("ref", "")
    from_ = beacons.moment({"kind": kind, "ref": reference}) if kind == "drand" else None
    when = f" ({wording.moment(from_)})" if from_ is not None else ""
    return f"{dict(BEACONS).get(kind, kind)} · {reference}{when}"


def beacon_facts(said: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return how far the text that was used is proved, how to look it up, and which could not be had."""
    rows = [(gettext("Check it yourself"), BEACON_CHECKS.get(said.get("kind", ""), ""))]
    if "status" in said:
        rows.insert(0, (gettext("How far it proves itself"), BEACON_STATES[said["status"]]))
    for row in said.get("skipped", ()):
        rows.append((gettext("Could not be had"), f"{beacon_text(row)} — {row['reason']}"))
    return rows


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
