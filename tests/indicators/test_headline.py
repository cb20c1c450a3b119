"""The word of a change, its split, and the chance of a target: what may be said and what may not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng import errors
from zhiheng.stages.indicators import rules, telling
from zhiheng.stages.indicators.rules import attainment, contribution, peers
from zhiheng.stages.indicators.rules import headline as headlines
from zhiheng.stages.indicators.rules.contribution import Group

BEFORE = headlines.Side("2023", 0.93, 0.004, "probability", "evaluation")
AFTER = headlines.Side("2024", 0.95, 0.003, "probability", "evaluation")
BREAK = headlines.Break("2024", "old", "new", step=-0.007, step_error=0.002)

shares = st.floats(0.01, 0.99)
spreads = st.floats(1e-6, 0.1)


def test_the_unit_of_a_difference_has_no_measure_word_alone_and_has_one_behind_a_number():
    with translation.override("zh-hans"):
        assert (telling.points("%"), telling.amount("+1.30", "%")) == ("百分点", "+1.30个百分点")


def test_a_clear_change_has_its_word_and_its_interval():
    found = headlines.headline(BEFORE, AFTER)

    assert found.word == rules.UP
    assert found.lower == pytest.approx(0.02 - 1.959964 * 0.005)


@given(first=shares, second=shares, one=spreads, other=spreads)
def test_changing_sides_mirrors_the_change(first, second, one, other):
    before = replace(BEFORE, value=first, standard_error=one)
    after = replace(AFTER, value=second, standard_error=other)

    there, back = headlines.headline(before, after), headlines.headline(after, before)

    mirrored = {rules.UP: rules.DOWN, rules.DOWN: rules.UP}
    assert back.word == mirrored.get(there.word, there.word)
    assert back.difference == -there.difference
    assert (back.lower, back.upper) == (-there.upper, -there.lower)


@given(first=shares, second=shares, one=spreads, other=spreads)
def test_no_interval_that_holds_zero_has_a_word_of_a_rise_or_a_fall(first, second, one, other):
    found = headlines.headline(
        replace(BEFORE, value=first, standard_error=one), replace(AFTER, value=second, standard_error=other)
    )

    assert (found.word == rules.NOT_DISTINGUISHABLE) == (found.lower <= 0 <= found.upper)


def test_the_shared_firms_of_a_panel_make_a_change_clearer_and_too_much_is_refused():
    apart = headlines.headline(BEFORE, AFTER)
    together = headlines.headline(BEFORE, AFTER, covariance=0.5 * 0.004 * 0.003)

    assert together.upper - together.lower < apart.upper - apart.lower
    with pytest.raises(errors.BadInput):
        headlines.headline(BEFORE, AFTER, covariance=2 * 0.004 * 0.003)


@pytest.mark.parametrize(
    ("before", "refused"),
    [
        (replace(BEFORE, purpose="enforcement"), headlines.KINDS_DIFFER),
        (replace(BEFORE, basis="judgement"), headlines.KINDS_DIFFER),
        (replace(BEFORE, value=None), headlines.WITHHELD),
        (replace(BEFORE, scope="old"), headlines.NOT_BRIDGED),
    ],
)
def test_what_cannot_be_compared_says_why(before, refused):
    found = headlines.headline(before, AFTER)

    assert (found.word, found.refused) == (rules.NOT_COMPARABLE, refused)


def test_a_bridge_moves_the_earlier_value_and_brings_its_error_along():
    plain = headlines.headline(BEFORE, AFTER)

    found = headlines.headline(replace(BEFORE, scope="old"), replace(AFTER, scope="new"), breaks=[BREAK])

    assert found.before == pytest.approx(0.923)
    assert found.difference == pytest.approx(0.027)
    assert found.upper - found.lower > plain.upper - plain.lower
    assert (found.split, found.unsplit) == (None, headlines.NOT_BRIDGED)


@pytest.mark.parametrize("at", ["2022", "2025"])
def test_a_break_outside_of_the_two_periods_changes_nothing(at):
    assert headlines.headline(BEFORE, AFTER, breaks=[replace(BREAK, at=at)]) == headlines.headline(
        BEFORE, AFTER
    )


def groups(*rows):
    return [Group(name, share, rate, 0.01) for name, share, rate in rows]


@given(
    weights=st.lists(st.floats(0.05, 1), min_size=4, max_size=4),
    rates=st.lists(shares, min_size=4, max_size=4),
)
def test_rate_and_mix_add_up_and_so_do_the_groups(weights, rates):
    first, second = weights[0] / sum(weights[:2]), weights[2] / sum(weights[2:])
    before = groups(("a", first, rates[0]), ("b", 1 - first, rates[1]))
    after = groups(("b", 1 - second, rates[3]), ("a", second, rates[2]))

    found = contribution.split(before, after)

    assert found.rate.estimate + found.mix.estimate == pytest.approx(found.total.estimate, abs=1e-12)
    assert sum(one.total for one in found.by_group) == pytest.approx(found.total.estimate, abs=1e-12)


def test_a_mix_alone_can_move_a_rate_while_every_part_stands_still():
    before, after = groups(("a", 0.5, 0.95), ("b", 0.5, 0.9)), groups(("a", 0.7, 0.95), ("b", 0.3, 0.9))

    found = contribution.split(before, after)

    assert found.rate.estimate == 0
    assert found.mix.estimate == pytest.approx(0.01)


def test_other_groups_or_another_total_give_no_split():
    before, after = groups(("a", 1, 0.93)), groups(("a", 1, 0.96))

    with pytest.raises(errors.BadInput):
        contribution.split(before, groups(("b", 1, 0.9)))
    assert headlines.headline(BEFORE, AFTER, groups=(before, after)).unsplit == headlines.OTHER_TOTAL


def test_what_is_withheld_is_joined_as_the_rest_and_the_whole_comes_out_again():
    shown = groups(("a", 0.5, 0.95), ("b", 0.3, 0.9))

    whole = contribution.with_rest(shown, rate=0.92, standard_error=0.02)

    assert sum(one.share * one.rate for one in whole) == pytest.approx(0.92)
    assert sum((one.share * one.standard_error) ** 2 for one in whole) == pytest.approx(0.02**2)
    with pytest.raises(errors.BadInput):
        contribution.with_rest(shown, rate=0.2, standard_error=0.02)


def points(*values, error=0.002):
    return [attainment.Point(2019 + place, value, error) for place, value in enumerate(values)]


def test_a_series_far_above_its_target_is_likely_to_stay_and_one_far_below_unlikely_to_come():
    high = attainment.of(points(0.985, 0.986, 0.985, 0.986), 0.95, 2024)
    low = attainment.of(points(0.905, 0.906, 0.905, 0.906), 0.95, 2024)

    assert (high.colour, low.colour) == (attainment.LIKELY, attainment.UNLIKELY)
    assert high.needed_per_year == 0
    assert low.needed_per_year == pytest.approx((0.95 - 0.9055) / 2, abs=0.001)


def test_the_chance_falls_as_the_target_rises_and_equal_figures_have_equal_answers():
    rows = points(0.92, 0.93, 0.925)

    chances = [attainment.of(rows, target, 2023).at for target in (0.92, 0.95)]

    assert chances == sorted(chances, reverse=True)
    attainment._computed.cache_clear()
    assert attainment.of(rows, 0.92, 2023).by == attainment.of(list(reversed(rows)), 0.92, 2023).by


@pytest.mark.parametrize(
    ("rows", "due", "why"),
    [
        (points(0.92, 0.93), 2025, attainment.TOO_FEW),
        (points(0.92, 0.93, 0.94), 2021, attainment.DUE_PAST),
    ],
)
def test_a_chance_that_cannot_be_computed_says_why(rows, due, why):
    assert attainment.of(rows, 0.94, due).refused == why


@pytest.mark.parametrize("scale", ["logit", "identity"])
def test_a_target_of_at_most_asks_for_the_other_side(scale):
    rows = points(0.16, 0.155, 0.15, 0.143)

    most = attainment.of(rows, 0.10, 2025, scale=scale, operator="at_most")
    least = attainment.of(rows, 0.10, 2025, scale=scale)

    assert most.at == pytest.approx(1 - least.at, abs=1e-5) and most.colour == attainment.UNLIKELY
    assert (most.target, most.history) == (0.10, tuple(rows))
    assert (
        most.needed_per_year == pytest.approx((most.path[0].level - 0.10) / 3) and least.needed_per_year == 0
    )
    assert [one.level for one in most.path] == pytest.approx([one.level for one in least.path], abs=1e-5)
    assert all(one.lower < one.level < one.upper for one in most.path)
    assert most.path[3].needed == pytest.approx(0.10)


def test_a_level_below_a_target_of_at_most_is_likely_to_stay():
    found = attainment.of(points(0.031, 0.03, 0.031, 0.03), 0.10, 2025, operator="at_most")

    assert (found.colour, found.needed_per_year) == (attainment.LIKELY, 0)


def test_two_figures_of_one_year_are_refused():
    with pytest.raises(errors.BadInput):
        attainment.of([*points(0.92, 0.93), attainment.Point(2019, 0.9, 0.1)], 0.94, 2025)


@settings(max_examples=20, deadline=None)
@given(share=st.sampled_from([0.5, 0.94, 0.99]), n=st.integers(100, 10**6))
def test_an_assumed_error_is_twice_that_of_a_random_sample(share, n):
    assert attainment.assumed_error(share, n) == pytest.approx(2 * (share * (1 - share) / n) ** 0.5)


@pytest.mark.parametrize(
    ("base", "ratio", "mark"),
    [
        ((2017, 93.71), 0.867, peers.MODERATE),
        ((2020, 93.39), 1.107, peers.SUBSTANTIAL),
        ((2022, 93.29), 1.353, peers.SUBSTANTIAL),
    ],
)
def test_the_mark_of_two_end_points_depends_on_the_base_year(base, ratio, mark):
    found = peers.progress(base, (2024, 93.93), 94, 2025)

    assert found.ratio == pytest.approx(ratio, abs=0.0005)
    assert found.mark == mark


# --- what is told -------------------------------------------------------------------------------------


def test_a_change_of_complete_counts_has_no_interval_and_a_small_one_is_not_told_as_nothing():
    small = rules.Headline(rules.DOWN, difference=-0.000042, lower=-0.000042, upper=-0.000042)
    drawn = rules.Headline(rules.DOWN, difference=-0.0042, lower=-0.006, upper=-0.001)

    with translation.override("en"):
        assert telling.difference(small, "%") == (
            "lower by 0.004 percentage points; both numbers are complete counts, "
            "which no sampling makes uncertain"
        )
        assert "interval -0.60 to -0.10" in telling.difference(drawn, "%")
