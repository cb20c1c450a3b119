"""A stranger rereads every log below a folder: the national one, those of provinces, twins, ended ones.

Each is checked by itself (``verification.log``), and then against the log that it hangs on: the checkpoints
of a province that the national log holds must be of the past of that province's log, and a twin must hold the
same entries. A province that the national log names and that is not there is told, and refused.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import checkpoint, note
from zhiheng.proof.tiles import WIDTH
from zhiheng.verification import log
from zhiheng.verification.log import Checked
from zhiheng.verification.log_folder import CHECKPOINT, VKEY, LogFolder
from zhiheng.verification.report import Step, Steps

SHARD, TWIN = "shard", "sm"


def check(path: Path, *, vkey: str = "") -> dict[str, Checked]:
    """Check every log below a folder, by its place there; ``vkey`` is the key of the one at the top."""
    found = {"": log.check(path, vkey=vkey)}
    for place in _places(path):
        checked = log.check(path / place)
        if checked.report.ok:
            checked = _hanging(path, place, checked, found)
        found[place] = checked
    return {place: _anchored(path, place, checked, found) for place, checked in found.items()}


def _places(path: Path) -> list[str]:
    """Return the places of the other logs, those above before those below."""
    below = {one.parent.relative_to(path).as_posix() for one in path.rglob(CHECKPOINT)}
    return sorted(below - {"."}, key=lambda place: (place.count("/"), place))


def _with(checked: Checked, taken: list[Step]) -> Checked:
    report = dataclasses.replace(checked.report, steps=(*checked.report.steps, *taken))
    return dataclasses.replace(checked, report=report)


def _hanging(path: Path, place: str, checked: Checked, found: dict[str, Checked]) -> Checked:
    """Compare a twin with the log whose entries it holds again."""
    above, _, last = place.rpartition("/")
    if last != TWIN or above not in found or not found[above].report.ok:
        return checked
    steps = Steps()
    steps.take("entries of the log", lambda: _same(path / above, found[above], path / place, checked))
    return _with(checked, steps.taken)


def _same(of: Path, its: Checked, twin: Path, checked: Checked) -> str:
    if checked.size > its.size:
        raise CheckFailed(
            f"The twin holds {checked.size} entries, the log {its.size}.",
            "Take both from the same moment.",
        )
    for number, (one, other) in enumerate(_pairs(LogFolder(of), LogFolder(twin), its.size, checked.size)):
        if one != other:
            raise CheckFailed(
                f"The twin holds another entry at place {number} than the log.",
                "Take both from the same moment, and ask the office which one is its own.",
            )
    behind = its.size - checked.size
    return f"the same {checked.size} entries" + (f", {behind} behind" if behind else "")


def _pairs(first: LogFolder, second: LogFolder, size: int, least: int) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, least, WIDTH):
        end = min(start + WIDTH, least)
        yield from zip(first.entries(start, end, size), second.entries(start, end, least), strict=True)


def _anchored(path: Path, place: str, checked: Checked, found: dict[str, Checked]) -> Checked:
    """Check the checkpoints of other logs that a log holds among its entries."""
    if not checked.report.ok or place.rpartition("/")[2] == TWIN:
        return checked
    held = list(_held(LogFolder(path / place), checked.size))
    below = f"{place}/{SHARD}/" if place else f"{SHARD}/"
    shards = {found[name].report.subject: name for name in found if _is_shard(name, below)}
    if not held and not shards:
        return checked
    steps = Steps()
    steps.take("anchors", lambda: _anchors(path, held, shards, found))
    return _with(checked, steps.taken)


def _is_shard(name: str, below: str) -> bool:
    return name.startswith(below) and "/" not in name.removeprefix(below)


def _held(folder: LogFolder, size: int) -> Iterator[tuple[int, bytes]]:
    """Yield the entries of a log that are signed checkpoints: every other one is a JSON object."""
    for start in range(0, size, WIDTH):
        some = folder.entries(start, min(start + WIDTH, size), size)
        yield from ((start + at, entry) for at, entry in enumerate(some) if not entry.startswith(b"{"))


def _anchors(
    path: Path, held: list[tuple[int, bytes]], shards: dict[str, str], found: dict[str, Checked]
) -> str:
    newest = dict.fromkeys(shards, 0)
    for place, entry in held:
        said = _anchor(path, place, entry, shards, found)
        if said.size < newest[said.origin]:
            raise CheckFailed(
                f"The checkpoint at place {place} is smaller than an earlier one of {said.origin}.",
                "Compare both checkpoints, and ask the office which one is its own.",
            )
        newest[said.origin] = said.size
    later = sum(found[name].size - newest[origin] for origin, name in shards.items() if found[name].size)
    told = f"{len(held)} checkpoints of {len(shards)} logs are of their past"
    return told + (f", {later} entries came after the last" if later else "")


def _anchor(
    path: Path, place: int, entry: bytes, shards: dict[str, str], found: dict[str, Checked]
) -> checkpoint.Checkpoint:
    """Return a checkpoint that stands among the entries, once it is of the past of the log that signed it."""
    origin = entry.partition(b"\n")[0].decode("utf-8", "replace")
    if origin not in shards:
        raise CheckFailed(
            f"The entry at place {place} is a checkpoint of {origin}, whose log is not here.",
            "Take the folder of that log too.",
        )
    name = shards[origin]
    folder, its = LogFolder(path / name), found[name]
    if not its.report.ok:
        raise CheckFailed(
            f"The log {origin} does not hold, so its checkpoint at place {place} cannot be compared.",
            "Look at the refusal of that log first.",
        )
    key = note.key((folder.text(VKEY) or b"").decode().strip())
    try:
        said, _signed = checkpoint.opened(entry, key)
    except BadInput as error:
        raise CheckFailed(
            f"The entry at place {place} is no checkpoint that {origin} signed: {error.cause}",
            "Ask the office of the national log how it came there.",
        ) from error
    if said.size > its.size or folder.tree(its.size, key.tree_hash).root(said.size) != said.root:
        raise CheckFailed(
            f"The checkpoint at place {place} is not of the past of {origin}.",
            "That log was rewritten: keep both and tell others.",
        )
    return said
