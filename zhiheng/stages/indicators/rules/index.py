"""The competitiveness index: twelve statistics to one number, by weights and goalposts that an office chose.

Score = 60 + 40 x place between the goalposts, cut off at them; each node is the weighted mean of those below;
the standard error carries the sampling error of the statistics that have one. Numbers that lack are never
filled in: a region without one of them has no index, and is listed with what it lacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from zhiheng.formats.shapes import formula as shape
from zhiheng.methods import composite, normalisation
from zhiheng.reference.quality_index import SERIES, Node, Statistic

from ..formula_refusals import refuse

LOW, HIGH = 60.0, 100.0
BECAUSE = (
    "{name}（指标树公开；权数和标准化区间由办公室选定，不是官方数值；区间只计合格率的抽样误差） | "
    "{name_en} (the tree is public; weights and goalposts were chosen by the office and are not official; "
    "an interval counts the sampling error of the pass rate alone)"
)
EVEN_DIGITS = 18
MOST_DIGITS = 12
Posts = Mapping[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True)
class Reading:
    """One statistic of one region: its number, its sampling error (None where nobody knows it), its unit.

    ``width`` is the error behind the interval of a sample in which nothing failed, whose own error is zero.
    """

    value: Decimal | None
    error: Decimal | None = None
    unit: str = ""
    width: Decimal | None = None

    @property
    def spread(self) -> Decimal | None:
        """The error by which the number may be away, also where nothing failed."""
        return self.width if self.width is not None else self.error

    @property
    def is_known(self) -> bool:
        """Whether its error can be carried on as it is."""
        return self.error is not None and self.width is None


@dataclass(frozen=True)
class Chosen:
    """The tree with weights and goalposts that were checked; only what has a weight above zero counts."""

    tree: Node
    weights: Mapping[str, Fraction]
    posts: Posts

    def children(self, node: Node) -> tuple[Node | Statistic, ...]:
        """Return what counts below a node."""
        return tuple(one for one in node.below if self.weights[one.id])

    def statistics(self) -> tuple[Statistic, ...]:
        """Return the statistics that count, in the order of the tree."""
        return tuple(self._counting(self.tree))

    def _counting(self, node: Node) -> Iterator[Statistic]:
        for one in self.children(node):
            if isinstance(one, Statistic):
                yield one
            else:
                yield from self._counting(one)

    def levels(self) -> list[list[Node]]:
        """Return the nodes above the statistics that count, level by level, the root last."""
        levels = [[self.tree]]
        while isinstance(levels[0][0].below[0], Node):
            levels.insert(0, [one for node in levels[0] for one in self.children(node)])  # type: ignore[misc]
        return levels

    def composite(self) -> composite.Tree:
        """Return the tree as the methods read it."""
        levels = self.levels()
        parents, shares = [], []
        for level in levels:
            pairs = [(place, one) for place, node in enumerate(level) for one in self.children(node)]
            parents.append(np.array([place for place, _one in pairs]))
            shares.append(np.array([float(self.weights[one.id]) for _place, one in pairs]))
        return composite.Tree(tuple(parents), tuple(shares))


def chosen(tree: Node, weights: Mapping[str, Fraction], posts: Posts) -> Chosen:
    """Return a choice that was checked, or refuse it.

    Every node has a weight, those below one node add up to 1, and what counts has goalposts in order.
    """
    known = {one.id: one for one in tree.nodes()}
    for name in (*weights, *posts):
        if name not in known:
            raise refuse("index-name-unknown", name=name, known=", ".join(known))
    if lacking := [one.zh for one in known.values() if one.id not in weights]:
        raise refuse("index-weight-missing", names="、".join(lacking))
    for name, weight in weights.items():
        if weight < 0:
            raise refuse("index-weight-negative", name=known[name].zh)
    for node in (tree, *(one for one in known.values() if isinstance(one, Node))):
        total = sum((weights[one.id] for one in node.below), Fraction(0))
        if total != 1:
            raise refuse("index-weights-sum", name=node.zh, sum=_plain(total))
    made = Chosen(tree, dict(weights), dict(posts))
    if lacking := [one.zh for one in made.statistics() if one.id not in posts]:
        raise refuse("index-goalposts-missing", names="、".join(lacking))
    for one in made.statistics():
        low, high = posts[one.id]
        if not low < high:
            raise refuse("index-goalposts-order", name=one.zh, low=f"{low:f}", high=f"{high:f}")
    return made


@dataclass(frozen=True)
class Result:
    """The index of the cells that have all statistics: scores, every level, errors (nan where not known)."""

    chosen: Chosen
    cells: tuple[str, ...]
    values: np.ndarray
    errors: np.ndarray
    scores: np.ndarray
    rolled: composite.RolledUp
    is_known: np.ndarray
    has_spread: bool
    missing: Mapping[str, tuple[Statistic, ...]]

    def index(self, cell: str) -> float:
        """Return the index of a cell."""
        return float(self.rolled.index[self.cells.index(cell)])

    def error(self, cell: str) -> float | None:
        """Return the standard error of the index of a cell, or nothing where it cannot be told.

        It cannot where that of an input is not known, nor where the one sampled score is cut off at its end.
        """
        place = self.cells.index(cell)
        if not self.is_known[place] or self.rolled.errors is None:
            return None
        return float(self.rolled.errors[-1][place, 0]) or None

    def of(self, cells: Sequence[str]) -> Result:
        """Return the same result of some of its cells."""
        kept = [self.cells.index(cell) for cell in cells]
        rolled = composite.RolledUp(
            tuple(level[kept] for level in self.rolled.values),
            tuple(level[kept] for level in self.rolled.errors or ()),
            self.rolled.method,
        )
        values, errors, scores = self.values[kept], self.errors[kept], self.scores[kept]
        known, spread = self.is_known[kept], self.has_spread
        return Result(self.chosen, tuple(cells), values, errors, scores, rolled, known, spread, self.missing)

    def levels(self, cell: str) -> dict[str, float]:
        """Return the score of every node and statistic of a cell by its name."""
        place = self.cells.index(cell)
        found = dict(zip((one.id for one in self.chosen.statistics()), self.scores[place], strict=True))
        for nodes, values in zip(self.chosen.levels(), self.rolled.values[1:], strict=True):
            found |= dict(zip((node.id for node in nodes), values[place], strict=True))
        return {name: float(value) for name, value in found.items()}


def compute(choice: Chosen, readings: Mapping[str, Mapping[str, Reading]], *, period: str = "") -> Result:
    """Return the index of every cell whose statistics are all there, and what the others lack.

    ``readings`` holds, by cell and statistic, what was recorded. A number in another unit than that of the
    tree is refused; so is a table in which no cell is whole.
    """
    leaves = choice.statistics()
    whole, missing = [], {}
    for cell, held in readings.items():
        _check_units(cell, held, leaves)
        lacking = tuple(one for one in leaves if one.id not in held or held[one.id].value is None)
        if lacking:
            missing[cell] = lacking
        else:
            whole.append(cell)
    if not whole:
        names = {one.zh for lacking in missing.values() for one in lacking} or {one.zh for one in leaves}
        listed = "、".join(one.zh for one in leaves if one.zh in names)
        raise refuse("index-none-whole", period=period, names=listed)
    table = [[readings[cell][one.id] for one in leaves] for cell in whole]
    values = np.array([[float(one.value or 0) for one in row] for row in table])
    known = np.array([[one.is_known for one in row] for row in table])
    errors = np.array([[float(one.spread or 0) for one in row] for row in table])
    is_spread = all(one.spread is not None for row in table for one in row)
    scores, score_errors = scored(choice, values, errors)
    rolled = composite.roll_up(choice.composite(), scores, errors=score_errors)
    return Result(choice, tuple(whole), values, errors, scores, rolled, known.all(axis=1), is_spread, missing)


def scored(choice: Chosen, values: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return scores of 60 to 100 and their standard errors; where a score is cut off it does not move."""
    leaves = choice.statistics()
    ends = np.array([[float(end) for end in choice.posts[one.id]] for one in leaves]).T
    turn = [1 if one.direction == "higher" else -1 for one in leaves]
    scores = normalisation.goalposts(values, ends[0], ends[1], low=LOW, high=HIGH, direction=turn)
    inside = (values >= ends[0]) & (values <= ends[1])
    return scores, np.where(inside, errors * (HIGH - LOW) / (ends[1] - ends[0]), 0.0)


