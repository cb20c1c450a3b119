"""What the real data teach, held as statements: the five lessons on the published numbers themselves."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from zhiheng.reference import indicators
from zhiheng.stages.indicators import rules
from zhiheng.stages.indicators.rules import attainment, keeping, peers, published
from zhiheng.stages.indicators.rules import headline as headlines
from zhiheng.stages.plan.rules import binding

SPOT = "national_spot_check_fail_rate"
FARM = "agri_routine_monitoring_pass_rate"
MADE = "mfg_product_pass_rate"
LIST_OF_2018 = published.reference_breaks(FARM)[:1]


def rows(series: str, period: str = "", breakdown: str = ""):
    """Return the national rows of a series, of one period, of one breakdown and its scopes."""
    found = indicators.observations(series, geo_code=indicators.NATION)
    return [
        seen
        for seen in found
        if (not period or seen.period == period) and (not breakdown or seen.breakdown.startswith(breakdown))
    ]


def whole(series: str, period: str):
    (found,) = [seen for seen in rows(series, period) if not seen.breakdown]
    return found


def change_of_spot_checks(before: str, after: str) -> headlines.Headline:
    series = indicators.series(SPOT)
    parts = tuple(published.groups(rows(SPOT, year), "domain") for year in (before, after))
    sides = [published.side(whole(SPOT, year), series) for year in (before, after)]
    return headlines.headline(*sides, groups=parts if all(parts) else None, tolerance=published.ROUNDING)


def test_the_spot_checks_of_2021_and_2023_split_into_better_factories_worse_shops_and_a_new_mix():
    found = change_of_spot_checks("2021", "2023")

    by_group = {one.name: one for one in found.split.by_group}
    assert 100 * by_group["生产领域"].rate == pytest.approx(-1.867, abs=0.0005)
    assert 100 * by_group["流通领域"].rate == pytest.approx(1.272, abs=0.0005)
    assert 100 * found.split.mix.estimate == pytest.approx(0.694, abs=0.0005)


def test_the_same_change_is_0_099_by_the_printed_rates_and_0_128_by_the_counts():
    found = change_of_spot_checks("2021", "2023")

    assert 100 * found.split.total.estimate == pytest.approx(0.099, abs=0.0005)
    assert 100 * found.difference == pytest.approx(0.128, abs=0.0005)
    assert found.difference == pytest.approx(3476 / 28265 - 3120 / 25636, abs=1e-12)


def test_that_change_is_not_distinguishable_from_none_and_says_on_what_its_error_rests():
    found = change_of_spot_checks("2021", "2023")

    half = (found.split.total.upper - found.split.total.lower) / 2
    assert 100 * half / rules.Z_95 == pytest.approx(0.279, abs=0.0005)
    assert found.word == rules.NOT_DISTINGUISHABLE
    assert found.lower < 0 < found.upper
    assert found.assumptions == (published.AS_IF_RANDOM,)
    assert indicators.series(SPOT).basis == "judgement"


def test_the_spot_checks_of_2024_cannot_be_split_for_their_parts_have_no_sizes():
    found = change_of_spot_checks("2023", "2024")

    assert found.split is None
    assert found.unsplit == headlines.NO_GROUPS
    assert found.word == rules.UP


@pytest.mark.parametrize("chosen", ["food_supervision_fail_rate", "food_evaluative_pass_rate"])
def test_the_food_target_fits_two_populations_and_is_refused_whichever_is_chosen(chosen):
    doubts = [
        binding.Doubt(one.name, one.candidates, one.reason_zh, one.reason_en)
        for one in indicators.ambiguities()
    ]
    measures = {
        one.id: binding.Measure(one.id, one.zh, one.unit, one.basis, one.purpose, one.direction)
        for one in indicators.all()
    }
    promise = binding.Promise("food_sampling_pass_rate", "食品抽检合格率", "%", "at_least")

    decision = binding.decide(promise, measures[chosen], list(measures.values()), doubts)

    assert decision.state == "refused"


def test_the_two_food_populations_give_opposite_answers_for_2024():
    (supervision,) = rows("food_supervision_fail_rate", "2024", "scope=")
    (evaluative,) = rows("food_evaluative_pass_rate", "2023", "scope=")

    assert 100 - float(supervision.value) == pytest.approx(97.04)
    assert published.is_bound(evaluative)
    assert published.rate(evaluative) is None
    assert float(evaluative.value) > 98


def test_no_chance_is_computed_from_a_lower_bound():
    found = published.attainment(rows("food_evaluative_pass_rate", "2023"), 0.98, 2025)

    assert (found.at, found.refused) == (None, attainment.LOWER_BOUND)


def test_the_farm_series_breaks_in_2018_and_its_two_values_are_the_bridge():
    (found,) = published.breaks(rows(FARM), LIST_OF_2018)

    assert (found.at, found.old, found.new) == ("2018", "2017口径(94参数)", "2018口径(122参数)")
    assert 100 * found.step == pytest.approx(-0.7)
    assert found.step_error is None
    assert "94" in found.note and "122" in found.note


@pytest.mark.parametrize(("scale", "step"), [("difference", -0.007), ("ratio", 0.9929), ("logit", -0.3357)])
def test_the_bridge_of_2018_has_the_expected_size_on_every_scale(scale, step):
    import numpy as np

    from zhiheng.methods import linking

    found = linking.splice([0.979, 0.982], [0.975], 1, scale=scale)

    said = np.exp(found.step) if scale == "ratio" else found.step
    assert said == pytest.approx(step, abs=0.00005)


def farm_2017() -> headlines.Side:
    """Return 2017 on the old list: the print of 2018 says that 98.2 is 0.3 more than the year before."""
    return headlines.Side("2017", 0.982 - 0.003, None, "probability", "evaluation", scope="2017口径(94参数)")


def farm_2018_on_the_new_list() -> headlines.Side:
    (seen,) = rows(FARM, "2018", "scope=2018")
    return published.side(seen, indicators.series(FARM))


def test_2017_and_2018_are_not_compared_without_the_bridge():
    found = headlines.headline(farm_2017(), farm_2018_on_the_new_list())

    assert (found.word, found.refused) == (rules.NOT_COMPARABLE, headlines.NOT_BRIDGED)
    assert found.difference is None


def test_with_the_bridge_2017_stands_at_97_2_and_no_rise_is_said_for_its_error_is_unknown():
    found = headlines.headline(farm_2017(), farm_2018_on_the_new_list(), breaks=LIST_OF_2018)

    assert 100 * found.before == pytest.approx(97.2)
    assert 100 * found.difference == pytest.approx(0.3)
    assert (found.lower, found.upper) == (None, None)
    assert found.word == rules.NOT_DISTINGUISHABLE
    assert len(found.breaks) == 1


def test_farm_products_reached_98_in_2024_and_cannot_be_told_from_it():
    seen = whole(FARM, "2024")
    low, high = published.interval(published.rate(seen), seen.n_total)

    word = rules.against_target(lower=low, upper=high, target=0.98, estimate=published.rate(seen))

    assert (seen.n_total, seen.evidence) == (23398, "C")
    assert (round(100 * low, 2), round(100 * high, 2)) == (97.81, 98.17)
    assert word == rules.REACHED_UNSURE


@pytest.mark.parametrize(("n", "low", "high"), [(300_000, 93.84, 94.01), (75_000, 93.76, 94.10)])
def test_the_rate_of_2024_has_94_inside_its_interval_with_and_without_a_design_effect(n, low, high):
    share = published.rate(whole(MADE, "2024"))

    found = published.interval(share, n)

    assert [round(100 * end, 2) for end in found] == [low, high]
    assert rules.against_target(lower=found[0], upper=found[1], target=0.94, estimate=share) == rules.OPEN


def test_two_rates_of_2024_differ_by_purpose_and_are_never_subtracted():
    made = published.side(whole(MADE, "2024"), indicators.series(MADE))
    spot = published.side(whole(SPOT, "2024"), indicators.series(SPOT))

    found = headlines.headline(spot, made)

    assert 100 - float(whole(SPOT, "2024").value) == pytest.approx(85.7)
    assert (found.word, found.refused) == (rules.NOT_COMPARABLE, headlines.KINDS_DIFFER)


def test_the_chance_of_94_in_2025_from_three_years_is_a_third():
    found = published.attainment([seen for seen in rows(MADE) if seen.period >= "2022"], 0.94, 2025)

    assert found.at == pytest.approx(0.335, abs=0.003)
    assert found.colour == attainment.UNLIKELY
    assert found.assumptions == (attainment.DESIGN_EFFECT, attainment.RECORDS)


@pytest.mark.parametrize("series", [MADE, FARM, "mfg_quality_competitiveness_index"])
def test_the_kept_chance_of_a_target_is_what_the_model_answers(series):
    (answer,) = [found for name, found in keeping.answers() if name == series]
    scale = answer.method.rpartition("-")[2]
    question = attainment.question(answer.history, answer.target, answer.due, scale)

    fresh = attainment.compute(answer.history, answer.target, answer.due, scale, answer.assumptions)

    assert question in attainment.kept()
    assert (answer.at, answer.other) == pytest.approx((fresh.at, fresh.other), abs=1e-6)
    assert answer.path[-1].level == pytest.approx(fresh.path[-1].level, abs=1e-6)
    assert (answer.method, answer.expected) == (fresh.method, fresh.expected)


def changes_of(series: str) -> list[tuple[headlines.Side, headlines.Side]]:
    sides = published.sides(
        [seen for seen in rows(series) if seen.period.isdigit() and is_whole(seen)],
        indicators.series(series),
        LIST_OF_2018 if series == FARM else (),
    )
    return [(one, other) for one, other in itertools.pairwise(sides) if one.period != other.period]


def is_whole(seen) -> bool:
    return not seen.breakdown or bool(published.scope(seen))


def test_farm_values_after_the_break_stand_on_the_new_list_and_are_compared():
    (first, second) = next(pair for pair in changes_of(FARM) if pair[1].period == "2020")

    found = headlines.headline(first, second, breaks=LIST_OF_2018)

    assert (first.period, first.scope, second.scope) == ("2018", "2018口径(122参数)", "2018口径(122参数)")
    assert 100 * found.difference == pytest.approx(0.3)
    assert found.breaks == ()


def test_food_supervision_of_2019_and_2020_is_not_compared_for_its_scope_changed_without_a_bridge():
    series = "food_supervision_fail_rate"
    pair = next(pair for pair in changes_of(series) if pair[1].period == "2020")

    found = headlines.headline(*pair, breaks=published.breaks(rows(series)))

    assert (found.word, found.refused) == (rules.NOT_COMPARABLE, headlines.NOT_BRIDGED)


def test_a_farm_rate_takes_the_design_effect_and_a_spot_check_the_error_of_chance():
    farm = published.side(whole(FARM, "2024"), indicators.series(FARM))
    spot = published.side(whole(SPOT, "2024"), indicators.series(SPOT))

    assert (farm.assumption, spot.assumption) == (attainment.DESIGN_EFFECT, published.AS_IF_RANDOM)
    assert farm.standard_error == pytest.approx(2 * (0.98 * 0.02 / 23398) ** 0.5)


PAGE = Path(__file__).parents[2] / "docs" / "methods" / "headline.md"
LINE = re.compile(r"^\| (\w+), (\d+) \| (\d{4}) \| ([\d.]+) \| (\w+) \| ([\d.]+) \|$", re.M)


def test_the_marks_of_two_end_points_on_the_methods_page_are_those_of_the_published_numbers():
    found = LINE.findall(PAGE.read_text(encoding="utf-8"))
    chances = {name: answer.at for name, answer in keeping.answers()}

    assert {series for series, *_rest in found} == chances.keys()
    for series, target, base, ratio, mark, chance in found:
        values = {
            side.period: 100 * side.value
            for side in published.sides(whole_years(series), indicators.series(series))
        }
        progress = peers.progress((int(base), values[base]), (2024, values["2024"]), float(target), 2025)
        assert (f"{progress.ratio:.3f}", progress.mark) == (ratio, mark)
        assert f"{chances[series]:.2f}" == chance


def whole_years(series: str):
    return [seen for seen in rows(series) if seen.period.isdigit() and is_whole(seen)]


LIST_OF_2024 = headlines.Break("2024", "130参数", "136参数")


def test_a_declared_change_of_the_list_without_a_bridge_stops_the_comparison_of_2023_and_2024():
    found = whole_years(FARM)
    sides = {side.period: side for side in published.sides(found, indicators.series(FARM), [LIST_OF_2024])}

    told = headlines.headline(sides["2023"], sides["2024"], breaks=published.breaks(found, [LIST_OF_2024]))

    assert (told.word, told.refused) == (rules.NOT_COMPARABLE, headlines.NOT_BRIDGED)
    assert sides["2024"].scope == "136参数"


def test_a_chance_across_a_break_without_a_bridge_says_that_no_step_is_assumed():
    plain = published.attainment(whole_years(FARM), 0.98, 2025, declared=LIST_OF_2018)

    found = published.attainment(whole_years(FARM), 0.98, 2025, declared=[*LIST_OF_2018, LIST_OF_2024])

    assert found.at == plain.at
    assert set(found.assumptions) - set(plain.assumptions) == {attainment.NO_STEP}
