"""The list of the candidates of a catalogue of key products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiheng.people.permissions import P
from zhiheng.web.imports import ImportColumn, ImportFault, ImportRow, ImportSpec

from . import actions, reading, rules, rules_catalogue
from . import reading_registers as cells
from .lists import _checked as checked
from .lists import _repeats as repeats
from .lists import _said as said
from .lists import _text as text
from .lists_labs import outside, place
from .lists_registers import one_of

_divisions = checked(
    reading.divisions,
    lambda found: [f for one in found for f in rules.division_faults(one, field="divisions")],
)
_tests = checked(cells.items_to_test, rules_catalogue.tested_faults)


def items_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find codes that stand twice in a year, regions outside the appointment, and incomplete items."""
    keys = [tuple(row.values[name] for name in ("region", "year", "code")) for row in rows]
    yield from repeats(rows, "code", keys)
    yield from outside(person, rows, {row.number: row.values["region"] for row in rows})
    for row in rows:
        yield from (said(row, f) for f in rules_catalogue.item_faults(row.values))


ITEMS = ImportSpec(
    id="registry-catalogue",
    title=_("List of key products"),
    lead=_(
        "One row for each category of a year's catalogue. Rows become candidates; nothing is issued by it."
    ),
    permission=P.REGISTRY_IMPORT,
    columns=(
        ImportColumn(
            "region",
            "地区",
            "Region",
            ("所在地区",),
            True,
            place,
            _("Six digits of GB/T 2260, or the full name of the region."),
        ),
        ImportColumn("year", "年度", "Year", ("年份",), True, cells.year, _("Four digits.")),
        ImportColumn(
            "code",
            "类别代码",
            "Code",
            ("代码",),
            True,
            text("item_code", 32),
            _("Stays the same over the years."),
        ),
        ImportColumn("name", "产品类别", "Category", ("产品名称", "名称"), True, text("name", 120), ""),
        ImportColumn(
            "vertical",
            "领域",
            "Field of goods",
            (),
            False,
            one_of(cells.vertical, "vertical", rules_catalogue.VERTICALS),
            _("工业产品, 消费品, 建筑材料, 食品 or 工程."),
            "industrial",
        ),
        ImportColumn(
            "divisions",
            "行业大类",
            "Divisions",
            ("行业",),
            False,
            _divisions,
            _("Numbers, separated by commas."),
            (),
        ),
        ImportColumn(
            "keywords",
            "产品名称用词",
            "Words of product names",
            ("关键词",),
            False,
            cells.phrases,
            _("Words by which a product belongs to the category, between semicolons."),
            (),
        ),
        ImportColumn(
            "reason", "列入原因", "Reason", ("原因",), True, text("reason", 400), _("Why it is watched.")
        ),
        ImportColumn(
            "hazards", "主要危害", "Hazards", ("危害",), True, cells.phrases, _("Between semicolons.")
        ),
        ImportColumn(
            "test_items",
            "检验项目",
            "Test items",
            ("项目",),
            False,
            _tests,
            _("item | method | unit | limit | not above or not below | source | confidence; one a line"),
            (),
        ),
        ImportColumn(
            "is_full_coverage",
            "全覆盖",
            "Every producer in turn",
            (),
            False,
            cells.yes,
            _("Yes or no."),
            False,
        ),
        ImportColumn("source", "依据", "Source", ("来源",), False, text("source", 400), _("May stay empty.")),
    ),
    check_rows=items_checked,
    store=actions.import_items,
    done_url="registry:catalogue",
)
