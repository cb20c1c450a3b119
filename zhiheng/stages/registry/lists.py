"""The three lists that an office imports from a workbook: subjects, products, inspectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zhiheng.people import scope
from zhiheng.people.permissions import P
from zhiheng.web.imports import ImportColumn, ImportFault, ImportRow, ImportSpec

from . import actions, queries, reading, reading_registers, rules, words
from .lists_columns import checked as _checked
from .lists_columns import choice as _choice
from .lists_columns import of_place, own_channel, own_office
from .lists_columns import text as _text
from .models import Product

BATCH = 500
_code = _checked(reading.code, lambda value: rules.code_faults(value, demo=settings.DEMO))
_division = _checked(reading.division, rules.division_faults)
_mark = _checked(reading.mark, lambda value: rules.text_faults("code", value, 32))
_gtin = _checked(reading.code, lambda value: rules.gtin_faults(value, demo=settings.DEMO))
_amount = _checked(reading.amount, rules.output_faults)
_divisions = _checked(
    reading.divisions, lambda found: [f for one in found for f in rules.division_faults(one, field="fields")]
)
_codes = _checked(
    reading.codes,
    lambda found: [f for one in found for f in rules.code_faults(one, demo=settings.DEMO, field="conflicts")],
)

_CODE_HINT = _("18 characters, as on the licence. Format the column as text.")
_DIVISION_HINT = _("Two digits from 13 to 43 (GB/T 4754-2017), or the name of the division.")


def subjects_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find codes that stand twice, and regions outside the appointment."""
    yield from _repeats(rows, "code")
    yield from _outside(person, rows)


def products_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find products that stand twice, codes that no visible subject has, and GTINs of other products."""
    keys = [rules.product_key(row.values) for row in rows]
    yield from _repeats(rows, "name", keys)
    yield from _repeats(rows, "gtin")
    wanted = sorted({row.values["subject"] for row in rows})
    known: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        found = queries.subjects(person).filter(code__in=wanted[start : start + BATCH])
        known.update(found.values_list("code", flat=True))
    for row in rows:
        if row.values["subject"] not in known:
            yield _said(row, rules.Fault("subject", "code-unknown", row.values["subject"]))
    yield from _taken(rows, keys)


def inspectors_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find numbers that stand twice, regions outside the appointment, and days in the wrong order."""
    yield from _repeats(rows, "code")
    yield from _outside(person, rows)
    for row in rows:
        first, last = (certified(row.values).get(name) for name in ("valid_from", "valid_until"))
        if first and last and last < first:
            yield _said(row, rules.Fault("validity", "days-not-in-order"))


