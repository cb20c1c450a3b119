"""A data file without source, licence, date and confidence fails, wherever in the house it is put."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest
import yaml

from zhiheng.reference import sources

from . import tree

# A file whose rows are of mixed confidence states it in one of these columns; grades A to D are of evidence.
GRADES = {"confidence": {"text", "secondary", "memory"}, "evidence": {"A", "B", "C", "D"}}
KINDS = {".yaml", ".yml", ".csv", ".tsv", ".json"}
REFERENCE = tree.PACKAGE / "reference" / "data"
# Shapes are this house's own words, not facts that it took from elsewhere.
OWN = tree.PACKAGE / "formats" / "schemas"


def data_files():
    """Every data file of the product."""
    found = [path for path in tree.PACKAGE.rglob("*") if path.suffix in KINDS]
    return sorted(path for path in found if OWN not in path.parents)


def rows_of(path):
    if path.suffix in {".csv", ".tsv"}:
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")


def said_of(path):
    """Return what a file outside of the reference says of itself at its top."""
    text = path.read_text("utf-8")
    value = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    return value if isinstance(value, dict) else {}


def fault(path) -> str:
    """Say what a data file lacks; nothing when it names its origin."""
    if REFERENCE in path.parents:
        listed = {source.file: source for source in sources.all()}
        if path.parent != REFERENCE or path.name not in listed:
            return "it is not listed in reference/data/sources.yaml"
        source = listed[path.name]
        if not (source.source and source.licence and isinstance(source.retrieved, date)):
            return "its line in sources.yaml lacks source, licence or date"
        if source.confidence not in sources.CONFIDENCES:
            return "its confidence is none"
        if source.confidence == "mixed" and path.suffix == ".csv":
            bare = [number for number, row in enumerate(rows_of(path), 2) if not _is_graded(row)]
            return f"its confidence is mixed and line {bare[0]} states none" if bare else ""
        return ""
    if path.suffix in {".csv", ".tsv"}:
        return "" if all(row.get("source") for row in rows_of(path)) else "a row names no source"
    return "" if _names_a_source(said_of(path)) else "it names no source"


def _is_graded(row) -> bool:
    return any(row.get(column) in grades for column, grades in GRADES.items())


def _names_a_source(value) -> bool:
    """Whether a document names a source at its top, or each of its parts does."""
    if any(value.get(name) for name in ("source", "sources", "article", "instrument", "instruments")):
        return True
    parts = [part for part in value.values() if isinstance(part, dict | list)]
    listed = [row for part in parts for row in (part if isinstance(part, list) else part.values())]
    return bool(listed) and all(
        isinstance(row, dict) and (row.get("source") or row.get("article")) for row in listed
    )


def test_the_walk_finds_the_data_of_the_house():
    assert {path.name for path in data_files()} >= {"limits.csv", "sources.yaml", "terms.yaml"}


@pytest.mark.parametrize("path", data_files(), ids=tree.name)
def test_a_data_file_names_its_origin(path):
    assert fault(path) == ""


@pytest.mark.parametrize("name", ["new.csv", "new.yaml"])
def test_a_new_file_without_a_line_in_the_sources_fails(name):
    assert "sources.yaml" in fault(REFERENCE / name)
