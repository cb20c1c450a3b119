"""Takes the cases of earlier quarters on: correction ordered, reported, checked again and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from .calendar import Quarter

if TYPE_CHECKING:
    from .loop import Story

ORDER_DAY, CORRECTED_DAY, RECHECK_DAY = 10, 84, 86


def order_corrections(story: Story, quarter: Quarter) -> None:
    """Let the time to object run out, then order the correction of every final result."""
    from zhiheng import people
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Case

    if not story.scale.follows_cases:
        return
    with clock.at(quarter.at(ORDER_DAY)), transaction.atomic():
        actions.run_timeouts(by=people.System("tick"))
    with clock.at(quarter.at(ORDER_DAY, 14)), transaction.atomic():
        for case in Case.objects.filter(state="accepted").order_by("opened_at", "id"):
            actions.move_case(by=story.cast["nation"], case=case, event="order_correction")


def close_corrected(story: Story, quarter: Quarter) -> None:
    """Let the firms report their corrections, and check each again."""
    from zhiheng import people
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Case

    if not story.scale.follows_cases:
        return
    firm = people.System("demo-firm")
    with clock.at(quarter.at(CORRECTED_DAY, 10)), transaction.atomic():
        for case in Case.objects.filter(state="rectifying").order_by("opened_at", "id"):
            actions.move_case(by=firm, case=case, event="report_corrected")
    with clock.at(quarter.at(RECHECK_DAY, 10)), transaction.atomic():
        for case in Case.objects.filter(state="rechecking").order_by("opened_at", "id"):
            actions.move_case(by=story.cast["nation"], case=case, event="recheck_pass")
