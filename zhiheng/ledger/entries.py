"""Writes entries to the chain, reads time lines, and checks the chain as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.ledger import delivery, evidence, instants, statement
from zhiheng.ledger.actor import Actor
from zhiheng.ledger.ids import uuid7
from zhiheng.ledger.models import Entry, EntrySubject, Head, Visibility
from zhiheng.proof import chain

CHUNK = 2_000
_STATED = ("id", "seq", "previous", "at", "verb", "visibility", "actor", "region", "detail")


def record(
    *,
    by: Actor,
    verb: str,
    subjects: Sequence[tuple[str, str]],
    detail: dict[str, Any],
    visibility: str = "internal",
    region: str = "000000",
    at: datetime | None = None,
) -> Entry:
    """Append one entry inside the caller's transaction, and queue its deliveries with it.

    Outside a transaction it refuses: the entry must stand or fall with what the action writes. The head of
    the chain stays locked until that transaction ends, so that writers on PostgreSQL queue here (SQLite lets
    one writer in anyway); record last in an action.
    """
    need_transaction()
    subjects = [(str(kind), str(key)) for kind, key in subjects]
    statement.check_parts(
        by=by, verb=verb, visibility=visibility, region=region, subjects=subjects, detail=detail
    )
    head, moment = locked_head(), instants.in_utc(at or instants.now())
    said = statement.compose(
        entry_id=uuid7(),
        seq=head.seq + 1,
        previous=head.hash,
        at=moment,
        verb=verb,
        visibility=visibility,
        actor=by.as_json(),
        region=region,
        subjects=subjects,
        detail=detail,
    )
    statement.check_size(said)
    entry = _store(said, moment)
    head.seq, head.hash = entry.seq, entry.hash
    head.save(update_fields=["seq", "hash"])
    delivery.queue(entry)
    return entry


def record_rows(
    *,
    by: Actor,
    verb: str,
    subjects: Sequence[tuple[str, str]],
    detail: dict[str, Any],
    rows: bytes | Path,
    row_count: int,
    media_type: str = "application/x-ndjson",
    visibility: str = "internal",
    region: str = "000000",
    at: datetime | None = None,
) -> Entry:
    """Append one entry for a bulk action: its rows become evidence, the entry holds their hash and number.

    ``rows`` is the bytes or the path of a file, which is read as a stream. For rows that are lines
    (``application/x-ndjson``) the number is counted and must be ``row_count``.
    """
    need_transaction()
    clash = {"rows_sha256", "row_count", "rows_media_type"}.intersection(detail)
    if clash:
        raise BadInput(f"The detail names {min(clash)}, which record_rows fills itself.", "Leave it out.")
    kept = evidence.store(rows, name=verb + evidence.suffix(media_type), media_type=media_type)
    if media_type == "application/x-ndjson" and evidence.count_lines(kept.sha256) != row_count:
        raise BadInput(
            f"The rows of {verb} are not {row_count} lines.",
            "Write one line a row, each ended by a line feed.",
        )
    bound = {"rows_sha256": kept.sha256, "row_count": row_count, "rows_media_type": kept.media_type}
    return record(
        by=by,
        verb=verb,
        subjects=subjects,
        detail={**detail, **bound},
        visibility=visibility,
        region=region,
        at=at,
    )


def timeline(kind: str, key: str, *, public_only: bool = False, limit: int = 200) -> QuerySet[Entry]:
    """Return the entries about one thing, newest first."""
    found = Entry.objects.filter(subjects__kind=kind, subjects__key=str(key))
    if public_only:
        found = found.filter(visibility=Visibility.PUBLIC)
    return found.order_by("-seq")[:limit]


def statement_of(entry: Entry, subjects: Sequence[tuple[str, str]] | None = None) -> dict[str, Any]:
    """Return the statement of a stored entry, as it was hashed; its subjects may be at hand already."""
    if subjects is None:
        subjects = [(s.kind, s.key) for s in sorted(entry.subjects.all(), key=lambda s: s.position)]
    return statement.compose(
        entry_id=entry.id,
        seq=entry.seq,
        previous=entry.previous,
        at=entry.at,
        verb=entry.verb,
        visibility=entry.visibility,
        actor=entry.actor,
        region=entry.region,
        subjects=subjects,
        detail=entry.detail,
    )


def links(*, up_to: int | None = None) -> Iterator[dict[str, Any]]:
    """Yield ``{"statement", "hash"}`` of every entry in order, as ``proof.chain`` reads it."""
    found = Entry.objects.order_by("seq")
    if up_to is not None:
        found = found.filter(seq__lte=up_to)
    for said, own in _statements(found):
        yield {"statement": said, "hash": own}


def published(*, after: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the statements of public entries with a number beyond ``after``, in order."""
    return statements(Entry.objects.filter(visibility=Visibility.PUBLIC, seq__gt=after).order_by("seq"))


