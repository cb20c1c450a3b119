"""The matrix of market entry and the categories of building materials say only what they can source."""

from __future__ import annotations

from datetime import date

import pytest

from zhiheng.errors import UnknownCode
from zhiheng.reference import industries, market_routes, verticals

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("name", "routes"),
    [
        ("普通硅酸盐水泥", ["licence"]),
        ("热轧带肋钢筋", ["licence"]),
        ("插座", ["ccc"]),
        ("等离子弧切割机", ["declaration"]),
        ("胶合板", ["free"]),
        ("阻燃聚氯乙烯绝缘电缆", ["licence", "ccc"]),
        ("雨伞", []),
        ("水泥制品", []),
        ("危险化学品包装物", ["licence"]),
    ],
)
def test_a_name_leads_to_its_routes(name, routes):
    assert [route.route for route in market_routes.find(name, DAY)] == routes


def test_the_longest_word_wins():
    assert [route.category for route in market_routes.find("电线组件", DAY)] == ["ccc_cord_set"]


def test_a_row_does_not_hold_before_its_day():
    assert market_routes.find("移动电源", date(2024, 7, 31)) == ()
    assert [route.category for route in market_routes.find("移动电源", date(2024, 8, 1))] == [
        "ccc_power_bank"
    ]


def test_every_row_is_whole_and_none_claims_a_text_that_was_not_read():
    found = market_routes.all()

    assert len({route.category for route in found}) == len(found)
    for route in found:
        assert route.route in market_routes.WAYS
        assert route.zh and route.en and route.keywords and route.instrument_zh and route.instrument
        assert route.confidence in {"secondary", "memory"}
        assert bool(route.note) == bool(route.note_zh)


def test_an_unknown_category_is_refused():
    assert market_routes.get("cement").zh == "水泥"
    with pytest.raises(UnknownCode):
        market_routes.get("nothing")


def test_building_materials_have_divisions_hazards_and_items():
    found = verticals.building_materials()

    assert {"rebar", "cement", "cable", "insulation"} <= {one.code for one in found}
    for one in found:
        assert one.items and one.hazard_zh and one.hazard and one.keywords
        assert all(industries.get(code) for code in one.divisions)
        for item in one.items:
            assert item.method and item.confidence == "memory" and item.source and item.source_zh
            assert bool(item.limit) == (item.limit_kind in {"upper", "lower"})
