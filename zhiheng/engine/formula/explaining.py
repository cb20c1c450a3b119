"""A formula is explained at one cell: each node with its sentence, its number and what went into it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from zhiheng.engine.formula.evaluating import Key, Run, Value, above, rounded
from zhiheng.formats.shapes import formula as shape
from zhiheng.formats.shapes.observation import breakdown, members, number

Language = Literal["zh", "en"]
MOST_CELLS = 12
"""Cells of a total that are listed one by one; the rest are counted."""
SENTENCES: dict[str, tuple[str, str]] = {
    "series": ("{name}", "{name}"),
    "constant": ("常数", "constant"),
    "sum": ("各项之和", "sum of its parts"),
    "total": ("按{over}合计（{cells}个单元）", "total over {over} ({cells} cells)"),
    "difference": ("前项减后项", "the first less the second"),
    "ratio": ("前项除以后项", "the first by the second"),
    "weighted_mean": (
        "按{over}加权平均（{cells}个单元）",
        "weighted mean over {over} ({cells} cells)",
    ),
    "standardise": (
        "由{low}至{high}标准化到{least}至{most}（{direction}）",
        "from {low} to {high}, standardised to {least} to {most} ({direction})",
    ),
    "linear": ("按权数{weights}相加，再加{plus}", "sum with the weights {weights}, plus {plus}"),
    "named": ("{because}：按权数{weights}相加", "{because}: sum with the weights {weights}"),
    "index_link": (
        "自{at}起为新口径，此前各期按{scale}衔接",
        "on the new footing from {at}, linked before it by {scale}",
    ),
    "more": ("另有{count}个单元", "{count} more cells"),
}
REASONS: dict[str, tuple[str, str]] = {
    "lacking": ("缺少所需数据", "a number that it needs is not there"),
    "suppressed": ("所需数据不予公布", "a number that it needs is withheld"),
    "missing": ("所需数据缺失", "a number that it needs is missing"),
    "bound": ("来源只给出界限", "the source gives only a bound"),
    "grade": ("来源只给出等级", "the source gives only a grade"),
    "zero": ("除数为零", "it would divide by zero"),
    "outside": ("数值超出可计算的范围", "a number lies outside what can be computed with"),
    "cells": ("单元数与公式要求不符", "another number of cells than the formula needs"),
    "no-overlap": ("没有新旧口径同时测量的时期", "no period was measured on both footings"),
}
WORDS: dict[str, tuple[str, str]] = {
    "region": ("地区", "region"),
    "division": ("行业大类", "division"),
    "channel": ("渠道", "channel"),
    "size": ("规模", "size"),
    "higher": ("越高越好", "higher is better"),
    "lower": ("越低越好", "lower is better"),
    "difference": ("差", "difference"),
    "ratio": ("比", "ratio"),
    "logit": ("对数几率", "logit"),
}


@dataclass(frozen=True)
class Explained:
    """One node at one cell; ``cell`` names the observation where the node is a series."""

    path: str
    op: str
    zh: str
    en: str
    value: Decimal | None
    error: Decimal | None
    why: str
    cell: tuple[str, str, str, str] | None = None
    children: tuple[Explained, ...] = ()

    def text(self, language: Language) -> str:
        """Return the sentence of the node."""
        return self.zh if language == "zh" else self.en

    def reason(self, language: Language) -> str:
        """Return why there is no number, or nothing."""
        return REASONS[self.why][language == "en"] if self.why else ""


def explain(found: Run, key: Key, names: Mapping[str, tuple[str, str]] | None = None) -> Explained:
    """Return the whole tree of a computed formula at one cell; ``names`` holds series in zh and en."""
    return _Explainer(found, names or {}).node(found.formula.root, "root", key)


def printed(tree: Explained, language: Language = "en") -> str:
    """Return an explanation as indented lines, one a node."""
    return "\n".join(_lines(tree, language, 0))


def _lines(tree: Explained, language: Language, depth: int) -> Iterator[str]:
    said = number(tree.value) if tree.value is not None else tree.reason(language)
    error = f" ± {number(tree.error)}" if tree.error else ""
    yield f"{'  ' * depth}{tree.text(language)}" + (f" = {said}{error}" if said else "")
    for child in tree.children:
        yield from _lines(child, language, depth + 1)


@dataclass(frozen=True)
class _Explainer:
    run: Run
    names: Mapping[str, tuple[str, str]]

    def node(self, node: shape.Node, path: str, key: Key) -> Explained:
        """Explain one node at one cell and all that is below it."""
        over = getattr(node, "over", ())
        below = self._below(node, path, key, over)
        children: list[Explained] = []
        for cell in below[:MOST_CELLS]:
            children += [self.node(child, f"{path}.{place}", cell) for place, child in node.children()]
        if len(below) > MOST_CELLS:
            children.append(_bare(path, "more", count=len(below) - MOST_CELLS))
        zh, en = self._sentence(node, key, len(below) if over else 0)
        value = self.run.at(path, key)
        return Explained(
            path, node.op, zh, en, rounded(value.number), self._error(path, key, value), value.why,
            self._cell(node, key), tuple(children),
        )  # fmt: skip

    def _below(self, node: shape.Node, path: str, key: Key, over: tuple[str, ...]) -> list[Key]:
        """Return the cells of the nodes below that go into this one."""
        if not over:
            return [key]
        cells: set[Key] = set()
        for place, _child in node.children():
            grid = self.run.grids[f"{path}.{place}"]
            if isinstance(grid, Mapping):
                cells |= {cell for cell in grid if above(cell, over) == key}
        return sorted(cells)

    def _error(self, path: str, key: Key, value: Value) -> Decimal | None:
        return self.run.error(key, path) if value.slopes else None

    def _cell(self, node: shape.Node, key: Key) -> tuple[str, str, str, str] | None:
        if not isinstance(node, shape.Series):
            return None
        whole = breakdown({**members(key[2]), **dict(node.where)})
        return node.id, key[0], key[1], whole

    def _sentence(self, node: shape.Node, key: Key, cells: int) -> tuple[str, str]:
        op = "total" if isinstance(node, shape.Sum) and node.over else node.op
        if isinstance(node, shape.Linear) and node.because and node.plus == "0":
            op = "named"
        return _said(op, 0, self._facts(node, key, cells, 0)), _said(op, 1, self._facts(node, key, cells, 1))

    def _facts(self, node: shape.Node, key: Key, cells: int, language: int) -> dict[str, object]:
        facts = {name: getattr(node, name) for name in type(node).__dataclass_fields__}
        facts["cells"] = cells
        for name in ("direction", "scale"):
            if name in facts:
                facts[name] = WORDS[str(facts[name])][language]
        facts["because"] = _of_language(str(facts.get("because", "")), language)
        for name in ("over", "weights"):
            if isinstance(facts.get(name), tuple):
                words = [WORDS.get(word, (_short(word),) * 2)[language] for word in facts[name]]
                facts[name] = ("、", ", ")[language].join(words)
        if isinstance(node, shape.Series):
            name = self.names.get(node.id, (node.id, node.id))[language]
            cell = self._cell(node, key)
            where = " ".join(part for part in (cell[1], cell[2], cell[3]) if part) if cell else ""
            facts["name"] = f"{name}（{where}）" if language == 0 else f"{name} ({where})"
        return facts


def _short(word: str) -> str:
    """Return a weight with six digits at most, and any other word as it is.

    >>> _short("0.333333333333333333"), _short("0.5"), _short("scope")
    ('0.333333', '0.5', 'scope')
    """
    return word[:8] if re.fullmatch(r"0\.[0-9]+", word) else word


def _of_language(text: str, language: int) -> str:
    """Return the name in a reason in one language: Chinese before a bar, English behind it, without brackets.

    >>> _of_language("指数（非官方） | the index (not official)", 1)
    'the index'
    """
    zh, _bar, en = text.partition(" | ")
    said = (en or zh) if language else zh
    return said.partition("（")[0].partition(" (")[0]


def _said(op: str, language: int, facts: Mapping[str, object]) -> str:
    return SENTENCES[op][language].format_map(facts)


def _bare(path: str, op: str, **facts: object) -> Explained:
    return Explained(path, op, _said(op, 0, facts), _said(op, 1, facts), None, None, "")
