"""The example of the components is what the real components are built from."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from zhiheng.web import charts, forms, imports, tables, timeline

EXAMPLE = json.loads(
    (Path(__file__).parents[1] / "data" / "shapes" / "components.json").read_text(encoding="utf-8")
)


def test_a_table_is_built_from_its_declaration():
    said = EXAMPLE["table"]

    table = tables.Table(
        columns=[tables.Column(**{**column, "url": lambda row: "/"}) for column in said["columns"]],
        filters=[tables.Filter(**one) for one in said["filters"]],
        **{key: said[key] for key in ("default_sort", "export_name", "size")},
    )

    assert [column.key for column in table.columns] == ["name", "rate"]


def test_a_form_takes_its_groups_and_refuses_an_eighth_field():
    names = EXAMPLE["form"]["groups"][0]["fields"]

    made = type("Visit", (forms.Form,), {"form_id": EXAMPLE["form"]["form_id"], "groups": (("", names),)})

    assert made.groups[0][1] == names
    with pytest.raises(TypeError):
        type("TooLong", (forms.Form,), {"groups": (("", list("abcdefgh")),)})


def test_a_time_line_item_is_built_from_its_example():
    (said,) = EXAMPLE["timeline"]

    item = timeline.TimelineItem(**{**said, "at": datetime.fromisoformat(said["at"])})

    assert item.tone == "done"


def test_a_chart_carries_its_table():
    said = dict(EXAMPLE["chart"])
    said["columns"] = [charts.ChartColumn(**column) for column in said["columns"]]

    block = charts.ChartBlock(svg="<svg></svg>", **said)

    assert len(block.rows[0]) == len(block.columns) == 2


def test_an_import_names_its_columns_and_faults():
    said = EXAMPLE["import"]

    columns = [
        imports.ImportColumn(**{**column, "aliases": tuple(column["aliases"])}) for column in said["columns"]
    ]
    faults = [imports.ImportFault(**fault) for fault in said["faults"]]

    assert columns[0].required
    assert faults[0].row == 7
