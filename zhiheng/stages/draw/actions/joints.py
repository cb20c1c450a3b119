"""Opens a joint campaign over several lists of one item, and seals its record when every draw is closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from zhiheng import ledger, people
from zhiheng.ledger import evidence
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.stages.plan import actions as plan
from zhiheng.stages.plan.models import CHANNELS, Obligation
from zhiheng.stages.registry.models import CatalogueItem

from .. import joint_record, memberships
from ..models import Joint, JointFrame
from ..refusals import refuse
from ..words import spoken

FEWEST = 2


@spoken()
@transaction.atomic
def open_joint(
    *,
    by: Any,
    region: str,
    period: str,
    item: CatalogueItem,
    quotas: Mapping[str, int | None],
    basis: str,
    article: int = 27,
    purpose: str = "evaluation",
    ids: Mapping[str, UUID] | None = None,
    **shares: Any,
) -> Joint:
    """Issue one duty a channel for the same item, period, purpose and ground: their draws belong together.

    ``quotas`` names the channels, each with how many firms are drawn; None draws by the shares of the risk
    classes (``fractions`` and ``minimum_per_stratum`` in ``shares``, else those of the house). The same
    campaign is opened once. ``ids`` fixes the duties, as in ``plan.create_obligation``.
    """
    actor = people.require(by, P.PLAN_EDIT, region=region)
    channels = [name for name, _label in CHANNELS if name in quotas]
    if len(channels) < FEWEST or set(quotas) - set(channels):
        raise refuse("joint-of-one", count=len(channels))
    joint = Joint(
        serial=_serial(region, period),
        region=region,
        period=period,
        item=item,
        purpose=purpose,
        basis=basis.strip()[:400],
        opened_at=clock.now(),
    )
    said = {"region": region, "period": period, "item": item, "purpose": purpose, "basis": basis}
    duties = [
        plan.create_obligation(
            by=by,
            article=article,
            channel=name,
            quota=quotas[name],
            id=(ids or {}).get(name),
            **said,
            **shares,
        )
        for name in channels
    ]
    try:
        with transaction.atomic():
            joint.save(force_insert=True)
    except IntegrityError:
        raise refuse("joint-stands", item=item.name) from None
    JointFrame.objects.bulk_create(
        JointFrame(joint=joint, obligation=duty, channel=duty.channel) for duty in duties
    )
    _record_opening(actor, joint, duties)
    return joint


def _serial(region: str, period: str) -> str:
    number = Joint.objects.filter(region=region, period=period).count() + 1
    return f"{region}-{period}-J{number:02d}"


def _record_opening(actor: Any, joint: Joint, duties: Sequence[Obligation]) -> None:
    item = joint.item
    ledger.record(
        by=actor,
        verb="draw.joint_opened",
        subjects=[("joint", joint.serial), *(("obligation", str(duty.pk)) for duty in duties)],
        detail={
            "item": {"code": item.code, "region": item.region, "year": item.year},
            "period": joint.period,
            "purpose": joint.purpose,
            "basis": joint.basis,
            "frames": {duty.channel: str(duty.pk) for duty in duties},
        },
        visibility="public",
        region=joint.region,
    )


@spoken()
@transaction.atomic
def seal_joint(*, by: Any, joint: Joint) -> Joint:
    """Write down chances and weight of every drawn firm once all draws are closed; sealed twice is once.

    From then on no answer about other lists is taken any more, so that weights cannot follow results.
    """
    actor = people.require(by, P.DRAW_REVEAL, region=joint.region)
    joint = Joint.objects.select_for_update(of=("self",)).select_related("item").get(pk=joint.pk)
    if joint.sealed_at is not None:
        return joint
    held = memberships.standing(joint)
    _check_closed(joint, held)
    record = joint_record.compose(joint, held)
    kept = evidence.store(
        canonical.dumps(record), name=f"joint-{joint.serial}.json", media_type="application/json"
    )
    joint.sealed_at, joint.record_sha = clock.now(), kept.sha256
    joint.save(update_fields=["sealed_at", "record_sha"])
    ledger.record(
        by=actor,
        verb="draw.joint_sealed",
        subjects=[("joint", joint.serial), *(("draw", serial) for serial in held.serials)],
        detail={
            "record_sha256": joint.record_sha,
            "units": len(record["units"]),
            "in_several": sum(1 for row in record["units"] if row["also"]),
            "unknown": sum(1 for row in record["units"] if row["unknown"]),
        },
        visibility="public",
        region=joint.region,
    )
    return joint


def _check_closed(joint: Joint, held: memberships.Standing) -> None:
    """Refuse to seal before each list was drawn from and its draw closed; a withdrawn duty is no list."""
    expected = joint.frames.exclude(obligation__state="withdrawn").values_list("channel", flat=True)
    lacking = sorted(set(expected) - set(held.draws))
    if lacking:
        names = dict(CHANNELS)
        raise refuse("joint-not-drawn", channels=", ".join(str(names[name]) for name in lacking))
    if len(held.draws) < FEWEST:
        raise refuse("joint-of-one", count=len(held.draws))
    waiting = [draw.serial for draw in held.draws.values() if not draw.is_closed]
    if waiting:
        raise refuse("joint-not-closed", draws=", ".join(waiting))
