"""The published intervals hold the truth as often as they say, over 2 000 re-draws of each country."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.prove import coverage_page
from tests.prove.redraws import Design, Tally, as_years, years
from zhiheng.methods import survey
from zhiheng.reference import parameters
from zhiheng.site.demo.scale import PROVINCE, SCALES, SEED
from zhiheng.world import Population

pytestmark = [
    pytest.mark.prove,
    pytest.mark.skipif(os.environ.get("ZHIHENG_PROVE") != "1", reason="the slow lane: ZHIHENG_PROVE=1"),
]

DRAWS = 2000
LOW, HIGH = 93.5, 96.5
PAGE = Path(__file__).parents[2] / "docs" / "proof" / "interval-coverage.md"
THREE_YEARS = ("2023", "2024", "2025")

PROVINCES = ("140000", "230000", "370000", "410000", "440000", "510000", "620000", "650000")
HOUSE = {name: (f.numerator, f.denominator) for name, f in parameters.sampling_fractions().items()}
SPARSE = (HOUSE, parameters.value("minimum_per_stratum"))


@dataclass(frozen=True)
class Group:
    """Countries of one size that share their draws, and the design by which they are drawn."""

    name: str
    firms: int
    years: tuple[str, ...]
    draws: int
    countries: tuple[tuple[str, int], ...]
    fractions: dict[str, tuple[int, int]]
    minimum: int

    @property
    def design(self) -> str:
        """The fractions in words."""
        shares = ", ".join(f"{name} {n}/{d}" for name, (n, d) in self.fractions.items())
        return f"{shares}; at least {self.minimum}"


def demo(name: str, wanted: tuple[str, ...] = THREE_YEARS) -> Group:
    scale = SCALES[name]
    country = ((scale.region, SEED),)
    return Group(f"demo {name}", scale.firms, wanted, DRAWS, country, scale.fractions, scale.minimum)


def eight(name: str, firms: int, seed: int) -> Group:
    countries = tuple((region, seed + i) for i, region in enumerate(PROVINCES))
    return Group(name, firms, THREE_YEARS, DRAWS // 8, countries, *SPARSE)


# The groups of eight provinces were not looked at while the method was chosen; the demo's own country was.
GROUPS = [
    demo("small"),
    demo("province"),
    demo("nation", ("2024",)),
    Group("small, house rule", 2_000, THREE_YEARS, DRAWS, ((PROVINCE, SEED),), *SPARSE),
    eight("small, 8 provinces", 2_000, 11),
    eight("city, 8 provinces", 6_000, 31),
]
HEADLINE, HAJEK, NAIVE = "output-weighted", "Hajek", "raw"


def tallies(design: Design, draws: int, seed: int, at_once: int) -> dict[tuple[str, str], Tally]:
    minimum = parameters.value("size_rule")["suppress_below"]
    found: dict[tuple[str, str], Tally] = {}

    def tally(figure: str, method: str) -> Tally:
        return found.setdefault((figure, method), Tally())

    weighted, whole, divisions = design.truth_weighted(), design.truth_whole(), design.truth_by_division()
    for quarters in design.draws(draws, seed, at_once=at_once):
        year = as_years(quarters)
        tally("year", HEADLINE).add(survey.post_stratified(year, design.output), years(weighted))
        tally("year", HAJEK).add(survey.hajek(year.merge()).first(), years(whole))
        tally("quarter", HEADLINE).add(survey.post_stratified(quarters, design.output), weighted)
        tally("quarter", HAJEK).add(survey.hajek(quarters.merge()).first(), whole)
        for period, sample, truth in (("year", year, years(divisions)), ("quarter", quarters, divisions)):
            rates = survey.hajek(sample)
            tally(f"division, {period}", HAJEK).add(rates, truth, rates.n >= minimum)
        tally("year", NAIVE).add(survey.naive(year.merge()).first(), years(whole))
    return found


def group_rows(group: Group) -> list[dict]:
    found: dict[tuple[str, str], list[Tally]] = {}
    for region, seed in group.countries:
        design = Design.of(
            Population(seed=seed, firms=group.firms, regions=region),
            group.years,
            fractions=group.fractions,
            minimum=group.minimum,
            by_province=region == "000000",
        )
        at_once = 100 if group.firms > 100_000 else 250
        for key, tally in tallies(design, group.draws, seed + 1, at_once).items():
            found.setdefault(key, []).append(tally)
    made = []
    for (figure, method), parts in found.items():
        whole = Tally.join(parts)
        # Fewer tries than draws means that such cells are hardly ever shown at this size.
        if whole.tried >= DRAWS:
            each = [part.row()["coverage"] for part in parts if part.tried >= group.draws]
            facts = {"country": group.name, "design": group.design, "firms": group.firms}
            facts |= {"figure": figure, "method": method}
            made.append(facts | whole.row() | {"lowest": min(each), "highest": max(each)})
    return made


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    made = [row for group in GROUPS for row in group_rows(group)]
    minimum = parameters.value("size_rule")["suppress_below"]
    today = datetime.now(UTC).date()
    coverage_page.write(PAGE, made, on=today, draws=DRAWS, low=LOW, high=HIGH, minimum=minimum)
    return made


def test_intervals_hold_the_truth_as_often_as_they_say(rows):
    outside = [row for row in rows if row["method"] != NAIVE and not LOW <= row["coverage"] <= HIGH]

    assert {row["country"] for row in rows} == {group.name for group in GROUPS}
    assert outside == []


def test_the_estimates_are_unbiased_for_all_that_matters(rows):
    far = [row for row in rows if row["method"] != NAIVE and abs(row["bias"]) > 0.1 * row["spread"]]

    assert far == []


def test_the_raw_rate_of_a_targeted_draw_almost_never_holds_the_truth(rows):
    raw = [row for row in rows if row["method"] == NAIVE]

    assert len(raw) == len(GROUPS)
    assert max(row["coverage"] for row in raw) < 20
    assert all(row["bias"] < -2 for row in raw)
