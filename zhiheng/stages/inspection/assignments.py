"""What each inspector may know of a draw: his own assignments, from the day before their visit on.

Each comes with its path to the root that the public ledger has held since the reveal (``proof.release``).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from zhiheng import ledger
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.proof import canonical, release
from zhiheng.reference import parameters
from zhiheng.stages.draw import frames
from zhiheng.stages.draw import queries as draws
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.draw.words import not_found

from . import custody
from .models import Access, Deed, Visit


def last_day() -> date:
    """Return the last planned day whose visits are told today."""
    return clock.today() + timedelta(days=int(parameters.value("assignment_release_days")))


def told() -> Q:
    """Narrow visits to those that may be told to their inspectors today; without a planned day it is at once.

    A visit that took place is told in any case.
    """
    return Q(planned_on__isnull=True) | Q(planned_on__lte=last_day()) | Q(visited_on__isnull=False)


def codes(person: Any, draw: Draw) -> set[str]:
    """Return the certificate numbers under which a person makes visits of a draw."""
    own = custody.own_codes(person)
    found = Visit.objects.filter(draw=draw).select_related(
        "selection__first_inspector", "selection__second_inspector", "first_inspector", "second_inspector"
    )
    return {code for visit in found.filter(_of(own)) for code in custody.assigned_codes(visit) & own}


def released(person: Any, draw: Draw) -> list[Visit]:
    """Return the visits of a draw that were drawn for a person and may be told today."""
    rows = Visit.objects.filter(told(), _of(custody.own_codes(person)), draw=draw)
    return list(rows.select_related("selection").order_by("stratum", "selection__order"))


def unopened(person: Any, seen: Collection[Draw]) -> list[Draw]:
    """Return those of the draws whose assignments this inspector has not opened before."""
    own = custody.own_codes(person)
    if not own or not seen:
        return []
    known = Access.objects.filter(draw__in=[draw.pk for draw in seen], inspector__in=own)
    opened = set(known.values_list("draw_id", flat=True))
    return sorted((draw for draw in seen if draw.pk not in opened), key=lambda draw: draw.serial)


def receipt(person: Any, visit: Visit) -> dict[str, Any] | None:
    """Return the receipt of one visit, where this person was drawn for it."""
    draw = visit.selection.draw
    unit = frames.namer(draw.frame)(visit.selection.unit_code)
    return next((one for one in receipts(person, draw) if one["leaf"]["unit"] == unit), None)


def receipts(person: Any, draw: Draw) -> list[dict[str, Any]]:
    """Return the receipts of the assignments that a person was drawn for and may know today.

    A visit that was given to somebody since has no receipt of its own: what was bound at the reveal stays.
    """
    own = custody.own_codes(person)
    own_units = [
        visit.selection.unit_code
        for visit in released(person, draw)
        if not visit.selection.is_reserve and own & _drawn(visit)
    ]
    if not own_units:
        return []
    certificate = canonical.loads(evidence.read(draw.certificate_sha))
    opened = {row["unit"]: row for row in frames.openings(draw.frame, own_units)}
    found = release.receipts(release.leaves(certificate), list(opened) or own_units, _entry(draw))
    return [{**one, **_opening(opened.get(one["leaf"]["unit"]))} for one in found]


def _opening(row: dict[str, str] | None) -> dict[str, dict[str, str]]:
    return {"opening": row} if row else {}


def _entry(draw: Draw) -> dict[str, Any]:
    found = draws.entries(draw, "draw.revealed").get()
    return {"statement": ledger.statement_of(found), "hash": found.hash}


def _drawn(visit: Visit) -> set[str]:
    both = (visit.selection.first_inspector, visit.selection.second_inspector)
    return {one.code for one in both if one is not None}


def _of(own: Collection[str]) -> Q:
    drawn = Q(selection__first_inspector__code__in=own) | Q(selection__second_inspector__code__in=own)
    given = Q(first_inspector__code__in=own) | Q(second_inspector__code__in=own)
    return Q(first_inspector__isnull=True) & drawn | given


def steps(of: Visit) -> list[tuple[Deed, Entry]]:
    """Return the steps of a visit that are bound in public and were not erased, each with its entry."""
    rows = list(Deed.objects.filter(visit=of))
    bound = Entry.objects.in_bulk([row.entry for row in rows])
    return [(row, bound[row.entry]) for row in rows]


def step(of: Visit, pk: Any) -> Deed:
    """Return one step of a visit."""
    found = Deed.objects.filter(visit=of, pk=pk).first()
    if found is None:
        raise not_found()
    return found
