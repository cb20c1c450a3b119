"""A draw that looks harder at risk still tells the rate of the whole population, with an honest interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods.design import Design

# How strongly failure follows the risk score: not at all, somewhat, and closely.
POPULATIONS = {"unrelated": 0.0, "related": 0.6, "closely related": 1.2}


def population(strength, size=4000, seed=1):
    rng = np.random.default_rng(seed)
    risk = rng.lognormal(0, 0.8, size)
    failing = 0.08 * risk**strength / np.mean(risk**strength)
    return risk, (rng.random(size) >= np.minimum(failing, 0.9)).astype(float)


def redraw(design, passes, rounds, seed=2, answers=1.0):
    rng, found = np.random.default_rng(seed), []
    for _round in range(rounds):
        drawn = design.draw(rng.random(passes.size))
        y = np.where(rng.random(drawn.size) < answers, passes[drawn], np.nan)
        found.append(design.estimate(drawn, y))
    return found


@pytest.mark.parametrize("name", POPULATIONS)
@pytest.mark.parametrize("kind", ["strata", "half risk"])
def test_the_rate_is_unbiased_and_its_interval_holds_it(name, kind):
    risk, passes = population(POPULATIONS[name])
    if kind == "strata":
        stratum = np.digitize(risk, np.quantile(risk, [0.5, 0.85]))
        design = Design.within_strata(stratum, [120, 140, 140])
    else:
        design = Design.by_risk(risk, 400)
    truth = passes.mean()

    found = redraw(design, passes, 150)

    estimates = np.array([one.estimate for one in found])
    assert estimates.mean() == pytest.approx(truth, abs=3.5 * estimates.std() / np.sqrt(150))
    covered = np.mean([one.lower <= truth <= one.upper for one in found])
    assert 0.9 <= covered <= 0.995
    assert np.mean([one.standard_error for one in found]) == pytest.approx(estimates.std(), rel=0.15)


def test_the_raw_rate_is_far_off_where_risk_tells_of_failure():
    risk, passes = population(1.2)

    found = redraw(Design.by_risk(risk, 400, uniform=0.0), passes, 60)

    assert np.mean([one.naive for one in found]) < passes.mean() - 0.03
    assert np.mean([one.estimate for one in found]) == pytest.approx(passes.mean(), abs=0.012)


def test_half_by_risk_finds_more_failures_than_a_simple_sample():
    risk, passes = population(1.2)

    def failures(uniform):
        found = redraw(Design.by_risk(risk, 400, uniform=uniform), passes, 40)
        return np.mean([(1 - one.naive) * one.n for one in found])

    assert failures(0.5) > 1.3 * failures(1.0)


def test_missing_answers_are_represented_by_those_who_answered():
    risk, passes = population(0.6)
    stratum = np.digitize(risk, np.quantile(risk, [0.5, 0.85]))

    for design in (Design.within_strata(stratum, [120, 140, 140]), Design.by_risk(risk, 400)):
        found = redraw(design, passes, 80, answers=0.8)
        assert np.mean([one.estimate for one in found]) == pytest.approx(passes.mean(), abs=0.008)
        assert all(one.n < one.drawn == 400 for one in found)


@settings(max_examples=40)
@given(st.lists(st.floats(0.01, 50), min_size=3, max_size=40), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_chances_add_up_and_the_order_of_the_frame_plays_no_part(risk, uniform, seed):
    n = max(2, len(risk) // 2)
    design = Design.by_risk(risk, n, uniform=uniform)
    rng = np.random.default_rng(seed)
    u, order = rng.random(len(risk)), rng.permutation(len(risk))

    turned = Design.by_risk(np.array(risk)[order], n, uniform=uniform).draw(u[order])

    assert design.pi.sum() == pytest.approx(n)
    assert np.all(1 / design.pi <= len(risk) / (n * uniform) * (1 + 1e-9) if uniform > 0 else True)
    assert sorted(order[turned].tolist()) == design.draw(u).tolist()


def test_nothing_failed_leaves_room_below_one():
    design = Design.by_risk(np.linspace(1, 3, 100), 30)
    drawn = design.draw(np.random.default_rng(1).random(100))

    found = design.estimate(drawn, np.ones(30))

    assert (found.estimate, found.upper) == (1.0, 1.0)
    assert 0.8 < found.lower < 0.95


def test_a_stratum_that_did_not_answer_at_all_is_told():
    design = Design.within_strata([0] * 60 + [1] * 40, [2, 2])

    lost = design.estimate([0, 1, 60, 61], [1, 1, np.nan, np.nan])
    whole = design.estimate([0, 1, 60, 61], [1, 1, np.nan, 0])

    assert (lost.coverage, whole.coverage) == (pytest.approx(0.6), 1)


PAIR = Design.by_risk([1.0, 1, 2], 2)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: Design.within_strata([0, 0, 1], [1, 0]), "outside 1"),
        (lambda: Design.within_strata([0, 0, 2], [1, 1, 1]), "is empty"),
        (lambda: Design.within_strata([0, 0, 1], [3, 1]), "outside 1"),
        (lambda: Design.within_strata([0.5], [1]), "numbered from 0"),
        (lambda: Design.within_strata([0, 0, 0, 1, 1, 1], [1.7, 2]), "whole numbers"),
        (lambda: Design.within_strata([0, 0, 1, 1], [np.nan, 1]), "whole numbers"),
        (lambda: Design.within_strata([0, 0, 1, 1], ["a", "b"]), "no numbers"),
        (lambda: Design.within_strata([0, 0, 1, 10**12], [1, 1]), "one sample size"),
        (lambda: Design.within_strata([0, 0, 1], [1, 1]).draw([0.1, np.nan, 0.2]), "unknown"),
        (lambda: Design.within_strata([0, 0, 1], [1, 1]).draw([0.1, 5, 0.2]), "in \\[0, 1"),
        (lambda: Design.within_strata([0, 0, 1], [1, 1]).draw([0.1, -1, 0.2]), "in \\[0, 1"),
        (lambda: Design.by_risk(["a", 1.0], 2), "no numbers"),
        (lambda: Design.by_risk([1.0, 1], np.nan), "no whole number"),
        (lambda: Design.by_risk([1.0, 1], np.inf), "no whole number"),
        (lambda: PAIR.estimate([0, 1], ["a", 1]), "no numbers"),
        (lambda: Design.by_risk([1.0, 0], 2), "not above zero"),
        (lambda: Design.by_risk([1.0, np.nan], 2), "not above zero"),
        (lambda: Design.by_risk([1.0, 1], 3), "cannot be drawn"),
        (lambda: Design.by_risk([1.0, 1], 1), "cannot be drawn"),
        (lambda: Design.by_risk([1.0, 1], 2, uniform=2), "outside 0 to 1"),
        (lambda: PAIR.draw([0.5, 0.5]), "one probability a unit"),
        (lambda: PAIR.estimate([0], [1.0]), "not those of the design"),
        (lambda: PAIR.estimate([0, 3], [1.0, 1]), "not in the frame"),
        (lambda: PAIR.estimate([0, 0], [1.0, 1]), "given twice"),
        (lambda: PAIR.estimate([0, 1], [1.0, 2]), "neither 1 nor 0"),
        (lambda: PAIR.estimate([0, 1], [1.0, np.nan]), "Fewer than two"),
        (lambda: PAIR.estimate([0, 1], [1.0]), "one result"),
        (
            lambda: Design.within_strata([0, 0], [2]).estimate([0, 1], [np.nan, np.nan]),
            "No unit has a result",
        ),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
