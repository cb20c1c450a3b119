"""One turn of the sequencer: from what the tables know to the last committed entry, log by log.

Without shards there is one log. With them an entry goes into the log of its province, and at the end of a
turn the national log takes the signed checkpoint of each shard that grew as a leaf of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from zhiheng.errors import Conflict
from zhiheng.ledger import copying, entries, instants
from zhiheng.ledger.models import Anchor, Entry, Sealed, Visibility
from zhiheng.ledger.sealing import places
from zhiheng.ledger.sealing.directory import Log
from zhiheng.proof import canonical, checkpoint, note
from zhiheng.verification.log_folder import CHECKPOINT

BATCH = 1_024
COLUMNS = ("entry_id", "seq", "log", "place", "at")
Statement = dict[str, Any]
Row = tuple[str, str, str, str]

STATEMENT = b"{"
"""How a leaf begins that is an entry; a checkpoint begins with the origin of its log."""


def last_sealed() -> int:
    """Return the number of the last entry that is sealed."""
    return Sealed.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def waiting(since: int) -> QuerySet[Entry]:
    """Return the public entries after a number, in their order."""
    return Entry.objects.filter(visibility=Visibility.PUBLIC, seq__gt=since).order_by("seq")


def leaf(entry: Entry) -> bytes:
    """Return what stands in the log for an entry."""
    return canonical.dumps(entries.statement_of(entry))


def known_leaves(name: str) -> int:
    """Return how many leaves of a log the tables know."""
    last = [
        Sealed.objects.filter(log=name).aggregate(last=Max("place"))["last"],
        Anchor.objects.filter(national=name).aggregate(last=Max("place"))["last"],
    ]
    return max(-1 if one is None else one for one in last) + 1


class Desk:
    """One log during a turn: what it holds beyond the tables is compared before anything is added."""

    def __init__(self, log: Log) -> None:
        self.log, self.name = log, log.key.name
        self.place = known_leaves(self.name)
        self.anchors: list[Anchor] = []
        if self.place > log.size:
            raise Conflict(
                f"The database knows {self.place} sealed entries, and the log on disk has {log.size}.",
                "Restore the folders log and log-state of one moment, or end this log: zhiheng log renew.",
                code="log-behind",
            )
        last = Sealed.objects.filter(log=self.name).order_by("-place").select_related("entry").first()
        if last is not None and log.entries(last.place, last.place + 1) != [leaf(last.entry)]:
            raise restored(last.place)
        self._there = self._beyond(self.place, log.size)

    def take(self, found: Sequence[Statement]) -> list[Row]:
        """Find or append the leaves of entries in their order, and return their rows."""
        rows, fresh = [], []
        for statement in found:
            said, there = canonical.dumps(statement), None if fresh else next(self._there, None)
            if there is None:
                fresh.append(said)
            elif there != said:
                raise restored(self.place)
            rows.append((statement["id"], str(statement["seq"]), self.name, str(self.place)))
            self.place += 1
        if fresh:
            self.log.append(fresh)
        return rows

    def finish(self) -> None:
        """Refuse entries of the log that no entry of the database came for."""
        if next(self._there, None) is not None:
            raise restored(self.place)

    def anchor(self, notes: Sequence[str]) -> None:
        """Append checkpoints of shards."""
        self.log.append([signed.encode() for signed in notes])
        for signed in notes:
            self._found_anchor(signed.encode())

    def _beyond(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the entries that the tables do not know; checkpoints among them get their rows on the way."""
        for first in range(start, end, BATCH):
            for found in self.log.entries(first, min(first + BATCH, end)):
                if found.startswith(STATEMENT):
                    yield found
                else:
                    self._found_anchor(found)

    def _found_anchor(self, signed: bytes) -> None:
        said = checkpoint.read(note.read(signed).text)
        row = {"log": said.origin, "size": said.size, "note": signed.decode()}
        self.anchors.append(Anchor(**row, national=self.name, place=self.place))
        self.place += 1


class Turn:
    """All logs of this site, sealed up to the last committed entry."""

    def __init__(self, opened: Callable[[str], Log]) -> None:
        self.since, self._opened = last_sealed(), opened
        self.desks: dict[str, Desk] = {}
        for shard in ("", *places.shards()):
            self._desk(shard)

    def run(self) -> int:
        """Seal batch after batch, then anchor the shards; return how many entries got their rows."""
        sealed = 0
        while found := list(entries.statements(waiting(self.since)[:BATCH])):
            rows = self._take(found)
            ids = copying.keys([row[0] for row in rows])
            at = str(connection.ops.adapt_datetimefield_value(instants.now()))  # their checkpoint is signed
            new = [(key, *row[1:], at) for key, row in zip(ids, rows, strict=True)]
            with transaction.atomic(durable=True):
                copying.write(Sealed, COLUMNS, new)
            self.since = found[-1]["seq"]
            sealed += len(rows)
        for desk in self.desks.values():
            desk.finish()
        self._anchor()
        return sealed

    def _take(self, found: Sequence[Statement]) -> list[Row]:
        at_home: dict[str, list[Statement]] = defaultdict(list)
        for said in found:
            at_home[places.home(said["region"])].append(said)
        return [row for shard, some in at_home.items() for row in self._desk(shard).take(some)]

    def _anchor(self) -> None:
        """Put the checkpoint of each shard that grew into the national log."""
        national = self.desks[""]
        anchored = dict(Anchor.objects.values_list("log").annotate(size=Max("size")))
        anchored |= {row.log: row.size for row in national.anchors}
        grown = [desk.log for shard, desk in self.desks.items() if shard]
        grown = [log for log in grown if log.size > anchored.get(log.key.name, 0)]
        if grown:
            national.anchor([(log.files.text(CHECKPOINT) or b"").decode() for log in grown])
        with transaction.atomic(durable=True):
            Anchor.objects.bulk_create(national.anchors)

    def _desk(self, shard: str) -> Desk:
        if shard not in self.desks:
            self.desks[shard] = Desk(self._opened(shard))
        return self.desks[shard]


def restored(place: int) -> Conflict:
    """Return the refusal where the log holds what the database does not."""
    return Conflict(
        f"The log holds at place {place} an entry that the database does not: an older copy was restored.",
        "Nothing was signed. Restore the newest copy of the database; where there is none, end this log and "
        "open a new one that says why: zhiheng log renew.",
        code="log-ahead",
    )
