"""One real action of each stage on a copy of the story, and what these actions start from.

Each may be called again and then does what a person would do who does not know whether it was done.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests import country

INSPECTED, TO_COMMIT, COMMITTED = "2026Q1", "2026Q2", "2026Q3"  # quarters that the story leaves alone
FIRMS = 12
OBJECTIONS_END = 26  # days after the last report: figures come out when no result can be contested
ITEM, PURPOSE = "镉", "kill in the middle of a draw"


# --- what the actions start from ------------------------------------------------------------------


def prepare() -> datetime:
    """Let a quarter be drawn and inspected whose figures are not out; return a moment after that.

    Everything comes after what the story left for today, since a draw takes the newest frame of its region.
    """
    from zhiheng.people import clock
    from zhiheng.people.models import Person
    from zhiheng.site.demo import loop, persons
    from zhiheng.site.demo.calendar import LAST_REPORT, LAST_VISIT, Quarter
    from zhiheng.stages.registry.models import Frame

    cast = persons.Cast(people={person.login: person for person in Person.objects.all()})
    story = loop.Story(country.scale(), country.SEED, country.population(), lambda _line: None, cast)
    whole = Frame.objects.filter(duty__isnull=True)
    frozen = whole.latest("frozen_at").frozen_at + timedelta(hours=1)
    days = (frozen, frozen + timedelta(hours=1), frozen + timedelta(hours=2))
    loop.inspect(story, loop.draw_units(story, Quarter(INSPECTED), country.REGION, days=days))
    return max(clock.now(), frozen + timedelta(days=LAST_VISIT + LAST_REPORT + OBJECTIONS_END))


def prepare_for_now() -> None:
    """Leave an upload to confirm, a duty to draw for, and a draw to reveal."""
    from django.db import connection

    from zhiheng.people import System
    from zhiheng.stages.inspection import actions

    actions.run_timeouts(by=System("tick"))
    _upload(_person("province"))
    _duties(_person("province"))
    commit(COMMITTED)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _upload(officer: Any) -> None:
    from openpyxl import Workbook

    from zhiheng.formats import identifiers
    from zhiheng.web.imports import flow, get

    book, held = Workbook(), io.BytesIO()
    book.active.append(("统一社会信用代码", "名称", "所在区县", "行业大类", "规模", "环节", "年产值(万元)"))
    for number in range(FIRMS):
        code = identifiers.demo_uscc(9_000_000 + number, "330106")
        book.active.append((code, f"演示新厂{number}", "330106", "34", "小型", "生产", 120.5))
    book.save(held)
    flow.receive(person=officer, spec=get("registry-subjects"), data=held.getvalue(), name="新增.xlsx")


def _duties(officer: Any) -> None:
    from zhiheng.people import clock
    from zhiheng.stages.plan import actions as plan
    from zhiheng.stages.registry import actions as registry

    shares = {name: list(share) for name, share in country.scale().fractions.items()}
    for period in (TO_COMMIT, COMMITTED):
        plan.create_obligation(
            by=officer, region=country.REGION, period=period, fractions=shares, minimum_per_stratum=10
        )
    registry.freeze_frame(by=officer, region=country.REGION, as_of=clock.today(), purpose=PURPOSE)


# --- one real action of each stage ----------------------------------------------------------------


def import_subjects() -> None:
    """Confirm the workbook that was uploaded."""
    from zhiheng.web.imports import flow
    from zhiheng.web.models import Upload

    upload = Upload.objects.latest("uploaded_at")
    flow.confirm(person=_person("province"), upload=upload, good_rows_only=False)


def freeze_frame() -> None:
    """Freeze a frame."""
    from zhiheng.people import clock
    from zhiheng.stages.registry import actions

    actions.freeze_frame(
        by=_person("province"), region=country.REGION, as_of=clock.today(), purpose="kill in the middle"
    )


def commit(period: str = TO_COMMIT) -> None:
    """Commit the draw of a duty."""
    from zhiheng.stages.draw import actions
    from zhiheng.stages.plan.models import Obligation
    from zhiheng.stages.registry.models import Frame

    actions.commit(
        by=_person("province"),
        obligation=Obligation.objects.get(region=country.REGION, period=period),
        frame=Frame.objects.get(purpose=PURPOSE),
        secret=bytes(range(32)),
        beacon_kind="demo",
        beacon_reference=f"invented text for {period}",
    )


def reveal() -> None:
    """Reveal the draw that was committed."""
    from zhiheng.stages.draw import actions
    from zhiheng.stages.draw.models import Draw

    draw = Draw.objects.get(region=country.REGION, period=COMMITTED)
    actions.reveal(by=_person("province"), draw=draw, beacon=b"an invented text of thirty-two bytes")


def record_result() -> None:
    """Report a failing result of the first sample that waits: result, verdict, case, notice, clocks."""
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Sample

    waiting = Sample.objects.filter(visit__draw=_draw_of_today()).exclude(lab="").order_by("seal_no")
    before = [sample for sample in waiting if _waits(sample)]
    actions.record_result(
        by=_person("province"),
        sample=before[0],
        item=ITEM,
        method="DEMO-T 1-2023",
        value="0.9",
        unit="mg/kg",
        limit="0.5",
        limit_kind="upper",
        reported_on=clock.today(),
    )


def _waits(sample: Any) -> bool:
    """Whether nothing is known of a sample but what this action itself reported."""
    return set(sample.results.values_list("item", flat=True)) <= {ITEM}


def record_visits() -> None:
    """Record the visits of the draw of today that the story left open, in one batch."""
    from zhiheng.people import clock
    from zhiheng.stages.draw.models import Selection
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules import Finding

    draw, today = _draw_of_today(), clock.today()
    chosen = Selection.objects.filter(draw=draw, is_reserve=False).order_by("ticket")
    units = [unit for unit, on in chosen.values_list("unit_code", "visit__visited_on") if on in (None, today)]
    rows = [
        (unit, Finding("sampled", today, "演示产品", f"K-{place:04d}", "DEMO-LAB-33-1"))
        if place % 3
        else (unit, Finding("refused", today))
        for place, unit in enumerate(units)
    ]
    actions.record_visits_bulk(by=_person("province"), draw=draw, rows=rows)


def release() -> None:
    """Release the quarter that was inspected."""
    from zhiheng.site.demo.loop import HEADLINE
    from zhiheng.stages.indicators import actions
    from zhiheng.stages.plan.models import Series

    actions.release(
        by=_person("statistician"),
        series=Series.objects.get(pk=HEADLINE),
        region=country.REGION,
        periods=[INSPECTED],
    )


ACTIONS: dict[str, tuple[Callable[[], None], str]] = {
    "import_subjects": (import_subjects, "registry.subjects_imported"),
    "freeze_frame": (freeze_frame, "registry.frame_frozen"),
    "commit": (commit, "draw.committed"),
    "reveal": (reveal, "draw.revealed"),
    "record_result": (record_result, "result.reported"),
    "record_visits": (record_visits, "visit.batch_recorded"),
    "release": (release, "indicators.released"),
}


def _person(login: str) -> Any:
    from zhiheng.people.models import Person

    return Person.objects.get(login=login)


def _draw_of_today() -> Any:
    from zhiheng.stages.draw.models import Draw

    evaluations = Draw.objects.filter(obligation__purpose="evaluation")
    return evaluations.exclude(period__in=(*country.QUARTERS, INSPECTED, COMMITTED, TO_COMMIT)).get()