def certified(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the days of a certificate that a row tells; both in one cell count before a column apart."""
    told = {"valid_from": row["valid_from"]} if row.get("valid_from") else {}
    return told | (row.get("validity") or {})


def _taken(rows: Sequence[ImportRow], keys: Sequence[tuple]) -> Iterable[ImportFault]:
    owners: dict[str, tuple] = {}
    wanted = [row.values["gtin"] for row in rows if row.values["gtin"]]
    for start in range(0, len(wanted), BATCH):
        found = Product.objects.filter(gtin__in=wanted[start : start + BATCH])
        for gtin, subject, name, model in found.values_list("gtin", "subject__code", "name", "model"):
            owners[gtin] = rules.product_key({"subject": subject, "name": name, "model": model})
    for row, key in zip(rows, keys, strict=True):
        if owners.get(row.values["gtin"], key) != key:
            yield _said(row, rules.Fault("gtin", "gtin-taken", row.values["gtin"]))


def _repeats(
    rows: Sequence[ImportRow], column: str, keys: Sequence[Any] | None = None
) -> Iterable[ImportFault]:
    found = [row.values[column] for row in rows] if keys is None else keys
    for place, first in rules.repeated(found).items():
        facts = (("first", str(rows[first].number)),)
        yield _said(rows[place], rules.Fault(column, "repeated", facts=facts))


def _outside(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    places = {row.values["region"] for row in rows}
    reached = {place for place in places if scope.may(person, P.REGISTRY_IMPORT, region=place)}
    for row in rows:
        if row.values["region"] not in reached:
            yield _said(row, rules.Fault("region", "region-outside", row.values["region"]))


def _said(row: ImportRow, fault: rules.Fault) -> ImportFault:
    return ImportFault(row.number, fault.field, words.cause(fault), words.remedy(fault))


def _import_inspectors(*, by: Any, rows: Sequence[dict[str, Any]], source: str) -> Any:
    """Store inspectors, with the days of their certificates where the list tells them."""
    names = ("validity", "valid_from")
    told = [{k: v for k, v in row.items() if k not in names} | certified(row) for row in rows]
    return actions.import_inspectors(by=by, rows=told, source=source)


def _filled(action: Callable[..., Any]) -> Callable[..., Any]:
    """Leave out the cells that were empty and optional, so that they change nothing that stands."""

    def store(*, by: Any, rows: Sequence[dict[str, Any]], source: str) -> Any:
        given = [{key: value for key, value in row.items() if value is not None} for row in rows]
        return action(by=by, rows=given, source=source)

    return store


SUBJECTS = ImportSpec(
    id="registry-subjects",
    title=_("List of subjects"),
    lead=_("One row for each business. Rows whose code is known are corrected, the others are entered."),
    permission=P.REGISTRY_IMPORT,
    columns=(
        ImportColumn(
            "code", "统一社会信用代码", "Social credit code", ("信用代码", "USCC"), True, _code, _CODE_HINT
        ),
        ImportColumn(
            "name",
            "名称",
            "Name",
            ("企业名称", "单位名称", "主体名称", "经营主体名称", "生产企业名称", "字号名称"),
            True,
            _text("name", 120),
            _("As on the licence."),
            looks=reading.looks_like_firm,
        ),
        of_place("所在区县", ("city", "county")),
        ImportColumn(
            "division",
            "行业大类",
            "Division",
            ("行业", "行业代码", "所属行业"),
            True,
            _division,
            _DIVISION_HINT,
        ),
        ImportColumn(
            "size",
            "企业规模",
            "Size",
            ("规模",),
            True,
            _choice(reading.size, "size"),
            _("Large, medium or small."),
        ),
        ImportColumn(
            "channel",
            "销售渠道",
            "Channel",
            ("渠道", "环节", "经营环节", "经营方式"),
            True,
            _choice(reading.channel, "channel"),
            _("Factory, shop or platform."),
            assumed=own_channel,
            might=reading.might_be_channel,
        ),
        ImportColumn(
            "risk_class",
            "风险分类",
            "Risk class",
            ("风险等级",),
            False,
            _choice(reading.code, "risk_class"),
            _("A to D; B when empty. For subjects already entered the class is left as it stands."),
            None,
        ),
        ImportColumn(
            "output_value",
            "年产值(万元)",
            "Output value (10,000 yuan)",
            ("年产值", "产值", "产值(万元)", "年产值（万元）", "产值（万元）"),
            False,
            _amount,
            _("In 10,000 yuan a year."),
            None,
        ),
    ),
    check_rows=subjects_checked,
    store=_filled(actions.import_subjects),
    done_url="registry:subjects",
)

PRODUCTS = ImportSpec(
    id="registry-products",
    title=_("List of products"),
    lead=_("One row for each product of a subject that is in the register."),
    permission=P.REGISTRY_IMPORT,
    columns=(
        ImportColumn(
            "subject",
            "企业统一社会信用代码",
            "Social credit code of the firm",
            ("统一社会信用代码", "信用代码"),
            True,
            _code,
            _CODE_HINT,
        ),
        ImportColumn(
            "name",
            "产品名称",
            "Product",
            ("名称", "产品"),
            True,
            _text("name", 120),
            _("The name on the label."),
        ),
        ImportColumn(
            "division",
            "行业大类",
            "Division",
            ("行业", "行业代码", "所属行业"),
            True,
            _division,
            _DIVISION_HINT,
        ),
        ImportColumn(
            "model", "规格型号", "Model", ("型号", "规格"), False, _text("model", 80), _("May stay empty.")
        ),
        ImportColumn(
            "standard",
            "执行标准",
            "Standard",
            ("标准", "标准号"),
            False,
            _text("standard", 80),
            _("The number of the standard, such as GB/T 276."),
        ),
        ImportColumn(
            "gtin",
            "商品条码",
            "GTIN",
            ("条码", "条形码"),
            False,
            _gtin,
            _("8, 12, 13 or 14 digits; format as text."),
        ),
    ),
    check_rows=products_checked,
    store=_filled(actions.import_products),
    done_url="registry:products",
)

INSPECTORS = ImportSpec(
    id="registry-inspectors",
    title=_("List of inspectors"),
    lead=_("One row for each inspector who may be drawn."),
    permission=P.REGISTRY_IMPORT,
    columns=(
        ImportColumn(
            "code",
            "执法证号",
            "Certificate number",
            ("证号", "编号", "证件号", "执法证编号"),
            True,
            _mark,
            _("The number of the certificate."),
        ),
        ImportColumn("name", "姓名", "Name", (), True, _text("name", 64), _("As on the certificate.")),
        of_place("所在地区", rules.LEVELS),
        ImportColumn(
            "unit",
            "所属单位",
            "Unit",
            (
                "单位",
                "机构",
                "单位名称",
                "所在单位",
                "工作单位",
                "所属机构",
                "部门",
                "所属部门",
                "科室",
                "所在科室",
            ),
            True,
            _text("unit", 120),
            _("The inspection unit."),
            assumed=own_office,
        ),
        ImportColumn(
            "fields",
            "业务领域",
            "Fields",
            ("领域", "专业", "专业领域", "检查领域", "业务专长", "执法领域", "监管领域", "专长"),
            False,
            _divisions,
            _("Divisions by number, separated by commas; empty means all."),
            None,
        ),
        ImportColumn(
            "validity",
            "证件有效期",
            "Certificate valid until",
            (
                *(
                    "证件有效期至",
                    "有效期至",
                    "有效期",
                    "执法证有效期",
                    "执法证有效期至",
                    "有效期止",
                    "有效期限",
                ),
                *("证件有效期限", "证件有效日期", "有效日期", "到期日期", "证件到期日", "到期日", "截止日期"),
            ),
            False,
            reading_registers.validity,
            _("Such as 2027-03-05, or both days: 2024-03-05至2027-03-05; empty when it is not known."),
            None,
        ),
        ImportColumn(
            "valid_from",
            "发证日期",
            "Certificate valid from",
            ("有效期起", "证件有效期起", "颁证日期", "领证日期", "取证日期"),
            False,
            reading_registers.day,
            _("Such as 2026-11-22."),
            None,
        ),
        ImportColumn(
            "conflicts",
            "回避企业",
            "Must not check",
            ("回避", "利害关系企业"),
            False,
            _codes,
            _("Social credit codes of firms that this inspector must not check, separated by commas."),
            None,
        ),
        ImportColumn(
            "is_active",
            "在岗",
            "Active",
            ("是否在岗",),
            False,
            reading.active,
            _("Yes or no; yes when empty."),
            None,
        ),
    ),
    check_rows=inspectors_checked,
    store=_filled(_import_inspectors),
    done_url="registry:inspectors",
)

ALL = (SUBJECTS, PRODUCTS, INSPECTORS)
