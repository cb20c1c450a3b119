"""How alike two texts are, for many pairs at once: Jaro, Jaro-Winkler, Levenshtein, optimal string alignment.

Texts are compared by Unicode characters, so Chinese counts as anything else; nothing is folded: bring full
and half width, case and traditional forms together beforehand (``unicodedata.normalize("NFKC", text)``).
``a`` and ``b`` are texts or equally long sequences of them; one text is compared with all of the other side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
PREFIX = 4
# Pairs compared at once, and the characters of a block: the arrays of one row stay within some megabytes.
BLOCK, ROOM = 8192, 1_000_000
Texts = str | Sequence[str]


def levenshtein(a: Texts, b: Texts) -> np.ndarray:
    """Return the least number of insertions, deletions and substitutions (Levenshtein 1966).

    d_ij = min(d_(i-1)j + 1, d_i(j-1) + 1, d_(i-1)(j-1) + [a_i != b_j]). In characters, from 0.

    >>> levenshtein(["甬江机械有限公司", "kitten"], ["甬江机器有限公司", "sitting"]).tolist()
    [1, 3]
    """
    return _by_pair(a, b, lambda *codes: _edits(*codes, swaps=False), int)


def alignment(a: Texts, b: Texts) -> np.ndarray:
    """Return the same with swaps of neighbours at 1, no part edited twice (optimal string alignment).

    As ``levenshtein``, and d_(i-2)(j-2) + 1 where a_i = b_(j-1) and a_(i-1) = b_j (Damerau 1964). No metric:
    "CA" is 3 from "ABC", though 1 from "AC", which is 1 from "ABC".

    >>> alignment(["MARTHA", "宁波甬江"], ["MARHTA", "宁波江甬"]).tolist()
    [1, 1]
    """
    return _by_pair(a, b, lambda *codes: _edits(*codes, swaps=True), int)


def jaro(a: Texts, b: Texts) -> np.ndarray:
    """Return the likeness (m/|a| + m/|b| + (m-t)/m) / 3 from 0 to 1 (Jaro 1989).

    m characters match: equal and at most max(|a|, |b|)/2 - 1 apart, each of ``a`` taking the first free one
    of ``b``; t is half the number of matches that stand in another order. 1 for two empty texts, 0 for m = 0.
    As the first free one is taken, a and b swapped may differ in rare cases.

    >>> jaro(["MARTHA", "甬江机械"], ["MARHTA", "甬江机器"]).round(4).tolist()
    [0.9444, 0.8333]
    """
    return _by_pair(a, b, _jaro, float)


def jaro_winkler(a: Texts, b: Texts, *, weight: float = 0.1) -> np.ndarray:
    """Return Jaro's likeness J raised for a common beginning: J + l p (1 - J) (Winkler 1990).

    l is the number of equal characters at the beginning, 4 at most; p = ``weight``. Raised for every pair,
    also those of low J. Chinese firms of one place begin alike: compare the names without places.

    >>> jaro_winkler(["MARTHA", "DIXON"], ["MARHTA", "DICKSONX"]).round(4).tolist()
    [0.9611, 0.8133]
    """
    weight = arrays.number(weight, "weight")
    if not 0 <= weight <= 1 / PREFIX:
        raise BadInput(f"A weight of {weight} is not between 0 and 0.25.", "Winkler takes 0.1.")

    def raised(a: np.ndarray, la: np.ndarray, b: np.ndarray, lb: np.ndarray) -> np.ndarray:
        likeness = _jaro(a, la, b, lb)
        width = min(PREFIX, a.shape[1], b.shape[1])
        same = np.logical_and.accumulate(a[:, :width] == b[:, :width], axis=1).sum(axis=1)
        return likeness + same * weight * (1 - likeness)

    return _by_pair(a, b, raised, float)


def _edits(a: np.ndarray, la: np.ndarray, b: np.ndarray, lb: np.ndarray, *, swaps: bool) -> np.ndarray:
    """Return edit distances row by row; what stands left in a row is a running minimum, less its place."""
    pairs, place = np.arange(la.size), np.arange(b.shape[1] + 1, dtype=np.int32)
    row = np.broadcast_to(place, (la.size, place.size))
    found, before = lb.astype(int), row
    for i in range(1, a.shape[1] + 1):
        letter = a[:, i - 1, None]
        same = b == letter
        best = np.empty((la.size, place.size), dtype=np.int32)
        best[:, 0] = i
        best[:, 1:] = np.minimum(row[:, 1:] + 1, row[:, :-1] + ~same)
        if swaps and i > 1:
            crossed = same[:, :-1] & (b[:, 1:] == a[:, i - 2, None])
            best[:, 2:] = np.where(crossed, np.minimum(best[:, 2:], before[:, :-2] + 1), best[:, 2:])
        row, before = np.minimum.accumulate(best - place, axis=1) + place, row
        found = np.where(la == i, row[pairs, lb], found)
    return found


def _jaro(a: np.ndarray, la: np.ndarray, b: np.ndarray, lb: np.ndarray) -> np.ndarray:
    reach = np.maximum(np.maximum(la, lb) // 2 - 1, 0)[:, None]
    place, pairs = np.arange(b.shape[1]), np.arange(la.size)
    met_a, met_b = np.zeros(a.shape, dtype=bool), np.zeros(b.shape, dtype=bool)
    for i in range(a.shape[1] if b.shape[1] else 0):
        free = (b == a[:, i, None]) & ~met_b & (np.abs(place - i) <= reach)
        first = free.argmax(axis=1)
        met_a[:, i] = free[pairs, first]
        met_b[pairs, first] |= met_a[:, i]
    count = met_a.sum(axis=1)
    width = int(count.max(initial=0))
    # The matched characters of either side, moved to the front in their order.
    ours = np.take_along_axis(a, np.argsort(~met_a, axis=1, kind="stable")[:, :width], axis=1)
    theirs = np.take_along_axis(b, np.argsort(~met_b, axis=1, kind="stable")[:, :width], axis=1)
    crossed = ((ours != theirs) & (np.arange(width) < count[:, None])).sum(axis=1) / 2
    some = np.maximum(count, 1)
    likeness = (count / np.maximum(la, 1) + count / np.maximum(lb, 1) + (count - crossed) / some) / 3
    return np.where(count > 0, likeness, np.where((la == 0) & (lb == 0), 1.0, 0.0))


def _by_pair(a: Texts, b: Texts, compare: Callable[..., np.ndarray], kind: type) -> np.ndarray:
    """Return the comparison of each pair, in blocks of about equal length."""
    a, b = _texts(a), _texts(b)
    if len(a) != len(b):
        if 1 not in (len(a), len(b)):
            raise BadInput(f"{len(a)} and {len(b)} texts make no pairs.", "Give equally many on both sides.")
        a, b = (a * len(b), b) if len(a) == 1 else (a, b * len(a))
    lengths = np.array([[len(x), len(y)] for x, y in zip(a, b, strict=True)]).reshape(-1, 2)
    found = np.zeros(len(a), dtype=kind)
    for block in _blocks(lengths):
        codes = _codes([a[k] for k in block], -1), lengths[block, 0]
        others = _codes([b[k] for k in block], -2), lengths[block, 1]
        found[block] = compare(*codes, *others)
    return found


def _blocks(lengths: np.ndarray) -> Iterator[np.ndarray]:
    longest = lengths.max(axis=1, initial=0)
    order = np.argsort(longest, kind="stable")
    start = 0
    while start < order.size:
        end = min(start + BLOCK, order.size)
        # Halve the block until its longest text leaves it in its room.
        while end - start > 1 and (end - start) * longest[order[end - 1]] > ROOM:
            end = start + (end - start) // 2
        yield order[start:end]
        start = end


def _texts(texts: Texts) -> list[str]:
    is_one = isinstance(texts, str) or not isinstance(texts, Iterable)
    found = [texts] if is_one else arrays.listed(texts, "texts")
    if not all(isinstance(text, str) for text in found):
        raise BadInput("What is compared is not all text.", "Leave out pairs with an unknown side.")
    return found


def _codes(texts: list[str], pad: int) -> np.ndarray:
    """Return the characters of texts as numbers, one row each; ``pad`` fills the rest and equals nothing."""
    letters = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    length = np.array([len(text) for text in texts])
    codes = np.full((len(texts), int(length.max(initial=0))), pad, dtype=np.int32)
    codes[np.arange(codes.shape[1]) < length[:, None]] = letters
    return codes
