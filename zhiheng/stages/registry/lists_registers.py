"""The lists of the papers of firms and inspectors: licences, qualifications, leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zhiheng.people.permissions import P
from zhiheng.web.imports import ImportColumn, ImportFault, ImportRow, ImportSpec

from . import actions, queries, reading, rules, rules_licences, rules_people
from . import reading_registers as cells
from .lists import BATCH
from .lists import _checked as checked
from .lists import _repeats as repeats
from .lists import _said as said
from .lists import _text as text
from .models import Licence, Product

_code = checked(reading.code, lambda value: rules.code_faults(value, demo=settings.DEMO, field="subject"))

CODE_HINT = _("18 characters, as on the licence. Format the column as text.")
DAY_HINT = _("Such as 2026-11-22.")
LAST_HINT = _("Such as 2028-11-21; empty when it is not known.")


def one_of(read: Callable[[str], str], field: str, allowed: Sequence[str]) -> Callable[[str], str]:
    """Read a cell that holds one of the allowed values."""
    return checked(read, lambda value: rules.choice_faults({field: value}, field, allowed))


def days() -> tuple[ImportColumn, ImportColumn]:
    """Return the columns of the first and the last day."""
    first = ("有效期起", "发证日期", "任命日期", "取得日期", "开始日期")
    last = ("有效期止", "到期日期", "有效期至", "结束日期")
    return (
        ImportColumn("valid_from", first[0], "Valid from", first[1:], True, cells.day, DAY_HINT),
        ImportColumn("valid_until", last[0], "Valid until", last[1:], False, cells.last_day, LAST_HINT, None),
    )


def _firm() -> ImportColumn:
    names = ("统一社会信用代码", "信用代码")
    return ImportColumn(
        "subject", "企业统一社会信用代码", "Social credit code of the firm", names, True, _code, CODE_HINT
    )


# --- what is checked beyond the single cell -------------------------------------------------------------


def _unknown_firms(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    wanted = sorted({row.values["subject"] for row in rows})
    known: set[str] = set()
    for start in range(0, len(wanted), BATCH):
        found = queries.subjects(person).filter(code__in=wanted[start : start + BATCH])
        known.update(found.values_list("code", flat=True))
    for row in rows:
        if row.values["subject"] not in known:
            yield said(row, rules.Fault("subject", "code-unknown", row.values["subject"]))


def licences_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find numbers that stand twice or belong to others, unknown firms and products, and lacking reasons."""
    yield from repeats(rows, "number", [(row.values["kind"], row.values["number"]) for row in rows])
    yield from _unknown_firms(person, rows)
    owners: dict[tuple[str, str], str] = {}
    numbers = [row.values["number"] for row in rows]
    for start in range(0, len(numbers), BATCH):
        found = Licence.objects.filter(number__in=numbers[start : start + BATCH])
        owners.update(((k, n), c) for k, n, c in found.values_list("kind", "number", "subject__code"))
    products = _products([row.values["subject"] for row in rows])
    for row in rows:
        told = row.values
        if owners.get((told["kind"], told["number"]), told["subject"]) != told["subject"]:
            yield said(row, rules.Fault("number", "number-of-another", told["number"]))
        if told["product"] and (told["subject"], told["product"]) not in products:
            yield said(row, rules.Fault("product", "product-unknown", told["product"]))
        yield from (said(row, f) for f in rules_licences.licence_faults(told, demo=settings.DEMO))


