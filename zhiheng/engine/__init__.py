"""Big tables to small tables of sufficient statistics, and formulas over tables of observations.

An engine (``running.Running``) is one way to run both: in memory (the plain reference), by DuckDB, by Spark.
All give the same answer, and the tests of ``tests/engine`` are one specification that every engine meets.
"""

from zhiheng.engine.reduction import Reduction

__all__ = ["Reduction"]
