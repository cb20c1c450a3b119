"""Reads who holds shares for a region, and puts shares together with refusals in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from zhiheng import people
from zhiheng.errors import ZhihengError
from zhiheng.people.permissions import P
from zhiheng.proof import shares
from zhiheng.reference import regions
from zhiheng.web.tables import State

from . import labels, rules
from .models import Custodian, Draw, HeldShare
from .refusals import refuse
from .words import not_found

THRESHOLD = shares.THRESHOLD


def standing(region: str) -> list[Custodian]:
    """Return the three custodians for a region: its own, else those of the nearest region above that has all.

    Fewer than three are none: two of two would let one of them withhold.
    """
    rows = Custodian.objects.filter(ended_at__isnull=True).select_related("person")
    above = [one.code for one in regions.path(region)]
    for code in [*reversed(above), regions.NATION]:
        found = {one.office: one for one in rows.filter(region=code)}
        if len(found) == shares.SEATS:
            return [found[office] for office in shares.OFFICES]
    return []


def named(region: str) -> list[Custodian]:
    """Return whoever is named for this very region, in the order of the offices."""
    rows = Custodian.objects.filter(ended_at__isnull=True, region=region).select_related("person")
    return sorted(rows, key=lambda one: shares.OFFICES.index(one.office))


def terms(held: Sequence[HeldShare]) -> dict[str, Any] | None:
    """Return what the announcement says of the custodians; nothing where there are none."""
    if not held:
        return None
    return {
        "rule": shares.RULE,
        "threshold": shares.THRESHOLD,
        "custodians": [
            {
                "seat": one.seat,
                "office": one.custodian.office,
                "body": one.custodian.body,
                "commitment": one.commitment,
            }
            for one in held
        ],
    }


def of_draw(draw: Draw) -> list[HeldShare]:
    """Return the seats of a draw."""
    return list(draw.held_shares.select_related("custodian__person").order_by("seat"))


def seats(person: Any) -> list[HeldShare]:
    """Return the seats that a person holds, newest draw first, in the regions of this custodian."""
    rows = HeldShare.objects.filter(custodian__person=person).select_related("draw", "custodian")
    seen = people.within(rows, person, P.DRAW_CUSTODY, region="draw__region")
    return list(seen.order_by("-draw__committed_at")[:200])


def untaken(person: Any) -> QuerySet[HeldShare]:
    """Return the shares that wait for this person, where the draw may still need them."""
    rows = HeldShare.objects.filter(
        custodian__person=person.pk, handed_at__isnull=True, draw__state=rules.COMMITTED
    )
    seen = people.within(rows.select_related("draw"), person, P.DRAW_CUSTODY, region="draw__region")
    return seen.order_by("draw__reveal_by", "draw__serial")


def standing_of(held: HeldShare) -> State:
    """Return in which state a share is: to be handed out, held, given back, or no longer needed."""
    if held.draw.state != rules.COMMITTED:
        return labels.SHARE_STATES["over"]
    if held.given:
        return labels.SHARE_STATES["given"]
    return labels.SHARE_STATES["held" if held.handed_at is not None else "waiting"]


def draw(serial: str, person: Any) -> Draw:
    """Return a draw whose secret was shared out, for a custodian of its region."""
    rows = Draw.objects.filter(serial=serial, held_shares__isnull=False).distinct()
    found = people.within(rows, person, P.DRAW_CUSTODY, region="region").first()
    if found is None:
        raise not_found()
    return found


def read(written: str) -> shares.Share:
    """Return the share on a sheet, or say that a sign is wrong."""
    return _said(lambda: shares.read(written))


def check(share: shares.Share, announcement: Mapping[str, Any]) -> None:
    """Refuse a share other than the announced one of its seat."""
    if "custody" not in announcement:
        raise refuse("not-shared")
    _said(lambda: shares.check(share, announcement["custody"]))


def recovered(written: Sequence[str], announcement: Mapping[str, Any]) -> bytes:
    """Return the secret, or say what is lacking."""
    said = announcement.get("custody")
    if said is None:
        raise refuse("not-shared")
    if len(written) < said["threshold"]:
        raise refuse("shares-lacking", needed=said["threshold"], count=len(written))
    return _said(lambda: shares.recover([shares.read(one) for one in written], dict(announcement)))


def _said(ask: Any) -> Any:
    """Ask the pure floor; what it refuses is said from the table of this stage."""
    try:
        return ask()
    except ZhihengError as error:
        if error.code in ("share-unreadable", "false-share", "shares-of-another-secret"):
            raise refuse(error.code, **{**error.facts, "field": "share"}) from None
        raise
