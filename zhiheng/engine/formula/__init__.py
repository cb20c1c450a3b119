"""Formulas over observations: checked when defined, evaluated exactly, explained number by number."""

from zhiheng.engine.formula.checking import Meaning, check
from zhiheng.engine.formula.evaluating import Cell, Run, run
from zhiheng.engine.formula.exact import LEVEL, ends
from zhiheng.engine.formula.explaining import Explained, explain, printed
from zhiheng.engine.formula.needing import Reads, reads
from zhiheng.engine.formula.reading import cell_of, tables_of

__all__ = [
    "LEVEL",
    "Cell",
    "Explained",
    "Meaning",
    "Reads",
    "Run",
    "cell_of",
    "check",
    "ends",
    "explain",
    "printed",
    "reads",
    "run",
    "tables_of",
]
