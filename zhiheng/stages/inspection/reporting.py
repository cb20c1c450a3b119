"""The rules of a laboratory's report: which lines can be, and what would follow if they were signed.

Pure: no Django, no clock. A draft decides nothing; ``prospect`` says what the signature would decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.formats import units
from zhiheng.formats.shapes import verdict
from zhiheng.formats.shapes.result_record import split
from zhiheng.procedure import machine

from . import rules
from .refusals import refuse
from .rules import sampling

PROCEDURE = machine.load("report")
DRAFTED, SIGNED, CORRECTED = "drafted", "signed", "corrected"
MOST_LINES = 1_000
INSIDE, GUARD, OUTSIDE = "inside", "guard", "outside"

# What enforces each condition that the table of a report names.
GUARDS = {
    "values_can_be": "zhiheng.stages.inspection.reporting.check_line",
    "method_in_scope": "zhiheng.stages.inspection.lab_rows.check",
    "decision_rule_applied": "zhiheng.formats.shapes.verdict",
    "reason_given": "zhiheng.stages.inspection.rules.check_reason",
}

_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—−－﹣", "-"))
_NOT_DETECTED = frozenset({"nd", "n.d.", "未检出", "未檢出", "not detected", "bdl", "<lod", "<loq"})
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?")
_COMMA = re.compile(r"-?[0-9]+(?:[,，][0-9]+)+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Line:
    """One item as the laboratory reports it; ``value`` may be a bound such as "<0.01".

    ``part`` is the seal of the further part that was tested; it is empty for the sample itself.
    """

    item: str
    method: str
    value: str
    unit: str
    limit: str
    limit_kind: str
    uncertainty: str | None = None
    decision_rule: str = rules.SIMPLE_ACCEPTANCE
    part: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return what a report holds once: an item of the sample or of one part, in the order of a report."""
        return self.item, self.part

    def to_dict(self) -> dict[str, Any]:
        """Return the line as a draft keeps it."""
        return asdict(self)

    @property
    def measured(self) -> dict[str, Any]:
        """Return the fields that say what was measured, as the action of a result takes them."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of one sample, as a file or a machine hands it in."""

    seal_no: str
    reported_on: date
    line: Line
    number: str = ""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would follow from a line: the verdict, and where the value lies against limit and uncertainty.

    ``zone`` is inside (the whole interval conforms), outside, or guard: the limit lies within value ± U.
    """

    line: Line
    verdict: str
    zone: str


def line_of(plain: dict[str, Any]) -> Line:
    """Return the line that a draft keeps."""
    return Line(**plain)


def plain(text: str) -> str:
    """Return a seal, a number or a unit as a keyboard of halfwidth signs writes it, without blanks around it.

    >>> plain("Ｓ－００１ "), plain("０.０８"), plain("㎎/㎏")
    ('S-001', '0.08', 'mg/kg')
    """
    return unicodedata.normalize("NFKC", text).translate(_HYPHENS).strip()


def tidied(line: Line) -> Line:
    """Return a line whose signs are plain; no number and no letter of a unit is changed in its meaning."""
    return replace(
        line,
        item=line.item.strip(),
        method=line.method.strip(),
        value=plain(line.value),
        unit=_known_unit(line.unit),
        limit=plain(line.limit),
        uncertainty=plain(line.uncertainty) or None if line.uncertainty else None,
        part=plain(line.part),
    )


def _known_unit(text: str) -> str:
    """Return the unit as the list writes it, where only the kind of its signs differs."""
    written = text.strip()
    if written in units.all():
        return written
    return next((code for code in units.all() if plain(code) == plain(written)), written)


def check_line(line: Line) -> Line:
    """Return a line whose values can be, or refuse it naming the field.

    >>> check_line(Line("lead", "GB 1", "<0.01", "mg/kg", "0.1", "upper")).value
    '<0.01'
    """
    for name in ("item", "method"):
        if not getattr(line, name).strip():
            raise refuse("bad-shape", field=name)
    _check_unit(line.unit)
    qualifier, value = split(line.value)
    if qualifier and line.value.casefold() in _NOT_DETECTED:
        raise refuse("not-detected", text=line.value, field="value")
    _check_number(value, "value")
    _check_number(line.limit, "limit")
    if line.uncertainty is not None:
        _check_number(line.uncertainty, "uncertainty")
        if Decimal(line.uncertainty) < 0:
            raise refuse("bad-shape", field="uncertainty")
    sampling.check_possible(value, line.unit)
    prospect(line)
    return line


def prospect(line: Line) -> Prospect:
    """Return what would follow from a line.

    >>> said = prospect(Line("lead", "GB 1", "0.095", "mg/kg", "0.1", "upper", "0.010"))
    >>> said.verdict, said.zone
    ('pass', 'guard')
    """
    qualifier, value = split(line.value)
    try:
        said = verdict(value, line.limit, line.limit_kind, line.decision_rule, line.uncertainty, qualifier)
    except BadInput as error:
        field = error.facts.get("field", "value")
        if qualifier and field == "value":
            raise refuse("cannot-tell", value=value, limit=line.limit, field="value") from error
        raise refuse("bad-shape", field=field) from error
    return Prospect(line, said, _zone(line, value, said))


def _zone(line: Line, value: str, said: str) -> str:
    room = abs(Decimal(line.limit) - Decimal(value))
    if line.uncertainty is not None and room <= Decimal(line.uncertainty):
        return GUARD
    return INSIDE if said == "pass" else OUTSIDE


def sample_verdict(prospects: Sequence[Prospect]) -> str:
    """Return the verdict that a sample would get from all its items."""
    return rules.visit_verdict(one.verdict for one in prospects)


def report_verdict(verdicts: Sequence[str]) -> str:
    """Return the verdict of a report from the verdicts of its results."""
    return rules.visit_verdict(verdicts)


def failing_first(prospects: Sequence[Prospect]) -> list[Prospect]:
    """Order corrections so that a sample that fails before and after them never passes in between."""
    return sorted(prospects, key=lambda one: one.verdict != "fail")


def merged(kept: Sequence[Line], new: Sequence[Line]) -> list[Line]:
    """Return the lines of a draft after more were handed in: an item given again takes the new line."""
    found = {line.key: line for line in kept}
    return list((found | {line.key: line for line in new}).values())


def report_number(given: str, seal_no: str) -> str:
    """Return the laboratory's own number of a report, or one made from the seal."""
    return given.strip() or f"R-{seal_no}"


def _check_unit(code: str) -> None:
    if code in units.all():
        return
    if not code:
        raise refuse("bad-shape", field="unit")
    near = [known for known in units.all() if known.casefold() == code.casefold()]
    if near:
        raise refuse("unit-letters", unit=code, near="、".join(near), field="unit")
    raise refuse("unknown-unit", unit=code, field="unit")


def _check_number(text: str, field: str) -> None:
    if _COMMA.fullmatch(text):
        raise refuse("comma", text=text, field=field)
    if text.casefold() in _NOT_DETECTED:
        raise refuse("not-detected", text=text, field=field)
    if not _NUMBER.fullmatch(text):
        raise refuse("no-number", text=text[:40], field=field)
