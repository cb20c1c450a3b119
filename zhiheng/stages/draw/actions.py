"""What an office does with a draw: commits it before the beacon exists, reveals it, or aborts it publicly."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiheng import ledger, people
from zhiheng.ledger import evidence
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.proof import canonical, lottery
from zhiheng.proof import draw as protocol
from zhiheng.stages.plan.models import Obligation
from zhiheng.stages.registry import store
from zhiheng.stages.registry.models import Frame, Inspector, Subject
from zhiheng.stages.registry.queries import inspectors_for
from zhiheng.verification.draw import certificate_sha256

from . import frames, rules, sealed
from .models import Draw, DrawStratum, SealedSecret, Selection
from .refusals import refuse
from .words import spoken


@spoken()
@transaction.atomic
def commit(
    *,
    by: Any,
    obligation: Obligation,
    frame: Frame,
    secret: bytes | None = None,
    beacon_kind: str = rules.DEFAULT_BEACON_KIND,
    beacon_reference: str = "",
    away: Collection[str] = (),
) -> Draw:
    """Announce a draw: sizes, frame and inspectors are fixed, the secret is bound, nobody knows the outcome.

    ``beacon_reference`` names which public random text will be used; it must not exist yet. ``away`` names
    the codes of inspectors on leave.
    """
    actor = people.require(by, P.DRAW_COMMIT, region=obligation.region)
    obligation = Obligation.objects.select_for_update().get(pk=obligation.pk)
    number = _check_commit(obligation, frame)
    today = clock.today()
    rules.check_announced_beacon(beacon_reference, today)
    shares = rules.allocation(frame.strata, obligation.fractions, obligation.minimum_per_stratum)
    pairing = _pairing(obligation.region, frame, sum(share.sample for share in shares), away)
    secret = _checked_secret(secret)
    said = protocol.announce(
        serial=rules.serial(obligation.region, obligation.period, number),
        obligation=str(obligation.pk),
        region=obligation.region,
        period=obligation.period,
        frame=frames.summary(frame),
        samples={share.stratum: share.sample for share in shares},
        reserves=rules.RESERVES,
        commitment=lottery.commitment(secret),
        beacon_kind=beacon_kind,
        beacon_ref=beacon_reference or rules.DEFAULT_BEACON_REFERENCE.format(day=today.isoformat()),
        pairing=pairing,
    )
    draw = _store_commitment(obligation, frame, said, shares, pairing, secret)
    ledger.record(
        by=actor,
        verb=machine.advance(rules.PROCEDURE, rules.FRAME_FROZEN, "commit").verb,
        subjects=[("draw", draw.serial), ("obligation", str(obligation.pk)), ("frame", str(frame.pk))],
        detail={
            "announcement": said,
            "announcement_hash": draw.announcement_hash,
            "reveal_by": draw.reveal_by.isoformat(),
        },
        visibility="public",
        region=draw.region,
    )
    return draw


@spoken()
@transaction.atomic
def reveal(*, by: Any, draw: Draw, beacon: bytes) -> Draw:
    """Open the secret with the public random text, draw, pair, and bind the outcome in public; done once.

    The public entry holds the digest of the certificate alone. Secret, seed and list become public when the
    last visit has ended (ADR 11): before, they would warn the firms.
    """
    actor = people.require(by, P.DRAW_REVEAL, region=draw.region)
    draw = Draw.objects.select_for_update(of=("self",)).select_related("frame", "obligation").get(pk=draw.pk)
    edge = _step(draw, "reveal")
    if draw.obligation.state == "withdrawn":
        raise refuse("duty-withdrawn", draw=draw.serial)
    rules.check_beacon(beacon)
    rules.check_beacon_exists(draw.beacon["ref"], clock.today())
    drawn = protocol.carry_out(
        canonical.loads(draw.announcement),
        secret=sealed.unseal(draw.sealed_secret.token, draw.serial),
        beacon=beacon,
        rows=frames.rows(frames.data(draw.frame)),
        pairing=draw.pairing,
        committed=_committed_hash(draw),
    )
    certificate = {**drawn, "data": "demonstration" if settings.DEMO else "operational"}
    _store_reveal(draw, certificate)
    ledger.record(
        by=actor,
        verb=edge.verb,
        subjects=[("draw", draw.serial), ("obligation", str(draw.obligation_id))],
        detail={"serial": draw.serial, "certificate_sha256": draw.certificate_sha},
        visibility="public",
        region=draw.region,
    )
    return draw


@spoken()
@transaction.atomic
def abort(*, by: Any, draw: Draw, reason: str) -> Draw:
    """End a draw before its reveal with a public reason; its secret is published too and never used.

    With the secret public anybody can work out, once the announced beacon exists, whom this draw would have
    chosen: an abort under a pretext shows.
    """
    actor = people.require(by, P.DRAW_REVEAL, region=draw.region)
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    edge = _step(draw, "abort")
    reason = rules.check_reason(reason)
    secret = sealed.unseal(draw.sealed_secret.token, draw.serial)
    draw.state, draw.abort_reason, draw.secret = edge.target, reason[:400], secret.hex()
    draw.save(update_fields=["state", "abort_reason", "secret"])
    ledger.record(
        by=actor,
        verb=edge.verb,
        subjects=[("draw", draw.serial), ("obligation", str(draw.obligation_id))],
        detail={"reason": draw.abort_reason, "secret": draw.secret},
        visibility="public",
        region=draw.region,
    )
    return draw


def _check_commit(obligation: Obligation, frame: Frame) -> int:
    if obligation.state != "issued":
        raise refuse("duty-not-issued")
    if frame.region != obligation.region:
        raise refuse("frame-elsewhere", frame=frame.region, obligation=obligation.region)
    _check_frame(obligation, frame)
    earlier = Draw.objects.filter(region=obligation.region, period=obligation.period)
    return rules.check_next(list(earlier.order_by("serial").values_list("serial", "state")))


def _check_frame(obligation: Obligation, frame: Frame) -> None:
    """Refuse a frame that was picked among old ones: the newest counts, and it is not older than the duty."""
    newer = Frame.objects.filter(region=frame.region, frozen_at__gt=frame.frozen_at).order_by("-frozen_at")
    newest = newer.first()
    if newest is not None:
        raise refuse("frame-not-newest", frozen=_day(frame.frozen_at), newest=_day(newest.frozen_at))
    issued_at = _issued_at(obligation)
    if _day(frame.frozen_at) < _day(issued_at):
        raise refuse("frame-before-duty", frozen=_day(frame.frozen_at), issued=_day(issued_at))


def _issued_at(obligation: Obligation) -> datetime:
    entries = ledger.timeline("obligation", str(obligation.pk), public_only=True)
    issued = [entry.at for entry in entries if entry.verb == "plan.obligation_issued"]
    return issued[-1] if issued else obligation.recorded_at


def _day(at: datetime) -> str:
    return timezone.localdate(at).isoformat()


def _step(draw: Draw, event: str) -> machine.Transition:
    """Return the step that the procedure allows, or say why it is too late for it."""
    if draw.state in rules.OPEN:
        raise refuse("already-revealed", draw=draw.serial)
    if draw.state == rules.ABORTED:
        raise refuse("was-aborted", draw=draw.serial)
    return machine.advance(rules.PROCEDURE, draw.state, event)


def _checked_secret(secret: bytes | None) -> bytes:
    if secret is None:
        return secrets.token_bytes(rules.SECRET_BYTES)
    if len(secret) < rules.SECRET_BYTES:
        raise refuse("short-secret", length=len(secret), least=rules.SECRET_BYTES)
    return secret


def _pairing(region: str, frame: Frame, units: int, away: Collection[str]) -> dict[str, Any]:
    """Return the inspectors of the region who can go, and their conflicts with firms of this frame."""
    able = {one.code: one for one in inspectors_for(region) if one.code not in away}
    stated = {code for one in able.values() for code in one.conflicts}
    in_frame = frames.held(frames.data(frame), stated)
    conflicts = sorted(
        (unit, key) for key, one in able.items() for unit in in_frame.intersection(one.conflicts)
    )
    by_unit: dict[str, set[str]] = {}
    for unit, key in conflicts:
        by_unit.setdefault(unit, set()).add(key)
    rules.check_inspectors(units, list(able), by_unit)
    offices = {key: one.unit for key, one in able.items()}
    return protocol.pairing_terms(offices, conflicts, rules.load_cap(units, len(able)))


def _store_commitment(
    obligation: Obligation,
    frame: Frame,
    said: dict[str, Any],
    shares: Collection[rules.Share],
    pairing: dict[str, Any],
    secret: bytes,
) -> Draw:
    draw = Draw(
        serial=said["draw_id"],
        obligation=obligation,
        frame=frame,
        region=said["region"],
        period=said["period"],
        commitment=said["commitment"],
        announcement=canonical.dumps(said).decode(),
        announcement_hash=lottery.announcement_hash(said),
        beacon=said["beacon"],
        pairing=pairing,
        reveal_by=rules.reveal_by(clock.today()),
        committed_at=clock.now(),
    )
    _save_new(draw)
    SealedSecret.objects.create(draw=draw, token=sealed.seal(secret))
    DrawStratum.objects.bulk_create(
        DrawStratum(draw=draw, stratum=share.stratum, population=share.population, sample=share.sample)
        for share in shares
    )
    return draw


def _save_new(draw: Draw) -> None:
    """Save a new draw; of two that are committed at once for one region and period, one is refused."""
    try:
        with transaction.atomic():
            draw.save(force_insert=True)
    except IntegrityError:
        raise refuse("drawn-at-once", draw=draw.serial) from None


def _committed_hash(draw: Draw) -> str:
    entries = ledger.timeline("draw", draw.serial, public_only=True)
    return next(entry.hash for entry in entries if entry.verb == "draw.committed")


def _store_reveal(draw: Draw, certificate: Mapping[str, Any]) -> None:
    kept = evidence.store(
        canonical.dumps(dict(certificate)),
        name=f"draw-certificate-{draw.serial}.json",
        media_type="application/json",
    )
    draw.state, draw.revealed_at = machine.advance(rules.PROCEDURE, draw.state, "reveal").target, clock.now()
    draw.secret, draw.seed, draw.beacon = certificate["secret"], certificate["seed"], certificate["beacon"]
    draw.certificate_sha = certificate_sha256(certificate)
    if kept.sha256 != draw.certificate_sha:
        raise AssertionError("the stored certificate is not in canonical form")
    draw.save()
    _store_selections(draw, certificate)


def _store_selections(draw: Draw, certificate: Mapping[str, Any]) -> None:
    inspectors = _ids(Inspector, {key for row in certificate["selected"] for key in row["inspectors"]})
    drawn = [*certificate["selected"], *certificate["reserves"]]
    subjects = _ids(Subject, {row["unit"] for row in drawn})
    seed = bytes.fromhex(draw.seed)
    new = []
    for row in drawn:
        if row["unit"] not in subjects:
            raise refuse("frame-changed", unit=row["unit"])
        first, second = row.get("inspectors", (None, None))
        new.append(
            Selection(
                draw=draw,
                unit_code=row["unit"],
                subject_id=subjects[row["unit"]],
                stratum=row["stratum"],
                order=row["order"],
                ticket=lottery.ticket(seed, row["unit"]).hex(),
                first_inspector_id=inspectors.get(first),
                second_inspector_id=inspectors.get(second),
                is_reserve=first is None,
            )
        )
    store.insert(Selection, new)


def _ids(model: Any, codes: Collection[str]) -> dict[str, Any]:
    """Return the id of each code, asked for in pieces that every database takes."""
    listed, found = sorted(codes), {}
    for start in range(0, len(listed), 500):
        some = model.objects.filter(code__in=listed[start : start + 500])
        found.update(some.values_list("code", "id"))
    return found
