"""Times the task sheets of a whole draw: from the button to one PDF kept as evidence, on SQLite."""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from datetime import date
from typing import Any

NAME = "10 000 task sheets of a draw set as one PDF/A by the job of the office, on SQLite"
GOAL = "from the button to the kept file in <= 120 s"

SHEETS, QUICK_SHEETS = 10_000, 500
ONE_BY_ONE = 200
REGION, COUNTY, DAY = "330000", "330106", date(2025, 3, 3)


def run(quick: bool = False) -> dict[str, Any]:
    """Return seconds and memory; the peer sets each sheet by a call of Typst of its own, as is usual."""
    with tempfile.TemporaryDirectory(prefix="zhiheng-bench-") as folder:
        os.environ |= {"ZHIHENG_VAR": folder, "DATABASE_URL": ""}
        from zhiheng.site import setup

        setup.start(demo=True)
        return _measured(QUICK_SHEETS if quick else SHEETS)


def _measured(count: int) -> dict[str, Any]:
    from zhiheng.ledger.models import Evidence
    from zhiheng.site.commands import migrate
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.papers import jobs

    migrate.apply()
    began = time.perf_counter()
    officer, draw = _filled(count)
    filled = time.perf_counter() - began
    before = _peak_mib()
    began = time.perf_counter()
    job = actions.start_print(by=officer, kind="task-sheet", draw=draw, origin="http://127.0.0.1:8000")
    asked = time.perf_counter() - began
    worked = time.process_time()
    outcome = jobs.set_papers.func(str(job.pk))
    worked = time.process_time() - worked
    total = time.perf_counter() - began
    after = _peak_mib()
    job.refresh_from_db()
    if outcome != "done" or job.done != count:
        raise AssertionError(f"{outcome} {job.fault} {job.done}")
    alone = _one_by_one(officer, draw, min(ONE_BY_ONE, count)) * count
    office = shutil.which("soffice") or shutil.which("libreoffice")
    return {
        "sheets": count,
        "button_s": asked,
        "total_s": total,
        "processor_s": worked,
        "sheets_per_s": count / total,
        "file_mib": Evidence.objects.get(pk=job.file_sha).size / 2**20,
        "peak_mib": after,
        "peak_before_mib": before,
        "peer": {
            f"typst called once a sheet, {min(ONE_BY_ONE, count)} measured, scaled_s": alone,
            "LibreOffice": office or "not installed here",
        },
        "ratio_to_peer": total / alone,
        "filled_s": filled,
    }


def _one_by_one(person: Any, draw: Any, count: int) -> float:
    """Return the seconds a sheet that the plain way takes."""
    import json

    import typst

    from zhiheng.reports import fonts, pdf
    from zhiheng.stages.inspection import queries
    from zhiheng.stages.inspection.papers import kinds, parts

    rows = list(queries.visits(person).filter(draw=draw)[:count])
    kind, family = kinds.get("task-sheet"), fonts.chinese()
    with parts.spoken_in("zh"):
        papers = [kind.build(visit, origin="") for visit in rows]
    began = time.perf_counter()
    for paper in papers:
        given = pdf.given([paper], family, title=paper.title, dated=paper.dated)
        files = {"main": pdf.template(paper.template), "papers.json": json.dumps(given).encode()}
        typst.compile(files, format="pdf", pdf_standards=[pdf.STANDARD])
    return (time.perf_counter() - began) / len(papers)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _filled(count: int) -> tuple[Any, Any]:
    """Write a revealed draw of so many firms with its open visits straight into the tables."""
    from zhiheng.formats.identifiers import demo_uscc
    from zhiheng.people import clock
    from zhiheng.stages.draw.models import DrawStratum, Selection
    from zhiheng.stages.inspection.models import Visit
    from zhiheng.stages.registry.models import Inspector, Subject

    now = clock.now()
    more = {"region": COUNTY, "division": "34", "size": "small", "channel": "factory", "recorded_at": now}
    subjects = [
        Subject(code=demo_uscc(n, COUNTY), name=f"浙江演示通用机械{n}号有限公司", output_value=100, **more)
        for n in range(1, count + 1)
    ]
    Subject.objects.bulk_create(subjects, batch_size=2_000)
    pair = [
        Inspector(code=f"ZJ{n:03d}", name=f"演示检查员{n}", region=REGION, unit="演示", recorded_at=now)
        for n in (1, 2)
    ]
    Inspector.objects.bulk_create(pair)
    draw = _draw(count, now)
    DrawStratum.objects.create(draw=draw, stratum="B", population=2 * count, sample=count)
    chosen = [
        Selection(
            draw=draw,
            unit_code=subject.code,
            subject=subject,
            stratum="B",
            order=n,
            ticket=f"{n:064x}",
            first_inspector=pair[0],
            second_inspector=pair[1],
        )
        for n, subject in enumerate(subjects, 1)
    ]
    Selection.objects.bulk_create(chosen, batch_size=2_000)
    about = {"draw": draw, "region": COUNTY, "division": "34", "period": draw.period, "opened_at": now}
    Visit.objects.bulk_create(
        [Visit(selection=one, subject_id=one.subject_id, **about) for one in chosen], batch_size=2_000
    )
    return _officer(), draw


def _draw(count: int, now: Any) -> Any:
    from zhiheng.stages.draw.models import Draw
    from zhiheng.stages.plan.models import Obligation
    from zhiheng.stages.registry.models import Frame

    zeros = "0" * 64
    duty = Obligation.objects.create(
        region=REGION,
        period="2025Q1",
        article=8,
        basis="bench",
        fractions={"B": [1, 2]},
        minimum_per_stratum=1,
        state="issued",
        recorded_at=now,
    )
    frame = Frame.objects.create(
        region=REGION,
        as_of=DAY,
        purpose="bench",
        definition="bench",
        unit_count=2 * count,
        sha256=zeros,
        evidence_sha=zeros,
        strata={},
        outputs={},
        outputs_sha256=zeros,
        frozen_at=now,
    )
    return Draw.objects.create(
        serial="330000-2025Q1-001",
        obligation=duty,
        frame=frame,
        region=REGION,
        period="2025Q1",
        state="revealed",
        commitment=zeros,
        announcement="bench",
        announcement_hash=zeros,
        secret="bench",
        seed=zeros,
        reveal_by=DAY,
        committed_at=now,
        revealed_at=now,
    )


def _officer() -> Any:
    from zhiheng.people import clock
    from zhiheng.people.models import Appointment, Person

    person = Person(login="bench", display_name="bench", created_at=clock.now())
    person.set_unusable_password()
    person.save()
    Appointment.objects.create(person=person, role="officer", region=REGION, valid_from=date(2000, 1, 1))
    return person
