"""The rules of licences: which rows may enter, what a scope covers, whether a route is fulfilled.

A scope is text as the issuing body wrote it, so a match says how it was found; an empty scope is unknown.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from zhiheng.reference.market_routes import Route

from . import rules
from .rules import Fault

KINDS = ("production", "ccc", "declaration")
STATES = ("valid", "suspended", "withdrawn")
STOPPED = ("suspended", "withdrawn")
MATCHING_RULE = "licence/named-product-or-scope-words/1"
ROUTE_RULE = "market-entry/longest-word/1"
SOON_DAYS = 90

Coverage = Literal["matched", "not_covered", "unknown"]
Fulfilment = Literal["fulfilled", "not_fulfilled", "unknown", "nothing_needed", "not_asked"]
NEEDED = {"licence": "production", "ccc": "ccc", "declaration": "declaration"}
_BREAK = re.compile(r"[;；、,，\n]+")
_NOISE = re.compile(r"[\s()（）\-_]+")


@dataclass(frozen=True, slots=True)
class Held:
    """One licence as the check of scopes sees it; ``product`` is the key of the named product, if any."""

    number: str
    kind: str
    state: str
    scope: str
    product: Any
    valid_from: dt.date
    valid_until: dt.date | None

    def holds(self, on: dt.date) -> bool:
        """Say whether it lets its holder make the product on a day."""
        is_over = self.valid_until is not None and self.valid_until < on
        return self.state == "valid" and self.valid_from <= on and not is_over


@dataclass(frozen=True, slots=True)
class Covered:
    """Whether a product is covered, by which number, and how that was found: product, scope or nothing."""

    state: Coverage
    number: str = ""
    how: str = ""


def licence_faults(row: Mapping[str, Any], *, demo: bool) -> list[Fault]:
    """Return what stands against this licence entering the register."""
    faults = rules.code_faults(str(row.get("subject", "")), demo=demo, field="subject")
    faults += rules.choice_faults(row, "kind", KINDS)
    faults += rules.text_faults("number", str(row.get("number") or ""), 64)
    faults += rules.length_faults(row, "scope", 400) + rules.length_faults(row, "issuer", 120)
    faults += rules.choice_faults({"state": row.get("state") or "valid"}, "state", STATES)
    if row.get("state") in STOPPED:
        faults += rules.text_faults("reason", str(row.get("reason") or ""), 400)
    return faults + day_faults(row)


def day_faults(row: Mapping[str, Any], *, last_is_required: bool = False) -> list[Fault]:
    """Check that the days are given and in order; an unknown last day may stay empty."""
    first, last = row.get("valid_from"), row.get("valid_until")
    if first is None or first == "":
        return [Fault("valid_from", "required")]
    if not last:
        return [Fault("valid_until", "required")] if last_is_required else []
    return [Fault("valid_until", "days-not-in-order")] if last < first else []


def state_faults(state: str, reason: str, was: str) -> list[Fault]:
    """Check a change of state: a known one, another than before, with its reason; withdrawn is the end."""
    faults = rules.choice_faults({"state": state}, "state", STATES)
    if was == "withdrawn":
        return [*faults, Fault("state", "licence-withdrawn")]
    if state == was:
        faults.append(Fault("state", "state-unchanged", state))
    return faults + rules.text_faults("reason", reason, 400)


def shown_state(state: str, valid_until: dt.date | None, on: dt.date) -> str:
    """Return the state as a page shows it: a valid one whose last day has passed is expired."""
    return "expired" if state == "valid" and valid_until is not None and valid_until < on else state


def parts(scope: str) -> list[str]:
    """Return the words of a scope.

    >>> parts("水泥；建筑用钢筋、 电线电缆")
    ['水泥', '建筑用钢筋', '电线电缆']
    """
    return [part.strip() for part in _BREAK.split(scope) if part.strip()]


def covers(
    key: Any, name: str, licences: Iterable[Held], kind: str, on: dt.date, words: Sequence[str] = ()
) -> Covered:
    """Say whether a product is covered by the licences of a kind that hold on a day.

    It is matched when a licence names the product itself, or when a part of a scope and the name of the
    product contain one another, or both contain one word of the same category (``words``). A licence with
    neither product nor scope leaves the answer unknown, since the annex was not entered.
    """
    of_kind = [one for one in licences if one.kind == kind]
    holding = [one for one in of_kind if one.holds(on)]
    naming = _naming(key, name, holding, words)
    if naming is not None:
        return Covered("matched", *naming)
    for one in holding:
        if one.product is None and not one.scope.strip():
            return Covered("unknown", one.number, "no-scope")
    stopped = _naming(key, name, [one for one in of_kind if not one.holds(on)], words)
    return Covered("not_covered", stopped[0], "not-holding") if stopped else Covered("not_covered")


def _naming(key: Any, name: str, licences: Sequence[Held], words: Sequence[str]) -> tuple[str, str] | None:
    """Return the number of the first licence that names a product, and how it does."""
    for one in licences:
        if one.product is not None and one.product == key:
            return one.number, "product"
    plain = _plain(name)
    for one in licences:
        if any(_same(plain, _plain(part), words) for part in parts(one.scope)):
            return one.number, "scope"
    return None


def _plain(text: str) -> str:
    return _NOISE.sub("", text).casefold()


def _same(name: str, part: str, words: Sequence[str]) -> bool:
    if len(part) >= 2 and (part in name or name in part):
        return True
    return any(word in name and word in part for word in map(_plain, words))


@dataclass(frozen=True, slots=True)
class Entry:
    """What market entry asks of a product, and whether the record fulfils it."""

    routes: tuple[Route, ...]
    state: Fulfilment
    covered: tuple[tuple[Route, Covered], ...] = ()

    @property
    def is_verified(self) -> bool:
        """Say whether every route rests on a text that was read; only then may it set anything off."""
        return bool(self.routes) and all(route.confidence == "text" for route in self.routes)


def entry(
    key: Any, name: str, routes: Sequence[Route], licences: Sequence[Held], on: dt.date, *, channel: str
) -> Entry:
    """Return what is asked of a product and whether it is fulfilled on a day.

    A seller is not asked for the maker's licence. Where several routes fit (a cable needs a licence or a
    certificate by its voltage), one that is fulfilled suffices, and none fulfilled is unknown, since the
    name alone does not tell which applies.
    """
    if not routes:
        return Entry((), "unknown")
    if channel != "factory":
        return Entry(tuple(routes), "not_asked")
    asked = [route for route in routes if route.route in NEEDED]
    if not asked:
        return Entry(tuple(routes), "nothing_needed")
    covered = tuple(
        (route, covers(key, name, licences, NEEDED[route.route], on, route.keywords)) for route in asked
    )
    states = {found.state for _route, found in covered}
    if "matched" in states:
        return Entry(tuple(routes), "fulfilled", covered)
    is_open = "unknown" in states or len({route.route for route in routes}) > 1
    return Entry(tuple(routes), "unknown" if is_open else "not_fulfilled", covered)