def _check_units(cell: str, held: Mapping[str, Reading], leaves: Sequence[Statistic]) -> None:
    for one in leaves:
        found = held.get(one.id)
        if found is not None and found.value is not None and found.unit != one.unit:
            raise refuse("index-unit", name=one.zh, place=cell, found=found.unit or "-", wanted=one.unit)


def formula(choice: Chosen, *, version: str, by: tuple[str, ...] = ()) -> shape.Formula:
    """Return the same computation in the language of formulas, whole or laid out ``by`` dimensions."""
    root = _node(choice, choice.tree, by)
    return shape.Formula(SERIES, version, "index", "administrative", "evaluation", root)


def _node(choice: Chosen, one: Node | Statistic, by: tuple[str, ...]) -> shape.Node:
    if isinstance(one, Statistic):
        low, high = (format(end, "f") for end in choice.posts[one.id])
        voice = "" if one.voice == "own" else one.voice
        read = shape.Series(one.series, by=by, voice=voice)
        return shape.Standardise(read, low, high, direction=one.direction)
    below = choice.children(one)
    because = f"{one.zh} | {one.en}"
    if one is choice.tree:
        because = BECAUSE.format(name=one.zh, name_en=one.en)
    return shape.Linear(
        tuple(_node(choice, child, by) for child in below),
        tuple(decimal(choice.weights[child.id]) for child in below),
        as_basis="administrative",
        because=because,
    )


