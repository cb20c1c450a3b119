"""No method on series, panels, texts and composites meets what it cannot honour with a bare error."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from zhiheng.errors import BadInput
from zhiheng.methods import (
    breaks,
    bunching,
    composite,
    differences,
    digits,
    integrity,
    interrupted,
    linkage,
    linking,
    normalisation,
    ranking,
    seasonal,
    spread,
    strings,
    structural,
    survey,
    synthetic,
    weighting,
)
from zhiheng.methods.panel import Panel

NAN, INF = float("nan"), float("inf")
PANEL = Panel([[1, 2, 3], [2, 3, 3], [1, 5, 6], [2, 5, 7]], [None, None, 1, 1])
WIDE = Panel(np.arange(40.0).reshape(8, 5) % 7, [None] * 7 + [3])
EIGHT = [1, 2.1, 2.9, 4, 7, 8.2, 8.9, 10.1]
RATES = survey.hajek(survey.Sample.from_counts([100], [[10, 5]], [[9, 4]]))
TENS = [9.8, 10.0, 10.1, 10.2] * 200


def rng():
    return np.random.default_rng(1)


def fitted():
    return structural.fit([5.0, 5.2, 5.1, 5.3], [0.1] * 4, is_noisy=False, variances={"level": 0.01})


def summary(draws):
    return differences.summarise(differences.group_time(PANEL), "event", rng(), draws=draws)


CALLS = {
    "a size of a tree as text": lambda: composite.Tree.even("a"),
    "no size of a tree": lambda: composite.Tree.even(4, None),
    "one weight for a tree": lambda: composite.Tree.even(4, 2, weights=3),
    "a place among rates as text": lambda: RATES.at("a"),
    "half a place among rates": lambda: RATES.at(0.5),
    "no place among rates": lambda: RATES.at(None),
    "a power as text": lambda: composite.power_mean([[1, 2]], [1, 1], "a"),
    "no parts": lambda: weighting.equal("a"),
    "half a part": lambda: weighting.equal(2.5),
    "a scale as text": lambda: normalisation.min_max([[1], [2]], low="a"),
    "an unknown scale": lambda: normalisation.goalposts([[1]], 0, 2, low=NAN),
    "an endless scale": lambda: normalisation.goalposts([[1]], 0, 2, high=INF),
    "an endless shift": lambda: normalisation.log_shifted([1, 2, 3], shift=INF),
    "an unknown bound": lambda: normalisation.winsorise([1, 2, 3, 4, 100], skew=NAN),
    "a negative count": lambda: normalisation.winsorise([1, 2, 3, 4, 100], most=-1),
    "half a draw of places": lambda: ranking.simulate([[1, 2], [2, 1]], [1, 1], rng(), draws=1.5),
    "no generator": lambda: ranking.simulate([[1, 2], [2, 1]], [1, 1], None),
    "an endless base": lambda: linking.chain([1.1], base=INF),
    "an unknown base": lambda: linking.rebase([50, 100], 1, base=NAN),
    "half a place": lambda: linking.rebase([50, 100], 0.5),
    "a negative index": lambda: linking.rebase([100, -200], 0),
    "half an overlap": lambda: linking.splice([1, 2], [1, 2], 1.5),
    "three errors": lambda: linking.splice([1, 2], [1, 2], 1, errors=([1, 1], [1, 1], [1, 1])),
    "figures as text": lambda: structural.fit(["a"] * 4, [1] * 4),
    "unknown seasons": lambda: structural.fit([1, 2, 3, 4], [1] * 4, seasons=NAN),
    "a variance as text": lambda: structural.fit([1, 2, 3, 4], [1] * 4, variances={"level": "a"}),
    "an unknown horizon": lambda: structural.forecast(fitted(), NAN),
    "half a period ahead": lambda: structural.forecast(fitted(), 1.5),
    "a target as text": lambda: structural.reaching(fitted(), "x", 2, rng()),
    "half a draw of paths": lambda: structural.reaching(fitted(), 5.4, 2, rng(), draws=2.5),
    "a period as text": lambda: seasonal.classical(range(20), "a"),
    "an endless period": lambda: seasonal.classical(range(20), INF),
    "an unknown window": lambda: seasonal.stl(range(20), 4, season_window=NAN),
    "half a least length": lambda: breaks.segments(EIGHT, least=1.5),
    "a penalty as text": lambda: breaks.segments(EIGHT, penalty="a"),
    "a change without generator": lambda: breaks.one(EIGHT, [1] * 8, None),
    "a start as text": lambda: Panel([[1, 2], [1, 4]], ["x", 1]),
    "a start before all": lambda: Panel([[1, 2], [1, 4]], [-INF, 1]),
    "a table of starts": lambda: Panel([[1, 2], [1, 4]], [[None], [1]]),
    "half an anticipation": lambda: differences.group_time(PANEL, anticipation=0.5),
    "an unknown anticipation": lambda: differences.group_time(PANEL, anticipation=NAN),
    "no draws of effects": lambda: summary(0),
    "half a draw of effects": lambda: summary(1.5),
    "no draws of a study": lambda: differences.event_study(PANEL, rng(), draws=0),
    "a placebo without generator": lambda: differences.placebo(PANEL, None),
    "a false start as text": lambda: synthetic.in_time(WIDE, ["a"]),
    "half a false start": lambda: synthetic.in_time(WIDE, [1.5]),
    "half a draw of placebos": lambda: synthetic.with_error(
        WIDE, synthetic.difference(WIDE), rng=rng(), draws=2.5
    ),
    "an unknown start": lambda: interrupted.effect(EIGHT, NAN),
    "unknown lags": lambda: interrupted.effect(EIGHT, 4, lags=NAN),
    "half a lag": lambda: interrupted.effect(EIGHT, 4, lags=1.7),
    "a placebo start as text": lambda: interrupted.placebo(EIGHT * 2, "a"),
    "no leading digits": lambda: digits.leading([1.5], digits=0),
    "twenty leading digits": lambda: digits.leading([1.5], digits=20),
    "decimals as text": lambda: digits.last_digits(TENS, "a"),
    "a liked digit of 12": lambda: digits.heaping(TENS, 1, digits=12),
    "an unknown group": lambda: integrity.under_dispersion([1, 2, 3, 4], [1, 1, NAN, NAN]),
    "a width as text": lambda: bunching.near(TENS, 10, "a"),
    "no limit": lambda: bunching.near(TENS, None, 1),
    "a window as text": lambda: bunching.excess(TENS, 10, 0.1, window="a"),
    "a number for a text": lambda: strings.jaro(5, "a"),
    "a weight as text": lambda: strings.jaro_winkler("a", "b", weight="a"),
    "chances as text": lambda: linkage.weights([[1]], "a", 0.1),
    "a share as text": lambda: linkage.fit([[0, 0, 0], [1, 1, 1]], share="a"),
    "weights as text": lambda: linkage.probability("a", 0.1),
    "an error rate as text": lambda: linkage.rule([0.9], [0.1], false_links="a"),
    "values as text": lambda: spread.local_variance(["a", "b"], [0.5, 0.5], [[0], [1]]),
    "places as text": lambda: spread.local_variance([1, 2], [0.5, 0.5], [["x"], ["y"]]),
    "half a neighbour": lambda: spread.local_variance([1, 2, 3], [0.5] * 3, [[0], [1], [2]], neighbours=1.5),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_what_cannot_be_honoured_is_refused_with_cause_and_remedy(call):
    with pytest.raises(BadInput) as refused:
        call()

    assert refused.value.cause.endswith(".")
    assert refused.value.remedy.endswith(".") or refused.value.remedy.endswith(").")


@pytest.mark.parametrize("unit", [1e-200, 1e-9, 1e9, 1e200])
def test_shape_and_scores_are_the_same_in_every_unit(unit):
    x = np.array([1.0, 2, 3, 4, 20])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = normalisation.skewness(x * unit), normalisation.kurtosis(x * unit)
        scores = normalisation.z_score((x * unit)[:, None])

    assert found == pytest.approx((normalisation.skewness(x), normalisation.kurtosis(x)))
    assert scores == pytest.approx(normalisation.z_score(x[:, None]))


@pytest.mark.parametrize("power", [-1e300, -2000, -3, -1e-9, 1e-300, 1e-9, 0.5, 3, 2000, 1e300])
def test_a_mean_of_any_power_lies_where_it_must(power):
    """Between the least and the largest, at them for endless powers, and at the geometric mean near zero."""
    x, w = [[1.0, 2.0, 9.0]], [1, 1, 0]

    found = composite.power_mean(x, w, power)[0]

    if abs(power) >= 2000:
        assert found == pytest.approx(2.0 if power > 0 else 1.0, rel=1e-3)
    elif abs(power) < 1e-6:
        assert found == pytest.approx(np.sqrt(2), rel=1e-8)
    else:
        assert found == pytest.approx(((1 + 2.0**power) / 2) ** (1 / power))


def test_one_treated_and_one_control_have_an_effect_and_no_error():
    panel = Panel([[1, 2, 3], [1, 5, 7]], [None, 2])

    study = differences.event_study(panel, rng(), draws=10)
    by_group = differences.group_time(panel)

    assert study.estimate.tolist() == [-3, 0, 1]
    assert np.isnan(study.standard_error).tolist() == [True, False, True]
    assert np.isnan(study.lower[[0, 2]]).all()
    assert np.isnan(study.joint_upper[[0, 2]]).all()
    assert by_group.estimate.tolist() == [3, 1]
    assert np.isnan(by_group.standard_error).all()
    with pytest.raises(BadInput, match="one unit"):
        study.before()
