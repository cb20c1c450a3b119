"""Formulas over observations: checked when defined, evaluated exactly, explained number by number."""

from zhiheng.engine.formula.checking import Meaning, check
from zhiheng.engine.formula.evaluating import Cell, Run, run
from zhiheng.engine.formula.explaining import Explained, explain, printed

__all__ = ["Cell", "Explained", "Meaning", "Run", "check", "explain", "printed", "run"]
