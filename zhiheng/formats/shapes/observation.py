"""An observation is one number about one series, region, period and breakdown, as one vintage says it.

观测值。Numbers are Decimals, written as decimal strings in JSON; a share of a series in % is kept in %. Unit,
basis and purpose stand in each row, so that no join can mix them. Rows are only ever added: a correction is
the same key with the next revision and a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from zhiheng.formats import periods
from zhiheng.formats.shapes import fields

TYPE = "zhiheng/observation/1"
KEY = ("series", "region", "period", "breakdown", "voice")
VOICES = ("own", "others")
"""Who says a number: this office (estimated, computed) or others (published, derived from that)."""
INTERVALS = ("design", "model", "bound", "none")
"""How the interval came about: ``bound`` says that the source gives one end alone ("above 99 %")."""
STATUSES = ("preliminary", "final", "revised", "suppressed")
ORIGINS = ("estimated", "computed", "published", "derived")
FLAGS = ("thin", "census", "borrowed", "linked", "imputed", "missing", "demonstration")
EVIDENCE = ("", "A", "B", "C")
LABEL = re.compile(r"~[0-9A-Za-z][0-9A-Za-z.-]{0,30}")
"""A period as the source names it, where its days are not known: ``~2024-R1`` is a first round."""
REGION = re.compile(r"[0-9]{6}|[A-Z]{2,12}")
"""A code of GB/T 2260, or a grouping such as EAST."""
SERIES = re.compile(r"[a-z][a-z0-9_]{0,63}")
DIMENSION = re.compile(r"[a-z][a-z0-9_]{0,31}")
MEMBER = re.compile(r"[^\s;=][^;=\n\r\t]{0,79}")
MOST_DIMENSIONS = 6
MOST_DIGITS = 20
_NUMBERS = ("value", "lower", "upper", "standard_error", "coverage", "design_effect")
_DIGESTS = ("formula_sha", "inputs_sha", "bundle_sha")


def breakdown(members: Mapping[str, str]) -> str:
    """Return the one form of a breakdown: its dimensions sorted, the whole as nothing.

    >>> breakdown({"division": "13", "channel": "shop"}), breakdown({})
    ('channel=shop;division=13', '')
    """
    return ";".join(f"{name}={member}" for name, member in sorted(members.items()))


def members(text: str) -> dict[str, str]:
    """Return the dimensions of a breakdown with their members, or refuse a text in another form.

    >>> members("channel=shop;division=13")
    {'channel': 'shop', 'division': '13'}
    """
    found: dict[str, str] = {}
    for part in text.split(";") if text else ():
        name, _equals, member = part.partition("=")
        fields.matching(name, "breakdown", DIMENSION, "the name of a dimension")
        fields.matching(member, "breakdown", MEMBER, f"a member of {name}")
        found[name] = member
    if len(found) > MOST_DIMENSIONS or breakdown(found) != text:
        raise fields.refuse("breakdown", f"{text[:80]!r} is not sorted, repeats a dimension or has too many")
    return found


def number(value: Decimal | None) -> str | None:
    """Return the one text of a number: no exponent, no zeros at the end.

    >>> number(Decimal("97.040")), number(Decimal("1E+2")), number(Decimal("-0")), number(None)
    ('97.04', '100', '0', None)
    """
    if value is None:
        return None
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("", "-0") else text


@dataclass(frozen=True, slots=True)
class Observation:
    """One row: what it speaks of, the number with its interval, how it came about, and which vintage it is.

    ``said`` keeps the number as its source printed it; a grade has nothing else. A value that a formula could
    not give is flagged ``missing`` and says why in ``note``.
    """

    series: str
    region: str
    period: str
    unit: str
    basis: str
    purpose: str
    origin: Literal["estimated", "computed", "published", "derived"]
    recorded_at: datetime
    breakdown: str = ""
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    standard_error: Decimal | None = None
    interval: Literal["design", "model", "bound", "none"] = "none"
    level: str = ""
    n: int | None = None
    population: int | None = None
    coverage: Decimal | None = None
    design_effect: Decimal | None = None
    status: Literal["preliminary", "final", "revised", "suppressed"] = "final"
    flags: tuple[str, ...] = ()
    said: str = ""
    evidence: str = ""
    source: str = ""
    note: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    revision: int = 0
    reason: str = ""
    formula_sha: str = ""
    inputs_sha: str = ""
    bundle_sha: str = ""
    release: str = ""

    type: ClassVar[str] = TYPE

    def __post_init__(self) -> None:
        self._check_key()
        self._check_numbers()
        self._check_interval()
        self._check_presence()
        self._check_origin()
        self._check_vintage()

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What stands once among the current rows: a published number never replaces an estimate."""
        return self.series, self.region, self.period, self.breakdown, self.voice

    @property
    def voice(self) -> str:
        """Who says the number: this office or others."""
        return "own" if self.origin in ("estimated", "computed") else "others"

    @property
    def members(self) -> dict[str, str]:
        """The dimensions of the breakdown with their members."""
        return members(self.breakdown)

    @property
    def is_labelled(self) -> bool:
        """Whether the period is the name that the source gives, not one of ``formats.periods``."""
        return self.period.startswith("~")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form: every field, numbers as decimal strings."""
        body: dict[str, Any] = {"type": TYPE}
        for field in dataclass_fields(self):
            value = getattr(self, field.name)
            if field.name in _NUMBERS:
                value = number(value)
            elif isinstance(value, date):  # a datetime is one too
                value = value.isoformat()
            elif isinstance(value, tuple):
                value = list(value)
            body[field.name] = value
        return body

    @classmethod
    def from_dict(cls, body: Any) -> Observation:
        """Read the JSON form, or refuse it and name the field."""
        names = [field.name for field in dataclass_fields(cls)]
        held = dict(fields.mapping(body, "observation", ("type", *names)))
        fields.one_of(held.pop("type"), "type", (TYPE,))
        for name in _NUMBERS:
            if held[name] is not None:
                held[name] = Decimal(fields.decimal(held[name], name))
        for name in ("valid_from", "valid_to"):
            if held[name] is not None:
                held[name] = date.fromisoformat(fields.day(held[name], name))
        held["recorded_at"] = datetime.fromisoformat(fields.moment(held["recorded_at"], "recorded_at"))
        held["flags"] = tuple(fields.items(held["flags"], "flags"))
        return cls(**held)

    def _check_key(self) -> None:
        fields.matching(self.series, "series", SERIES, "the identifier of a series")
        fields.matching(self.region, "region", REGION, "a region code or a grouping")
        fields.text(self.breakdown, "breakdown", empty=True)
        members(self.breakdown)
        fields.text(self.unit, "unit", most=24)
        fields.one_of(self.basis, "basis", fields.BASES)
        fields.one_of(self.purpose, "purpose", fields.PURPOSES)
        self._check_period()

    def _check_period(self) -> None:
        for name in ("valid_from", "valid_to"):
            day = getattr(self, name)
            if day is not None and (not isinstance(day, date) or isinstance(day, datetime)):
                raise fields.refuse(name, "a date or nothing belongs here")
        if not str(self.period).startswith("~"):
            known = periods.parse(fields.period(self.period, "period"))
            for name, day in (("valid_from", known.first), ("valid_to", known.last)):
                if getattr(self, name) is None:
                    object.__setattr__(self, name, day)
                elif getattr(self, name) != day:
                    raise fields.refuse(name, f"the period {self.period} says {day.isoformat()}")
            return
        fields.matching(self.period, "period", LABEL, "a label such as ~2024-R1")
        if self.origin not in ("published", "derived"):
            raise fields.refuse("period", "a label stands for what others published; own figures have days")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise fields.refuse("valid_to", "it lies before the first day")

    def _check_numbers(self) -> None:
        for name in _NUMBERS:
            value = getattr(self, name)
            if value is None:
                continue
            if not isinstance(value, Decimal) or not value.is_finite():
                raise fields.refuse(name, "a finite Decimal or nothing belongs here")
            fields.decimal(number(value), name)
        for name in ("n", "population"):
            if getattr(self, name) is not None:
                fields.integer(getattr(self, name), name)
        if self.standard_error is not None and self.standard_error < 0:
            raise fields.refuse("standard_error", "it is never negative")
        if self.design_effect is not None and self.design_effect <= 0:
            raise fields.refuse("design_effect", "it is above zero")
        if self.coverage is not None and not 0 <= self.coverage <= 1:
            raise fields.refuse("coverage", "a share lies between 0 and 1")

    def _check_interval(self) -> None:
        fields.one_of(self.interval, "interval", INTERVALS)
        ends = (self.lower, self.upper)
        given = sum(end is not None for end in ends)
        if self.interval in ("design", "model"):
            if given != 2 or self.value is None or not self.lower <= self.value <= self.upper:
                raise fields.refuse("interval", "the value lies between two given ends")
            if not 0 < float(fields.decimal(self.level, "level")) < 1:
                raise fields.refuse("level", "a level such as 0.95 lies between 0 and 1")
            return
        if self.interval == "bound" and (given != 1 or self.value is not None):
            raise fields.refuse("interval", "a bound has one end and no value")
        if self.interval == "none" and given:
            raise fields.refuse("interval", "ends are given, but no interval")
        if self.level:
            raise fields.refuse("level", "there is no interval that it belongs to")

    def _check_presence(self) -> None:
        fields.one_of(self.status, "status", STATUSES)
        fields.text(self.said, "said", most=40, empty=True)
        fields.text(self.note, "note", most=1000, empty=True)
        for flag in self.flags:
            fields.one_of(flag, "flags", FLAGS)
        if not isinstance(self.flags, tuple) or list(self.flags) != sorted(set(self.flags)):
            raise fields.refuse("flags", "they are sorted, each once")
        shown = [
            name for name in ("value", "lower", "upper", "standard_error") if getattr(self, name) is not None
        ]
        is_missing = "missing" in self.flags
        if self.status == "suppressed" or is_missing:
            if shown or self.said or (is_missing and not self.note.strip()):
                raise fields.refuse("value", "a suppressed or missing value shows no number and says why")
        elif self.value is None and self.interval != "bound" and not self.said:
            raise fields.refuse("value", "there is none; suppress it, or flag it as missing and say why")
        if self.standard_error is not None and self.value is None:
            raise fields.refuse("standard_error", "there is no value that it belongs to")

    def _check_origin(self) -> None:
        fields.one_of(self.origin, "origin", ORIGINS)
        fields.one_of(self.evidence, "evidence", EVIDENCE)
        fields.text(self.source, "source", most=400, empty=True)
        fields.text(self.release, "release", most=36, empty=True)
        for name in _DIGESTS:
            if getattr(self, name) != "":
                fields.digest(getattr(self, name), name)
        if self.origin in ("published", "derived") and not (self.source.strip() and self.evidence):
            raise fields.refuse("source", "a published number names its source and how sure that is")
        if self.origin == "computed" and not (self.formula_sha and self.inputs_sha):
            raise fields.refuse("formula_sha", "a computed number names its formula and its inputs")
        if self.origin == "estimated" and not self.inputs_sha:
            raise fields.refuse("inputs_sha", "an estimate names the set of results that it rests on")

    def _check_vintage(self) -> None:
        if not isinstance(self.recorded_at, datetime) or self.recorded_at.tzinfo is None:
            raise fields.refuse("recorded_at", "a time with its offset belongs here")
        object.__setattr__(self, "recorded_at", self.recorded_at.astimezone(UTC))  # one time, one digest
        fields.integer(self.revision, "revision")
        fields.text(self.reason, "reason", empty=True)
        if self.revision and not self.reason.strip():
            raise fields.refuse("reason", "a number that replaces another says why")
        if not self.revision and self.status == "revised":
            raise fields.refuse("status", "the first vintage of a number revises nothing")


def overlapping(rows: Iterable[Observation]) -> tuple[Observation, Observation] | None:
    """Return the first two rows of one thing whose periods overlap on the same level, or nothing.

    A quarter lies in its year by design: only periods of one kind, and campaigns, may not share a day. The
    same period twice overlaps with itself. Labels without days are compared by their text.
    """
    held: dict[tuple[str, ...], list[Observation]] = {}
    for row in rows:
        kind = "label" if row.is_labelled else periods.parse(row.period).kind
        same = held.setdefault((row.series, row.region, row.breakdown, row.voice, kind), [])
        for other in same:
            if other.period == row.period or _share_a_day(other, row):
                return other, row
        same.append(row)
    return None


def _share_a_day(one: Observation, other: Observation) -> bool:
    ends = (one.valid_from, one.valid_to, other.valid_from, other.valid_to)
    if any(day is None for day in ends):
        return False
    return one.valid_from <= other.valid_to and other.valid_from <= one.valid_to
