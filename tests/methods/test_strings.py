"""Likeness of texts agrees with the definitions written out, in any script and in any block of pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import strings

texts = st.text(st.sampled_from("abc宁波甬江𠮷é "), max_size=9)
pairs = st.lists(st.tuples(texts, texts), min_size=1, max_size=8)


def edits(a, b, *, swaps):
    """Return the distance by the recursion of the definition."""
    d = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
            if swaps and i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                d[i, j] = min(d[i, j], d[i - 2, j - 2] + 1)
    return d[len(a), len(b)]


def jaro(a, b):
    """Return Jaro's likeness by taking matches one by one."""
    reach, taken, ours = max(max(len(a), len(b)) // 2 - 1, 0), set(), []
    for i, letter in enumerate(a):
        for j in range(max(0, i - reach), min(len(b), i + reach + 1)):
            if b[j] == letter and j not in taken:
                taken.add(j)
                ours.append(letter)
                break
    if not ours:
        return float(not a and not b)
    t = sum(x != b[j] for x, j in zip(ours, sorted(taken), strict=True)) / 2
    m = len(ours)
    return (m / len(a) + m / len(b) + (m - t) / m) / 3


@given(pairs)
@example([("", ""), ("", "a"), ("a", "")])
@example([("CA", "ABC"), ("a cat", "an act")])
@settings(deadline=None)
def test_every_pair_is_what_its_definition_says(found):
    a, b = zip(*found, strict=True)

    assert strings.levenshtein(a, b).tolist() == [edits(x, y, swaps=False) for x, y in found]
    assert strings.alignment(a, b).tolist() == [edits(x, y, swaps=True) for x, y in found]
    assert strings.jaro(a, b) == pytest.approx([jaro(x, y) for x, y in found], abs=1e-12)


@given(texts, texts, texts)
def test_bounds_symmetry_and_the_triangle(a, b, c):
    forth, back, far, further = strings.levenshtein([a, b, a, b], [b, a, c, c])

    assert forth == back >= abs(len(a) - len(b))
    assert far <= forth + further
    assert strings.alignment(a, b)[0] <= forth <= max(len(a), len(b))
    assert (forth == 0) == (a == b) == (strings.jaro(a, b)[0] == 1)
    assert strings.jaro(a, b)[0] <= strings.jaro_winkler(a, b)[0] <= 1


def test_blocks_of_pairs_change_nothing(monkeypatch):
    rng = np.random.default_rng(3)
    names = ["".join(rng.choice(list("宁波甬江机械厂"), rng.integers(0, 12))) for _name in range(300)]
    others = names[::-1]
    whole = strings.jaro_winkler(names, others), strings.alignment(names, others)
    monkeypatch.setattr(strings, "BLOCK", 7)
    monkeypatch.setattr(strings, "ROOM", 30)

    assert np.array_equal(strings.jaro_winkler(names, others), whole[0])
    assert np.array_equal(strings.alignment(names, others), whole[1])


def test_one_text_is_compared_with_all():
    assert strings.levenshtein("甬江", ["甬江", "甬", ""]).tolist() == [0, 1, 2]
    assert strings.levenshtein(["甬江", "甬", ""], "甬江").tolist() == [0, 1, 2]
    assert strings.jaro([], []).tolist() == []


def test_a_zero_at_the_end_is_a_character():
    assert strings.levenshtein(["a\0"], ["a"]).tolist() == [1]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: strings.jaro(["a", "b"], ["a", "b", "c"]), "no pairs"),
        (lambda: strings.jaro(["a", None], ["a", "b"]), "not all text"),
        (lambda: strings.jaro_winkler("a", "b", weight=0.3), "0.25"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word) as refused:
        call()
    assert refused.value.remedy
