"""Writes what belongs to a visit and its sample beside it: files, label, purchase."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from zhiheng.people import clock

from .. import handed_in, rules
from ..models import Purchase, Sample, Visit, VisitFile
from ..rules import sampling


def _attach(visit: Visit, paper: sampling.Paper, said: str = "") -> tuple[VisitFile, bool]:
    """Keep a file with a visit and return its row, and whether it is new there."""
    sha = handed_in.keep(paper)
    return VisitFile.objects.get_or_create(
        visit=visit,
        sha256=sha,
        defaults={
            "kind": paper.kind,
            "name": paper.name[:200],
            "said": said.strip()[:200],
            "recorded_at": clock.now(),
        },
    )


def _describe(sample: Sample, described: sampling.Described) -> None:
    names = list(described.__dataclass_fields__)
    for name in names:
        setattr(sample, name, getattr(described, name).strip())
    sample.save(update_fields=names)


def _buy(visit: Visit, sample: Sample, bought: sampling.Bought) -> Purchase:
    drawn_on = timezone.localdate(visit.selection.draw.revealed_at)
    rules.check_visit_day(bought.bought_on, drawn_on=drawn_on, today=clock.today())
    return Purchase.objects.create(
        sample=sample,
        platform=bought.platform.strip(),
        platform_code=bought.platform_code.strip(),
        shop=bought.shop.strip(),
        price_paid=bought.price_paid.quantize(Decimal("0.01")),
        bought_on=bought.bought_on,
        order_sha=handed_in.keep(bought.order),
        recorded_at=clock.now(),
    )
