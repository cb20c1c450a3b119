"""A result record says what was measured on one sample, against which limit, and what follows.

结果记录. The verdict is not an opinion: it must be the one that value, limit, uncertainty and decision rule
give (ISO/IEC 17025:2017, 3.7 and 7.8.6; ILAC-G8:09/2019, 4.2). A value without a unit cannot be built.

A value below what the method can tell is a censored value: qualifier ``<`` and the limit of the method as its
value. It is never turned into a number, and where it settles nothing against the limit it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhiheng.formats import units
from zhiheng.formats.shapes import fields

TYPE = "zhiheng/result-record/1"
LIMIT_KINDS = ("upper", "lower")
DECISION_RULES = ("simple-acceptance", "guarded-acceptance", "guarded-rejection")
VERDICTS = ("pass", "fail")
BELOW = "<"
_KEYS = (
    "type",
    "result",
    "sample",
    "item",
    "method",
    "value",
    "unit",
    "uncertainty",
    "limit",
    "limit_kind",
    "decision_rule",
    "verdict",
    "basis",
    "purpose",
    "probability",
    "custody",
    "lab",
    "reported_on",
    "replaces",
)
_OPTIONAL = ("qualifier",)  # absent from the record of an exact value, so that such a record keeps its digest


@dataclass(frozen=True)
class CustodyStep:
    """One hand-over of a sealed sample: when, from whom, to whom, under which seal (codes, never names)."""

    at: str
    giver: str
    taker: str
    seal: str

    def __post_init__(self) -> None:
        fields.moment(self.at, "custody.at")
        for name in ("giver", "taker", "seal"):
            fields.text(getattr(self, name), f"custody.{name}", most=64)

    def to_dict(self) -> dict[str, Any]:
        """Return the step as plain JSON values."""
        return {"at": self.at, "giver": self.giver, "taker": self.taker, "seal": self.seal}

    @classmethod
    def from_dict(cls, value: Any) -> CustodyStep:
        """Build the step from plain JSON values."""
        return cls(**fields.mapping(value, "custody", ("at", "giver", "taker", "seal")))


@dataclass(frozen=True)
class ResultRecord:
    """One measured value of one sample with what is needed to contest it; numbers are decimal strings.

    ``uncertainty`` is the expanded uncertainty U (k = 2) in the same unit, None when the lab stated none.
    ``probability`` is the exact inclusion probability (n, N) of the unit, None when it was not drawn.
    ``qualifier`` is ``<`` when the laboratory found less than ``value``, and empty otherwise.
    """

    result: str
    sample: str
    item: str
    method: str
    value: str
    unit: str
    limit: str
    limit_kind: str
    decision_rule: str
    verdict: str
    basis: str
    purpose: str
    lab: str
    reported_on: str
    uncertainty: str | None = None
    probability: tuple[int, int] | None = None
    custody: tuple[CustodyStep, ...] = ()
    replaces: str | None = None
    qualifier: str = ""

    def __post_init__(self) -> None:
        for name in ("result", "sample", "lab"):
            fields.text(getattr(self, name), name, most=64)
        for name in ("item", "method"):
            fields.text(getattr(self, name), name)
        fields.decimal(self.value, "value")
        if not self.unit:
            raise fields.refuse("unit", f"{self.value} has no unit", "State the unit, 1 for a ratio.")
        units.get(fields.text(self.unit, "unit", most=40))
        fields.decimal(self.limit, "limit")
        fields.one_of(self.basis, "basis", fields.BASES)
        fields.one_of(self.purpose, "purpose", fields.PURPOSES)
        fields.day(self.reported_on, "reported_on")
        if self.replaces is not None:
            fields.text(self.replaces, "replaces", most=64)
        self._check_probability()
        self._check_verdict()
        self._check_custody()

    def _check_probability(self) -> None:
        if self.probability is not None:
            numerator, _ = fields.ratio(self.probability, "probability", most_one=True)
            fields.integer(numerator, "probability", 1)
        if (self.basis == "probability") != (self.probability is not None):
            raise fields.refuse(
                "probability", "a drawn unit has an inclusion probability, any other has none"
            )

    def _check_verdict(self) -> None:
        fields.one_of(self.verdict, "verdict", VERDICTS)
        expected = verdict(
            self.value, self.limit, self.limit_kind, self.decision_rule, self.uncertainty, self.qualifier
        )
        if self.verdict != expected:
            raise fields.refuse(
                "verdict",
                f"{self.qualifier}{self.value} against the {self.limit_kind} limit {self.limit} "
                f"gives {expected} under {self.decision_rule}",
                "Correct the verdict, the value, the limit or the decision rule.",
            )

    def _check_custody(self) -> None:
        if not all(isinstance(step, CustodyStep) for step in self.custody):
            raise fields.refuse("custody", "a list of custody steps belongs here")
        for before, after in zip(self.custody, self.custody[1:], strict=False):
            if before.taker != after.giver:
                raise fields.refuse("custody", f"{before.taker} took the sample but {after.giver} gave it on")

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain JSON values."""
        plain = {
            name: getattr(self, name) for name in _KEYS if name not in ("type", "probability", "custody")
        }
        probability = None if self.probability is None else list(self.probability)
        custody = [step.to_dict() for step in self.custody]
        censored = {"qualifier": self.qualifier} if self.qualifier else {}
        return {"type": TYPE, **plain, **censored, "probability": probability, "custody": custody}

    @classmethod
    def from_dict(cls, value: Any) -> ResultRecord:
        """Build the record from plain JSON values, refusing unknown and missing fields by name."""
        plain = dict(fields.mapping(value, "result record", _KEYS, _OPTIONAL))
        fields.one_of(plain.pop("type"), "type", (TYPE,))
        if plain["probability"] is not None:
            plain["probability"] = fields.ratio(plain["probability"], "probability")
        plain["custody"] = tuple(map(CustodyStep.from_dict, fields.items(plain["custody"], "custody")))
        return cls(**plain)


