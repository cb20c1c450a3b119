"""Passes a case to another region as one passes a baton: offered, then accepted or returned; clocks go on."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.stages.draw.words import spoken

from .. import rules
from ..models import Case, Transfer
from ..refusals import REFUSALS, refuse
from . import steps


@spoken(REFUSALS)
@transaction.atomic
def offer_transfer(*, by: Any, case: Case, to_region: str, reason: str) -> Transfer:
    """Offer a case to the office of another region; until it answers, the case stays where it is."""
    case = steps._locked(case)
    actor = people.require(by, P.CASE_HANDLE, region=case.region)
    rules.check_reason(reason)
    target = regions.get(to_region).code
    open_one = Transfer.objects.filter(case=case, answer="").first()
    if open_one is not None:
        if open_one.to_region == target:
            return open_one
        raise refuse("transfer-open", region=open_one.to_region)
    if target == case.region:
        raise refuse("same-region", field="to_region")
    if case.is_over:
        raise refuse("case-moved-on")
    made = Transfer.objects.create(
        case=case,
        from_region=case.region,
        to_region=target,
        reason=reason.strip()[:400],
        offered_on=clock.today(),
    )
    steps._record(
        actor,
        "case.transfer_offered",
        case,
        {"to_region": target, "reason": ledger.bound(made.reason, made, "reason")},
    )
    return made


@spoken(REFUSALS)
@transaction.atomic
def answer_transfer(*, by: Any, case: Case, is_accepted: bool, reason: str = "") -> Case:
    """Accept a case that is offered to this office, or return it with a reason; its clocks go on."""
    case = steps._locked(case)
    made = Transfer.objects.select_for_update().filter(case=case, answer="").first()
    actor = people.require(by, P.CASE_HANDLE, region=made.to_region if made else case.region)
    if made is None:
        raise refuse("no-transfer")
    if not is_accepted:
        rules.check_reason(reason)
    made.answer = "accepted" if is_accepted else "returned"
    made.answered_on, made.answer_reason = clock.today(), reason.strip()[:400]
    made.save(update_fields=["answer", "answered_on", "answer_reason"])
    if is_accepted:
        case.region = made.to_region
        case.save(update_fields=["region"])
    why = ledger.bound(made.answer_reason, made, "answer_reason")
    detail = {"from_region": made.from_region, "to_region": made.to_region, "reason": why}
    steps._record(actor, f"case.transfer_{made.answer}", case, detail)
    return case
