"""The lists of laboratories and of the lines of their scopes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zhiheng.people import scope
from zhiheng.people.permissions import P
from zhiheng.web.imports import ImportColumn, ImportFault, ImportRow, ImportSpec

from . import actions, reading, rules, rules_labs, rules_licences
from . import reading_registers as cells
from .lists import _checked as checked
from .lists import _filled as filled
from .lists import _repeats as repeats
from .lists import _said as said
from .lists import _text as text
from .lists_registers import CODE_HINT, LAST_HINT, days
from .models import Lab

_uscc = checked(reading.code, lambda value: rules.code_faults(value, demo=settings.DEMO, field="uscc"))
place = checked(reading.region, lambda value: rules.region_faults(value, levels=rules.LEVELS))


def outside(person: Any, rows: Sequence[ImportRow], places: dict[int, str]) -> Iterable[ImportFault]:
    """Find rows whose place lies outside the appointment."""
    reached = {p for p in set(places.values()) if scope.may(person, P.REGISTRY_IMPORT, region=p)}
    for row in rows:
        if row.number in places and places[row.number] not in reached:
            yield said(row, rules.Fault("region", "region-outside", places[row.number]))


def labs_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find codes that stand twice, and regions outside the appointment."""
    yield from repeats(rows, "code")
    yield from outside(person, rows, {row.number: row.values["region"] for row in rows})


def scopes_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find lines that stand twice, unknown laboratories, and those of other regions."""
    names = ("lab", "product", "item", "method")
    yield from repeats(rows, "item", [tuple(row.values[name] for name in names) for row in rows])
    known = dict(Lab.objects.values_list("code", "region"))
    for row in rows:
        if row.values["lab"] not in known:
            yield said(row, rules.Fault("lab", "lab-unknown", row.values["lab"]))
        yield from (said(row, f) for f in rules_licences.day_faults(row.values))
    places = {row.number: known[row.values["lab"]] for row in rows if row.values["lab"] in known}
    for found in outside(person, rows, places):
        yield ImportFault(found.row, "lab", found.rule, found.remedy)


LABS = ImportSpec(
    id="registry-labs",
    title=_("List of laboratories"),
    lead=_("One row for each testing body. Rows whose code is known are corrected, the others are entered."),
    permission=P.REGISTRY_IMPORT,
    columns=(
        ImportColumn(
            "code", "机构代码", "Code", ("代码",), True, text("lab", 40), _("The code used on samples.")
        ),
        ImportColumn(
            "name", "机构名称", "Name", ("名称",), True, text("name", 120), _("As in the approval.")
        ),
        ImportColumn(
            "region",
            "所在地区",
            "Region",
            ("地区", "行政区划"),
            True,
            place,
            _("Six digits of GB/T 2260, or the full name such as 浙江省杭州市西湖区."),
        ),
        ImportColumn("uscc", "统一社会信用代码", "Social credit code", (), False, _uscc, CODE_HINT, None),
        ImportColumn(
            "approval_no",
            "资质认定编号",
            "Number of the approval",
            ("CMA编号",),
            False,
            text("approval_no", 40),
            "",
            None,
        ),
        ImportColumn(
            "approval_until",
            "资质有效期至",
            "Approval valid until",
            ("CMA有效期",),
            False,
            cells.last_day,
            LAST_HINT,
            None,
        ),
        ImportColumn(
            "samples_a_week",
            "每周样品量",
            "Samples a week",
            ("周检测能力",),
            False,
            checked(cells.whole, rules_labs.amount_faults),
            _("How many samples it can test in a week."),
            None,
        ),
        ImportColumn(
            "is_active",
            "在用",
            "Active",
            ("是否在用",),
            False,
            cells.yes,
            _("Yes or no; yes when empty."),
            None,
        ),
        ImportColumn(
            "located_at", "地址", "Address", ("机构地址",), False, text("located_at", 200), "", None
        ),
    ),
    check_rows=labs_checked,
    store=filled(actions.import_labs),
    done_url="registry:labs",
)


SCOPES = ImportSpec(
    id="registry-scopes",
    title=_("List of scopes of laboratories"),
    lead=_("One row for each test item by a method. A line that differs from what stands is a newer line."),
    permission=P.REGISTRY_IMPORT,
    columns=(
        ImportColumn(
            "lab",
            "机构代码",
            "Code of the laboratory",
            ("代码",),
            True,
            text("lab", 40),
            _("As in the register."),
        ),
        ImportColumn(
            "product",
            "检验对象",
            "Product",
            ("产品", "类别"),
            False,
            text("product", 120),
            _("May stay empty."),
        ),
        ImportColumn(
            "item",
            "项目名称",
            "Test item",
            ("项目", "参数", "检验项目"),
            True,
            text("item", 120),
            _("As in the annex."),
        ),
        ImportColumn(
            "method",
            "检测标准",
            "Method",
            ("方法", "标准", "依据标准", "检测方法"),
            True,
            text("method", 120),
            _("The number of the standard with its year."),
        ),
        ImportColumn(
            "limits",
            "限制范围",
            "Limits of the scope",
            ("说明",),
            False,
            text("limits", 200),
            _("May stay empty."),
        ),
        *days(),
    ),
    check_rows=scopes_checked,
    store=actions.import_scopes,
    done_url="registry:labs",
)

ALL = (LABS, SCOPES)
