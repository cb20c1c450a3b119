"""The shares of a secret: who holds them, handed out once, given back after the day of the reveal.

Two custodians open a draw whose office does not: that is what makes a refusal to reveal useless.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.ledger import Actor
from zhiheng.people import clock
from zhiheng.people.models import Person
from zhiheng.people.permissions import P
from zhiheng.proof import canonical, sealedbox, shares

from .. import custody, rules, sealed
from ..models import Custodian, Draw, HeldShare
from ..refusals import refuse
from ..words import spoken
from . import revealing


@spoken()
@transaction.atomic
def name_custodian(
    *, by: Any, region: str, office: str, body: str, person: Person | None = None, public_key: str = ""
) -> Custodian:
    """Name the body that holds the share of an office from now on; the one before it keeps its old shares."""
    actor = people.require(by, P.DRAW_COMMIT, region=region)
    rules.check_custodian(office, body, public_key)
    if person is not None and not people.may(person, P.DRAW_CUSTODY, region=region):
        raise refuse("no-custodian", field="person")
    standing = Custodian.objects.select_for_update().filter(region=region, ended_at__isnull=True)
    if person is not None and standing.exclude(office=office).filter(person=person).exists():
        raise refuse("two-seats", field="person")
    said = {"body": body.strip(), "person": person, "public_key": public_key.strip().lower()}
    known = standing.filter(office=office).first()
    if known is not None:
        if all(getattr(known, name) == value for name, value in said.items()):
            return known
        known.ended_at = clock.now()
        known.save(update_fields=["ended_at"])
    made = Custodian.objects.create(region=region, office=office, named_at=clock.now(), **said)
    ledger.record(
        by=actor,
        verb="draw.custodian_named",
        subjects=[("custodian", str(made.pk))],
        detail={"office": office, "body": made.body, "public_key": made.public_key},
        visibility="public",
        region=region,
    )
    return made


def _split(secret: bytes, seats: list[Custodian], randomness: bytes | None) -> list[HeldShare]:
    """Return the shares of a secret for these custodians, each encrypted for whoever will hold it."""
    fresh = randomness or secrets.token_bytes(shares.random_bytes(len(secret)))
    made = shares.split(secret, fresh)
    held = []
    for one, custodian in zip(made, seats, strict=True):
        row = HeldShare(custodian=custodian, seat=one.seat, commitment=one.commitment)
        written = shares.text(one).encode()
        if custodian.public_key:
            to = bytes.fromhex(custodian.public_key)
            row.box = sealedbox.seal(written, to, secrets.token_bytes(32)).hex()
        else:
            row.token = sealed.seal(written)
        held.append(row)
    return held


@spoken()
@transaction.atomic
def hand_out_share(*, by: Any, draw: Draw, seat: int) -> str:
    """Return the share of a seat as it stands on its sheet, once; a sealed one as its box, at any time.

    A custodian with an account takes his own share; the office prints those of the other bodies. From then on
    the site knows the commitment of the share alone.
    """
    held = _locked(draw, seat)
    actor = _taker(by, held)
    if held.draw.state != rules.COMMITTED:
        raise refuse("share-not-now", draw=held.draw.serial)
    if held.handed_at is not None and not held.box:
        raise refuse("share-shown-once", seat=seat)
    is_first = held.handed_at is None
    said = held.box or sealed.unseal(held.token, held.draw.serial).decode()
    if is_first:
        held.token, held.handed_at = "", clock.now()
        held.save(update_fields=["token", "handed_at"])
        _record(actor, held, "draw.share_handed_out")
    return said


@spoken()
@transaction.atomic
def give_share(*, by: Any, draw: Draw, written: str) -> HeldShare:
    """Take in the share that a custodian brings, once the day of the reveal has passed; given twice is once.

    A share that is not the announced one of its seat is refused, and the others are still enough.
    """
    actor = people.require(by, P.DRAW_CUSTODY, region=draw.region)
    draw = Draw.objects.select_for_update(of=("self",)).get(pk=draw.pk)
    rules.check_overdue(draw.serial, draw.state, draw.reveal_by, clock.today())
    share = custody.read(written)
    held = _locked(draw, share.seat)
    custody.check(share, canonical.loads(draw.announcement))
    if held.given:
        return held
    held.given, held.given_at = sealed.seal(shares.text(share).encode()), clock.now()
    held.save(update_fields=["given", "given_at"])
    _record(actor, held, "draw.share_given")
    return held


@spoken()
@transaction.atomic
def recover(*, by: Any, draw: Draw, beacon: bytes, skipped: Sequence[str] = ()) -> Draw:
    """Open a draw from the shares of two custodians, without the office, when its day has passed."""
    actor = people.require(by, P.DRAW_CUSTODY, region=draw.region)
    draw = revealing._locked(draw)
    rules.check_overdue(draw.serial, draw.state, draw.reveal_by, clock.today())
    given = draw.held_shares.exclude(given="").order_by("seat")
    written = [sealed.unseal(one.given, draw.serial).decode() for one in given]
    secret = custody.recovered(written, canonical.loads(draw.announcement))
    return revealing._reveal(actor, draw, secret, beacon, skipped, opened_by=[one.seat for one in given])


def _locked(draw: Draw, seat: int) -> HeldShare:
    rows = HeldShare.objects.select_for_update(of=("self",)).select_related("draw", "custodian")
    found = rows.filter(draw=draw, seat=seat).first()
    if found is None:
        raise refuse("no-such-seat", seat=seat)
    return found


def _taker(by: Any, held: HeldShare) -> Actor:
    """Return who acts: the custodian himself, or the office for a body without an account."""
    person = held.custodian.person_id
    if person is None:
        return people.require(by, P.DRAW_COMMIT, region=held.draw.region)
    actor = people.require(by, P.DRAW_CUSTODY, region=held.draw.region)
    if str(person) != actor.key:
        raise refuse("another-seat", seat=held.seat)
    return actor


def _record(actor: Actor, held: HeldShare, verb: str) -> None:
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[("draw", held.draw.serial)],
        detail={"seat": held.seat, "commitment": held.commitment},
        visibility="public",
        region=held.draw.region,
    )
