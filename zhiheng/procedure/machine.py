"""State machines as tables: read from YAML, checked whole at load, and stepped by one plain function.

A table is checked before it is used: every state is reached from the start, none is a dead end, every
wait has a time-out edge that names a limit, and unknown names are refused with their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from zhiheng.errors import BadInput, Conflict, NotFound
from zhiheng.reference import limits, tables

Kind = Literal["start", "work", "wait", "end"]
KINDS = ("start", "work", "wait", "end")
UNKNOWN = "unknown"
OPTIONAL = frozenset(
    {"permission", "guards", "evidence", "clock_start", "clock_stop", "timeout", "document", "verb"}
)
DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class State:
    """One state; in a ``wait`` a clock runs, in an ``end`` nothing more happens.

    ``limit`` is ``unknown`` for a wait on somebody else to which no limit of law is known: it has no clock.
    """

    id: str
    zh: str
    en: str
    kind: Kind
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """One edge: in a state, an event leads to the next, by whom, under which conditions.

    ``clock_start`` and ``clock_stop`` name limits whose clocks the transition starts or stops;
    ``timeout`` names the limit whose end is the event; without a permission it happens by itself,
    which only a verified limit may do. ``verb`` is the ledger's verb.
    """

    source: str
    event: str
    target: str
    permission: str | None
    guards: tuple[str, ...]
    evidence: tuple[str, ...]
    clock_start: tuple[str, ...]
    clock_stop: tuple[str, ...]
    timeout: str | None
    document: str | None
    verb: str

    @property
    def is_automatic(self) -> bool:
        """Say whether the end of a clock makes this transition without a person."""
        return self.timeout is not None and self.permission is None


@dataclass(frozen=True, slots=True)
class Table:
    """One procedure: its states and transitions, and where it stands in law."""

    id: str
    title_zh: str
    title_en: str
    source: str
    confidence: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    def state(self, id: str) -> State:
        """Return one state by its id."""
        for state in self.states:
            if state.id == id:
                return state
        raise NotFound(f"The procedure {self.id} has no state {id!r}.", _choose(s.id for s in self.states))

    @property
    def start(self) -> State:
        """Return the state in which the procedure begins."""
        return next(state for state in self.states if state.kind == "start")

    def events(self, state: str) -> tuple[str, ...]:
        """Return the events that this state allows."""
        known = self.state(state).id
        return tuple(edge.event for edge in self.transitions if edge.source == known)


def names() -> tuple[str, ...]:
    """Return the names of the procedures that are kept as tables."""
    return tuple(sorted(path.stem for path in DATA.glob("*.yaml")))


@cache
def load(name: str) -> Table:
    """Return one procedure by its name, read and checked once."""
    path = DATA / f"{name}.yaml"
    if name not in names():
        raise NotFound(f"There is no procedure {name!r}.", _choose(names()))
    return build(tables.parse(path.read_text(encoding="utf-8")), place=path.name)


def all() -> tuple[Table, ...]:
    """Return every procedure, each checked; called at start-up so that a broken table stops the house."""
    return tuple(load(name) for name in names())


def advance(table: Table, state: str, event: str) -> Transition:
    """Return the transition that the event makes from the state, or refuse and list what is allowed."""
    here = table.state(state)
    for edge in table.transitions:
        if edge.source == here.id and edge.event == event:
            return edge
    allowed = table.events(here.id)
    if not allowed:
        raise Conflict(
            f"{table.title_en} is over: {here.en}. {event!r} can no longer happen.",
            "Open a new one if the matter starts again.",
            code="procedure-over",
            procedure=table.title_zh,
            standing=here.zh,
            table=table.id,
            state=here.id,
            event=event,
            allowed=(),
        )
    raise Conflict(
        f"{event!r} cannot happen now: {table.title_en} is at '{here.en}' ({here.id}).",
        f"What can happen now: {', '.join(allowed)}.",
        code="step-not-now",
        procedure=table.title_zh,
        standing=here.zh,
        table=table.id,
        state=here.id,
        event=event,
        allowed=allowed,
    )


def build(raw: Any, place: str) -> Table:
    """Return a table from plain values, or refuse it and name the place of the fault."""
    if not isinstance(raw, dict):
        raise BadInput(f"{place}: a procedure is a mapping.", "Start from draw.yaml.")
    _only(raw, {"id", "title_zh", "title_en", "source", "confidence", "states", "transitions"}, place)
    states = tuple(_state(row, f"{place}, state {n}") for n, row in enumerate(raw["states"], start=1))
    edges = tuple(
        _transition(row, raw["id"], f"{place}, transition {n}")
        for n, row in enumerate(raw["transitions"], start=1)
    )
    table = Table(
        raw["id"], raw["title_zh"], raw["title_en"], raw["source"], raw["confidence"], states, edges
    )
    check(table, place)
    return table


def check(table: Table, place: str) -> None:
    """Refuse a table that has a fault, naming the place and the remedy."""
    _check_names(table, place)
    ends = {state.id for state in table.states if state.kind == "end"}
    reached = _closure({table.start.id}, {(edge.source, edge.target) for edge in table.transitions})
    leading = _closure(ends, {(edge.target, edge.source) for edge in table.transitions})
    for state in table.states:
        edges = [edge for edge in table.transitions if edge.source == state.id]
        if state.id not in reached:
            raise BadInput(f"{place}: the state {state.id} is never reached.", "Lead an event to it.")
        if state.kind == "end" and edges:
            raise BadInput(f"{place}: the end {state.id} has a way out.", "Make it a work state.")
        if state.id not in leading:
            raise BadInput(f"{place}: from {state.id} no end can be reached.", "Lead it to an end.")
        has_timeout = any(edge.timeout for edge in edges)
        if state.kind == "wait" and has_timeout == (state.limit == UNKNOWN):
            raise BadInput(
                f"{place}: the wait {state.id} has no time-out edge."
                if not has_timeout
                else f"{place}: the limit of the wait {state.id} is known.",
                "Add a transition with `timeout:` naming a rule of limits.csv, or say `limit: unknown`.",
            )


def _check_names(table: Table, place: str) -> None:
    ids = [state.id for state in table.states]
    if len(set(ids)) != len(ids):
        raise BadInput(f"{place}: a state stands twice.", "Give each state its own id.")
    if [state.kind for state in table.states].count("start") != 1:
        raise BadInput(f"{place}: a procedure has exactly one start.", "Mark one state `kind: start`.")
    seen: set[tuple[str, str]] = set()
    for number, edge in enumerate(table.transitions, start=1):
        where = f"{place}, transition {number}"
        for end in (edge.source, edge.target):
            if end not in ids:
                raise BadInput(f"{where}: there is no state {end!r}.", _choose(ids))
        if (edge.source, edge.event) in seen:
            raise BadInput(
                f"{where}: {edge.event} from {edge.source} stands twice.",
                "One event leads from a state to one next state.",
            )
        seen.add((edge.source, edge.event))
        clocks = (*edge.clock_start, *edge.clock_stop, *((edge.timeout,) if edge.timeout else ()))
        for rule in clocks:
            if rule not in limits.rules():
                raise BadInput(f"{where}: there is no rule {rule!r}.", "Name a rule of limits.csv.")
        _check_hand(edge, where)


def _check_hand(edge: Transition, where: str) -> None:
    if edge.is_automatic and edge.timeout is not None and not limits.get(edge.timeout).is_verified:
        raise BadInput(
            f"{where}: {edge.timeout} is unverified and may not act by itself.",
            "Name the permission of the person who decides.",
        )
    if edge.permission is None and edge.timeout is None:
        raise BadInput(f"{where}: nobody may do {edge.event}.", "Name a permission or a time-out.")


def _state(row: Any, place: str) -> State:
    _only(row, {"id", "zh", "en", "kind"}, place, frozenset({"limit"}))
    kind, limit = row.get("kind", "work"), row.get("limit", "")
    if limit and (limit != UNKNOWN or kind != "wait"):
        raise BadInput(f"{place}: a limit is said of a wait alone, and only as unknown.", "Leave it out.")
    if kind not in KINDS:
        raise BadInput(f"{place}: there is no kind {kind!r}.", _choose(KINDS))
    return State(row["id"], row["zh"], row["en"], kind, limit)


def _transition(row: Any, procedure: str, place: str) -> Transition:
    optional = {
        "permission",
        "guards",
        "evidence",
        "clock_start",
        "clock_stop",
        "timeout",
        "document",
        "verb",
    }
    _only(row, {"from", "event", "to"}, place, optional)
    return Transition(
        source=row["from"],
        event=row["event"],
        target=row["to"],
        permission=row.get("permission"),
        guards=tuple(row.get("guards", ())),
        evidence=tuple(row.get("evidence", ())),
        clock_start=tuple(row.get("clock_start", ())),
        clock_stop=tuple(row.get("clock_stop", ())),
        timeout=row.get("timeout"),
        document=row.get("document"),
        verb=row.get("verb", f"{procedure}.{row['event']}"),
    )


def _only(row: Any, needed: set[str], place: str, optional: frozenset[str] = frozenset()) -> None:
    if not isinstance(row, dict):
        raise BadInput(f"{place}: a mapping is expected, not {row!r}.", "See draw.yaml for the form.")
    unknown = sorted(map(str, set(row) - needed - optional))
    missing = sorted(needed - set(row) - {"kind"})
    if unknown:
        raise BadInput(f"{place}: the name {unknown[0]!r} is not known.", _choose(needed | optional))
    if missing:
        raise BadInput(f"{place}: {missing[0]!r} is missing.", f"Needed: {', '.join(sorted(needed))}.")
    for name in sorted(needed & set(row)):
        wanted = list if name in ("states", "transitions") else str
        if not isinstance(row[name], wanted):
            raise BadInput(
                f"{place}: {name} is {row[name]!r}, no {wanted.__name__}.",
                "Put words such as no, on and yes in quotation marks.",
            )


def _closure(start: set[str], edges: set[tuple[str, str]]) -> set[str]:
    found, fresh = set(start), set(start)
    while fresh:
        fresh = {target for source, target in edges if source in fresh} - found
        found |= fresh
    return found


def _choose(known: Any) -> str:
    return f"Known: {', '.join(sorted(known))}."
