"""Makes the country: duties, frames, draws and pairs by the models, everything after them by the database.

Draws of every province and quarter, their visits, samples, three results each, cases with clocks, and entries
of the ledger.
"""

from __future__ import annotations

from typing import Any

from bench.country import loading

QUARTERS = [f"{year}Q{quarter}" for year in (2023, 2024, 2025) for quarter in (1, 2, 3, 4)]
SHARE = 318  # of 1 024 subjects in each quarter: three results of each sampled one give ten million
TABLES = (
    *("draw_selection", "draw_drawstratum", "inspection_visit", "inspection_sample", "inspection_result"),
    *("inspection_case", "inspection_clock", "ledger_entry", "ledger_entrysubject"),
)


def make() -> dict[str, int]:
    """Fill the tables after the subjects and say how many rows they have.

    The guards of the ledger step aside for it, and so do indexes and keys until the rows are there.
    """
    from django.db import connection

    from zhiheng.ledger import guards

    _draws()
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(_UUID7)
        with guards.lifted(connection), loading.bare(cursor, [*TABLES]):
            for statement in _STATEMENTS:
                cursor.execute(statement.replace("{share}", str(SHARE)))
        cursor.execute("RESET work_mem")
        cursor.execute("VACUUM ANALYZE")
        return counted(cursor)


def counted(cursor: Any) -> dict[str, int]:
    """Return how many rows of each kind there are."""
    found = {}
    for name in ("draw_selection", "inspection_visit", "inspection_result", "inspection_case"):
        cursor.execute(f"SELECT count(*) FROM {name}")
        found[name.partition("_")[2] + "s"] = cursor.fetchone()[0]
    cursor.execute("SELECT count(*) FROM ledger_entrysubject")
    return found | {"named_in_entries": cursor.fetchone()[0]}


def _draws() -> None:
    """Make a duty, a frame and a closed draw for every province and quarter, and two inspectors each."""
    from zhiheng.people import clock
    from zhiheng.reference import regions
    from zhiheng.stages.draw.models import Draw
    from zhiheng.stages.plan.models import Obligation
    from zhiheng.stages.registry.models import Frame, Inspector

    now, provinces = clock.now(), [one.code for one in regions.children(regions.NATION)]
    places = [(region, quarter) for quarter in QUARTERS for region in provinces]
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


# Keys grow with the time as those of the house do.
_UUID7 = """
CREATE FUNCTION pg_temp.uuid7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0')
        || overlay(overlay(substr(md5(random()::text), 1, 20) PLACING '7' FROM 1) PLACING '8' FROM 5))::uuid
$$
"""

_STATEMENTS = (
    # Selections: the same few in 1 024 of every province in each quarter, in the order of a hash.
    """
    INSERT INTO draw_selection (id, draw_id, unit_code, subject_id, stratum, "order", ticket,
                                first_inspector_id, second_inspector_id, is_reserve)
    SELECT pg_temp.uuid7(), d.id, s.code, s.id, s.risk_class,
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
    SELECT pg_temp.uuid7(), draw_id, stratum, count(*) * 1024 / {share} + 1, count(*)
    FROM draw_selection GROUP BY draw_id, stratum
    """,
    # One in twelve did not answer; of the newest quarter a tenth is still to visit, a tenth being tested.
    """
    CREATE TEMPORARY TABLE met AS
    SELECT c.id AS selection_id, c.draw_id, s.id AS subject_id, s.region, s.division, c.stratum, d.period,
           abs(hashtext(c.ticket)) % 120 AS luck,
           to_date(left(d.period, 4) || '-' || (3 * right(d.period, 1)::int - 1) || '-15',
                   'YYYY-MM-DD') AS day
    FROM draw_selection c JOIN draw_draw d ON d.id = c.draw_id JOIN registry_subject s ON s.id = c.subject_id
    """,
    """
    CREATE TEMPORARY TABLE told AS
    SELECT *, pg_temp.uuid7() AS visit_id, pg_temp.uuid7() AS sample_id,
           CASE WHEN period = '2025Q4' AND luck >= 108 THEN 'assigned'
                WHEN period = '2025Q4' AND luck >= 96 THEN 'sealed'
                WHEN luck < 4 THEN 'refused' WHEN luck < 7 THEN 'closed' WHEN luck < 10 THEN 'not_found'
                WHEN luck < 17 THEN 'failed' ELSE 'passed' END AS state
    FROM met
    """,
    """
    INSERT INTO inspection_visit (id, selection_id, draw_id, subject_id, region, division, stratum, period,
                                  state, outcome, verdict, kind, note, visited_on, opened_at, recorded_at)
    SELECT visit_id, selection_id, draw_id, subject_id, region, division, stratum, period, state,
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
    SELECT pg_temp.uuid7(), sample_id, '项目' || n, 'T-' || n,
           CASE WHEN state = 'failed' AND n = 1 THEN '0.9' ELSE '0.1' END, '', 'mg/kg', '0.5', 'upper',
           'simple-acceptance', CASE WHEN state = 'failed' AND n = 1 THEN 'fail' ELSE 'pass' END,
           'probability', 'evaluation', 1, 4, 'LAB-' || left(region, 2), day + 20, now()
    FROM told CROSS JOIN generate_series(1, 3) AS n WHERE state IN ('passed', 'failed')
    """,
    """
    INSERT INTO inspection_case (id, visit_id, subject_id, region, period, state, opened_on, served_on,
                                 served_by, service_sha, contestable_until, moved_on, notice_sha, notice_file,
                                 notice_line, opened_at, closed_on, is_held)
    SELECT pg_temp.uuid7(), visit_id, subject_id, region, period,
           CASE WHEN period >= '2025Q3' THEN (ARRAY['notified', 'rectifying', 'rechecking'])[1 + luck % 3]
                ELSE 'closed' END,
           day + 20, day + 21, '', '', day + 36, day + 21, '', '', 1, now(),
           CASE WHEN period >= '2025Q3' THEN NULL ELSE day + 90 END, false
    FROM told WHERE state = 'failed'
    """,
    """
    INSERT INTO inspection_clock (id, case_id, rule, started_on, due_on, status, proof, confidence,
                                  stopped_on)
    SELECT pg_temp.uuid7(), id, rule, opened_on, opened_on + days,
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
