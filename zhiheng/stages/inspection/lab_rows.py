"""Checks what a laboratory hands in, row by row, and says what would follow; file, page and API share it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from zhiheng import people
from zhiheng.errors import ZhihengError
from zhiheng.formats.shapes.result_record import split
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.draw.words import translated
from zhiheng.stages.registry import queries as registry

from . import custody, qualified, records, reporting, rules, turnaround
from .models import Result, Sample, Specimen
from .refusals import REFUSALS, refuse
from .reporting import Line, Prospect, Row
from .rules import sampling

CHUNK = 500
Recorded = dict[tuple[Any, str, str], Result]
"""The current results by sample, item and part."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: its place (from 0), the field, and the refusal in the reader's words."""

    place: int
    field: str
    error: ZhihengError


@dataclass(frozen=True, slots=True)
class Warned:
    """What the laboratory should look at once more; it stops nothing."""

    place: int
    text: str


@dataclass
class Checked:
    """What was found in all rows, and what would follow from the good ones.

    ``rows`` are the rows under the seal of their sample; one of a further part names its seal in its line.
    """

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    prospects: dict[int, Prospect] = field(default_factory=dict)
    samples: dict[str, Sample] = field(default_factory=dict)
    unchanged: set[int] = field(default_factory=set)

    def refusal(self, rows: Sequence[Row]) -> ZhihengError:
        """Return the first fault as the refusal of the whole, with every fault among its facts."""
        error = self.faults[0].error
        error.facts["faults"] = [
            {
                "seal_no": rows[one.place].seal_no,
                "item": rows[one.place].line.item,
                "field": one.field,
                "code": one.error.code,
                "cause": str(one.error.cause),
                "remedy": str(one.error.remedy),
            }
            for one in self.faults
        ]
        return error

    def good(self) -> dict[str, list[Row]]:
        """Return the rows to be kept, by seal; what is recorded already is not kept again."""
        found: dict[str, list[Row]] = {}
        for place in sorted(self.prospects):
            if place not in self.unchanged:
                found.setdefault(self.rows[place].seal_no, []).append(self.rows[place])
        return found


def check(person: Any, rows: Sequence[Row]) -> Checked:
    """Check every row; two rows that say the same of one item count as one."""
    if not own_labs(person):
        raise translated(refuse("not-the-laboratory"), REFUSALS)
    if len(rows) > reporting.MOST_LINES:
        raise translated(refuse("too-many-lines", count=len(rows), limit=reporting.MOST_LINES), REFUSALS)
    rows = [_plain(row) for row in rows]
    parts = _parts(seal for row in rows for seal in (row.seal_no, row.line.part))
    seals = [*(row.seal_no for row in rows), *(part.sample.seal_no or "" for part in parts.values())]
    found = Checked(rows=list(rows), samples=_samples(seals))
    context = _Context(person, found, _recorded(found.samples.values()))
    for place, row in enumerate(rows):
        try:
            found.rows[place] = placed(row, parts)
            found.prospects[place] = context.row(place, found.rows[place])
        except ZhihengError as error:
            name = str(error.facts.get("field") or _FIELDS.get(error.code, "seal_no"))
            found.faults.append(Fault(place, name, translated(error, REFUSALS)))
    return found


_FIELDS = {
    "item-twice": "item",
    "out-of-scope": "method",
    "other-unit": "unit",
    "sample-reported": "value",
    "result-recorded": "value",
    "two-days": "reported_on",
    "other-item": "item",
}


def _plain(row: Row) -> Row:
    return replace(row, seal_no=reporting.plain(row.seal_no), line=reporting.tidied(row.line))


def placed_all(rows: Sequence[Row]) -> list[Row]:
    """Return rows in plain signs under the seals of their samples."""
    rows = [_plain(row) for row in rows]
    parts = _parts(seal for row in rows for seal in (row.seal_no, row.line.part))
    return [placed(row, parts) for row in rows]


