"""Which cells of each series one cell of a formula reads, told from the tree before any number is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zhiheng.engine.formula.evaluating import Key
from zhiheng.formats.shapes import formula as shape
from zhiheng.formats.shapes.observation import breakdown, members


@dataclass(frozen=True, slots=True)
class Reads:
    """A part of a series: some periods of one region or of all, with one breakdown or all those that fit.

    A total over dimensions reads every member of them, so the breakdown (or the region) is None there. What
    is read may be more than what is used, never less.
    """

    series: str
    periods: frozenset[str]
    region: str | None
    breakdown: str | None


def reads(formula: shape.Formula, key: Key) -> tuple[Reads, ...]:
    """Return what the result at a cell reads, a part for each place where a series stands.

    >>> less = shape.Difference((shape.Constant("100", "%"), shape.Series("a", where=(("scope", "x"),))))
    >>> whole = shape.Formula("b", "1", "%", "census", "evaluation", less)
    >>> [(one.series, one.region, one.breakdown) for one in reads(whole, ("330000", "2024", ""))]
    [('a', '330000', 'scope=x')]
    """
    linked = {node.at for _path, node in shape.walk(formula.root) if isinstance(node, shape.IndexLink)}
    return tuple(dict.fromkeys(_below(formula.root, key, frozenset({key[1], *linked}), frozenset())))


def _below(node: shape.Node, key: Key, periods: frozenset[str], over: frozenset[str]) -> Iterator[Reads]:
    if isinstance(node, shape.Series):
        text = None
        if not over & set(node.by):
            held = members(key[2])
            text = breakdown({**{name: held.get(name, "") for name in node.by}, **dict(node.where)})
        yield Reads(node.id, periods, None if "region" in over else key[0], text)
        return
    for _place, child in node.children():
        yield from _below(child, key, periods, over | set(getattr(node, "over", ())))
