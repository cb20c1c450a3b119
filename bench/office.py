"""Times an office's day at full size on PostgreSQL: lists, a firm's time line and the leaders' board.

The country is made by the database itself: subjects as in ``bench.list_page``, then draws of every province
and quarter, their visits, samples, three results each, cases with clocks, and entries of the ledger.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import list_page

NAME = "an office's lists, time lines and board over 10^6 subjects and 10^7 results"
GOAL = "on PostgreSQL: any list p95 <= 150 ms, a subject's time line <= 150 ms, leaders' board <= 500 ms"

SUBJECTS, QUICK_SUBJECTS, ROUNDS = 1_000_000, 20_000, 5
QUARTERS = [f"{year}Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
SHARE = 286  # of 1 024 subjects in each quarter: three results of each sampled one give ten million
FIRMS = 20
LISTS = (
    *("/office/subjects/", "/office/subjects/?region=330000&sort=name", "/office/subjects/?risk_class=D"),
    *("/office/visits/", "/office/visits/?period=2024Q2", "/office/visits/?region=330100&state=failed"),
    *("/office/visits/?division=34&region=440000", "/office/visits/?period=2025Q4&state=assigned"),
    *("/office/visits/?draw=330000-2025Q4-001", "/office/visits/?page=40", "/office/visits/?sort=region"),
    *("/office/cases/", "/office/cases/?state=notified", "/office/cases/?region=330000&state=closed"),
    *("/office/cases/?sort=opened_on", "/office/samples/", "/office/draws/", "/office/", "/inspections/"),
    *("/inspections/?region=330100&verdict=fail", "/inspections/?division=34&period=2024Q2"),
)
BOARDS = ("", "?period=2025Q3", "?period=2025Q3&region=330000", "?period=2025Q3&region=330100")


def run(quick: bool = False) -> dict[str, Any]:
    """Return the times where PostgreSQL's binaries are installed."""
    binaries = list_page._binaries()
    if binaries is None:
        return {"postgresql": "not measured: the server binaries are not installed"}
    rows = QUICK_SUBJECTS if quick else SUBJECTS
    with list_page._postgresql(binaries) as url, tempfile.TemporaryDirectory(prefix="zhiheng-") as folder:
        environment = {**os.environ, "DATABASE_URL": url, "ZHIHENG_VAR": f"{folder}/v", "ZHIHENG_DEMO": "1"}
        command = [sys.executable, "-m", "bench.office", str(rows)]
        root = Path(__file__).resolve().parents[1]
        done = subprocess.run(
            command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout.splitlines()[-1])


def measure(rows: int) -> dict[str, Any]:
    """Build the country in the configured database and time every page beside its bare SQL."""
    from django.core.management import call_command
    from django.test import Client

    from zhiheng.site import setup

    setup.start()
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    list_page._fill(rows)
    counts = _country()
    filled = time.perf_counter() - began
    client = Client()
    client.force_login(list_page._officer(), backend="zhiheng.people.sign_in.Backend")
    firms = _firms()
    groups = {
        "lists": LISTS,
        "a firm's time line": [f"/office/subjects/{code}/timeline/" for code in firms],
        "a firm's page": [f"/office/subjects/{code}/" for code in firms],
        "board": [f"/office/board/{address}" for address in BOARDS],
    }
    return {
        **counts,
        "fill_s": filled,
        **{name: _times(client, addresses) for name, addresses in groups.items()},
    }


