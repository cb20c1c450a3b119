"""Allocation is exact, every class has a floor above zero, and a second draw needs an aborted first."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput, Conflict, RuleRefused
from zhiheng.stages.draw import rules

FRACTIONS = {"A": [1, 100], "B": [1, 20], "C": [1, 10], "D": [1, 1]}


@pytest.mark.parametrize(
    ("strata", "minimum", "expected"),
    [
        ({"A": 1000, "B": 400, "C": 100, "D": 7}, 3, {"A": 10, "B": 20, "C": 10, "D": 7}),
        ({"A": 1001, "B": 401}, 3, {"A": 11, "B": 21}),
        ({"A": 30, "D": 2}, 5, {"A": 5, "D": 2}),
        ({"A": 3, "B": 0}, 5, {"A": 3}),
        ({"A": 1}, 1, {"A": 1}),
    ],
)
def test_allocation_rounds_up_keeps_the_floor_and_never_passes_the_population(strata, minimum, expected):
    shares = rules.allocation(strata, FRACTIONS, minimum)

    assert {share.stratum: share.sample for share in shares} == expected


@given(
    strata=st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 10**7), min_size=1).filter(
        lambda strata: any(strata.values())
    ),
    pairs=st.fixed_dictionaries(
        {
            name: st.tuples(st.integers(1, 999), st.integers(1, 999)).map(lambda pair: sorted(pair))
            for name in "ABCD"
        }
    ),
    minimum=st.integers(1, 50),
)
def test_every_unit_of_every_class_has_a_probability_of_at_least_its_stated_fraction(strata, pairs, minimum):
    shares = rules.allocation(strata, pairs, minimum)

    assert {share.stratum for share in shares} == {name for name, count in strata.items() if count}
    for share in shares:
        assert share.probability == Fraction(share.sample, share.population)
        assert Fraction(*pairs[share.stratum]) <= share.probability <= 1
        assert share.sample >= min(minimum, share.population)
        assert share.probability * share.population == share.sample
        without_last = Fraction(share.sample - 1, share.population)
        assert share.sample <= minimum or without_last < Fraction(*pairs[share.stratum])


def test_a_class_without_a_stated_fraction_is_refused_by_name():
    with pytest.raises(RuleRefused, match="stratum E") as refused:
        rules.allocation({"A": 10, "E": 3}, FRACTIONS, 1)

    assert refused.value.facts["stratum"] == "E"


@pytest.mark.parametrize("pair", [[0, 5], [6, 5], [1], [0.5, 1], ["1", "2"], [-1, -1]])
def test_a_fraction_that_is_no_share_is_refused(pair):
    with pytest.raises(BadInput, match="no sampling fraction"):
        rules.allocation({"A": 10}, {"A": pair}, 1)


def test_a_minimum_of_zero_is_refused():
    with pytest.raises(BadInput, match="minimum"):
        rules.allocation({"A": 10}, FRACTIONS, 0)


def test_an_empty_frame_is_refused():
    with pytest.raises(RuleRefused, match="no unit"):
        rules.allocation({"A": 0}, FRACTIONS, 1)


@pytest.mark.parametrize(("sample", "population"), [(0, 5), (6, 5), (-1, 5), (0, 0)])
def test_zero_and_more_than_one_are_no_probabilities(sample, population):
    with pytest.raises(BadInput):
        rules.Share("A", population, sample)


def test_a_second_draw_is_refused_unless_the_first_was_aborted():
    assert rules.check_next([]) == 1
    assert rules.check_next([("330000-2024Q1-001", rules.ABORTED)]) == 2

    with pytest.raises(Conflict, match="330000-2024Q1-001"):
        rules.check_next([("330000-2024Q1-001", rules.COMMITTED)])
    with pytest.raises(Conflict, match="330000-2024Q1-001"):
        rules.check_next([("330000-2024Q1-001", rules.REVEALED)])


@pytest.mark.parametrize(("inspectors", "missing"), [([], 2), (["I1"], 1)])
def test_too_few_inspectors_are_refused_with_the_number_that_is_missing(inspectors, missing):
    with pytest.raises(RuleRefused, match=f"{missing} more needed") as refused:
        rules.check_inspectors(4, inspectors, {})

    assert refused.value.facts["missing"] == missing


def test_a_firm_whose_conflicts_leave_one_inspector_is_refused_by_its_code():
    with pytest.raises(RuleRefused, match="1 more needed") as refused:
        rules.check_inspectors(4, ["I1", "I2", "I3"], {"F1": ["I1"], "F2": ["I1", "I3"]})

    assert refused.value.facts == {"missing": 1, "unit": "F2"}


@given(units=st.integers(1, 400), inspectors=st.integers(2, 60))
def test_the_load_cap_always_leaves_two_inspectors_with_room(units, inspectors):
    cap = rules.load_cap(units, inspectors)
    taken_before_the_last_unit = 2 * (units - 1)

    assert inspectors * cap - taken_before_the_last_unit > cap


def test_a_short_beacon_is_refused():
    with pytest.raises(BadInput, match="12 are the least"):
        rules.check_beacon(b"01 02 03")


def test_a_serial_number_names_region_period_and_number():
    assert rules.serial("330000", "2024Q1", 12) == "330000-2024Q1-012"

    with pytest.raises(BadInput):
        rules.serial("330000", "2024Q5", 1)
