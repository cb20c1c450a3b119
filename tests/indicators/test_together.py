"""What firms of a panel that answer twice do to the error of a change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from zhiheng.methods import survey
from zhiheng.stages.indicators.rules import together
from zhiheng.stages.indicators.rules.dataset import Base, Cell, Drawn, Row, Stratum

FRAME = {("A", "13"): 40, ("A", "34"): 60, ("B", "13"): 30, ("B", "34"): 20}
OUTPUT = {"13": "70.00", "34": "30.00"}


def half(period: str, shift: int = 0) -> together.Half:
    """Return one period of a panel: ten firms of each stratum and division, ``shift`` of them new."""
    serial = f"330000-{period}-001"
    rows = [
        Row(serial, stratum, f"{stratum}{division}{unit}", "330000", division, "sampled", verdict(unit), "")
        for stratum, division in FRAME
        for unit in range(shift, shift + 10)
    ]
    strata = (Stratum(serial, "A", 100, 20, 20), Stratum(serial, "B", 50, 20, 20))
    cells = tuple(Cell(serial, stratum, division, size) for (stratum, division), size in FRAME.items())
    base = Base((Drawn(serial, "330000", period, "0" * 64),), strata, cells, {serial: OUTPUT})
    return together.Half(base, tuple(rows), "330000", period)


def verdict(unit: int) -> str:
    return "fail" if unit % 5 == 0 else "pass"


def test_a_sample_with_itself_has_its_own_variance_as_covariance():
    passes, answered = np.array([[8, 8], [8, 8]]), np.array([[10, 10], [10, 10]])
    frame = [[40, 60], [30, 20]]
    sample = survey.Sample.from_counts([100, 50], answered, passes, frame=frame)
    rate = survey.post_stratified(sample, [70.0, 30.0], alone_from=0).at()

    found = together.covariance(half("2025Q1"), half("2025Q1"))

    assert found.units == 40
    assert found.covariance == pytest.approx(rate.standard_error**2, rel=1e-12)


def test_fewer_shared_firms_give_a_smaller_covariance_and_none_of_them_gives_none():
    whole = together.covariance(half("2025Q1"), half("2025Q2"))
    most = together.covariance(half("2025Q1"), half("2025Q2", shift=5))
    none = together.covariance(half("2025Q1"), half("2025Q2", shift=10))

    assert (whole.units, most.units, none.units) == (40, 20, 0)
    assert whole.covariance > most.covariance > none.covariance == 0


def joined(period: str, *halves: together.Half) -> together.Half:
    """Return several draws as one half of a comparison."""
    bases = [one.base for one in halves]
    base = Base(
        tuple(drawn for one in bases for drawn in one.draws),
        tuple(row for one in bases for row in one.strata),
        tuple(cell for one in bases for cell in one.cells),
        {serial: output for one in bases for serial, output in one.outputs.items()},
    )
    return together.Half(base, tuple(row for one in halves for row in one.rows), "330000", period)


def second_draw(period: str, shift: int) -> together.Half:
    """Return another draw of the same region and period, of other firms."""
    one, serial = half(period, shift), f"330000-{period}-002"
    base = Base(
        tuple(replace(drawn, serial=serial) for drawn in one.base.draws),
        tuple(row._replace(draw=serial) for row in one.base.strata),
        tuple(cell._replace(draw=serial) for cell in one.base.cells),
        {serial: OUTPUT},
    )
    return together.Half(base, tuple(row._replace(draw=serial) for row in one.rows), "330000", period)


def test_a_year_of_four_quarters_is_taken_to_have_no_covariance():
    years = [
        joined(year, *(half(f"{year}Q{quarter}", 10 * quarter) for quarter in range(1, 5)))
        for year in ("2024", "2025")
    ]

    assert together.covariance(*years).covariance == 0
    assert together.covariance(years[0], half("2025Q1")).covariance == 0


def test_two_draws_of_one_region_and_period_are_taken_to_have_no_covariance():
    both = joined("2025Q1", half("2025Q1"), second_draw("2025Q1", 10))

    assert together.covariance(both, both).covariance == 0
    assert together.covariance(both, half("2025Q2")).covariance == 0


def test_a_stratum_of_one_draw_keeps_its_covariance_beside_one_of_two():
    one, other = half("2025Q1"), second_draw("2025Q1", 10)
    only_b = replace(
        other,
        base=replace(other.base, strata=other.base.strata[1:], cells=other.base.cells[2:]),
        rows=tuple(row for row in other.rows if row.stratum == "B"),
    )

    found = together.covariance(joined("2025Q1", one, only_b), half("2025Q2"))

    assert found.units == 20
    assert found.covariance > 0
