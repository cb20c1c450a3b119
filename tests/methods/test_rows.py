"""The covariance of totals holds for strata, clusters and stages, whatever the order and names."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from zhiheng.errors import BadInput
from zhiheng.methods import taylor, variance
from zhiheng.methods.rows import Fit, Rows, Stage


@st.composite
def samples(draw):
    """A stratified sample of clusters with two or more a stratum."""
    shape = draw(st.lists(st.lists(st.integers(1, 3), min_size=2, max_size=4), min_size=1, max_size=3))
    stratum = [h for h, clusters in enumerate(shape) for size in clusters for _ in range(size)]
    psu = [c for clusters in shape for c, size in enumerate(clusters) for _ in range(size)]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    population = np.array([len(clusters) * 3 for clusters in shape])[stratum]
    return {
        "weight": rng.uniform(1, 9, len(stratum)),
        "stratum": np.array(stratum),
        "psu": np.array(psu),
        "population": population,
        "y": rng.normal(5, 2, (len(stratum), 2)),
    }


def rows_of(sample, order=slice(None)):
    return Rows.of(
        *[sample["weight"][order]], **{k: sample[k][order] for k in ("stratum", "psu", "population")}
    )


@given(samples(), st.integers(0, 2**32 - 1))
def test_the_order_of_the_rows_plays_no_part(sample, seed):
    order = np.random.default_rng(seed).permutation(sample["weight"].size)

    found = taylor.mean(sample["y"], rows_of(sample))
    turned = taylor.mean(sample["y"][order], rows_of(sample, order))

    assert turned.estimate == pytest.approx(found.estimate)
    assert turned.covariance == pytest.approx(found.covariance, abs=1e-12)
    assert turned.df == found.df


@given(samples())
def test_a_covariance_is_symmetric_and_never_negative(sample):
    found = taylor.total(sample["y"], rows_of(sample)).covariance

    assert found == pytest.approx(found.T)
    assert np.linalg.eigvalsh(found).min() >= -1e-9 * np.trace(found)


@given(samples(), st.floats(0.01, 100))
def test_a_mean_and_its_error_do_not_know_the_scale_of_the_weights(sample, scale):
    one = taylor.mean(sample["y"], rows_of(sample))
    other = taylor.mean(sample["y"], rows_of({**sample, "weight": sample["weight"] * scale}))

    assert other.estimate == pytest.approx(one.estimate)
    assert other.standard_error == pytest.approx(one.standard_error)


@given(samples())
def test_clusters_that_are_all_of_their_strata_leave_no_error(sample):
    whole = {**sample, "population": sample["population"] / 3}

    assert taylor.mean(sample["y"], rows_of(whole)).standard_error == pytest.approx([0, 0], abs=1e-12)


def two_stages(y, *, clusters=4, taken=2, within=2):
    """Return the rows of every sample of a population of equal clusters, with what it measures."""
    size = y.shape[1]
    inner = list(itertools.combinations(range(size), within))
    for chosen in itertools.combinations(range(clusters), taken):
        for picks in itertools.product(inner, repeat=taken):
            psu = np.repeat(chosen, within)
            rows = Rows(
                np.full(psu.size, clusters * size / (taken * within)),
                (
                    Stage(unit=psu, population=np.full(psu.size, clusters)),
                    Stage(population=np.full(psu.size, size)),
                ),
            )
            yield rows, np.array([y[c, i] for c, pick in zip(chosen, picks, strict=True) for i in pick])


def test_the_variance_of_two_stages_is_unbiased_over_all_samples():
    y = np.array([[1.0, 5, 2], [7, 3, 3], [0, 4, 9], [2, 2, 6]])

    found = [taylor.total(values, rows) for rows, values in two_stages(y)]

    totals = np.array([one.estimate for one in found])
    assert totals.mean() == pytest.approx(y.sum())
    assert np.mean([one.covariance for one in found]) == pytest.approx(totals.var())


def test_a_second_stage_adds_nothing_where_the_first_was_with_replacement():
    psu, y = [1, 1, 2, 2, 3, 3], [3.0, 5, 2, 8, 1, 1]
    first = Stage(unit=psu)

    one = taylor.mean(y, Rows([2.0] * 6, (first,)))
    two = taylor.mean(y, Rows([2.0] * 6, (first, Stage(population=[9] * 6))))

    assert two.covariance == one.covariance


def test_a_certain_stratum_with_one_unit_is_neither_lonely_nor_in_error():
    rows = Rows.of([1.0, 5, 5], stratum=["a", "b", "b"], population=[1, 10, 10])

    ways = [
        taylor.total([9.0, 2, 4], rows, lonely=way).covariance
        for way in ("adjust", "average", "certainty", "refuse")
    ]

    assert ways == pytest.approx([ways[0]] * 4)


def test_units_of_the_same_name_in_two_strata_are_two_units():
    rows = Rows.of([1.0] * 4, stratum=["a", "a", "b", "b"], psu=[1, 2, 1, 2])

    assert rows.df == 2


@pytest.mark.parametrize(
    "columns",
    [
        {"population": [10, 10, 10]},
        {"population": [10, 0, 10, 10]},
        {"population": [10, np.nan, 10, 10]},
        {"population": [10, 11, 10, 10]},
        {"population": [3, 3, 3, 3]},
        {"stratum": ["a", "b"]},
        {"psu": [1, 2, 3]},
    ],
)
def test_a_draw_that_does_not_fit_is_refused(columns):
    with pytest.raises(BadInput):
        Rows.of([1.0] * 4, **columns)


def test_a_draw_without_stages_is_refused():
    with pytest.raises(BadInput, match="no stage"):
        Rows([1.0], ())


def test_an_unknown_way_for_lonely_units_is_refused():
    with pytest.raises(BadInput, match="no way"):
        taylor.mean([1.0, 2.0], Rows.of([1.0, 1.0]), lonely="guess")


def test_no_average_stands_for_strata_that_are_all_lonely():
    rows = Rows.of([1.0, 1.0], stratum=["a", "b"])

    with pytest.raises(BadInput, match="two primary units"):
        taylor.mean([1.0, 2.0], rows, lonely="average")


@pytest.mark.parametrize("columns", [{}, {"psu": [1, 1, 1]}, {"population": [9] * 3, "psu": ["x"] * 3}])
def test_one_primary_unit_tells_nothing_of_the_error(columns):
    size = 3 if columns else 1
    rows = Rows.of([5.0] * size, **columns)

    with pytest.raises(BadInput, match="one primary unit"):
        taylor.mean([1.0] * size, rows)
    assert taylor.mean([1.0] * size, rows, lonely="certainty").standard_error == 0


def test_one_unit_that_is_all_there_is_has_no_error():
    assert taylor.total([7.0], Rows.of([1.0], population=[1])).standard_error == 0


def test_one_unit_of_a_second_stage_in_certain_units_tells_nothing_either():
    certain = Stage(unit=[0, 1], population=[2, 2])

    with pytest.raises(BadInput, match="one primary unit"):
        taylor.mean([1.0, 2.0], Rows([4.0, 4.0], (certain, Stage(population=[4, 4]))))


def test_rows_stay_what_was_checked_when_the_arrays_of_the_caller_change():
    weight, stratum = np.array([2.0, 2, 3, 3]), np.array([0, 0, 1, 1])
    rows = Rows.of(weight, stratum=stratum)

    weight[0], stratum[:] = -5, 7

    assert rows.weight.tolist() == [2, 2, 3, 3]
    assert rows.reweighted(rows.weight * 2, Fit(np.ones((4, 1)), rows.weight)).df == 2


@pytest.mark.parametrize(
    ("weight", "columns", "word"),
    [
        (["a", "b"], {}, "no numbers"),
        ([[1], [1, 2]], {}, "no numbers"),
        ([1.0, 1], {"stratum": [1.0, np.nan]}, "unknown"),
        ([1.0, 1], {"stratum": ["a", None]}, "unknown"),
        ([1.0, 1], {"stratum": ["a", np.nan]}, "unknown"),
        ([1.0, 1], {"psu": np.array([1, "a"], dtype=object)}, "unknown"),
        ([1.0, 1], {"population": ["x", "y"]}, "no numbers"),
    ],
)
def test_columns_that_say_nothing_are_refused(weight, columns, word):
    with pytest.raises(BadInput, match=word):
        Rows.of(weight, **columns)


@pytest.mark.parametrize("free", [2.0, -1.0, np.nan])
def test_a_share_that_was_not_drawn_lies_between_none_and_all(free):
    with pytest.raises(BadInput):
        variance.finish([2, 2], [1.0, 1.0], [0.0, 0.0], [free, 1.0])


@given(st.integers(4, 60), st.integers(0, 2**32 - 1), st.sampled_from(["normal", "exponential", "uniform"]))
def test_the_degrees_of_freedom_of_one_stratum_are_those_of_its_k_statistics(n, seed, kind):
    z = getattr(np.random.default_rng(seed), kind)(size=n)

    found = Rows.of([3.0] * n).effective_df(z)

    # In small samples the unbiased variance of a variance may fall below zero: nothing to take off then.
    least = 2 * stats.kstat(z, 2) ** 2 / (n - 1)
    assert found == pytest.approx(2 * stats.kstat(z, 2) ** 2 / max(stats.kstatvar(z, 2), least))


def test_the_variances_of_the_variances_of_strata_add_up():
    parts = [np.arange(12.0) ** power for power in (3, 4)]
    rows = Rows.of([2.0] * 24, stratum=[0] * 12 + [1] * 12)
    whole = sum(stats.kstat(z, 2) for z in parts) ** 2

    found = rows.effective_df(np.concatenate(parts))

    assert found < rows.df
    assert found == pytest.approx(2 * whole / sum(stats.kstatvar(z, 2) for z in parts))


@pytest.mark.parametrize(("failures", "n"), [(3, 400), (20, 400), (150, 1000)])
def test_a_share_has_about_two_degrees_of_freedom_a_failure(failures, n):
    y, p = np.arange(n) < failures, failures / n

    found = Rows.of([7.0] * n).effective_df(y.astype(float))

    assert found == pytest.approx(2 * n * p * (1 - p) / (1 - 4 * p * (1 - p)), rel=0.02)


@given(samples(), st.floats(1e-3, 1e3), st.integers(0, 2**32 - 1))
def test_degrees_of_freedom_know_neither_unit_nor_order_and_stay_below_those_of_the_design(
    sample, scale, seed
):
    order = np.random.default_rng(seed).permutation(sample["weight"].size)
    rows, y = rows_of(sample), sample["y"]

    found = rows.effective_df(y)

    assert np.all((found > 0) & (found <= rows.df))
    assert rows.effective_df(y * scale) == pytest.approx(found)
    assert rows_of(sample, order).effective_df(y[order]) == pytest.approx(found)
    assert rows.effective_df(y[:, 1]) == pytest.approx(found[1:])


def test_degrees_of_freedom_count_clusters_and_not_their_rows():
    rng = np.random.default_rng(6)
    totals = rng.exponential(1, 15) ** 2
    rows = Rows.of([1.0] * 30, psu=np.repeat(np.arange(15), 2))

    found = rows.effective_df(np.repeat(totals / 2, 2))

    assert found == pytest.approx(Rows.of([1.0] * 15).effective_df(totals))


@pytest.mark.parametrize("values", [[0.0] * 4, [5.0, 5.0, 9.0, 9.0]])
def test_without_an_error_the_degrees_of_freedom_are_those_of_the_design(values):
    assert Rows.of([1.0] * 4, stratum=[0, 0, 1, 1]).effective_df(values).tolist() == [2]


def test_a_unit_alone_in_its_stratum_leaves_less_to_trust():
    rows = Rows.of([1.0] * 6, stratum=[0, 0, 0, 0, 0, 1])
    values = [-1.0, 1.0, 0.5, -0.5, 0.2, 9.0]

    alone, left_out = (rows.effective_df(values, lonely=way) for way in ("adjust", "certainty"))

    assert alone < 4
    assert left_out == pytest.approx(Rows.of([1.0] * 5).effective_df(values[:5]))


def test_stages_add_their_doubts():
    sample = {"unit": np.repeat(np.arange(6), 3), "y": np.random.default_rng(9).normal(size=18)}
    few, many = (
        Rows(
            [1.0] * 18,
            (Stage(unit=sample["unit"], population=[size] * 18), Stage(population=[9] * 18)),
        )
        for size in (7, 10**6)
    )

    assert many.effective_df(sample["y"]) == pytest.approx(
        Rows.of([1.0] * 18, psu=sample["unit"]).effective_df(sample["y"]), rel=1e-4
    )
    assert 0 < few.effective_df(sample["y"]) <= few.df


@pytest.mark.parametrize("slope", ["a", np.nan, [1.0, 2.0, 3.0], [[1.0]]])
def test_a_slope_that_is_no_number_a_column_is_refused(slope):
    with pytest.raises(BadInput):
        Rows.of([1.0] * 4).effective_df([[1.0, 2.0]] * 4, slope=slope)
