"""The list of obligations that an office imports from a workbook, such as a provincial plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiheng.errors import BadInput
from zhiheng.formats import periods
from zhiheng.people import scope
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.stages.registry import reading
from zhiheng.web.imports import ImportColumn, ImportFault, ImportRow, ImportSpec

from . import actions, queries, words
from .rules import obligations
from .rules.obligations import Fault

PURPOSES = {"评价": "evaluation", "评价性": "evaluation", "执法": "enforcement", "监督": "enforcement"}
PURPOSES |= dict.fromkeys(("风险", "风险监测", "风险筛查"), "risk-screening")


def _checked(read: Callable[[str], Any], faults: Callable[[Any], list[Fault]]) -> Callable[[str], Any]:
    """Read a cell, and refuse a value that a rule refuses, with the sentence of that rule."""

    def parse(text: str) -> Any:
        value = read(text)
        for fault in faults(value):
            raise BadInput(words.cause(fault), words.remedy(fault), code=fault.rule)
        return value

    return parse


def _whole(text: str) -> Any:
    plain = text.replace(",", "").replace("，", "").strip()
    return int(plain) if plain.isdecimal() else text


def _purpose(text: str) -> str:
    return PURPOSES.get(text.strip().removesuffix("抽查"), text.strip().lower())


_region = _checked(
    reading.region, lambda code: [] if regions.known(code) else [Fault("region", "region-unknown", code)]
)
_period = _checked(periods.read, obligations.period_faults)
_quota = _checked(_whole, obligations.quota_faults)
_article = _checked(_whole, obligations.article_faults)
_minimum = _checked(_whole, obligations.floor_faults)
_channel = _checked(reading.channel, lambda value: obligations.choice_faults("evaluation", value))
_purposes = _checked(_purpose, lambda value: obligations.choice_faults(value, ""))


def rows_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find rows that stand twice, regions outside the appointment, and items that no catalogue has."""
    names = ("region", "period", "article", "basis", "purpose", "item", "channel")
    for place, first in queries.repeats([tuple(row.values[name] for name in names) for row in rows]).items():
        yield _said(rows[place], Fault("basis", "repeated", facts=(("first", str(rows[first].number)),)))
    places = {row.values["region"] for row in rows}
    reached = {place for place in places if scope.may(person, P.PLAN_EDIT, region=place)}
    known: dict[tuple[str, str, str], bool] = {}
    for row in rows:
        region, period, item = (row.values[name] for name in ("region", "period", "item"))
        if region not in reached:
            yield _said(row, Fault("region", "region-outside", region))
        elif item:
            key = (region, period[:4], item)
            if key not in known:
                known[key] = queries.item(region, period, item) is not None
            if not known[key]:
                yield _said(row, Fault("item", "item-unknown", item))
        for fault in obligations.cycle_faults(
            period, row.values["cycle_from"], row.values["cycle_to"], quota=row.values["quota"]
        ):
            yield _said(row, fault)


def _said(row: ImportRow, fault: Fault) -> ImportFault:
    return ImportFault(row.number, fault.field, words.cause(fault), words.remedy(fault))


OBLIGATIONS = ImportSpec(
    id="plan-obligations",
    title=_("List of obligations"),
    lead=_(
        "One row for each region, period and item: how many firms are to be drawn. They are issued at once."
    ),
    permission=P.PLAN_EDIT,
    columns=(
        ImportColumn(
            "region",
            "地区",
            "Region",
            ("行政区划", "行政区划代码", "区划代码", "承担地区"),
            True,
            _region,
            _("Six digits of GB/T 2260, or the full name of the region."),
        ),
        ImportColumn(
            "period",
            "期间",
            "Period",
            ("季度", "月份", "抽查期间"),
            True,
            _period,
            _("Such as 2026, 2026H1, 2026Q1, 2026-03, or a campaign 20260301-20260531."),
        ),
        ImportColumn(
            "quota",
            "抽取家数",
            "Quota",
            ("任务数", "抽查数量", "批次", "家数"),
            True,
            _quota,
            _("How many firms are drawn in all."),
        ),
        ImportColumn(
            "item",
            "目录代码",
            "Item of the catalogue",
            ("产品代码", "重点产品代码", "目录项"),
            False,
            str.strip,
            _("The code of an issued item of that year’s catalogue; empty for all goods."),
        ),
        ImportColumn(
            "channel",
            "环节",
            "Channel",
            ("渠道", "抽查环节"),
            False,
            _channel,
            _("Factory, shop or platform; empty for all."),
        ),
        ImportColumn(
            "purpose",
            "目的",
            "Purpose",
            ("抽查目的", "抽查性质"),
            False,
            _purposes,
            _("Evaluation, enforcement or risk-screening; evaluation when empty."),
            "evaluation",
        ),
        ImportColumn(
            "article", "纲要条款", "Article", ("条款",), False, _article, _("1 to 32; 27 when empty."), 27
        ),
        ImportColumn(
            "basis",
            "任务依据",
            "Ground of the duty",
            ("依据", "文件依据"),
            False,
            str.strip,
            _("The document that sets the duty; empty names the article itself."),
        ),
        ImportColumn(
            "minimum_per_stratum",
            "每层最少家数",
            "Least number in a class",
            ("每层最少",),
            False,
            _minimum,
            _("2 or more; the house rule when empty."),
            None,
        ),
        ImportColumn(
            "cycle_from",
            "全覆盖起",
            "Cycle from",
            ("周期起",),
            False,
            _period,
            _("For full coverage: the first period of the range in which every firm is drawn once."),
        ),
        ImportColumn(
            "cycle_to",
            "全覆盖止",
            "Cycle until",
            ("周期止",),
            False,
            _period,
            _("The last period of that range."),
        ),
    ),
    check_rows=rows_checked,
    store=actions.import_obligations,
    done_url="plan:obligations",
)
