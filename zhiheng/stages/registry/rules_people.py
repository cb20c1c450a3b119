"""The rules of persons in the register: qualifications, certificates, leave, conflicts, masked names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from . import rules
from .rules import Fault
from .rules_licences import day_faults

QUALIFICATIONS = ("chief_quality_officer", "professional_title", "occupational", "training")
CHIEF = "chief_quality_officer"
COVERAGE_RULE = "chief-quality-officer/makers-in-business/1"


def qualification_faults(row: Mapping[str, Any], *, demo: bool) -> list[Fault]:
    """Return what stands against this qualification of a firm's person entering the register."""
    faults = rules.code_faults(str(row.get("subject", "")), demo=demo, field="subject")
    return faults + about_faults(row)


def about_faults(row: Mapping[str, Any]) -> list[Fault]:
    """Check what a qualification says, whoever's it is; a chief quality officer's duties are required."""
    faults = rules.text_faults("person", str(row.get("person") or ""), 64)
    faults += rules.choice_faults(row, "kind", QUALIFICATIONS)
    faults += rules.text_faults("title", str(row.get("title") or ""), 120)
    faults += rules.length_faults(row, "number", 64) + rules.length_faults(row, "issuer", 120)
    faults += rules.length_faults(row, "duties", 400)
    if row.get("kind") == CHIEF and not str(row.get("duties") or "").strip():
        faults.append(Fault("duties", "duties-required"))
    return faults + day_faults(row)


def end_faults(
    ended_on: dt.date, reason: str, *, valid_from: dt.date, ended_before: dt.date | None, today: dt.date
) -> list[Fault]:
    """Check an end: once, not before the beginning, not on a day to come, and with its reason."""
    if ended_before is not None:
        return [Fault("ended_on", "ended-already", ended_before.isoformat())]
    faults = []
    if ended_on < valid_from:
        faults.append(Fault("ended_on", "ended-before-it-began", ended_on.isoformat()))
    if ended_on > today:
        faults.append(Fault("ended_on", "day-to-come", ended_on.isoformat()))
    return faults + rules.text_faults("reason", reason, 200)


def certificate_faults(row: Mapping[str, Any]) -> list[Fault]:
    """Return what stands against this certificate of an inspector."""
    faults = rules.text_faults("number", str(row.get("number") or ""), 40)
    faults += rules.length_faults(row, "issuer", 120)
    for division in row.get("fields") or ():
        faults += rules.division_faults(str(division), field="fields")
    return faults + day_faults(row)


def leave_faults(row: Mapping[str, Any]) -> list[Fault]:
    """Check the days of a leave; both are known."""
    return day_faults(row, last_is_required=True)


def mask(name: str) -> str:
    """Return a name of which the first character alone can be read.

    >>> mask("张三丰"), mask("李"), mask("")
    ('张**', '李*', '')
    """
    return f"{name[0]}{'*' * max(len(name) - 1, 1)}" if name else ""


def holds(row: Mapping[str, Any], on: dt.date) -> bool:
    """Say whether a qualification or certificate counts on a day."""
    last, ended = row["valid_until"], row["ended_on"]
    is_over = (last is not None and last < on) or (ended is not None and ended <= on)
    return (row["valid_from"] or on) <= on and not is_over