def verdict(
    value: str,
    limit: str,
    limit_kind: str,
    decision_rule: str,
    uncertainty: str | None,
    qualifier: str = "",
) -> str:
    """Return the verdict that a decision rule gives.

    With x the value, L an upper limit and U the expanded uncertainty (ILAC-G8:09/2019, 4.2): simple
    acceptance passes x <= L; guarded acceptance passes x <= L - U; guarded rejection fails only x > L + U.
    A lower limit mirrors this. The guarded rules need U. Of a censored value all that is known is x < q; it
    gives a verdict when every such x gives the same one, and is refused otherwise.

    >>> verdict("0.95", "1.00", "upper", "guarded-acceptance", "0.10")
    'fail'
    >>> verdict("0.01", "0.10", "upper", "simple-acceptance", None, "<")
    'pass'
    """
    fields.one_of(limit_kind, "limit_kind", LIMIT_KINDS)
    fields.one_of(decision_rule, "decision_rule", DECISION_RULES)
    fields.one_of(qualifier, "qualifier", ("", BELOW))
    guard = Decimal(0)
    if uncertainty is not None:
        guard = Decimal(fields.decimal(uncertainty, "uncertainty"))
        if guard < 0:
            raise fields.refuse("uncertainty", "it is negative")
    elif decision_rule != "simple-acceptance":
        raise fields.refuse("uncertainty", f"{decision_rule} needs one", "Ask the laboratory for it.")
    shift = {"simple-acceptance": 0, "guarded-acceptance": -1, "guarded-rejection": 1}[decision_rule]
    is_upper = limit_kind == "upper"
    room = Decimal(limit) - Decimal(value) if is_upper else Decimal(value) - Decimal(limit)
    if not qualifier:
        return "pass" if room + shift * guard >= 0 else "fail"
    if is_upper and room + shift * guard >= 0:
        return "pass"
    if not is_upper and room + shift * guard <= 0:
        return "fail"
    raise fields.refuse(
        "value",
        f"less than {value} says nothing about the {limit_kind} limit {limit} under {decision_rule}",
        "Test again with a method whose limit of quantification lies below the limit.",
    )


def split(text: str) -> tuple[str, str]:
    """Return qualifier and number of a value as people write it; the number itself is not judged here.

    >>> split("<0.01"), split("＜ 0.01"), split("0.12")
    (('<', '0.01'), ('<', '0.01'), ('', '0.12'))
    """
    plain = text.strip()
    return (BELOW, plain[1:].strip()) if plain[:1] in ("<", "＜") else ("", plain)