def _products(codes: Sequence[str]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for start in range(0, len(codes), BATCH):
        rows = Product.objects.filter(subject__code__in=codes[start : start + BATCH])
        found.update(rows.values_list("subject__code", "name"))
    return found


def qualifications_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find rows that stand twice, unknown firms, and chief quality officers without duties."""
    names = ("subject", "person", "kind", "title", "number")
    yield from repeats(rows, "person", [tuple(row.values[name] for name in names) for row in rows])
    yield from _unknown_firms(person, rows)
    for row in rows:
        yield from (said(row, f) for f in rules_people.about_faults(row.values))


def leave_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find days that stand twice or in the wrong order, and inspectors that cannot be seen."""
    names = ("inspector", "valid_from", "valid_until")
    yield from repeats(rows, "valid_from", [tuple(row.values[name] for name in names) for row in rows])
    known = set(queries.inspectors(person).values_list("code", flat=True))
    for row in rows:
        if row.values["inspector"] not in known:
            yield said(row, rules.Fault("inspector", "inspector-unknown", row.values["inspector"]))
        yield from (said(row, f) for f in rules_people.leave_faults(row.values))


# --- the lists --------------------------------------------------------------------------------------

LICENCES = ImportSpec(
    id="registry-licences",
    title=_("List of licences"),
    lead=_("One row for each licence or certificate. A known number whose row differs is corrected."),
    permission=P.REGISTRY_IMPORT,
    columns=(
        _firm(),
        ImportColumn(
            "kind",
            "证书类别",
            "Kind",
            ("类别", "种类"),
            True,
            one_of(cells.kind, "kind", rules_licences.KINDS),
            _("生产许可证, CCC or 自我声明."),
        ),
        ImportColumn(
            "number", "证书编号", "Number", ("编号", "证号"), True, text("number", 64), _("As printed.")
        ),
        ImportColumn(
            "product",
            "产品名称",
            "Product",
            ("产品",),
            False,
            text("product", 120),
            _("As in the list of products of the firm; empty when the licence covers several."),
        ),
        ImportColumn(
            "scope",
            "许可范围",
            "Scope",
            ("范围", "认证范围", "产品明细"),
            False,
            text("scope", 400),
            _("Products of the annex, between semicolons; an empty scope leaves the check open."),
        ),
        ImportColumn(
            "issuer", "发证机关", "Issued by", ("发证机构",), False, text("issuer", 120), _("May stay empty.")
        ),
        *days(),
        ImportColumn(
            "state",
            "状态",
            "State",
            ("证书状态",),
            False,
            one_of(cells.state, "state", rules_licences.STATES),
            _("有效, 暂停 or 撤销; valid when empty."),
            "valid",
        ),
        ImportColumn(
            "reason", "状态原因", "Reason", ("原因",), False, text("reason", 400), _("Why it does not hold.")
        ),
    ),
    check_rows=licences_checked,
    store=actions.import_licences,
    done_url="registry:licences",
)

QUALIFICATIONS = ImportSpec(
    id="registry-qualifications",
    title=_("List of qualifications"),
    lead=_(
        "One row for each qualification of a firm's person. Names are seen by the office and the firm alone."
    ),
    permission=P.REGISTRY_IMPORT,
    columns=(
        _firm(),
        ImportColumn(
            "person", "姓名", "Name of the person", (), True, text("person", 64), _("As in the document.")
        ),
        ImportColumn(
            "kind",
            "类别",
            "Kind",
            ("资格类别",),
            True,
            one_of(cells.qualification, "kind", rules_people.QUALIFICATIONS),
            _("首席质量官, 职称, 职业资格 or 培训."),
        ),
        ImportColumn(
            "title",
            "名称",
            "Title or post",
            ("资格名称", "职称名称"),
            True,
            text("title", 120),
            _("Such as 质量工程师."),
        ),
        ImportColumn(
            "number", "证书编号", "Number", ("编号",), False, text("number", 64), _("May stay empty.")
        ),
        ImportColumn(
            "issuer", "发证机构", "Issued by", ("任命单位",), False, text("issuer", 120), _("May stay empty.")
        ),
        *days(),
        ImportColumn(
            "duties",
            "职责",
            "Duties",
            ("职责权限",),
            False,
            text("duties", 400),
            _("Required for a chief quality officer."),
        ),
    ),
    check_rows=qualifications_checked,
    store=actions.import_qualifications,
    done_url="registry:qualifications",
)


LEAVE = ImportSpec(
    id="registry-leave",
    title=_("List of leave"),
    lead=_("Days on which an inspector cannot be sent out. Why is not asked and not kept."),
    permission=P.REGISTRY_IMPORT,
    columns=(
        ImportColumn(
            "inspector", "执法证号", "Certificate number", ("证号", "编号"), True, text("inspector", 32), ""
        ),
        days()[0],
        ImportColumn("valid_until", "有效期止", "Valid until", ("结束日期", "至"), True, cells.day, DAY_HINT),
    ),
    check_rows=leave_checked,
    store=actions.import_leave,
    done_url="registry:inspectors",
)

ALL = (LICENCES, QUALIFICATIONS, LEAVE)
