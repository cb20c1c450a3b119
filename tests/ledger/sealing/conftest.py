"""Entries to seal, and nothing left over of the logs of other tests."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from zhiheng import ledger
from zhiheng.ledger import guards
from zhiheng.ledger.models import Entry, EntrySubject, Head, Sealed
from zhiheng.ledger.sealing import sequencer


@pytest.fixture(autouse=True)
def nothing_opened():
    """A process keeps its logs open; each test is a process of its own."""
    sequencer.forget()
    yield
    sequencer.forget()


@pytest.fixture
def publish(db, actor):
    """``publish(3)`` records three public entries, and an internal one after each."""

    def some(count=1, *, region="000000"):
        made = []
        with transaction.atomic():
            for number in range(count):
                about = [("draw", f"330000-{number}")]
                made.append(
                    ledger.record(
                        by=actor,
                        verb="draw.planned",
                        subjects=about,
                        detail={"number": number},
                        visibility="public",
                        region=region,
                    )
                )
                ledger.record(by=actor, verb="draw.noted", subjects=about, detail={}, region=region)
        return made

    return some


def restore(last):
    """Put the database back to where this entry was the newest, as an older backup does."""
    with guards.lifted(connection):
        Sealed.objects.filter(seq__gt=last.seq).delete()
        EntrySubject.objects.filter(entry__seq__gt=last.seq).delete()
        Entry.objects.filter(seq__gt=last.seq).delete()
    Head.objects.update(seq=last.seq, hash=last.hash)
