"""The laboratory's list of results: a workbook that holds its waiting samples, and the way back of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.errors import BadInput
from zhiheng.people.permissions import P
from zhiheng.web import said
from zhiheng.web.imports import ImportColumn, ImportFault, ImportRow, ImportSpec, Outlook

from . import actions, lab_rows, labels, queries, reporting, rules
from .reporting import Line, Prospect, Row

MOST_SAMPLES = 500
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_KINDS = {
    "upper": ("不高于", "不大于", "不超过", "≤", "<=", "上限", "not above", "upper", "max"),
    "lower": ("不低于", "不小于", "≥", ">=", "下限", "not below", "lower", "min"),
}
_RULES = {
    "simple-acceptance": ("简单接收", "简单接受", "simple acceptance", "simple-acceptance"),
    "guarded-acceptance": ("保护接收", "保护带接受", "guarded acceptance", "guarded-acceptance"),
    "guarded-rejection": ("保护拒收", "保护带拒绝", "guarded rejection", "guarded-rejection"),
}
_DIGITS = gettext_lazy("Digits with a point, such as 0.085; <0.01 when less than that was found.")


def _text(text: str) -> str:
    """Return a text without the apostrophe that keeps a spreadsheet from reading it as a formula."""
    return text.removeprefix("'").strip()


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            _("“%(text)s” is no date.") % {"text": text[:40]}, _("Write it like 2026-03-01.")
        ) from None


def _choice(words: dict[str, tuple[str, ...]]) -> Any:
    known = {name.casefold(): key for key, names in words.items() for name in (key, *names)}

    def parse(text: str) -> str:
        try:
            return known[_text(text).casefold()]
        except KeyError:
            names = "、".join(names[0] for names in words.values())
            raise BadInput(
                _("“%(text)s” is not one of the choices.") % {"text": text[:40]},
                _("Write one of: %(names)s.") % {"names": names},
            ) from None

    return parse


def row_of(values: Any) -> Row:
    """Return what one row of the list says."""
    line = Line(
        item=values["item"],
        method=values["method"],
        value=values["value"],
        unit=values["unit"],
        limit=values["limit"],
        limit_kind=values["limit_kind"],
        uncertainty=values["uncertainty"] or None,
        decision_rule=values["decision_rule"],
    )
    return Row(values["seal_no"], values["reported_on"], line, values["number"])


def checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Name every row that cannot be kept, by its cell."""
    found = lab_rows.check(person, [row_of(row.values) for row in rows])
    for fault in found.faults:
        words = said.of(fault.error)
        yield ImportFault(rows[fault.place].number, fault.field, words.cause, words.remedy)
    settled = {fault.place for fault in found.faults} | found.unchanged
    broken = {found.rows[fault.place].seal_no for fault in found.faults}
    for place, row in enumerate(rows):
        if place not in settled and found.rows[place].seal_no in broken:
            yield ImportFault(
                row.number,
                "seal_no",
                _("Another row of this sample has a fault, and a report is taken whole."),
                _("Mend that row; this one may stay as it is."),
            )


def outlook(person: Any, rows: Sequence[ImportRow]) -> Outlook:
    """Say what would follow from the rows, so that it is read before anything is kept."""
    found = lab_rows.check(person, [row_of(row.values) for row in rows])
    warnings: dict[int, list[str]] = {}
    for one in found.warnings:
        warnings.setdefault(one.place, []).append(one.text)
    return Outlook(
        title=_("What would be decided"),
        note=_("Nothing is decided by this upload: the rows become drafts, and a draft decides once signed."),
        heads=[
            _("Row"),
            _("Seal number"),
            _("Item"),
            _("Measured value"),
            _("Requirement"),
            _("Would follow"),
            _("Look at once more"),
        ],
        rows=[
            _said(row, found.prospects[place], place in found.unchanged, warnings.get(place, []))
            for place, row in enumerate(rows)
            if place in found.prospects
        ],
    )


