"""Checks some invented construction sites of a province, so that the rate by type of project can be seen."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .calendar import Quarter, moment

if TYPE_CHECKING:
    from .loop import Story

SITES, POINTS = 4, 5
PLANNED, CHECKED = 30, 12  # days ago
FAILING_OF_256 = 9  # about one answer in 28 fails


def check_sites(story: Story, office: str, today: date) -> None:
    """Enter four sites of each type of project, check three of each, and leave the fourth to be checked."""
    from zhiheng.reference import checks, regions

    places = [one.code for one in regions.all() if one.code.startswith(office[:2]) and one.level == "county"]
    number = 0
    for kind in checks.subjects(checks.ENGINEERING):
        for place in range(SITES):
            number += 1
            _one(story, kind, places[(number * 7) % len(places)], number, today, is_made=place < SITES - 1)


def _one(story: Story, kind: Any, region: str, number: int, today: date, *, is_made: bool) -> None:
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.actions.sites import Point
    from zhiheng.stages.inspection.sites import items_of
    from zhiheng.stages.registry import queries as registry

    officer = story.cast["nation"]
    pair = [one.code for one in registry.inspectors_for(region)[:2]]
    with clock.at(moment(today - timedelta(days=PLANNED), 9)):
        site = actions.register_site(
            by=officer,
            code=f"DEMO-SITE-{number:03d}",
            name=f"演示{kind.zh}{number}号",
            project_type=kind.code,
            region=region,
            builder=f"演示建设公司{number}",
        )
        period = Quarter.of(today).period
        check = actions.plan_site_check(by=officer, site=site, period=period, first=pair[0], second=pair[1])
    if not is_made:
        return
    items = items_of(site)
    points = [
        Point(
            f"{place + 1}区{2 * place + 1}轴",
            {item.code: _answer(story.seed, number, place, item) for item in items},
        )
        for place in range(POINTS)
    ]
    day = today - timedelta(days=CHECKED)
    with clock.at(moment(day, 16)):
        actions.record_site_check(by=officer, check=check, checked_on=day, points=points)


def _answer(seed: int, number: int, place: int, item: Any) -> str:
    """Return an invented answer, fixed by the seed."""
    byte = hashlib.sha256(f"{seed} {number} {place} {item.code}".encode()).digest()[0]
    fails = byte < FAILING_OF_256
    if item.answer == "yes_no":
        return "no" if fails else "yes"
    step = Decimal(item.limit) * Decimal(1 + byte % 9) / 100
    is_above = (item.limit_kind == "lower") != fails
    return str((Decimal(item.limit) + (step if is_above else -step)).quantize(Decimal("0.1")))
