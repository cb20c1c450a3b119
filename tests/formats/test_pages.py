"""Each shape has its page, and the page names every field of the schema."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.formats.test_schemas import NAMES, schema

LEFT_TO_THE_CODE = {"tie", "search_label", "sort", "lead", "done_url", "examples"}
PAGES = Path(__file__).parents[2] / "docs" / "shapes"


def field_names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value.get("properties", {})
        for item in value.values():
            yield from field_names(item)
    elif isinstance(value, list):
        for item in value:
            yield from field_names(item)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_names_every_field_and_both_languages(name):
    text = (PAGES / f"{name}.md").read_text("utf-8")
    known = set(field_names(schema("ledger_entry"))) if name == "figure_bundle" else set()

    missing = [
        field
        for field in sorted(set(field_names(schema(name))) - known)
        if f"`{field}`" not in text and f".{field}`" not in text and f'"{field}"' not in text
    ]

    assert missing == []
    assert any("\u4e00" <= character <= "\u9fff" for character in text.splitlines()[0])


def test_the_components_page_names_the_parts_that_exist():
    from zhiheng.web import charts, imports, tables, timeline

    text = (PAGES / "components.md").read_text("utf-8")
    for kind in (tables.Table, tables.Column, imports.ImportColumn, timeline.TimelineItem, charts.ChartBlock):
        for name in set(kind.__dataclass_fields__) - LEFT_TO_THE_CODE:
            assert f"`{name}`" in text, (kind.__name__, name)
