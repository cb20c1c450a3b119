"""Who may record a visit, and through whose hands a sample went."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NoReturn

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate

from zhiheng import people
from zhiheng.ledger import Actor
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.draw.words import spoken

from .models import Move, Sample, Visit
from .refusals import REFUSALS, refuse


@spoken(REFUSALS)
def recorder(by: Any, visit: Visit) -> Actor:
    """Return who acts when this person may record the visit: one of its two inspectors, or the office.

    An inspector's appointment names the inspector's certificate number as its organisation.
    """
    actor = people.require(by, P.INSPECTION_RECORD, region=visit.region)
    if actor.role != "inspector" or people.may(by, P.CASE_HANDLE, region=visit.region):
        return actor
    if not own_codes(by) & assigned_codes(visit):
        raise refuse("not-assigned")
    return actor


@spoken(REFUSALS)
def refuse_step() -> NoReturn:
    """Refuse a step to somebody to whom it is not given."""
    raise refuse("not-yours")


@spoken(REFUSALS)
def refuse_moved_on() -> NoReturn:
    """Refuse a step for which a case no longer waits."""
    raise refuse("case-moved-on")


@spoken(REFUSALS)
def refuse_party() -> NoReturn:
    """Refuse to act for a party that a case does not have."""
    raise refuse("no-such-party")


@spoken(REFUSALS)
def sample_of(visit: Visit) -> Sample:
    """Return the sample of a visit, or say that none was taken."""
    found = Sample.objects.filter(visit=visit).first()
    if found is None:
        raise refuse("no-sample")
    return found


def own_codes(by: Any) -> set[str]:
    """Return the certificate numbers under which a person is an inspector today."""
    held = by.held_on(clock.today()) if hasattr(by, "held_on") else ()
    return {one.organisation for one in held if one.role == "inspector" and one.organisation}


def assigned_codes(visit: Visit) -> set[str]:
    """Return the certificate numbers of the two who make a visit: drawn for it, or given it since."""
    return {one.code for one in visit.inspectors if one is not None}


def sealed(visit: Visit, seal_no: str) -> list[dict[str, str]]:
    """Return the first step: from the firm to the inspector, under this seal."""
    inspector = visit.inspectors[0]
    taker = inspector.code if inspector is not None else f"office {visit.region}"
    return [_step(visit.selection.unit_code, taker, seal_no)]


def handed_on(sample: Sample, taker: str) -> list[dict[str, str]]:
    """Return the steps with one more: from whoever holds the sample to the taker."""
    giver = sample.custody[-1]["taker"]
    return [*sample.custody, _step(giver, taker, sample.seal_no or "")]


def holder(sample: Sample) -> str:
    """Return who holds a sample by its custody."""
    return sample.custody[-1]["taker"] if sample.custody else "-"


def giver(sample: Sample) -> str:
    """Return who handed a sample to whoever holds it."""
    return sample.custody[-1]["giver"] if sample.custody else "-"


def moves(sample: Sample, *, reason: str = "") -> list[Move]:
    """Return the rows of the steps that a fresh sample has in its custody; they are not stored yet."""
    return [
        Move(
            sample=sample,
            kind="handed" if number else "sealed",
            at=datetime.fromisoformat(step["at"]),
            giver=step["giver"],
            taker=step["taker"],
            seal=step["seal"],
            is_seal_intact=True,
            reason=reason[:400],
        )
        for number, step in enumerate(sample.custody)
    ]


def with_receipt(rows: QuerySet[Sample]) -> QuerySet[Sample]:
    """Return samples with the day on which their laboratory took them in under their seal, as received_on."""
    steps = Move.objects.filter(
        sample=OuterRef("pk"), kind="received", seal=OuterRef("seal_no"), taker=OuterRef("lab")
    )
    last = steps.order_by("-at", "-id").annotate(day=TruncDate("at")).values("day")[:1]
    return rows.annotate(received_on=Subquery(last))


def _step(giver: str, taker: str, seal: str) -> dict[str, str]:
    return {"at": clock.now().isoformat(), "giver": giver, "taker": taker, "seal": seal}
