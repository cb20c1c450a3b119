"""Computes an index from recorded statistics: what an office chose, what is missing, what would come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q

from zhiheng.engine import formula as engine
from zhiheng.formats import periods
from zhiheng.formats.shapes.formula import Formula as Tree
from zhiheng.formats.shapes.observation import Observation, members
from zhiheng.proof import canonical
from zhiheng.reference import quality_index
from zhiheng.reference.quality_index import SERIES, Statistic
from zhiheng.reference.regions import NATION

from . import formulas
from .formula_refusals import refuse
from .models import Formula
from .rules import doubt, index

BY_DIVISION = ".division"
OWN_LINES = ("自定", "own lines")
LEAST_RANKED = 2
"""Fewer cells have no places."""


@dataclass(frozen=True)
class Choice:
    """What an office chose: period, weights and goalposts, with what they are called."""

    period: str
    made: index.Chosen
    weights: tuple[str, str]
    posts: tuple[str, str]

    @property
    def said(self) -> str:
        """The choice in words, as the ledger and the versions of the formula keep it."""
        return f"权数：{self.weights[0]}；标准化区间：{self.posts[0]}（办公室选定，非官方）"

    @property
    def said_en(self) -> str:
        """The same in English."""
        return f"Weights: {self.weights[1]}; goalposts: {self.posts[1]} (chosen by the office, not official)"


def choose(
    *,
    period: str,
    weights: str = "",
    goalposts: str = "",
    own_weights: str = "",
    own_posts: str = "",
    base: str = "",
) -> Choice:
    """Return a choice that was checked: sets by their names, or lines that the office wrote, which go before.

    Goalposts may also be the lowest and highest recorded numbers of a ``base`` period.
    """
    tree = quality_index.tree()
    shares, shares_said = _weights(weights, own_weights)
    posts, posts_said = _posts(goalposts, own_posts, base, tree.statistics())
    return Choice(_period(period), index.chosen(tree, shares, posts), shares_said, posts_said)


def _weights(name: str, own: str) -> tuple[Mapping[str, Any], tuple[str, str]]:
    if own.strip():
        return index.read_weights(own), OWN_LINES
    held = quality_index.weights().get(name)
    if held is None:
        raise refuse("index-set-unknown", name=name[:40])
    return held.weights, (held.zh, held.en)


def _posts(
    name: str, own: str, base: str, statistics: Sequence[Statistic]
) -> tuple[index.Posts, tuple[str, str]]:
    if own.strip():
        return index.read_posts(own), OWN_LINES
    if base.strip():
        period = _period(base)
        found = index.observed_posts(statistics, readings(period), period=period)
        return found, (f"{period}各地区各行业的最低值和最高值", f"lowest and highest numbers of {period}")
    if not name:
        raise refuse("index-no-goalposts")
    held = quality_index.goalposts().get(name)
    if held is None:
        raise refuse("index-set-unknown", name=name[:40])
    return held.posts, (held.zh, held.en)


def _period(text: str) -> str:
    found = periods.read(text.strip())
    if not periods.known(found):
        raise refuse("index-no-period", period=text[:40])
    return found


def readings(period: str, *, as_of: datetime | None = None) -> dict[str, dict[str, index.Reading]]:
    """Return every recorded statistic of a period by cell (``token``) and statistic."""
    found: dict[str, dict[str, index.Reading]] = {}
    for one in quality_index.tree().statistics():
        held = formulas.numbers(one.series, one.voice, Q(period=period), as_of=as_of)
        for (region, _period, breakdown), row in held.items():
            if set(members(breakdown)) - {"division"}:
                continue
            cell = found.setdefault(token(region, breakdown), {})
            cell[one.id] = index.Reading(row.value, row.standard_error, row.unit, formulas.width(row))
    return found


def token(region: str, breakdown: str) -> str:
    """Return the name of a cell: its region, and its division where it is of one.

    >>> token("330000", "division=13"), token("330000", "")
    ('330000 division=13', '330000')
    """
    return f"{region} {breakdown}".strip()


@dataclass(frozen=True)
class Prepared:
    """An index that was computed and not yet published: results, what lacks, and the doubt of each group."""

    choice: Choice
    result: index.Result

    @property
    def missing(self) -> Mapping[str, tuple[Statistic, ...]]:
        """What each cell without an index lacks."""
        return self.result.missing

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """The cells that are ranked beside each other: the regions, and the divisions of each region."""
        found: dict[str, list[str]] = {}
        for cell in self.result.cells:
            region, _space, division = cell.partition(" ")
            if division:
                found.setdefault(region, []).append(cell)
            elif region != NATION:
                found.setdefault("", []).append(cell)
        return {name: tuple(cells) for name, cells in found.items() if len(cells) >= LEAST_RANKED}

    @cached_property
    def doubts(self) -> dict[str, doubt.Doubt]:
        """The doubt of each group; its seed follows from the formula and the period."""
        sha = canonical.digest(index.formula(self.choice.made, version="0").to_dict())
        terms = quality_index.robustness()
        found = {}
        for name, cells in self.groups.items():
            seed = doubt.seed_of(sha, self.choice.period, name)
            found[name] = doubt.measure(self.result.of(cells), seed, **terms)
        return found


def prepare(choice: Choice) -> Prepared:
    """Compute the index of a period from the numbers in force, without writing anything."""
    held = readings(choice.period)
    return Prepared(choice, index.compute(choice.made, held, period=choice.period))


def with_intervals(found: Prepared, rows: Sequence[Observation]) -> list[Observation]:
    """Return rows of the index with their normal intervals, where the error of the index can be told."""
    return [_with_interval(found.result, row) for row in rows]


def _with_interval(result: index.Result, row: Observation) -> Observation:
    cell = token(row.region, row.breakdown)
    if cell not in result.cells or result.error(cell) is None or not row.standard_error or row.value is None:
        return row
    lower, upper = engine.ends(row.value, row.standard_error)
    return replace(row, interval="model", lower=lower, upper=upper, level=engine.LEVEL)


def document(found: Prepared) -> bytes:
    """Return the doubts as the file that is kept as evidence; numbers are decimal texts."""
    body = {
        "type": "zhiheng/index-doubt/1",
        "series": SERIES,
        "period": found.choice.period,
        "choice": found.choice.said,
        "choice_en": found.choice.said_en,
        "terms": {name: str(value) for name, value in quality_index.robustness().items()},
        "groups": [_group(found, name) for name in found.groups],
    }
    return canonical.dumps(body)


def _group(found: Prepared, name: str) -> dict[str, Any]:
    held, cells = found.doubts[name], found.groups[name]
    sampled = held.sampled_best is not None and held.sampled_worst is not None
    return {
        "region": name,
        "seed": str(held.seed),
        "cells": [
            {
                "cell": cell,
                "place": _text(held.place[n]),
                "best": _text(held.best[n]),
                "worst": _text(held.worst[n]),
                "sampled": [_text(held.sampled_best[n]), _text(held.sampled_worst[n])] if sampled else None,
                "lower": _text(held.lower[n]),
                "upper": _text(held.upper[n]),
            }
            for n, cell in enumerate(cells)
        ],
        "shares": {factor: _text(row.mean()) for factor, row in held.shares.items()},
    }


def _text(value: Any) -> str:
    return format(Decimal(str(round(float(value), 4))).normalize(), "f")


def layouts() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the ends of versions with their layouts: the divisions, then the whole, to be in force."""
    yield BY_DIVISION, ("division",)
    yield "", ()


def held_formulas(choice: Choice) -> dict[str, Formula] | None:
    """Return the formulas of a choice where they are in force already, by the ends of their versions."""
    newest = formulas.in_force(SERIES).get(SERIES)
    if newest is None:
        return None
    found = {}
    for end, by in layouts():
        row = Formula.objects.filter(series=SERIES, version=f"{newest.version}{end}").first()
        same = row and formulas.tree(row).root == index.formula(choice.made, version="0", by=by).root
        if not same:
            return None
        found[end] = row
    return found


def new_formulas(choice: Choice) -> Iterator[tuple[str, Tree]]:
    """Yield the formulas of a choice under the next version, those of divisions first."""
    number = Formula.objects.filter(series=SERIES).exclude(version__endswith=BY_DIVISION).count() + 1
    for end, by in layouts():
        yield end, index.formula(choice.made, version=f"{number}{end}", by=by)
