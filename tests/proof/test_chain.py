"""The hash chain of the ledger: any change, drop or swap is named by its place."""

from __future__ import annotations

import copy

import pytest

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import chain


def entries(count: int = 5) -> list[dict]:
    made, previous = [], chain.GENESIS
    for seq in range(1, count + 1):
        statement = {"seq": seq, "previous": previous, "id": f"id-{seq}", "detail": {"n": seq}}
        previous = chain.entry_hash(statement)
        made.append({"statement": statement, "hash": previous})
    return made


def test_an_unbroken_chain_holds_whole_and_in_segments():
    chain.check(entries())
    chain.check(entries()[2:4])
    chain.check([])


def test_a_withheld_entry_keeps_the_chain_checkable():
    segment = entries()
    segment[2] = chain.withheld(segment[2]["statement"])

    chain.check(segment)

    assert "detail" not in str(segment[2])


@pytest.mark.parametrize("place", [1, 3, 5])
def test_a_changed_entry_is_named(place):
    segment = entries()
    segment[place - 1]["statement"]["detail"]["n"] = 99

    with pytest.raises(CheckFailed, match=f"entry {place}"):
        chain.check(segment)


def test_an_entry_rehashed_after_a_change_breaks_the_next_one():
    segment = entries()
    segment[1]["statement"]["detail"]["n"] = 99
    segment[1]["hash"] = chain.entry_hash(segment[1]["statement"])

    with pytest.raises(CheckFailed, match="entry 3"):
        chain.check(segment)


def test_a_dropped_entry_is_named_unless_the_segment_is_an_excerpt():
    segment = entries()
    del segment[2]

    with pytest.raises(CheckFailed, match="entry 4"):
        chain.check(segment)
    chain.check(segment, gaps=True)


def test_two_swapped_or_repeated_entries_are_refused_even_in_an_excerpt():
    swapped, repeated = entries(), entries()
    swapped[1], swapped[2] = swapped[2], swapped[1]
    repeated.insert(2, repeated[1])

    for segment in (swapped, repeated):
        with pytest.raises(CheckFailed):
            chain.check(segment, gaps=True)


def test_a_first_entry_that_names_one_before_it_is_refused():
    statement = {"seq": 1, "previous": "f" * 64}

    with pytest.raises(CheckFailed, match="entry 1"):
        chain.check([{"statement": statement, "hash": chain.entry_hash(statement)}])


@pytest.mark.parametrize("field", ["seq", "previous"])
def test_a_statement_without_its_place_is_refused(field):
    statement = copy.deepcopy(entries()[0]["statement"])
    del statement[field]

    with pytest.raises(BadInput):
        chain.entry_hash(statement)
    with pytest.raises(BadInput):
        chain.check([{"statement": statement, "hash": "0" * 64}])


@pytest.mark.parametrize("seq", [0, -1, True, "1", 1.0, None])
def test_a_number_that_is_none_is_refused(seq):
    with pytest.raises(BadInput):
        chain.check([{"statement": {"seq": seq, "previous": chain.GENESIS}, "hash": "0" * 64}])
