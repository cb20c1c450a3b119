"""The public monitor is silent on an honest log, and names what does not look right with its entries."""

from __future__ import annotations

import re
from datetime import date, timedelta
from inspect import getsource

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verification.public_log import PublicLog
from zhiheng.reference import monitoring
from zhiheng.verification import monitor
from zhiheng.verification.monitor import draws, folder, frames, leaks, order, reading

TODAY = date(2025, 3, 15)
FORGED_DAY = timedelta(days=2)


@pytest.fixture
def log():
    made = PublicLog()
    made.frame()
    return made


def found(log, today=TODAY):
    return [(one.rule, one.subject) for one in monitor.watch(log, today=today)]


def test_an_honest_log_gives_nothing_to_ask(log):
    for number in (1, 2, 3):
        log.whole(number, sampled=38, not_found=2)
    log.commit(4)

    assert found(log) == []


def test_a_draw_that_is_not_revealed_by_its_day_is_late(log):
    entry = log.commit()

    (late,) = monitor.watch(log, today=date(2025, 3, 25))

    assert (late.rule, late.kind, late.facts) == ("reveal-overdue", "late", {"by": "2025-03-20", "days": 5})
    assert late.entries == (entry,)
    assert found(log, date(2025, 3, 20)) == []


def test_a_draw_that_is_not_closed_by_its_day_is_late(log):
    log.commit()
    log.reveal()

    assert found(log, date(2025, 7, 1)) == [("close-overdue", "330000-2025Q1-001")]


def test_a_draw_that_ended_is_never_late(log):
    log.whole()
    log.commit(2)
    log.step("aborted", 2, reason="x", secret="0")

    assert found(log, date(2030, 1, 1)) == []


def test_a_gap_in_the_numbers_is_named(log):
    log.whole(1)
    log.whole(4)

    facts = [one.facts["serial"] for one in monitor.watch(log, today=TODAY)]

    assert facts == ["330000-2025Q1-002", "330000-2025Q1-003"]


def test_a_second_draw_of_one_duty_cannot_be(log):
    log.commit(1)
    log.commit(2, obligation="duty-1")

    assert found(log) == [("drawn-twice", "330000-2025Q1-002")]


def test_a_draw_after_one_that_was_given_up_is_to_be_explained(log):
    log.commit(1)
    log.step("aborted", reason="the list was wrong", secret="0")
    log.commit(2, obligation="duty-1")

    assert found(log) == [("drawn-again", "330000-2025Q1-002")]


def test_giving_up_once_the_random_text_may_be_known_is_to_be_explained(log):
    log.commit()
    log.now += timedelta(days=9)
    log.step("aborted", reason="a pretext", secret="0")

    (odd,) = monitor.watch(log, today=TODAY)

    assert (odd.rule, odd.facts) == ("given-up", {"reason": "a pretext"})


ISSUES = "2025031 2025032 2025033 2025034 after 2025-03-05"  # nobody knows them before 16:00 UTC of the day


@pytest.mark.parametrize(
    ("kind", "ref", "sealed_at", "expected"),
    [
        ("lottery-ssq", ISSUES, "2025-03-05T15:50:00Z", []),
        ("lottery-ssq", ISSUES, "2025-03-05T15:50:01Z", ["sealed-late"]),
        ("lottery-ssq", ISSUES, None, ["unsealed"]),
        ("text", "the gazette of 2025-03-10", "2025-03-10T16:00:00Z", []),
        ("text", "the gazette of 2025-03-10", "2025-03-10T16:00:01Z", ["sealed-late"]),
        ("text", "the gazette of 2025-99-99", "2025-03-10T16:00:01Z", []),
        ("text", "the next gazette", None, ["unsealed"]),
        ("drand", f"quicknet {10**15}", "2025-03-10T16:00:01Z", []),
    ],
)
def test_an_announcement_that_was_sealed_late_is_to_be_explained(log, kind, ref, sealed_at, expected):
    log.commit(beacon={"kind": kind, "ref": ref})
    log.reveal(sealed_at=sealed_at)

    assert [rule for rule, _ in found(log) if rule != "objections-cut"] == expected


@pytest.mark.parametrize("sealed_at", ["soon", "2025-03-05T15:50:00", 5])
def test_a_time_of_sealing_that_is_none_cannot_be_read(log, sealed_at):
    log.commit()
    log.reveal(sealed_at=sealed_at)

    assert "entry-unreadable" in {rule for rule, _ in found(log)}


def test_two_announcements_or_two_outcomes_of_one_number_cannot_be(log):
    log.commit()
    log.reveal()
    log.reveal(digest="d" * 64)
    log.said[1]["detail"]["announcement_hash"] = "a" * 64
    rebuilt = again(log)
    rebuilt.commit()

    assert {rule for rule, _ in found(rebuilt)} >= {"announced-twice", "revealed-twice"}


def again(log):
    """The same statements hung on one another anew, as an office would publish them."""
    made = PublicLog()
    for said in log.said:
        made.now = reading.datetime.fromisoformat(said["at"])
        made.add(said["verb"], [tuple(one) for one in said["subjects"]], said["detail"])
    return made


def test_a_secret_that_was_used_before_is_named(log):
    log.whole(1)
    log.commit(2, commitment=f"{1:064x}")

    assert found(log) == [("secret-again", "330000-2025Q1-002")]


