"""A draw that knows its chances before it is made, and estimates from them afterwards.

Looking harder at risky firms finds more failures and makes the raw pass rate too low. A ``Design`` fixes the
probability of every unit first, draws by one permanent or lottery number a unit, and later turns the results
into a rate of the whole population with its interval, the raw rate beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, chances, intervals, ordered, permanent, selection, survey, unequal

VERSION = "1"
# Half the chances by risk, half alike: see docs/methods/draws.md.
UNIFORM_SHARE = 0.5


@dataclass(frozen=True)
class Result:
    """The rate of the population with its interval, and the raw rate of those looked at.

    ``coverage`` is the share of the frame that the answered units stand for: below 1 a stratum was lost whole
    and the estimate is one of the other strata alone.
    """

    estimate: float
    lower: float
    upper: float
    standard_error: float
    naive: float
    n: int
    drawn: int
    method: str
    version: str = VERSION
    level: float = 0.95
    coverage: float = 1.0


@dataclass(frozen=True)
class Design:
    """Probabilities of all units of a frame, fixed before the draw, by ``within_strata`` or ``by_risk``.

    ``pi`` are the inclusion probabilities, ``stratum`` numbers the strata of a stratified design from 0,
    ``sizes`` are its sample sizes.
    """

    pi: np.ndarray
    kind: Literal["strata", "risk"]
    stratum: np.ndarray
    sizes: np.ndarray

    @classmethod
    def within_strata(cls, stratum: Any, sizes: Any) -> Design:
        """Return simple random sampling within (risk) strata, the default: n_h of N_h units each.

        >>> Design.within_strata([0, 0, 0, 0, 1, 1], [1, 2]).pi.tolist()
        [0.25, 0.25, 0.25, 0.25, 1.0, 1.0]
        """
        stratum, sizes = arrays.column(stratum, "strata"), arrays.counts(sizes, "sample sizes")
        if stratum.ndim != 1 or not stratum.size or stratum.dtype.kind not in "iu" or stratum.min() < 0:
            raise BadInput("The strata are not numbered from 0.", "Give the number of its stratum by unit.")
        if stratum.max() >= sizes.size:
            raise BadInput("There is not one sample size a stratum.", "Give each stratum its own.")
        population = np.bincount(stratum, minlength=sizes.size)
        if sizes.shape != population.shape or np.any(sizes < 1) or np.any(sizes > population):
            raise BadInput(
                "A stratum is empty, or its sample size lies outside 1 to N_h.",
                "Draw from every stratum, or its units have no chance and no estimate covers them.",
            )
        return cls((sizes / population)[stratum], "strata", stratum, sizes)

    @classmethod
    def by_risk(cls, risk: Any, n: int, *, uniform: float = UNIFORM_SHARE) -> Design:
        """Return chances that follow risk for one part and are alike for the other, ``uniform``.

        pi_i = n [(1 - u) risk_i / sum risk + u / N], units above 1 certain and the rest shared again. u > 0
        keeps every weight below N / (n u), however low the risk; u = 1 is a simple sample.

        >>> Design.by_risk([1.0, 1.0, 2.0, 4.0], 2).pi.tolist()
        [0.375, 0.375, 0.5, 0.75]
        """
        risk = arrays.numbers(risk, "risk scores")
        if risk.ndim != 1 or risk.size < 2 or not np.all(np.isfinite(risk) & (risk > 0)):
            raise BadInput(
                "A risk is not above zero.", "Give every unit of the frame a risk score above zero."
            )
        uniform = arrays.number(uniform, "uniform part")
        if not 0 <= uniform <= 1:
            raise BadInput(f"A part of {uniform} lies outside 0 to 1.", "Give 0.5 for half and half.")
        n = arrays.whole(n, "number of units to draw", least=0)
        if not 2 <= n <= risk.size:
            raise BadInput(f"{n} units cannot be drawn.", "Ask for two units or more, at most all.")
        pi = chances.proportional((1 - uniform) * risk / risk.sum() + uniform / risk.size, n)
        return cls(pi, "risk", np.zeros(risk.size, dtype=int), np.array([n]))

    @cached_property
    def nominal(self) -> np.ndarray:
        """Return by which probabilities the Pareto keys of a design by risk are made, so that it meets pi.

        The usual keys of pi itself would meet it only nearly (``ordered.working``).

        >>> Design.by_risk([1.0, 1.0, 2.0, 4.0], 2).nominal.round(4).tolist()
        [0.3791, 0.3791, 0.5, 0.7428]
        """
        return ordered.working(self.pi)

    def draw(self, u: Any) -> np.ndarray:
        """Return the positions of the drawn units by one uniform number each, whatever the order.

        The smallest numbers of each stratum, or the smallest Pareto keys (Rosen 1997), made so that every
        unit has exactly the probability ``pi``.

        >>> Design.within_strata([0, 0, 0, 1, 1], [1, 1]).draw([0.7, 0.2, 0.4, 0.1, 0.9]).tolist()
        [1, 3]
        """
        u = arrays.vector(u, "uniform numbers")
        if np.any((u < 0) | (u >= 1)):
            raise BadInput("A uniform number is not in [0, 1).", "Give every unit a uniform number.")
        if self.kind == "strata":
            return np.sort(selection.within_strata(u, self.stratum, self.sizes))
        return permanent.smallest(permanent.pareto_keys(u, self.nominal), int(self.sizes[0]))

    def estimate(self, drawn: Any, passed: Any, *, level: float = 0.95) -> Result:
        """Return the pass rate of the frame from results by drawn unit: 1, 0, or NaN where none was reached.

        Strata: ``survey.hajek``, who did not answer being represented by their stratum; a stratum without any
        answer is represented by nobody, and ``coverage`` tells what is left of the frame. Risk: the Hajek
        mean with Deville's variance (``unequal``) on the answered units and the interval of
        ``intervals.proportion_interval``; where the error is zero the sample size stands for the effective
        one.

        >>> design = Design.by_risk([1.0] * 8 + [6.0] * 2, 5)
        >>> found = design.estimate([0, 3, 7, 8, 9], [1, 1, 1, 1, 0])
        >>> print(round(found.estimate, 4), round(found.naive, 4), found.n)
        0.9 0.8 5
        """
        drawn, passed = arrays.column(drawn, "drawn units"), arrays.numbers(passed, "results")
        self._check(drawn, passed)
        answered = np.isfinite(passed)
        y, n = passed[answered], int(answered.sum())
        if self.kind == "strata":
            return self._of_strata(drawn[answered], y, drawn.size, level)
        if n < 2:
            raise BadInput("Fewer than two units have a result.", "No error can be told from one.")
        pi = self.pi[drawn[answered]]
        share, values = unequal.mean(y, pi)
        error = 0.0
        if (pi < 1).sum() >= 2:
            error = float(np.sqrt(max(unequal.approximate(values, pi), 0.0)))
        # Kish's effective size bounds what n units with unequal weights can tell where none failed.
        size = float((1 / pi).sum() ** 2 / (1 / pi**2).sum())
        known = error if 0 < share < 1 and error > 0 else np.sqrt(max(share * (1 - share), 0.0) / size)
        lower, upper = intervals.proportion_interval(min(share, 1.0), known, size, level=level)
        return Result(
            share,
            float(lower),
            float(upper),
            error,
            float(y.mean()),
            n,
            drawn.size,
            "hajek-deville",
            level=level,
        )

    def _of_strata(self, drawn: np.ndarray, y: np.ndarray, asked: int, level: float) -> Result:
        home, strata = self.stratum[drawn], self.sizes.size
        n = np.bincount(home, minlength=strata)[:, None]
        passes = np.bincount(home, y, strata)[:, None]
        sample = survey.Sample.from_counts(np.bincount(self.stratum, minlength=strata), n, passes)
        found = survey.hajek(sample, level=level).at(0)
        if found.estimate is None:
            raise BadInput("No unit has a result.", "There is nothing to estimate from.")
        return Result(
            found.estimate,
            found.lower,
            found.upper,
            found.standard_error,
            float(y.mean()),
            found.n,
            asked,
            "hajek",
            level=level,
            coverage=found.coverage,
        )

    def _check(self, drawn: np.ndarray, passed: np.ndarray) -> None:
        if drawn.ndim != 1 or drawn.shape != passed.shape or drawn.dtype.kind not in "iu" or not drawn.size:
            raise BadInput("There is not one result a drawn unit.", "Give positions and results alike.")
        if drawn.min() < 0 or drawn.max() >= self.pi.size or np.unique(drawn).size != drawn.size:
            raise BadInput("A drawn unit is not in the frame, or given twice.", "Give each drawn unit once.")
        if not np.isin(passed[np.isfinite(passed)], (0.0, 1.0)).all() or np.isinf(passed).any():
            raise BadInput("A result is neither 1 nor 0.", "Leave out what is unknown as NaN.")
        if np.any(np.bincount(self.stratum[drawn], minlength=self.sizes.size) != self.sizes):
            raise BadInput(
                "The drawn units are not those of the design.", "Give all drawn units, NaN for no result."
            )
