"""Collects what a release rests on from the finished draws, and reads it back from the evidence."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from django.db.models import Count, Sum

from zhiheng.ledger import evidence
from zhiheng.proof import canonical, frame
from zhiheng.reference import industries, regions
from zhiheng.stages.draw.models import Draw, DrawStratum, Selection
from zhiheng.stages.inspection import rules as inspection
from zhiheng.stages.inspection.models import Result, Visit
from zhiheng.stages.inspection.queries import published
from zhiheng.stages.registry.models import Subject

from . import rules
from .models import Release
from .refusals import refuse
from .rules.dataset import Base, Cell, Drawn, Row, from_csv, in_order, strata

SETTLED = (inspection.PASSED, inspection.FAILED, inspection.VOID, *inspection.NON_RESPONSE)
CHUNK = 5_000


def draws(region: str, quarters: Sequence[str], serials: Sequence[str] | None = None) -> list[Draw]:
    """Return the draws that a release would take: those inside the region, or the named ones."""
    low, high = regions.span(region)
    found = Draw.objects.filter(region__gte=low, region__lte=high, period__in=quarters)
    if serials is not None:
        found = found.filter(serial__in=serials)
    return list(found.exclude(state="aborted").select_related("frame").order_by("serial"))


def facts(taken: Sequence[Draw]) -> list[rules.DrawFacts]:
    """Return what the rule asks of each draw; a drawn unit without a settled visit counts as open."""
    waiting, contestable = Counter[UUID](), Counter[UUID]()
    for some in _pieces([draw.pk for draw in taken]):
        drawn = Selection.objects.filter(draw__in=some, is_reserve=False)
        counts = drawn.exclude(visit__state__in=SETTLED).order_by().values_list("draw")
        waiting.update(dict(counts.annotate(open=Count("id"))))
        failed = Visit.objects.filter(draw__in=some, state=inspection.FAILED)
        hidden = failed.exclude(pk__in=published().order_by().values("pk")).order_by()
        contestable.update(hidden.values_list("draw_id", flat=True))
    return [
        rules.DrawFacts(
            serial=draw.serial,
            region=draw.region,
            period=draw.period,
            is_revealed=bool(draw.certificate_sha),
            open_visits=waiting[draw.pk],
            contestable=contestable[draw.pk],
        )
        for draw in taken
    ]


def left_out(taken: Sequence[Draw], region: str, quarter: str) -> int:
    """Count the registered firms of a region that no draw of a quarter could have chosen."""
    drawn = {draw.region for draw in taken if draw.period == quarter}
    if any(regions.contains(code, region) for code in drawn):
        return 0
    low, high = regions.span(region)
    divisions = [division.code for division in industries.covered()]
    found = Subject.objects.filter(
        region__gte=low, region__lte=high, division__in=divisions, is_active=True
    ).order_by()
    for code in sorted(drawn):
        low, high = regions.span(code)
        found = found.exclude(region__gte=low, region__lte=high)
    return found.count()


def rows(taken: Sequence[Draw], *, basis: str, purpose: str) -> list[Row]:
    """Return one row a drawn unit, from its visit and its results in force; refuse mixed kinds."""
    results = _results(taken, basis=basis, purpose=purpose)
    serials = {draw.pk: draw.serial for draw in taken}
    found: list[Row] = []
    for some in _pieces(list(serials)):
        visits = Visit.objects.filter(draw__in=some, selection__is_reserve=False)
        values = visits.values_list(
            "id",
            "draw_id",
            "selection__stratum",
            "selection__unit_code",
            "region",
            "division",
            "outcome",
            "state",
        )
        for visit, draw, stratum, unit, region, division, outcome, state in values.iterator(chunk_size=CHUNK):
            met = inspection.VOID if state == inspection.VOID else outcome
            verdicts = results.get(visit, ())
            verdict = rules.unit_verdict(unit, [v for v, _id in verdicts]) if met == "sampled" else ""
            ids = " ".join(sorted(str(key) for _v, key in verdicts)) if verdict else ""
            found.append(Row(serials[draw], stratum, unit, region, division, met, verdict, ids))
    return in_order(found)


def _results(taken: Sequence[Draw], *, basis: str, purpose: str) -> dict:
    kinds: set[tuple[str, str]] = set()
    by_visit: dict = defaultdict(list)
    for some in _pieces([draw.pk for draw in taken]):
        held = Result.objects.filter(sample__visit__draw__in=some, replaced_by__isnull=True)
        values = held.order_by().values_list("sample__visit_id", "verdict", "id", "basis", "purpose")
        for visit, verdict, key, found_basis, found_purpose in values.iterator(chunk_size=CHUNK):
            kinds.add((found_basis, found_purpose))
            by_visit[visit].append((verdict, key))
    rules.check_same_kind(kinds, basis=basis, purpose=purpose)
    return by_visit


def base(taken: Sequence[Draw], found: Iterable[Row], region: str) -> Base:
    """Return the counts of the frozen frames and the outputs of the register that weigh the rows."""
    populations = {
        (serial, stratum): size
        for some in _pieces([draw.pk for draw in taken])
        for serial, stratum, size in DrawStratum.objects.filter(draw__in=some).values_list(
            "draw__serial", "stratum", "population"
        )
    }
    drawn = tuple(Drawn(draw.serial, draw.region, draw.period, draw.certificate_sha) for draw in taken)
    cells = tuple(cell for draw in taken for cell in _cells(draw))
    empty = Base(drawn, strata(found, populations), cells, {})
    return Base(empty.draws, empty.strata, empty.cells, _outputs(empty, region))


def _cells(draw: Draw) -> Iterator[Cell]:
    counts: Counter[tuple[str, str]] = Counter()
    for row in frame.read(io.BytesIO(evidence.read(draw.frame.evidence_sha))):
        counts[row.stratum, row.division] += 1
    for (stratum, division), size in sorted(counts.items()):
        yield Cell(draw.serial, stratum, division, size)


def _outputs(held: Base, region: str) -> dict[str, dict[str, str]]:
    """Return the output of each division in each region that the release speaks of."""
    from .rules.figures import margins

    wanted = sorted({cell.division for cell in held.cells})
    outputs = {}
    for code in margins(held, region):
        low, high = regions.span(code)
        sums = (
            Subject.objects.filter(region__gte=low, region__lte=high, division__in=wanted)
            .order_by()
            .values_list("division")
            .annotate(total=Sum("output_value"))
        )
        outputs[code] = {division: f"{total:.2f}" for division, total in sorted(sums)}
    return outputs


def stored(release: Release) -> tuple[Base, list[Row]]:
    """Return base and rows of a release from its evidence, each checked against its hash."""
    held = Base.from_dict(canonical.loads(evidence.read(release.base_sha)))
    found = from_csv(evidence.read(release.dataset_sha))
    if len(found) != release.dataset_rows:
        raise refuse("dataset-altered")
    return held, found


def _pieces(keys: list, size: int = 500) -> Iterator[list]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
