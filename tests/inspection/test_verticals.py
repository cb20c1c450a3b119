"""Building materials run through the same loop as all goods, and one page shows the whole vertical."""

from __future__ import annotations

import pytest

from tests.draw import campaign
from tests.draw.conftest import *  # noqa: F403 - its fixtures build the province of the draw
from tests.draw.conftest import NOON, REGION
from zhiheng.formats import units
from zhiheng.people import clock
from zhiheng.reference import verticals as reference
from zhiheng.stages.inspection import actions, verticals
from zhiheng.stages.inspection.models import Case, Visit
from zhiheng.stages.inspection.rules import Finding, Measurement
from zhiheng.stages.registry import actions as registry
from zhiheng.stages.registry.models import CatalogueItem, Product, Subject

MATERIALS = {"rebar": "31", "cement": "30", "cable": "38", "insulation": "29"}
GOODS = {"rebar": "热轧带肋钢筋", "cement": "水泥", "cable": "电线电缆", "insulation": "保温板"}


@pytest.fixture
def issued(province):
    """Forty makers of four materials, the catalogue of building materials issued for the year."""
    names = list(MATERIALS)
    for place, one in enumerate(province.subjects):
        one.division = MATERIALS[names[place % 4]]
    Subject.objects.bulk_update(province.subjects, ["division"])
    Product.objects.bulk_create(
        Product(
            subject=one,
            name=f"{GOODS[names[place % 4]]}（演示）",
            division=one.division,
            recorded_at=NOON,
        )
        for place, one in enumerate(province.subjects)
    )
    registry.propose_building_materials(by=province.officer, region=REGION, year=2025)
    registry.issue_catalogue(by=province.officer, region=REGION, year=2025, reason="building materials")
    return province


def inspected(office, name: str):
    """Draw the makers of one material, sample all of them and let the first fail at its first test item."""
    goods = CatalogueItem.objects.get(code=f"BM-{name}")
    duty = campaign.duty(office.officer, goods, quota=8, purpose="enforcement")
    draw = campaign.draw(office.officer, duty)
    actions.open_visits(by=office.officer, draw=draw)
    tested, seals = goods.test_items[0], {}
    for place, chosen in enumerate(draw.selections.filter(is_reserve=False).order_by("unit_code")):
        seals[chosen.unit_code] = f"BM-{name}-{place}"
    day = clock.today()
    actions.record_visits_bulk(
        by=office.officer,
        draw=draw,
        rows=[(unit, Finding("sampled", day, GOODS[name], seal, "LAB-1")) for unit, seal in seals.items()],
    )
    rows = [
        Measurement(
            seal,
            tested["item"],
            tested["method"],
            "9" if place else "11",
            tested["unit"] or "1",
            "10",
            "upper",
            day,
            "LAB-1",
        )
        for place, seal in enumerate(seals.values())
    ]
    actions.record_results_bulk(by=office.officer, draw=draw, rows=rows)
    return draw


@pytest.mark.parametrize("name", MATERIALS)
def test_a_material_goes_from_its_item_to_draw_result_and_case(issued, name):
    draw = inspected(issued, name)

    units = set(draw.selections.filter(is_reserve=False).values_list("subject__division", flat=True))
    assert units == {MATERIALS[name]} and draw.selections.filter(is_reserve=False).count() == 8
    case = Case.objects.get()
    assert case.visit.draw == draw and Visit.objects.filter(verdict="pass").count() == 7
    item = CatalogueItem.objects.get(code=f"BM-{name}")
    assert item.hazards and all(row["confidence"] == "memory" for row in item.test_items)
    row = verticals.items(issued.officer, "building_material").get(pk=item.pk)
    assert (row.draws, row.visits, row.answered, row.failing, row.cases_open) == (1, 8, 8, 1, 1)


def test_the_page_shows_items_draws_failing_samples_and_cases_of_the_vertical_alone(
    issued, client, django_assert_max_num_queries
):
    draw = inspected(issued, "cement")
    other = campaign.draw(
        issued.officer, campaign.duty(issued.officer, campaign.item(divisions=["31"], vertical="consumer"))
    )
    client.force_login(issued.officer)
    client.cookies["language"] = "en"

    with django_assert_max_num_queries(40):
        page = client.get("/office/verticals/building_material/").content.decode()

    assert draw.serial in page and other.serial not in page
    case = Case.objects.get()
    assert f"/office/cases/{case.pk}/" in page and f"/office/visits/{case.visit_id}/" in page
    assert client.get("/office/verticals/").status_code == 200
    assert client.get("/office/verticals/nothing/").status_code == 404


def test_another_region_sees_the_items_of_no_other_and_counts_nothing_of_it(issued, person, client):
    inspected(issued, "cement")

    assert not verticals.items(person(region="320000"), "building_material").exists()
    client.force_login(person(region="320000"))
    assert (
        "/office/cases/" + str(Case.objects.get().pk) not in client.get("/office/verticals/").content.decode()
    )


def test_a_county_sees_the_items_that_its_province_issued(issued, person):
    found = verticals.items(person(region="330106"), "building_material")

    assert found.count() == CatalogueItem.objects.filter(vertical="building_material").count() >= 9


def test_every_unit_of_the_vertical_can_be_reported():
    used = {tested.unit for one in reference.building_materials() for tested in one.items if tested.unit}

    assert used and used <= set(units.all())
