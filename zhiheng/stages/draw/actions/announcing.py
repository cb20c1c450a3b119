"""What an office does before a draw: freezes the list of a duty, and commits."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from zhiheng import ledger, people
from zhiheng.ledger.sealing import status
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.proof import canonical, lottery, program
from zhiheng.proof import draw as protocol
from zhiheng.proof.pseudonyms import OPEN, SALTED
from zhiheng.stages.plan.models import Obligation
from zhiheng.stages.registry import actions as registry
from zhiheng.stages.registry import store
from zhiheng.stages.registry.actions.frames import Chosen
from zhiheng.stages.registry.models import Frame
from zhiheng.stages.registry.rules_frames import DEFAULT_IDS, JOINT

from .. import custody, designing, frames, lists, objections, rules, sealed
from ..designing import Design, Wish
from ..models import Draw, DrawStratum, Exclusion, HeldShare, ObligationFrame, Panel, SealedSecret
from ..refusals import refuse
from ..rules import beacons
from ..words import spoken
from .custody import _split


@spoken()
@transaction.atomic
def freeze(
    *,
    by: Any,
    obligation: Obligation,
    ids: str = "",
    ids_reason: str = "",
    names_key: bytes | None = None,
) -> Frame:
    """Freeze the list of a duty with goods, a channel or strata of its own; the same list on a day is one.

    ``ids`` says whether the published list names firms by salted names, the usual way, or with a reason by
    their codes. A joint campaign compares its lists in public and needs the codes; a panel goes on with the
    names of its first draw. ``names_key`` makes the names those of a demonstration.
    """
    actor = people.require(by, P.DRAW_COMMIT, region=obligation.region)
    duty = Obligation.objects.select_for_update(of=("self",)).select_related("item").get(pk=obligation.pk)
    if duty.state != "issued":
        raise refuse("duty-not-issued")
    if not duty.needs_own_list:
        raise refuse("frame-not-needed")
    panel = designing.panel_of(duty)
    ids, ids_reason = _named(duty, panel, ids, ids_reason)
    listed = lists.read(duty)
    frame = registry.freeze_frame(
        by=by,
        region=duty.region,
        as_of=clock.today(),
        purpose=lists.purpose(duty),
        chosen=Chosen(listed.columns, listed.amounts, lists.definition(duty), lists.RULE, lists.kind(duty)),
        ids=ids,
        ids_reason=ids_reason,
        names_from=panel.first_draw.frame if panel and panel.first_draw.frame.is_salted else None,
        names_key=names_key,
    )
    _held, is_new = ObligationFrame.objects.get_or_create(frame=frame, defaults={"obligation": duty})
    if is_new:
        ledger.record(
            by=actor,
            verb=machine.advance(rules.PROCEDURE, "planned", "freeze_frame").verb,
            subjects=[("obligation", str(duty.pk)), ("frame", str(frame.pk))],
            detail={"sha256": frame.sha256, "units": frame.unit_count, "rule": lists.RULE},
            visibility="public",
            region=duty.region,
        )
    return frame


def _named(duty: Obligation, panel: Panel | None, ids: str, reason: str) -> tuple[str, str]:
    """Return how a list names its firms and why: as decided, or else as its campaign or panel needs it."""
    if hasattr(duty, "joint_frame"):
        if ids == SALTED:
            raise refuse("joint-needs-open-ids")
        return OPEN, reason.strip() or JOINT
    if not ids and panel is not None:
        return panel.first_draw.frame.ids, reason.strip() or panel.first_draw.frame.ids_reason
    return ids or DEFAULT_IDS, reason


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
    fallbacks: Sequence[tuple[str, str]] = (),
    away: Collection[str] = (),
    exclude: Collection[str] = (),
    singles: Sequence[designing.Single] = (),
    match_fields: bool = True,
    by_weight: bool = False,
    objection_reason: str = "",
    share_randomness: bytes | None = None,
) -> Draw:
    """Announce a draw: sizes, frame and inspectors are fixed, the secret is bound, nobody knows the outcome.

    ``beacon_reference`` names which public random text will be used; it must not exist yet. ``fallbacks`` are
    (kind, reference) of those that replace it, in their order, where it cannot be had. ``away`` names the
    codes of inspectors who cannot go besides those on leave or struck off. ``exclude`` names grounds on
    which units are left out (``rules.design.BY_RULE``), ``singles`` single units with reason and a word; each
    is published with its reason. Inspectors go to the divisions of their fields unless told otherwise.
    ``by_weight`` draws by the weights of the duty over all classes; else each class is drawn at random.
    ``share_randomness`` makes the shares of the secret those of a demonstration; else the system gives it.
    ``objection_reason`` says why the random text does not wait until firms may no longer object to the list.
    """
    actor = people.require(by, P.DRAW_COMMIT, region=obligation.region)
    obligation = (
        Obligation.objects.select_for_update(of=("self",)).select_related("item").get(pk=obligation.pk)
    )
    number = _check_commit(obligation, frame)
    wish = Wish(exclude, singles, away, match_fields, by_weight)
    found = designing.work_out(obligation, frame, wish)
    pairing = designing.team(found, wish).terms()
    secret = _checked_secret(secret)
    held = _split(secret, seats, share_randomness) if (seats := custody.standing(obligation.region)) else []
    terms = {**_beacons(beacon_kind, beacon_reference, fallbacks), "custody": custody.terms(held)}
    said = _announce(found, number, pairing, secret, terms)
    draw = _store_commitment(found, said, pairing, secret, held)
    window = objections.announced(frame, said["beacon"], objection_reason)
    ledger.record(
        by=actor,
        verb=machine.advance(rules.PROCEDURE, rules.FRAME_FROZEN, "commit").verb,
        subjects=[("draw", draw.serial), ("obligation", str(obligation.pk)), ("frame", str(frame.pk))],
        detail={
            "announcement": said,
            "announcement_hash": draw.announcement_hash,
            "program": program.digest(),
            "objections": window.detail(),
            "reveal_by": draw.reveal_by.isoformat(),
            **({"excluded": found.by_reason()} if found.exclusions else {}),
        },
        visibility="public",
        region=draw.region,
    )
    return draw


def _announce(
    found: Design,
    number: int,
    pairing: dict[str, Any],
    secret: bytes,
    terms: dict[str, Any],
) -> dict[str, Any]:
    duty = found.obligation
    return protocol.announce(
        serial=rules.serial(duty.region, duty.period, number),
        obligation=str(duty.pk),
        region=duty.region,
        period=duty.period,
        frame=frames.summary(found.frame),
        samples={share.stratum: share.sample for share in found.shares},
        reserves=rules.reserves(found.n, by_weight=found.weighted is not None),
        commitment=lottery.commitment(secret),
        pairing=pairing,
        exclusions=found.listed(),
        populations={share.stratum: share.population for share in found.shares},
        scope=_scope(duty),
        numbers=_numbers(found),
        joined=found.allotment.joined,
        ids=found.frame.ids,
        beacon_kind=terms["beacon"]["kind"],
        beacon_ref=terms["beacon"]["ref"],
        further={
            "custody": terms["custody"],
            "beacon_fallbacks": {"order": terms["fallbacks"]} if terms["fallbacks"] else None,
            "weighting": found.weighted,
            "reveal_by": rules.reveal_by(clock.today()).isoformat(),
        },
    )


def _beacons(kind: str, reference: str, others: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return the announced random text and those that replace it, each in its one form."""
    if kind in beacons.FREE and not reference.strip():
        reference = rules.DEFAULT_BEACON_REFERENCE.format(day=clock.today().isoformat())
    lead = beacons.lead() + status.MOST_DELAY  # sealed in time where the log keeps its promise
    first = beacons.announced(kind, reference, clock.now(), lead)
    fallbacks = beacons.ordered(first, others, clock.now(), lead)
    return {"beacon": first, "fallbacks": fallbacks}


