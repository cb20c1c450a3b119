"""Which figures may be shown, and which words a comparison allows."""

from __future__ import annotations

from dataclasses import dataclass

from zhiheng.reference import parameters

from ..refusals import refuse

PUBLISHED, THIN, CENSUS, SUPPRESSED = "published", "thin", "census", "suppressed"
STATES = (PUBLISHED, THIN, CENSUS, SUPPRESSED)
SHOWN = (PUBLISHED, THIN, CENSUS)

UP, DOWN, NOT_DISTINGUISHABLE, NOT_COMPARABLE = "up", "down", "not-distinguishable", "not-comparable"
REACHED, NOT_REACHED, OPEN = "reached", "not-reached", "open"
REACHED_UNSURE = "reached-not-distinguishable"
AT_LEAST, AT_MOST = "at_least", "at_most"

# Two-sided 95 % quantile of the normal distribution, for differences of two independent draws.
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class SizeRule:
    """How many answered units a cell needs before its rate is shown.

    Below ``minimum`` the rate is withheld and only n is said; below ``firm`` it is shown as thin.
    """

    minimum: int
    firm: int

    def __post_init__(self) -> None:
        if not 1 <= self.minimum <= self.firm:
            raise refuse("no-size-rule", minimum=self.minimum, firm=self.firm)

    def state(self, *, n: int, population: int) -> str:
        """Return the state of a cell: a fully answered population is a census whatever its size."""
        if n < 0 or n > population:
            raise refuse("counts-cannot-be", n=n, population=population)
        if 0 < n == population:
            return CENSUS
        if n < self.minimum:
            return SUPPRESSED
        return THIN if n < self.firm else PUBLISHED


def size_rule() -> SizeRule:
    """Return the size rule of the reference data; thin is below twice the minimum unless it says more."""
    held = parameters.value("size_rule")
    minimum = int(held["suppress_below"])
    return SizeRule(minimum=minimum, firm=int(held.get("thin_below", 2 * minimum)))


@dataclass(frozen=True)
class Reading:
    """One released share as a comparison sees it; both numbers None when it is withheld."""

    estimate: float | None
    standard_error: float | None
    basis: str
    purpose: str


def against_target(
    *,
    lower: float | None,
    upper: float | None,
    target: float,
    estimate: float | None = None,
    operator: str = AT_LEAST,
) -> str:
    """Compare an interval with a target that says "at least" or "at most": reached, not reached, or open.

    Where the estimate itself stands at the target and the interval still holds it, the target is reached in
    print and not distinguishable from it. To "reach" a value is to stand at it or above.

    >>> against_target(lower=0.931, upper=0.948, target=0.94)
    'open'
    >>> against_target(lower=0.9781, upper=0.9817, target=0.98, estimate=0.98)
    'reached-not-distinguishable'
    >>> against_target(lower=0.138, upper=0.148, target=0.10, operator="at_most")
    'not-reached'
    """
    if lower is None or upper is None:
        return OPEN
    if operator == AT_MOST:
        turned = None if estimate is None else -estimate
        return against_target(lower=-upper, upper=-lower, target=-target, estimate=turned)
    if lower >= target:
        return REACHED
    if upper < target:
        return NOT_REACHED
    return REACHED_UNSURE if estimate is not None and estimate >= target else OPEN
