"""A frame file says who could have been drawn: one line a unit, sorted by the bytes of the id, hashed whole.

Lines are ``id TAB weight TAB stratum TAB region TAB division LF``, UTF-8, without a header;
zh-draw-1's own lines ``id TAB weight LF`` are read as well. Ids are unique, weights are positive integers.
TAB sorts before every character that a field may hold, so whole lines sort exactly as their ids do.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple

from zhiheng.errors import BadInput

COLUMNS = ("id", "weight", "stratum", "region", "division")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
CONTROL_IN_FILE = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")
WEIGHT = re.compile(rb"[1-9][0-9]{0,15}")


class FrameRow(NamedTuple):
    """One unit of a frame; the last three are empty in a two-column file."""

    id: str
    weight: int = 1
    stratum: str = ""
    region: str = ""
    division: str = ""


@dataclass(frozen=True)
class FrameSummary:
    """What is announced of a frame: its hash, its size and its counts by stratum."""

    sha256: str
    size: int
    strata: Mapping[str, int] = field(default_factory=dict)


def line(row: FrameRow) -> bytes:
    """Return the line of one unit, or refuse a field that cannot stand in it."""
    if type(row.weight) is not int or row.weight < 1:
        raise _refused(f"Unit {row.id!r} has the weight {row.weight!r}", "Weights are integers from 1.")
    for name, text in zip(COLUMNS, row, strict=True):
        if name != "weight" and (not text or _CONTROL.search(text)):
            raise _refused(
                f"Unit {row.id!r} has {text!r} as its {name}", "Give every field visible characters."
            )
    return "\t".join(map(str, row)).encode() + b"\n"


def write(file: BinaryIO, rows: Iterable[FrameRow]) -> FrameSummary:
    """Write rows that come sorted, one by one, and return the summary: the plain way, in little memory."""
    sha, strata, size, before = hashlib.sha256(), Counter[str](), 0, b""
    for size, row in enumerate(rows, 1):
        text = line(row)
        unit = row.id.encode()
        _check_order(before, unit, size)
        before = unit
        sha.update(text)
        strata[row.stratum] += 1
        file.write(text)
    return FrameSummary(sha.hexdigest(), size, dict(sorted(strata.items())))


def read(file: BinaryIO) -> Iterator[FrameRow]:
    """Read a frame file row by row; a line that breaks a rule is refused by its number."""
    before, width = b"", 0
    for number, text in enumerate(file, 1):
        fields = text.removesuffix(b"\n").split(b"\t")
        width = width or len(fields)
        _check_line(text, fields, width, number)
        _check_order(before, fields[0], number)
        before = fields[0]
        try:
            unit, weight, *rest = (part.decode() for part in fields)
        except UnicodeDecodeError:
            raise _refused(f"Line {number} is not UTF-8", "Freeze the frame again.", number) from None
        yield FrameRow(unit, int(weight), *rest)


def summarise(file: BinaryIO) -> FrameSummary:
    """Read a frame file once, checking every line, and return its hash, size and strata."""
    sha = hashlib.sha256()
    strata = Counter(row.stratum for row in read(_Hashing(file, sha)))
    return FrameSummary(sha.hexdigest(), strata.total(), dict(sorted(strata.items())))


def ids_by_stratum(rows: Iterable[FrameRow]) -> dict[str, list[str]]:
    """Return the ids of each stratum, the form that ``lottery.select_within_strata`` takes."""
    strata: dict[str, list[str]] = {}
    for row in rows:
        strata.setdefault(row.stratum, []).append(row.id)
    return strata


def from_columns(
    ids: Any, weights: Any, strata: Any, regions: Any, divisions: Any
) -> tuple[bytes, FrameSummary]:
    """Sort, write and hash whole columns (NumPy arrays, Polars series or lists) at once; the fast way.

    Gives the same bytes as ``write`` on sorted rows. A scalar weight stands for every unit.
    """
    names = _texts(ids)
    if isinstance(weights, int):
        weights = [weights] * len(names)
    columns = [names, _weights(weights), _texts(strata), _texts(regions), _texts(divisions)]
    if {len(column) for column in columns} != {len(names)}:
        raise _refused("The columns differ in length", "Give one value a unit in every column.")
    if not names:
        return b"", FrameSummary(hashlib.sha256(b"").hexdigest(), 0, {})
    lines = sorted(map("\t".join, zip(*columns, strict=True)))
    lines.append("")
    data = "\n".join(lines).encode()
    _check_bytes(data, names, columns)
    counts = dict(sorted(Counter(columns[2]).items()))
    return data, FrameSummary(hashlib.sha256(data).hexdigest(), len(names), counts)


def _check_bytes(data: bytes, names: list[str], columns: list[list[str]]) -> None:
    """Refuse what ``line`` would refuse, by counting over the whole file first and naming the row second."""
    clean = (
        data.count(b"\t") == 4 * len(names)
        and data.count(b"\n") == len(names)
        and not CONTROL_IN_FILE.search(data)
        and all("" not in set(column) for column in columns)
    )
    if not clean:
        for unit, _, *rest in zip(*columns, strict=True):
            line(FrameRow(unit, 1, *rest))
    if len(set(names)) != len(names):
        twice = Counter(names).most_common(1)[0][0]
        raise _refused(f"Unit {twice!r} stands twice", "Keep one line a unit.")


def _weights(values: Any) -> list[str]:
    plain = values.tolist() if hasattr(values, "tolist") else list(values)
    kinds = set(map(type, plain))
    if plain and (kinds != {int} or min(plain) < 1):
        odd = next(value for value in plain if type(value) is not int or value < 1)
        raise _refused(f"A unit has the weight {odd!r}", "Weights are integers from 1.")
    return list(map(str, plain))


def _texts(values: Any) -> list[str]:
    plain = values.to_list() if hasattr(values, "to_list") else values
    plain = plain.tolist() if hasattr(plain, "tolist") else list(plain)
    kinds = set(map(type, plain))
    if kinds == {bytes}:
        return [text.decode() for text in plain]
    if kinds - {str}:
        odd = next(value for value in plain if type(value) is not str)
        raise _refused(f"A field holds {odd!r}", "Fields of a frame are texts; unknown ones need a code.")
    return plain


def _check_line(text: bytes, fields: list[bytes], width: int, number: int) -> None:
    if not text.endswith(b"\n"):
        raise _refused(f"Line {number} does not end with a line feed", "The file may be cut short.", number)
    if width not in (2, 5) or len(fields) != width:
        raise _refused(
            f"Line {number} has {len(fields)} fields", "A line has 5 fields (or 2 in every line).", number
        )
    if not WEIGHT.fullmatch(fields[1]):
        raise _refused(f"Line {number} has no positive whole number as weight", "Correct it.", number)
    if b"" in fields or CONTROL_IN_FILE.search(text):
        raise _refused(f"Line {number} has an empty field or a control character", "Correct it.", number)


def _check_order(before: bytes, unit: bytes, number: int) -> None:
    if unit == before:
        raise _refused(f"Line {number} repeats the unit of the line before", "Keep one line a unit.", number)
    if unit < before:
        raise _refused(
            f"Line {number} is out of order", "Sort the file by the bytes of the id (LC_ALL=C sort).", number
        )


class _Hashing:
    """A file read line by line that feeds a hash on the way."""

    def __init__(self, file: BinaryIO, sha: Any) -> None:
        self.file, self.sha = file, sha

    def __iter__(self) -> Iterator[bytes]:
        for text in self.file:
            self.sha.update(text)
            yield text


def _refused(cause: str, remedy: str, number: int | None = None) -> BadInput:
    facts = {} if number is None else {"line": number}
    return BadInput(f"Frame file: {cause}.", remedy, code="bad-frame", **facts)
