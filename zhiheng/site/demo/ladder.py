"""Leaves samples and cases of today at several steps of their tables, so that each step can be seen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from . import field as field_work
from .calendar import moment

if TYPE_CHECKING:
    from .loop import Story

NEIGHBOUR = "320000"
RECEIVED, STEPS = 4, 2  # days ago
PRODUCER = "演示标称生产企业"


def leave_steps(story: Story, draw: Any, today: date) -> None:
    """Let a laboratory take in and refuse samples, and take cases on; the first two stay as they are."""
    from .loop import officer_of

    officer = officer_of(story, draw.region)
    _hands(officer, draw, today)
    _cases(story, officer, draw, today)


def _hands(officer: Any, draw: Any, today: date) -> None:
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Sample
    from zhiheng.stages.inspection.rules.sampling import Described, Receipt

    waiting = (
        Sample.objects.filter(visit__draw=draw, visit__state="sealed").exclude(lab="").order_by("-seal_no")
    )
    samples = list(waiting[:3])
    with clock.at(moment(today - timedelta(days=RECEIVED), 10)):
        for number, sample in enumerate(samples):
            if number == 0:
                broken = Receipt(is_seal_intact=False, condition="外箱受潮")
                actions.refuse_sample(by=officer, sample=sample, ground="seal", receipt=broken)
                continue
            label = Described(brand="演示牌", model=f"Y-{number}", batch_no=f"B{number:03d}", quantity="3件")
            actions.describe_sample(by=officer, sample=sample, described=label)
            spare = {"seal_no": f"{sample.seal_no}-B", "kept_at": "封存于被抽样企业"}
            actions.add_specimen(by=officer, sample=sample, role="spare", **spare)
            whole = Receipt(is_seal_intact=True, condition="包装完好", temperature="22")
            actions.receive_sample(by=officer, sample=sample, receipt=whole)


def _cases(story: Story, officer: Any, draw: Any, today: date) -> None:
    from zhiheng import people
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Case

    rows = Case.objects.filter(visit__draw=draw, state="notified").order_by("id")
    firm = people.System("demo-firm")
    with clock.at(moment(today - timedelta(days=STEPS), 11)):
        for number, case in enumerate(rows[2:7]):
            if number == 0:
                actions.add_party(by=officer, case=case, role="producer", name=PRODUCER, region=NEIGHBOUR)
            elif number == 1:
                _retest(firm, officer, draw, case)
            elif number == 2:
                actions.object_result(by=firm, case=case, kind="process", grounds="对封样过程有异议（演示）")
            elif number == 3:
                actions.order_stop_sale(by=officer, case=case, reason="检验结论不合格（演示）")
            else:
                reason = "标称生产者在该地区（演示）"
                actions.offer_transfer(by=officer, case=case, to_region=NEIGHBOUR, reason=reason)


def _retest(firm: Any, officer: Any, draw: Any, case: Any) -> None:
    from zhiheng.stages.inspection import actions

    actions.object_result(by=firm, case=case, kind="test", grounds="对检验方法有异议（演示）")
    actions.move_case(by=officer, case=case, event="offer_retest")
    actions.move_case(by=firm, case=case, event="complete_formalities")
    labs = [field_work.lab(draw.region, number) for number in range(field_work.LABS)]
    other = next(lab for lab in labs if lab != case.visit.sample.lab)
    actions.name_retest_lab(by=officer, case=case, lab=other)
