"""A stranger rereads a whole log from its folder: every entry, every tile, the root, the signature.

Nothing is taken from a tile that was not computed from the entries. Files beyond the checkpoint are nobody's
promise and are passed over; a narrow tile that stayed from an earlier size must be the beginning of the one
that is there now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import checkpoint, note, tiled, tiles
from zhiheng.proof.tiles import WIDTH, Tile
from zhiheng.verification.log_folder import CHECKPOINT, VKEY, LogFolder, damaged, no_log
from zhiheng.verification.report import Report, Steps, demand

_NARROW = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})\.p/([1-9][0-9]{0,2})")


@dataclass(frozen=True)
class Checked:
    """The steps of the check, what the checkpoint says, and the first file that does not hold."""

    report: Report
    size: int | None = None
    root: str = ""
    file: str = ""


@dataclass
class _Found:
    """What the steps hand on: the key, the checkpoint, the tree as the entries give it, the first fault."""

    key: note.Key | None = None
    said: checkpoint.Checkpoint | None = None
    edge: tiled.Edge | None = None
    file: str = ""

    def checked(self, steps: Steps) -> Checked:
        """Return the whole."""
        name = self.key.name if self.key else ""
        if self.said is None:
            return Checked(Report("log", name, tuple(steps.taken)), file=self.file)
        root = self.said.root.hex()
        return Checked(Report("log", name, tuple(steps.taken), root), self.said.size, root, self.file)


def check(path: Path, *, vkey: str = "") -> Checked:
    """Check the log in a folder; ``vkey`` is the key as the reader knows it, else the one in the folder."""
    folder, steps, found = LogFolder(path), Steps(), _Found()
    if folder.text(CHECKPOINT) is None:
        raise no_log(path)
    looks = {
        "key": lambda: _key(folder, vkey, found),
        "checkpoint": lambda: _checkpoint(folder, found),
        "entries": lambda: _noted(found, lambda: _entries(folder, found)),
        "root": lambda: _root(found),
        "earlier tiles": lambda: _noted(found, lambda: _narrow(folder, found.said.size)),
    }
    for name, look in looks.items():
        if not steps.take(name, look):
            break
    return found.checked(steps)


def _noted(found: _Found, look: Callable[[], str]) -> str:
    """Look, and keep which file a refusal is about."""
    try:
        return look()
    except CheckFailed as error:
        found.file = error.facts.get("file", "")
        raise


def rebuilt(folder: LogFolder, size: int, algorithm: str = "sha256") -> tiled.Edge:
    """Return the tree that the entries of a folder give; the first file that does not fit is refused."""
    edge = tiled.Edge(algorithm=algorithm)
    for number, width in _bundles(size):
        leaves = tiled.leaf_hashes(folder.bundle(number, width), algorithm)
        edge, grown = edge.grown(leaves)
        for tile, data in grown.items():
            if (tile.width == WIDTH or _is_last(tile, size)) and folder.tile(tile) != data:
                raise damaged(tile.path, "it does not hold the hashes of the entries below it")
    return edge


def _bundles(size: int) -> Iterator[tuple[int, int]]:
    full, width = divmod(size, WIDTH)
    yield from ((number, WIDTH) for number in range(full))
    if width:
        yield full, width


def _is_last(tile: Tile, size: int) -> bool:
    """Tell whether a narrow tile is as wide as it is in the tree of this size."""
    levels = tiles.levels(size)
    return tile.level < len(levels) and levels[tile.level] == (tile.number, tile.width)


def _key(folder: LogFolder, vkey: str, found: _Found) -> str:
    held = (folder.text(VKEY) or b"").decode("utf-8", "replace").removesuffix("\n")
    demand(bool(vkey or held), "there is no key: the folder has no file vkey, and none was given")
    found.key = note.key(vkey.strip() or held)
    if vkey and held and held != str(found.key):
        raise CheckFailed(
            "The key in the folder is not the one that was given.",
            "Ask the office which key is its own; this copy may be of somebody else.",
        )
    return f"{found.key}, {'as given' if vkey else 'from the folder: compare it with the published one'}"


def _checkpoint(folder: LogFolder, found: _Found) -> str:
    data = folder.text(CHECKPOINT) or b""
    found.said, signed = checkpoint.opened(data, found.key)
    others = len(signed.signatures) - 1
    return f"{found.said.size} entries, root {found.said.root.hex()}, {others} other signature(s)"


def _entries(folder: LogFolder, found: _Found) -> str:
    size = found.said.size
    found.edge = rebuilt(folder, size, found.key.tree_hash)
    return f"{size} entries in {-(-size // WIDTH)} bundles give every tile"


def _root(found: _Found) -> str:
    demand(found.edge.root() == found.said.root, "the entries give another root than the signed one")
    return found.said.root.hex()


def _narrow(folder: LogFolder, size: int) -> str:
    """Compare narrow tiles and bundles of earlier sizes with what stands there now."""
    looked_at = beyond = 0
    for place in sorted(folder.path.glob("tile/**/*.p/*")):
        name = place.relative_to(folder.path).as_posix()
        matched = _NARROW.fullmatch(name)
        if matched is None:
            continue
        kind, number, width = matched[1], int(re.sub("[x/]", "", matched[2])), int(matched[3])
        level = 0 if kind == "entries" else int(kind)
        there = min(WIDTH, (size >> 8 * level) - number * WIDTH)
        if width > there:
            beyond += 1
            continue
        looked_at += 1
        _compare(folder, name, place.read_bytes(), kind, Tile(level, number, there), width)
    return (
        f"{looked_at} of earlier sizes are the beginning of the present ones, {beyond} beyond the checkpoint"
    )


def _compare(folder: LogFolder, name: str, data: bytes, kind: str, now: Tile, width: int) -> None:
    try:
        if kind == "entries":
            same = tiles.unbundled(data, width) == folder.bundle(now.number, now.width)[:width]
        else:
            same = data == folder.tile(now)[: width * tiled.LENGTH]
    except BadInput:
        same = False
    if not same:
        raise damaged(name, "it is not the beginning of the tile that is there now")
