"""Makers for draws on one item of the catalogue: the item, its duty, its list, its draw."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from zhiheng.errors import ZhihengError
from zhiheng.people import clock
from zhiheng.stages.draw import actions, frames
from zhiheng.stages.inspection import actions as inspection
from zhiheng.stages.inspection.rules import Finding
from zhiheng.stages.plan import actions as plan
from zhiheng.stages.registry.models import CatalogueItem

from .conftest import BEACON, NAMES, NOON, REGION


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect the refusal of this code, in whatever language it is said."""
    with pytest.raises(ZhihengError) as found:
        yield
    assert found.value.code == code


def item(**changes: Any) -> CatalogueItem:
    """Store an issued catalogue item of the province; by default all of division 13."""
    said = {
        "region": REGION,
        "year": 2025,
        "code": "2025-07",
        "name": "演示品类",
        "divisions": ["13"],
        "keywords": [],
        "reason": "example",
        "state": "issued",
        "recorded_at": NOON,
    } | changes
    return CatalogueItem.objects.create(**said)


def duty(by: Any, goods: CatalogueItem | None, **changes: Any) -> Any:
    """Issue a duty on an item; by default eight firms in the quarter of the tests."""
    said = {"region": REGION, "period": "2025Q1", "basis": "plan of the province", "quota": 8} | changes
    return plan.create_obligation(by=by, item=goods, **said)


def commit(by: Any, obligation: Any, **changes: Any) -> Any:
    """Freeze the list of a duty and commit its draw."""
    return actions.commit(
        by=by,
        obligation=obligation,
        frame=actions.freeze(by=by, obligation=obligation, names_key=NAMES),
        secret=bytes(range(1, 33)),
        **changes,
    )


def draw(by: Any, obligation: Any, **changes: Any) -> Any:
    """Commit and reveal the draw of a duty."""
    return actions.reveal(by=by, draw=commit(by, obligation, **changes), beacon=BEACON)


def close(by: Any, revealed: Any, outcome: str = "closed") -> Any:
    """End every visit of a draw in the same way, and close it."""
    inspection.open_visits(by=by, draw=revealed)
    units = revealed.selections.filter(is_reserve=False).values_list("unit_code", flat=True)
    rows = [(unit, Finding(outcome, clock.today())) for unit in units]
    inspection.record_visits_bulk(by=by, draw=revealed, rows=rows)
    return inspection.close_draw(by=by, draw=revealed)


def rows_of(draw: Any) -> list[Any]:
    """Return the units of the frozen frame of a draw."""
    return frames.rows(frames.data(draw.frame))
