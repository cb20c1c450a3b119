"""Results as partitioned, content-addressed Parquet: parts named by their hash, a manifest that binds them.

``objects/<aa>/<sha256>.parquet`` are the parts, ``manifests/<root>.json`` lists them (RFC 8785), ``HEAD``
names the newest manifest. Whether a part changed is told by its ``source``, a digest over the rows it was
made from, not by its bytes, which move with each version of Parquet's writer. A snapshot is opened only when
every part is what its hash says: no number comes from a damaged one.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from zhiheng.errors import BadInput, CheckFailed, ZhihengError
from zhiheng.proof import canonical, merkle

TYPE = "zhiheng/snapshot/1"
HEAD = "HEAD"


@dataclass(frozen=True)
class Part:
    """Rows of one partition; they are asked for only where ``source`` is not the one written before."""

    key: Mapping[str, str | int]
    source: str
    rows: Callable[[], pl.DataFrame]


@dataclass(frozen=True)
class Written:
    """A part as its manifest lists it."""

    key: Mapping[str, str | int]
    sha256: str
    source: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What a snapshot holds; ``root`` binds the data set, its columns and every part, in order of keys."""

    dataset: str
    schema: tuple[tuple[str, str], ...]
    partition_by: tuple[str, ...]
    parts: tuple[Written, ...]
    ledger_seq: int
    previous: str | None

    @property
    def rows(self) -> int:
        """The number of rows in all parts."""
        return sum(part.rows for part in self.parts)

    @property
    def root(self) -> str:
        """The Merkle root (RFC 9162) over the head of the manifest and its parts."""
        head = {"type": TYPE, "dataset": self.dataset, "partition_by": list(self.partition_by)}
        head["schema"] = [list(column) for column in self.schema]
        return merkle.root([canonical.dumps(head), *(canonical.dumps(asdict(part)) for part in self.parts)])

    def body(self) -> dict[str, Any]:
        """Return the manifest as it is stored."""
        return {
            "type": TYPE,
            "dataset": self.dataset,
            "schema": [list(column) for column in self.schema],
            "partition_by": list(self.partition_by),
            "parts": [asdict(part) for part in self.parts],
            "rows": self.rows,
            "root": self.root,
            "ledger_seq": self.ledger_seq,
            "previous": self.previous,
        }


@dataclass(frozen=True)
class Snapshot:
    """A snapshot whose parts were all found to be what their hashes say."""

    folder: Path
    manifest: Manifest

    def path(self, part: Written) -> Path:
        """Return the file of a part."""
        return _object(self.folder, part.sha256)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files of all parts, in order."""
        return tuple(self.path(part) for part in self.manifest.parts)


def is_one(folder: Path) -> bool:
    """Tell whether a folder holds a snapshot."""
    return (folder / HEAD).is_file()


def write(
    folder: Path, dataset: str, parts: Iterable[Part], *, partition_by: Sequence[str], ledger_seq: int = 0
) -> Manifest:
    """Write the parts that changed since the newest snapshot of the folder, and make this one the newest.

    A process that ends half-way leaves the newest snapshot as it was; what it wrote is found again.
    """
    before = _manifest(folder, HEAD) if is_one(folder) else None
    known = {} if before is None else {(_name(part.key), part.source): part for part in before.parts}
    written, schema = {}, None
    for part in parts:
        if tuple(part.key) != tuple(partition_by) or _name(part.key) in written:
            raise BadInput(
                f"The part {_name(part.key)} stands twice, or is not keyed by {', '.join(partition_by)}.",
                "Give each combination of the keys one part.",
            )
        entry = known.get((_name(part.key), part.source))
        own = None if before is None else before.schema
        if entry is None or not _object(folder, entry.sha256).is_file():
            entry, own = _written(folder, part)
        if schema not in (None, own):
            raise BadInput(f"The part {_name(part.key)} has other columns.", "Give all parts the same.")
        schema, written[_name(part.key)] = own, entry
    if not written or schema is None:
        raise BadInput("A snapshot without a part holds nothing.", "Give one part or more.")
    ordered = tuple(written[name] for name in sorted(written))
    manifest = Manifest(
        dataset, schema, tuple(partition_by), ordered, ledger_seq, None if before is None else before.root
    )
    if before is not None and before.root == manifest.root:
        return before
    _put(folder / "manifests" / f"{manifest.root}.json", canonical.dumps(manifest.body()))
    _put(folder / HEAD, f"{manifest.root}\n".encode())
    return manifest


def read(folder: Path, root: str = HEAD) -> Snapshot:
    """Open a snapshot; a part that is missing or is not what its hash says is refused before any number."""
    manifest = _manifest(folder, root)
    for part in manifest.parts:
        path = _object(folder, part.sha256)
        if not path.is_file() or _sha256(path) != part.sha256:
            raise CheckFailed(
                f"The part {_name(part.key)} of the snapshot is missing or is not what its hash says.",
                "Restore it from a copy, or write the snapshot again; no number is given from it.",
            )
    return Snapshot(folder, manifest)


def put(folder: Path, frame: pl.DataFrame, place: Callable[[str], Path]) -> str:
    """Write a table into a folder at the place for its hash, at once or not at all; return the hash."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    os.close(handle)
    try:
        frame.write_parquet(beside)
        sha256 = _sha256(Path(beside))
        _rename(Path(beside), place(sha256))
    finally:
        Path(beside).unlink(missing_ok=True)
    return sha256


