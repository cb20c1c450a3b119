"""The index by hand: scores, weights, errors, refusals in Chinese; the same by the language of formulas."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from django.utils import translation

from zhiheng.engine import formula as engine
from zhiheng.errors import ZhihengError
from zhiheng.reference import indicators, quality_index
from zhiheng.stages.draw.words import translated
from zhiheng.stages.indicators.formula_refusals import TABLE
from zhiheng.stages.indicators.rules import doubt, index

TREE = quality_index.tree()
EVEN = quality_index.weights()["even"].weights
POSTS = quality_index.goalposts()["demonstration"].posts
NUMBERS = {
    "graded": "75",
    "equipment": "40",
    "certified": "55",
    "loss": "0.6",
    "passed": "93.9",
    "export": "99",
    "rnd": "1.6",
    "renovation": "0.9",
    "patents": "0.31",
    "novelty": "18",
    "sales": "12000",
    "abroad": "11",
}
TERMS = quality_index.robustness()


def row(**changes):
    found = {}
    for one in TREE.statistics():
        value = changes.get(one.id, NUMBERS[one.id])
        is_sampled = one.id == "passed"
        found[one.id] = index.Reading(
            None if value is None else Decimal(value),
            Decimal("0.2") if is_sampled else Decimal(0),
            one.unit,
        )
    return found


def choice(weights=EVEN, posts=POSTS):
    return index.chosen(TREE, weights, posts)


def refusal(act):
    """The code of a refusal and what a reader of Chinese is told."""
    with pytest.raises(ZhihengError) as refused:
        act()
    with translation.override("zh-hans"):
        return refused.value.code, str(translated(refused.value, TABLE).cause)


def test_the_tree_has_two_parts_six_dimensions_and_twelve_statistics_of_known_series():
    dimensions = [one for part in TREE.below for one in part.below]

    assert (len(TREE.below), len(dimensions), len(TREE.statistics())) == (2, 6, 12)
    for one in TREE.statistics():
        series = indicators.series(one.series)
        assert (series.unit, series.direction, series.purpose) == (one.unit, one.direction, "evaluation")


def test_each_set_of_the_reference_is_accepted_and_says_who_chose_it():
    for weights in quality_index.weights().values():
        for posts in quality_index.goalposts().values():
            assert choice(weights.weights, posts.posts).statistics()
            assert weights.chosen_by and posts.chosen_by


def test_the_index_is_worked_by_hand():
    found = index.compute(choice(), {"a": row()})

    # graded (75 - 50) / 50 = 0.5 -> 80; equipment (40 - 10) / 60 -> 80; so technology 80.
    # certified (55 - 20) / 70 -> 80; loss 1 - 0.6 / 3 = 0.8 -> 92; so management 86.
    # passed (93.9 - 80) / 20 = 0.695 -> 87.8; export (99 - 95) / 5 -> 92; so inspection 89.9.
    # level (80 + 86 + 89.9) / 3 = 85.3.
    # rnd 1.6 / 4 -> 76; renovation 0.9 / 3 -> 72; so research 74.
    # patents 0.31 -> 72.4; novelty 18 / 40 -> 78; so core 75.2.
    # sales 10000 / 28000 -> 60 + 100 / 7; abroad 11 / 40 -> 71; so market 65.5 + 50 / 7.
    capacity = (74 + 75.2 + 65.5 + 50 / 7) / 3
    levels = found.levels("a")
    assert levels["technology"] == pytest.approx(80)
    assert levels["management"] == pytest.approx(86)
    assert levels["inspection"] == pytest.approx(89.9)
    assert levels["level"] == pytest.approx(85.3)
    assert levels["capacity"] == pytest.approx(capacity)
    assert found.index("a") == pytest.approx((85.3 + capacity) / 2, abs=1e-12)


def test_the_sampling_error_of_the_pass_rate_is_carried_to_the_top():
    found = index.compute(choice(), {"a": row()})

    # 0.2 points x 40 / 20 = 0.4 of score; x 1/2 x 1/3 x 1/2 = 1/30.
    assert found.error("a") == pytest.approx(1 / 30, abs=1e-15)


def test_without_a_known_error_of_the_pass_rate_the_index_has_none():
    held = row()
    held["passed"] = index.Reading(Decimal("93.9"), None, "%")

    assert index.compute(choice(), {"a": held}).error("a") is None


def test_where_nothing_failed_the_error_is_not_known_but_the_places_count_its_interval():
    sure = row(passed="99")
    sure["passed"] = index.Reading(Decimal("99"), Decimal(0), "%", Decimal("0.7"))

    found = index.compute(choice(), {"a": sure, "b": row(passed="98.5")})

    assert found.error("a") is None and found.error("b") is not None
    assert doubt.measure(found, 1, **TERMS).sampled_worst.tolist() == [2, 2]


def test_a_score_that_is_cut_off_stays_in_bounds_and_its_error_cannot_be_told():
    found = index.compute(choice(), {"a": row(passed="79", loss="9"), "b": row(sales="90000")})

    assert found.error("a") is None
    assert (found.levels("a")["passed"], found.levels("a")["loss"]) == (60, 60)
    assert found.levels("b")["sales"] == 100


@pytest.mark.parametrize("name", sorted(quality_index.weights()))
def test_the_language_of_formulas_gives_the_same_number_and_error(name):
    made = choice(quality_index.weights()[name].weights)
    cells = {"330000": row(), "440000": row(passed="91.2", certified="70", loss="1.1")}
    found = index.compute(made, cells)
    tables = {
        one.series: {
            (region, "2025", ""): engine.Cell(held[one.id].value, held[one.id].error)
            for region, held in cells.items()
        }
        for one in made.statistics()
    }

    run = engine.run(index.formula(made, version="1"), tables)

    for region in cells:
        key = (region, "2025", "")
        assert float(run.value(key)) == pytest.approx(found.index(region), rel=1e-12)
        assert float(run.error(key)) == pytest.approx(found.error(region), rel=1e-12)


def test_a_formula_of_the_index_mixes_no_purposes_and_says_that_it_is_not_official():
    made = index.formula(choice(), version="1")
    kinds = {
        one.id: engine.Meaning(one.unit, one.basis, one.purpose, ("division",)) for one in indicators.all()
    }

    engine.check(made, kinds)
    spot = kinds | {
        "mfg_product_pass_rate": dataclasses.replace(kinds["mfg_product_pass_rate"], purpose="enforcement")
    }

    assert "不是官方" in made.root.because and "not official" in made.root.because
    with pytest.raises(ZhihengError) as refused:
        engine.check(made, spot)
    assert refused.value.code == "formula-purpose"


def test_a_statistic_with_the_weight_zero_is_left_out_and_may_be_missing():
    made = choice(quality_index.weights()["without-export"].weights)

    found = index.compute(made, {"a": row(export=None)})

    assert "export" not in found.levels("a")
    assert found.levels("a")["inspection"] == pytest.approx(87.8)


def test_weights_that_do_not_add_up_to_one_are_refused_in_chinese():
    code, said = refusal(lambda: choice({**EVEN, "level": Fraction(3, 5)}))

    assert code == "index-weights-sum"
    assert said == "“质量竞争力指数”之下的权数合计为11/10 (1.1)，不等于1。"


def test_a_weight_that_lacks_or_is_negative_or_strange_is_refused():
    without = {name: share for name, share in EVEN.items() if name != "rnd"}
    negative = {**EVEN, "rnd": Fraction(-1, 2), "renovation": Fraction(3, 2)}

    assert refusal(lambda: choice(without)) == ("index-weight-missing", "缺少权数：研究与试验发展经费比重。")
    assert refusal(lambda: choice(negative))[0] == "index-weight-negative"
    assert refusal(lambda: choice({**EVEN, "luck": Fraction(0)}))[0] == "index-name-unknown"


@pytest.mark.parametrize(("low", "high"), [("3", "0"), ("3", "3")])
def test_goalposts_out_of_order_are_refused_in_chinese(low, high):
    code, said = refusal(lambda: choice(posts={**POSTS, "loss": (Decimal(low), Decimal(high))}))

    assert code == "index-goalposts-order"
    assert said == f"“质量损失率”的下限是{low}，不低于上限{high}。"


def test_a_statistic_without_goalposts_is_refused():
    posts = {name: ends for name, ends in POSTS.items() if name != "loss"}

    assert refusal(lambda: choice(posts=posts)) == (
        "index-goalposts-missing",
        "这些统计指标没有标准化区间：质量损失率。",
    )


def test_a_region_that_lacks_a_statistic_has_no_index_and_says_what_it_lacks():
    found = index.compute(choice(), {"a": row(), "b": row(patents=None)})

    assert found.cells == ("a",)
    assert [one.id for one in found.missing["b"]] == ["patents"]


def test_where_no_region_is_whole_the_refusal_names_what_lacks():
    code, said = refusal(lambda: index.compute(choice(), {"a": row(patents=None)}, period="2025"))

    assert code == "index-none-whole"
    assert "每百万元产值拥有专利数" in said and "2025" in said


def test_a_number_in_another_unit_is_refused_in_chinese():
    held = row()
    held["sales"] = index.Reading(Decimal("1.2"), None, "亿元")

    code, said = refusal(lambda: index.compute(choice(), {"330000": held}))

    assert code == "index-unit"
    assert said == "330000的“平均产品销售收入”单位为“亿元”，指数按“万元”读取。"


@pytest.mark.parametrize(
    "text", ["level", "level 1/2 1/2", "level half", "level 1/0", "level 0.5\nlevel 0.5"]
)
def test_a_line_of_weights_that_cannot_be_read_is_refused(text):
    code, said = refusal(lambda: index.read_weights(text))

    assert code in ("index-line", "index-name-twice")
    assert said.endswith("。")


@pytest.mark.parametrize("text", ["loss 0", "loss low high", "loss nan 3", "loss 0 1e999"])
def test_a_line_of_goalposts_that_cannot_be_read_is_refused(text):
    assert refusal(lambda: index.read_posts(text))[0] == "index-line"


def test_goalposts_of_a_base_period_are_its_lowest_and_highest_numbers():
    held = {"a": row(), "b": row(loss="1.4"), "c": row(loss=None)}

    found = index.observed_posts([one for one in TREE.statistics() if one.id == "loss"], held, period="2023")

    assert found == {"loss": (Decimal("0.6"), Decimal("1.4"))}
    assert refusal(lambda: index.observed_posts(TREE.statistics(), {"a": row()}, period="2023"))[0] == (
        "index-no-base"
    )


def measured(seed=1, **changes):
    rows = {"a": row(), "b": row(certified="62", rnd="1.9"), "c": row(loss="1.5", **changes)}
    return doubt.measure(index.compute(choice(), rows), seed, **TERMS)


def test_the_doubt_is_the_same_for_one_seed_and_another_for_the_next():
    one, again, other = measured(), measured(), measured(seed=2)

    assert np.array_equal(one.lower, again.lower)
    assert one.shares["weights"].tolist() == again.shares["weights"].tolist()
    assert not np.array_equal(one.lower, other.lower)


def test_places_have_intervals_that_hold_the_place_itself():
    found = measured()

    assert found.place.tolist() == [2, 1, 3]
    assert (found.best <= found.place).all() and (found.place <= found.worst).all()
    assert found.sampled_best.tolist() == [2, 1, 3]


def test_two_regions_that_differ_by_less_than_the_sampling_error_may_hold_either_place():
    rows = {"a": row(), "b": row(passed="93.95")}

    found = doubt.measure(index.compute(choice(), rows), 1, **TERMS)

    assert (found.sampled_best.tolist(), found.sampled_worst.tolist()) == ([1, 1], [2, 2])


def test_weights_and_goalposts_move_the_index_more_than_the_sample_does():
    shares = measured().shares

    assert set(shares) == {"sampling", "weights", "goalposts", "way"}
    assert (shares["sampling"] < 0.1).all()
    assert (shares["weights"] + shares["goalposts"] > 0.5).all()


def test_many_draws_at_once_score_as_the_plain_rule_does():
    result = index.compute(choice(), {"a": row(), "b": row(loss="2", sales="99999")})
    model = doubt._Model(result, 20.0, 0.1)

    at_once = model.scores(result.values[None], np.zeros((1, 2, 1, 12)))

    assert at_once[0] == pytest.approx(result.scores, rel=1e-12)


def test_two_sources_call_one_value_by_different_words():
    words = {bands.id: bands.step(Decimal("85.6")).zh for bands in quality_index.bands()}

    assert words == {"aqsiq-2011": "具备中等竞争力", "anhui-2009": "较强"}
    assert [bands.step(100).en for bands in quality_index.bands()] == ["strong", "very strong"]
    assert all(bands.source and bands.as_of for bands in quality_index.bands())
