"""Issues the access code by which a firm opens its own page; a new one ends the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.draw.words import spoken
from zhiheng.stages.registry.models import Subject

from .. import codes, rules
from ..firm_refusals import REFUSALS, refuse
from ..models import AccessCode, Party, Visit
from ..sides import FIRM


@dataclass(frozen=True, slots=True)
class Issued:
    """A code that was just made: its row, and the code itself, which exists here and on paper alone."""

    access: AccessCode
    code: str

    def __repr__(self) -> str:
        return f"Issued({self.access.pk})"


@spoken(REFUSALS)
@transaction.atomic
def issue_code(*, by: Any, visit: Visit, party: Party | None = None) -> Issued:
    """Issue a code to the firm of a visit that was made; the code before it opens nothing any more.

    With a party of the case it is the code of that producer or platform, which opens this case alone. The
    entry says that a code was issued and until when it opens the page; the code itself is in no record.
    """
    actor = people.require(by, P.CASE_HANDLE, region=visit.region)
    visit = Visit.objects.get(pk=visit.pk)
    if visit.state == rules.ASSIGNED:
        raise refuse("code-too-early")
    if party is not None and party.case.visit_id != visit.pk:
        raise refuse("code-other-case")
    if party is not None and not party.code:
        raise refuse("code-nobody")
    subject = Subject.objects.select_for_update().get(pk=visit.subject_id)
    now = clock.now()
    before = AccessCode.objects.filter(subject=subject, party=party, ended_at__isnull=True)
    ended = before.update(ended_at=now, session="")
    code = codes.new()
    access = AccessCode.objects.create(
        subject=subject,
        visit=visit,
        party=party,
        digest=codes.kept(code),
        mark=codes.mark(code),
        issued_at=now,
        expires_at=now + codes.LASTS,
    )
    ledger.record(
        by=actor,
        verb="access.issued",
        subjects=[("access", str(access.pk)), ("visit", str(visit.pk)), *_case(visit)],
        detail={
            "expires_on": access.expires_at.date().isoformat(),
            "replaces": ended > 0,
            "party": party.role if party is not None else FIRM,
        },
        region=visit.region,
    )
    return Issued(access, code)


def _case(visit: Visit) -> list[tuple[str, str]]:
    case = getattr(visit, "case", None)
    return [("case", str(case.pk))] if case is not None else []
