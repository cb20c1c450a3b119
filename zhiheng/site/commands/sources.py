"""Which files an answer rests on, and what tells that they are whole: a hash, page checksums, or nothing."""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from zhiheng.errors import BadInput, CheckFailed

_LINE = re.compile(r"([0-9a-fA-F]{64})(?: [ *](.+))?")
SHOWN = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the argument that says what the files should be."""
    parser.add_argument(
        "--sha256",
        default="",
        metavar="HASH|LIST",
        help="the hash of the one FILE, or a list of all of them as sha256sum writes it",
    )


def expected(said: str, files: Sequence[Path]) -> dict[Path, str]:
    """Return the hash that each file should have; a list names every file that is given, and no other."""
    if not said:
        return {}
    if re.fullmatch(r"[0-9a-fA-F]{64}", said):
        if len(files) != 1:
            raise BadInput(f"One hash is given for {len(files)} files.", "Give a list, see sha256sum.")
        return {files[0]: said.lower()}
    listed = _listed(Path(said))
    found = {}
    for path in files:
        if path.resolve() not in listed:
            raise BadInput(f"{said} holds no hash of {path}.", "List every file that is given.")
        found[path] = listed[path.resolve()]
    if missing := sorted(set(listed) - {path.resolve() for path in files}):
        raise BadInput(f"{said} lists {missing[0].name}, which is not given.", "Give all files of the list.")
    return found


def _listed(path: Path) -> dict[Path, str]:
    """Read a list; its names stand below its own folder, or below the one that the command runs in."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadInput(f"{path} is neither a hash nor a list of hashes.", "See sha256sum.") from None
    found = {}
    for line in filter(None, map(str.strip, lines)):
        match = _LINE.fullmatch(line)
        if match is None or not match[2]:
            raise BadInput(f"{path} is neither a hash nor a list of hashes.", "See sha256sum.")
        beside = path.parent / match[2]
        found[(beside if beside.exists() else Path(match[2])).resolve()] = match[1].lower()
    return found


def named(files: Sequence[Path], wanted: Mapping[Path, str]) -> list[dict[str, Any]]:
    """Return each file with its hash and what it was checked by, or refuse one that is damaged."""
    return [_named(path, wanted.get(path, "")) for path in files]


def _named(path: Path, wanted: str) -> dict[str, Any]:
    from zhiheng.formats import parquet_pages

    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Check the path of the file.") from None
    if wanted and sha256 != wanted:
        raise CheckFailed(
            f"The file {path.name} is not what its hash says.",
            "Fetch it again from where it was written; no number is given from it.",
        )
    is_parquet = path.suffix.lower() == ".parquet"
    has_sums = is_parquet and parquet_pages.check(path).is_checked
    checked = "sha256" if wanted else "page checksums" if has_sums else "nothing"
    return {"file": path.name, "sha256": sha256, "checked": checked}


def unchecked(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a warning where nothing tells whether Parquet files are whole."""
    names = [
        one["file"]
        for one in found
        if one.get("checked") == "nothing" and one["file"].lower().endswith(".parquet")
    ]
    if not names:
        return []
    shown = ", ".join([*names[:SHOWN], *["…"][: len(names) - SHOWN]])
    return [
        f"Nothing tells whether {shown} is whole: a damaged byte may change the answer unseen. "
        "Give its hash (--sha256), write it with page checksums, or use a snapshot."
    ]
