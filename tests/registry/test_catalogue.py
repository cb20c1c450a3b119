"""The catalogue of key products: candidates change, an issue never does, a supplement says what changed."""

from __future__ import annotations

import hashlib

import pytest

from zhiheng import ledger
from zhiheng.errors import BadInput, NotAllowed
from zhiheng.ledger.models import Entry
from zhiheng.stages.registry import actions, queries, rules_catalogue
from zhiheng.stages.registry.models import CatalogueIssue, CatalogueItem

from .conftest import COUNTY, PROVINCE, item_row, person

pytestmark = pytest.mark.django_db


def refused(act, **said) -> str:
    with pytest.raises(BadInput) as caught:
        act(**said)
    return caught.value.code


@pytest.fixture
def keeper(db):
    return person("officer", PROVINCE)


def issue(by, year=2026, reason="年度目录"):
    return actions.issue_catalogue(by=by, region=PROVINCE, year=year, reason=reason)


def holding(year=2026, region=PROVINCE):
    return [item.code for item in queries.catalogue(region=region, year=year)]


def test_a_candidate_may_change_until_the_whole_year_is_issued(keeper):
    actions.propose_item(by=keeper, row=item_row(1))
    actions.propose_item(by=keeper, row=item_row(1, name="新名"))
    actions.propose_item(by=keeper, row=item_row(2))
    assert holding() == []

    made = issue(keeper)

    assert holding() == ["K-01", "K-02"]
    assert holding(region=COUNTY) == ["K-01", "K-02"]
    assert (made.number, made.item_count) == (0, 2)
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.visibility, entry.detail["sha256"]) == (
        "registry.catalogue_issued",
        "public",
        made.sha256,
    )
    assert hashlib.sha256(ledger.evidence.read(made.sha256)).hexdigest() == made.sha256
    assert "新名" in ledger.evidence.read(made.sha256).decode()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"region": "339999"}, "region-unknown"),
        ({"year": 1999}, "not-a-year"),
        ({"code": ""}, "required"),
        ({"reason": ""}, "required"),
        ({"hazards": []}, "required"),
        ({"divisions": ["99"]}, "division-unknown"),
        ({"vertical": "x"}, "not-a-choice"),
        ({"test_items": [{"item": "强度"}]}, "test-item-unnamed"),
        ({"test_items": [{"item": "强度", "method": "A", "limit": "3"}]}, "limit-without-side"),
        ({"test_items": [{"item": "强度", "method": "A", "confidence": "sure"}]}, "confidence-unknown"),
        ({"test_items": [{"item": "强度", "method": "A"}] * 2}, "test-item-twice"),
    ],
)
def test_an_item_that_breaks_a_rule_is_refused(keeper, changes, fault):
    assert refused(actions.propose_item, by=keeper, row=item_row(**changes)) == fault
    assert CatalogueItem.objects.count() == 0


def test_nothing_is_issued_without_candidates_or_reason(keeper):
    assert refused(issue, by=keeper) == "nothing-to-issue"
    actions.propose_item(by=keeper, row=item_row())
    assert refused(issue, by=keeper, reason=" ") == "required"
    issue(keeper)
    assert refused(issue, by=keeper) == "nothing-to-supplement"
    assert CatalogueIssue.objects.count() == 1


def test_an_issued_item_is_never_changed_and_a_supplement_says_what_holds(keeper):
    actions.propose_item(by=keeper, row=item_row(1))
    issue(keeper)
    first = CatalogueItem.objects.get()

    actions.propose_item(by=keeper, row=item_row(1, reason="新增风险"))
    assert [item.reason for item in queries.catalogue(region=PROVINCE, year=2026)] == ["上年抽查不合格较多"]
    issue(keeper, reason="风险上升")

    assert [item.reason for item in queries.catalogue(region=PROVINCE, year=2026)] == ["新增风险"]
    assert CatalogueItem.objects.get(pk=first.pk).reason == "上年抽查不合格较多"
    assert Entry.objects.latest("seq").verb == "registry.catalogue_supplemented"
    with pytest.raises(TypeError):
        CatalogueItem.objects.get(pk=first.pk).save()
    with pytest.raises(TypeError):
        first.delete()


def test_the_same_words_as_the_issued_item_are_no_candidate(keeper):
    actions.propose_item(by=keeper, row=item_row(1))
    issue(keeper)
    count = Entry.objects.count()

    actions.propose_item(by=keeper, row=item_row(1))

    assert CatalogueItem.objects.filter(state="candidate").count() == 0
    assert Entry.objects.count() == count


