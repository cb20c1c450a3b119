"""What offices and inspectors do at construction sites: enter, plan, check, follow up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .cast import CITY, person

NEXT_PERIOD = "2027Q1"


def _check(code: str) -> Any:
    from zhiheng.stages.inspection.models import SiteCheck

    return SiteCheck.objects.exclude(period=NEXT_PERIOD).get(site__code=code)


def register_site() -> None:
    """Enter a construction project."""
    from zhiheng.stages.inspection import actions

    actions.register_site(
        by=person("province"),
        code="K-SITE-1",
        name="演示住宅工程",
        project_type="housing",
        region=CITY,
        builder="演示建设公司",
    )


def plan_site_check() -> None:
    """Plan a check of the next period by the pair that went before."""
    from zhiheng.stages.inspection import actions

    before = _check("DEMO-SITE-001")
    actions.plan_site_check(
        by=person("province"),
        site=before.site,
        period=NEXT_PERIOD,
        first=before.first_inspector.code,
        second=before.second_inspector.code,
    )


def record_site_check() -> None:
    """Record the check that the story planned and did not make: two points, one with a finding."""
    from zhiheng.people import clock
    from zhiheng.site.demo import works
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.actions.sites import Point
    from zhiheng.stages.inspection.sites import items_of

    check = _check(f"DEMO-SITE-{works.SITES:03d}")
    good = {item.code: "yes" if item.answer == "yes_no" else item.limit for item in items_of(check.site)}
    wrong = next(item.code for item in items_of(check.site) if item.answer == "yes_no")
    points = [Point("1区1轴", good), Point("2区3轴", {**good, wrong: "no"})]
    actions.record_site_check(by=person("province"), check=check, checked_on=clock.today(), points=points)


def move_site_check() -> None:
    """Order the correction of the first site with findings."""
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import SiteCheck

    found = SiteCheck.objects.filter(state__in=("findings", "rectifying")).order_by("site__code").first()
    actions.move_site_check(
        by=person("province"),
        check=found,
        event="order_correction",
        reason="混凝土强度不足",
        correct_by=clock.today() + timedelta(days=30),
    )
