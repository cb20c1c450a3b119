"""Prints how often the intervals that were weighed held the truth: the table of docs/methods/pass-rate.md.

Run by hand: ``python -m tests.prove.interval_choice``. The countries are not those of the proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from tests.prove.redraws import Design, as_years, years
from zhiheng.methods import intervals, survey
from zhiheng.methods.survey import Rates, Sample
from zhiheng.world import Population

COUNTRIES = [(region, 101 + i) for i, region in enumerate(("110000", "310000", "320000", "330000", "350000"))]
COUNTRIES += [
    (region, 201 + i) for i, region in enumerate(("360000", "420000", "500000", "610000", "530000"))
]
FIRMS, DRAWS, MINIMUM = 2_000, 200, 30

Limits = tuple[np.ndarray, np.ndarray]


def wilson(rates: Rates) -> Limits:
    """Wilson on the linearised error."""
    return intervals.proportion_interval(rates.estimate, rates.standard_error, rates.n)


def logit(rates: Rates) -> Limits:
    """Logit on the linearised error, nothing but the estimate where it does not exist."""
    inside = (rates.estimate > 0) & (rates.estimate < 1)
    p = np.where(inside, rates.estimate, 0.5)
    low, high = intervals.logit(p, rates.standard_error, np.maximum(rates.df, 1))
    return np.where(inside, low, rates.estimate), np.where(inside, high, rates.estimate)


def korn_graubard(rates: Rates) -> Limits:
    """Korn and Graubard's interval on the linearised error."""
    df = np.maximum(rates.df, 1)
    return intervals.korn_graubard(rates.estimate, rates.standard_error, np.maximum(rates.n, 1), df)


def composite(rates: Rates) -> Limits:
    """The released interval."""
    return rates.lower, rates.upper


WEIGHED: dict[str, Callable[[Rates], Limits]] = {
    "logit, linearised": logit,
    "Wilson, linearised": wilson,
    "Korn-Graubard, linearised": korn_graubard,
    "Wilson, composite": composite,
}


def figures(design: Design, quarters: Sample) -> Iterator[tuple[str, Rates, np.ndarray]]:
    """Yield each figure with its truth."""
    year = as_years(quarters)
    weighted, whole = design.truth_weighted(), design.truth_whole()
    yield "quarter, Hajek", survey.hajek(quarters.merge()).first(), whole
    yield "quarter, by output", survey.post_stratified(quarters, design.output), weighted
    yield "the same, divisions alone", survey.post_stratified(quarters, design.output, alone_from=0), weighted
    yield "year, Hajek", survey.hajek(year.merge()).first(), years(whole)
    yield "year, by output", survey.post_stratified(year, design.output), years(weighted)
    yield "division, year", survey.hajek(year), years(design.truth_by_division())


def held(rates: Rates, truth: np.ndarray, make: Callable[[Rates], Limits], shown: np.ndarray) -> np.ndarray:
    """Return for each shown rate whether its interval holds the truth."""
    part = Rates(
        **{
            name: getattr(rates, name)[shown] if isinstance(getattr(rates, name), np.ndarray) else value
            for name, value in vars(rates).items()
        }
    )
    low, high = make(part)
    true = np.broadcast_to(truth, rates.estimate.shape)[shown]
    return (low <= true) & (true <= high)


def main() -> None:
    """Print one line an interval, one column a figure."""
    found: dict[tuple[str, str], list[np.ndarray]] = {}
    for region, seed in COUNTRIES:
        design = Design.of(Population(seed=seed, firms=FIRMS, regions=region), ("2023", "2024", "2025"))
        for quarters in design.draws(DRAWS, seed):
            for figure, rates, truth in figures(design, quarters):
                shown = rates.n >= (MINIMUM if figure.startswith("division") else 1)
                for name, make in WEIGHED.items():
                    found.setdefault((name, figure), []).append(held(rates, truth, make, shown))
    columns = list(dict.fromkeys(figure for _, figure in found))
    print("| interval |", " | ".join(columns), "|")
    for name in WEIGHED:
        shares = [100 * np.concatenate(found[name, figure]).mean() for figure in columns]
        print(f"| {name} |", " | ".join(f"{share:.1f}" for share in shares), "|")


if __name__ == "__main__":
    main()
