"""What a person wrote is bound in an entry by a salted number; erased, nothing of it is left anywhere."""

from __future__ import annotations

import pytest
from django.db import transaction

from zhiheng import ledger
from zhiheng.errors import BadInput
from zhiheng.ledger import free_words, words
from zhiheng.ledger.models import Entry, Words
from zhiheng.proof import hashes

pytestmark = pytest.mark.django_db
WROTE = "封条破损，由当事人告知"


def recorded(actor, detail, verb="sample.void", visibility="internal"):
    with transaction.atomic():
        return ledger.record(by=actor, verb=verb, subjects=[], detail=detail, visibility=visibility)


def test_an_entry_holds_a_number_and_the_row_opens_it(actor):
    entry = recorded(actor, {"reason": ledger.bound(WROTE)})

    (kept,) = words.of(entry)
    assert entry.detail == {"reason": {"hmac_sha256": kept.commitment}}
    assert hashes.hmac_digest(bytes.fromhex(kept.salt), WROTE.encode()).hex() == kept.commitment
    assert words.read(entry.detail["reason"], words.texts([entry])) == WROTE


def test_the_same_words_twice_have_two_numbers(actor):
    first, second = ledger.bound(WROTE), ledger.bound(WROTE)

    assert first != second


def test_no_words_need_no_number(actor):
    assert recorded(actor, {"reason": ledger.bound("")}).detail == {"reason": ""}
    assert not Words.objects.exists()


@pytest.mark.parametrize("key", sorted(free_words.KEYS))
def test_plain_words_are_refused(actor, key):
    with pytest.raises(BadInput) as refused:
        recorded(actor, {"step": [{key: WROTE}]})

    assert refused.value.code == "plain-words"
    assert not Entry.objects.exists()


def test_plain_words_in_one_of_many_entries_refuse_them_all(actor):
    with pytest.raises(BadInput) as refused, transaction.atomic():
        ledger.record_many(by=actor, verb="sample.received", happened=[([], {"note": WROTE})])

    assert refused.value.code == "plain-words"


@pytest.mark.parametrize("named", sorted(free_words.PUBLISHED | free_words.CHOSEN))
def test_words_that_are_public_by_rule_stand_as_written(actor, named):
    verb, key = named.split()

    assert recorded(actor, {key: WROTE}, verb=verb, visibility="public").detail == {key: WROTE}


def test_erasing_leaves_the_number_and_the_chain(actor):
    entry = recorded(actor, {"reason": ledger.bound(WROTE)})

    assert words.erase(words.of(entry)) == 1

    assert not Words.objects.exists()
    assert words.read(entry.detail["reason"], words.texts([entry])) == words.ERASED
    assert ledger.check() == entry.seq
