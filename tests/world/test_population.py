"""The synthetic country is the same however it is asked for, and its truth is exact."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from zhiheng.errors import BadInput, UnknownCode
from zhiheng.formats import identifiers
from zhiheng.reference import parameters
from zhiheng.world import Columns, Population, assumptions, country
from zhiheng.world.card import COLUMNS, card
from zhiheng.world.streams import BLOCK

SEED = 20230206
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def small() -> Population:
    return Population(seed=SEED, firms=2000, regions="330000")


@pytest.fixture(scope="module")
def nation() -> Population:
    return Population(seed=SEED, firms=300_000)


def same(one: Columns, other: Columns) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(Columns))


@given(st.integers(40, 5000))
@settings(max_examples=15, deadline=None)
def test_batches_of_any_size_hold_the_same_firms(size):
    population = Population(seed=3, firms=4000, regions="440000")

    assert same(Columns.join(list(population.batches(size))), population.columns)


def test_a_small_country_is_the_head_of_a_larger_one():
    large = Population(seed=5, firms=BLOCK + 700)
    small = Population(seed=5, firms=700)

    assert same(large.between(0, 700), small.columns)
    assert np.array_equal(large.passes(0, 4)[:700], small.passes(0, 4))


def test_a_batch_across_blocks_joins_their_firms():
    population = Population(seed=5, firms=BLOCK + 700)

    across = population.between(BLOCK - 2, BLOCK + 2)

    assert across.serial.tolist() == [BLOCK - 2, BLOCK - 1, BLOCK, BLOCK + 1]
    assert same(across.take(slice(2, 4)), population.block(1).take(slice(0, 2)))


def test_chosen_firms_come_in_the_order_asked_for():
    population = Population(seed=5, firms=BLOCK + 700)
    indices = np.array([BLOCK + 5, 3, BLOCK, 9])

    found = population.firms_at(indices)

    assert found.serial.tolist() == indices.tolist()
    assert same(found.take(slice(1, 2)), population.between(3, 4))


def test_another_seed_is_another_country(small):
    other = Population(seed=SEED + 1, firms=2000, regions="330000")

    assert not np.array_equal(small.columns.division, other.columns.division)


def test_shares_are_the_published_ones(nation):
    columns = nation.columns
    for name, parameter, order in (
        ("size", "firm_share_by_size", assumptions.SIZES),
        ("credit_class", "credit_class_share", assumptions.CLASSES),
    ):
        seen = np.bincount(getattr(columns, name), minlength=len(order)) / len(columns)
        expected = [parameters.shares(parameter)[key] for key in order]
        assert seen == pytest.approx(expected, abs=0.003)


def test_every_firm_lies_in_the_region_and_divisions_asked_for(small):
    assert set(small.columns.region // 10_000) == {33}
    assert set(small.columns.division) <= set(range(13, 42))
    assert Population(seed=1, firms=400, divisions=("42", "43")).columns.division.min() == 42


def test_output_is_heavy_tailed_and_grows_with_size(small):
    output, size = small.columns.output_value, small.columns.size
    largest = np.sort(output)[-len(output) // 20 :]

    assert output.min() > 0
    assert largest.sum() > 0.3 * output.sum()
    assert np.median(output[size == 0]) > 5 * np.median(output[size == 1]) > 10 * np.median(output[size == 2])


def test_the_nation_starts_at_the_published_level_and_improves(nation):
    by_year = [nation.truth(year).output_weighted for year in ("2023", "2024", "2025")]

    assert by_year[:2] == pytest.approx([0.9365, 0.9393], abs=0.001)
    assert by_year == sorted(by_year)


def test_the_raw_rate_of_the_default_draw_looks_twice_as_bad(nation):
    fraction = np.array([float(f) for f in parameters.sampling_fractions().values()])
    fails = ~np.concatenate([nation.passes(b, 0) for b in range(nation.blocks)])
    drawn = fraction[nation.columns.credit_class]

    assert (drawn * fails).sum() / drawn.sum() == pytest.approx(0.12, abs=0.01)
    assert fails.mean() == pytest.approx(0.064, abs=0.004)


def test_failure_keeps_the_published_ratios_of_size(nation):
    parts = nation.truth("2023Q1", "size").parts
    published = parameters.value("failure_by_size")

    for one, other in (("medium", "small"), ("large", "small")):
        seen = (1 - parts[one].unit_weighted) / (1 - parts[other].unit_weighted)
        assert seen == pytest.approx(published[one] / published[other], rel=0.35)


def test_the_level_solves_for_the_national_rate():
    made = country.make(SEED, ("330000",), ("13", "17", "39"))
    half = made.level(0.03)

    assert made.level(0.06) > 1.9 * half


def test_the_truth_is_a_count_and_its_parts_add_up(small):
    passed = small.passes(0, 4)
    truth = small.truth("2024Q1", "division")
    columns = small.columns
    codes = np.unique(columns.division)
    value = np.array([columns.output_value[columns.division == d].sum(dtype=float) for d in codes])
    rate = np.array([passed[columns.division == d].mean() for d in codes])

    assert truth.unit_weighted == pytest.approx(passed.mean())
    assert truth.output_weighted == pytest.approx(value @ rate / value.sum())
    assert [part.unit_weighted for part in truth.parts.values()] == pytest.approx(rate.tolist())
    assert sum(part.firms for part in truth.parts.values()) == truth.firms == 2000


def test_the_truth_of_a_year_is_that_of_its_quarters(small):
    quarters = [small.truth(f"2024Q{q}").output_weighted for q in (1, 2, 3, 4)]

    assert small.truth("2024").output_weighted == pytest.approx(np.mean(quarters))


@pytest.mark.parametrize("by", ["region", "province", "size", "credit_class", "channel"])
def test_truth_can_be_asked_by_any_attribute(small, by):
    truth = small.truth("2023Q1", by)
    weighted = sum(p.firms * p.unit_weighted for p in truth.parts.values()) / truth.firms

    assert weighted == pytest.approx(truth.unit_weighted)


def test_codes_pass_the_check_and_names_are_marked(small):
    head = small.between(0, 50)

    for code in small.codes(head):
        identifiers.check_uscc(str(code), demo=True)
    assert len(set(small.codes(head))) == 50
    assert all("演示" in name and name.endswith("有限公司") for name in small.names(head))
    assert len(set(small.names(head))) > 45


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"firms": 0}, BadInput),
        ({"firms": 10**8}, BadInput),
        ({"seed": -1}, BadInput),
        ({"seed": 2**64}, BadInput),
        ({"regions": "999998"}, UnknownCode),
        ({"divisions": ("99",)}, UnknownCode),
        ({"regions": "710000"}, BadInput),
    ],
)
def test_a_country_that_cannot_be_is_refused(wrong, error):
    with pytest.raises(error):
        Population(**({"seed": 1, "firms": 10} | wrong))


@pytest.mark.parametrize(
    "ask",
    [
        lambda p: p.truth("2024Q5"),
        lambda p: p.truth("2022"),
        lambda p: p.truth("24Q1"),
        lambda p: p.truth("2024", "colour"),
        lambda p: p.between(5, 5),
        lambda p: p.between(0, 2001),
        lambda p: next(p.batches(0)),
        lambda p: p.firms_at(np.array([2000])),
        lambda p: p.firms_at(np.array([], dtype=int)),
        lambda p: p.outcomes(np.array([-1]), "2024Q1"),
        lambda p: p.outcomes(np.array([1]), "2024"),
        lambda p: p.failure_probability(p.columns, "2024"),
    ],
)
def test_what_the_country_does_not_know_is_refused(small, ask):
    with pytest.raises(BadInput):
        ask(small)


def test_the_kept_card_is_the_one_this_generator_makes(small):
    kept = json.loads((ROOT / "tests/data/shapes/population.json").read_text("utf-8"))
    schema = json.loads((ROOT / "zhiheng/formats/schemas/population.schema.json").read_text("utf-8"))

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(kept)
    assert kept == card(small, "2024")


def test_the_card_lists_the_columns_that_there_are(small):
    found = [(f.name, str(getattr(small.columns, f.name).dtype)) for f in fields(Columns)]

    assert [(name, kind) for name, kind, _, _ in COLUMNS] == found


def test_the_page_names_every_field_of_the_card():
    text = (ROOT / "docs/shapes/population.md").read_text("utf-8")
    schema = json.loads((ROOT / "zhiheng/formats/schemas/population.schema.json").read_text("utf-8"))
    names = set(schema["properties"]) | set(schema["properties"]["truth"]["properties"])
    names |= set(schema["properties"]["head"]["items"]["properties"])

    assert [name for name in sorted(names) if f"`{name}`" not in text] == []
