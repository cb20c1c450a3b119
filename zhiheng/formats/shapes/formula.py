"""A formula says how one series follows from others: a small tree of named operations, and no program.

公式。The JSON form is closed: nine operations, constants as decimal strings, bounded depth and size. What is
checked here is the form; units, basis and purpose are checked by ``engine.formula`` against the series.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from zhiheng.formats.shapes import fields
from zhiheng.formats.shapes.observation import DIMENSION, MEMBER, SERIES

TYPE = "zhiheng/formula/1"
MOST_DEPTH = 12
MOST_NODES = 400
LEVELS = ("nation", "province", "prefecture", "county")
VOICES = ("own", "others", "own-first")
SHARES = ("1", "%", "‰")
WHOLES = ("1", "100", "1000")
SCALES = ("difference", "ratio", "logit")
DIRECTIONS = ("higher", "lower")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,15}")


@dataclass(frozen=True, slots=True)
class Node:
    """One operation; ``children`` are the nodes that it takes, each under the name of its place."""

    op: ClassVar[str] = ""

    def children(self) -> tuple[tuple[str, Node], ...]:
        """Return the nodes below with the names of their places."""
        return ()


@dataclass(frozen=True, slots=True)
class Series(Node):
    """The numbers of a series: its whole, or the cells ``by`` some dimensions; ``where`` fixes others.

    ``level`` keeps the regions of one level of government alone: without it a total over regions would
    count a province beside its cities. ``voice`` says whose numbers are read where it is not that of the
    whole formula; ``own-first`` takes ours, and those of others in cells where we have none.
    """

    id: str
    where: tuple[tuple[str, str], ...] = ()
    by: tuple[str, ...] = ()
    level: str = ""
    voice: str = ""
    op: ClassVar[str] = "series"


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """A number that stands in the formula itself."""

    value: str
    unit: str
    op: ClassVar[str] = "constant"


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """The sum of nodes, or the total of one node over dimensions; ``cells`` says how many must be there."""

    of: tuple[Node, ...]
    over: tuple[str, ...] = ()
    cells: int = 0
    op: ClassVar[str] = "sum"

    def children(self) -> tuple[tuple[str, Node], ...]:
        return _numbered(self.of)


@dataclass(frozen=True, slots=True)
class Difference(Node):
    """The first node less the second."""

    of: tuple[Node, Node]
    op: ClassVar[str] = "difference"

    def children(self) -> tuple[tuple[str, Node], ...]:
        return _numbered(self.of)


@dataclass(frozen=True, slots=True)
class Ratio(Node):
    """The first node by the second; of equal units it is a share, said in ``unit`` (1, % or ‰)."""

    of: tuple[Node, Node]
    unit: str = ""
    op: ClassVar[str] = "ratio"

    def children(self) -> tuple[tuple[str, Node], ...]:
        return _numbered(self.of)


@dataclass(frozen=True, slots=True)
class WeightedMean(Node):
    """The mean of a node over dimensions, weighted by another one; ``cells`` as for a sum."""

    of: Node
    by: Node
    over: tuple[str, ...]
    cells: int = 0
    op: ClassVar[str] = "weighted_mean"

    def children(self) -> tuple[tuple[str, Node], ...]:
        return ("of", self.of), ("by", self.by)


@dataclass(frozen=True, slots=True)
class Standardise(Node):
    """The place of a node between two fixed goalposts, cut off at them, on a scale (60 to 100)."""

    of: Node
    low: str
    high: str
    least: str = "60"
    most: str = "100"
    direction: str = "higher"
    op: ClassVar[str] = "standardise"

    def children(self) -> tuple[tuple[str, Node], ...]:
        return (("of", self.of),)


@dataclass(frozen=True, slots=True)
class Linear(Node):
    """The sum of nodes times fixed weights, plus a number.

    Its parts share one basis; where a composite brings several together it must say so: ``as_basis`` is the
    basis of the whole and ``because`` the reason. Purposes are never brought together.
    """

    of: tuple[Node, ...]
    weights: tuple[str, ...]
    plus: str = "0"
    as_basis: str = ""
    because: str = ""
    op: ClassVar[str] = "linear"

    def children(self) -> tuple[tuple[str, Node], ...]:
        return _numbered(self.of)


@dataclass(frozen=True, slots=True)
class IndexLink(Node):
    """An old series lifted onto the footing of a new one from the period ``at`` on.

    The step is measured in ``at``, where both have a value, or is given with its error: the bridge of a
    break whose new footing was measured once. On the scale ``ratio`` a given step is a factor; on the scale
    ``logit`` a share of ``whole`` (1, 100 or 1000) is what the logit is taken of.
    """

    old: Node
    new: Node
    at: str
    scale: str = "difference"
    step: str = ""
    step_error: str = ""
    whole: str = "100"
    op: ClassVar[str] = "index_link"

    def children(self) -> tuple[tuple[str, Node], ...]:
        return ("old", self.old), ("new", self.new)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with its name: ``id`` is the series that it gives, in one unit, basis and purpose."""

    id: str
    version: str
    unit: str
    basis: str
    purpose: str
    root: Node

    type: ClassVar[str] = TYPE

    def __post_init__(self) -> None:
        fields.matching(self.id, "id", SERIES, "the identifier of a series")
        fields.matching(self.version, "version", _VERSION, "a version such as 1 or 2026.1")
        fields.text(self.unit, "unit", most=24)
        fields.one_of(self.basis, "basis", fields.BASES)
        fields.one_of(self.purpose, "purpose", fields.PURPOSES)
        # A tree that was built in Python meets the same checks as one that was read.
        if _node(_written(self.root), "root", [0], 1) != self.root:
            raise fields.refuse("root", "it does not come back from its JSON form as it went")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form; ``verification.digests.formula_sha`` is taken over it."""
        head = {name: getattr(self, name) for name in ("id", "version", "unit", "basis", "purpose")}
        return {"type": TYPE, **head, "root": _written(self.root)}

    @classmethod
    def from_dict(cls, body: Any) -> Formula:
        """Read the JSON form, or refuse it and name the place."""
        names = ("type", "id", "version", "unit", "basis", "purpose", "root")
        held = dict(fields.mapping(body, "formula", names))
        fields.one_of(held.pop("type"), "type", (TYPE,))
        return cls(**{**held, "root": _node(held["root"], "root", [0], 1)})

    def inputs(self) -> tuple[str, ...]:
        """Return the series that the formula reads, each once, in order of the alphabet."""
        return tuple(sorted({node.id for _path, node in walk(self.root) if isinstance(node, Series)}))


def walk(node: Node, path: str = "root") -> Iterator[tuple[str, Node]]:
    """Yield every node with its path, a node before what is below it.

    >>> [path for path, _node in walk(Difference((Constant("100", "%"), Series("a"))))]
    ['root', 'root.of[0]', 'root.of[1]']
    """
    yield path, node
    for place, child in node.children():
        yield from walk(child, f"{path}.{place}")


def _numbered(nodes: tuple[Node, ...]) -> tuple[tuple[str, Node], ...]:
    return tuple((f"of[{place}]", node) for place, node in enumerate(nodes))


def _written(node: Node) -> Any:
    """Return the JSON form of a node; what has its usual value is left out."""
    if not isinstance(node, Node):
        return node
    body: dict[str, Any] = {"op": node.op}
    for name, field in type(node).__dataclass_fields__.items():
        value = getattr(node, name)
        if name == "op" or value == field.default:
            continue
        if name == "where":
            value = dict(value)
        elif isinstance(value, tuple):
            value = [_written(item) for item in value]
        body[name] = _written(value)
    return body


def _node(body: Any, path: str, count: list[int], depth: int) -> Node:
    count[0] += 1
    if depth > MOST_DEPTH or count[0] > MOST_NODES:
        raise fields.refuse(path, f"a formula has at most {MOST_DEPTH} levels and {MOST_NODES} nodes")
    if not isinstance(body, dict) or not isinstance(body.get("op"), str):
        raise fields.refuse(path, "a node is an object with an op")
    reader = _READERS.get(body["op"])
    if reader is None:
        raise fields.refuse(f"{path}.op", f"{body['op'][:40]!r} is not one of {', '.join(_READERS)}")

    def below(value: Any, place: str) -> Node:
        return _node(value, f"{path}.{place}", count, depth + 1)

    return reader(body, path, below)


def _series(body: Any, path: str, _below: Any) -> Series:
    held = fields.mapping(body, path, ("op", "id"), ("where", "by", "level", "voice"))
    where = held.get("where", {})
    if not isinstance(where, dict):
        raise fields.refuse(f"{path}.where", "this is no object")
    for name, member in where.items():
        fields.matching(name, f"{path}.where", DIMENSION, "the name of a dimension")
        fields.matching(member, f"{path}.where.{name}", MEMBER, "a member of a dimension")
    by = _dimensions(held.get("by", []), f"{path}.by")
    if set(by) & set(where):
        raise fields.refuse(f"{path}.by", "a dimension is either fixed or laid out, not both")
    for name, known in (("level", LEVELS), ("voice", VOICES)):
        if held.get(name, "") != "":
            fields.one_of(held[name], f"{path}.{name}", known)
    id = fields.matching(held["id"], f"{path}.id", SERIES, "the identifier of a series")
    return Series(id, tuple(sorted(where.items())), by, held.get("level", ""), held.get("voice", ""))


def _constant(body: Any, path: str, _below: Any) -> Constant:
    held = fields.mapping(body, path, ("op", "value", "unit"))
    return Constant(
        fields.decimal(held["value"], f"{path}.value"), fields.text(held["unit"], f"{path}.unit", most=24)
    )


def _sum(body: Any, path: str, below: Any) -> Sum:
    held = fields.mapping(body, path, ("op", "of"), ("over", "cells"))
    of = _nodes(held["of"], path, below, least=1)
    over = _dimensions(held.get("over", []), f"{path}.over", region=True)
    if (len(of) > 1) == bool(over):
        raise fields.refuse(path, "a sum adds several nodes, or one node over dimensions")
    return Sum(of, over, _cells(held, path, over))


def _difference(body: Any, path: str, below: Any) -> Difference:
    held = fields.mapping(body, path, ("op", "of"))
    return Difference(_nodes(held["of"], path, below, least=2, most=2))


def _ratio(body: Any, path: str, below: Any) -> Ratio:
    held = fields.mapping(body, path, ("op", "of"), ("unit",))
    if (unit := held.get("unit", "")) != "":
        fields.one_of(unit, f"{path}.unit", SHARES)
    return Ratio(_nodes(held["of"], path, below, least=2, most=2), unit)


def _weighted_mean(body: Any, path: str, below: Any) -> WeightedMean:
    held = fields.mapping(body, path, ("op", "of", "by", "over"), ("cells",))
    over = _dimensions(held["over"], f"{path}.over", region=True)
    if not over:
        raise fields.refuse(f"{path}.over", "a mean goes over at least one dimension")
    return WeightedMean(below(held["of"], "of"), below(held["by"], "by"), over, _cells(held, path, over))


def _standardise(body: Any, path: str, below: Any) -> Standardise:
    held = fields.mapping(body, path, ("op", "of", "low", "high"), ("least", "most", "direction"))
    posts = {name: fields.decimal(held[name], f"{path}.{name}") for name in ("low", "high")}
    posts |= {name: fields.decimal(held.get(name, usual), f"{path}.{name}") for name, usual in _SCALE}
    for under, above in (("low", "high"), ("least", "most")):
        if not Decimal(posts[under]) < Decimal(posts[above]):
            raise fields.refuse(f"{path}.{under}", f"it is not below {above}")
    direction = fields.one_of(held.get("direction", "higher"), f"{path}.direction", DIRECTIONS)
    return Standardise(below(held["of"], "of"), direction=direction, **posts)


def _linear(body: Any, path: str, below: Any) -> Linear:
    held = fields.mapping(body, path, ("op", "of", "weights"), ("plus", "as_basis", "because"))
    of = _nodes(held["of"], path, below, least=1)
    weights = tuple(
        fields.decimal(weight, f"{path}.weights")
        for weight in fields.items(held["weights"], f"{path}.weights")
    )
    if len(weights) != len(of):
        raise fields.refuse(f"{path}.weights", f"{len(of)} nodes need {len(of)} weights, not {len(weights)}")
    plus = fields.decimal(held.get("plus", "0"), f"{path}.plus")
    as_basis, because = held.get("as_basis", ""), held.get("because", "")
    if as_basis != "" or because != "":
        fields.one_of(as_basis, f"{path}.as_basis", fields.BASES)
        fields.text(because, f"{path}.because")
    return Linear(of, weights, plus, as_basis, because)


def _index_link(body: Any, path: str, below: Any) -> IndexLink:
    held = fields.mapping(body, path, ("op", "old", "new", "at"), ("scale", "step", "step_error", "whole"))
    scale = fields.one_of(held.get("scale", "difference"), f"{path}.scale", SCALES)
    at = fields.period(held["at"], f"{path}.at")
    step, error = held.get("step", ""), held.get("step_error", "")
    if step != "":
        fields.decimal(step, f"{path}.step")
        if scale == "ratio" and Decimal(step) <= 0:
            raise fields.refuse(f"{path}.step", "a factor is above zero")
    if error != "" and (step == "" or Decimal(fields.decimal(error, f"{path}.step_error")) < 0):
        raise fields.refuse(f"{path}.step_error", "an error of zero or more belongs to a given step")
    whole = fields.one_of(held.get("whole", "100"), f"{path}.whole", WHOLES)
    return IndexLink(below(held["old"], "old"), below(held["new"], "new"), at, scale, step, error, whole)


_SCALE = (("least", "60"), ("most", "100"))
_READERS = {
    "series": _series,
    "constant": _constant,
    "sum": _sum,
    "difference": _difference,
    "ratio": _ratio,
    "weighted_mean": _weighted_mean,
    "standardise": _standardise,
    "linear": _linear,
    "index_link": _index_link,
}
OPERATIONS = tuple(_READERS)


def _nodes(value: Any, path: str, below: Any, *, least: int, most: int = MOST_NODES) -> tuple[Any, ...]:
    held = fields.items(value, f"{path}.of")
    if not least <= len(held) <= most:
        needed = f"{least} nodes or more belong here" if most > 2 else "two nodes belong here"
        raise fields.refuse(f"{path}.of", needed)
    return tuple(below(item, f"of[{place}]") for place, item in enumerate(held))


def _dimensions(value: Any, path: str, *, region: bool = False) -> tuple[str, ...]:
    held = tuple(fields.items(value, path))
    for name in held:
        fields.matching(name, path, DIMENSION, "the name of a dimension")
        if name == "period" or name == "series" or (name == "region" and not region):
            raise fields.refuse(path, f"{name} is no dimension of a breakdown")
    if list(held) != sorted(set(held)):
        raise fields.refuse(path, "dimensions are sorted, each once")
    return held


def _cells(held: Any, path: str, over: tuple[str, ...]) -> int:
    if "cells" not in held:
        return 0
    if not over:
        raise fields.refuse(f"{path}.cells", "only a total over dimensions counts its cells")
    return fields.integer(held["cells"], f"{path}.cells", 1)
