"""Reads draws: for the office narrowed to its regions, for the public who was drawn only at the end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from zhiheng import people
from zhiheng.errors import NotFound
from zhiheng.formats import periods
from zhiheng.ledger.models import Entry, Visibility
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import canonical, weighting
from zhiheng.proof import draw as protocol
from zhiheng.reference import regions
from zhiheng.stages.plan.models import Obligation
from zhiheng.stages.registry.models import Frame

from . import frames, rules, visited
from .models import Draw, DrawStratum, Joint, Panel, Selection, Substitution
from .words import not_found

EXECUTION, ERASED, SHOWN = "draw.execution", "draw.execution_erased", 200


def draws(person: Any) -> QuerySet[Draw]:
    """Return the draws of the regions this person works for."""
    rows = Draw.objects.select_related("obligation__item", "frame", "panel")
    return people.within(rows, person, P.DRAW_VIEW, region="region")


def public_draws() -> QuerySet[Draw]:
    """Return every draw: all were announced in public, aborted ones stay visible with their reason."""
    return Draw.objects.select_related("obligation__item", "frame", "panel")


def draw(serial: str, person: Any = None) -> Draw:
    """Return one draw as a person of the office sees it, or as everybody does."""
    rows = public_draws() if person is None else draws(person)
    found = rows.filter(serial=serial).first()
    if found is None:
        raise not_found()
    return found


def home(person: Any) -> str:
    """Return the region for which a person sees draws; the nation where none is named."""
    held = [one.region for one in person.held_on(clock.today())]
    seen = [code for code in held if people.may(person, P.DRAW_VIEW, region=code)]
    return seen[0] if seen else regions.NATION


def periods_within(first: str, last: str) -> list[str]:
    """Return the periods with draws that lie between two periods by their days, of whatever kind."""
    held = Draw.objects.order_by().values_list("period", flat=True).distinct()
    return periods.inside(first, last, held)


def joints(person: Any = None) -> QuerySet[Joint]:
    """Return the joint campaigns of the regions that a person works for; to everybody, all of them."""
    rows = Joint.objects.select_related("item")
    return rows if person is None else people.within(rows, person, P.DRAW_VIEW, region="region")


def joint(serial: str, person: Any = None) -> Joint:
    """Return one joint campaign."""
    found = joints(person).filter(serial=serial).first()
    if found is None:
        raise not_found()
    return found


def with_sizes(rows: QuerySet[Draw]) -> QuerySet[Draw]:
    """Add the number of units to draw, from the small table of strata."""
    return rows.annotate(n=Sum("strata__sample"))


def strata(of: Draw) -> list[DrawStratum]:
    """Return the strata of a draw with their sizes."""
    return list(of.strata.order_by("stratum"))


def entries(of: Draw, *verbs: str) -> QuerySet[Entry]:
    """Return the public entries about a draw, oldest first: those of some verbs, or all but its steps.

    The salted numbers of single steps (``draw.execution``) are many; the closing record holds them, and
    counts those that were erased.
    """
    found = Entry.objects.filter(
        subjects__kind="draw", subjects__key=of.serial, visibility=Visibility.PUBLIC
    ).order_by("seq")
    return found.filter(verb__in=verbs) if verbs else found.exclude(verb__in=(EXECUTION, ERASED))


def revealed_in(of: Collection[Draw]) -> dict[str, int]:
    """Return by serial the number of the public entry that bound who goes where, with one statement."""
    serials = {draw.serial for draw in of}
    found = Entry.objects.filter(verb="draw.revealed", subjects__kind="draw", subjects__key__in=serials)
    return dict(found.values_list("subjects__key", "seq"))


def happened(of: Draw) -> QuerySet[Entry]:
    """Return all entries about a draw but the numbers of its steps, newest first."""
    found = Entry.objects.filter(subjects__kind="draw", subjects__key=of.serial)
    return found.exclude(verb=EXECUTION).order_by("-seq")[:SHOWN]


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


def to_visit(of: Draw) -> QuerySet[Selection]:
    """Return the units that inspectors go to: the drawn ones, and reserves that stepped in."""
    return Selection.objects.filter(Q(is_reserve=False) | Q(stands_for__isnull=False), draw=of)


def waiting_reserves(of: Draw) -> QuerySet[Selection]:
    """Return the reserves that were not used yet, in the order of their tickets."""
    rows = Selection.objects.filter(draw=of, is_reserve=True, stands_for__isnull=True)
    return rows.order_by("stratum", "order")


def exclusion_list(of: Draw) -> list[dict[str, str]]:
    """Return the excluded units in the form that the announcement binds."""
    rows = of.exclusions.values_list("unit_code", "reason", "note")
    found = {unit: (reason, note) for unit, reason, note in rows}
    return protocol.excluded(frames.in_public(of.frame, found))


def beacon_order(of: Draw) -> list[dict[str, str]]:
    """Return the announced public random text, and those that replace it in their order."""
    said = canonical.loads(of.announcement)
    return [said["beacon"], *said.get("beacon_fallbacks", {}).get("order", ())]


def excluded_counts(of: Draw) -> dict[str, int]:
    """Return how many units each reason left out."""
    counted = of.exclusions.order_by().values_list("reason").annotate(count=Count("id"))
    return dict(sorted(counted))


def frame_for(duty: Obligation) -> Frame | None:
    """Return the frame that a duty would draw from now: its own newest one, or that of its region."""
    own = Frame.objects.filter(duty__obligation=duty)
    whole = Frame.objects.filter(region=duty.region, duty__isnull=True)
    return (own if duty.needs_own_list else whole).order_by("-frozen_at").first()


def panel_begun_by(of: Draw) -> Panel | None:
    """Return the panel that goes on with the numbers of a draw."""
    return Panel.objects.filter(first_draw=of).first()


def obligation(person: Any, pk: Any) -> Obligation:
    """Return an issued duty for which this person may commit a draw."""
    found = issued_obligations(person).filter(pk=pk).first()
    if found is None:
        raise not_found()
    return found


def draws_for(duty: Obligation) -> list[Draw]:
    """Return the draws of a duty, aborted ones too, newest first."""
    return list(with_sizes(Draw.objects.filter(obligation=duty)).order_by("-committed_at"))


def replaceable(of: Draw) -> list[Selection]:
    """Return the drawn units whose visit failed and for which no reserve stepped in yet."""
    waiting = selections(of).filter(replaced_by__isnull=True)
    return [chosen for chosen in waiting if visited.failed(chosen)]


def substitutions(of: Draw) -> list[Substitution]:
    """Return the reserves that stepped in, in the order in which they did."""
    rows = Substitution.objects.filter(draw=of)
    return list(rows.select_related("original__subject", "reserve__subject").order_by("used_at", "id"))


def probability(of: Draw, unit_code: str) -> Fraction:
    """Return the exact inclusion probability of any unit of the frame, drawn or not.

    The frame file says in which stratum the unit stood when it was frozen; the stratum has n/N. A unit that
    the announcement left out has 0.
    """
    stratum = frames.stratum_of(of, unit_code)
    if stratum is not None and of.exclusions.filter(unit_code=unit_code).exists():
        return Fraction(0)
    if stratum is None:
        raise NotFound(
            f"The frame of draw {of.serial} does not hold the unit {unit_code}.",
            "A unit outside the frame could not be drawn; see the definition of the frame.",
            code="not-in-frame",
        )
    if of.weighted is not None:
        return Fraction(*weighting.target(of.weighted, stratum))
    return of.strata.get(stratum=stratum).probability


def probabilities(of: Draw) -> dict[str, Fraction]:
    """Return the inclusion probability of each stratum, in a draw by weight of each class."""
    if of.weighted is not None:
        names = [row["stratum"] for row in of.weighted["classes"]]
        return {name: Fraction(*weighting.target(of.weighted, name)) for name in names}
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
    found = Obligation.objects.filter(state="issued").select_related("item", "planned_draw")
    rows = people.within(found, person, P.DRAW_COMMIT, region="region")
    return rows.order_by("period", "region")


def waiting_obligations(person: Any) -> QuerySet[Obligation]:
    """Return those of them on whose goods, region and period there is no draw yet, or only aborted ones."""
    standing = Draw.objects.filter(
        region=OuterRef("region"), period=OuterRef("period"), thing=OuterRef("thing")
    )
    return issued_obligations(person).exclude(Exists(standing.exclude(state=rules.ABORTED)))


def waiting_reveals(person: Any) -> QuerySet[Draw]:
    """Return committed draws of this person's regions that wait for their beacon."""
    rows = Draw.objects.filter(state=rules.COMMITTED)
    return people.within(rows, person, P.DRAW_REVEAL, region="region").order_by("reveal_by")


def waiting_closings(person: Any) -> QuerySet[Draw]:
    """Return revealed draws of this person's regions that are not closed yet."""
    rows = Draw.objects.filter(state=rules.REVEALED)
    return people.within(rows, person, P.DRAW_REVEAL, region="region").order_by("close_by", "serial")


def frames_of(person: Any) -> QuerySet[Frame]:
    """Return the newest frozen frame of each whole region in which this person commits draws."""
    whole = Frame.objects.filter(duty__isnull=True)
    newer = whole.filter(region=OuterRef("region"), frozen_at__gt=OuterRef("frozen_at"))
    rows = people.within(whole.exclude(Exists(newer)), person, P.DRAW_COMMIT, region="region")
    return rows.order_by("-as_of", "-frozen_at")


def shares(of: list[Draw]) -> dict[tuple[Any, str], DrawStratum]:
    """Return the strata of several draws by draw and stratum, with one statement."""
    rows = DrawStratum.objects.filter(draw__in={draw.pk for draw in of})
    return {(row.draw_id, row.stratum): row for row in rows}
