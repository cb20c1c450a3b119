"""What an office does with an announced draw: reveals it, or aborts it publicly."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from zhiheng import ledger, people
from zhiheng.ledger import evidence, instants
from zhiheng.ledger.models import Entry
from zhiheng.ledger.sealing import status
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.proof import canonical, lottery, release, streamed
from zhiheng.proof import draw as protocol
from zhiheng.stages.registry import store
from zhiheng.stages.registry.models import Inspector, Subject
from zhiheng.verification.draw import certificate_sha256

from .. import frames, overlaps, queries, rules, sealed
from ..models import Draw, Selection
from ..refusals import refuse
from ..rules import beacons
from ..words import spoken


@spoken()
@transaction.atomic
def reveal(*, by: Any, draw: Draw, beacon: bytes, skipped: Sequence[str] = ()) -> Draw:
    """Open the secret with the public random text, draw, pair, and bind the outcome in public; done once.

    ``beacon`` is the text as it was published. Where the announced one could not be had, ``skipped`` says
    why, and why of each that was to replace it: the next in the announced order is used.

    The public entry holds the digest of the certificate and the root over who goes where. Secret, seed and
    list become public when the last visit has ended (ADR 11): before, they would warn the firms.
    """
    actor = people.require(by, P.DRAW_REVEAL, region=draw.region)
    draw = _locked(draw)
    _step(draw, "reveal")
    secret = sealed.unseal(draw.sealed_secret.token, draw.serial)
    return _reveal(actor, draw, secret, beacon, skipped)


def _locked(draw: Draw) -> Draw:
    rows = Draw.objects.select_for_update(of=("self",)).select_related("frame", "obligation")
    return rows.get(pk=draw.pk)


def _reveal(
    actor: ledger.Actor,
    draw: Draw,
    secret: bytes,
    beacon: bytes,
    skipped: Sequence[str],
    *,
    opened_by: Sequence[int] = (),
) -> Draw:
    """Carry out a draw with its secret, from the site or from the shares of custodians (``opened_by``)."""
    edge = _step(draw, "reveal")
    if draw.obligation.state == "withdrawn":
        raise refuse("duty-withdrawn", draw=draw.serial)
    announcement = canonical.loads(draw.announcement)
    order, sealed_at = queries.beacon_order(draw), status.sealed_at(_committed(draw))
    used = beacons.used(order, beacon, skipped, clock.now(), rules.BEACON_BYTES)
    beacons.check_sealed(
        draw.serial, order, len(skipped), sealed_at=sealed_at, now=clock.now(), lead=beacons.lead()
    )
    drawn = protocol.carry_out(
        announcement,
        secret=secret,
        beacon=bytes.fromhex(used["value"]),
        beacon_used=used,
        rows=streamed.Frame.of(frames.published(draw.frame)),
        pairing=draw.pairing,
        committed=_committed(draw).hash,
        exclusions=queries.exclusion_list(draw),
    )
    codes = frames.behind(draw.frame, _units(drawn))
    opened = frames.openings(draw.frame, [codes[row["unit"]] for row in drawn["selected"]])
    certificate = {
        **drawn,
        **({"openings": opened} if opened else {}),
        "data": "demonstration" if settings.DEMO else "operational",
    }
    _store_reveal(draw, certificate, codes)
    ledger.record(
        by=actor,
        verb=edge.verb,
        subjects=[("draw", draw.serial), ("obligation", str(draw.obligation_id))],
        detail={
            "serial": draw.serial,
            "certificate_sha256": draw.certificate_sha,
            "close_by": str(draw.close_by),
            "announcement_sealed_at": instants.as_text(sealed_at) if sealed_at else None,
            "assignments_root": release.root(release.leaves(certificate)),
            **({"opened_by": list(opened_by)} if opened_by else {}),
        },
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


def _step(draw: Draw, event: str) -> machine.Transition:
    """Return the step that the procedure allows, or say why it is too late for it."""
    if draw.state in rules.OPEN:
        raise refuse("already-revealed", draw=draw.serial)
    if draw.state == rules.ABORTED:
        raise refuse("was-aborted", draw=draw.serial)
    return machine.advance(rules.PROCEDURE, draw.state, event)


def _committed(draw: Draw) -> Entry:
    return queries.entries(draw, "draw.committed").get()


def _units(drawn: Mapping[str, Any]) -> list[str]:
    return [row["unit"] for row in (*drawn["selected"], *drawn["reserves"])]


def _store_reveal(draw: Draw, certificate: Mapping[str, Any], codes: Mapping[str, str]) -> None:
    kept = evidence.store(
        canonical.dumps(dict(certificate)),
        name=f"draw-certificate-{draw.serial}.json",
        media_type="application/json",
    )
    draw.state, draw.revealed_at = machine.advance(rules.PROCEDURE, draw.state, "reveal").target, clock.now()
    draw.close_by = rules.close_by(clock.today())
    draw.secret, draw.seed, draw.beacon = certificate["secret"], certificate["seed"], certificate["beacon"]
    draw.certificate_sha = certificate_sha256(certificate)
    if kept.sha256 != draw.certificate_sha:
        raise AssertionError("the stored certificate is not in canonical form")
    draw.save()
    _store_selections(draw, certificate, codes)
    overlaps.store_for(draw)


def _store_selections(draw: Draw, certificate: Mapping[str, Any], codes: Mapping[str, str]) -> None:
    """Store the drawn units by their codes; the tickets are those of their names in the published file."""
    inspectors = _ids(Inspector, {key for row in certificate["selected"] for key in row["inspectors"]})
    drawn = [*certificate["selected"], *certificate["reserves"]]
    subjects = _ids(Subject, set(codes.values()))
    seed, _start = protocol.numbers_of(certificate["announcement"], bytes.fromhex(draw.seed))
    new = []
    for row in drawn:
        code = codes[row["unit"]]
        if code not in subjects:
            raise refuse("frame-changed", unit=code)
        first, second = row.get("inspectors", (None, None))
        new.append(
            Selection(
                draw=draw,
                unit_code=code,
                subject_id=subjects[code],
                stratum=row["stratum"],
                order=row["order"],
                ticket=lottery.ticket(seed, row["unit"]).hex(),
                first_inspector_id=inspectors.get(first),
                second_inspector_id=inspectors.get(second),
                is_reserve=first is None,
                **_own_chance(row),
            )
        )
    store.insert(Selection, new)


def _own_chance(row: Mapping[str, Any]) -> dict[str, int]:
    """Return the fields of the probability that a unit has of its own, in a draw by weight."""
    if "probability" not in row:
        return {}
    return dict(zip(("probability_num", "probability_den"), row["probability"], strict=True))


def _ids(model: Any, codes: Collection[str]) -> dict[str, Any]:
    """Return the id of each code, asked for in pieces that every database takes."""
    listed, found = sorted(codes), {}
    for start in range(0, len(listed), 500):
        some = model.objects.filter(code__in=listed[start : start + 500])
        found.update(some.values_list("code", "id"))
    return found
