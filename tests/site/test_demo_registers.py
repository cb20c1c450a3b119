"""What the demonstration tests, its laboratories are recognised for; its catalogues are marked invented."""

from __future__ import annotations

from datetime import date

import pytest

from zhiheng.people import clock
from zhiheng.people.scope import System
from zhiheng.site.demo import field, registers
from zhiheng.site.demo.scale import SCALES
from zhiheng.stages.registry import queries, queries_catalogue
from zhiheng.stages.registry.models import CatalogueItem, Lab
from zhiheng.world.words import PRODUCTS

pytestmark = pytest.mark.django_db
BY = System("demo")


@pytest.fixture(autouse=True)
def a_demo(settings):
    settings.DEMO = True
    with clock.at("2023-01-03T14:00:00+08:00"):
        yield


def test_every_item_that_is_tested_stands_in_the_scope_of_every_laboratory():
    scale = SCALES["nation"]

    counted = registers.fill(scale, BY)

    assert counted == {"labs": 3 * len(scale.offices), "scopes": 3 * len(scale.offices) * len(PRODUCTS)}
    assert Lab.objects.filter(code=field.lab("330000")).exists()
    for product in PRODUCTS.values():
        asked = {"item": product.item, "method": field.METHOD, "on": date(2026, 11, 26)}
        assert queries.covers(field.lab("330000", 2), **asked) is True


def test_the_second_catalogue_adds_and_drops_and_both_say_that_they_are_invented():
    scale = SCALES["small"]
    for year in (2023, 2024):
        registers.issue_catalogue(scale, BY, year)

    found = queries_catalogue.published(scale.region, 2024)

    changes = {(row.item.code, row.change) for row in found.changes if row.change != "same"}
    assert changes == {("DEMO-14", "dropped"), ("DEMO-20", "added"), ("DEMO-29", "added")}
    for item in CatalogueItem.objects.all():
        assert "演示" in item.name and "演示" in item.reason and "演示" in item.source