def _scope(duty: Obligation) -> dict[str, Any] | None:
    """Return what the draw is about, unless it is about all goods for the headline."""
    if duty.is_plain and not duty.is_full_coverage:
        return None
    return {
        "purpose": duty.purpose,
        "item": f"{duty.item.year}-{duty.item.region}-{duty.item.code}"[:64] if duty.item else None,
        "channel": duty.channel,
        "cycle": [duty.cycle_from, duty.cycle_to] if duty.is_full_coverage else None,
    }


def _numbers(found: Design) -> dict[str, Any] | None:
    """Return where the permanent numbers of a panel come from, and which turn this draw is."""
    panel = found.panel
    if panel is None:
        return None
    shares = [(share.stratum, share.sample, share.population) for share in found.shares]
    rules.check_turn(shares, (panel.shift_top, panel.shift_bottom))
    turns = Draw.objects.filter(panel=panel).exclude(state=rules.ABORTED).count() + 1
    return {
        "draw": panel.first_draw.serial,
        "seed": panel.first_draw.seed,
        "shift": [panel.shift_top, panel.shift_bottom],
        "turn": turns,
    }


def _check_commit(obligation: Obligation, frame: Frame) -> int:
    if obligation.state != "issued":
        raise refuse("duty-not-issued")
    if frame.region != obligation.region:
        raise refuse("frame-elsewhere", frame=frame.region, obligation=obligation.region)
    designing.check_frame(obligation, frame)
    earlier = Draw.objects.filter(region=obligation.region, period=obligation.period).order_by("serial")
    same = earlier.filter(thing=obligation.thing)
    known = [list(found.values_list("serial", "state")) for found in (earlier, same)]
    return rules.check_next(*known)


def _checked_secret(secret: bytes | None) -> bytes:
    if secret is None:
        return secrets.token_bytes(rules.SECRET_BYTES)
    if len(secret) < rules.SECRET_BYTES:
        raise refuse("short-secret", length=len(secret), least=rules.SECRET_BYTES)
    return secret


def _store_commitment(
    found: Design,
    said: dict[str, Any],
    pairing: dict[str, Any],
    secret: bytes,
    held: Sequence[HeldShare],
) -> Draw:
    draw = Draw(
        serial=said["draw_id"],
        obligation=found.obligation,
        frame=found.frame,
        region=said["region"],
        period=said["period"],
        thing=found.obligation.thing,
        panel=found.panel,
        method=said["method"],
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
    for one in held:
        one.draw = draw
    HeldShare.objects.bulk_create(held)
    DrawStratum.objects.bulk_create(
        DrawStratum(draw=draw, stratum=share.stratum, population=share.population, sample=share.sample)
        for share in found.shares
    )
    store.insert(
        Exclusion,
        (
            Exclusion(draw=draw, unit_code=unit, reason=reason, note=note)
            for unit, (reason, note) in sorted(found.exclusions.items())
        ),
    )
    return draw


def _save_new(draw: Draw) -> None:
    """Save a new draw; of two that are committed at once for one region and period, one is refused."""
    try:
        with transaction.atomic():
            draw.save(force_insert=True)
    except IntegrityError:
        raise refuse("drawn-at-once", draw=draw.serial) from None
