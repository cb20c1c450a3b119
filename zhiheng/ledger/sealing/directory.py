"""A log on disk that grows by whole batches and never signs a smaller or another tree.

A batch takes this way: into the journal with its size and root (the one sync, after which it is promised),
into bundles and tiles written whole, then the signed checkpoint. A kill or a loss of power anywhere resumes
to the same log, because opening it writes again what the journal promises. Files of full tiles never change;
what has no checkpoint yet is nobody's promise.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.ledger import files
from zhiheng.ledger.sealing.journal import Journal, Record
from zhiheng.proof import checkpoint, note, tiled, tiles
from zhiheng.proof.tiles import WIDTH, Tile
from zhiheng.verification.log_folder import CHECKPOINT, VKEY, LogFolder

LAID_DOWN_EVERY = 32 * 1024 * 1024
"""How many bytes the journal holds before the files of the log are synced."""
MOST_BATCHES = 256
"""How many batches at most: each leaves narrow tiles, which go when the full ones are synced."""

Sign = Callable[[str], note.Signature]


class Log:
    """A log in a folder, opened by the one who holds its lock; ``open`` is the way to it."""

    def __init__(self, folder: Path, memory: Path, key: note.Key, sign: Sign) -> None:
        self.files, self.journal = LogFolder(folder), Journal(memory)
        self.key, self.sign = key, sign
        self.edge = tiled.Edge(algorithm=key.tree_hash)
        self._tail = b""
        self._laid_down = 0
        self._held = self._batches = 0
        self._is_resuming = True
        self._stamp = self.journal.stamp()

    @property
    def size(self) -> int:
        """How many entries are promised."""
        return self.edge.size

    @property
    def is_current(self) -> bool:
        """Whether nobody else has written the log since it was opened here."""
        return self._stamp is not None and self._stamp == self.journal.stamp()

    @classmethod
    def open(cls, folder: Path, memory: Path, key: note.Key, sign: Sign) -> Log:
        """Open a log, or begin one where there is none; whatever does not hold is refused."""
        log = cls(folder, memory, key, sign)
        records = log.journal.read()
        published = log.published()
        if not records:
            if published is not None or (folder / "tile").exists():
                raise _refused(
                    "its folder is there and its memory of what was signed is not",
                    "Restore the folder log-state from the backup, or end this log: zhiheng log renew.",
                )
            records = [Record(0, log.edge.root())]
            log.journal.begin(records[0])
        log.journal.sync()  # a kill may have come between the last write and its sync
        log._resume(records)
        if log.files.text(VKEY) != f"{key}\n".encode():
            files.write_whole(folder / VKEY, f"{key}\n".encode())
        log._agree(published)
        log._is_resuming = False
        return log

    def published(self) -> checkpoint.Checkpoint | None:
        """Return the checkpoint in the folder, whose signature must hold; None where there is none.

        One that a loss of power tore is none: what was signed stands in the journal.
        """
        try:
            return checkpoint.opened(self.files.text(CHECKPOINT) or b"", self.key)[0]
        except BadInput:
            return None

    def append(self, entries: Sequence[bytes]) -> None:
        """Promise a batch, write it, and publish the checkpoint over it; who failed opens anew."""
        if not self.is_current:
            raise _refused("its memory has changed since it was opened", "Open it again; sealing does so.")
        bundles = self._bundled(entries)
        edge, grown = self.edge.grown(tiled.leaf_hashes(entries, self.key.tree_hash))
        record = Record(edge.size, edge.root(), len(entries), b"".join(bundles))
        self.journal.append(record)
        self._write(bundles, edge, grown)
        self.publish()
        if self._held >= LAID_DOWN_EVERY or self._batches >= MOST_BATCHES:
            self.lay_down()
        self._stamp = self.journal.stamp()

    def statement(self) -> checkpoint.Checkpoint:
        """Return what the log says of itself now."""
        return checkpoint.Checkpoint(self.key.name, self.size, self.edge.root())

    def publish(self, cosignatures: Sequence[note.Signature] = ()) -> str:
        """Sign what is promised and put it in its place."""
        text = str(self.statement())
        signed = note.write(text, [self.sign(text), *cosignatures])
        files.write_unsynced(self.files.path / CHECKPOINT, signed.encode())
        return signed

    def lay_down(self) -> None:
        """Sync what was written since the journal began, then begin it anew."""
        places = [self.files.path / CHECKPOINT]
        for tile in tiles.added(self._laid_down, self.size):
            places += [self.files.path / path for path in paths(tile)]
        files.sync_below(self.files.path, places)
        self.journal.begin(Record(self.size, self.edge.root()))
        self._tidy(self._laid_down)
        self._laid_down, self._held, self._batches = self.size, 0, 0
        self._stamp = self.journal.stamp()

    # --- opening ------------------------------------------------------------------------------------

    def _resume(self, records: Sequence[Record]) -> None:
        """Take up the edge that is laid down, and write again what the journal adds to it."""
        first = records[0]
        self.edge = tiled.edge(first.size, self.files.tile, self.key.tree_hash)
        full, width = divmod(first.size, WIDTH)
        held = self.files.bundle(full, width) if width else []
        if self.edge.root() != first.root or b"".join(tiled.leaf_hashes(held, self.key.tree_hash)) != (
            self.edge.levels[0] if first.size else b""
        ):
            raise _refused(
                f"its files give another root than was signed at size {first.size}",
                "Find the file: zhiheng log verify. Put it back from a mirror or a backup.",
            )
        self._tail, self._laid_down = tiles.bundle(held), first.size
        for before, record in pairwise(records):
            entries = tiles.unbundled(record.entries, record.count)
            edge, grown = self.edge.grown(tiled.leaf_hashes(entries, self.key.tree_hash))
            if (edge.size, edge.root()) != (record.size, record.root) or before.size != self.size:
                raise _refused(
                    f"its memory does not agree with itself at size {record.size}",
                    "Restore log-state from the backup.",
                )
            self._write(self._bundled(entries), edge, grown)
        self._stamp = self.journal.stamp()

    def _agree(self, published: checkpoint.Checkpoint | None) -> None:
        """Refuse a checkpoint that is not of this log's past; publish where it is behind."""
        if published is not None and published.size > self.size:
            raise _refused(
                f"it was signed at size {published.size}, and its memory ends at {self.size}",
                "Restore log-state from the same moment as the log, or end this log: zhiheng log renew.",
            )
        if published is not None and published.root != self.root_at(published.size):
            raise _refused(
                f"its checkpoint of size {published.size} has another root",
                "Restore log and log-state from the backup of one moment.",
            )
        if published is None or published.size < self.size:
            self.publish()

    def root_at(self, size: int) -> bytes:
        """Return the root at some size of the past."""
        return self.edge.root() if size == self.size else self.tree().root(size)

    def tree(self) -> tiled.Stored:
        """Return the tree as it is now, read from the tiles."""
        return self.files.tree(self.size, self.key.tree_hash)

    def entries(self, start: int, end: int) -> list[bytes]:
        """Return the entries from one index up to another, as far as there are any."""
        return self.files.entries(start, end, self.size)

    # --- writing ------------------------------------------------------------------------------------

    def _bundled(self, entries: Sequence[bytes]) -> list[bytes]:
        """Return the entries as the bundles that they go into hold them, the first without its beginning."""
        first = WIDTH - self.size % WIDTH
        starts = [0, *range(first, len(entries), WIDTH)]
        return [tiles.bundle(entries[start:end]) for start, end in pairwise([*starts, len(entries)])]

    def _write(self, bundles: Sequence[bytes], edge: tiled.Edge, grown: dict[Tile, bytes]) -> None:
        """Write the bundles and tiles of a batch."""
        first = self.size // WIDTH
        for number, added in enumerate(bundles, first):
            data, width = self._tail + added, min(WIDTH, edge.size - number * WIDTH)
            if added:
                self._put(Tile(0, number, width).entries_path, data)
            self._tail = b"" if width == WIDTH else data
            self._held += len(added)
        for tile, data in grown.items():
            self._put(tile.path, data)
        self._batches += 1
        self.edge = edge

    def _put(self, name: str, data: bytes) -> None:
        """Write a file whole; when a log is opened, one that holds these bytes already is left alone."""
        place = self.files.path / name
        if self._is_resuming and place.exists() and place.read_bytes() == data:
            return
        files.write_unsynced(place, data)

    def _tidy(self, before: int) -> None:
        """Remove the narrow tiles of those that have become full and are synced; a kill may leave some."""
        were = tiles.levels(before)
        for level, (full, _width) in enumerate(tiles.levels(self.size)):
            for number in range(were[level][0] if level < len(were) else 0, full):
                for path in paths(Tile(level, number, 1)):
                    narrow = (self.files.path / path).parent
                    if narrow.exists():
                        shutil.rmtree(narrow, ignore_errors=True)


def paths(tile: Tile) -> list[str]:
    """Return the files that a tile means: at the lowest level its entries too."""
    return [tile.path, tile.entries_path] if tile.level == 0 else [tile.path]


def _refused(why: str, remedy: str) -> CheckFailed:
    return CheckFailed(f"The log cannot be signed: {why}.", remedy, code="log-refused")
