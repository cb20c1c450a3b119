"""Collects what a release rests on from the finished draws, and reads it back from the evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count

from zhiheng import ledger
from zhiheng.ledger import evidence
from zhiheng.proof import canonical
from zhiheng.reference import industries, regions
from zhiheng.stages.draw import frames, memberships
from zhiheng.stages.draw.models import Draw, DrawStratum, Joint, Selection
from zhiheng.stages.inspection import rules as inspection
from zhiheng.stages.inspection.models import CaseTest, Result, Visit
from zhiheng.stages.inspection.queries import contested
from zhiheng.stages.registry.models import Subject

from . import rules
from .models import Release
from .refusals import refuse
from .rules import figures
from .rules.dataset import Base, Beside, Cell, Drawn, Row, from_csv, in_order, strata
from .scopes import PLAIN, Scope

SETTLED = (inspection.PASSED, inspection.FAILED, inspection.VOID, *inspection.NON_RESPONSE)
CHUNK = 5_000


def periods(
    region: str, wanted: Sequence[str], serials: Sequence[str] | None = None, scope: Scope = PLAIN
) -> list[str]:
    """Return the periods whose draws feed the figures of the wanted ones (``rules.made_of``)."""
    possible = [part for period in wanted for part in rules.candidates(period)]
    held = {draw.period for draw in draws(region, possible, serials, scope)}
    return rules.in_order(part for period in wanted for part in rules.made_of(period, held))


def draws(
    region: str, periods: Sequence[str], serials: Sequence[str] | None = None, scope: Scope = PLAIN
) -> list[Draw]:
    """Return the draws of some periods that a release would take: those inside the region, or the named ones.

    Only draws that the series is about count (``scopes``): a draw on other goods, on one channel or for
    another purpose is about another population.
    """
    low, high = regions.span(region)
    found = scope.draws(Draw.objects.filter(region__gte=low, region__lte=high, period__in=periods))
    if serials is not None:
        found = found.filter(serial__in=serials)
    beside = ("frame", "obligation__item", "obligation__joint_frame__joint")
    return list(found.exclude(state="aborted").select_related(*beside).order_by("serial"))


def unused(region: str, wanted: Sequence[str], taken: Sequence[Draw], scope: Scope = PLAIN) -> list[str]:
    """Return the revealed draws that the rule would take for some periods and a release leaves aside."""
    used = {draw.serial for draw in taken}
    found = draws(region, periods(region, wanted, scope=scope), scope=scope)
    return [draw.serial for draw in found if draw.is_revealed and draw.serial not in used]


@dataclass(frozen=True)
class Mark:
    """What the inputs of a release look like at a moment: when two marks are equal, nothing came between."""

    facts: tuple[rules.DrawFacts, ...]
    unused: tuple[str, ...]
    visits: tuple[tuple[str, str, int], ...]
    results: int
    in_force: int


def mark(region: str, wanted: Sequence[str], serials: Sequence[str] | None, scope: Scope = PLAIN) -> Mark:
    """Return the mark of the inputs as they stand; a few counts, so that it is quick to take again.

    Visits move by their states, and a corrected result is a new row: either changes a count.
    """
    taken = draws(region, periods(region, wanted, serials, scope), serials, scope)
    visits: list[tuple[str, str, int]] = []
    results = in_force = 0
    for some in _pieces([draw.pk for draw in taken]):
        states = Visit.objects.filter(draw__in=some).order_by("draw__serial", "state")
        visits += states.values_list("draw__serial", "state").annotate(count=Count("id"))
        held = Result.objects.filter(sample__visit__draw__in=some)
        results += held.count()
        in_force += held.filter(replaced_by__isnull=True).count()
    return Mark(
        facts=tuple(facts(taken)),
        unused=tuple(unused(region, wanted, taken, scope)),
        visits=tuple(visits),
        results=results,
        in_force=in_force,
    )


def facts(taken: Sequence[Draw]) -> list[rules.DrawFacts]:
    """Return what the rule asks of each draw; a drawn unit without a settled visit counts as open."""
    waiting, contestable = Counter[UUID](), Counter[UUID]()
    for some in _pieces([draw.pk for draw in taken]):
        drawn = Selection.objects.filter(draw__in=some, is_reserve=False)
        counts = drawn.exclude(visit__state__in=SETTLED).order_by().values_list("draw")
        waiting.update(dict(counts.annotate(open=Count("id"))))
        hidden = contested().filter(draw__in=some).order_by()
        contestable.update(hidden.values_list("draw_id", flat=True))
    return [
        rules.DrawFacts(
            serial=draw.serial,
            region=draw.region,
            period=draw.period,
            is_revealed=bool(draw.certificate_sha),
            is_closed=draw.is_closed,
            is_weighted=draw.is_weighted,
            open_visits=waiting[draw.pk],
            contestable=contestable[draw.pk],
            item=str(draw.obligation.item_id or ""),
            joint=_joint(draw).serial if _joint(draw) else "",
            is_sealed=_joint(draw) is None or _joint(draw).sealed_at is not None,
        )
        for draw in taken
    ]


def _joint(draw: Draw) -> Joint | None:
    row = getattr(draw.obligation, "joint_frame", None)
    return None if row is None else row.joint


def overlaps(taken: Sequence[Draw]) -> tuple[Beside, ...]:
    """Return in which other lists of their joint campaigns drawn units stand, as far as these are taken."""
    serials = {draw.serial for draw in taken}
    joints = {joint.pk: joint for draw in taken if (joint := _joint(draw)) is not None}
    found = [row for joint in joints.values() for row in memberships.read(joint)]
    return tuple(
        Beside(row.draw, row.unit, row.other, row.code, row.stratum, row.source)
        for row in sorted(found, key=lambda row: (row.draw, row.unit, row.other))
        if row.draw in serials and row.other in serials
    )


def left_out(taken: Sequence[Draw], region: str, period: str, scope: Scope = PLAIN) -> int:
    """Count the registered firms of a region and the divisions concerned that no draw could have chosen."""
    drawn = {draw.region for draw in taken if draw.period == period}
    if any(regions.contains(code, region) for code in drawn):
        return 0
    low, high = regions.span(region)
    divisions = [division.code for division in industries.covered()]
    if not scope.is_plain:
        divisions = sorted({code for draw in taken for code in draw.obligation.item.divisions})
    found = Subject.objects.filter(
        region__gte=low, region__lte=high, division__in=divisions, is_active=True
    ).order_by()
    for code in sorted(drawn):
        low, high = regions.span(code)
        found = found.exclude(region__gte=low, region__lte=high)
    return found.count()


def rows(taken: Sequence[Draw], *, basis: str, purpose: str) -> list[Row]:
    """Return one row a drawn unit, from its visit and its results in force; refuse mixed kinds.

    A failing result that was overturned never counts as failing: its visit is void, or its re-test counts.
    """
    results = _results(taken, basis=basis, purpose=purpose)
    results.update(_cleared(taken, results))
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


def _cleared(taken: Sequence[Draw], results: dict) -> dict:
    """Return the verdicts of visits that a conforming re-test cleared: it stands for what failed."""
    found: dict = defaultdict(list)
    for some in _pieces([draw.pk for draw in taken]):
        again = CaseTest.objects.filter(
            phase="retest", case__visit__draw__in=some, case__state=inspection.OVERTURNED
        )
        for visit, verdict, key in again.order_by().values_list("case__visit_id", "verdict", "id"):
            found[visit].append((verdict, key))
    return {
        visit: [*(one for one in results.get(visit, ()) if one[0] == "pass"), *tests]
        for visit, tests in found.items()
    }


def base(taken: Sequence[Draw], found: Iterable[Row], scope: Scope = PLAIN) -> Base:
    """Return the counts of the frozen frames and the outputs frozen with them, which weigh the rows."""
    populations = {
        (serial, stratum): size
        for some in _pieces([draw.pk for draw in taken])
        for serial, stratum, size in DrawStratum.objects.filter(draw__in=some).values_list(
            "draw__serial", "stratum", "population"
        )
    }
    drawn = tuple(Drawn(draw.serial, draw.region, draw.period, draw.certificate_sha) for draw in taken)
    cells = tuple(cell for draw in taken for cell in _cells(draw))
    outputs = {draw.serial: _outputs(draw) for draw in taken}
    beside = overlaps(taken) if scope.method == figures.SEVERAL else ()
    return Base(drawn, strata(found, populations), cells, outputs, scope.method, beside)


def _cells(draw: Draw) -> Iterator[Cell]:
    """Count the units that could be drawn: the covered population, without those that were left out."""
    counts = Counter((row.stratum, row.division) for row in frames.drawn_from(draw))
    for (stratum, division), size in sorted(counts.items()):
        yield Cell(draw.serial, stratum, division, size)


def _outputs(draw: Draw) -> dict[str, str]:
    """Return the output of each division in the frame of a draw, refused unless the ledger names its hash."""
    entries = ledger.timeline("frame", str(draw.frame_id), public_only=True)
    frozen = {entry.detail["outputs_sha256"] for entry in entries if entry.verb == "registry.frame_frozen"}
    if frozen != {canonical.digest(draw.frame.outputs)}:
        raise refuse("outputs-altered", draw=draw.serial)
    totals: Counter[str] = Counter()
    for parts in draw.frame.outputs.values():
        for division, text in parts.items():
            totals[division] += Decimal(text)
    return {division: f"{total:.2f}" for division, total in sorted(totals.items())}


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
