"""A synthetic country with known truth, for the demo, the tests, the benchmarks and policy rehearsal."""

from __future__ import annotations

from zhiheng.world.outcomes import Outcomes
from zhiheng.world.population import Columns, Population, Truth

__all__ = ["Columns", "Outcomes", "Population", "Truth"]
