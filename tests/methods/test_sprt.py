"""The sequential test keeps its risks, added up exactly, and stops when it may."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput, LimitExceeded
from zhiheng.methods import sprt


@pytest.mark.parametrize(
    ("bad", "h_accept", "h_reject", "slope"),
    [
        (0.07, 1.1209209339531, 1.43911962560253, 0.0311289620394728),
        (0.08, 1.04576376251381, 1.34262739573435, 0.0340636376409934),
    ],
)
def test_the_lines_are_those_of_r(bad, h_accept, h_reject, slope):
    """Wald's lines worked out in R 4.2.2 for a good share of 0.01, risks 0.05 and 0.1."""
    found = sprt.plan(0.01, bad)

    assert (found.h_accept, found.h_reject, found.slope) == pytest.approx(
        (h_accept, h_reject, slope), rel=1e-12
    )


@given(st.floats(0.005, 0.1), st.floats(3, 8), st.floats(0.01, 0.1), st.floats(0.01, 0.1))
@settings(max_examples=15, deadline=None)
def test_both_risks_are_kept(good, ratio, alpha, beta):
    lines = sprt.plan(good, good * ratio, alpha=alpha, beta=beta)
    at_good, at_bad = sprt.operating(lines, good), sprt.operating(lines, lines.bad)

    assert at_good.reject <= alpha / (1 - beta)
    assert at_bad.accept <= beta / (1 - alpha)
    assert at_good.reject + at_bad.accept <= alpha + beta
    assert at_good.accept + at_good.reject + at_good.undecided == pytest.approx(1)


def test_the_exact_chances_are_those_of_many_inspections():
    lines, rng, repeats = sprt.plan(0.02, 0.1), np.random.default_rng(5), 1500
    found = [sprt.decide(rng.random(600) < 0.05, lines) for _repeat in range(repeats)]
    exact = sprt.operating(lines, 0.05)

    accepted = np.mean([one.verdict == "accept" for one in found])
    assert accepted == pytest.approx(exact.accept, abs=4 * np.sqrt(0.25 / repeats))
    units = np.array([one.units for one in found])
    assert units.mean() == pytest.approx(exact.units, abs=4 * units.std() / np.sqrt(repeats))


def test_a_verdict_stands_whatever_comes_after_it():
    lines = sprt.plan(0.01, 0.07)

    assert sprt.decide([1, 1, 1, 0, 0], lines) == sprt.decide([1, 1, 0, 1, 1], lines)
    assert sprt.decide([1, 1], lines).verdict == "reject"
    assert sprt.decide([0, 1, 0], lines) == sprt.Decision("continue", 3, 1)


def test_an_end_before_the_verdict_leaves_it_open():
    found = sprt.operating(sprt.plan(0.01, 0.07), 0.03, most=30)

    assert found.undecided > 0.5
    assert found.units <= 30


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: sprt.plan(0.07, 0.01), "no test"),
        (lambda: sprt.plan(0, 0.1), "no test"),
        (lambda: sprt.plan("a", 0.1), "no numbers"),
        (lambda: sprt.decide([0], None), "no plan"),
        (lambda: sprt.operating(sprt.plan(0.01, 0.1), 0.1, most=1.5), "whole number"),
        (lambda: sprt.plan(0.01, 0.1, alpha=0.6, beta=0.5), "Risks"),
        (lambda: sprt.decide([0, 3], sprt.plan(0.01, 0.1)), "0 to 1"),
        (lambda: sprt.operating(sprt.plan(0.01, 0.1), 2), "between 0 and 1"),
        (lambda: sprt.operating(sprt.plan(0.01, 0.1), 0.1, most=0), "bound"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word) as refused:
        call()
    assert refused.value.remedy


def test_lines_that_lie_wide_apart_need_no_more_room_than_units():
    lines = sprt.plan(0.5, 0.5 + 1e-15)

    found = sprt.operating(lines, 0.5, most=300)

    assert (found.accept, found.reject, found.units) == (0, 0, 300)
    assert found.undecided == pytest.approx(1)
    with pytest.raises(LimitExceeded, match="apart"):
        sprt.operating(lines, 0.5, most=1_000_000)
