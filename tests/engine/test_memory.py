"""One scan gives the sums that a loop over the rows gives, from any file and in any parts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine import plain
from zhiheng.engine import memory
from zhiheng.engine.reduction import Reduction
from zhiheng.errors import BadInput
from zhiheng.methods import survey

KEYS = ["quarter", "stratum", "division"]
AXES = {"quarter": ["Q1", "Q2"], "stratum": ["A", "B"], "division": [13, 17, 39]}

ROWS = st.lists(
    st.tuples(
        st.sampled_from(AXES["quarter"]),
        st.sampled_from(AXES["stratum"]),
        st.sampled_from(AXES["division"]),
        st.sampled_from([1.0, 2.5, 25.0]),
        st.booleans(),
    ),
    min_size=1,
    max_size=60,
)


def table(rows) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=[*KEYS, "weight", "passed"], orient="row")


def scanned(results: pl.DataFrame) -> pl.DataFrame:
    return memory.Memory().reduce(results, Reduction(tuple(KEYS)))


@given(ROWS)
def test_the_scan_agrees_with_a_loop_over_the_rows(rows):
    expected: dict[tuple, list[float]] = {}
    for quarter, stratum, division, w, y in rows:
        sums = expected.setdefault((quarter, stratum, division), [0.0] * 5)
        for place, value in enumerate((1, w, w * y, w * w, w * w * y)):
            sums[place] += value

    found = {tuple(row[:3]): list(row[3:]) for row in scanned(table(rows)).rows()}

    assert found == {key: pytest.approx(sums) for key, sums in expected.items()}


@given(ROWS)
def test_a_rate_from_the_scan_is_the_weighted_share_of_the_rows(rows):
    found = scanned(table(rows))
    grid = memory.sample(found, AXES, np.full((2, 2), 1e6))

    rates = survey.hajek(grid)
    for (q, d), estimate in np.ndenumerate(rates.estimate):
        inside = [r for r in rows if r[0] == AXES["quarter"][q] and r[2] == AXES["division"][d]]
        weight = sum(r[3] for r in inside)
        if inside:
            assert estimate == pytest.approx(sum(r[3] for r in inside if r[4]) / weight)
        else:
            assert np.isnan(estimate)


@pytest.mark.parametrize("shared", [True, False], ids=["weights of strata", "weights of their own"])
def test_repeatable_sums_are_the_same_to_the_last_digit_in_every_order_of_the_rows(shared):
    chance, weights = np.random.default_rng(7), [60 / 53, 40 / 37, 30 / 27, 10 / 9]
    size = 5_000
    rows = pl.DataFrame(
        {
            "division": chance.integers(13, 16, size),
            "weight": chance.choice(weights, size) if shared else chance.uniform(1, 40, size),
            "passed": chance.random(size) < 0.9,
        }
    )
    orders = [rows, *(rows[chance.permutation(size)] for _ in range(20))]

    found = [memory.Memory().repeatable(order, Reduction(("division",))) for order in orders]

    assert all(one.equals(found[0]) for one in found)
    expected = plain.sums(rows, ["division"])
    assert found[0].columns == expected.columns and found[0]["n"].equals(expected["n"])
    assert found[0].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)


def test_the_weights_of_a_stratum_say_how_many_units_they_stand_for():
    rows = table([("Q1", "A", 13, 2.0, True), ("Q1", "A", 17, 2.0, False), ("Q2", "B", 17, 5.0, True)])

    assert memory.represented(scanned(rows), AXES).tolist() == [[4.0, 0.0], [0.0, 5.0]]


def test_a_cell_outside_the_axes_or_standing_twice_is_refused():
    found = scanned(table([("Q1", "A", 13, 2.0, True)]))

    with pytest.raises(BadInput, match="'Q1'"):
        memory.sample(found, AXES | {"quarter": ["Q3"]}, np.ones((1, 2)))
    with pytest.raises(BadInput, match="twice"):
        memory.sample(pl.concat([found, found]), AXES, np.full((2, 2), 9.0))


@pytest.mark.parametrize("kind", [pl.Int8, pl.UInt16, pl.Int64])
def test_whole_numbers_find_their_place_on_an_axis_in_any_order_as_texts_do(kind):
    axis, held = [39, 13, 17], [17, 13, 39, 17, 40, 12]
    texts = memory._places(pl.Series(map(str, held)), [str(value) for value in axis])

    assert texts.tolist() == [2, 1, 0, 2, -1, -1]
    assert memory._places(pl.Series(held, dtype=kind), axis).tolist() == texts.tolist()


def test_a_stratum_outside_the_axes_stands_for_nobody():
    found = scanned(table([("Q1", "A", 13, 2.0, True)]))

    assert memory.represented(found, AXES).tolist() == [[2.0, 0.0], [0.0, 0.0]]
    with pytest.raises(BadInput, match="'A'"):
        memory.represented(found, AXES | {"stratum": ["B"]})


NARROW = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(-128, 127)),
        st.integers(0, 65535),
        st.one_of(st.none(), st.booleans()),
        st.integers(-(2**31), 2**31 - 1),
        st.sampled_from(["甲", "乙"]),
        st.booleans(),
    ),
    max_size=40,
)


@given(NARROW)
def test_columns_packed_into_one_number_are_counted_as_they_are(rows):
    kinds = {"a": pl.Int8, "b": pl.UInt16, "c": pl.Boolean, "d": pl.Int32, "e": pl.String, "f": pl.Boolean}
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    want = Reduction(("a", "b", "c", "d", "e"), "counts", passed="f")
    known = frame.filter(pl.col("a").is_not_null())

    packed = memory.Packed.of(frame.schema, list(kinds))
    found = memory.Memory().counted(known, list(kinds), want)

    assert list(packed.columns) == ["a", "b", "c", "d", "f"]
    expected = known.group_by(list(kinds)).agg(pl.len().cast(pl.Int64).alias("rows_alike"))
    assert found.sort(list(kinds)).equals(expected.sort(list(kinds)))


def test_what_does_not_fit_into_one_number_is_left_beside_it():
    schema = pl.Schema({"a": pl.Int32, "b": pl.Int32, "c": pl.Int64, "d": pl.Int16})

    assert list(memory.Packed.of(schema, list(schema)).columns) == ["a", "d"]
    assert list(memory.Packed.of(schema, ["a", "c"]).columns) == []
