"""What the laboratory's API takes and gives; numbers are decimal texts, days are ISO dates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from . import reporting
from .models import Report, Sample
from .report_queries import Seen
from .reporting import Line, Row
from .rules.sampling import Receipt

LimitKind = Literal["upper", "lower"]
DecisionRule = Literal["simple-acceptance", "guarded-acceptance", "guarded-rejection"]


class Taken(Schema):
    """What is handed in: an unknown field is refused, so that a typing error is not lost."""

    model_config = ConfigDict(extra="forbid")


class ItemIn(Taken):
    """One item; ``value`` is a decimal text, or a bound such as "<0.01"."""

    item: str = Field(min_length=1, max_length=120, description="检验项目")
    method: str = Field(
        min_length=1, max_length=120, description="standard with its clause and year 检验方法"
    )
    value: str = Field(
        min_length=1, max_length=24, description='"0.085", or "<0.01" 测得值', examples=["0.085"]
    )
    unit: str = Field(min_length=1, max_length=24, description="计量单位", examples=["mg/kg"])
    limit: str = Field(min_length=1, max_length=24, description="限值", examples=["0.1"])
    limit_kind: LimitKind = Field(description="限值方向")
    uncertainty: str | None = Field(None, max_length=24, description="expanded, k = 2 扩展不确定度")
    decision_rule: DecisionRule = Field("simple-acceptance", description="判定规则")


class SampleIn(Taken):
    """The items of one sample."""

    seal_no: str = Field(min_length=1, max_length=40, description="of the sample or of a part 封条编号")
    reported_on: date = Field(description="报告日期")
    number: str = Field("", max_length=60, description="your own report number 报告编号")
    items: list[ItemIn] = Field(min_length=1, max_length=100)

    def rows(self) -> list[Row]:
        """Return the rows as the action takes them."""
        return [
            Row(self.seal_no.strip(), self.reported_on, Line(**_stripped(one.dict())), self.number)
            for one in self.items
        ]


class DraftsIn(Taken):
    """The drafts of several samples; all are kept or none."""

    samples: list[SampleIn] = Field(min_length=1, max_length=200)


class ReceiptIn(Taken):
    """What the laboratory saw when a sample arrived."""

    seal_no: str = Field(min_length=1, max_length=40, description="read from the seal 封条编号")
    is_seal_intact: bool = Field(description="a sample with a broken seal is not taken in 封条是否完好")
    condition: str = Field("", max_length=200, description="样品状态")
    temperature: str = Field("", max_length=12, description="in ℃, where it matters 温度")
    place: str = Field("", max_length=120, description="收样地点")

    def receipt(self) -> Receipt:
        """Return what was seen, as the action takes it."""
        return Receipt(self.is_seal_intact, self.condition, self.temperature.strip(), self.place)


class RefusalIn(ReceiptIn):
    """Why a sample is not taken in."""

    ground: Literal["seal", "mismatch", "quantity", "damaged", "temperature", "other"] = Field(
        description="seal when it is not intact, and only then; other needs a reason 拒收理由"
    )
    reason: str = Field("", max_length=400, description="说明")


class CorrectionIn(SampleIn):
    """Corrected items of a signed report; the ones left out stay as they are."""

    reason: str = Field(min_length=1, max_length=400, description="更正理由")


class SignIn(Taken):
    """The drafts to be signed, all or none."""

    drafts: list[UUID] = Field(min_length=1, max_length=100)


class ReasonIn(Taken):
    """Why a report is corrected."""

    reason: str = Field(min_length=1, max_length=400, description="更正理由")


class AskedOut(Schema):
    """An item that the catalogue asks for."""

    item: str
    method: str | None = None
    unit: str | None = None
    limit: str | None = None
    limit_kind: str | None = None


class PartOut(Schema):
    """A sealed part of a sample; one to be tested is reported under its own seal."""

    seal_no: str
    use: str = Field(description="test, or spare: kept for a re-test 用途")


class SampleOut(Schema):
    """A sample that waits for its report."""

    seal_no: str
    product: str
    state: str
    sampled_on: date | None
    received_on: date | None
    draft: UUID | None
    parts: list[PartOut]
    asked: list[AskedOut]


class SamplesOut(Schema):
    """One page of waiting samples."""

    total: int
    samples: list[SampleOut]


class ReceiptOut(Schema):
    """A recorded receipt."""

    seal_no: str
    received_on: date
    state: str
    is_new: bool = Field(description="false when it was recorded before and nothing was done 是否新登记")


class RefusedOut(Schema):
    """A recorded refusal."""

    seal_no: str
    ground: str
    reason: str
    state: str
    is_new: bool = Field(description="false when it was recorded before and nothing was done 是否新登记")


class ItemOut(Schema):
    """One item of a draft with what would follow from it."""

    item: str
    part: str = Field(description="seal of the further part, empty for the sample itself 分样封条")
    method: str
    value: str
    unit: str
    uncertainty: str | None
    limit: str
    limit_kind: str
    decision_rule: str
    verdict: str = Field(description="pass, fail, or empty when it cannot be signed 判定预览")
    zone: str = Field(description="inside, guard (limit within value ± U), outside")
    warnings: list[str]
    faults: list[str]


class DraftOut(Schema):
    """A draft with what its signature would decide."""

    id: UUID
    seal_no: str
    number: str
    reported_on: date
    corrects: UUID | None
    verdict: str
    can_be_signed: bool
    missing: list[str] = Field(
        description="items of the catalogue that the draft lacks 目录要求而草稿缺少的项目"
    )
    items: list[ItemOut]


class KeptOut(Schema):
    """What was kept of a hand-in."""

    created: int
    updated: int
    unchanged: int
    drafts: list[DraftOut]


class ReportOut(Schema):
    """A signed version of a report."""

    id: UUID
    number: str
    version: int
    seal_no: str
    reported_on: date
    signed_at: datetime
    sha256: str
    verdict: str
    is_corrected: bool
    reason: str


class ReportsOut(Schema):
    """One page of reports, the newest first."""

    total: int
    reports: list[ReportOut]


class CorrectedOut(Schema):
    """The version of a report that a correction made."""

    report: ReportOut
    is_new: bool = Field(description="false when the report says so already and nothing was done 是否新版本")


class SignedOut(Schema):
    """The reports that a signature made."""

    reports: list[ReportOut]


def sample(one: Sample, asked: tuple[dict[str, Any], ...]) -> SampleOut:
    """Return a waiting sample."""
    draft = getattr(one, "report_draft", None)
    return SampleOut(
        seal_no=one.seal_no or "",
        product=one.product_name,
        state=one.visit.state,
        sampled_on=one.visit.visited_on,
        received_on=one.received_on,  # type: ignore[attr-defined]
        draft=draft.pk if draft else None,
        parts=[PartOut(seal_no=part.seal_no, use=part.role) for part in one.specimens.all()],
        asked=[AskedOut(**{name: item.get(name) for name in AskedOut.model_fields}) for item in asked],
    )


def draft(seen: Seen) -> DraftOut:
    """Return a draft with what would follow."""
    held = seen.draft
    return DraftOut(
        id=held.pk,
        seal_no=held.sample.seal_no or "",
        number=reporting.report_number(held.number, held.sample.seal_no or ""),
        reported_on=held.reported_on,
        corrects=held.corrects_id,
        verdict=seen.verdict,
        can_be_signed=seen.can_be_signed,
        missing=list(seen.missing),
        items=[
            ItemOut(
                **line.to_dict(),
                verdict=prospect.verdict if prospect else "",
                zone=prospect.zone if prospect else "",
                warnings=warnings,
                faults=[str(error) for error in faults],
            )
            for prospect, line, warnings, faults in seen.rows
        ],
    )


def report(one: Report) -> ReportOut:
    """Return a signed version."""
    return ReportOut(
        id=one.pk,
        number=one.number,
        version=one.version,
        seal_no=one.sample.seal_no or "",
        reported_on=one.reported_on,
        signed_at=one.signed_at,
        sha256=one.sha256,
        verdict=reporting.report_verdict([line.result.verdict for line in one.lines.all()]),
        is_corrected=one.is_corrected,
        reason=one.reason,
    )


def _stripped(values: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    return {**plain, "uncertainty": plain["uncertainty"] or None}
