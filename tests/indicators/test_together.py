"""What firms of a panel that answer twice do to the error of a change."""

from __future__ import annotations

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
