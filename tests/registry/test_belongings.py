"""Sites, roles and brands hold for a time; batches belong to products; all come one by one or as a list."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed
from zhiheng.ledger.models import Entry
from zhiheng.stages.registry import actions, queries
from zhiheng.stages.registry.models import Batch, Brand, Product, Site, SubjectRole

from .conftest import COUNTY, code, product_row, subject_row

pytestmark = pytest.mark.django_db
FIRST = dt.date(2026, 1, 5)
SITE = {"kind": "factory", "address": "文三路388号", "region": COUNTY, "valid_from": FIRST}
ROLE = {"kind": "producer", "valid_from": FIRST}
BRAND = {"name": "甬江", "mark_no": "1234567", "valid_from": FIRST}
BATCH = {
    "number": "20260105-A",
    "made_on": FIRST,
    "expires_on": dt.date(2027, 1, 4),
    "quantity": Decimal("1200"),
    "unit": "套",
}
ALL = [("sites", SITE, Site), ("roles", ROLE, SubjectRole), ("brands", BRAND, Brand)]


def add(by, subject, kind, row, **changes):
    return actions.add_belonging(by=by, subject=subject, kind=kind, row=row | changes)


@pytest.fixture
def product(officer, subject):
    actions.import_products(by=officer, rows=[product_row()], source="产品")
    return Product.objects.select_related("subject").get()


@pytest.mark.parametrize(("kind", "row", "model"), ALL)
def test_what_a_subject_has_is_added_and_ended_with_entries(officer, subject, kind, row, model):
    made = add(officer, subject, kind, row)

    actions.end_belonging(by=officer, kind=kind, thing=made, on=dt.date(2026, 2, 28))

    held = model.objects.get()
    assert (held.valid_from, held.valid_until) == (FIRST, dt.date(2026, 2, 28))
    assert held.end_recorded_at is not None
    verbs = [entry.verb for entry in ledger.timeline("subject", subject.pk)]
    assert verbs[:2] == [f"registry.{kind[:-1]}_ended", f"registry.{kind[:-1]}_added"]


@pytest.mark.parametrize(("kind", "row", "model"), ALL)
def test_the_same_twice_is_refused(officer, subject, kind, row, model):
    add(officer, subject, kind, row)

    with pytest.raises(Conflict) as refusal:
        add(officer, subject, kind, row)

    assert refusal.value.code == "stands-already"
    assert model.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "row", "rule"),
    [
        ("sites", SITE | {"kind": "castle"}, "not-a-choice"),
        ("sites", SITE | {"address": ""}, "required"),
        ("sites", SITE | {"region": "330000"}, "region-level"),
        ("sites", SITE | {"valid_from": None}, "required"),
        ("sites", SITE | {"valid_until": dt.date(2026, 1, 4)}, "days-turned"),
        ("roles", ROLE | {"kind": ""}, "required"),
        ("brands", BRAND | {"name": "甲\t乙"}, "not-plain"),
        ("brands", BRAND | {"mark_no": "1" * 41}, "too-long"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_stored(officer, subject, kind, row, rule):
    before = Entry.objects.count()

    with pytest.raises(BadInput) as refusal:
        add(officer, subject, kind, row)

    assert refusal.value.code == rule
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("on", "rule"), [(dt.date(2026, 1, 4), "days-turned"), (dt.date(2026, 3, 3), "day-to-come")]
)
def test_an_end_comes_after_the_beginning_and_has_come(officer, subject, on, rule):
    made = add(officer, subject, "sites", SITE)

    with pytest.raises(BadInput) as refusal:
        actions.end_belonging(by=officer, kind="sites", thing=made, on=on)

    assert refusal.value.code == rule


def test_an_end_is_told_once(officer, subject):
    made = add(officer, subject, "sites", SITE)
    actions.end_belonging(by=officer, kind="sites", thing=made, on=dt.date(2026, 2, 1))

    with pytest.raises(BadInput) as refusal:
        actions.end_belonging(by=officer, kind="sites", thing=made, on=dt.date(2026, 2, 2))

    assert refusal.value.code == "ended-already"


def test_an_end_without_its_time_cannot_stand_in_the_database(officer, subject):
    made = add(officer, subject, "sites", SITE)

    with pytest.raises(IntegrityError), transaction.atomic():
        Site.objects.filter(pk=made.pk).update(valid_until=FIRST)


def test_people_of_other_regions_add_end_and_see_nothing(officer, stranger, subject, product):
    made = add(officer, subject, "sites", SITE)

    with pytest.raises(NotAllowed):
        add(stranger, subject, "brands", BRAND)
    with pytest.raises(NotAllowed):
        actions.end_belonging(by=stranger, kind="sites", thing=made, on=FIRST)
    with pytest.raises(NotAllowed):
        actions.add_batch(by=stranger, product=product, row=BATCH)
    with pytest.raises(NotAllowed):
        actions.import_sites(by=stranger, rows=[SITE | {"subject": subject.code}], source="表")
    assert not queries.belongings(stranger, "sites").exists()
    assert not queries.batches(stranger).exists()


def test_nothing_is_added_to_a_merged_subject(officer, subject, system):
    other = actions.register_subject(by=system, row=subject_row(2))
    actions.merge_subjects(by=officer, gone=other, kept=subject, reason="同一执照")
    other.refresh_from_db()

    with pytest.raises(BadInput) as refusal:
        add(officer, other, "sites", SITE)

    assert refusal.value.code == "merged-already"
    assert subject.code in refusal.value.cause


def test_a_batch_belongs_to_a_product_once(officer, product):
    actions.add_batch(by=officer, product=product, row=BATCH)

    with pytest.raises(Conflict):
        actions.add_batch(by=officer, product=product, row=BATCH)
    assert next(entry.verb for entry in ledger.timeline("product", product.pk)) == "registry.batch_added"
    assert Batch.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"number": ""}, "required"),
        ({"expires_on": dt.date(2026, 1, 4)}, "days-turned"),
        ({"quantity": Decimal("0")}, "quantity"),
        ({"quantity": None}, "quantity-with-unit"),
        ({"unit": ""}, "quantity-with-unit"),
    ],
)
def test_a_wrong_batch_is_refused(officer, product, changes, rule):
    with pytest.raises(BadInput) as refusal:
        actions.add_batch(by=officer, product=product, row=BATCH | changes)

    assert refusal.value.code == rule
    assert Batch.objects.count() == 0


def test_lists_enter_what_is_new_and_leave_the_rest_alone(officer, subject, product):
    sites = [SITE | {"subject": code(1)}, SITE | {"subject": code(1), "kind": "warehouse"}]
    batches = [BATCH | {"subject": code(1), "product": "轴承", "model": "6204"}]

    first = actions.import_sites(by=officer, rows=sites, source="表")
    again = actions.import_sites(by=officer, rows=sites, source="表")
    brands = actions.import_brands(by=officer, rows=[BRAND | {"subject": code(1)}], source="表")
    goods = actions.import_batches(by=officer, rows=batches, source="表")
    once = actions.import_batches(by=officer, rows=batches, source="表")

    assert (first.created, again.created, again.unchanged) == (2, 0, 2)
    assert again.entry is None
    assert (brands.created, goods.created, once.unchanged) == (1, 1, 1)
    assert first.entry in ledger.timeline("subject", subject.pk)


def test_a_list_that_names_what_is_not_there_stores_nothing(officer, product):
    good = SITE | {"subject": code(1)}

    with pytest.raises(BadInput) as stranger:
        actions.import_sites(by=officer, rows=[good, SITE | {"subject": code(8)}], source="表")
    with pytest.raises(BadInput) as goods:
        actions.import_batches(
            by=officer, rows=[BATCH | {"subject": code(1), "product": "齿轮", "model": ""}], source="表"
        )

    assert (stranger.value.code, goods.value.code) == ("code-unknown", "product-unknown")
    assert Site.objects.count() == 0


def test_a_batch_that_stands_with_other_values_is_not_overwritten(officer, product):
    row = BATCH | {"subject": code(1), "product": "轴承", "model": "6204"}
    actions.import_batches(by=officer, rows=[row], source="表")

    with pytest.raises(BadInput) as refusal:
        actions.import_batches(by=officer, rows=[row | {"quantity": Decimal("9")}], source="表")

    assert refusal.value.code == "batch-differs"
