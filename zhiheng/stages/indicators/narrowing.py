"""Narrows the observations of a series to those that may answer a question, before any of them is loaded.

What the database can tell is asked of it; the rest stays with ``formats.sdmx.selecting``, which looks at each
row again. So a condition may let too much through, and never too little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce

from django.db.models import Q

from zhiheng.formats.sdmx import periods
from zhiheng.formats.sdmx.asking import Condition, Question
from zhiheng.formats.sdmx.structures import IN_KEY

FORMS = {
    periods.YEAR: r"^~?[0-9]{4}$",
    periods.HALF: r"H[12]$",
    periods.QUARTER: r"Q[1-4]$",
    periods.MONTH: r"-[01][0-9]$",
    periods.OTHER: r"^~?[0-9]{8}-|R[1-9]$",
}
"""How our periods of each frequency are written, labels of sources too."""
WHOLE = "_T"


def of(asked: Question) -> Q | None:
    """Return what the rows that answer a question fulfil at least; None where that says nothing."""
    found = [_choice(name, groups) for name, groups in asked.conditions.items()]
    if asked.keys:
        found.append(_any(_key(key) for key in asked.keys))
    if asked.updated_after is not None:
        found.append(Q(recorded_at__gt=asked.updated_after))
    whole = _all(found)
    return whole if whole else None


def _key(key: tuple[frozenset[str], ...]) -> Q:
    return _all(_values(name, values) for name, values in zip(IN_KEY, key, strict=False) if values)


def _choice(name: str, groups: Iterable[Iterable[Condition]]) -> Q:
    return _any(_all(_condition(name, one) for one in group) for group in groups)


def _condition(name: str, one: Condition) -> Q:
    if name == "TIME_PERIOD":
        return _time(one)
    return _values(name, [one.value]) if one.operator == "eq" else Q()


def _values(name: str, values: Iterable[str]) -> Q:
    """Return that a dimension has one of some values; nothing for a component that is none."""
    made = _DIMENSIONS.get(name)
    return made(sorted(values)) if made else Q()


def _time(one: Condition) -> Q:
    """Return how the days of a period lie; one whose days are not known may lie anywhere."""
    if one.operator not in ("eq", "ge", "gt", "le", "lt"):
        return Q()
    first, last = periods.span(one.value)
    begins = {"eq": Q(valid_from=first), "ge": Q(valid_from__gte=first), "gt": Q(valid_from__gt=last)}
    ends = {"eq": Q(valid_to=last), "le": Q(valid_to__lte=last), "lt": Q(valid_to__lt=first)}
    found = Q()
    if one.operator in begins:
        found &= begins[one.operator] | Q(valid_from=None)
    if one.operator in ends:
        found &= ends[one.operator] | Q(valid_to=None)
    return found


def _frequencies(values: list[str]) -> Q:
    return _any(Q(period__regex=FORMS[value]) if value in FORMS else _NOTHING for value in values)


def _breakdowns(values: list[str]) -> Q:
    """Return the breakdowns; a round of inspections stands in SDMX beside them, and with us in the period."""
    kept = {"" if value == WHOLE else value for value in values}
    for value in values:
        rest, mark, _round = value.rpartition("round=")
        if mark:
            kept.add(rest.removesuffix(";"))
    return Q(breakdown__in=sorted(kept))


def _plain(field: str) -> Callable[[list[str]], Q]:
    return lambda values: Q(**{f"{field}__in": values})


_NOTHING = Q(pk__in=[])
_DIMENSIONS: dict[str, Callable[[list[str]], Q]] = {
    "FREQ": _frequencies,
    "REF_AREA": _plain("region"),
    "INDICATOR": _plain("series"),
    "PURPOSE": _plain("purpose"),
    "BASIS": _plain("basis"),
    "ORIGIN": _plain("origin"),
    "BREAKDOWN": _breakdowns,
}


def _all(parts: Iterable[Q]) -> Q:
    return reduce(lambda one, other: one & other, parts, Q())


def _any(parts: Iterable[Q]) -> Q:
    """Return that one of some conditions holds; one that says nothing lets everything through."""
    held = list(parts)
    if not all(held):
        return Q()
    return reduce(lambda one, other: one | other, held)
