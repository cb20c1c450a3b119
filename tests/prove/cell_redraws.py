"""Small cells, region by division, of draws from many countries whose every verdict is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.prove.redraws import Design, as_years
from zhiheng.methods.survey import Sample
from zhiheng.reference import regions
from zhiheng.site.demo.scale import SEED, Scale
from zhiheng.stages.indicators.rules import cells, figures
from zhiheng.world import Population
from zhiheng.world.assumptions import CLASSES


@dataclass(frozen=True)
class Part:
    """What ``cells.borrow`` reads of the slice of one region and period."""

    region: str
    period: str
    divisions: tuple[str, ...]
    outputs: tuple[str, ...]
    sample: Sample
    method: str = figures.WEIGHTED


def countries(scale: Scale, count: int) -> Iterator[tuple[Design, tuple[str, ...]]]:
    """Yield countries of one scale with their divisions, that of the demonstration first.

    A model's interval holds on the average over what cells might be, so one country would not do.
    """
    for number in range(count):
        country = Population(seed=SEED + number, firms=scale.firms, regions=scale.region)
        terms = {"fractions": scale.fractions, "minimum": scale.minimum}
        by_province = scale.region == regions.NATION
        yield Design.of(country, ("2024",), **terms, by_province=by_province), country.divisions


def fits(
    design: Design, draws: int, seed: int, *, divisions: tuple[str, ...], firm: int, by_year: bool
) -> Iterator[tuple[cells.Fit, np.ndarray]]:
    """Yield, for each draw, the borrowed cells of the first period and the true rate of each."""
    truth = _truth(design, by_year=by_year)
    for quarters in design.draws(draws, seed, at_once=20):
        sample = as_years(quarters) if by_year else quarters
        for draw in range(sample.n.shape[0]):
            parts = _parts(design, sample, draw, divisions)
            fit = cells.borrow(parts, firm=firm)
            assert fit is not None
            at = [(int(cell.region), divisions.index(cell.division)) for cell in fit.cells]
            yield fit, np.array([truth[place, column] for place, column in at])


def _parts(design: Design, sample: Sample, draw: int, divisions: tuple[str, ...]) -> list[Part]:
    """Cut the first period of one draw into its regions: classes of a region stand beside each other."""
    strata, regions = sample.n.shape[-2], design.frame.shape[0] // len(CLASSES)
    home = np.arange(strata) % design.frame.shape[0] // len(CLASSES)
    outputs = tuple(f"{value:.2f}" for value in design.output / regions)
    found = []
    for region in range(regions):
        own = home == region
        tables = {
            name: getattr(sample, name)[draw, 0][own] for name in ("n", "w", "wy", "w2", "w2y", "frame")
        }
        classes = np.array(CLASSES)[np.arange(strata)[own] % len(CLASSES)]
        held = Sample(sample.population[draw, 0][own], classes=classes, **tables)
        found.append(Part(str(region), "period", divisions, outputs, held))
    return found


def _truth(design: Design, *, by_year: bool) -> np.ndarray:
    """Return the true rate of each region and division in the first year or quarter."""
    passes = design.passes[:4].mean(0) if by_year else design.passes[0]
    width = design.frame.shape[1]
    above = passes.reshape(-1, len(CLASSES), width).sum(1)
    below = design.frame.reshape(-1, len(CLASSES), width).sum(1)
    return above / np.maximum(below, 1)