def _times(client: Any, addresses: Any) -> dict[str, Any]:
    asked = {address: _statements(client, address) for address in addresses}
    page = {one: [list_page._timed(lambda a=one: _get(client, a)) for _ in range(ROUNDS)] for one in asked}
    bare = {
        one: [list_page._timed(lambda s=sql: _bare(s)) for _ in range(ROUNDS)] for one, sql in asked.items()
    }
    slowest = sorted(page, key=lambda address: -sorted(page[address])[ROUNDS // 2])[:3]
    return {
        **list_page._percentiles(page),
        "peer, bare SQL": list_page._percentiles(bare),
        "slowest_ms": {one: sorted(page[one])[ROUNDS // 2] * 1000 for one in slowest},
    }


def _get(client: Any, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")


def _statements(client: Any, address: str) -> list[str]:
    """Return the statements that a page asks, and warm what it warms."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        _get(client, address)
    return [query["sql"] for query in asked if query["sql"].startswith("SELECT")]


def _bare(statements: list[str]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for sql in statements:
            cursor.cursor.execute(sql)
            cursor.cursor.fetchall()


def _firms() -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_code FROM draw_selection GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s", [FIRMS]
        )
        return [row[0] for row in cursor.fetchall()]


# --- the country ----------------------------------------------------------------------------------


def _country() -> dict[str, int]:
    """Let the database make everything after the subjects; the guards of the ledger step aside for it."""
    from django.db import connection

    from zhiheng.ledger import guards

    _draws()
    with guards.lifted(connection), connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement.replace("{share}", str(SHARE)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        found = {}
        for name in ("draw_selection", "inspection_visit", "inspection_result", "inspection_case"):
            cursor.execute(f"SELECT count(*) FROM {name}")
            found[name.partition("_")[2] + "s"] = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM ledger_entrysubject")
        found["named_in_entries"] = cursor.fetchone()[0]
    return found


def _draws() -> None:
    """Make a duty, a frame and a closed draw for every province and quarter, and two inspectors each."""
    from zhiheng.people import clock
    from zhiheng.reference import regions
    from zhiheng.stages.draw.models import Draw
    from zhiheng.stages.plan.models import Obligation
    from zhiheng.stages.registry.models import Frame, Inspector

    now, provinces = clock.now(), [one.code for one in regions.children(regions.NATION)]
    places = [(region, quarter) for region in provinces for quarter in QUARTERS]
    pairs = [(region, number) for region in provinces for number in (1, 2)]
    inspectors = [
        Inspector(code=f"B{region}{number}", name="演示", region=region, unit=f"U{number}", recorded_at=now)
        for region, number in pairs
    ]
    duties = [_duty(Obligation, *place, now) for place in places]
    frames = [_frame(Frame, *place, number, now) for number, place in enumerate(places)]
    draws = [
        _draw(Draw, *place, duty, frame, now)
        for place, duty, frame in zip(places, duties, frames, strict=True)
    ]
    for model, rows in ((Inspector, inspectors), (Obligation, duties), (Frame, frames), (Draw, draws)):
        model.objects.bulk_create(rows)


def _first_day(quarter: str) -> Any:
    from datetime import date

    return date(int(quarter[:4]), 3 * int(quarter[-1]) - 2, 5)


def _duty(model: Any, region: str, quarter: str, now: Any) -> Any:
    said = {"article": 27, "basis": "bench", "fractions": {}, "minimum_per_stratum": 2, "state": "done"}
    return model(region=region, period=quarter, recorded_at=now, **said)


def _frame(model: Any, region: str, quarter: str, number: int, now: Any) -> Any:
    hashes = {"sha256": f"{number:064x}", "evidence_sha": "0" * 64, "outputs_sha256": "0" * 64}
    said = {"definition": "bench", "unit_count": 1, "strata": {}, "outputs": {}}
    day = _first_day(quarter)
    return model(region=region, as_of=day, purpose=f"{region}{quarter}", frozen_at=now, **hashes, **said)


def _draw(model: Any, region: str, quarter: str, duty: Any, frame: Any, now: Any) -> Any:
    blank = dict.fromkeys(("commitment", "announcement_hash", "secret", "seed"), "0" * 64)
    return model(
        serial=f"{region}-{quarter}-001",
        obligation=duty,
        frame=frame,
        region=region,
        period=quarter,
        state="closed",
        announcement="{}",
        certificate_sha=frame.sha256,
        reveal_by=_first_day(quarter),
        committed_at=now,
        revealed_at=now,
        **blank,
    )


_STATEMENTS = (
    # Selections: the same few in 1 024 of every province in each quarter, in the order of a hash.
    """
    INSERT INTO draw_selection (id, draw_id, unit_code, subject_id, stratum, "order", ticket,
                                first_inspector_id, second_inspector_id, is_reserve)
    SELECT gen_random_uuid(), d.id, s.code, s.id, s.risk_class,
           row_number() OVER (PARTITION BY d.id, s.risk_class ORDER BY md5(s.code || d.period)),
           md5(s.code || d.period) || md5(d.period || s.code), one.id, two.id, false
    FROM registry_subject s
    JOIN draw_draw d ON d.region = left(s.region, 2) || '0000'
    JOIN registry_inspector one ON one.code = 'B' || d.region || '1'
    JOIN registry_inspector two ON two.code = 'B' || d.region || '2'
    WHERE abs(hashtext(s.code || d.period)) % 1024 < {share}
    """,
    """
    INSERT INTO draw_drawstratum (id, draw_id, stratum, population, sample)
    SELECT gen_random_uuid(), draw_id, stratum, count(*) * 1024 / {share} + 1, count(*)
    FROM draw_selection GROUP BY draw_id, stratum
    """,
    # One in twelve did not answer; of the newest quarter a tenth is still to visit, a tenth being tested.
    """
    CREATE TEMPORARY TABLE met AS
    SELECT c.id AS selection_id, c.draw_id, s.id AS subject_id, s.region, s.division, d.period,
           abs(hashtext(c.ticket)) % 120 AS luck,
           to_date(left(d.period, 4) || '-' || (3 * right(d.period, 1)::int - 1) || '-15',
                   'YYYY-MM-DD') AS day
    FROM draw_selection c JOIN draw_draw d ON d.id = c.draw_id JOIN registry_subject s ON s.id = c.subject_id
    """,
    """
    CREATE TEMPORARY TABLE told AS
    SELECT *, gen_random_uuid() AS visit_id, gen_random_uuid() AS sample_id,
           CASE WHEN period = '2025Q4' AND luck >= 108 THEN 'assigned'
                WHEN period = '2025Q4' AND luck >= 96 THEN 'sealed'
                WHEN luck < 4 THEN 'refused' WHEN luck < 7 THEN 'closed' WHEN luck < 10 THEN 'not_found'
                WHEN luck < 17 THEN 'failed' ELSE 'passed' END AS state
    FROM met
    """,
    """
    INSERT INTO inspection_visit (id, selection_id, draw_id, region, division, period, state, outcome,
                                  verdict, kind, note, visited_on, opened_at, recorded_at)
    SELECT visit_id, selection_id, draw_id, region, division, period, state,
           CASE WHEN state IN ('passed', 'failed', 'sealed') THEN 'sampled' WHEN state = 'assigned' THEN ''
                ELSE state END,
           CASE state WHEN 'passed' THEN 'pass' WHEN 'failed' THEN 'fail' ELSE '' END,
           'on_site', '', CASE WHEN state = 'assigned' THEN NULL ELSE day END, now(), now()
    FROM told
    """,
    """
    INSERT INTO inspection_sample (id, visit_id, seal_no, product_name, lab, custody, brand, model, batch_no,
                                   made_on, quantity, standard, producer_name, producer_code, producer_region)
    SELECT sample_id, visit_id, 'S' || row_number() OVER (), '演示产品', 'LAB-' || left(region, 2), '[]',
           '', '', '', '', '', '', '', '', ''
    FROM told WHERE state IN ('passed', 'failed', 'sealed')
    """,
    """
    INSERT INTO inspection_result (id, sample_id, item, method, value, qualifier, unit, "limit", limit_kind,
                                   decision_rule, verdict, basis, purpose, probability_num, probability_den,
                                   lab, reported_on, recorded_at)
    SELECT gen_random_uuid(), sample_id, '项目' || n, 'T-' || n,
           CASE WHEN state = 'failed' AND n = 1 THEN '0.9' ELSE '0.1' END, '', 'mg/kg', '0.5', 'upper',
           'simple-acceptance', CASE WHEN state = 'failed' AND n = 1 THEN 'fail' ELSE 'pass' END,
           'probability', 'evaluation', 1, 4, 'LAB-' || left(region, 2), day + 20, now()
    FROM told CROSS JOIN generate_series(1, 3) AS n WHERE state IN ('passed', 'failed')
    """,
    """
    INSERT INTO inspection_case (id, visit_id, subject_id, region, state, opened_on, served_on, served_by,
                                 service_sha, contestable_until, moved_on, notice_sha, notice_file,
                                 notice_line, opened_at, closed_on, is_held)
    SELECT gen_random_uuid(), visit_id, subject_id, region,
           CASE WHEN period >= '2025Q3' THEN (ARRAY['notified', 'rectifying', 'rechecking'])[1 + luck % 3]
                ELSE 'closed' END,
           day + 20, day + 21, '', '', day + 36, day + 21, '', '', 1, now(),
           CASE WHEN period >= '2025Q3' THEN NULL ELSE day + 90 END, false
    FROM told WHERE state = 'failed'
    """,
    """
    INSERT INTO inspection_clock (id, case_id, rule, started_on, due_on, status, proof, confidence,
                                  stopped_on)
    SELECT gen_random_uuid(), id, rule, opened_on, opened_on + days,
           CASE WHEN state = 'closed' THEN 'stopped' ELSE 'running' END, '{}', 'text',
           CASE WHEN state = 'closed' THEN opened_on + 60 END
    FROM inspection_case
    CROSS JOIN (VALUES ('spotcheck.objection_law', 15), ('spotcheck.recheck', 75)) AS r (rule, days)
    """,
    """
    INSERT INTO ledger_entry (id, seq, at, verb, visibility, actor, region, detail, previous, hash)
    SELECT visit_id, 1000 + row_number() OVER (), day, 'visit.sampled', 'internal',
           '{"key": "bench", "role": "officer", "region": "000000"}', region, '{}', repeat('0', 64),
           md5(visit_id::text) || md5(sample_id::text)
    FROM told WHERE luck % 3 = 0
    """,
    """
    INSERT INTO ledger_entrysubject (entry_id, position, kind, key)
    SELECT visit_id, 0, 'visit', visit_id::text FROM told WHERE luck % 3 = 0
    UNION ALL
    SELECT visit_id, 1, 'subject', subject_id::text FROM told WHERE luck % 3 = 0
    """,
)


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
