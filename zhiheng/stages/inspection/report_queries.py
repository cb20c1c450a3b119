"""Reads the laboratory's side, narrowed to the reader: samples with a laboratory, drafts, signed reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhiheng import people
from zhiheng.people.permissions import P
from zhiheng.stages.draw.words import not_found, spoken

from . import custody, lab_rows, records, reporting
from .models import Move, Report, ReportDraft, Result, Sample
from .refusals import REFUSALS, refuse
from .reporting import Prospect, Row

_ABOUT = ("sample__visit__subject", "sample__visit__selection__draw")


def samples(person: Any, *, permission: str = P.RESULT_RECORD) -> QuerySet[Sample]:
    """Return every sample that was given to a laboratory and that this person may report on, or look at."""
    rows = custody.with_receipt(Sample.objects.exclude(lab="")).select_related("visit", "report_draft")
    return people.within(rows, person, permission, region="visit__region", organisation="lab")


@spoken(REFUSALS)
def sample_to_take_in(person: Any, seal_no: str) -> Sample:
    """Return the sample that carries a seal, or say that there is none, or that another laboratory has it."""
    seal_no = reporting.plain(seal_no)
    found = samples(person).filter(seal_no=seal_no).first()
    if found is not None:
        return found
    if Sample.objects.filter(seal_no=seal_no).exists():
        labs = "、".join(sorted(lab_rows.own_labs(person)))
        raise refuse("other-lab", seal_no=seal_no, lab=labs or "-", field="seal_no")
    raise refuse("no-such-sample", seal_no=seal_no, field="seal_no")


def refusal(of: Sample) -> Move:
    """Return the last step by which a laboratory refused a sample."""
    return Move.objects.filter(sample=of, kind="refused").latest("at", "id")


def drafts(person: Any) -> QuerySet[ReportDraft]:
    """Return the drafts of this person's laboratory, the newest first; an office sees none."""
    rows = ReportDraft.objects.select_related(*_ABOUT, "corrects").filter(lab__in=lab_rows.own_labs(person))
    return people.within(rows, person, P.RESULT_RECORD, region=None, organisation="lab").order_by(
        "-saved_at", "-id"
    )


def draft(person: Any, pk: Any) -> ReportDraft:
    """Return one draft."""
    return _one(drafts(person).filter(pk=pk))


def reports(person: Any) -> QuerySet[Report]:
    """Return the signed reports that this person may see, every version, the newest first."""
    rows = Report.objects.select_related("sample__visit__subject", "replaced_by", "signer")
    return people.within(rows, person, P.RESULT_RECORD, region="sample__visit__region", organisation="lab")


def report(person: Any, pk: Any) -> Report:
    """Return one version of a report."""
    return _one(reports(person).filter(pk=pk))


def versions(of: Report) -> list[Report]:
    """Return every version of a report, the first one first."""
    return list(Report.objects.filter(sample=of.sample).select_related("replaced_by").order_by("version"))


def results(of: Report) -> list[Result]:
    """Return the results that a report holds, in its order."""
    rows = Result.objects.filter(lines__report=of).select_related("sample", "replaced_by", "specimen")
    return list(rows.order_by("lines__position"))


@dataclass(frozen=True)
class Seen:
    """A draft as its signer sees it: all that the report would hold, what stands in the way, what is missing.

    What was recorded before of the sample and of its parts stands in the report, so it is seen here as well.
    """

    draft: ReportDraft
    rows: list[tuple[Prospect | None, reporting.Line, list[str], list[Any]]]
    verdict: str
    missing: tuple[str, ...] = ()

    @property
    def can_be_signed(self) -> bool:
        """Whether nothing stands in the way."""
        return bool(self.rows) and all(prospect is not None for prospect, *_rest in self.rows)


def seen(person: Any, drafts: list[ReportDraft]) -> list[Seen]:
    """Return what would follow from drafts, checked as the signature checks them."""
    rows, places = [], []
    for place, one in enumerate(drafts):
        for plain in one.lines:
            rows.append(Row(one.sample.seal_no or "", one.reported_on, reporting.line_of(plain)))
            places.append(place)
    checked = lab_rows.check(person, rows)
    found: list[list[Any]] = [[] for _one in drafts]
    for number, row in enumerate(rows):
        warnings = [one.text for one in checked.warnings if one.place == number]
        faults = [one.error for one in checked.faults if one.place == number]
        found[places[number]].append((checked.prospects.get(number), row.line, warnings, faults))
    for place, line in _recorded_before(drafts):
        found[place].append((reporting.prospect(line), line, [_("Recorded already")], []))
    asked = lab_rows.Asked()
    made = []
    for one, lines in zip(drafts, found, strict=True):
        lines.sort(key=lambda row: row[1].key)
        made.append(Seen(one, lines, _verdict(lines), _missing(asked, one, lines)))
    return made


def _recorded_before(drafts: list[ReportDraft]) -> Iterator[tuple[int, reporting.Line]]:
    """Yield what was recorded of a sample and does not stand in its draft, with the place of the draft."""
    places = {one.sample_id: place for place, one in enumerate(drafts)}
    rows = Result.objects.filter(sample__in=list(places), replaced_by__isnull=True)
    for result in rows.select_related("specimen"):
        place, line = places[result.sample_id], records.line_of(result)
        if line.key not in {reporting.line_of(plain).key for plain in drafts[place].lines}:
            yield place, line


def _missing(asked: lab_rows.Asked, draft: ReportDraft, lines: list[Any]) -> tuple[str, ...]:
    """Return the items that the catalogue asks for and the report would lack."""
    held = {line.item for _prospect, line, *_rest in lines}
    return tuple(one["item"] for one in asked.of(draft.sample) if one["item"] not in held)


def _verdict(lines: list[Any]) -> str:
    prospects = [prospect for prospect, *_rest in lines if prospect is not None]
    return reporting.sample_verdict(prospects) if len(prospects) == len(lines) and lines else ""


def _one(rows: QuerySet) -> Any:
    found = rows.first()
    if found is None:
        raise not_found()
    return found
