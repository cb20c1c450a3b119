"""The shares and relative risks of one synthetic country, fixed by its seed, and its level of failure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy import optimize

from zhiheng.reference import regions
from zhiheng.world import assumptions, streams
from zhiheng.world.assumptions import CHANNELS, CLASSES, SIZES


@dataclass(frozen=True)
class Country:
    """What firms are drawn from; arrays follow regions, divisions, sizes, classes or channels."""

    region: np.ndarray
    region_share: np.ndarray
    region_risk: np.ndarray
    division: np.ndarray
    division_share: np.ndarray
    division_risk: np.ndarray
    log_division_output: np.ndarray
    size_share: np.ndarray
    size_risk: np.ndarray
    log_output: np.ndarray
    class_share: np.ndarray
    class_risk: np.ndarray
    channel_share: np.ndarray
    channel_risk: np.ndarray
    spread: float

    def level(self, failing: float) -> float:
        """Return the factor on relative risks at which the *nation's* output-weighted failure is as asked.

        Solves sum of shares x min(risk x level, highest) = failing over all kinds of firms, divisions
        weighted by output. A province keeps its own distance from the nation.
        """
        weight = self.division_share * np.exp(self.log_division_output)
        provinces = assumptions.province_shares()
        place = np.array([assumptions.province_failure()[code] for code in provinces])
        kinds = [
            (np.array(list(provinces.values())), place),
            (weight / weight.sum(), self.division_risk),
            (self.size_share, self.size_risk),
            (self.class_share, self.class_risk),
            (self.channel_share, self.channel_risk),
        ]
        share = reduce(np.multiply.outer, [s for s, _ in kinds]).ravel()
        risk = reduce(np.multiply.outer, [r for _, r in kinds]).ravel()

        def excess(level: float) -> float:
            return float((share * np.minimum(risk * level, assumptions.HIGHEST_FAILURE)).sum()) - failing

        return float(optimize.brentq(excess, 1e-6, 10, xtol=1e-12))


def make(seed: int, inside: tuple[str, ...], divisions: tuple[str, ...]) -> Country:
    """Return the country of a seed, narrowed to firms of some regions and divisions.

    Shares of divisions and counties, and how divisions differ in output and failure, are drawn from the
    seed: they are invented and resemble no real table.
    """
    random = streams.generator(seed, streams.COUNTRY)
    counties, share, risk = _counties(random, inside)
    # Drawn for every two-digit code, so that a division is the same in whatever selection it stands.
    size = random.gamma(assumptions.DIVISION_SHAPE, size=100)
    output = random.normal(0, assumptions.DIVISION_OUTPUT_SPREAD, 100)
    failure = np.exp(random.normal(0, assumptions.DIVISION_FAILURE_SPREAD, 100))
    codes = np.array([int(code) for code in divisions])
    size_share = assumptions.shares("firm_share_by_size", SIZES)
    class_share = assumptions.shares("credit_class_share", CLASSES)
    channel_share = np.array(assumptions.CHANNEL_SHARE)
    return Country(
        region=counties,
        region_share=share,
        region_risk=risk,
        division=codes,
        division_share=size[codes] / size[codes].sum(),
        division_risk=failure[codes],
        log_division_output=output[codes],
        size_share=size_share,
        size_risk=_mean_one(assumptions.relative("failure_by_size", SIZES), size_share),
        log_output=np.log(assumptions.OUTPUT_BY_SIZE),
        class_share=class_share,
        class_risk=_mean_one(np.array(assumptions.FAILURE_BY_CLASS), class_share),
        channel_share=channel_share,
        channel_risk=_mean_one(assumptions.relative("failure_by_channel", CHANNELS), channel_share),
        spread=assumptions.OUTPUT_SPREAD,
    )


def _counties(random: np.random.Generator, inside: tuple[str, ...]) -> tuple[np.ndarray, ...]:
    provinces, failure = assumptions.province_shares(), assumptions.province_failure()
    leaves = [r.code for r in regions.all() if not regions.children(r.code) and r.code[:2] in provinces]
    size = random.gamma(assumptions.COUNTY_SHAPE, size=len(leaves))
    home = np.array([code[:2] for code in leaves])
    share = np.array([provinces[code] for code in home])
    for code in provinces:
        share[home == code] *= size[home == code] / size[home == code].sum()
    spans = [regions.span(code) for code in inside]
    keep = np.array([any(low <= code <= high for low, high in spans) for code in leaves])
    kept = np.array([int(code) for code in leaves])[keep]
    return kept, share[keep] / share[keep].sum(), np.array([failure[code] for code in home[keep]])


def _mean_one(rates: np.ndarray, share: np.ndarray) -> np.ndarray:
    return rates / float(rates @ share)
