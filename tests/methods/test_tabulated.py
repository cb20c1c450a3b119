"""A table with one row a unit is estimated by its design; what its columns cannot say is refused."""

from __future__ import annotations

import numpy as np
import pytest

from zhiheng.errors import BadInput
from zhiheng.methods import intervals, tabulated
from zhiheng.methods.tabulated import Design

NAN = float("nan")
STRATA = {"stratum": ["a", "a", "b", "b"], "population": [20, 20, 10, 10]}


@pytest.mark.parametrize("is_share", [True, False])
def test_a_stratum_where_nobody_answered_is_named_and_never_left_out_in_silence(is_share):
    with pytest.raises(BadInput, match="Nobody answered in stratum 'b'") as refused:
        tabulated.estimate([1, 1, NAN, NAN], Design(**STRATA), is_share=is_share)

    assert refused.value.facts["rows"] == (2, 3)


def test_who_did_not_answer_is_stood_for_by_those_of_the_stratum_who_did():
    found = tabulated.estimate([1, NAN, 0, NAN], Design(**STRATA))

    assert found.estimate == pytest.approx(20 / 30)


@pytest.mark.parametrize("given", [{"weight": [3]}, {"psu": [1]}, {"probability": [0.5]}])
def test_one_row_has_no_error_to_tell(given):
    with pytest.raises(BadInput, match="one primary unit"):
        tabulated.estimate([5.0], Design(**given), is_share=False)


def test_one_answer_of_a_known_stratum_has_limits_and_no_error():
    found = tabulated.estimate([1], Design(population=[10]))

    assert found.standard_error is None
    assert found.lower < 0.1 < found.upper


@pytest.mark.parametrize(
    "given",
    [
        {"stratum": ["a", "b"]},
        {"psu": [1, 2]},
        {"weight": [1, 2]},
        {"probability": [0.5]},
        {"population": [5]},
        {"stratum": ["a", "a", None, "b"]},
        {"weight": ["a"] * 4},
        {"weight": [np.inf, 1, 1, 1]},
        {"population": ["a"] * 4},
    ],
)
@pytest.mark.parametrize("is_share", [True, False])
def test_columns_that_do_not_fit_the_rows_are_refused(given, is_share):
    with pytest.raises(BadInput):
        tabulated.estimate([1, 0, 1, 1], Design(**given), is_share=is_share)


@pytest.mark.parametrize(
    "call",
    [
        lambda: tabulated.estimate([1, np.inf, 0, 1], Design(**STRATA)),
        lambda: tabulated.estimate(["a", 1, 0, 1], Design(**STRATA)),
        lambda: tabulated.estimate([1.0, 2, 3, 4], Design(), is_share=False, level=3),
        lambda: tabulated.by_domain([1, 0, 1, 1], Design(**STRATA), [0.5, 0, 1, 1]),
        lambda: tabulated.by_domain([1, 0, 1, 1], Design(**STRATA), [0, 1]),
    ],
)
def test_outcomes_labels_and_levels_that_say_nothing_are_refused(call):
    with pytest.raises(BadInput):
        call()


def test_a_design_keeps_its_columns():
    weight = np.array([1.0, 2, 3, 4])
    design = Design(weight=weight)
    before = tabulated.estimate([1, 0, 1, 1], design)

    weight[0] = 100

    assert tabulated.estimate([1, 0, 1, 1], design) == before


def test_limits_of_a_share_take_the_degrees_of_freedom_of_its_design_effect():
    y = np.array([0] + [1] * 29 + [0] * 8 + [1] * 22)
    unlike = Design(stratum=[0] * 30 + [1] * 30, weight=[20.0] * 30 + [1.0] * 30)

    alike, heavy = (tabulated.estimate(y, design) for design in (Design(weight=[5.0] * 60), unlike))

    assert (alike.df, alike.interval_df) == (59, 59)
    assert heavy.df == 58
    assert heavy.interval_df < 58 / 2
    plain = intervals.korn_graubard(heavy.estimate, heavy.standard_error, heavy.n, heavy.df)
    assert heavy.lower < plain[0]
    assert heavy.upper > plain[1]
