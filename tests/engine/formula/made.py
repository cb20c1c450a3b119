"""Small formulas and tables that several tests read."""

from __future__ import annotations

from decimal import Decimal

from zhiheng.engine.formula import Cell, Meaning
from zhiheng.formats.shapes.formula import Formula

RATE = Meaning("%", "probability", "evaluation", ("channel", "division"))
CATALOGUE = {
    "rate": RATE,
    "other_rate": RATE,
    "food_fail": Meaning("%", "judgement", "enforcement", ("category",)),
    "output": Meaning("CNY", "administrative", "evaluation", ("division",)),
    "energy": Meaning("tce", "administrative", "evaluation"),
    "grades": Meaning("grade", "administrative", "evaluation"),
}


def formula(root, unit="%", basis="probability", purpose="evaluation"):
    head = {"type": "zhiheng/formula/1", "id": "made", "version": "1", "unit": unit}
    return Formula.from_dict({**head, "basis": basis, "purpose": purpose, "root": root})


def series(id, **more):
    return {"op": "series", "id": id, **more}


def constant(value, unit="%"):
    return {"op": "constant", "value": value, "unit": unit}


def cell(value, error=None, why=""):
    return Cell(None if value is None else Decimal(value), None if error is None else Decimal(error), why)


def table(values, *, period="2024", region="000000"):
    """Return a table from breakdowns (or whole keys) to a value, or to a value with its error."""
    made = {}
    for key, value in values.items():
        place = key if isinstance(key, tuple) else (region, period, key)
        made[place] = cell(*value) if isinstance(value, tuple) else cell(value)
    return made
