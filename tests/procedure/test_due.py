"""Due dates: cases of law, a second plain count, properties, and proofs that chain."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput, UnknownCode
from zhiheng.procedure import pauses as pausing
from zhiheng.procedure.due import due
from zhiheng.procedure.pauses import Pause
from zhiheng.reference import limits
from zhiheng.reference.calendar import Calendar

from . import plain

CASES = Path(__file__).with_name("cases")
FILES = sorted(CASES.glob("*.yaml"))
TIMED = [limit for limit in limits.all() if limit.unit not in ("person", "hour")]
DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))


def read(path: Path) -> list[dict]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]


ALL_CASES = [case for path in FILES for case in read(path)]
IN_DAYS = [case for case in ALL_CASES if "due_at" not in case]


def moment(value: object) -> date | datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


@st.composite
def some_pauses(draw, start: date, most: int = 3) -> list[Pause]:
    found = []
    for _ in range(draw(st.integers(0, most))):
        first = start + timedelta(days=draw(st.integers(-20, 90)))
        found.append(Pause(first, first + timedelta(days=draw(st.integers(0, 25)))))
    return found


def pairs(pauses: list[Pause]) -> list[tuple[date, date]]:
    return [(pause.first, pause.last) for pause in pauses]


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case["situation"])
def test_a_case_of_law_has_its_outcome(case):
    found = due(
        case["rule"],
        moment(case["from"]),
        jurisdiction=case.get("jurisdiction", "000000"),
        pauses=[pausing.parse(text) for text in case.get("pauses", ())],
    )

    assert found.due_on == case["due_on"]
    assert found.status == case["status"]
    assert found.limit.jurisdiction == case.get("decided_in", "000000")
    assert found.due_at == case.get("due_at")


@pytest.mark.parametrize("case", IN_DAYS, ids=lambda case: case["situation"])
def test_a_case_of_law_agrees_with_a_plain_count(case):
    limit = limits.get(case["rule"], case.get("jurisdiction", "000000"), on=case["from"])
    pauses = pairs([pausing.parse(text) for text in case.get("pauses", ())])

    assert plain.last_day(case["from"], limit.amount, limit.unit, limit.direction, pauses) == case["due_on"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_cases_names_source_date_and_confidence(path):
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))

    assert raw["source"]
    assert all(case["situation"] and case["zh"] for case in raw["cases"])
    assert raw["confidence"] in ("text", "secondary", "memory")
    assert isinstance(raw["retrieved"], date)


@given(st.data(), st.sampled_from(TIMED), DAYS)
@settings(max_examples=300, deadline=None)
def test_the_answer_agrees_with_a_plain_count(data, limit, start):
    pauses = data.draw(some_pauses(start))

    found = due(limit, start, pauses=pauses)

    assert found.due_on == plain.last_day(start, limit.amount, limit.unit, limit.direction, pairs(pauses))


@given(st.sampled_from(TIMED), DAYS, st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_a_later_event_is_never_due_earlier(limit, start, later):
    assert due(limit, start).due_on <= due(limit, start + timedelta(days=later)).due_on


@given(st.data(), DAYS, st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_a_later_event_is_never_due_earlier_under_the_same_pauses(data, start, later):
    by_days = [limit for limit in TIMED if limit.unit in ("calendar_day", "working_day")]
    limit = data.draw(st.sampled_from(by_days))
    pauses = data.draw(some_pauses(start))

    first = due(limit, start, pauses=pauses)

    assert first.due_on <= due(limit, start + timedelta(days=later), pauses=pauses).due_on


@given(st.data(), st.sampled_from(TIMED), DAYS)
@settings(max_examples=200, deadline=None)
def test_a_deadline_never_falls_on_a_day_off_or_a_paused_day(data, limit, start):
    pauses = data.draw(some_pauses(start))

    found = due(limit, start, pauses=pauses)

    assert not plain.is_in(found.due_on, pairs(pauses))
    if limit.direction in plain.MOVED:
        assert Calendar.load().is_working_day(found.due_on)


@given(st.data(), st.sampled_from(TIMED), DAYS)
@settings(max_examples=200, deadline=None)
def test_a_pause_never_makes_it_earlier(data, limit, start):
    pauses = data.draw(some_pauses(start))
    more = [*pauses, *data.draw(some_pauses(start, most=1))]

    assert due(limit, start, pauses=pauses).due_on <= due(limit, start, pauses=more).due_on


@given(st.data(), st.sampled_from(TIMED), DAYS)
@settings(max_examples=200, deadline=None)
def test_asking_twice_or_splitting_a_pause_changes_nothing(data, limit, start):
    pauses = data.draw(some_pauses(start))
    split = [
        Pause(day, day)
        for pause in reversed(pauses)
        for day in (pause.first + timedelta(days=n) for n in range((pause.last - pause.first).days + 1))
    ]

    once = due(limit, start, pauses=pauses)

    assert due(limit, start, pauses=pauses) == once
    assert due(limit, start, pauses=split) == once


@given(st.data(), st.sampled_from([x for x in limits.all() if x.unit != "person"]), DAYS)
@settings(max_examples=200, deadline=None)
def test_the_steps_chain_from_the_event_to_the_answer(data, limit, start):
    begin = datetime(start.year, start.month, start.day, 9, 30) if limit.unit == "hour" else start
    found = due(limit, begin, pauses=data.draw(some_pauses(start)))

    assert found.steps[0].start == begin
    assert found.steps[-1].end == (found.due_at or found.due_on)
    for before, after in zip(found.steps, found.steps[1:], strict=False):
        assert before.end == after.start
    for step in found.steps:
        assert step.start <= step.end
        assert step.because_zh.endswith("。") and step.because_en.endswith(".")


def test_the_proof_names_rule_counting_pause_and_move_with_their_sources():
    found = due("spotcheck.recheck", date(2025, 9, 15), pauses=[Pause(date(2025, 9, 20), date(2025, 9, 26))])
    reasons = [step.because() for step in found.steps]

    assert found.due_on == date(2025, 12, 8)
    assert "第47条" in reasons[0] and "已核对条文" in reasons[0]
    assert "第二百零一条" in reasons[1] and "参照适用" in reasons[1]
    assert "计满75日" in reasons[2]
    assert "2025-09-20至2025-09-26中止计算" in reasons[3] and "本系统约定" in reasons[3]
    assert "2025-12-06为周末" in reasons[4] and "第二百零三条" in reasons[4]
    assert "first and last included" in found.steps[3].because("en")


def test_a_working_day_proof_counts_days_off_and_make_up_days():
    reason = due("complaint.accept", date(2025, 9, 26)).steps[2].because("en")

    assert "10 days off are left out and 2 make-up workdays counted" in reason
    assert "国办发明电〔2024〕12号" in reason


def test_a_provisional_answer_says_which_notice_it_waits_for():
    found = due("spotcheck.rectify", date(2026, 12, 1))

    assert found.status == "provisional"
    assert "2027-01-30" in found.steps[-1].because("en")


def test_an_unread_rule_is_unverified_even_where_the_calendar_is_open():
    assert due("recall.plan", date(2030, 1, 1)).status == "unverified"


def test_working_days_that_lead_out_of_a_year_without_notices_leave_the_answer_provisional():
    """The first days counted are those of 2018, whose notices are not held; the last lies in 2019."""
    assert due("complaint.accept", date(2018, 12, 20)).status == "provisional"
    assert due("complaint.accept", date(2019, 1, 2)).status == "final"


def test_a_day_of_coming_into_force_that_nobody_read_is_told_and_decides_nothing():
    read = due("spotcheck.rectify", date(2025, 9, 15))
    before_the_copy = due("spotcheck.rectify", date(2024, 9, 18))
    too_early = due("spotcheck.rectify", date(2019, 5, 6))
    unknown = due("complaint.accept", date(2024, 9, 18))

    assert not any("施行" in step.because() for step in read.steps)
    assert before_the_copy.steps[1].because() == "施行日期为2020-01-01（凭记忆录入，未核对条文）。"
    assert "尚未施行" in too_early.steps[1].because()
    assert unknown.steps[1].because() == "施行日期未收录，当日是否施行未核实。"
    assert before_the_copy.status == "final"


def test_a_place_takes_its_own_rule_or_the_nearest_above():
    local = due("recall.incident_report", date(2025, 3, 3), jurisdiction="440106")
    other = due("recall.incident_report", date(2025, 3, 3), jurisdiction="330106")

    assert local.limit.jurisdiction == "440000"
    assert other.limit.jurisdiction == "000000"


def test_a_local_rule_handed_in_for_another_place_is_refused():
    local = limits.get("recall.incident_report", "440000")

    with pytest.raises(BadInput, match="does not hold in 330106"):
        due(local, date(2025, 3, 3), jurisdiction="330106")


def test_a_number_of_persons_has_no_due_date():
    with pytest.raises(BadInput, match="2 persons"):
        due("spotcheck.samplers", date(2025, 1, 1))


def test_every_other_limit_has_a_due_date_with_a_reading_in_both_languages():
    for limit in limits.all():
        if limit.unit != "person":
            found = due(limit.rule, date(2025, 6, 3), jurisdiction=limit.jurisdiction)
            assert found.due_on >= date(2025, 6, 4)
            assert found.reading("zh").endswith("。") and found.reading("en").endswith(".")


def test_hours_keep_their_offset_and_a_bare_day_starts_at_midnight():
    aware = datetime.fromisoformat("2025-09-15T08:30:00+08:00")

    assert due("foodsample.urgent_fail", aware).due_at == aware + timedelta(hours=24)
    bare = due("foodsample.urgent_fail", date(2025, 9, 15))
    assert bare.due_at == datetime(2025, 9, 16)
    assert "零时" in bare.steps[2].because()


def test_hours_wait_out_a_pause_that_is_already_running():
    found = due(
        "foodsample.urgent_fail",
        datetime(2025, 9, 15, 8, 30),
        pauses=[Pause(date(2025, 9, 14), date(2025, 9, 15))],
    )

    assert found.due_at == datetime(2025, 9, 17)


def test_a_moment_given_for_a_limit_in_days_counts_from_its_day():
    assert due("spotcheck.rectify", datetime(2025, 9, 15, 23, 59)).due_on == date(2025, 11, 14)


def test_another_calendar_gives_another_answer():
    empty = Calendar({}, {})

    found = due("spotcheck.objection_law", date(2025, 9, 20), empty)

    assert found.due_on == date(2025, 10, 6)
    assert found.status == "provisional"


@pytest.mark.parametrize("start", [date(9999, 12, 28), date.max])
def test_a_date_out_of_reach_is_refused(start):
    for rule in ("spotcheck.rectify", "complaint.accept", "complaint.limitation", "penalty.shown_minor"):
        with pytest.raises(BadInput, match="too far away"):
            due(rule, start)


def test_an_unknown_rule_or_place_is_refused():
    with pytest.raises(UnknownCode):
        due("spotcheck.rectfy", date(2025, 1, 1))
    with pytest.raises(UnknownCode):
        due("spotcheck.rectify", date(2025, 1, 1), jurisdiction="999999")


@pytest.mark.parametrize("text", ["2025-09-20", "2025-09-20..", "..", "a..b", "2025-09-31..2025-10-01", ""])
def test_a_pause_that_is_not_two_days_is_refused(text):
    with pytest.raises(BadInput):
        pausing.parse(text)


def test_a_pause_that_ends_before_it_starts_is_refused():
    with pytest.raises(BadInput, match="ends before it starts"):
        pausing.parse("2025-09-20..2025-09-19")
