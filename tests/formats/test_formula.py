"""A formula is a closed, bounded tree: what is strange is refused by its place."""

from __future__ import annotations

import copy

import pytest

from zhiheng.errors import BadInput
from zhiheng.formats.shapes.formula import (
    MOST_DEPTH,
    MOST_NODES,
    OPERATIONS,
    Constant,
    Difference,
    Formula,
    Series,
    walk,
)
from zhiheng.verification import digests

RATE = {"op": "series", "id": "rate", "where": {"channel": "shop"}, "by": ["division"], "level": "province"}
OUTPUT = {"op": "series", "id": "output", "by": ["division"], "level": "province"}
EVERY_OP = {
    "op": "linear",
    "weights": ["0.5", "0.25", "0.25"],
    "plus": "1",
    "as_basis": "administrative",
    "because": "an index brings surveys and records together",
    "of": [
        {
            "op": "standardise",
            "low": "60",
            "high": "100",
            "direction": "lower",
            "of": {
                "op": "weighted_mean",
                "of": RATE,
                "by": OUTPUT,
                "over": ["division", "region"],
                "cells": 899,
            },
        },
        {
            "op": "ratio",
            "unit": "%",
            "of": [
                {
                    "op": "sum",
                    "of": [{"op": "series", "id": "a"}, {"op": "constant", "value": "1", "unit": "t"}],
                },
                {"op": "difference", "of": [{"op": "series", "id": "b"}, {"op": "series", "id": "c"}]},
            ],
        },
        {
            "op": "index_link",
            "old": {"op": "series", "id": "d", "where": {"scope": "94"}},
            "new": {"op": "series", "id": "d", "where": {"scope": "122"}},
            "at": "2018",
            "scale": "logit",
        },
    ],
}


def body(root):
    head = {"type": "zhiheng/formula/1", "id": "made", "version": "1", "unit": "%"}
    return {**head, "basis": "administrative", "purpose": "evaluation", "root": root}


def put(place, value):
    """Return the body with every op, one place in it replaced."""
    whole = copy.deepcopy(body(EVERY_OP))
    *way, last = place
    held = whole
    for step in way:
        held = held[step]
    held[last] = value
    return whole


def test_a_formula_with_every_operation_comes_back_as_it_went():
    formula = Formula.from_dict(body(EVERY_OP))

    assert {node.op for _path, node in walk(formula.root)} == set(OPERATIONS)
    assert formula.to_dict() == body(EVERY_OP)
    assert Formula.from_dict(formula.to_dict()) == formula
    assert formula.inputs() == ("a", "b", "c", "d", "output", "rate")


def test_the_digest_knows_the_whole_tree_and_no_order_of_keys():
    formula = Formula.from_dict(body(EVERY_OP))
    turned = Formula.from_dict(dict(reversed(body(EVERY_OP).items())))
    other = Formula.from_dict(put(("root", "weights", 0), "0.50"))

    assert digests.formula_sha(turned) == digests.formula_sha(formula)
    assert digests.formula_sha(other) != digests.formula_sha(formula)


def test_a_usual_value_written_out_gives_the_same_formula():
    said = {"op": "standardise", "of": RATE, "low": "1", "high": "2"}
    spelt = {**said, "least": "60", "most": "100", "direction": "higher"}

    assert Formula.from_dict(body(said)) == Formula.from_dict(body(spelt))


ROOT = ("root",)
FIRST = ("root", "of", 0)
RATIO = ("root", "of", 1)
LINK = ("root", "of", 2)


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [
        (("type",), "zhiheng/formula/2", "type"),
        (("id",), "Bad Id", "id"),
        (("purpose",), "fame", "purpose"),
        (ROOT, "SELECT 1", "root"),
        (ROOT, {"op": "sql", "text": "SELECT 1"}, "root.op"),
        ((*ROOT, "weights"), ["1"], "root.weights"),
        ((*ROOT, "weights"), [1, 2, 3], "root.weights"),
        ((*ROOT, "because"), "", "root.because"),
        ((*FIRST, "low"), "100", "root.of[0].low"),
        ((*FIRST, "colour"), "red", "root.of[0]"),
        ((*FIRST, "of", "over"), [], "root.of[0].of.over"),
        ((*FIRST, "of", "over"), ["period"], "root.of[0].of.over"),
        ((*FIRST, "of", "cells"), 0, "root.of[0].of.cells"),
        ((*FIRST, "of", "of", "by"), ["channel"], "root.of[0].of.of.by"),
        ((*FIRST, "of", "of", "level"), "village", "root.of[0].of.of.level"),
        ((*FIRST, "of", "of", "where"), {"channel": "a;b"}, "root.of[0].of.of.where.channel"),
        ((*RATIO, "of"), [RATE], "root.of[1].of"),
        ((*RATIO, "unit"), "kg", "root.of[1].unit"),
        ((*RATIO, "of", 0, "of"), [RATE], "root.of[1].of[0]"),
        ((*RATIO, "of", 0, "of", 1, "value"), 1.0, "root.of[1].of[0].of[1].value"),
        ((*LINK, "at"), "soon", "root.of[2].at"),
        ((*LINK, "scale"), "cubic", "root.of[2].scale"),
    ],
)
def test_what_is_strange_is_refused_by_its_place(place, value, field):
    with pytest.raises(BadInput) as refused:
        Formula.from_dict(put(place, value))

    assert refused.value.facts["field"] == field


def test_a_tree_that_is_too_deep_or_too_big_is_refused():
    deep = {"op": "series", "id": "a"}
    for _level in range(MOST_DEPTH):
        deep = {"op": "linear", "of": [deep], "weights": ["1"]}
    wide = {"op": "sum", "of": [{"op": "series", "id": "a"}] * MOST_NODES}

    for root in (deep, wide):
        with pytest.raises(BadInput, match=f"at most {MOST_DEPTH} levels and {MOST_NODES} nodes"):
            Formula.from_dict(body(root))


def test_a_tree_built_in_python_meets_the_same_checks():
    root = Difference((Constant("one hundred", "%"), Series("a")))

    with pytest.raises(BadInput, match="decimal number written as text"):
        Formula("made", "1", "%", "administrative", "evaluation", root)
