"""Reads what an address of SDMX REST asks for: a dataflow, a version, keys, conditions, and what to send.

Everything is bounded before it is looked at, nothing is a regular expression of the asker's, and what the
standard knows but this service does not answer is refused by name, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from urllib.parse import unquote

from zhiheng.formats.sdmx import problems
from zhiheng.formats.sdmx.structures import AGENCY, ATTRIBUTES, BY_ID, COLUMNS, DIMENSIONS, IN_KEY, MEASURE

MOST_ADDRESS, MOST_KEYS, MOST_CONDITIONS, MOST_VALUE = 4_000, 50, 200, 120
OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge", "co", "nc", "sw", "ew")
ORDERED = ("lt", "le", "gt", "ge")
NEWEST = ("*", "+", "~", "latest")
YEARS = range(1900, 2200)
KINDS = ("dataflow", "datastructure", "codelist", "conceptscheme")
REFERENCES = ("none", "children", "descendants", "all")

_COUNTS = ("firstNObservations", "lastNObservations", "offset", "limit")
_SHAPE = ("attributes", "measures", "dimensionAtObservation", "includeHistory", "format")
_DATA = frozenset({"c", "asOf", "updatedAfter", *_COUNTS, *_SHAPE})
_NOT_HERE = frozenset({"sort", "reportingYearStartDay", "startPeriod", "endPeriod", "detail"})
_STRUCTURE = frozenset({"references", "detail", "format"})
_ID = re.compile(r"[A-Za-z0-9_@$\-]{1,80}")
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})")
_RANGE = re.compile(r"\d{1,6}\+?(\.\d{1,6}\+?){0,2}")
_BARE_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ANY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a component with a value."""

    operator: str
    value: str


Choice = tuple[tuple[Condition, ...], ...]
"""One of several groups of conditions, each of which must hold whole."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the data of one flow; an empty set in a key is a place that may hold anything."""

    flow: str
    version: str = "*"
    keys: tuple[tuple[frozenset[str], ...], ...] = ()
    conditions: Mapping[str, Choice] = field(default_factory=dict)
    as_of: datetime | None = None
    updated_after: datetime | None = None
    first: int | None = None
    last: int | None = None
    offset: int = 0
    limit: int | None = None
    columns: tuple[str, ...] = COLUMNS
    form: str = ""

    @property
    def depends_on_order(self) -> bool:
        """Whether which rows answer depends on the order of all of them."""
        return (self.first, self.last, self.limit, self.offset) != (None, None, None, 0)


@dataclass(frozen=True, slots=True)
class StructureQuestion:
    """What is asked of the structures: which kind, which one, and what it refers to."""

    kind: str
    id: str = "*"
    version: str = "~"
    references: str = "none"
    form: str = ""


def data(path: str, query: str = "", *, zone: tzinfo = UTC) -> Question:
    """Return what an address below ``/sdmx/data/`` asks for.

    ``asOf`` with a day alone means the end of that day in ``zone``, ``updatedAfter`` its beginning; a time
    without an offset is one of the zone.

    >>> found = data("dataflow/ZH/DF_X/*/Q.330000+110000", "c[TIME_PERIOD]=ge:2020+le:2024&limit=5")
    >>> sorted(found.keys[0][1]), found.limit, found.conditions["TIME_PERIOD"][0][0].operator
    (['110000', '330000'], 5, 'ge')
    """
    context, agency, flow, version, key = _parts(path, query, 5)
    if context in ("datastructure", "provisionagreement"):
        raise problems.refused(
            "not-offered", f"Data are not given by {context} here.", "Ask for one dataflow: dataflow/ZH/ID."
        )
    if context not in ("dataflow", "*"):  # where no context is named, there is nothing here but dataflows
        raise _no_such(context)
    _check_agency(agency)
    given = _parameters(query, _DATA)
    if flow == "*" or "," in flow:
        raise problems.refused(
            "not-offered",
            "One dataflow is given at a time.",
            "Name one of them; /sdmx/structure/dataflow lists all.",
        )
    _check_asked(given)
    return Question(
        flow=flow,
        version=version,
        keys=_keys(key),
        conditions=_conditions(given),
        as_of=_moment(given, "asOf", zone, time.max),
        updated_after=_moment(given, "updatedAfter", zone, time.min),
        first=_whole(given, "firstNObservations"),
        last=_whole(given, "lastNObservations"),
        offset=_whole(given, "offset", least=0) or 0,
        limit=_whole(given, "limit"),
        columns=_columns(given),
        form=given.get("format", ""),
    )


