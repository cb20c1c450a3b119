"""A reduction says what is asked for; what cannot be told apart is refused before any engine runs."""

from __future__ import annotations

import pytest

from zhiheng.engine import Reduction
from zhiheng.errors import BadInput


def test_the_columns_of_an_answer_are_known_before_it():
    assert Reduction(("stratum", "division"), "counts").columns == ("stratum", "division", "n", "k")
    assert Reduction(("division",)).columns == ("division", "n", "w", "wy", "w2", "w2y")


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": ()},
        {"by": ("",)},
        {"by": ("a", "a")},
        {"by": ("n",)},
        {"by": ("N",), "kind": "counts"},
        {"by": ("a", "A")},
        {"by": ("Passed",)},
        {"by": ("passed",)},
        {"by": ("a",), "kind": "median"},
        {"by": ("a",), "where": (("b", 1), ("b", 2))},
    ],
)
def test_a_reduction_that_tells_nothing_apart_is_refused(wrong):
    with pytest.raises(BadInput):
        Reduction(**wrong)
