"""Takes in what a firm sends through its own page, and takes the step of the case that goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.draw.words import spoken

from .. import handed_files, sides
from ..firm_refusals import REFUSALS, refuse
from ..models import AccessCode, Case, Party, Sent
from . import cases, objections

STEP_OF = {"formalities": "complete_formalities", "correction": "report_corrected"}


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a firm sends: its kind, its words, its files, and the token that keeps it from arriving twice."""

    kind: str
    token: UUID
    said: str = ""
    files: Sequence[handed_files.Paper] = ()
    objection_kind: str = ""
    is_complete: bool = True


@spoken(REFUSALS)
@transaction.atomic
def hand_in(*, by: Any, case: Case, handed: HandedIn) -> Sent:
    """Take in what a firm sends in its case, once; the same token again returns what was taken in.

    Words and files are bound by the entry: the files by their hashes, the words by a salted one.
    """
    case = Case.objects.select_for_update(of=("self",)).select_related("subject").get(pk=case.pk)
    rows = AccessCode.objects.select_related("party").filter(subject=case.subject_id)
    access = rows.filter(pk=getattr(by, "key", None)).first()
    party = access.party if access is not None else None
    side = sides.organisation(case, party)
    actor = people.require(by, P.OBJECTION_FILE, region=case.region, organisation=side)
    if access is None or access.ended_at is not None or (party is not None and party.case_id != case.pk):
        raise refuse("code-over")
    known = Sent.objects.filter(token=handed.token).first()
    if known is not None:
        if (known.access_id, known.case_id, known.kind) != (access.pk, case.pk, handed.kind):
            raise refuse("sent-otherwise")
        return known
    _check(case, party, handed)
    _take_step(by, case, party, handed)
    sent = Sent.objects.create(
        token=handed.token,
        access=access,
        case=case,
        kind=handed.kind,
        said=handed.said.strip(),
        files=[handed_files.keep(paper) for paper in handed.files],
        recorded_at=clock.now(),
    )
    _record(actor, sent, case, party)
    return sent


def _check(case: Case, party: Party | None, handed: HandedIn) -> None:
    if len(handed.files) > handed_files.MOST_FILES:
        raise refuse("many-files", count=len(handed.files), most=handed_files.MOST_FILES, field="files")
    if handed.kind not in sides.open_to(case, party):
        raise refuse("not-now")
    if handed.kind == "material" and not handed.files and not handed.said.strip():
        raise refuse("nothing-sent", field="files")
    if handed.kind == "correction" and not handed.files:
        raise refuse("no-proof", field="files")


def _take_step(by: Any, case: Case, party: Party | None, handed: HandedIn) -> None:
    if handed.kind == "object":
        objections.object_result(
            by=by, case=case, kind=handed.objection_kind, grounds=handed.said, party=party
        )
    elif handed.kind == "accept":
        objections.accept_result(by=by, case=case)
    elif handed.kind == "formalities" or (
        handed.kind == "correction" and handed.is_complete and party is None
    ):
        cases.move_case(by=by, case=case, event=STEP_OF[handed.kind])


def _record(actor: ledger.Actor, sent: Sent, case: Case, party: Party | None) -> None:
    ledger.record(
        by=actor,
        verb="firm.sent",
        subjects=[("sent", str(sent.pk)), ("case", str(case.pk)), ("visit", str(case.visit_id))],
        detail={
            "kind": sent.kind,
            "party": party.role if party is not None else sides.FIRM,
            "files_sha256": [one["sha256"] for one in sent.files],
            "words": ledger.bound(sent.said, sent, "said"),
        },
        region=case.region,
    )
