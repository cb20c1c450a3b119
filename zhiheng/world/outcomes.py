"""What a visit to a firm meets in a quarter: an answer or none, a verdict, a measured value that fits it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from zhiheng.world import streams, words
from zhiheng.world.assumptions import RESPONSE_BY_CLASS, RESPONSES
from zhiheng.world.streams import BLOCK

if TYPE_CHECKING:
    from zhiheng.world.population import Population

# A value lies at least 5 % from its limit and its expanded uncertainty is 2 % of it: no verdict is in doubt.
NEAREST, FARTHEST, DOUBT = 0.05, 0.60, Decimal("0.02")


@dataclass(frozen=True)
class Outcomes:
    """One row a visited firm, in the order asked for; texts are as a laboratory would report them.

    ``response`` is a word of ``RESPONSES``; ``passed`` is the true verdict, known here even of a firm that
    did not answer and to be shown to nobody in that case. Values, limits and uncertainties are decimals.
    """

    indices: np.ndarray
    response: np.ndarray
    passed: np.ndarray
    product: np.ndarray
    item: np.ndarray
    value: np.ndarray
    unit: np.ndarray
    uncertainty: np.ndarray
    limit: np.ndarray
    limit_kind: np.ndarray

    @property
    def answered(self) -> np.ndarray:
        """Return where a sample could be taken."""
        return self.response == RESPONSES[0]

    @property
    def verdict(self) -> np.ndarray:
        """Return pass or fail where a sample was taken, and an empty text elsewhere."""
        return np.where(self.answered, np.where(self.passed, "pass", "fail"), "")


def of(population: Population, indices: np.ndarray, quarter: int) -> Outcomes:
    """Return the outcomes of visits to firms of a population in a quarter (2023Q1 = 0).

    Whether a firm answers depends on its class alone, so that those of a stratum that do stand for all.
    """
    firms = population.firms_at(indices)
    passed = np.empty(indices.size, dtype=bool)
    uniform = np.empty((2, indices.size), dtype=np.float32)
    for number in np.unique(indices // BLOCK):
        here = indices // BLOCK == number
        inside = indices[here] - number * BLOCK
        passed[here] = population.passes(int(number), quarter)[inside]
        for row, purpose in enumerate((streams.RESPONSES, streams.VALUES)):
            random = streams.generator(population.seed, purpose, int(number), quarter)
            uniform[row, here] = random.random(BLOCK, dtype=np.float32)[inside]
    edges = np.cumsum(RESPONSE_BY_CLASS, axis=1)[:, :-1]
    response = (uniform[0][:, None] >= edges[firms.credit_class]).sum(1)
    tested = [words.PRODUCTS[int(code)] for code in firms.division]
    return Outcomes(
        indices=indices,
        response=np.array(RESPONSES)[response],
        passed=passed,
        product=np.array([t.product for t in tested]),
        item=np.array([t.item for t in tested]),
        value=np.array([_value(t, p, u) for t, p, u in zip(tested, passed, uniform[1], strict=True)]),
        unit=np.array([t.unit for t in tested]),
        uncertainty=np.array([str(Decimal(t.limit) * DOUBT) for t in tested]),
        limit=np.array([t.limit for t in tested]),
        limit_kind=np.array([t.kind for t in tested]),
    )


def _value(tested: words.Product, passed: bool, uniform: float) -> str:
    away = NEAREST + (FARTHEST - NEAREST) * float(uniform)
    below = passed == (tested.kind == "upper")
    limit = Decimal(tested.limit)
    share = Decimal(repr(round(1 - away if below else 1 + away, 6)))
    return str((limit * share).quantize(limit))
