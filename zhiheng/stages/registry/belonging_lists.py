"""The lists of sites, brands and batches that an office imports from a workbook."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zhiheng.errors import BadInput
from zhiheng.people.permissions import P
from zhiheng.web.imports import ImportColumn, ImportFault, ImportRow, ImportSpec

from . import actions, identity, queries, reading, rules, words

BATCH = 500
SITE_KINDS = dict.fromkeys(("工厂", "厂区", "生产", "生产场所"), "factory")
SITE_KINDS |= dict.fromkeys(("仓库", "库房", "仓储"), "warehouse")
SITE_KINDS |= dict.fromkeys(("门店", "实体店", "商店", "经营场所"), "shop")
SITE_KINDS |= dict.fromkeys(("网店", "网络店铺", "线上店铺", "online shop"), "online")
SITE_KINDS |= dict.fromkeys(("办公", "办公室", "住所"), "office")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[ T]00:00(:00)?)?")


def _refused(fault: rules.Fault) -> BadInput:
    return BadInput(words.cause(fault), words.remedy(fault), code=fault.rule)


def _read(read: Callable[[str], Any], faults: Callable[[Any], list[rules.Fault]]) -> Callable[[str], Any]:
    """Read a cell, and refuse a value that a rule refuses, with the sentence of that rule."""

    def parse(text: str) -> Any:
        value = read(text)
        for fault in faults(value):
            raise _refused(fault)
        return value

    return parse


def _text(field: str, most: int) -> Callable[[str], str]:
    return _read(str.strip, lambda value: rules.text_faults(field, value, most))


def day(text: str) -> dt.date:
    """Return the day that a cell names, as 2026-01-05, 2026/1/5 or 2026年1月5日."""
    found = _DAY.fullmatch(text.strip())
    try:
        if found is not None:
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise _refused(rules.Fault("valid_from", "day-unreadable", text))


def quantity(text: str) -> Decimal:
    """Return a quantity above zero; separators of thousands are left out."""
    try:
        value = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        raise _refused(rules.Fault("quantity", "quantity", text)) from None
    for fault in identity.quantity_faults(value):
        raise _refused(fault)
    return value.quantize(Decimal("0.001"))


_code = _read(reading.code, lambda value: rules.code_faults(value, demo=settings.DEMO, field="subject"))
_region = _read(reading.region, lambda value: rules.region_faults(value, levels=("city", "county")))
_kind = _read(
    lambda text: SITE_KINDS.get(text.strip().lower(), text.strip().lower()),
    lambda value: identity.kind_faults(value, identity.SITE_KINDS),
)


def _owned(faults: Callable[[Any], list[rules.Fault]], key: Sequence[str]) -> Callable[..., Any]:
    """Return the check of a list: each row by its rule, none twice, each subject in sight."""

    def check(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
        for row in rows:
            for fault in faults(row.values):
                yield _said(row, fault)
        keys = [tuple(row.values[name] for name in ("subject", *key)) for row in rows]
        for place, first in rules.repeated(keys).items():
            facts = (("first", str(rows[first].number)),)
            yield _said(rows[place], rules.Fault(key[0], "repeated-row", facts=facts))
        yield from _unknown(person, rows)

    return check


def _unknown(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    wanted = sorted({row.values["subject"] for row in rows})
    known: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        found = queries.subjects(person).filter(code__in=wanted[start : start + BATCH])
        known.update(found.values_list("code", flat=True))
    for row in rows:
        if row.values["subject"] not in known:
            yield _said(row, rules.Fault("subject", "code-unknown", row.values["subject"]))


def batches_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find wrong and repeated batches, subjects out of sight, and products that a subject does not have."""
    yield from _owned(identity.batch_faults, ("number", "product", "model"))(person, rows)
    codes, known = sorted({row.values["subject"] for row in rows}), set()
    for start in range(0, len(codes), BATCH):
        found = queries.products(person).filter(subject__code__in=codes[start : start + BATCH])
        known.update(found.values_list("subject__code", "name", "model"))
    owners = {owner for owner, _name, _model in known}
    for row in rows:
        key = (row.values["subject"], row.values["product"], row.values["model"])
        if key not in known and key[0] in owners:
            yield _said(row, rules.Fault("product", "product-unknown", key[1]))


def _said(row: ImportRow, fault: rules.Fault) -> ImportFault:
    return ImportFault(row.number, fault.field, words.cause(fault), words.remedy(fault))