def decimal(weight: Fraction) -> str:
    """Return a weight as a decimal text, exact where it has an end, else with 18 digits.

    >>> decimal(Fraction(1, 3)), decimal(Fraction(2, 5)), decimal(Fraction(1))
    ('0.333333333333333333', '0.4', '1')
    """
    scaled = round(weight * 10**EVEN_DIGITS)
    text = f"{scaled // 10**EVEN_DIGITS}.{scaled % 10**EVEN_DIGITS:0{EVEN_DIGITS}d}"
    return text.rstrip("0").rstrip(".")


def _plain(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{number} ({float(number):.6g})"


def observed_posts(
    statistics: Sequence[Statistic], readings: Mapping[str, Mapping[str, Reading]], *, period: str
) -> dict[str, tuple[Decimal, Decimal]]:
    """Return the lowest and the highest number of each statistic in a base period as its goalposts."""
    found = {}
    for one in statistics:
        held = (row[one.id].value for row in readings.values() if one.id in row)
        values = sorted({value for value in held if value is not None})
        if len(values) < 2:
            raise refuse("index-no-base", name=one.zh, period=period)
        found[one.id] = (values[0], values[-1])
    return found


def read_weights(text: str) -> dict[str, Fraction]:
    """Return weights written line by line, each a name and a number or fraction.

    >>> read_weights("level 1/2\\ncapacity 0.5")["level"]
    Fraction(1, 2)
    """
    return {name: share for name, (share,) in _lines(text, 1, "level 1/2", Fraction).items()}


def read_posts(text: str) -> dict[str, tuple[Decimal, Decimal]]:
    """Return goalposts written line by line, each a name and two numbers.

    >>> read_posts("loss 0 3")
    {'loss': (Decimal('0'), Decimal('3'))}
    """
    return {name: (low, high) for name, (low, high) in _lines(text, 2, "loss 0 3", _finite).items()}


def _finite(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise ValueError(text)
    return number


def _lines(text: str, count: int, example: str, read: Callable[[str], Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for line in text.splitlines():
        name, *numbers = line.replace("，", " ").replace(",", " ").split() or [""]
        if not name:
            continue
        if name in found:
            raise refuse("index-name-twice", name=name)
        try:
            found[name] = [read(number) for number in numbers]
        except (ArithmeticError, ValueError):
            raise refuse("index-line", line=line[:60], example=example) from None
        if len(numbers) != count:
            raise refuse("index-line", line=line[:60], example=example)
    return found
