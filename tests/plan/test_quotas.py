"""An obligation may name an item, a quota and weights, one by one or with a whole list of them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhiheng import ledger
from zhiheng.errors import BadInput, NotAllowed
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.stages.plan import actions, lists, queries
from zhiheng.stages.plan.models import Obligation
from zhiheng.stages.plan.rules import obligations
from zhiheng.stages.registry.models import CatalogueItem
from zhiheng.web.imports import ImportRow

pytestmark = pytest.mark.django_db
RISK = {"A": 1, "B": 2, "C": 4, "D": 8}


@pytest.fixture
def item(db):
    return CatalogueItem.objects.create(
        region="330000",
        year=2026,
        code="07",
        name="电热毯",
        divisions=["38"],
        reason="example",
        state="issued",
        recorded_at=clock.now(),
    )


def row(**changes):
    return {"region": "330000", "period": "2026Q2", "quota": 20, "item": "07", "basis": "年度计划"} | changes


def test_a_quota_stands_instead_of_shares(officer, item):
    duty = actions.create_obligation(by=officer, region="330000", period="2026Q1", quota=40, item=item)

    assert (duty.quota, duty.fractions, duty.thing) == (40, {}, f"evaluation:{item.pk}:-")
    entry = ledger.timeline("obligation", str(duty.pk))[0]
    assert entry.detail["quota"] == 40
    assert entry.detail["item"] == {"code": "07", "region": "330000", "year": 2026}


def test_the_entry_of_a_plain_duty_says_what_it_always_said(officer):
    duty = actions.create_obligation(by=officer, region="330000", period="2026Q1")

    entry = ledger.timeline("obligation", str(duty.pk))[0]
    assert set(entry.detail) == {"period", "article", "basis", "fractions", "minimum_per_stratum", "plan"}


@pytest.mark.parametrize(
    ("weights", "more", "expected"),
    [
        ({"risk": RISK}, {}, []),
        ({"risk": RISK}, {"reason": ""}, [("weights_reason", "required")]),
        ({"risk": RISK | {"A": 0}}, {}, [("weights", "weight-outside")]),
        ({"risk": {"A": 1}}, {}, [("weights", "weight-outside")] * 3),
        ({"credit": RISK}, {}, [("weights", "weight-outside")]),
        ({"credit": RISK | {"x": 1}}, {}, []),
        ({"size": {}}, {}, [("weights", "weight-unknown")]),
        ({"risk": RISK}, {"has_quota": False}, [("quota", "weight-without-quota")]),
        ({"recent": [1, 2]}, {"burden_periods": 4}, []),
        ({"recent": [1, 2]}, {"burden_periods": 0}, [("burden_periods", "burden-without-share")]),
        ({}, {"burden_periods": 4}, [("burden_periods", "burden-without-share")]),
        ({"recent": [3, 2]}, {"burden_periods": 4}, [("burden_periods", "burden-without-share")]),
        ({"recent": [1, 2]}, {"burden_periods": 99}, [("burden_periods", "burden-outside")]),
    ],
)
def test_weights_are_whole_numbers_above_zero_with_a_reason(weights, more, expected):
    more = {"reason": "more failures", "burden_periods": 0} | more
    found = obligations.weight_faults(weights, **more)

    assert [(fault.field, fault.rule) for fault in found] == expected


@pytest.mark.parametrize("quota", [0, -1, 1.5, True, "20", 10**7])
def test_a_quota_is_a_whole_number_above_zero(officer, quota):
    with pytest.raises(BadInput) as refused:
        actions.create_obligation(by=officer, region="330000", period="2026Q1", quota=quota)

    assert refused.value.code == "not-a-quota"


def test_a_list_is_issued_once_however_often_it_is_sent(officer, item):
    rows = [row(), row(channel="shop"), row(purpose="enforcement", item="")]

    first = actions.import_obligations(by=officer, rows=rows, source="a" * 64)
    again = actions.import_obligations(by=officer, rows=rows, source="a" * 64)

    assert (first.created, again.created, again.unchanged) == (3, 0, 3)
    assert set(Obligation.objects.values_list("state", flat=True)) == {"issued"}
    entry = Entry.objects.get(verb="plan.obligations_imported")
    assert (entry.visibility, entry.detail["row_count"], entry.detail["quota"]) == ("public", 3, 60)
    for duty in Obligation.objects.all():
        assert ledger.timeline("obligation", str(duty.pk), public_only=True)[0] == entry


def test_a_list_of_hundreds_takes_few_statements(officer, item, django_assert_max_num_queries):
    rows = [row(period=f"2026Q{1 + n % 4}", basis=f"计划第{n}号") for n in range(400)]

    with django_assert_max_num_queries(40):
        made = actions.import_obligations(by=officer, rows=rows, source="b" * 64)

    assert made.created == 400


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([row(), row(quota=30)], "repeated"),
        ([row(item="99")], "item-unknown"),
        ([row(quota=0)], "not-a-quota"),
        ([row(period="2026Q5")], "period-shape"),
        ([], "no-rows"),
    ],
)
def test_a_list_with_a_fault_issues_nothing(officer, item, rows, code):
    with pytest.raises(BadInput) as refused:
        actions.import_obligations(by=officer, rows=rows, source="c" * 64)

    assert refused.value.code == code
    assert not Obligation.objects.exists()


def test_a_list_that_reaches_beyond_the_appointment_issues_nothing(officer):
    with pytest.raises(NotAllowed):
        actions.import_obligations(
            by=officer, rows=[row(item=""), row(item="", region="440000")], source="d" * 64
        )

    assert not Obligation.objects.exists()


def test_the_import_page_names_each_fault_by_its_cell(officer, item):
    def parsed(number, **changes):
        values = {column.key: column.default for column in lists.OBLIGATIONS.columns}
        return ImportRow(number, values | row(**changes), {})

    rows = [
        parsed(2),
        parsed(3),
        parsed(4, region="440000"),
        parsed(5, item="99"),
        parsed(6, cycle_from="2026Q3", basis="other"),
    ]
    faults = {(fault.row, fault.column) for fault in lists.rows_checked(officer, rows)}

    assert faults == {(3, "basis"), (4, "region"), (5, "item"), (6, "cycle_to")}


def test_cells_are_read_as_an_office_types_them():
    parse = {column.key: column.parse for column in lists.OBLIGATIONS.columns}

    assert parse["quota"]("1,200") == 1200
    assert parse["channel"]("网络") == "platform"
    assert parse["purpose"]("监督抽查") == "enforcement"
    assert parse["region"]("浙江省") == "330000"
    assert parse["period"]("2026q1") == "2026Q1"
    assert parse["period"]("2026年3月") == "2026-03"
    for key, text in (("quota", "many"), ("channel", "street"), ("purpose", "fun"), ("period", "2026H3")):
        with pytest.raises(BadInput):
            parse[key](text)


def test_the_nearest_level_decides_where_a_code_stands_twice(officer, item):
    nation = CatalogueItem.objects.create(
        region="000000",
        year=2026,
        code="07",
        name="national",
        divisions=["38"],
        reason="example",
        state="issued",
        recorded_at=clock.now(),
    )

    assert queries.item("330100", "2026Q1", "07") == item
    assert queries.item("440100", "2026Q1", "07") == nation
    assert queries.item("330100", "2025Q1", "07") is None


def test_the_form_sets_a_duty_with_item_quota_and_weights(client, officer, item):
    client.force_login(officer)
    page = client.get(reverse("plan:obligation_new"))
    assert "07 电热毯" in page.content.decode()
    token = page.context["form"].token

    answer = client.post(
        reverse("plan:obligation_new"),
        {
            "zh-token": str(token),
            "region": "330000",
            "period": "2026Q1",
            "article": "27",
            "purpose": "enforcement",
            "item": "07",
            "channel": "platform",
            "quota": "30",
            "weights_risk": "A1 B 2，C：4, D=8",
            "weights_reason": "差的多抽",
            "minimum_per_stratum": "2",
            **{f"share_{name}": page.context["form"][f"share_{name}"].value() for name in "ABCD"},
        },
    )

    assert answer.status_code == 302
    duty = Obligation.objects.get()
    assert duty.fractions == {}
    assert (duty.quota, duty.item, duty.channel, duty.weights) == (30, item, "platform", {"risk": RISK})
    shown = client.get(answer.url).content.decode()
    assert "电热毯" in shown and "差的多抽" in shown