def structure(path: str, query: str = "") -> StructureQuestion:
    """Return what an address below ``/sdmx/structure/`` asks for.

    >>> structure("dataflow"), structure("codelist/ZH/CL_AREA/1.0.0", "references=none").id
    (StructureQuestion(kind='dataflow', id='*', version='~', references='none', form=''), 'CL_AREA')
    """
    kind, agency, id, version = _parts(path, query, 4)
    if kind not in KINDS:
        raise _no_such(kind)
    _check_agency(agency)
    given = _parameters(query, _STRUCTURE)
    if path.strip("/").count("/") < 3:
        version = "~"
    if given.get("detail", "full") != "full":
        raise problems.refused(
            "not-offered", "Structures are given in full alone.", "Leave the parameter detail out."
        )
    references = given.get("references", "none")
    if references not in REFERENCES:
        raise problems.refused(
            "not-offered",
            f"The references {references[:40]!r} are not followed here.",
            f"Followed are: {', '.join(REFERENCES)}.",
        )
    return StructureQuestion(kind, id, version, references, given.get("format", ""))


def exact(version: str) -> tuple[int, ...]:
    """Return the numbers of a version that names one alone; nothing where it names a range.

    >>> exact("1.4.0"), exact("1.4+.0"), exact("*")
    ((1, 4, 0), (), ())
    """
    return _numbers(version) if _VERSION.fullmatch(version) else ()


def is_of(version: str, asked: str) -> bool:
    """Say whether a version falls under what was asked for; a plus sign takes what is newer too.

    >>> is_of("1.4.0", "*"), is_of("1.4.0", "1.3.0"), is_of("1.4.0", "1.3+.0"), is_of("1.4.0", "2+")
    (True, False, True, False)
    """
    if asked in NEWEST:
        return True
    if _VERSION.fullmatch(asked):
        return version == asked
    return _numbers(version) >= _numbers(asked)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.replace("+", "").split("."))


def _parts(path: str, query: str, most: int) -> list[str]:
    """Return the parts of a path, what was left out at its end as ``*``, once it is short and well formed."""
    if len(path) + len(query) > MOST_ADDRESS:
        raise problems.refused(
            "too-large",
            "The address is longer than this service reads.",
            f"Keep it below {MOST_ADDRESS} characters: ask for less at a time.",
        )
    parts = path.strip("/").split("/")
    if len(parts) > most:
        raise problems.refused(
            "syntax", "The address has too many parts.", "Write kind/agency/id/version, and a key for data."
        )
    parts += ["*"] * (most - len(parts))
    for part in parts[1:3]:
        if any(name != "*" and not _ID.fullmatch(name) for name in part.split(",")):
            raise problems.refused(
                "syntax", f"{part[:40]!r} is no identifier of SDMX.", "Use letters, digits, _, @, $ and -."
            )
    version = parts[3]
    if version not in NEWEST and not (_VERSION.fullmatch(version) or _is_range(version)):
        raise problems.refused(
            "syntax", f"{version[:40]!r} is no version.", "Write 1.2.0, 1.2+.0, or * for the newest."
        )
    return parts


def _is_range(version: str) -> bool:
    return "+" in version and bool(_RANGE.fullmatch(version))


def _no_such(kind: str) -> Exception:
    return problems.refused(
        "nothing",
        f"There is nothing of the kind {kind[:40]!r} here.",
        "Begin with /sdmx/structure/dataflow, which lists what there is.",
    )


def _check_agency(agency: str) -> None:
    if AGENCY not in agency.split(",") and agency not in ("*", "all"):
        raise problems.refused(
            "nothing", f"The agency {agency[:40]!r} maintains nothing here.", f"Write {AGENCY}, or *."
        )


def _parameters(query: str, known: Iterable[str]) -> dict[str, str]:
    """Return the parameters of a query; a plus sign is itself, as in ``ge:2020+le:2024``."""
    given: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, _equals, value = part.partition("=")
        name, value = unquote(name), unquote(value)
        root = "c" if name.startswith("c[") and name.endswith("]") else name
        if root in _NOT_HERE and root not in known:
            raise problems.refused(
                "not-offered",
                f"The parameter {name} is not answered here.",
                f"Answered are: {', '.join(sorted(known))}.",
            )
        if root not in known or name == "c":
            raise problems.refused(
                "syntax",
                f"There is no parameter {name[:40]!r}.",
                f"Answered are: {', '.join(sorted(known))}.",
            )
        if name in given:
            raise problems.refused(
                "syntax",
                f"The parameter {name[:40]!r} stands twice.",
                "Join its values with a comma or a plus.",
            )
        given[name] = value
    return given


def _check_asked(given: Mapping[str, str]) -> None:
    if given.get("dimensionAtObservation", "AllDimensions") != "AllDimensions":
        raise problems.refused(
            "not-offered",
            "Observations are given flat, with all their dimensions.",
            "Leave dimensionAtObservation out, or write AllDimensions.",
        )
    if given.get("includeHistory", "false") != "false":
        raise problems.refused(
            "not-offered",
            "Earlier vintages are given one at a time.",
            "Name a version such as 1.2.0, or a moment with asOf.",
        )