def placed(row: Row, parts: dict[str, Specimen]) -> Row:
    """Return a row under the seal of its sample; a spare part is not tested before a re-test."""
    seal_no = row.line.part or row.seal_no
    part = parts.get(seal_no)
    if part is None and row.line.part in ("", row.seal_no):
        return replace(row, line=replace(row.line, part=""))
    if part is None or part.sample.seal_no != row.seal_no != seal_no:
        raise refuse("no-such-part", seal_no=row.seal_no, part=seal_no, field="part")
    if part.role == "spare":
        raise refuse("spare-not-tested", part=seal_no, field="seal_no")
    if not part.sample.seal_no:
        raise refuse("unsealed", field="seal_no")
    return replace(row, seal_no=part.sample.seal_no, line=replace(row.line, part=seal_no))


class _Context:
    """What is known of the rows so far: one sample's day, its items, and the scopes asked for."""

    def __init__(self, person: Any, found: Checked, recorded: Recorded) -> None:
        self.person, self.found, self.recorded = person, found, recorded
        self.today = clock.today()
        self.lines: dict[tuple[str, str, str], Line] = {}
        self.days: dict[str, date] = {}
        self.covers = cache(registry.covers)
        self.check_able = cache(lambda lab, on: qualified.check_able(lab, on=on, field="seal_no"))
        self.asked = Asked()

    def row(self, place: int, row: Row) -> Prospect:
        """Return what would follow from a row, or raise what is wrong with it."""
        sample = self.found.samples.get(row.seal_no)
        if sample is None:
            raise refuse("no-such-sample", seal_no=row.seal_no, field="seal_no")
        self._reach(sample)
        rules.check_testable(seal_no=sample.seal_no, lab=sample.lab, reported_by=sample.lab)
        line = reporting.check_line(row.line)
        rules.check_report_day(row.reported_on, visited_on=sample.visit.visited_on, today=self.today)
        self._alike(row)
        self._still_open(place, sample, row)
        self._able(sample, row)
        self._in_scope(place, sample, row)
        self._as_asked(place, sample, line)
        self._in_time(place, sample)
        if sample.visit.state == rules.SEALED:
            self._warn(place, _("No receipt of this sample is on record; signing says that it was taken in."))
        self._likely(place, line)
        return reporting.prospect(line)

    def _reach(self, sample: Sample) -> None:
        if not may_report(self.person, sample):
            labs = sorted(own_labs(self.person))
            raise refuse("other-lab", seal_no=sample.seal_no, lab="、".join(labs) or "-", field="seal_no")

    def _alike(self, row: Row) -> None:
        """Refuse two rows of one sample that contradict each other."""
        first = self.lines.setdefault((row.seal_no, *row.line.key), row.line)
        if first != row.line:
            raise refuse("item-twice", seal_no=row.seal_no, item=row.line.item, field="item")
        if self.days.setdefault(row.seal_no, row.reported_on) != row.reported_on:
            raise refuse("two-days", seal_no=row.seal_no)

    def _still_open(self, place: int, sample: Sample, row: Row) -> None:
        """Refuse what contradicts a recorded result; the same result again is marked as unchanged."""
        if sample.visit.state == rules.VOID:
            raise refuse("sample-void", seal_no=row.seal_no, field="seal_no")
        first = self.recorded.get((sample.pk, *row.line.key))
        draft = getattr(sample, "report_draft", None)
        if draft is not None and draft.corrects_id:
            if first is None:
                raise refuse("other-item")
            return
        if first is None:
            rules.check_open(sample.visit.state, seal_no=row.seal_no, item=row.line.item)
        elif records.line_of(first) == row.line:
            self.found.unchanged.add(place)
        else:
            raise refuse("sample-reported", seal_no=row.seal_no, item=row.line.item)

    def _able(self, sample: Sample, row: Row) -> None:
        """Refuse a new report of a laboratory that is out of use; what it signed it may still correct."""
        draft = getattr(sample, "report_draft", None)
        if draft is None or not draft.corrects_id:
            self.check_able(sample.lab, row.reported_on)

    def _in_scope(self, place: int, sample: Sample, row: Row) -> None:
        item, method = row.line.item, row.line.method
        covered = self.covers(sample.lab, item=item, method=method, on=row.reported_on)
        if covered is False:
            on = row.reported_on.isoformat()
            raise refuse("out-of-scope", lab=sample.lab, item=item, method=method, on=on, field="method")
        if covered is None:
            self._warn(place, _("No recognised scope of %(lab)s is on record.") % {"lab": sample.lab})

    def _as_asked(self, place: int, sample: Sample, line: Line) -> None:
        """Compare with the catalogue, where it names the item."""
        found = next((one for one in self.asked.of(sample) if one["item"] == line.item), None)
        if found is None:
            return
        if found.get("unit") and found["unit"] != line.unit:
            raise refuse("other-unit", item=line.item, unit=line.unit, expected=found["unit"], field="unit")
        limit = found.get("limit")
        if limit is not None and (str(limit), found.get("limit_kind")) != (line.limit, line.limit_kind):
            self._warn(place, _("The catalogue states the limit %(limit)s for this item.") % {"limit": limit})

    def _in_time(self, place: int, sample: Sample) -> None:
        """Tell that a report comes late; it is taken all the same, for a late result is still a result."""
        received_on = sample.received_on  # type: ignore[attr-defined]
        if received_on is None or sample.visit.state not in rules.AT_LAB:
            return
        found = turnaround.limit(sample.visit.division, received_on, sample.visit.region)
        if found is None or self.today <= found.due_on:
            return
        words = _("The time for this report ended on %(day)s, %(count)s days ago.")
        if found.status != "final":
            words = _(
                "The time for this report ended on %(day)s, %(count)s days ago (the rule is unverified)."
            )
        days = (self.today - found.due_on).days
        self._warn(place, words % {"day": found.due_on.isoformat(), "count": days})

    def _likely(self, place: int, line: Line) -> None:
        """Tell of a value of an unlikely size; the signature confirms it."""
        _qualifier, value = split(line.value)
        if sampling.is_doubtful(value, line.limit, line.uncertainty):
            doubt = refuse("doubtful-value", value=line.value, limit=line.limit)
            self._warn(place, str(translated(doubt, REFUSALS).cause))

    def _warn(self, place: int, text: str) -> None:
        self.found.warnings.append(Warned(place, text))


