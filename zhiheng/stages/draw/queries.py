"""Reads draws: for the office narrowed to its regions, for the public who was drawn only at the end."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum

from zhiheng import people
from zhiheng.errors import NotFound
from zhiheng.people.permissions import P
from zhiheng.stages.plan.models import Obligation
from zhiheng.stages.registry.models import Frame

from . import frames, rules
from .models import Draw, DrawStratum, Selection
from .words import not_found


def draws(person: Any) -> QuerySet[Draw]:
    """Return the draws of the regions this person works for."""
    rows = Draw.objects.select_related("obligation", "frame")
    return people.within(rows, person, P.DRAW_VIEW, region="region")


def public_draws() -> QuerySet[Draw]:
    """Return every draw: all were announced in public, aborted ones stay visible with their reason."""
    return Draw.objects.select_related("obligation", "frame")


def draw(serial: str, person: Any = None) -> Draw:
    """Return one draw as a person of the office sees it, or as everybody does."""
    rows = public_draws() if person is None else draws(person)
    found = rows.filter(serial=serial).first()
    if found is None:
        raise not_found()
    return found


def with_sizes(rows: QuerySet[Draw]) -> QuerySet[Draw]:
    """Add the number of units to draw, from the small table of strata."""
    return rows.annotate(n=Sum("strata__sample"))


def strata(of: Draw) -> list[DrawStratum]:
    """Return the strata of a draw with their sizes."""
    return list(of.strata.order_by("stratum"))


def selections(of: Draw, *, reserves: bool = False) -> QuerySet[Selection]:
    """Return the drawn units of a draw in the order of their tickets; before they are drawn, none.

    For the office alone; see ``public_selections``.
    """
    rows = Selection.objects.filter(draw=of, is_reserve=reserves)
    if not of.is_revealed:
        rows = rows.none()
    return rows.select_related("subject", "first_inspector", "second_inspector").order_by("stratum", "order")


def public_selections(of: Draw) -> QuerySet[Selection]:
    """Return the drawn units as everybody may see them: none before the last visit has ended."""
    rows = selections(of)
    return rows if of.is_closed else rows.none()


def probability(of: Draw, unit_code: str) -> Fraction:
    """Return the exact inclusion probability of any unit of the frame, drawn or not.

    The frame file says in which stratum the unit stood when it was frozen; the stratum has n/N.
    """
    row = frames.row_of(frames.data(of.frame), unit_code)
    if row is None:
        raise NotFound(
            f"The frame of draw {of.serial} does not hold the unit {unit_code}.",
            "A unit outside the frame could not be drawn; see the definition of the frame.",
            code="not-in-frame",
        )
    return of.strata.get(stratum=row.stratum).probability


def probabilities(of: Draw) -> dict[str, Fraction]:
    """Return the inclusion probability of each stratum."""
    return {row.stratum: row.probability for row in strata(of)}


def of_subject(person: Any, subject: Any) -> list[Selection]:
    """Return the draws that chose a subject, newest first, as far as this person may see draws."""
    rows = Selection.objects.filter(subject=subject, draw__state__in=rules.OPEN)
    seen = people.within(rows, person, P.DRAW_VIEW, region="draw__region")
    return list(seen.select_related("draw").order_by("-draw__committed_at")[:20])


def serials_of(person: Any, subjects: Sequence[str]) -> list[str]:
    """Return the newest draws that chose any of these subjects, as far as this person may see draws."""
    rows = Selection.objects.filter(subject__in=subjects, is_reserve=False, draw__state__in=rules.OPEN)
    seen = people.within(rows, person, P.DRAW_VIEW, region="draw__region")
    return list(seen.order_by("-draw__committed_at").values_list("draw__serial", flat=True)[:200])


def issued_obligations(person: Any) -> QuerySet[Obligation]:
    """Return the issued duties of the regions in which this person commits draws."""
    rows = people.within(Obligation.objects.filter(state="issued"), person, P.DRAW_COMMIT, region="region")
    return rows.order_by("period", "region")


def waiting_obligations(person: Any) -> QuerySet[Obligation]:
    """Return those of them whose region and period have no draw yet, or only aborted ones."""
    standing = Draw.objects.filter(region=OuterRef("region"), period=OuterRef("period"))
    return issued_obligations(person).exclude(Exists(standing.exclude(state=rules.ABORTED)))


def waiting_reveals(person: Any) -> QuerySet[Draw]:
    """Return committed draws of this person's regions that wait for their beacon."""
    rows = Draw.objects.filter(state=rules.COMMITTED)
    return people.within(rows, person, P.DRAW_REVEAL, region="region").order_by("reveal_by")


def frames_of(person: Any) -> QuerySet[Frame]:
    """Return the newest frozen frame of each region in which this person commits draws."""
    newer = Frame.objects.filter(region=OuterRef("region"), frozen_at__gt=OuterRef("frozen_at"))
    rows = people.within(Frame.objects.exclude(Exists(newer)), person, P.DRAW_COMMIT, region="region")
    return rows.order_by("-as_of", "-frozen_at")


def shares(of: list[Draw]) -> dict[tuple[Any, str], DrawStratum]:
    """Return the strata of several draws by draw and stratum, with one statement."""
    rows = DrawStratum.objects.filter(draw__in={draw.pk for draw in of})
    return {(row.draw_id, row.stratum): row for row in rows}
