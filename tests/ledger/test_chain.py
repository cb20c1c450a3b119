"""Whoever gets past the triggers is found by the chain, which names the first broken link."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from zhiheng import ledger
from zhiheng.errors import CheckFailed
from zhiheng.ledger import entries, guards
from zhiheng.ledger.models import Entry, Head


@pytest.fixture
def five(actor, db):
    with transaction.atomic():
        return [
            ledger.record(by=actor, verb="draw.committed", subjects=[("draw", f"d-{n}")], detail={"n": n})
            for n in range(1, 6)
        ]


def tamper(query, *values):
    connection.check_constraints()
    with guards.lifted(connection):
        with connection.cursor() as cursor:
            cursor.execute(query, values)
        connection.check_constraints()


def broken_at():
    with pytest.raises(CheckFailed) as caught:
        ledger.check()
    assert caught.value.code == "chain-broken"
    return caught.value.facts["seq"]


def test_a_sound_chain_gives_its_length(five):
    assert ledger.check() == 5


def test_an_empty_ledger_is_sound(db):
    assert ledger.check() == 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("detail", '{"n":9}'),
        ("verb", "draw.revealed"),
        ("visibility", "public"),
        ("region", "330000"),
        ("actor", '{"key":"x","role":"officer","region":"000000"}'),
        ("at", "2020-01-01 00:00:00+00:00"),
        ("previous", "0" * 64),
        ("hash", "f" * 64),
        ("id", "018f000000007000800000000000000f"),
    ],
)
def test_every_column_of_an_entry_is_bound_by_its_hash(five, column, value):
    if column == "id":
        tamper("DELETE FROM ledger_entrysubject WHERE position = 0 AND key = 'd-3'")
    tamper(f"UPDATE ledger_entry SET {column} = %s WHERE seq = 3", value)

    assert broken_at() == 3


def test_a_detail_that_can_no_longer_be_hashed_is_named_too(five):
    tamper("UPDATE ledger_entry SET detail = %s WHERE seq = 4", '{"n":0.5}')

    assert broken_at() == 4


@pytest.mark.parametrize("column", ["kind", "key"])
def test_the_index_of_subjects_is_bound_as_well(five, column):
    tamper(f"UPDATE ledger_entrysubject SET {column} = 'other' WHERE key = 'd-2'")

    assert broken_at() == 2


def test_a_subject_that_was_dropped_is_missed(five):
    tamper("DELETE FROM ledger_entrysubject WHERE key = 'd-5'")

    assert broken_at() == 5


def test_an_entry_that_was_dropped_is_missed(five):
    tamper("DELETE FROM ledger_entrysubject WHERE key = 'd-2'")
    tamper("DELETE FROM ledger_entry WHERE seq = 2")

    assert broken_at() == 2


def test_an_end_that_was_cut_off_is_missed(five):
    tamper("DELETE FROM ledger_entrysubject WHERE key = 'd-5'")
    tamper("DELETE FROM ledger_entry WHERE seq = 5")

    assert broken_at() == 5


def test_a_head_that_was_set_back_is_noticed(five):
    Head.objects.update(seq=4, hash=five[3].hash)

    assert broken_at() == 5


def test_a_head_that_names_another_hash_is_noticed(five):
    Head.objects.update(hash="a" * 64)

    assert broken_at() == 5


def test_a_rewritten_entry_with_a_right_hash_breaks_at_the_next_one(five):
    third = Entry.objects.prefetch_related("subjects").get(seq=3)
    third.detail = {"n": 33}
    said = ledger.statement_of(third)
    tamper(
        "UPDATE ledger_entry SET detail = %s, hash = %s WHERE seq = 3",
        '{"n":33}',
        entries.chain.entry_hash(said),
    )

    assert broken_at() == 4


def test_the_chain_is_read_in_chunks(five, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(entries, "CHUNK", 2)

    with django_assert_num_queries(
        7
    ):  # head, entries, subjects of three chunks, nothing beyond, no lost subject
        assert ledger.check() == 5
