"""Which laboratory may test the failing items of a case again, by the scopes on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from zhiheng.stages.registry import queries as registry
from zhiheng.stages.registry.models import Lab, LabScope

from .models import Case, Result
from .refusals import refuse


def failing(case: Case) -> list[Result]:
    """Return the failing results in force of the visit of a case."""
    rows = Result.objects.filter(sample__visit=case.visit_id, verdict="fail", replaced_by__isnull=True)
    return list(rows.order_by("item", "id"))


def covers_all(lab: str, items: Sequence[Result], *, on: date) -> bool | None:
    """Say whether a laboratory's scope covers every item by its method; None where none is on record."""
    said = [registry.covers(lab, item=one.item, method=one.method, on=on) for one in items]
    if False in said:
        return False
    return None if None in said else True


def others(region: str, items: Sequence[Result], *, but: str, on: date) -> list[str]:
    """Return the other active laboratories of the province whose scope on record covers every item."""
    if not items:
        return []
    scopes = LabScope.objects.filter(item=items[0].item, method=items[0].method)
    rows = Lab.objects.filter(
        is_active=True, region__startswith=region[:2], pk__in=scopes.values("lab")
    ).exclude(code=but)
    codes = rows.order_by("code").values_list("code", flat=True)
    return [code for code in codes if covers_all(code, items, on=on)]


def check_able(lab: str, *, on: date, field: str = "lab") -> None:
    """Refuse to give work to a laboratory, or to take its report, while the register says that it may not."""
    why = registry.unable(lab, on=on) if lab else ""
    if why:
        raise refuse(f"lab-{why}", lab=lab, on=on.isoformat(), field=field)
