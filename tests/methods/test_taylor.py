"""The plain version on rows agrees with R survey."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods import vectors
from zhiheng.errors import BadInput
from zhiheng.methods import taylor


@pytest.mark.parametrize("case", vectors.cases("lonely_psu"), ids=lambda c: c["id"])
@pytest.mark.parametrize("lonely", ["adjust", "certainty"])
def test_a_stratum_with_one_unit_counts_as_in_r_survey(case, lonely):
    i = case["inputs"]

    found = taylor.mean(i["x"], i["weight"], i["stratum"], psu=i["psu"], lonely=lonely)

    assert found.standard_error == pytest.approx(case["expected"][lonely], rel=1e-8)


@pytest.mark.parametrize("case", vectors.cases("lonely_psu")[:1], ids=lambda c: c["id"])
def test_a_stratum_with_one_unit_can_be_refused(case):
    i = case["inputs"]

    with pytest.raises(BadInput, match="one primary unit"):
        taylor.mean(i["x"], i["weight"], i["stratum"], psu=i["psu"], lonely="refuse")


@pytest.mark.parametrize("case", vectors.cases("cluster_taylor"), ids=lambda c: c["id"])
def test_cluster_means_agree_with_r_survey(case):
    i, expected = case["inputs"], case["expected"]

    for name, number in (("y", 0), ("x", 1)):
        found = taylor.mean(i[name], i["weight"], i["stratum"], psu=i["psu"])
        assert found.estimate == pytest.approx(expected["mean"][number], rel=1e-8)
        assert found.standard_error**2 == pytest.approx(expected["vcov"][number][number], rel=1e-8)
        assert found.df == expected["df"]


@pytest.mark.parametrize("case", vectors.cases("stratified_taylor"), ids=lambda c: c["id"])
def test_domain_means_on_rows_agree_with_r_survey(case):
    i, expected = case["inputs"], case["expected"]
    population = dict(zip(sorted(set(i["stratum"])), i["N_h"], strict=True))

    for name, mean, error in zip(
        expected["domain"], expected["domain_mean"], expected["domain_se"], strict=True
    ):
        inside = np.asarray(i["domain"]) == name
        found = taylor.mean(i["y"], i["weight"], i["stratum"], population=population, domain=inside)
        assert (found.estimate, found.standard_error) == pytest.approx((mean, error), rel=1e-8)


@pytest.mark.parametrize(
    "rows",
    [
        ([1, 0], [1, 0], ["a", "a"], None),
        ([1, 0], [1, 1], ["a"], None),
        ([1, 0], [1, 1], ["a", "a"], [False, False]),
        ([1, float("nan")], [1, 1], ["a", "a"], None),
    ],
)
def test_rows_that_do_not_fit_are_refused(rows):
    y, weight, stratum, domain = rows

    with pytest.raises(BadInput):
        taylor.mean(y, weight, stratum, domain=domain)
