"""Regions: the tree of parents and the ranges of codes tell the same story."""

from __future__ import annotations

import pytest

from zhiheng.errors import UnknownCode
from zhiheng.reference import regions


def test_the_list_holds_the_nation_34_provinces_342_prefectures_and_2975_counties():
    levels = [region.level for region in regions.all()]

    assert {level: levels.count(level) for level in set(levels)} == {
        "nation": 1,
        "province": 34,
        "city": 342,
        "county": 2975,
    }


def test_every_region_lies_in_the_range_of_each_of_its_ancestors():
    for region in regions.all():
        for above in regions.path(region.code):
            low, high = regions.span(above.code)
            assert low <= region.code <= high, (above.code, region.code)


def test_no_region_lies_in_the_range_of_one_that_is_not_its_ancestor():
    ancestors = {region.code: {above.code for above in regions.path(region.code)} for region in regions.all()}
    cities = {region.code for region in regions.all() if region.level == "city"}
    provinces = {region.code for region in regions.provinces()}

    for code, above in ancestors.items():
        inside = {code[:2] + "0000"} & provinces | {code[:4] + "00"} & cities
        assert inside <= above, code


def test_a_path_runs_from_the_nation_to_the_region():
    assert [region.zh for region in regions.path("330106")] == ["全国", "浙江省", "杭州市", "西湖区"]
    assert [region.code for region in regions.path("000000")] == ["000000"]


@pytest.mark.parametrize(
    ("code", "span"),
    [
        ("000000", ("000000", "999999")),
        ("330000", ("330000", "339999")),
        ("330100", ("330100", "330199")),
        ("330106", ("330106", "330106")),
    ],
)
def test_a_span_is_the_range_of_codes_inside(code, span):
    assert regions.span(code) == span


def test_containment_holds_downwards_and_for_the_region_itself():
    assert regions.contains("000000", "330106")
    assert regions.contains("330000", "330106")
    assert regions.contains("330106", "330106")
    assert not regions.contains("330106", "330000")
    assert not regions.contains("320000", "330106")


def test_statistical_rows_that_are_no_government_are_marked():
    marked = {region.code: region.zh for region in regions.all() if region.placeholder}

    assert len(marked) == 9
    assert marked["110100"] == "市辖区"
    assert marked["500200"] == "县"
    assert marked["659000"] == "自治区直辖县级行政区划"


def test_children_lead_back_to_their_parent():
    for region in regions.provinces():
        assert all(child.parent == region.code for child in regions.children(region.code))
    assert regions.children("330106") == ()


def test_the_34_provinces_have_names_in_english():
    names = [region.en for region in regions.provinces()]

    assert len(names) == len(set(names)) == 34
    assert all(names)
    assert regions.get("330106").en is None


def test_the_corps_reports_and_is_no_region():
    units = regions.reporting_units()

    assert len(units) == 32
    assert units[-1].zh == "新疆生产建设兵团"
    assert units[-1].region is None
    assert {unit.region for unit in units} - {None} == {r.code for r in regions.reporting_provinces()}


def test_the_tile_grid_gives_each_province_its_own_square():
    tiles = regions.tile_grid()

    assert {tile.code for tile in tiles} == {region.code for region in regions.provinces()}
    assert len({(tile.col, tile.row) for tile in tiles}) == 34
    assert all(len(tile.short) == 1 for tile in tiles)


@pytest.mark.parametrize("code", ["999999", "33", "", "XPCC", None, 330000])
def test_an_unknown_code_is_refused_with_a_remedy(code):
    with pytest.raises(UnknownCode) as refusal:
        regions.get(code)

    assert "GB/T 2260" in refusal.value.remedy


def test_an_unknown_code_is_refused_on_either_side_of_containment():
    with pytest.raises(UnknownCode):
        regions.contains("999999", "330000")
    with pytest.raises(UnknownCode):
        regions.contains("330000", "339999")
