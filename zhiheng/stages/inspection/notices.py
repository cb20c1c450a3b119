"""The notice of a failing result: what was found, and what the firm may do until when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhiheng.ledger import evidence
from zhiheng.proof import canonical

from . import rules
from .models import Case, Result
from .refusals import refuse

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
                "value": result.said,
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


def store(cases: Sequence[Case], notices: Sequence[dict[str, Any]], *, name: str) -> str:
    """Keep notices as one file with a line each, point their cases at it, and return its hash."""
    data = b"".join(canonical.dumps(notice) + b"\n" for notice in notices)
    kept = evidence.store(data, name=name, media_type="application/x-ndjson")
    for line, (case, notice) in enumerate(zip(cases, notices, strict=True), 1):
        case.notice_sha, case.notice_file, case.notice_line = digest(notice), kept.sha256, line
    return kept.sha256


def read(case: Case) -> dict[str, Any]:
    """Return the notice of a case from its evidence, checked against the hash of the case."""
    lines = evidence.read(case.notice_file).split(b"\n")
    notice = canonical.loads(lines[case.notice_line - 1])
    if digest(notice) != case.notice_sha:
        raise refuse("notice-altered")
    return notice


def digest(notice: dict[str, Any]) -> str:
    """Return the hash by which a notice is known."""
    return canonical.digest(notice)
