"""What is noted of a visit and its sample, and through whose hands the sample goes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from .cast import draw_of_today, person, visit_of_today
from .inspection import LAB

RECORDED, UNMADE = 0, -5  # places of visits: one that the story recorded, one that it left open
DESCRIBED, BOUGHT, PARTED, TAKEN_IN, TURNED_AWAY, SENT_ON = range(6)  # places of sealed samples
OTHER_LAB = "DEMO-LAB-33-9"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"the shelf" * 32
ORDER = b"%PDF-1.4\n" + b"the order" * 32


def _at_the_lab(place: int) -> Any:
    """Return a sample of the laboratory of the story that it left sealed or that a deed took further."""
    from zhiheng.stages.inspection.models import Sample

    by_the_deeds = ("sealed", "received", "returned")
    held = Sample.objects.filter(visit__draw=draw_of_today(), lab__in=(LAB, OTHER_LAB))
    return list(held.filter(visit__state__in=by_the_deeds, results__isnull=True).order_by("seal_no"))[place]


# --- what is noted --------------------------------------------------------------------------------


def attach_files() -> None:
    """Keep a photograph with a visit that was recorded before."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules.sampling import Paper

    papers = [
        Paper("shelf.png", PICTURE, "photo", "货架"),
        Paper("gate.png", PICTURE + b"1", place="30.27,120.15"),
    ]
    actions.attach_files(by=person("province"), visit=visit_of_today(RECORDED), papers=papers)


def describe_sample() -> None:
    """Note what the label says."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules.sampling import Described

    label = Described(brand="演示牌", model="K-1", batch_no="B001", quantity="3件")
    actions.describe_sample(by=person("province"), sample=_at_the_lab(DESCRIBED), described=label)


def record_purchase() -> None:
    """Record what was paid for a sample that was bought online, with the order."""
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules.sampling import Bought, Paper

    order = Paper("order.pdf", ORDER, "order")
    day = clock.today() - timedelta(days=1)
    bought = Bought(Decimal("128.50"), day, platform="演示平台", platform_code="K", order=order)
    actions.record_purchase(by=person("province"), sample=_at_the_lab(BOUGHT), bought=bought)


def add_specimen() -> None:
    """Seal the spare part for a re-test; it stays with the firm."""
    from zhiheng.stages.inspection import actions

    actions.add_specimen(
        by=person("province"),
        sample=_at_the_lab(PARTED),
        role="spare",
        seal_no="K-SPARE",
        kept_at="封存于被抽样企业",
    )


# --- from hand to hand ----------------------------------------------------------------------------


def receive_sample() -> None:
    """Take a sample in at its laboratory."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules.sampling import Receipt

    whole = Receipt(is_seal_intact=True, condition="包装完好", temperature="22")
    actions.receive_sample(by=person("lab"), sample=_at_the_lab(TAKEN_IN), receipt=whole)


def refuse_sample() -> None:
    """Refuse a sample whose seal is broken."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules.sampling import Receipt

    broken = Receipt(is_seal_intact=False, condition="外箱受潮")
    actions.refuse_sample(by=person("lab"), sample=_at_the_lab(TURNED_AWAY), ground="seal", receipt=broken)


def send_on() -> None:
    """Send a sample on to another laboratory."""
    from zhiheng.stages.inspection import actions

    sample = _at_the_lab(SENT_ON)
    actions.send_on(by=person("province"), sample=sample, lab=OTHER_LAB, reason="设备检修")


def take_again() -> None:
    """Take the sample again that a laboratory refused in the story."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Move

    refused = Move.objects.filter(kind="refused", sample__visit__draw=draw_of_today()).order_by("at", "id")
    actions.take_again(
        by=person("province"),
        sample=refused.first().sample,
        reason="封条破损",
        seal_no="K-AGAIN",
        lab=LAB,
    )


def reassign_visit() -> None:
    """Give a visit to the first two who were not drawn for it."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.registry import queries as registry

    visit = visit_of_today(UNMADE)
    drawn = {visit.selection.first_inspector_id, visit.selection.second_inspector_id}
    others = registry.inspectors_for(visit.region).exclude(pk__in=drawn).order_by("code")
    able = [one.code for one in others if visit.selection.unit_code not in one.conflicts]
    actions.reassign_visit(
        by=person("province"), visit=visit, first=able[0], second=able[1], reason="出差在外"
    )
