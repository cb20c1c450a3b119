"""Pass rates against R, against the plain version, and against what must hold for any draw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods import vectors
from zhiheng.errors import BadInput
from zhiheng.methods import survey, taylor
from zhiheng.methods.rows import Rows
from zhiheng.methods.survey import Sample

# The small country of data/post_stratified.R: four risk classes, three divisions.
FRAME = [[300, 250, 40], [100, 120, 20], [30, 25, 5], [6, 3, 1]]
ANSWERED = [[14, 11, 1], [9, 10, 2], [6, 7, 1], [1, 0, 0]]
PASSES = [[14, 10, 1], [8, 9, 1], [4, 5, 0], [1, 0, 0]]
OUTPUT = [5200, 3100, 900]


def small(**changes):
    given = {"n": ANSWERED, "passes": PASSES, "frame": FRAME} | changes
    return Sample.from_counts(np.sum(FRAME, axis=1), **given)


@pytest.mark.parametrize("case", vectors.cases("stratified_taylor"), ids=lambda c: c["id"])
def test_means_and_domains_agree_with_r_survey(case):
    inputs, expected = case["inputs"], case["expected"]
    population = np.asarray(inputs["N_h"], dtype=float)

    whole = survey.hajek(vectors.five_sums(inputs, by_domain=False, population=population)).at(0)
    loose = survey.hajek(vectors.five_sums(inputs, by_domain=False)).at(0)
    domains = survey.hajek(vectors.five_sums(inputs, by_domain=True, population=population))

    assert whole.estimate == pytest.approx(expected["mean_fpc"], rel=1e-8)
    assert whole.standard_error == pytest.approx(expected["se_fpc"], rel=1e-8)
    assert loose.standard_error == pytest.approx(expected["se_nofpc"], rel=1e-8)
    assert whole.df == expected["df"]
    assert whole.design_effect == pytest.approx(expected["deff"], rel=1e-8)
    assert domains.estimate == pytest.approx(expected["domain_mean"], rel=1e-8)
    assert domains.standard_error == pytest.approx(expected["domain_se"], rel=1e-8)


@pytest.mark.parametrize("case", vectors.cases("pass_rate_value_weighted"), ids=lambda c: c["id"])
def test_the_official_formula_agrees_with_r(case):
    n, passed, value = (np.asarray(case["inputs"][key]) for key in ("n", "passed", "value"))
    expected = case["expected"]

    nation, nation_error = survey.value_weighted(n.ravel(), passed.ravel(), value.ravel())
    provinces, province_errors = survey.value_weighted(n, passed, value)

    assert nation == pytest.approx(expected["national"], rel=1e-8)
    assert nation_error == pytest.approx(expected["national_se"], rel=1e-8)
    assert provinces == pytest.approx(expected["province"], rel=1e-8)
    assert province_errors == pytest.approx(expected["province_se"], rel=1e-8)
    assert survey.value_weighted(n.T, passed.T, value.T)[0] == pytest.approx(expected["industry"], rel=1e-8)


def test_the_output_weighted_rate_and_its_error_agree_with_r_survey():
    expected = vectors.post_stratified()

    weighted = survey.post_stratified(small(), OUTPUT, alone_from=29).at()
    whole = survey.hajek(small().merge()).at(0)
    domains = survey.hajek(small())

    assert weighted.estimate == pytest.approx(expected["weighted"]["estimate"], rel=1e-12)
    assert weighted.standard_error == pytest.approx(expected["weighted"]["standard_error"], rel=1e-9)
    assert weighted.df == expected["weighted"]["df"]
    assert whole.estimate == pytest.approx(expected["hajek"]["estimate"], rel=1e-12)
    assert whole.standard_error == pytest.approx(expected["hajek"]["standard_error"], rel=1e-9)
    for number in range(3):
        assert domains.estimate[number] == pytest.approx(
            expected[f"domain{number + 1}"]["estimate"], rel=1e-12
        )
        error = expected[f"domain{number + 1}"]["standard_error"]
        assert domains.standard_error[number] == pytest.approx(error, rel=1e-9)


def test_a_domain_that_stands_alone_has_its_own_rate_and_its_share_of_output():
    alone = survey.post_stratified(small(), OUTPUT, alone_from=1).at()
    rates = survey.hajek(small()).estimate

    assert alone.estimate == pytest.approx(np.dot(OUTPUT, rates) / np.sum(OUTPUT))


def test_pooled_domains_count_with_their_mean_output():
    pooled = survey.post_stratified(small(), OUTPUT, alone_from=10**6).at()
    weight = np.sum(FRAME, axis=1) / np.sum(ANSWERED, axis=1)
    worth = np.divide(OUTPUT, np.sum(FRAME, axis=0))
    expected = (weight @ PASSES @ worth) / (weight @ ANSWERED @ worth)

    assert pooled.estimate == pytest.approx(expected)


def test_the_remainder_takes_more_domains_until_it_expects_enough_answers():
    # Expected answers are about 31, 27 and 4: the third alone is too thin, so the second joins it.
    joined = survey.post_stratified(small(), OUTPUT, alone_from=20).at()

    assert joined == survey.post_stratified(small(), OUTPUT, alone_from=29).at()


def test_output_without_an_answer_is_stated_and_not_hidden():
    n = [[14, 11, 0], [9, 10, 0], [6, 7, 0], [1, 0, 0]]
    passes = [[14, 10, 0], [8, 9, 0], [4, 5, 0], [1, 0, 0]]

    rate = survey.post_stratified(small(n=n, passes=passes), OUTPUT).at()

    assert rate.coverage == pytest.approx(1 - 900 / 9200)


def test_a_stratum_where_nobody_answered_lowers_the_coverage():
    n, passes = [*ANSWERED[:3], [0, 0, 0]], [*PASSES[:3], [0, 0, 0]]

    rate = survey.hajek(small(n=n, passes=passes).merge()).at(0)

    assert rate.coverage == pytest.approx(1 - 10 / 900)
    assert rate.df == 61 - 3


def test_a_domain_without_an_answer_has_no_number_at_all():
    rate = survey.hajek(Sample.from_counts([100], [[10, 0]], [[9, 0]])).at(1)

    assert (rate.estimate, rate.lower, rate.upper, rate.standard_error, rate.n) == (None, None, None, None, 0)


def test_the_raw_share_of_a_targeted_draw_is_below_the_rate_of_the_population():
    sample = small().merge()

    assert survey.naive(sample).at(0).estimate == pytest.approx(np.sum(PASSES) / np.sum(ANSWERED))
    assert survey.naive(sample).at(0).estimate < survey.hajek(sample).at(0).estimate


def test_batches_give_what_each_would_give_alone():
    changed = [[14, 9, 0], *PASSES[1:]]
    population = np.tile(np.sum(FRAME, axis=1), (2, 1))

    batch = Sample.from_counts(population, [ANSWERED, ANSWERED], [PASSES, changed], frame=[FRAME, FRAME])
    both = survey.post_stratified(batch, OUTPUT)

    assert both.at(0) == survey.post_stratified(small(), OUTPUT).at()
    assert both.at(1) == survey.post_stratified(small(passes=changed), OUTPUT).at()


def test_quarters_become_strata_of_the_year():
    quarters = Sample.from_counts(
        np.tile(np.sum(FRAME, axis=1), (4, 1)), [ANSWERED] * 4, [PASSES] * 4, frame=[FRAME] * 4
    )

    year = survey.hajek(quarters.flatten().merge()).at(0)
    quarter = survey.hajek(small().merge()).at(0)

    assert year.n == 4 * quarter.n
    assert year.estimate == pytest.approx(quarter.estimate)
    assert year.standard_error == pytest.approx(quarter.standard_error / 2)
    assert year.upper - year.lower < quarter.upper - quarter.lower


def test_a_rate_of_one_keeps_room_for_doubt():
    rate = survey.hajek(Sample.from_counts([400, 100], [[20], [25]], [[20], [25]])).at(0)

    assert rate.estimate == rate.upper == 1
    assert rate.standard_error == 0
    assert 0.8 < rate.lower < 0.95


def test_the_interval_knows_nothing_of_which_outcome_is_called_a_pass():
    fails = np.subtract(ANSWERED, PASSES)

    one = survey.post_stratified(small(), OUTPUT).at()
    other = survey.post_stratified(small(passes=fails), OUTPUT).at()

    assert other.estimate == pytest.approx(1 - one.estimate)
    assert (other.lower, other.upper) == pytest.approx((1 - one.upper, 1 - one.lower))


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": [[14, 11, 1]] * 4},
        {"passes": [[15, 10, 1], *PASSES[1:]]},
        {"passes": PASSES[:3]},
        {"n": [[14.5, 10.5, 1], *ANSWERED[1:]]},
        {"n": [[-14, 11, 1], *ANSWERED[1:]], "passes": [[-14, 10, 1], *PASSES[1:]]},
        {"frame": [[301, 250, 40], *FRAME[1:]]},
        {"frame": FRAME[:3]},
        {"classes": [0, 1]},
        {"passes": [[float("nan"), 10, 1], *PASSES[1:]]},
    ],
)
def test_tables_that_do_not_fit_are_refused(wrong):
    with pytest.raises(BadInput):
        small(**wrong)


@pytest.mark.parametrize("output", [[1, 2], [-1, 2, 3], [0, 0, 0], [float("nan"), 1, 1]])
def test_output_values_that_do_not_fit_are_refused(output):
    with pytest.raises(BadInput):
        survey.post_stratified(small(), output)


def test_a_weighted_rate_without_a_frame_of_domains_is_refused():
    with pytest.raises(BadInput, match="frame"):
        survey.post_stratified(small(frame=None), OUTPUT)


def test_a_cell_with_output_but_one_unit_is_refused_by_the_official_formula():
    with pytest.raises(BadInput):
        survey.value_weighted([1, 30], [1, 28], [2.0, 3.0])


@st.composite
def draws(draw, strata=3, domains=2):
    frame = draw(
        st.lists(
            st.lists(st.integers(2, 60), min_size=domains, max_size=domains), min_size=strata, max_size=strata
        )
    )
    n = [[draw(st.integers(0, top)) for top in row] for row in frame]
    n[0][0] = max(n[0][0], 1)
    passes = [[draw(st.integers(0, top)) for top in row] for row in n]
    return Sample.from_counts(np.sum(frame, axis=1), n, passes, frame=frame)


@given(draws())
def test_shares_and_limits_stay_in_order_between_zero_and_one(sample):
    for rates in (survey.hajek(sample), survey.post_stratified(sample, [3.0, 1.0]), survey.naive(sample)):
        known = ~np.isnan(rates.estimate)
        low, mid, high = (np.asarray(a)[known] for a in (rates.lower, rates.estimate, rates.upper))
        slack = 1e-12
        assert np.all((low >= 0) & (low <= mid + slack) & (mid <= high + slack) & (high <= 1 + slack))


@given(draws())
def test_the_sums_give_what_the_plain_version_gives_on_rows(sample):
    y, w, h, d = [], [], [], []
    for (row, col), count in np.ndenumerate(sample.n):
        for unit in range(int(count)):
            y.append(float(unit < round(sample.wy[row, col] / sample.w[row, col] * count)))
            w.append(sample.w[row, col] / count)
            h.append(row)
            d.append(col)
    drawn = Rows.of(w, stratum=h, population=sample.population[h])

    rates = survey.hajek(sample)
    if len(y) == 1 and sample.population[h[0]] > 1:
        assert np.isnan(rates.standard_error).all()
        return
    for number in set(d):
        plain = taylor.mean(y, drawn, domain=np.equal(d, number))
        assert rates.estimate[number] == pytest.approx(plain.estimate, abs=1e-12)
        assert rates.standard_error[number] == pytest.approx(plain.standard_error, abs=1e-7)


@given(draws(), draws(), st.floats(0.01, 1000))
def test_sums_of_parts_add_up_and_the_scale_of_the_weights_does_not_matter(one, other, scale):
    tables = ("n", "w", "wy", "w2", "w2y")
    parts = {name: getattr(one, name) + getattr(other, name) for name in tables}
    whole = Sample(one.population + other.population, **parts)
    power = {"n": 0, "w": 1, "wy": 1, "w2": 2, "w2y": 2}
    scaled = Sample(whole.population, **{k: v * scale ** power[k] for k, v in parts.items()})

    assert survey.hajek(scaled).estimate == pytest.approx(survey.hajek(whole).estimate, nan_ok=True)
    assert survey.hajek(scaled).upper == pytest.approx(survey.hajek(whole).upper, nan_ok=True)
    merged = whole.merge()
    assert merged.wy[..., 0] == pytest.approx((one.wy + other.wy).sum(-1))


@given(draws())
def test_with_equal_weights_the_rate_is_the_plain_share(sample):
    passes = np.round(
        np.divide(sample.wy, sample.w, out=np.zeros_like(sample.w), where=sample.w > 0) * sample.n
    )
    equal = Sample.from_counts([sample.population.sum()], sample.n.sum(0)[None], passes.sum(0)[None])

    assert survey.hajek(equal).estimate == pytest.approx(survey.naive(equal).estimate, nan_ok=True)


@given(draws())
@settings(max_examples=40)
def test_a_fully_answered_frame_has_no_error(sample):
    passes = np.floor(sample.frame * 0.9)
    census = Sample.from_counts(sample.population, sample.frame, passes, frame=sample.frame)

    rate = survey.post_stratified(census, [3.0, 1.0]).at()

    assert rate.standard_error == pytest.approx(0, abs=1e-12)
    assert (rate.lower, rate.upper) == pytest.approx((rate.estimate, rate.estimate))


@given(draws(), st.floats(1e-6, 1e6))
def test_the_unit_of_output_does_not_matter(sample, scale):
    one = survey.post_stratified(sample, [3.0, 1.0]).at()
    other = survey.post_stratified(sample, [3.0 * scale, scale]).at()

    assert other.estimate == pytest.approx(one.estimate)
    assert other.lower == pytest.approx(one.lower, abs=1e-9)


def test_one_answer_tells_nothing_of_its_error_unless_it_is_all_there_is():
    lone = survey.hajek(Sample.from_counts([10], [[1]], [[1]])).at(0)
    census = survey.hajek(Sample.from_counts([1], [[1]], [[1]])).at(0)

    assert lone.standard_error is None
    assert lone.composite_error is None
    assert lone.lower < 0.1
    assert (census.standard_error, census.lower) == (0, 1)


@pytest.mark.parametrize(
    ("n", "passes", "value"),
    [
        ([np.nan, 60], [38, 51], [3, 1]),
        ([40, 60], [np.nan, 51], [3, 1]),
        ([40, 60], [38, 51], [np.nan, 1]),
        ([40, 60], [38, 51], [np.inf, 1]),
        ([40, 60], [38, 51], [0, 0]),
        ([40, 60, 10], [38, 51], [3, 1]),
        (["a", 60], [38, 51], [3, 1]),
        ([], [], []),
    ],
)
def test_cells_that_leave_the_official_rate_unknown_are_refused(n, passes, value):
    with pytest.raises(BadInput):
        survey.value_weighted(n, passes, value)


@pytest.mark.parametrize(
    "call",
    [
        lambda: survey.post_stratified(small(), [np.inf, 1, 1]),
        lambda: survey.post_stratified(small(), ["a", 1, 1]),
        lambda: survey.post_stratified(small(), OUTPUT, alone_from=np.nan),
        lambda: survey.post_stratified(small(), OUTPUT, alone_from=-3),
        lambda: survey.hajek(small()).at(9),
        lambda: survey.hajek(small()).at(),
        lambda: survey.hajek(small(), level="95"),
    ],
)
def test_questions_without_an_answer_are_refused(call):
    with pytest.raises(BadInput):
        call()


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: Sample.from_counts(["a"], [[1]], [[1]]), "no numbers"),
        (lambda: Sample.from_counts([10], [[1], [1, 2]], [[1], [1, 2]]), "no numbers"),
        (lambda: Sample.from_counts([10], [[5]], [[2.5]]), "whole counts"),
        (lambda: Sample.from_counts([10], [[5, 5]], [[2, 2]]).merge([0.5, 1]), "no whole number"),
        (lambda: Sample.from_counts(np.zeros(0), np.zeros((0, 1)), np.zeros((0, 1))), "no stratum"),
        (lambda: Sample.from_counts([10], np.zeros((1, 0)), np.zeros((1, 0))), "no domain"),
        (
            lambda: Sample.from_counts([9, 9], [[1], [1]], [[1], [1]], classes=np.array([1, "a"], object)),
            "named in another way",
        ),
        (lambda: Sample.from_counts([10], [[5, 5]], [[2, 2]]).merge([np.nan, 1]), "no whole number"),
    ],
)
def test_counts_that_are_none_are_refused_in_words(call, word):
    with pytest.raises(BadInput, match=word):
        call()