def may_report(person: Any, sample: Sample) -> bool:
    """Say whether a person may draft and sign the report of a sample: as staff of its laboratory alone."""
    return sample.lab in own_labs(person) and people.may(person, P.RESULT_RECORD, organisation=sample.lab)


def own_labs(person: Any) -> set[str]:
    """Return the laboratories for which a person is appointed today."""
    held = person.held_on(clock.today()) if hasattr(person, "held_on") else ()
    return {one.organisation for one in held if one.role == "lab" and one.organisation}


class Asked:
    """What the catalogue asks to be tested of samples; each region's catalogue of a year is read once."""

    def __init__(self) -> None:
        self._entries = cache(lambda region, year: list(registry.catalogue(region=region, year=year)))

    def of(self, sample: Sample) -> tuple[dict[str, Any], ...]:
        """Return the test items for a sample; none when its product is not in the catalogue."""
        visit = sample.visit
        for entry in self._entries(visit.region, int(visit.period[:4])):
            names = [entry.name, *entry.keywords]
            in_division = not entry.divisions or visit.division in entry.divisions
            if in_division and any(name and name in sample.product_name for name in names):
                return tuple(one for one in entry.test_items if one.get("item"))
        return ()


def _samples(seals: Iterable[str]) -> dict[str, Sample]:
    wanted = sorted({seal for seal in seals if seal})
    found: dict[str, Sample] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = custody.with_receipt(Sample.objects.filter(seal_no__in=wanted[start : start + CHUNK]))
        for sample in rows.select_related("visit", "report_draft"):
            found[sample.seal_no or ""] = sample
    return found


def _parts(seals: Iterable[str]) -> dict[str, Specimen]:
    wanted = sorted({seal for seal in seals if seal})
    found: dict[str, Specimen] = {}
    for start in range(0, len(wanted), CHUNK):
        rows = Specimen.objects.filter(seal_no__in=wanted[start : start + CHUNK]).select_related("sample")
        found |= {part.seal_no: part for part in rows}
    return found


def _recorded(samples: Iterable[Sample]) -> Recorded:
    keys = [sample.pk for sample in samples]
    found: Recorded = {}
    for start in range(0, len(keys), CHUNK):
        rows = Result.objects.filter(sample__in=keys[start : start + CHUNK], replaced_by__isnull=True)
        for result in rows.select_related("specimen"):
            found[(result.sample_id, *records.line_of(result).key)] = result
    return found