_DAY_HINT = _("A day such as 2026-01-05.")
_OWNER = ImportColumn(
    "subject",
    "企业统一社会信用代码",
    "Social credit code of the firm",
    ("统一社会信用代码", "信用代码"),
    True,
    _code,
    _("18 characters, as on the licence. Format the column as text."),
)
_FROM = ImportColumn(
    "valid_from", "起始日期", "Valid from", ("开始日期", "启用日期", "自"), True, day, _DAY_HINT
)
_UNTIL = ImportColumn(
    "valid_until",
    "终止日期",
    "Valid until",
    ("结束日期", "停用日期", "至"),
    False,
    day,
    _("The last day; empty while it goes on."),
    None,
)

SITES = ImportSpec(
    id="registry-sites",
    title=_("List of sites"),
    lead=_("One row for each place where a subject makes, keeps or sells goods."),
    permission=P.REGISTRY_IMPORT,
    columns=(
        _OWNER,
        ImportColumn(
            "kind",
            "场所类型",
            "Kind of site",
            ("类型", "类别"),
            True,
            _kind,
            _("Factory, warehouse, shop, online shop or office (工厂、仓库、门店、网店、办公)."),
        ),
        ImportColumn(
            "address",
            "地址",
            "Address",
            ("详细地址", "网址", "经营地址", "生产地址"),
            True,
            _text("address", 200),
            _("Street and number; of an online shop, its web address."),
        ),
        ImportColumn(
            "region",
            "所在区县",
            "Region",
            ("地区", "行政区划", "区划代码"),
            True,
            _region,
            _("Six digits of GB/T 2260, or the full name such as 浙江省杭州市西湖区."),
        ),
        ImportColumn(
            "name", "场所名称", "Name of the site", ("名称",), False, _text("name", 120), _("May stay empty.")
        ),
        _FROM,
        _UNTIL,
    ),
    check_rows=_owned(identity.site_faults, ("address", "kind", "valid_from")),
    store=actions.import_sites,
    done_url="registry:sites",
)

BRANDS = ImportSpec(
    id="registry-brands",
    title=_("List of brands"),
    lead=_("One row for each brand under which a subject sells."),
    permission=P.REGISTRY_IMPORT,
    columns=(
        _OWNER,
        ImportColumn(
            "name", "品牌名称", "Brand", ("品牌", "名称"), True, _text("name", 120), _("As on the label.")
        ),
        ImportColumn(
            "mark_no",
            "商标注册号",
            "Trade mark number",
            ("注册号", "商标号"),
            False,
            _text("mark_no", 40),
            _("May stay empty."),
        ),
        _FROM,
        _UNTIL,
    ),
    check_rows=_owned(identity.brand_faults, ("name", "valid_from")),
    store=actions.import_brands,
    done_url="registry:brands",
)

BATCHES = ImportSpec(
    id="registry-batches",
    title=_("List of batches"),
    lead=_("One row for each batch of a product that is in the register."),
    permission=P.REGISTRY_IMPORT,
    columns=(
        _OWNER,
        ImportColumn(
            "product",
            "产品名称",
            "Product",
            ("产品",),
            True,
            _text("product", 120),
            _("The name of the product as it stands in the register."),
        ),
        ImportColumn(
            "model",
            "规格型号",
            "Model",
            ("型号", "规格"),
            False,
            _text("model", 80),
            _("As in the register; empty when the product has none."),
        ),
        ImportColumn(
            "number",
            "批号",
            "Batch number",
            ("批次", "批次号", "生产批号"),
            True,
            _text("number", 60),
            _("The number on the label. Format the column as text."),
        ),
        ImportColumn("made_on", "生产日期", "Made on", (), False, day, _DAY_HINT, None),
        ImportColumn("expires_on", "有效期至", "Expires on", ("保质期至",), False, day, _DAY_HINT, None),
        ImportColumn(
            "quantity", "数量", "Quantity", ("产量",), False, quantity, _("A number above zero."), None
        ),
        ImportColumn(
            "unit",
            "单位",
            "Unit of quantity",
            ("计量单位",),
            False,
            _text("unit", 16),
            _("Such as 件, 套, kg; together with a quantity."),
        ),
    ),
    check_rows=batches_checked,
    store=actions.import_batches,
    done_url="registry:batches",
)

ALL = (SITES, BRANDS, BATCHES)
