"""A batch writes the very entries that as many single records would: same statements, same chain."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiheng import ledger
from zhiheng.errors import BadInput
from zhiheng.ledger import delivery
from zhiheng.ledger.models import Delivery, Entry
from zhiheng.proof import canonical, chain

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
texts_with_escapes = st.one_of(texts, st.sampled_from(["\\u0000", "a\tb\\n", '"', "\\"]))
details = st.dictionaries(
    st.sampled_from(["mark", "unit", "value", "n"]),
    st.one_of(
        texts_with_escapes, st.integers(-(2**53) + 1, 2**53 - 1), st.none(), st.lists(texts, max_size=3)
    ),
    max_size=4,
)
subjects = st.lists(
    st.tuples(st.sampled_from(["sample", "lot"]), texts.filter(bool)), max_size=4, unique=True
)


def write(actor, happened, **fields):
    with transaction.atomic():
        return ledger.record_many(by=actor, verb="sample.received", happened=happened, **fields)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happened=st.lists(st.tuples(subjects, details), min_size=1, max_size=5))
@pytest.mark.django_db
def test_each_entry_says_and_hashes_what_a_single_record_would(actor, happened):
    batch = write(actor, happened, visibility="public", region="330000")

    links = [link for link in ledger.links() if link["statement"]["seq"] >= batch.first_seq]

    assert len(links) == len(batch.ids) == len(happened)
    for link, (about, detail), key in zip(links, happened, batch.ids, strict=True):
        said = link["statement"]
        assert said["id"] == key
        assert said["subjects"] == [list(subject) for subject in about]
        assert said["detail"] == detail
        assert link["hash"] == chain.entry_hash(canonical.loads(canonical.dumps(said)))
    assert ledger.check() == Entry.objects.count()


@pytest.mark.django_db
def test_batches_and_single_entries_hang_in_one_chain(actor):
    with transaction.atomic():
        ledger.record(by=actor, verb="draw.committed", subjects=[], detail={})
    batch = write(actor, [([("sample", "a")], {"n": 1}), ([("sample", "b")], {"n": 2})])
    with transaction.atomic():
        last = ledger.record(by=actor, verb="draw.revealed", subjects=[], detail={})

    assert (batch.first_seq, last.seq) == (2, 4)
    assert ledger.check() == 4
    assert [entry.detail for entry in ledger.timeline("sample", "b")] == [{"n": 2}]


@pytest.mark.django_db(transaction=True)
def test_a_batch_outside_a_transaction_is_refused(actor):
    with pytest.raises(TransactionManagementError):
        ledger.record_many(by=actor, verb="sample.received", happened=[([], {})])

    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("happened", "why"),
    [
        ([], "0 entries"),
        ([([], {})] * 10_001, "10001 entries"),
        ([([], {}), ([], {"phone": "1"})], "personal field"),
        ([([], {"x": 1.5})], "float"),
        ([([], {"x": "a\0b"})], "NUL"),
        ([([], {"x": "a\ud800"})], "surrogate"),
        ([([("sample", "a\ud800")], {})], "surrogate"),
        ([([], {"é": "x"})], "ASCII"),
        ([([], {1: "x"})], "ASCII"),
        ([([], ["x"])], "not an object"),
        ([([("Sample", "a")], {})], "malformed"),
        ([([("sample", "a"), ("sample", "a")], {})], "twice"),
        ([([], {"x": "y" * 50_000})], "bytes"),
        ([([("sample", f"{n:0128d}") for n in range(900)], {})], "bytes"),
    ],
)
@pytest.mark.django_db
def test_one_entry_that_may_not_stand_there_refuses_the_batch_whole(actor, happened, why):
    with pytest.raises(BadInput, match=why):
        write(actor, happened)

    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_every_entry_of_a_batch_is_delivered(actor, monkeypatch):
    monkeypatch.setattr(delivery, "_handlers", {"sample.received": {"a.b": print}})

    batch = write(actor, [([], {}), ([], {})])

    assert {str(key) for key in Delivery.objects.values_list("entry", flat=True)} == set(batch.ids)
