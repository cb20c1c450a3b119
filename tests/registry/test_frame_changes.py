"""Each frame says what changed since the last of its kind; a unit that went has a reason, or is flagged."""

from __future__ import annotations

import datetime as dt

import pytest

from zhiheng import ledger
from zhiheng.errors import BadInput
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.proof import frame_changes, frame_index
from zhiheng.proof.frame import FrameRow
from zhiheng.stages.registry import actions, names, rules_frames
from zhiheng.stages.registry.models import Frame, Subject

from .conftest import code, subject_row

pytestmark = pytest.mark.django_db
FIRST, SECOND = "2026-03-02T09:00:00+08:00", "2026-03-10T09:00:00+08:00"


OPEN = {"ids": "open", "ids_reason": "地方条例要求公布名录"}  # of salted lists the tests say so
SALTED = {"ids": "salted", "ids_reason": ""}


@pytest.fixture
def register(system):
    rows = [subject_row(n, risk_class="ABCD"[n % 4]) for n in range(1, 9)]
    actions.import_subjects(by=system, rows=rows, source="表")


def freeze(by, **more):
    said = {"region": "330100", "as_of": clock.today(), "purpose": "季度抽查"} | OPEN | more
    return actions.freeze_frame(by=by, **said)


def two_frames(by, change, **more):
    """Freeze a frame, let the register change a week later, and freeze the next one."""
    first = freeze(by, **more)
    with clock.at(SECOND):
        change()
        return first, freeze(by, **more)


def held(n: int) -> Subject:
    return Subject.objects.get(code=code(n))


def lines_of(frame: Frame) -> list[list[str]]:
    data = ledger.evidence.read(frame.changes_sha).decode()
    return [line.split("\t") for line in data.splitlines()]


def updated(by, n, *, valid_from=None, **changes):
    return lambda: actions.update_subject(by=by, subject=held(n), changes=changes, valid_from=valid_from)


def test_the_first_frame_of_its_kind_follows_none(system, register):
    frame = freeze(system)

    entry = Entry.objects.get(verb="registry.frame_frozen")
    assert frame.previous is None and frame.changes == {} and frame.changes_sha == ""
    assert (entry.detail["previous"], entry.detail["changes"]) == (None, None)
    assert entry.detail["merkle_root"] == frame.merkle_root
    assert entry.detail["ids"] == "open"


def test_the_root_is_that_over_the_lines_of_the_published_file(system, register):
    frame = freeze(system)

    with ledger.evidence.path(frame.sha256).open("rb") as file:
        assert frame_index.build(file).root == frame.merkle_root


def test_what_came_went_and_moved_is_counted_and_listed(system, register):
    def change():
        updated(system, 1, is_active=False)()
        actions.import_subjects(by=system, rows=[subject_row(30)], source="新")
        actions.set_standing(
            by=system, subject=held(2), kind="risk_class", value="D", reason="评级", valid_from=clock.today()
        )

    first, second = two_frames(system, change)

    assert second.previous == first
    assert second.changes == {"added": 1, "moved": 1, "removed": {"closed": 1}}
    assert lines_of(second) == [
        ["added", code(30)],
        ["moved", code(2), "C", "D"],
        ["removed", code(1), "closed"],
    ]
    entry = Entry.objects.filter(verb="registry.frame_frozen").order_by("seq").last()
    assert entry.detail["changes"] == {**second.changes, "sha256": second.changes_sha}
    assert entry.detail["previous"] == str(first.pk)


BEFORE = dt.date(2026, 2, 1)


@pytest.mark.parametrize(
    ("reason", "changes", "valid_from"),
    [
        ("closed", {"is_active": False}, None),
        ("moved", {"region": "330206"}, None),
        ("out-of-scope", {"division": "42"}, None),
        ("corrected", {"division": "42"}, dt.date(2026, 3, 1)),
    ],
)
def test_the_reason_comes_from_what_the_register_recorded(system, reason, changes, valid_from):
    with clock.at("2026-02-01T09:00:00+08:00"):
        actions.import_subjects(by=system, rows=[subject_row(n) for n in (1, 2)], source="表")

    _first, second = two_frames(system, updated(system, 1, valid_from=valid_from, **changes))

    assert second.changes["removed"] == {reason: 1}


def test_a_merged_record_says_so(system, register):
    def merge():
        actions.merge_subjects(by=system, gone=held(3), kept=held(4), reason="同一家企业")

    _first, second = two_frames(system, merge)

    assert second.changes["removed"] == {"merged": 1}


def test_a_firm_dropped_behind_the_registers_back_has_no_reason(system, register):
    """The friend is left out by a hand in the database: nothing was recorded, and everybody sees it."""

    def drop():
        Subject.objects.filter(code=code(5)).update(is_active=False)

    _first, second = two_frames(system, drop)

    assert second.changes["removed"] == {"unknown": 1}
    assert second.removed_without_reason == 1
    assert lines_of(second) == [["removed", code(5), "unknown"]]


def test_the_law_of_the_list_may_change_too():
    now = rules_frames.Now(is_active=True, region="330106", division="34")

    changed = rules_frames.reason_of(now, "330000", is_whole=False, same_rule=False)
    same = rules_frames.reason_of(now, "330000", is_whole=False, same_rule=True)

    assert (changed, same) == ("rule-changed", "unknown")


def test_a_unit_that_the_register_never_knew_has_no_reason():
    assert rules_frames.reason_of(None, "330000", is_whole=True, same_rule=True) == "unknown"


def test_salted_lists_name_those_that_went_as_the_older_one_did(system, register):
    first, second = two_frames(system, updated(system, 1, is_active=False), **SALTED)

    public = ledger.evidence.read(first.sha256).decode()
    removed = names.of(first).of(code(1))
    assert lines_of(second) == [["removed", removed, "closed"]]
    assert removed in public and code(1) not in public
    assert first.sha256 != first.evidence_sha


def test_a_list_by_codes_needs_a_reason(system, register):
    with pytest.raises(BadInput) as refusal:
        freeze(system, ids_reason=" ")

    assert (refusal.value.code, Frame.objects.count()) == ("ids-without-reason", 0)


def test_the_same_salted_request_twice_is_one_frame(system, register):
    assert freeze(system, **SALTED) == freeze(system, **SALTED)
    assert Frame.objects.count() == 1


def test_a_list_that_goes_on_with_earlier_names_is_another_one(system, register):
    first = freeze(system, **SALTED)
    with clock.at(SECOND):
        alone, goes_on = freeze(system, **SALTED), freeze(system, **SALTED, names_from=first)
        again = freeze(system, **SALTED, names_from=first)

    assert goes_on != alone and again == goes_on
    assert goes_on.sha256 == first.sha256 != alone.sha256


def test_firms_may_object_for_three_working_days(system, register):
    freeze(system)

    entry = Entry.objects.get(verb="registry.frame_frozen")
    assert entry.detail["objections_until"] == "2026-03-05"
    assert rules_frames.objections_until(dt.date(2025, 9, 30)) == dt.date(2025, 10, 11)


def test_two_lists_are_read_side_by_side_by_the_bytes_of_their_ids():
    before = [FrameRow(unit, 1, "A") for unit in ("A", "B", "é", "￿")]
    after = [FrameRow(unit, 1, "A") for unit in ("B", "C", "￿", "\U00010000")]

    found = [(one.kind, one.unit) for one in frame_changes.compare(before, after)]

    assert found == [("removed", "A"), ("added", "C"), ("removed", "é"), ("added", "\U00010000")]