def test_steps_before_the_reveal_are_named(log):
    log.commit()
    early = log.step("execution", commitment="x")
    log.reveal()
    log.step("execution", commitment="y")

    (broken,) = monitor.watch(log, today=TODAY)

    assert (broken.rule, broken.entries) == ("visited-early", (early,))


@pytest.mark.parametrize(("used", "is_much"), [(2, False), (3, True)])
def test_more_than_one_in_twenty_replaced_is_to_be_explained(log, used, is_much):
    log.commit(n=40)
    log.reveal()
    for _ in range(used):
        log.step("reserve_used", stratum="A")

    assert (found(log) == [("substituted", "330000-2025Q1-001")]) is is_much


def test_phantoms_on_a_list_show_as_firms_that_are_not_found(log):
    for number in (1, 2, 3):
        log.whole(number, sampled=39, not_found=1)
    log.whole(4, sampled=32, not_found=8)

    (odd,) = monitor.watch(log, today=TODAY)

    assert (odd.rule, odd.subject) == ("not-found", "330000-2025Q1-004")
    assert odd.facts == {"count": 8, "n": 40, "expected": 1.16}


def test_the_first_draw_of_all_has_nothing_to_be_compared_with(log):
    log.whole(1, sampled=1, not_found=39)

    assert found(log) == []


def test_honest_draws_are_asked_about_at_most_as_often_as_the_level_says():
    import numpy as np

    random = np.random.Generator(np.random.Philox(20250301))
    asked = 0
    for _ in range(200):
        log = PublicLog()
        log.frame()
        for number in range(1, 11):
            lost = int(random.binomial(40, 0.05))
            log.whole(number, sampled=40 - lost, not_found=lost)
        asked += len(monitor.watch(log, today=TODAY))

    assert asked / 2_000 <= 0.02


def test_units_that_left_a_list_without_a_reason_are_counted(log):
    log.frame("e" * 64, changes={"added": 1, "moved": 0, "removed": {"closed": 2, "unknown": 3}})
    log.frame("d" * 64, changes={"added": 1, "moved": 0, "removed": {"closed": 2}})

    (odd,) = monitor.watch(log, today=TODAY)

    assert (odd.rule, odd.subject, odd.facts) == ("left-unexplained", "eeeeeeee", {"count": 3, "removed": 5})


def test_a_list_that_was_not_published_before_the_announcement_is_named(log):
    log.commit(1, frame_hash="e" * 64)
    log.commit(2, frame_hash="d" * 64)
    log.frame("d" * 64)

    assert found(log) == [("list-after", "330000-2025Q1-002"), ("list-unknown", "330000-2025Q1-001")]


def test_a_random_text_within_the_days_to_object_is_to_be_explained(log):
    log.commit(beacon={"kind": "lottery-ssq", "ref": "2025-03-06 之后"})

    (odd,) = monitor.watch(log, today=TODAY)

    assert (odd.rule, odd.facts["until"], odd.facts["day"]) == ("objections-cut", "2025-03-06", "2025-03-06")


def test_an_entry_that_is_dated_back_is_named(log):
    log.now += FORGED_DAY
    late = log.commit()
    log.now -= FORGED_DAY
    back = log.reveal()

    (odd,) = monitor.watch(log, today=TODAY)

    assert (odd.rule, odd.entries) == ("dated-back", (late, back))


def test_an_entry_that_was_altered_tears_the_chain(log):
    log.commit()
    log.reveal()
    log.said[1]["detail"]["announcement"]["n"] = 41

    assert ("chain-torn", "entry 3") in found(log)


def test_an_entry_that_was_taken_out_and_numbers_put_right_tears_the_chain(log):
    log.commit()
    log.reveal()
    del log.said[1]
    log.said[1]["seq"] = 2

    assert ("chain-torn", "entry 2") in found(log)


def test_a_draw_without_an_announcement_is_named(log):
    log.reveal(7)

    assert found(log) == [("unannounced", "330000-2025Q1-007")]


def test_an_announcement_after_the_draw_is_named(log):
    log.reveal()
    log.commit()

    assert ("announced-after", "330000-2025Q1-001") in found(log)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**6) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
PATHS = [
    ("detail",),
    ("detail", "announcement"),
    ("detail", "announcement", "n"),
    ("detail", "announcement", "beacon"),
    ("detail", "announcement", "draw_id"),
    ("detail", "reveal_by"),
    ("subjects",),
    ("seq",),
    ("at",),
    ("verb",),
    ("previous",),
]


@settings(max_examples=300, deadline=None)
@given(where=st.sampled_from(PATHS), value=JSON, entry=st.integers(0, 4))
def test_whatever_stands_in_an_entry_the_monitor_answers(where, value, entry):
    log = PublicLog()
    log.frame()
    log.whole()
    log.frame("e" * 64, changes={"removed": {"unknown": 1}})
    place = log.said[entry]
    for name in where[:-1]:
        place = place.get(name, {}) if isinstance(place, dict) else {}
    place[where[-1]] = value

    for one in monitor.watch(log, today=TODAY):
        assert monitor.Finding.from_dict(one.to_dict()) == one


def test_every_rule_has_its_sentence_and_every_sentence_its_rule():
    source = "".join(getsource(module) for module in (draws, folder, frames, leaks, order, reading))

    assert set(re.findall(r'"([a-z-]+)"', source)) >= set(monitoring.rules())
    for rule in monitoring.rules().values():
        assert rule.kind in monitoring.KINDS
        assert set(re.findall(r"{(\w+)}", rule.sentence_zh)) == set(re.findall(r"{(\w+)}", rule.sentence_en))
