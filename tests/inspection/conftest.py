"""A revealed draw with its visits open, and the shortest way to a sealed and assigned sample."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.draw.conftest import (  # noqa: F401
    committed,
    frame,
    noon,
    own_folder,
    person,
    province,
    revealed,
)
from zhiheng.people import clock

LATER = datetime.fromisoformat("2025-03-20T09:00:00+08:00")
VISITED = date(2025, 3, 10)
REPORTED = date(2025, 3, 17)
LAB = "LAB-01"


@pytest.fixture
def later(noon):  # noqa: F811
    with clock.at(LATER):
        yield LATER


@pytest.fixture
def visits(province, revealed, kept_steps, later):  # noqa: F811
    """Return the open visits of the draw in a fixed order."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Visit

    kept_steps.step("visits", lambda: actions.open_visits(by=province.officer, draw=revealed))
    return list(Visit.objects.order_by("selection__stratum", "selection__order"))


@pytest.fixture
def sampled(province):  # noqa: F811
    """Return a maker of sealed samples that were assigned to a laboratory."""
    from zhiheng.stages.inspection import actions

    def make(visit, seal="S-001", lab=LAB):
        found = {"product_name": "演示水壶", "seal_no": seal, "lab": lab}
        actions.record_visit(by=province.officer, visit=visit, outcome="sampled", visited_on=VISITED, **found)
        visit.refresh_from_db()
        return visit.sample

    return make


@pytest.fixture
def report(province):  # noqa: F811
    """Return a way to record one result, a failing one by default."""
    from zhiheng.stages.inspection import actions

    def make(sample, by=None, **changes):
        said = {
            "item": "lead",
            "method": "GB 4806.9-2023",
            "value": "0.12",
            "unit": "mg/kg",
            "limit": "0.10",
            "limit_kind": "upper",
            "reported_on": REPORTED,
        }
        return actions.record_result(by=by or province.officer, sample=sample, **{**said, **changes})

    return make


@pytest.fixture
def close(province, revealed):  # noqa: F811
    """Return a way to end the visits that are still open and to close the draw."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Visit

    def make():
        for visit in Visit.objects.filter(state="assigned"):
            actions.record_visit(by=province.officer, visit=visit, outcome="no_stock", visited_on=VISITED)
        return actions.close_draw(by=province.officer, draw=revealed)

    return make