def _said(row: ImportRow, prospect: Prospect, is_known: bool, warnings: list[str]) -> list[str]:
    line = prospect.line
    uncertainty = f" ± {line.uncertainty}" if line.uncertainty else ""
    follows = str(dict(labels.VERDICTS)[prospect.verdict])
    if prospect.zone == reporting.GUARD:
        follows += _(" (limit within the uncertainty)")
    if is_known:
        follows = _("Recorded already")
    return [
        str(row.number),
        row.values["seal_no"],
        line.item,
        f"{line.value}{uncertainty} {line.unit}",
        f"{dict(labels.LIMIT_KINDS)[line.limit_kind]} {line.limit}",
        follows,
        "; ".join(warnings),
    ]


def store(*, by: Any, rows: Sequence[Any], source: str) -> actions.Kept:
    """Keep the rows as drafts."""
    return actions.save_drafts(by=by, rows=[row_of(values) for values in rows])


def waiting(person: Any) -> Iterator[dict[str, str]]:
    """Yield the rows of the template: each waiting sample with the items that the catalogue asks for."""
    kinds = dict(labels.LIMIT_KINDS)
    simple = str(labels.DECISION_NAMES[rules.SIMPLE_ACCEPTANCE])
    rows = queries.samples_to_report(person).select_related("visit").prefetch_related("specimens")
    asked = lab_rows.Asked()
    for sample in rows[:MOST_SAMPLES]:
        parts = [part.seal_no for part in sample.specimens.all() if part.role == "test"]
        for seal_no, one in itertools.product([sample.seal_no or "", *parts], asked.of(sample) or ({},)):
            start = {"seal_no": seal_no, "product": sample.product_name}
            kind = str(kinds.get(one.get("limit_kind") or "", ""))
            known = {name: str(one.get(name) or "") for name in ("item", "method", "unit", "limit")}
            yield {**start, **known, "limit_kind": kind, "decision_rule": simple}


RESULTS = ImportSpec(
    id="inspection-results",
    title=gettext_lazy("Results of a laboratory"),
    lead=gettext_lazy("One row for each item of a sample. Start from the list of your waiting samples."),
    permission=P.RESULT_RECORD,
    columns=(
        ImportColumn(
            "seal_no", "封条编号", "Seal number", ("封签号", "封样编号", "样品编号"), True, _text,
            gettext_lazy("As on the seal of the sample, or of the part that was tested."),
        ),
        ImportColumn(
            "product", "产品", "Product", ("样品名称",), False, _text, gettext_lazy("For reading only.")
        ),
        ImportColumn("item", "检验项目", "Item", ("项目",), True, _text, gettext_lazy("For example: lead.")),
        ImportColumn(
            "method", "检验方法", "Method", ("方法", "检验依据"), True, _text,
            gettext_lazy("Standard and clause, with its year."),
        ),
        ImportColumn("value", "测得值", "Measured value", ("实测值", "检验结果"), True, _text, _DIGITS),
        ImportColumn(
            "unit", "单位", "Unit", ("计量单位",), True, _text,
            gettext_lazy("As the template says; the catalogue fixes it."),
        ),
        ImportColumn(
            "uncertainty", "扩展不确定度", "Expanded uncertainty", ("不确定度",), False, _text,
            gettext_lazy("In the same unit. Needed by the guarded decision rules."),
        ),
        ImportColumn(
            "limit_kind", "限值方向", "Limit kind", ("限值类型",), True, _choice(_KINDS),
            gettext_lazy("“not above” or “not below”."),
        ),
        ImportColumn(
            "limit", "限值", "Limit", ("标准要求", "技术要求"), True, _text, gettext_lazy("In the same unit.")
        ),
        ImportColumn(
            "decision_rule", "判定规则", "Decision rule", (), False, _choice(_RULES),
            gettext_lazy("Simple acceptance when empty."), rules.SIMPLE_ACCEPTANCE,
        ),
        ImportColumn(
            "reported_on", "报告日期", "Reported on", ("签发日期",), True, _day,
            gettext_lazy("Write it like 2026-03-01."),
        ),
        ImportColumn(
            "number", "报告编号", "Report number", (), False, _text,
            gettext_lazy("Your own number; left empty, one is made from the seal."),
        ),
    ),
    check_rows=checked,
    outlook=outlook,
    store=store,
    done_url="inspection:drafts",
)  # fmt: skip
