"""The frame of a draw as a stranger reads it: the announced file, its root, its strata, its opened names.

A frame is read block by block (``proof.streamed``), so that one of ten million units is checked in little
memory; a draw by weight holds all its units.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhiheng.formats.shapes import fields
from zhiheng.proof import draw, frame, frame_index, joining, pseudonyms, streamed
from zhiheng.verification import bundles, chance
from zhiheng.verification.report import NotChecked, demand

FROZEN = "registry.frame_frozen"
_FRAME_NAME = re.compile(r"frame-[A-Za-z0-9-]{1,120}\.tsv")


@dataclass(frozen=True)
class Framed:
    """A frame file, the number of its units and of those in each stratum, every line checked."""

    file: streamed.Frame
    size: int
    strata: Mapping[str, int]


def read(
    certificate: Mapping[str, Any], held: Mapping[str, str], beside: Path | None, found: list[Framed]
) -> str:
    """Read the frame file block by block into ``found`` and say which one it is."""
    file = streamed.Frame.of(_content(certificate, held, beside))
    framed = Framed(file, *file.summary())
    same = framed.size == certificate["frame"]["size"]
    demand(same, "the frame file does not have the announced size")
    found.append(framed)
    return f"{framed.size} units, {certificate['frame']['sha256']}"


def rows(
    certificate: Mapping[str, Any], held: Mapping[str, str], beside: Path | None
) -> list[frame.FrameRow]:
    """Return the units of the frame file, or refuse one whose hash or size is not the announced one."""
    found = list(frame.read(io.BytesIO(_content(certificate, held, beside))))
    same = len(found) == certificate["frame"]["size"]
    demand(same, "the frame file does not have the announced size")
    return found


def _content(certificate: Mapping[str, Any], held: Mapping[str, str], beside: Path | None) -> bytes:
    """Return the frame file, or refuse one whose hash is not the announced one."""
    if "lines" in held:
        data = fields.text(held["lines"], "frame.lines", most=bundles.MAX_BYTES).encode()
    else:
        name = fields.matching(held["file"], "frame.file", _FRAME_NAME, "the name of a frame file")
        demand(beside is not None, f"the frame file {name} was not handed in")
        try:
            data = (beside / name).read_bytes()
        except OSError as error:
            demand(False, f"the frame file {name} cannot be read beside the bundle ({error.strerror})")
    same = hashlib.sha256(data).hexdigest() == certificate["frame"]["sha256"]
    demand(same, "the frame file does not have the announced hash")
    return data


def frozen(certificate: Mapping[str, Any], entries: Sequence[Mapping[str, Any]], framed: Framed) -> str:
    """Compare the frame with the public entry that froze it: root over its lines, strata, kind of ids."""
    sha = certificate["frame"]["sha256"]
    held = (entry for entry in bundles.opened(entries, FROZEN) if _detail(entry)["sha256"] == sha)
    entry = next(held, None)
    if entry is None:
        raise NotChecked("the entry that froze the frame is not in this bundle")
    said = _detail(entry)
    root = frame_index.build(framed.file.lines()).root
    demand(root == said["merkle_root"], "the lines of the frame give another root than the published one")
    demand(said["units"] == framed.size, "the entry that froze the frame counts other units")
    demand(framed.strata == said["strata"], "it counts other strata")
    ids = certificate["announcement"].get("ids", pseudonyms.OPEN)
    demand(ids == said["ids"], "the frame was frozen with another kind of ids")
    committed = bundles.find(entries, "announcement_hash", certificate["announcement_hash"])
    is_before = committed is not None and bundles.place(entry) < bundles.place(committed)
    demand(is_before, "the frame was frozen after the draw was announced")
    return f"root {root} over {framed.size} lines in entry {bundles.place(entry)}"


def _detail(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return entry["statement"]["detail"]


def openings(certificate: Mapping[str, Any]) -> str:
    """Open the salted name of each drawn unit; the units that were not drawn stay unknown."""
    found = pseudonyms.opened(certificate["openings"])
    demand(len(set(found.values())) == len(found), "a unit was drawn under two names")
    return f"{len(found)} drawn units opened, each by its own salt"


def units_behind(certificate: Mapping[str, Any]) -> dict[str, str]:
    """Return the unit behind each name of the published file that was opened; none where ids are open."""
    return pseudonyms.opened(certificate.get("openings", ()))


def covered(certificate: Mapping[str, Any], found: Sequence[frame.FrameRow]) -> list[frame.FrameRow]:
    """Return the units of the frame that could be drawn; an excluded one must stand in the frame."""
    joined = certificate["announcement"].get("joined")
    return draw.covered(found, certificate.get("exclusions", ()), joined)


def probabilities(certificate: Mapping[str, Any], framed: Framed) -> str:
    """Count the strata again without the excluded units, before and after neighbours were joined."""
    if said := certificate["announcement"].get("weighting"):
        return chance.by_weight(certificate, said, covered(certificate, list(framed.file.rows())))
    gone = {row["unit"].encode() for row in certificate.get("exclusions", ())}
    left = Counter(framed.strata)
    for stratum in streamed.strata_of(framed.file, gone):
        left[stratum] -= 1
    kept = Counter({stratum: count for stratum, count in left.items() if count})
    names = joining.names(certificate["announcement"].get("joined"))
    counted: Counter[str] = Counter()
    for stratum, count in kept.items():
        counted[names.get(stratum, stratum)] += count
    stated = {row["stratum"]: row["population"] for row in certificate["strata"]}
    demand(dict(counted) == stated, "the frame does not hold the stated strata")
    _joined(certificate["announcement"], kept)
    return "; ".join(f"{row['stratum']} {row['sample']}/{row['population']}" for row in certificate["strata"])


def _joined(said: Mapping[str, Any], kept: Counter[str]) -> None:
    """Join the classes of the frame again: a quota below their least numbers leaves no other strata."""
    table = said.get("joined")
    if table is None:
        return
    terms = (table["quota"], table["minimum"], table.get("least"))
    groups = joining.join(kept, *terms)
    demand(joining.table(groups, *terms) == table, "the joined strata are not those of the rule zh-join-1")
    demand(said["n"] == table["quota"], "the joined strata serve another quota")
