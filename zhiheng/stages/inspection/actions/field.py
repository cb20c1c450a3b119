"""What inspectors do on the spot: record a visit with its pictures in one step, confirm it as the second."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger
from zhiheng.people import clock
from zhiheng.stages.draw.words import spoken

from .. import custody, firm_queries, handed_files, rules
from ..firm_refusals import REFUSALS, refuse
from ..models import Confirmation, Picture, Visit
from ..pictures import Shot, coarse
from . import visits


@spoken(REFUSALS)
@transaction.atomic
def record_on_site(
    *,
    by: Any,
    visit: Visit,
    outcome: str,
    visited_on: date,
    product_name: str = "",
    seal_no: str = "",
    lab: str = "",
    note: str = "",
    shots: Sequence[Shot] = (),
) -> Visit:
    """Record a visit and keep its pictures, both or neither; handed in again it changes nothing."""
    visit = visits.record_visit(
        by=by,
        visit=visit,
        outcome=outcome,
        visited_on=visited_on,
        product_name=product_name,
        seal_no=seal_no,
        lab=lab,
        note=note,
    )
    keep_pictures(by=by, visit=visit, shots=shots)
    return visit


@spoken(REFUSALS)
@transaction.atomic
def keep_pictures(*, by: Any, visit: Visit, shots: Sequence[Shot]) -> list[Picture]:
    """Keep photographs, or pages that show a check from afar; the same bytes again are kept once."""
    actor = custody.recorder(by, visit)
    if len(shots) > 2 * handed_files.MOST_FILES:
        raise refuse("many-files", count=len(shots), most=handed_files.MOST_FILES, field="photos")
    made = [picture for shot in shots if (picture := _kept(visit, shot)) is not None]
    if made:
        ledger.record(
            by=actor,
            verb="visit.pictures_kept",
            subjects=[("visit", str(visit.pk))],
            detail={"files_sha256": [picture.sha256 for picture in made]},
            region=visit.region,
        )
    return made


def _kept(visit: Visit, shot: Shot) -> Picture | None:
    said = handed_files.keep(shot.paper)
    if Picture.objects.filter(visit=visit, sha256=said["sha256"]).exists():
        return None
    return Picture.objects.create(
        visit=visit,
        kind=shot.kind,
        sha256=said["sha256"],
        taken_at=shot.taken_at,
        place=coarse(shot.place),
        recorded_at=clock.now(),
    )


@spoken(REFUSALS)
@transaction.atomic
def confirm_visit(*, by: Any, visit: Visit) -> Confirmation:
    """Confirm the record of a visit as the inspector who did not make it; once is enough."""
    visit = visits._locked(visit)
    actor = custody.recorder(by, visit)
    own = custody.own_codes(by) & custody.assigned_codes(visit)
    known = Confirmation.objects.filter(visit=visit).first()
    if known is not None:
        return known
    if visit.state == rules.ASSIGNED:
        raise refuse("confirm-early")
    if not own or firm_queries.recorder_of(visit) == actor.key:
        raise refuse("confirm-own")
    made = Confirmation.objects.create(visit=visit, inspector=min(own), recorded_at=clock.now())
    ledger.record(
        by=actor,
        verb="visit.confirmed",
        subjects=[("visit", str(visit.pk))],
        detail={"inspector": made.inspector},
        region=visit.region,
    )
    return made
