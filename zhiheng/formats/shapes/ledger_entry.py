"""A ledger entry is one statement of what was done, by which office, about what; its hash chains it.

账本条目. The statement holds no name and no personal data: the actor is a key with a role and a region. The
hash itself is computed by ``proof.chain``; here stand the fields.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from zhiheng.formats.shapes import fields

VISIBILITIES = ("public", "internal", "restricted")
TYPE, VERSION = "zhiheng.ledger.entry", 1
_VERB = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_KIND = re.compile(r"[a-z][a-z0-9_]{0,31}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KEYS = ("id", "seq", "at", "verb", "visibility", "actor", "region", "subjects", "detail", "previous")


@dataclass(frozen=True)
class LedgerEntry:
    """The statement of one entry: ``statement()`` is what is hashed, ``hash`` what it must hash to."""

    id: str
    seq: int
    at: str
    verb: str
    visibility: str
    actor: dict[str, str]
    region: str
    subjects: tuple[tuple[str, str], ...]
    detail: dict[str, Any]
    previous: str
    hash: str

    def __post_init__(self) -> None:
        fields.matching(self.id, "id", _UUID, "a uuid")
        fields.integer(self.seq, "seq", 1)
        fields.moment(self.at, "at")
        fields.matching(self.verb, "verb", _VERB, "a verb such as draw.committed")
        fields.one_of(self.visibility, "visibility", VISIBILITIES)
        actor = fields.mapping(self.actor, "actor", ("key", "role", "region"))
        fields.text(actor["key"], "actor.key", most=64)
        fields.text(actor["role"], "actor.role", most=64)
        fields.region(actor["region"], "actor.region")
        fields.region(self.region, "region")
        for subject in self.subjects:
            if not isinstance(subject, tuple) or len(subject) != 2:
                raise fields.refuse("subjects", "each subject is a pair of kind and key")
            fields.matching(subject[0], "subjects.kind", _KIND, "a kind such as draw")
            fields.text(subject[1], "subjects.key", most=128)
        if not isinstance(self.detail, dict):
            raise fields.refuse("detail", "this is no object")
        fields.digest(self.previous, "previous")
        fields.digest(self.hash, "hash")

    def statement(self) -> dict[str, Any]:
        """Return what is hashed, as plain JSON values."""
        plain = {name: getattr(self, name) for name in _KEYS}
        subjects = [list(pair) for pair in self.subjects]
        return {"type": TYPE, "v": VERSION, **plain, "actor": dict(self.actor), "subjects": subjects}

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as it stands in bundles: statement and hash."""
        return {"statement": self.statement(), "hash": self.hash}

    @classmethod
    def from_dict(cls, value: Any) -> LedgerEntry:
        """Build the entry from plain JSON values, refusing unknown and missing fields by name."""
        entry = fields.mapping(value, "ledger entry", ("statement", "hash"))
        plain = dict(fields.mapping(entry["statement"], "statement", ("type", "v", *_KEYS)))
        fields.one_of(plain.pop("type"), "type", (TYPE,))
        fields.integer(plain.pop("v"), "v", VERSION)
        pairs = fields.items(plain.pop("subjects"), "subjects")
        subjects = tuple(tuple(fields.items(pair, "subjects")) for pair in pairs)
        return cls(**plain, subjects=subjects, hash=entry["hash"])
