"""Writes what belongs to a visit and its sample beside it: files, label, purchase."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone

from zhiheng import ledger
from zhiheng.people import clock

from .. import handed_in, rules
from ..models import Purchase, Sample, Visit, VisitFile
from ..rules import sampling


def _attach(visit: Visit, papers: Sequence[sampling.Paper]) -> list[VisitFile]:
    """Keep files with a visit and return the rows that are new there."""
    sampling.check_count(papers)
    rows = [
        VisitFile.objects.get_or_create(
            visit=visit,
            sha256=handed_in.keep(paper),
            defaults={
                "kind": paper.kind,
                "name": paper.name[:200],
                "said": paper.said.strip()[:200],
                "taken_at": paper.taken_at,
                "place": sampling.coarse(paper.place),
                "recorded_at": clock.now(),
            },
        )
        for paper in papers
    ]
    return [row for row, is_new in rows if is_new]


def _said(files: Sequence[VisitFile]) -> list[Any]:
    """Return the numbers that bind what was written about each file."""
    return [ledger.bound(one.said, one, "said") for one in files]


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