def is_what_it_says(path: Path, sha256: str) -> bool:
    """Tell whether a file has this hash."""
    return _sha256(path) == sha256


def _written(folder: Path, part: Part) -> tuple[Written, tuple[tuple[str, str], ...]]:
    frame = part.rows()
    for name, value in part.key.items():
        if name not in frame.columns or not (frame[name] == value).all():
            raise BadInput(
                f"Rows of the part {_name(part.key)} belong to another one.", f"Split the rows by {name}."
            )
    sha256 = put(folder / "objects", frame, lambda found: _object(folder, found))
    size = _object(folder, sha256).stat().st_size
    entry = Written(dict(part.key), sha256, part.source, frame.height, size)
    return entry, tuple((name, str(kind)) for name, kind in frame.schema.items())


def _manifest(folder: Path, root: str) -> Manifest:
    """Return a manifest that is what its root says."""
    try:
        name = (folder / HEAD).read_text("utf-8").strip() if root == HEAD else root
        body = canonical.loads((folder / "manifests" / f"{name}.json").read_bytes())
        manifest = Manifest(
            body["dataset"],
            tuple((column, kind) for column, kind in body["schema"]),
            tuple(body["partition_by"]),
            tuple(Written(**part) for part in body["parts"]),
            body["ledger_seq"],
            body["previous"],
        )
        is_sound = name == manifest.root and manifest.body() == body
    except FileNotFoundError:
        raise BadInput(
            f"There is no snapshot in {folder.name}.", "Name a folder that a snapshot was written to."
        ) from None
    except (KeyError, TypeError, ValueError, OSError, ZhihengError):
        is_sound = False
    if not is_sound:
        raise CheckFailed(
            "The manifest of the snapshot is not what its root says.",
            "Restore it from a copy, or write the snapshot again; no number is given from it.",
        )
    return manifest


def _object(folder: Path, sha256: str) -> Path:
    return folder / "objects" / sha256[:2] / f"{sha256}.parquet"


def _name(key: Mapping[str, str | int]) -> str:
    """Return the key of a part for people; numbers are padded, so that the order is that of the numbers."""
    return "/".join(f"{n}={v:012d}" if isinstance(v, int) else f"{n}={v}" for n, v in key.items())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    _rename(Path(beside), path)


def _rename(beside: Path, place: Path) -> None:
    """Put a finished file in its place: first its bytes are on the disk, then its name."""
    _sync(beside)
    place.parent.mkdir(parents=True, exist_ok=True)
    beside.replace(place)
    _sync(place.parent)


def _sync(place: Path) -> None:
    """Make a file, or the names in a folder, last through a loss of power."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
