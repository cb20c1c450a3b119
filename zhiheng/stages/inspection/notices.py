"""The notice of a failing result: what was found, and what the firm may do until when."""

from __future__ import annotations

from typing import Any

from zhiheng.proof import canonical

from . import rules
from .models import Case, Result

TYPE = "zhiheng/notice-of-result/1"


def compose(case: Case, *, results: list[Result], serial: str, unit: str) -> dict[str, Any]:
    """Return the notice as plain values; it names codes, numbers and rights, and no person."""
    return {
        "type": TYPE,
        "case": str(case.pk),
        "draw": serial,
        "unit": unit,
        "region": case.region,
        "opened_on": case.opened_on.isoformat(),
        "results": [
            {
                "result": str(result.pk),
                "item": result.item,
                "method": result.method,
                "value": result.value,
                "unit": result.unit,
                "limit": result.limit,
                "limit_kind": result.limit_kind,
                "verdict": result.verdict,
                "lab": result.lab,
                "reported_on": str(result.reported_on),
            }
            for result in results
        ],
        "objection": {"rule": rules.OBJECTION_RULE, "counted_from": "service of this notice"},
    }


def digest(notice: dict[str, Any]) -> str:
    """Return the hash by which a notice is known."""
    return canonical.digest(notice)
