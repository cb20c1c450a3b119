"""The papers of inspectors: certificates, leave, conflicts, and who is struck off in mid-campaign."""

from __future__ import annotations

import datetime as dt

import pytest

from zhiheng.errors import BadInput, NotAllowed
from zhiheng.ledger.models import Entry
from zhiheng.stages.registry import actions, queries
from zhiheng.stages.registry.models import Certificate, Inspector, Leave

from .conftest import COUNTY, code, inspector_row

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 2)
PAPER = {
    "number": "ZF-1",
    "issuer": "演示",
    "fields": ["34"],
    "valid_from": dt.date(2024, 1, 1),
    "valid_until": dt.date(2026, 12, 31),
}


def refused(act, **said) -> str:
    with pytest.raises(BadInput) as caught:
        act(**said)
    return caught.value.code


@pytest.fixture
def inspector(officer):
    actions.import_inspectors(by=officer, rows=[inspector_row(1), inspector_row(2)], source="人员")
    return Inspector.objects.get(code="ZJ-0001")


def test_a_certificate_decides_on_which_days_an_inspector_can_be_drawn(officer, inspector):
    assert queries.away(COUNTY, DAY) == set()

    actions.register_certificate(by=officer, inspector=inspector, row=PAPER)

    assert queries.away(COUNTY, DAY) == set()
    assert queries.away(COUNTY, dt.date(2027, 1, 1)) == {"ZJ-0001"}
    said = {"by": officer, "inspector": inspector, "row": PAPER}
    assert refused(actions.register_certificate, **said) == "certificate-taken"
    bad = said | {"row": PAPER | {"number": "ZF-2", "fields": ["99"]}}
    assert refused(actions.register_certificate, **bad) == "division-unknown"


def test_who_is_away_on_some_day_of_a_span_is_who_is_away_on_one_of_its_days(officer, inspector):
    actions.register_certificate(by=officer, inspector=inspector, row=PAPER | {"valid_until": DAY})
    later = {"number": "ZF-2", "valid_from": DAY + dt.timedelta(days=3)}
    actions.register_certificate(by=officer, inspector=inspector, row=PAPER | later)
    gone = {"valid_from": DAY + dt.timedelta(days=6), "valid_until": DAY + dt.timedelta(days=7)}
    actions.enter_leave(by=officer, inspector=Inspector.objects.get(code="ZJ-0002"), **gone)

    days = [DAY + dt.timedelta(days=number) for number in range(10)]
    alone = [queries.away(COUNTY, day) for day in days]

    assert alone[:4] == [set(), {"ZJ-0001"}, {"ZJ-0001"}, set()]
    for first in range(10):
        for last in range(first, 10):
            assert queries.away(COUNTY, days[first], days[last]) == set().union(*alone[first : last + 1])


def test_one_who_is_struck_off_is_drawn_no_more(officer, inspector):
    actions.register_certificate(by=officer, inspector=inspector, row=PAPER)

    held = actions.strike_off(by=officer, inspector=inspector, reason="泄露检查信息")

    assert not held.is_active
    assert [one.code for one in queries.inspectors_for(COUNTY)] == ["ZJ-0002"]
    newest = Certificate.objects.order_by("-recorded_at", "-id").first()
    assert (newest.ended_on, newest.end_reason) == (DAY, "泄露检查信息")
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.detail["certificates"]) == ("registry.inspector_struck_off", ["ZF-1"])
    assert inspector.name not in str(entry.detail)
    again = {"by": officer, "inspector": inspector, "reason": "再次"}
    assert refused(actions.strike_off, **again) == "struck-off-already"


def test_one_with_papers_comes_back_with_a_certificate_alone(officer, inspector):
    actions.register_certificate(by=officer, inspector=inspector, row=PAPER)
    actions.strike_off(by=officer, inspector=inspector, reason="核查")
    back = {"by": officer, "inspector": inspector, "reason": "核查无事实"}

    assert refused(actions.put_on_duty, **back) == "no-certificate-holds"
    actions.register_certificate(by=officer, inspector=inspector, row=PAPER | {"number": "ZF-2"})
    actions.put_on_duty(**back)

    assert queries.away(COUNTY, DAY) == set()
    assert {one.code for one in queries.inspectors_for(COUNTY)} == {"ZJ-0001", "ZJ-0002"}
    assert refused(actions.put_on_duty, **back) == "on-duty-already"


def test_leave_is_entered_cancelled_and_entered_again(officer, inspector):
    days = {"valid_from": DAY, "valid_until": dt.date(2026, 3, 6)}
    leave = actions.enter_leave(by=officer, inspector=inspector, **days)

    assert queries.away(COUNTY, dt.date(2026, 3, 6)) == {"ZJ-0001"}
    assert queries.away(COUNTY, dt.date(2026, 3, 7)) == set()
    assert refused(actions.enter_leave, by=officer, inspector=inspector, **days) == "leave-taken"
    actions.cancel_leave(by=officer, leave=leave)
    assert queries.away(COUNTY, DAY) == set()
    assert refused(actions.cancel_leave, by=officer, leave=leave) == "leave-cancelled"
    actions.enter_leave(by=officer, inspector=inspector, **days)
    assert (Leave.objects.count(), queries.away(COUNTY, DAY)) == (1, {"ZJ-0001"})
    backwards = {"valid_from": DAY, "valid_until": dt.date(2026, 3, 1)}
    assert refused(actions.enter_leave, by=officer, inspector=inspector, **backwards) == "days-not-in-order"


def test_a_list_of_leave_twice_is_once(officer, inspector):
    rows = [{"inspector": f"ZJ-000{n}", "valid_from": DAY, "valid_until": DAY} for n in (1, 2)]

    first = actions.import_leave(by=officer, rows=rows, source="表")
    second = actions.import_leave(by=officer, rows=rows, source="表")
    actions.cancel_leave(by=officer, leave=Leave.objects.first())
    third = actions.import_leave(by=officer, rows=rows, source="表")

    assert (first.created, second.unchanged, second.entry, third.updated) == (2, 2, None, 1)
    unknown = [rows[0] | {"inspector": "ZJ-9"}]
    assert refused(actions.import_leave, by=officer, rows=unknown, source="表") == "inspector-unknown"


def test_conflicts_are_set_as_a_whole(officer, inspector):
    actions.set_conflicts(by=officer, inspector=inspector, codes=[code(1), code(2), code(1)])
    actions.set_conflicts(by=officer, inspector=inspector, codes=[code(2)])
    count = Entry.objects.count()
    actions.set_conflicts(by=officer, inspector=inspector, codes=[code(2)])

    assert Inspector.objects.get(pk=inspector.pk).conflicts == [code(2)]
    assert Entry.objects.count() == count
    assert Entry.objects.latest("seq").detail["removed"] == [code(1)]
    bad = {"by": officer, "inspector": inspector, "codes": ["123"]}
    assert refused(actions.set_conflicts, **bad) == "code-length"


def test_another_office_keeps_its_hands_off(stranger, inspector):
    for act, said in (
        (actions.strike_off, {"reason": "x"}),
        (actions.set_conflicts, {"codes": []}),
        (actions.enter_leave, {"valid_from": DAY, "valid_until": DAY}),
        (actions.register_certificate, {"row": PAPER}),
    ):
        with pytest.raises(NotAllowed):
            act(by=stranger, inspector=inspector, **said)
