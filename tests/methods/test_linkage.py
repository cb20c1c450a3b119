"""The fit finds the chances that made the pairs, and the rule makes the errors that it says."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import linkage

M, U, SHARE = np.array([0.95, 0.9, 0.85, 0.8]), np.array([0.02, 0.2, 0.05, 0.1]), 0.1
ALL = np.array(list(itertools.product([0, 1], repeat=4)))


def chances(patterns, m=M, u=U):
    return np.where(patterns == 1, m, 1 - m).prod(axis=1), np.where(patterns == 1, u, 1 - u).prod(axis=1)


def made(rng, n=4000):
    match = rng.random(n) < SHARE
    return match, (rng.random((n, 4)) < np.where(match[:, None], M, U)).astype(float)


def test_exact_counts_give_back_the_chances_that_made_them():
    match, other = chances(ALL)
    found = linkage.fit(ALL, 1e6 * (SHARE * match + (1 - SHARE) * other))

    assert found.m == pytest.approx(M, abs=1e-6)
    assert found.u == pytest.approx(U, abs=1e-6)
    assert found.share == pytest.approx(SHARE, abs=1e-6)


def test_rows_and_counted_patterns_and_unknown_fields_fit_alike():
    _match, rows = made(np.random.default_rng(1))
    once, count = np.unique(rows, axis=0, return_counts=True)
    whole = linkage.fit(rows)
    assert linkage.fit(once, count).m == pytest.approx(whole.m)

    rows[np.random.default_rng(2).random(rows.shape) < 0.2] = np.nan
    holes = linkage.fit(rows)
    assert holes.m == pytest.approx(M, abs=0.05)
    assert holes.u == pytest.approx(U, abs=0.05)


def test_the_fit_is_a_peak_of_the_likelihood():
    match, rows = made(np.random.default_rng(4))
    found = linkage.fit(rows)

    def likelihood(m, u, share):
        one, other = chances(rows, m, u)
        return np.log(share * one + (1 - share) * other).sum()

    best = likelihood(found.m, found.u, found.share)
    assert found.log_likelihood == pytest.approx(best)
    for step in (-0.01, 0.01):
        for k in range(4):
            moved = np.where(np.arange(4) == k, step, 0)
            assert likelihood(found.m + moved, found.u, found.share) < best
            assert likelihood(found.m, np.maximum(found.u + moved, 1e-4), found.share) < best
    weight = linkage.weights(rows, found.m, found.u)
    p = linkage.probability(weight, found.share)
    assert p[match].mean() > 0.9 > 0.05 > p[~match].mean()
    assert p.sum() == pytest.approx(found.share * len(rows), rel=1e-6)


@given(st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=4, max_size=4), st.floats(1e-5, 0.5))
def test_a_weight_is_the_ratio_of_chances_by_bayes(pattern, share):
    known = ~np.isnan(pattern)
    row = np.array([pattern])[:, known]
    match, other = chances(row, M[known], U[known])
    weight = linkage.weights([pattern], M, U)

    assert 2 ** weight[0] == pytest.approx(match[0] / other[0])
    expected = share * match[0] / (share * match[0] + (1 - share) * other[0])
    assert linkage.probability(weight, share)[0] == pytest.approx(expected)


@given(st.floats(1e-5, 0.3), st.floats(1e-3, 0.3))
@settings(max_examples=40)
def test_the_rule_keeps_its_errors_and_no_pattern_more_fits(false_links, missed_links):
    found = linkage.rule(M, U, false_links=false_links, missed_links=missed_links)
    match, other = chances(ALL)
    weight = linkage.weights(ALL, M, U)
    linked = weight >= found.upper - 1e-9
    apart = ~linked & (weight <= found.lower + 1e-9)

    assert other[linked].sum() == pytest.approx(found.false_links, abs=1e-12)
    assert found.false_links <= false_links + 1e-12
    assert match[apart].sum() == pytest.approx(found.missed_links, abs=1e-12)
    assert found.missed_links <= missed_links + 1e-12
    if not linked.all():
        following = weight[~linked].max()
        assert other[weight >= following - 1e-9].sum() > false_links
    if (between := ~linked & ~apart).any():
        assert match[weight <= weight[between].min() + 1e-9].sum() > missed_links


TABLE = [[0, 0, 0], [1, 1, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: linkage.weights([[0, 2]], [0.9, 0.9], [0.1, 0.1]), "other than 0, 1"),
        (lambda: linkage.weights([0, 1], [0.9, 0.9], [0.1, 0.1]), "no table"),
        (lambda: linkage.weights([["a"]], [0.9], [0.1]), "holds no numbers"),
        (lambda: linkage.weights([[0, 1]], [0.9], [0.1, 0.1]), "one chance for each"),
        (lambda: linkage.weights([[0]], [1.0], [0.1]), "above 0 and below 1"),
        (lambda: linkage.probability([np.nan], 0.1), "unknown"),
        (lambda: linkage.probability([1.0], 0), "share"),
        (lambda: linkage.fit([[0, 1], [1, 0]]), "three fields"),
        (lambda: linkage.fit(TABLE, [1, 2]), "counts"),
        (lambda: linkage.fit(TABLE, [1, 1, 1, 1, -1]), "counts"),
        (lambda: linkage.fit(TABLE, m=0.5, u=0.5), "by nothing"),
        (lambda: linkage.fit(TABLE, share=1), "share"),
        (lambda: linkage.fit([[0, 0, 1], [1, 1, 1]]), "always or never"),
        (lambda: linkage.rule([0.9] * 20, [0.1] * 20), "too many patterns"),
        (lambda: linkage.rule([0.9], [0.1], false_links=0), "false links 0.0 is not between"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word) as refused:
        call()
    assert refused.value.remedy


def test_pairs_of_one_kind_are_refused_rather_than_split_by_noise(monkeypatch):
    monkeypatch.setattr(linkage, "MOST_ROUNDS", 300)
    _one, other = chances(ALL)

    with pytest.raises(BadInput, match=r"still moves|by nothing|one kind"):
        linkage.fit(ALL, 1000 * other, m=0.6, u=0.4)