def statements(found: QuerySet[Entry]) -> Iterator[dict[str, Any]]:
    """Yield the statements of many entries in the order of the query: ``statement_of`` at a stroke."""
    for said, _own in _statements(found):
        yield said


def _statements(found: QuerySet[Entry]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield statement and hash from plain rows; an object for each entry would cost more than all else."""
    rows = found.values_list(*_STATED, "hash").iterator(chunk_size=CHUNK)
    while some := list(islice(rows, CHUNK)):
        about = _subjects([row[0] for row in some])
        for *parts, own in some:
            said = dict(zip(_STATED, parts, strict=True))
            key = said.pop("id")
            yield statement.compose(entry_id=key, subjects=about[key], **said), own


def _subjects(entries: Sequence[UUID]) -> Mapping[UUID, list[tuple[str, str]]]:
    """Return what entries are about: plain pairs, since a batch may name tens of thousands of things."""
    rows = EntrySubject.objects.filter(entry__in=entries).order_by("entry", "position")
    about: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for entry, kind, key in rows.values_list("entry_id", "kind", "key").iterator(chunk_size=CHUNK):
        about[entry].append((kind, key))
    return about


def check() -> int:
    """Check the whole chain and return its length; raise CheckFailed naming the first broken link.

    Writers may go on meanwhile: what is checked ends at the head as it was at the start.
    """
    head = Head.objects.filter(pk=1).first() or Head(seq=0, hash=chain.GENESIS)
    count, last = 0, chain.GENESIS

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal count, last
        for link in links(up_to=head.seq):
            count, last = count + 1, link["hash"]
            if link["statement"]["seq"] != count:
                raise _broken(count, "it is missing")
            yield link

    try:
        chain.check(counted())
    except BadInput as error:
        raise _broken(count, f"it cannot be read ({error.cause})") from error
    if (head.seq, head.hash) != (count, last):
        raise _broken(count + 1 if count < head.seq else count, "the chain does not end where its head says")
    _refuse_entries_beyond_the_head()
    _refuse_subjects_of_no_entry()
    return count


def _refuse_entries_beyond_the_head() -> None:
    ends_at = Head.objects.filter(pk=1).values("seq")
    beyond = Entry.objects.filter(seq__gt=Coalesce(Subquery(ends_at), 0)).order_by("seq").first()
    if beyond is not None:
        raise _broken(beyond.seq, "it stands beyond the head of the chain")


def _refuse_subjects_of_no_entry() -> None:
    known = Entry.objects.filter(pk=OuterRef("entry_id"))
    lost = EntrySubject.objects.filter(~Exists(known)).order_by("entry_id").first()
    if lost is not None:
        raise CheckFailed(
            f"The ledger says of {lost} that entry {lost.entry_id} is about it, and has no such entry.",
            "Restore the ledger from its last good copy.",
            code="chain-subject",
        )


def need_transaction() -> None:
    """Refuse to write outside a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(
            "ledger.record needs transaction.atomic: an entry stands or falls with what the action writes"
        )


def locked_head() -> Head:
    """Return the head of the chain, locked until the transaction ends."""
    head = Head.objects.select_for_update().filter(pk=1).first()
    if head is None:
        Head.objects.bulk_create([Head(pk=1, seq=0, hash=chain.GENESIS)], ignore_conflicts=True)
        head = Head.objects.select_for_update().get(pk=1)
    return head


def _store(said: dict[str, Any], at: datetime) -> Entry:
    entry = Entry(
        id=UUID(said["id"]),
        seq=said["seq"],
        at=at,
        verb=said["verb"],
        visibility=said["visibility"],
        actor=said["actor"],
        region=said["region"],
        detail=said["detail"],
        previous=said["previous"],
        hash=chain.entry_hash(said),
    )
    entry.save(force_insert=True)
    EntrySubject.objects.bulk_create(
        EntrySubject(entry=entry, position=position, kind=kind, key=key)
        for position, (kind, key) in enumerate(said["subjects"])
    )
    return entry


def _broken(seq: int, why: str) -> CheckFailed:
    return CheckFailed(
        f"The chain breaks at entry {seq}: {why}.",
        "Restore the ledger from its last good copy and compare it with the published chain.",
        code="chain-broken",
        seq=seq,
    )