def test_an_item_is_taken_out_by_a_supplement_and_may_come_back(keeper):
    for n in (1, 2):
        actions.propose_item(by=keeper, row=item_row(n))
    issue(keeper)
    item = CatalogueItem.objects.get(code="K-01")

    actions.drop_item(by=keeper, item=item, reason="风险消除")

    assert holding() == ["K-02"]
    assert Entry.objects.latest("seq").detail["taken_out"] == ["K-01"]
    assert refused(actions.drop_item, by=keeper, item=item, reason="再次") == "item-not-issued"
    actions.propose_item(by=keeper, row=item_row(1))
    issue(keeper, reason="风险再现")
    assert holding() == ["K-01", "K-02"]


def test_a_dropped_candidate_is_not_issued_and_gives_up_its_place(keeper):
    for n in (1, 2):
        actions.propose_item(by=keeper, row=item_row(n))
    actions.drop_item(by=keeper, item=CatalogueItem.objects.get(code="K-01"), reason="缺少依据")
    assert CatalogueItem.objects.get(code="K-01").state == "dropped"

    actions.propose_item(by=keeper, row=item_row(1, name="再提"))
    issue(keeper)

    assert holding() == ["K-01", "K-02"]
    assert CatalogueItem.objects.get(code="K-01").name == "再提"


def test_a_candidate_dropped_after_the_issue_takes_nothing_out(keeper):
    actions.propose_item(by=keeper, row=item_row(1))
    issue(keeper)
    actions.propose_item(by=keeper, row=item_row(1, name="改"))
    waiting = CatalogueItem.objects.get(state="candidate")
    issued = CatalogueItem.objects.get(state="issued")
    assert refused(actions.drop_item, by=keeper, item=issued, reason="停") == "candidate-waits"

    actions.drop_item(by=keeper, item=waiting, reason="不改了")
    actions.propose_item(by=keeper, row=item_row(2))
    issue(keeper, reason="补充")

    assert holding() == ["K-01", "K-02"]


def test_the_year_before_is_copied_as_candidates_once(keeper):
    assert refused(actions.copy_year, by=keeper, region=PROVINCE, year=2026) == "no-year-before"
    for n in (1, 2):
        actions.propose_item(by=keeper, row=item_row(n, year=2025))
    issue(keeper, 2025)

    first = actions.copy_year(by=keeper, region=PROVINCE, year=2026)
    second = actions.copy_year(by=keeper, region=PROVINCE, year=2026)

    assert (first.created, second.unchanged, second.entry) == (2, 2, None)
    assert CatalogueItem.objects.filter(year=2026, state="candidate").count() == 2


def test_building_materials_become_candidates_with_source_and_confidence(keeper):
    made = actions.propose_building_materials(by=keeper, region=PROVINCE, year=2026)

    cement = CatalogueItem.objects.get(code="BM-cement")
    assert made.created == CatalogueItem.objects.filter(vertical="building_material").count() >= 9
    assert (cement.vertical, cement.divisions) == ("building_material", ["30"])
    assert "2015" in cement.source
    assert all(test["confidence"] == "memory" and test["limit"] is None for test in cement.test_items)
    again = actions.propose_building_materials(by=keeper, region=PROVINCE, year=2026)
    assert again.unchanged == made.created


def test_a_list_of_items_is_imported_once(keeper):
    rows = [item_row(1), item_row(2)]

    first = actions.import_items(by=keeper, rows=rows, source="表")
    second = actions.import_items(by=keeper, rows=rows, source="表")
    third = actions.import_items(by=keeper, rows=[item_row(2, name="改")], source="表")

    assert (first.created, second.unchanged, third.updated) == (2, 2, 1)


def test_two_years_are_compared_by_code(keeper):
    for row in (item_row(1, year=2025), item_row(2, year=2025), item_row(3, year=2025)):
        actions.propose_item(by=keeper, row=row)
    issue(keeper, 2025)
    for row in (item_row(1), item_row(2, reason="另因"), item_row(4)):
        actions.propose_item(by=keeper, row=row)
    issue(keeper)

    found = rules_catalogue.compare(*(queries.catalogue(region=PROVINCE, year=year) for year in (2025, 2026)))

    assert [(one.item.code, one.change, one.fields) for one in found] == [
        ("K-01", "same", ()),
        ("K-02", "changed", ("reason",)),
        ("K-03", "dropped", ()),
        ("K-04", "added", ()),
    ]


def test_a_county_does_not_write_the_catalogue_of_its_province(officer, keeper):
    actions.propose_item(by=keeper, row=item_row())
    item = CatalogueItem.objects.get()
    for act, said in (
        (actions.propose_item, {"row": item_row(2)}),
        (actions.drop_item, {"item": item, "reason": "x"}),
        (actions.issue_catalogue, {"region": PROVINCE, "year": 2026, "reason": "x"}),
        (actions.copy_year, {"region": PROVINCE, "year": 2026}),
        (actions.propose_building_materials, {"region": PROVINCE, "year": 2026}),
        (actions.import_items, {"rows": [item_row(2)], "source": "表"}),
    ):
        with pytest.raises(NotAllowed):
            act(by=officer, **said)
