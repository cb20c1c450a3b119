"""Many entries of one kind in one transaction: each with its own number and hash, written at a stroke.

For machines that report by the thousand (laboratories, captured events); what a person does is recorded one
by one (``entries.record``). All that does not depend on the place in the chain is worked out, and what the
entries are about is written, before the head is locked: others wait for one hash and one copy a record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring as quote
from typing import Any
from uuid import UUID

from django.db import connection

from zhiheng.errors import BadInput
from zhiheng.ledger import copying, delivery, entries, free_words, instants, statement
from zhiheng.ledger.actor import Actor
from zhiheng.ledger.ids import uuid7s
from zhiheng.ledger.models import Entry, EntrySubject
from zhiheng.proof import canonical

MOST = 10_000
SHORT = 10_000  # characters of a detail that need no count of their bytes
LINK_BYTES = 200  # what the place in the chain adds to a statement, at most

COLUMNS = ("at", "verb", "visibility", "actor", "region", "id", "detail", "seq", "previous", "hash")

Happening = tuple[Sequence[tuple[str, str]], dict[str, Any]]
"""What one entry is about, and its detail."""


@dataclass(frozen=True)
class Batch:
    """The entries that were written: their ids in order, and the number of the first."""

    ids: tuple[str, ...]
    first_seq: int


_Prepared = tuple[str, Sequence[tuple[str, str]], str, str]
"""One entry before it has a place: its id, its subjects, its detail as JSON, and the hash of its body."""


def record_many(
    *,
    by: Actor,
    verb: str,
    happened: Sequence[Happening],
    visibility: str = "internal",
    region: str = "000000",
    at: datetime | None = None,
) -> Batch:
    """Append one entry for each thing that happened, all inside the caller's transaction.

    The entries are those that as many calls of ``record`` would write, in the order given. Raises BadInput
    where one of them may not stand in the ledger; then none is written.
    """
    entries.need_transaction()
    if not 0 < len(happened) <= MOST:
        raise BadInput(f"A batch has {len(happened)} entries.", f"Give 1 to {MOST} at a time.")
    statement.check_parts(by=by, verb=verb, visibility=visibility, region=region, subjects=(), detail={})
    moment = instants.in_utc(at or instants.now())
    shared = {
        "actor": by.as_json(),
        "at": instants.as_text(moment),
        "region": region,
        "verb": verb,
        "visibility": visibility,
    }
    prepared = list(_prepared(shared, happened))
    _write_subjects(prepared)
    starts = copying.begun(_rows(shared, prepared))
    head = entries.locked_head()
    links = list(_links(head.seq, head.hash, prepared))
    copying.write(Entry, COLUMNS, links, starts)
    batch = Batch(tuple([entry_id for entry_id, _, _, _ in prepared]), head.seq + 1)
    head.seq, head.hash = head.seq + len(links), links[-1][-1]
    head.save(update_fields=["seq", "hash"])
    delivery.queue_all(verb, batch.ids)
    return batch


def _prepared(shared: dict[str, Any], happened: Sequence[Happening]) -> Iterator[_Prepared]:
    """Yield each entry with its body hash; the body is ``chain.body_hash`` of its statement.

    The keys of a canonical object are sorted, so the parts that all entries share are written once.
    """
    verb, forms, sha256 = shared["verb"], {}, hashlib.sha256
    before, between, then, after = _template(shared)
    most = statement.MAX_STATEMENT_BYTES - LINK_BYTES
    for entry_id, (subjects, detail) in zip(uuid7s(len(happened)), happened, strict=True):
        listed = [(str(kind), str(key)) for kind, key in subjects]
        statement.check_subjects(listed)
        about = ",".join([f'["{kind}",{quote(key)}]' for kind, key in listed])
        said = _of_texts(detail, forms, verb) or statement.checked_detail(detail, verb).decode()
        try:
            body = f"{before}{said}{between}{entry_id}{then}[{about}]{after}".encode()
        except UnicodeEncodeError:
            canonical.dumps([listed, detail])  # says where half of a surrogate pair stands
            raise
        if len(body) > most:
            raise statement.too_large(verb, len(body) + LINK_BYTES)
        yield entry_id, listed, said, sha256(body).hexdigest()


def _of_texts(detail: dict[str, Any], forms: dict[tuple[str, ...], Any], verb: str) -> str | None:
    """Return the canonical JSON of a detail that holds short texts alone; None for any other.

    Details of one batch have the same keys, which are checked and sorted once; ``statement.checked_detail``
    is the plain way, by which everything else goes and every refusal is said.
    """
    if type(detail) is not dict:
        return None
    if (keys := tuple(detail)) not in forms:
        statement.checked_detail(dict.fromkeys(keys, ""), "a batch")
        is_plain = all(free_words.is_open(verb, key) for key in keys)
        forms[keys] = [(key, f"{quote(key)}:") for key in sorted(keys)] if is_plain else None
    try:
        said = "{" + ",".join([name + quote(detail[key]) for key, name in forms[keys]]) + "}"
    except TypeError:  # not all are texts, or a key is one under which words are bound
        return None
    return said if len(said) < SHORT and "\\u0000" not in said else None


def _template(shared: dict[str, Any]) -> list[str]:
    """Return the canonical text of a body around its detail, its id and its subjects."""
    whole = statement.compose(
        entry_id=UUID(int=0),
        seq=1,
        previous="",
        at=datetime.fromisoformat(shared["at"]),
        verb=shared["verb"],
        visibility=shared["visibility"],
        actor=shared["actor"],
        region=shared["region"],
        subjects=(),
        detail={},
    )
    del whole["seq"], whole["previous"]
    text = canonical.dumps(whole).decode()
    before, text = text.split("{}", 1)
    between, text = text.split(str(UUID(int=0)), 1)
    return [before, between, *text.split("[]", 1)]


def _links(seq: int, previous: str, prepared: Sequence[_Prepared]) -> Iterator[tuple[str, str, str]]:
    """Yield (number, previous hash, own hash) of each entry; the hash is ``proof.chain.link_hash``."""
    sha256 = hashlib.sha256
    for number, (_, _, _, body) in enumerate(prepared, seq + 1):
        link = f'{{"body":"{body}","previous":"{previous}","seq":{number}}}'
        own = sha256(link.encode()).hexdigest()
        yield str(number), previous, own
        previous = own


def _rows(shared: dict[str, Any], prepared: Sequence[_Prepared]) -> list[tuple[str, ...]]:
    """Return the rows of the entries but for their place in the chain."""
    moment = str(connection.ops.adapt_datetimefield_value(datetime.fromisoformat(shared["at"])))
    field = copying.field()
    actor = field(canonical.dumps(shared["actor"]).decode())
    same = (moment, shared["verb"], shared["visibility"], actor, shared["region"])
    keys = copying.keys([entry_id for entry_id, _, _, _ in prepared])
    return [(*same, key, field(said)) for key, (_, _, said, _) in zip(keys, prepared, strict=True)]


def _write_subjects(prepared: Sequence[_Prepared]) -> None:
    """Write what the entries are about; they need no place in the chain."""
    field = copying.field()
    keys = copying.keys([entry_id for entry_id, _, _, _ in prepared])
    about = [
        (key, str(position), kind, field(name))
        for key, (_, subjects, _, _) in zip(keys, prepared, strict=True)
        for position, (kind, name) in enumerate(subjects)
    ]
    copying.write(EntrySubject, ("entry_id", "position", "kind", "key"), about)
