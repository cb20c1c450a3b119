"""The covariance of two released rates whose draws belong to one panel, from the firms that both answered.

Units of one panel keep their numbers, so many firms answer in both periods. The rate of a period is the sum
of z_k = u_k (y_k - R_d) over answered firms, linearised as in ``methods.survey``, and the covariance of two
such sums is that of the z of shared firms (``methods.repeated``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from zhiheng.methods import repeated

from .dataset import Base, Row
from .periods import made_of


@dataclass(frozen=True)
class Half:
    """One side of a comparison: base and rows of its release, and what of them the figure speaks of."""

    base: Base
    rows: tuple[Row, ...]
    region: str
    period: str


def covariance(before: Half, after: Half) -> repeated.Shared:
    """Return the covariance of the two headline rates; strata are matched by region of the draw and name.

    A stratum that has several draws in either half (a year of four quarters, two draws of one period) is
    taken to have none: the formula is of one sample at each time. That is safe: firms that answer
    alike twice would only make the interval narrower.
    """
    first, second = _values(before), _values(after)
    strata = []
    for key in sorted(first.keys() & second.keys()):
        (size, answered, own), (other_size, other_answered, other) = first[key], second[key]
        shared = sorted(own.keys() & other.keys())
        strata.append(
            repeated.Stratum(
                share=1.0,
                population=max(size, other_size),
                before=answered,
                after=other_answered,
                shared_before=[answered * own[unit] for unit in shared],
                shared_after=[other_answered * other[unit] for unit in shared],
            )
        )
    return repeated.covariance(strata)


def _values(half: Half) -> dict[tuple[str, str], tuple[int, int, dict[str, float]]]:
    """Return population, answered units and the z of each answered unit, by stratum of one draw alone."""
    base, region = half.base, half.region
    draws = {
        draw.serial: draw for draw in base.draws_of(region, made_of(half.period, base.periods_of(region)))
    }
    sizes = {(row.draw, row.stratum): row for row in base.strata if row.draw in draws and row.respondents}
    times = Counter((draws[row.draw].region, row.stratum) for row in base.strata if row.draw in draws)
    rows = [row for row in half.rows if row.verdict and (row.draw, row.stratum) in sizes]
    weight = {key: row.population / row.respondents for key, row in sizes.items()}
    rate, total = _rates(rows, weight)
    outputs = {division: float(base.output(draws, division)) for division in total}
    whole = sum(outputs.values())
    found: dict[tuple[str, str], tuple[int, int, dict[str, float]]] = {}
    for row in rows:
        size, division = sizes[row.draw, row.stratum], row.division
        key = draws[row.draw].region, row.stratum
        if times[key] > 1:
            continue
        share = outputs[division] / whole * weight[row.draw, row.stratum] / total[division]
        held = found.setdefault(key, (size.population, size.respondents, {}))[2]
        held[row.unit] = share * (float(row.verdict == "pass") - rate[division])
    return found


def _rates(
    rows: Iterable[Row], weight: dict[tuple[str, str], float]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return the weighted rate and the sum of weights of each division."""
    total: dict[str, float] = defaultdict(float)
    passed: dict[str, float] = defaultdict(float)
    for row in rows:
        own = weight[row.draw, row.stratum]
        total[row.division] += own
        passed[row.division] += own * (row.verdict == "pass")
    return {division: passed[division] / size for division, size in total.items()}, dict(total)
