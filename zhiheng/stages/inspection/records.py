"""Builds the result record of a measurement: the one place where a reported value is checked as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date
from typing import Any
from uuid import UUID

from zhiheng.errors import BadInput, UnknownCode
from zhiheng.formats import units
from zhiheng.formats.shapes import CustodyStep, ResultRecord, verdict
from zhiheng.proof import canonical

from . import reporting, rules
from .models import Report, Result, Sample
from .refusals import refuse

REPORT_TYPE = "zhiheng/test-report/1"


def build(
    measured: rules.Measurement,
    *,
    result_id: UUID,
    sample_id: UUID,
    probability: tuple[int, int],
    custody: list[dict[str, str]],
    replaces: UUID | None = None,
) -> ResultRecord:
    """Return the record of a measurement; a value without unit, or with an unknown one, cannot be built.

    The verdict is not taken from anybody: it follows from value, limit, uncertainty and decision rule.
    """
    said = verdict_of(measured)
    try:
        return ResultRecord(
            result=str(result_id),
            sample=str(sample_id),
            item=measured.item,
            method=measured.method,
            value=measured.value,
            unit=measured.unit,
            limit=measured.limit,
            limit_kind=measured.limit_kind,
            decision_rule=measured.decision_rule,
            verdict=said,
            basis=rules.BASIS,
            purpose=rules.PURPOSE,
            lab=measured.lab,
            reported_on=measured.reported_on.isoformat(),
            uncertainty=measured.uncertainty,
            probability=probability,
            custody=tuple(CustodyStep(**step) for step in custody),
            replaces=None if replaces is None else str(replaces),
            qualifier=measured.qualifier,
        )
    except UnknownCode as error:
        raise refuse("unknown-unit", unit=measured.unit) from error


def verdict_of(measured: rules.Measurement) -> str:
    """Return what a value means against its limit, or refuse one that cannot be read."""
    try:
        return verdict(
            measured.value,
            measured.limit,
            measured.limit_kind,
            measured.decision_rule,
            measured.uncertainty,
            measured.qualifier,
        )
    except (ArithmeticError, TypeError, ValueError):
        raise refuse("bad-shape", field="value") from None
    except BadInput as error:
        if measured.qualifier and error.facts.get("field") == "value":
            raise refuse("cannot-tell", value=measured.value, limit=measured.limit, field="value") from error
        raise


def plain(measured: rules.Measurement) -> dict[str, Any]:
    """Return the fields of a measurement but its seal, as a row of a later test holds them.

    A later test is compared with a number, so its value is a number and never a bound.
    """
    if measured.unit not in units.all():
        raise refuse("unknown-unit", unit=measured.unit)
    names = [name for name in rules.Measurement.__dataclass_fields__ if name not in ("seal_no", "qualifier")]
    return {name: getattr(measured, name) for name in names}


def is_same(row: Any, measured: rules.Measurement) -> bool:
    """Say whether a later test that is stored says what is handed in again; its laboratory was settled."""
    return all(getattr(row, name) == value for name, value in plain(measured).items() if name != "lab")


def of_result(result: Result) -> ResultRecord:
    """Return the record of a stored result, as it is handed out."""
    sample: Sample = result.sample
    return build(
        measured_of(result, sample.seal_no or ""),
        result_id=result.pk,
        sample_id=sample.pk,
        probability=(result.probability_num, result.probability_den),
        custody=sample.custody,
        replaces=result.replaces_id,
    )


def measured_of(result: Result, seal_no: str) -> rules.Measurement:
    """Return what was reported, to compare it with what is handed in again."""
    return rules.Measurement(
        seal_no=seal_no,
        item=result.item,
        method=result.method,
        value=result.value,
        unit=result.unit,
        limit=result.limit,
        limit_kind=result.limit_kind,
        reported_on=result.reported_on,
        lab=result.lab,
        uncertainty=result.uncertainty,
        decision_rule=result.decision_rule,
        qualifier=result.qualifier,
    )


def line_of(result: Result) -> reporting.Line:
    """Return a stored result as a line of a report, to compare it with what is handed in."""
    return reporting.Line(
        item=result.item,
        method=result.method,
        value=result.said,
        unit=result.unit,
        limit=result.limit,
        limit_kind=result.limit_kind,
        uncertainty=result.uncertainty,
        decision_rule=result.decision_rule,
        part=result.specimen.seal_no if result.specimen else "",
    )


def report_record(report: Report, results: Sequence[Result]) -> dict[str, Any]:
    """Return the record of a signed report: its results by their digests, and no person.

    ``replaces`` names the version that it corrects; whoever holds the results can compute each digest again.
    A sample of several sealed parts names each with its use, the spare one too, and a result names its part.
    """
    parts = [{"seal": part.seal_no, "use": part.role} for part in report.sample.specimens.all()]
    return {
        "type": REPORT_TYPE,
        "report": str(report.pk),
        "number": report.number,
        "version": report.version,
        "reason": report.reason,
        "replaces": str(report.replaces_id) if report.replaces_id else None,
        "sample": report.sample.seal_no,
        "lab": report.lab,
        "reported_on": report.reported_on.isoformat(),
        "signed_at": report.signed_at.astimezone(UTC).isoformat(),
        "results": [
            {"result": str(result.pk), "sha256": canonical.digest(of_result(result).to_dict())}
            | ({"part": result.specimen.seal_no} if result.specimen else {})
            for result in results
        ],
        **({"parts": parts} if parts else {}),
    }


def report_digest(report: Report, results: Sequence[Result]) -> str:
    """Return the SHA-256 of the record of a report (RFC 8785), which the public ledger holds."""
    return canonical.digest(report_record(report, results))


def row(record: ResultRecord, *, sample_id: UUID, recorded_at: Any, **more: Any) -> Result:
    """Return the row that holds a record; the probability n/N is kept as the stratum says it, not reduced."""
    return Result(
        id=UUID(record.result),
        sample_id=sample_id,
        item=record.item,
        method=record.method,
        value=record.value,
        qualifier=record.qualifier,
        unit=record.unit,
        uncertainty=record.uncertainty,
        limit=record.limit,
        limit_kind=record.limit_kind,
        decision_rule=record.decision_rule,
        verdict=record.verdict,
        basis=record.basis,
        purpose=record.purpose,
        lab=record.lab,
        reported_on=date.fromisoformat(record.reported_on),
        probability_num=record.probability[0],
        probability_den=record.probability[1],
        recorded_at=recorded_at,
        **more,
    )
