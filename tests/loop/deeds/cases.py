"""What offices, laboratories and firms do in a case after the notice: sides, re-test, measures, transfer."""

from __future__ import annotations

from typing import Any

from .cast import draw_of_today, measured, person, waiting_samples
from .inspection import LAB

NEIGHBOUR = "320000"
PRODUCER = "演示标称生产企业"
RETEST_LAB = "DEMO-LAB-33-9"  # no scope on record hinders nobody
REASON = "检验结论不合格"
LETTER = b"%PDF-1.4\n" + b"we accept" * 32

# One case for each deed, known by the item that failed.
UNNAMED, UNSERVED, TO_ACCEPT, OBJECTED, FORMAL, RETESTING, ON_SALE, PUBLIC, HELD, HERE, OFFERED = (
    f"不合格项{number}" for number in range(1, 12)
)
ALL = (UNNAMED, UNSERVED, TO_ACCEPT, OBJECTED, FORMAL, RETESTING, ON_SALE, PUBLIC, HELD, HERE, OFFERED)


def _case(item: str) -> Any:
    from zhiheng.stages.inspection.models import Case, Result

    return Case.objects.get(
        visit__sample=Result.objects.get(item=item, sample__visit__draw=draw_of_today()).sample
    )


def prepare() -> None:
    """Let a sample fail for each deed, and take the cases of some as far as their deeds begin."""
    from zhiheng.people import System
    from zhiheng.stages.inspection import actions

    officer, firm = person("province"), System("paper")
    sealed = [one for one in waiting_samples() if one.lab != LAB and one.visit.state == "sealed"]
    for item, sample in zip(ALL, sealed[-len(ALL) :], strict=True):
        actions.record_result(by=officer, sample=sample, **measured("0.9", item))
    actions.add_party(by=officer, case=_case(UNSERVED), role="producer", name=PRODUCER, region=NEIGHBOUR)
    actions.object_result(by=firm, case=_case(OBJECTED), kind="process", grounds="the seal was not ours")
    for item in (FORMAL, RETESTING):
        actions.object_result(by=firm, case=_case(item), kind="test", grounds="another method applies")
        actions.move_case(by=officer, case=_case(item), event="offer_retest")
        actions.move_case(by=firm, case=_case(item), event="complete_formalities")
    actions.name_retest_lab(by=officer, case=_case(RETESTING), lab=RETEST_LAB)
    actions.hold_publication(by=officer, case=_case(HELD), reason=REASON)
    actions.offer_transfer(by=officer, case=_case(OFFERED), to_region=NEIGHBOUR, reason=REASON)


# --- the sides ------------------------------------------------------------------------------------


def add_party() -> None:
    """Name the producer that the notice must also reach."""
    from zhiheng.stages.inspection import actions

    actions.add_party(
        by=person("province"), case=_case(UNNAMED), role="producer", name=PRODUCER, region=NEIGHBOUR
    )


def serve_party() -> None:
    """Record that the producer received the notice."""
    from zhiheng.stages.inspection import actions

    actions.serve_party(by=person("province"), case=_case(UNSERVED), role="producer", served_by="post")


def accept_result() -> None:
    """Enter the letter by which the firm accepts the result, for the office keeps it first."""
    from zhiheng.ledger import evidence
    from zhiheng.stages.inspection import actions

    letter = evidence.store(LETTER, name="letter.pdf").sha256
    actions.accept_result(by=person("province"), case=_case(TO_ACCEPT), paper_sha=letter)


def decide_objection() -> None:
    """Reject the objection of the firm."""
    from zhiheng.stages.inspection import actions

    actions.decide_objection(
        by=person("province"), case=_case(OBJECTED), event="reject_objection", reason="封样过程有录像"
    )


# --- the re-test ----------------------------------------------------------------------------------


def name_retest_lab() -> None:
    """Name another laboratory for the re-test."""
    from zhiheng.stages.inspection import actions

    actions.name_retest_lab(by=person("province"), case=_case(FORMAL), lab=RETEST_LAB)


def record_case_test() -> None:
    """Report the re-test of the one item that failed: it conforms, and the first result is overturned."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules import Measurement

    case = _case(RETESTING)
    found = Measurement(seal_no=case.visit.sample.seal_no, lab=RETEST_LAB, **measured("0.2", RETESTING))
    actions.record_case_test(by=person("province"), case=case, measured=found)


# --- measures and transfer ------------------------------------------------------------------------


def order_stop_sale() -> None:
    """Order the firm to stop the sale."""
    from zhiheng.stages.inspection import actions

    actions.order_stop_sale(by=person("province"), case=_case(ON_SALE), reason=REASON)


def hold_publication() -> None:
    """Hold a result back from the public pages."""
    from zhiheng.stages.inspection import actions

    actions.hold_publication(by=person("province"), case=_case(PUBLIC), reason="案件移送中")


def release_publication() -> None:
    """Release the hold on a result."""
    from zhiheng.stages.inspection import actions

    actions.release_publication(by=person("province"), case=_case(HELD), reason="案件已办结")


def offer_transfer() -> None:
    """Offer a case to the neighbour."""
    from zhiheng.stages.inspection import actions

    actions.offer_transfer(
        by=person("province"), case=_case(HERE), to_region=NEIGHBOUR, reason="标称生产者在该地区"
    )


def answer_transfer() -> None:
    """Accept a case that was offered."""
    from zhiheng.stages.inspection import actions

    actions.answer_transfer(by=person("nation"), case=_case(OFFERED), is_accepted=True)
