"""Every shape that leaves the house has an example and a page; the folder says which shapes there are."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from . import tree

SCHEMAS = sorted((tree.PACKAGE / "formats" / "schemas").glob("*.schema.json"))
EXAMPLES = tree.ROOT / "tests" / "data" / "shapes"
PAGES = tree.ROOT / "docs" / "shapes"


def shape(path) -> str:
    return path.name.removesuffix(".schema.json")


def test_schemas_examples_and_pages_are_of_the_same_shapes():
    shapes = {shape(path) for path in SCHEMAS}

    assert shapes
    assert {path.stem for path in EXAMPLES.glob("*.json")} == shapes
    assert {path.stem for path in PAGES.glob("*.md")} == shapes


@pytest.mark.parametrize("path", SCHEMAS, ids=shape)
def test_the_example_keeps_to_its_schema(path):
    schema = json.loads(path.read_text("utf-8"))
    example = json.loads((EXAMPLES / f"{shape(path)}.json").read_text("utf-8"))

    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(example)] == []


@pytest.mark.parametrize("path", SCHEMAS, ids=shape)
def test_a_page_speaks_of_its_shape_and_of_its_fields(path):
    page = (PAGES / f"{shape(path)}.md").read_text("utf-8")
    fields = json.loads(path.read_text("utf-8")).get("properties", {})

    assert any("\u4e00" <= character <= "\u9fff" for character in page.splitlines()[0])
    assert [field for field in fields if f"`{field}`" not in page and f'"{field}"' not in page] == []