def _keys(text: str) -> tuple[tuple[frozenset[str], ...], ...]:
    if text in ("*", "", "all"):
        return ()
    keys = text.split(",")
    if len(keys) > MOST_KEYS:
        raise problems.refused(
            "too-large", f"More than {MOST_KEYS} keys are asked for.", "Use * in a key, or ask several times."
        )
    return tuple(_key(one) for one in keys)


def _key(text: str) -> tuple[frozenset[str], ...]:
    places = text.split(".")
    if len(places) > len(IN_KEY):
        raise problems.refused(
            "syntax",
            f"The key {text[:80]!r} has {len(places)} places.",
            f"A key has these: {'.'.join(IN_KEY)}.",
        )
    return tuple(_ANY if place in ("*", "") else frozenset(place.split("+")) for place in places)


def _conditions(given: Mapping[str, str]) -> dict[str, Choice]:
    found: dict[str, Choice] = {}
    total = 0
    for name, value in given.items():
        if not name.startswith("c["):
            continue
        component = name[2:-1]
        if component not in BY_ID:
            raise problems.refused(
                "semantic",
                f"There is no component {component[:40]!r}.",
                f"Components are: {', '.join(COLUMNS)}.",
            )
        found[component] = tuple(
            tuple(_condition(component, one) for one in group.split("+")) for group in value.split(",")
        )
        total += sum(len(group) for group in found[component])
    if total > MOST_CONDITIONS:
        raise problems.refused(
            "too-large", f"More than {MOST_CONDITIONS} values are compared.", "Ask for less at a time."
        )
    return found


def _condition(component: str, text: str) -> Condition:
    operator, colon, value = text.partition(":")
    if not colon or operator not in OPERATORS:
        operator, value = "eq", text
    if not value or len(value) > MOST_VALUE:
        raise problems.refused(
            "syntax",
            f"A value of {component} is empty or longer than {MOST_VALUE} characters.",
            f"Write c[{component}]=value, or an operator before it: {', '.join(OPERATORS)}.",
        )
    kind = BY_ID[component].kind
    if operator in ORDERED and kind == "string" and component != "VINTAGE":
        raise problems.refused(
            "semantic",
            f"{component} has no order, so {operator} cannot be asked of it.",
            "Compare periods, days and numbers by order; other components by eq, ne, co, nc, sw, ew.",
        )
    if kind in ("decimal", "integer") and not _is_number(value):
        raise problems.refused("semantic", f"{value[:40]!r} is no number.", "Write it like 93.5.")
    return Condition(operator, value)


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,20}(\.\d{1,20})?", text))


def _moment(given: Mapping[str, str], name: str, zone: tzinfo, at: time) -> datetime | None:
    """Return a moment; a day alone means the time ``at`` of it, and without an offset ``zone`` counts."""
    text = given.get(name)
    if text is None:
        return None
    try:
        found = _day_at(text, at) or datetime.fromisoformat(text.replace(" ", "+"))
        found = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        found = datetime.min.replace(tzinfo=UTC)
    if found.year not in YEARS:
        raise problems.refused(
            "syntax", f"{name} is no moment: {text[:40]!r}.", "Write it like 2025-04-30T00:00:00+08:00."
        )
    return found


def _day_at(text: str, at: time) -> datetime | None:
    return datetime.combine(date.fromisoformat(text), at) if _BARE_DAY.fullmatch(text) else None


def _whole(given: Mapping[str, str], name: str, least: int = 1) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or int(text) < least:
        raise problems.refused(
            "syntax",
            f"{name} is no number that can be used: {text[:40]!r}.",
            f"Write a whole number from {least}.",
        )
    return int(text)


def _columns(given: Mapping[str, str]) -> tuple[str, ...]:
    """Return the columns to send: every dimension, and the measures and attributes asked for."""
    measures = _some(given.get("measures", "all"), (MEASURE.id,), ("all",))
    attributes = _some(
        given.get("attributes", "dsd"), tuple(one.id for one in ATTRIBUTES), ("all", "dsd", "obs")
    )
    return (*(one.id for one in DIMENSIONS), *measures, *attributes)


def _some(text: str, known: tuple[str, ...], everything: tuple[str, ...]) -> tuple[str, ...]:
    asked = text.split(",")
    if text in everything:
        return known
    if text in ("none", "msd", "dataset", "series"):
        return ()
    if any(name not in known for name in asked):
        raise problems.refused(
            "semantic",
            f"{text[:80]!r} names what there is not.",
            f"Write all, none, or some of: {', '.join(known)}.",
        )
    return tuple(name for name in known if name in asked)
