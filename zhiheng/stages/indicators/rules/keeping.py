"""Writes the answers for the targets of the Outline and its published series, which no page should compute.

``python -m zhiheng.stages.indicators.rules.keeping`` writes them anew after numbers, rules or method changed;
a question that is not among them is computed when asked.
"""

from __future__ import annotations

from typing import Any

import yaml

from zhiheng.reference import indicators, outline, tables

from . import attainment, published
from .attainment import Attainment

NAME = "attainment.yaml"
HEAD = """# Chances of the targets of the Outline, computed from observations.csv. Written by
# python -m zhiheng.stages.indicators.rules.keeping and compared with the method by the tests.
source: own computation from observations.csv
licence: own work
retrieved: 2026-11-27
confidence: text

"""


def answers() -> list[tuple[str, Attainment]]:
    """Return series and answer of each target of the nation that one published series measures."""
    found = []
    for target in outline.targets():
        if indicators.ambiguity(target.indicator) is not None:
            continue
        value = float(target.value) / 100 if target.unit == "%" else float(target.value)
        rows = [
            seen
            for seen in indicators.observations(target.indicator, geo_code=indicators.NATION)
            if seen.period.isdigit() and (not seen.breakdown or published.scope(seen))
        ]
        stated = published.reference_breaks(target.indicator)
        answer = published.attainment(
            sorted(rows, key=_order), value, target.due, declared=stated, operator=target.operator
        )
        if answer.at is not None:
            found.append((target.indicator, answer))
    return found


def _order(seen: indicators.Observation) -> tuple[str, str]:
    return seen.period, seen.breakdown


def row(series: str, answer: Attainment) -> dict[str, Any]:
    """Return an answer as the file holds it."""
    scale = answer.method.rpartition("-")[2]
    fresh = attainment.compute(answer.history, answer.target, answer.due, scale, answer.assumptions)
    return {
        "series": series,
        "question": attainment.question(answer.history, answer.target, answer.due, scale),
        "at": fresh.at,
        "by": fresh.by,
        "other": fresh.other,
        "expected": fresh.expected,
        "needed_per_year": fresh.needed_per_year,
        "method": fresh.method,
        "path": [[one.year, one.level, one.lower, one.upper, one.needed] for one in fresh.path],
    }


def write() -> None:
    """Write the file of answers."""
    held = {"answers": [row(series, answer) for series, answer in answers()]}
    text = yaml.safe_dump(held, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
    (tables.DATA / NAME).write_text(HEAD + text, encoding="utf-8")


if __name__ == "__main__":
    write()
