"""Reads the files of ``reference/data`` once: CSV for the large tables, YAML where a lawyer reads along."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

from zhiheng.errors import NotFound

DATA = Path(__file__).with_name("data")


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of a CSV file as dictionaries of text, in file order."""
    with _path(name).open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


@cache
def document(name: str) -> Any:
    """Return a YAML file as plain Python values; dates come as ``datetime.date``."""
    return parse(_path(name).read_text(encoding="utf-8"))


def parse(text: str) -> Any:
    """Return YAML text as plain Python values, with the quick loader where libyaml is present."""
    import yaml  # imported here: the commands that read CSV alone start sooner without it

    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _path(name: str) -> Path:
    path = DATA / name
    if not path.is_file():
        raise NotFound(f"The reference file {name} is missing.", "Install the package again.")
    return path
