"""How large a demonstration is: firms, regions, quarters, and the share of each class that is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from zhiheng.reference import regions

PROVINCE = "330000"
QUARTERS = tuple(f"{year}Q{number}" for year in (2023, 2024, 2025) for number in (1, 2, 3, 4))
SEED = 20230206


@dataclass(frozen=True)
class Scale:
    """One size of the demonstration; ``row_by_row`` enters lists and some visits as a person would,
    ``follows_cases`` takes every case through its procedure, ``joint`` adds campaigns over several lists."""

    name: str
    firms: int
    region: str
    inspectors: int
    fractions: dict[str, tuple[int, int]]
    minimum: int
    quarters: tuple[str, ...] = QUARTERS
    row_by_row: bool = False
    follows_cases: bool = True
    joint: bool = False

    @property
    def offices(self) -> tuple[str, ...]:
        """The provinces that draw: the region itself, or all that report under the Outline."""
        if self.region != regions.NATION:
            return (self.region,)
        return tuple(region.code for region in regions.reporting_provinces())

    @property
    def years(self) -> tuple[str, ...]:
        """The years of which every quarter is part of the demonstration."""
        whole = {quarter[:4] for quarter in self.quarters}
        return tuple(sorted(year for year in whole if sum(q[:4] == year for q in self.quarters) == 4))


SCALES = {
    scale.name: scale
    for scale in (
        Scale(
            "small",
            firms=2_000,
            region=PROVINCE,
            inspectors=40,
            fractions={"A": (1, 8), "B": (1, 5), "C": (2, 5), "D": (4, 5)},
            minimum=10,
            row_by_row=True,
            joint=True,
        ),
        Scale(
            "province",
            firms=50_000,
            region=PROVINCE,
            inspectors=240,
            fractions={"A": (1, 50), "B": (1, 25), "C": (1, 10), "D": (1, 5)},
            minimum=20,
            joint=True,
        ),
        Scale(
            "nation",
            firms=1_000_000,
            region=regions.NATION,
            inspectors=120,
            fractions={"A": (1, 100), "B": (1, 50), "C": (1, 20), "D": (1, 10)},
            minimum=20,
            follows_cases=False,
            joint=True,
        ),
    )
}
