"""An entry stands or falls with its action; what may not stand in it is refused at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.transaction import TransactionManagementError

from zhiheng import ledger
from zhiheng.errors import BadInput
from zhiheng.ledger.actor import Actor
from zhiheng.ledger.models import Delivery, Entry, EntrySubject, Evidence, Head
from zhiheng.proof import canonical, chain


def write(actor, verb="draw.committed", **fields):
    given = {"subjects": [("draw", "d-1")], "detail": {"n": 1}, **fields}
    with transaction.atomic():
        return ledger.record(by=actor, verb=verb, **given)


@pytest.mark.django_db
def test_entries_are_numbered_without_a_gap_and_hang_together(actor, frozen_now):
    first, second = write(actor), write(actor)

    assert (first.seq, second.seq) == (1, 2)
    assert first.previous == chain.GENESIS
    assert second.previous == first.hash
    assert first.at == frozen_now
    assert ledger.check() == 2


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused(actor):
    with pytest.raises(TransactionManagementError):
        ledger.record(by=actor, verb="draw.committed", subjects=[], detail={})

    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_an_action_that_fails_leaves_no_entry_and_no_gap(actor):
    write(actor)
    with pytest.raises(RuntimeError), transaction.atomic():
        ledger.record(by=actor, verb="draw.committed", subjects=[("draw", "d-2")], detail={})
        raise RuntimeError("the action fails after it recorded")
    after = write(actor)

    assert after.seq == 2
    assert not EntrySubject.objects.filter(key="d-2").exists()
    assert ledger.check() == 2


@pytest.mark.django_db
def test_the_stored_row_says_exactly_what_was_hashed(actor):
    entry = write(
        actor,
        subjects=[("draw", "d-1"), ("region", "330000")],
        detail={"text": "抽样 “A”\n", "n": 2**53 - 1, "list": [None, True, {"k": "12.50"}]},
        visibility="public",
        region="330000",
        at=datetime.fromisoformat("2026-03-02T09:00:00.000123+08:00"),
    )

    said = ledger.statement_of(Entry.objects.get(pk=entry.pk))

    assert chain.entry_hash(said) == entry.hash
    assert said["at"] == "2026-03-02T01:00:00.000123Z"
    assert said["subjects"] == [["draw", "d-1"], ["region", "330000"]]
    assert said["actor"] == {"key": actor.key, "role": "officer", "region": "000000"}
    assert canonical.loads(canonical.dumps(said)) == said


@pytest.mark.django_db
def test_a_public_segment_can_be_checked_by_the_pure_floor_alone(actor):
    for number in range(5):
        write(actor, detail={"n": number}, visibility="public" if number % 2 else "restricted")

    segment = json.loads(json.dumps(list(ledger.links())))

    chain.check(segment)
    hidden = [chain.withheld(link["statement"]) if n % 2 == 0 else link for n, link in enumerate(segment)]
    chain.check(hidden)


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"verb": "committed"}, "verb"),
        ({"verb": "Draw.Committed"}, "verb"),
        ({"verb": "draw." + "x" * 80}, "verb"),
        ({"visibility": "secret"}, "visibility"),
        ({"region": "33"}, "region"),
        ({"region": "XPCC"}, "region"),
        ({"detail": {"rate": 0.94}}, "float"),
        ({"detail": {"when": datetime(2026, 1, 1, tzinfo=UTC)}}, "datetime"),
        ({"detail": {"名称": "x"}}, "ASCII"),
        ({"detail": {"n": 2**53}}, "2^53"),
        ({"detail": {"text": "\ud800"}}, "surrogate"),
        ({"detail": {"text": "a\0b"}}, "NUL"),
        ({"detail": ["a list"]}, "object"),
        ({"detail": {"text": "x" * 50_000}}, "bytes"),
        ({"detail": {"person": {"phone": "1"}}}, "personal"),
        ({"detail": {"rows": [{"login": "a"}]}}, "personal"),
        ({"subjects": [("Draw", "d-1")]}, "subject"),
        ({"subjects": [("draw", "")]}, "subject"),
        ({"subjects": [("draw", "x" * 129)]}, "subject"),
        ({"subjects": [("draw", "a\0")]}, "NUL"),
        ({"subjects": [("draw", "d-1"), ("draw", "d-1")]}, "twice"),
        ({"subjects": [("draw", str(n)) for n in range(1_001)]}, "subjects"),
        ({"subjects": [("draw", str(n).zfill(100)) for n in range(900)]}, "bytes"),
        ({"at": datetime(2026, 3, 2)}, "offset"),
    ],
)
@pytest.mark.django_db
def test_what_may_not_stand_in_an_entry_is_refused(actor, fields, part):
    with pytest.raises(BadInput, match=f"(?s).*{part.replace('^', chr(92) + '^')}"):
        write(actor, **fields)

    assert not Entry.objects.exists()
    assert not EntrySubject.objects.exists()


@pytest.mark.django_db
def test_an_entry_without_an_actor_is_refused():
    with pytest.raises(BadInput):
        write({"key": "x", "role": "officer", "region": "000000"})


@pytest.mark.parametrize(
    ("key", "role", "region"), [("", "officer", "330000"), ("k", "", "330000"), ("k", "r", "33")]
)
def test_an_actor_needs_a_key_a_role_and_a_region(key, role, region):
    with pytest.raises(BadInput):
        Actor(key, role, region)


@pytest.mark.django_db
def test_a_time_line_is_newest_first_and_bounded(actor, django_assert_num_queries):
    for number in range(4):
        write(actor, detail={"n": number})
    write(actor, subjects=[("draw", "d-2")])

    with django_assert_num_queries(1):
        shown = list(ledger.timeline("draw", "d-1", limit=3))

    assert [entry.detail["n"] for entry in shown] == [3, 2, 1]


@pytest.mark.django_db
def test_the_public_sees_public_entries_alone(actor):
    for visibility in ("internal", "public", "restricted"):
        write(actor, visibility=visibility)

    assert [entry.visibility for entry in ledger.timeline("draw", "d-1", public_only=True)] == ["public"]


ROWS = b'{"n":1}\n{"n":2}\n'


def write_rows(actor, **fields):
    given = {"subjects": [], "detail": {"list": "first"}, "rows": ROWS, "row_count": 2, **fields}
    with transaction.atomic():
        return ledger.record_rows(by=actor, verb="registry.subjects_imported", **given)


@pytest.mark.django_db
def test_a_bulk_action_keeps_its_rows_as_evidence_under_one_entry(actor):
    entry = write_rows(actor)

    assert entry.detail["row_count"] == 2
    assert entry.detail["list"] == "first"
    assert ledger.evidence.read(entry.detail["rows_sha256"]) == ROWS
    assert Evidence.objects.get().name == "registry.subjects_imported.ndjson"


@pytest.mark.django_db
def test_rows_of_a_bulk_action_may_lie_in_a_file(actor, tmp_path):
    file = tmp_path / "rows"
    file.write_bytes(ROWS * 100_000)

    entry = write_rows(actor, rows=file, row_count=200_000)

    assert entry.detail["rows_sha256"] == Evidence.objects.get().sha256
    assert Evidence.objects.get().size == len(ROWS) * 100_000


@pytest.mark.parametrize(
    "fields",
    [{"row_count": 3}, {"detail": {"row_count": 2}}, {"rows": ROWS + b'{"torn":'}, {"rows": b"\x00\x01"}],
)
@pytest.mark.django_db
def test_rows_that_are_not_what_the_entry_says_are_refused(actor, fields):
    if "torn" in str(fields.get("rows", "")):
        fields = {**fields, "row_count": 3}

    with pytest.raises(BadInput):
        write_rows(actor, **fields)

    assert not Entry.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_the_head_is_made_again_when_a_database_starts_empty(actor):
    Head.objects.all().delete()

    assert write(actor).seq == 1
    assert Head.objects.get().seq == 1
