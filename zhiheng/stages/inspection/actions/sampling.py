"""Notes what belongs to a visit and its sample: files, label, purchase, sealed parts; each is added once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger
from zhiheng.people import clock
from zhiheng.stages.draw.words import spoken

from .. import custody, rules
from ..models import Move, Purchase, Sample, Specimen, Visit, VisitFile
from ..refusals import REFUSALS, refuse
from ..rules import sampling
from . import notes, visits


@spoken(REFUSALS)
@transaction.atomic
def attach_files(*, by: Any, visit: Visit, papers: Sequence[sampling.Paper]) -> list[VisitFile]:
    """Keep files that show what was seen at a visit; the same bytes again are kept once."""
    visit = visits._locked(visit)
    return visits._add_files(custody.recorder(by, visit), visit, papers)


@spoken(REFUSALS)
@transaction.atomic
def describe_sample(*, by: Any, sample: Sample, described: sampling.Described) -> Sample:
    """Note what the label says of a sample, until its laboratory has reported."""
    visit = visits._locked(sample.visit)
    actor = custody.recorder(by, visit)
    sample = visit.sample
    if visit.state not in (rules.SAMPLED, rules.RETURNED, *rules.AT_LAB):
        raise refuse("sample-decided")
    said = {name: getattr(described, name).strip() for name in described.__dataclass_fields__}
    if all(getattr(sample, name) == value for name, value in said.items()):
        return sample
    notes._describe(sample, described)
    ledger.record(
        by=actor,
        verb="sample.described",
        subjects=visits._subjects(visit),
        detail={name: value for name, value in said.items() if value},
        region=visit.region,
    )
    return sample


@spoken(REFUSALS)
@transaction.atomic
def record_purchase(*, by: Any, sample: Sample, bought: sampling.Bought) -> Purchase:
    """Record what was paid for a sample and where; the buyer is nobody's business and is not kept."""
    visit = visits._locked(sample.visit)
    actor = custody.recorder(by, visit)
    known = Purchase.objects.filter(sample=sample).first()
    if known is not None:
        if (known.price_paid, known.platform) == (bought.price_paid, bought.platform):
            return known
        raise refuse("purchase-recorded")
    made = notes._buy(visit, sample, bought)
    ledger.record(
        by=actor,
        verb="sample.bought",
        subjects=visits._subjects(visit),
        detail={
            "price_paid": str(made.price_paid),
            "platform": made.platform,
            "order_sha256": made.order_sha,
        },
        region=visit.region,
    )
    return made


@spoken(REFUSALS)
@transaction.atomic
def add_specimen(
    *,
    by: Any,
    sample: Sample,
    role: str,
    seal_no: str,
    kept_at: str,
    model: str = "",
    batch_no: str = "",
    quantity: str = "",
    on: date | None = None,
) -> Specimen:
    """Add a sealed part to a sample: a further unit to be tested, or the spare one for a re-test."""
    visit = visits._locked(sample.visit)
    actor = custody.recorder(by, visit)
    sample, seal_no = visit.sample, rules.check_seal(seal_no.strip())
    known = Specimen.objects.filter(sample=sample, seal_no=seal_no, role=role).first()
    if known is not None:
        return known
    if role not in ("test", "spare") or not kept_at.strip():
        raise refuse("no-place", field="kept_at")
    if visit.state not in (rules.SAMPLED, rules.RETURNED, *rules.AT_LAB):
        raise refuse("sample-decided")
    visits._refuse_used_seal(seal_no)
    said = {"model": model, "batch_no": batch_no, "quantity": quantity, "kept_at": kept_at}
    part = Specimen.objects.create(
        sample=sample,
        role=role,
        seal_no=seal_no,
        recorded_at=clock.now(),
        **{name: value.strip() for name, value in said.items()},
    )
    Move.objects.create(
        sample=sample,
        specimen=part,
        kind="kept" if role == "spare" else "sealed",
        at=clock.now(),
        place=part.kept_at,
        giver=visit.selection.unit_code,
        taker=part.kept_at[:64],
        seal=seal_no,
        is_seal_intact=True,
    )
    ledger.record(
        by=actor,
        verb="sample.part_added",
        subjects=visits._subjects(visit),
        detail={"role": role, "seal_no": seal_no},
        region=visit.region,
    )
    return part
