"""The list of numbers that others published: by region and division, with unit, source and evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiheng.errors import BadInput, ZhihengError
from zhiheng.formats import cells, periods
from zhiheng.formats.shapes import observation as shape
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import industries, regions
from zhiheng.reference import units as units_of
from zhiheng.stages.draw.words import translated
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series
from zhiheng.stages.registry import reading
from zhiheng.web.imports import ImportColumn, ImportFault, ImportRow, ImportSpec

from .formula_refusals import TABLE, refuse
from .rules import recording

NATION_NAMES = ("全国", "国家", "中国", "nation", "china")
EVIDENCE = {"a": "A", "b": "B", "c": "C", "官方": "A", "转载": "B", "转述": "C"}
STATUSES = {"": "final", "定稿": "final", "最终": "final", "初步": "preliminary", "初值": "preliminary"}
STATUSES |= {name: name for name in ("final", "preliminary")}
MOST_TEXT = {"source": 400, "note": 400, "reason": 400}


def _said(code: str, **facts: Any) -> ZhihengError:
    return translated(refuse(code, **facts), TABLE)


def _series(known: Mapping[str, set[str]]) -> Callable[[str], str]:
    def read(text: str) -> str:
        found = known.get(cells.same(text), set())
        if not found:
            raise _said("list-series-unknown", name=text[:60])
        if len(found) > 1:
            raise _said("list-series-shared", name=text[:60], known="、".join(sorted(found)))
        return next(iter(found))

    return read


def _series_known(_person: Any) -> Callable[[str], str]:
    """Return how a list names a series: by its identifier, or by a whole name that no other series has."""
    rows = list(Series.objects.values_list("id", "zh", "en"))
    known: dict[str, set[str]] = {}
    for id, *names in rows:
        for name in map(cells.same, names):
            known.setdefault(name, set()).add(id)
    return _series(known | {cells.same(id): {id} for id, _zh, _en in rows})


def _region(text: str) -> str:
    code = regions.NATION if cells.same(text) in NATION_NAMES else reading.region(text)
    if not regions.known(code):
        raise _said("list-region-unknown", name=text[:60])
    return code


def _period(text: str) -> str:
    found = periods.read(text)
    if not periods.known(found):
        raise _said("index-no-period", period=text[:40])
    return found


def _division(text: str) -> str:
    found = reading.division(text)
    if found not in {one.code for one in industries.divisions()}:
        raise _said("list-division-unknown", name=text[:60])
    return found


def _category(text: str) -> str:
    found = re.sub(r"\s+", "", cells.plain(text))
    if not shape.MEMBER.fullmatch(found):
        raise _said("list-category", name=text[:60])
    return found


def _number(text: str) -> Decimal:
    found = cells.number(text.strip().removesuffix("%").removesuffix("％"))
    if found is None:
        raise _said("list-number", text=text[:40])
    return found


def _error(text: str) -> Decimal:
    found = _number(text)
    if found < 0:
        raise _said("list-number", text=text[:40])
    return found


def _count(text: str) -> int:
    found = cells.number(text)
    if found is None or found != found.to_integral_value() or found < 0:
        raise _said("list-count", text=text[:40])
    return int(found)


def _unit(text: str) -> str:
    return re.sub(r"\s+", "", cells.plain(text))


def _choice(known: Mapping[str, str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        found = known.get(cells.same(text))
        if found is None:
            raise _said("list-choice", text=text[:40], known="、".join(dict.fromkeys(known.values())))
        return found

    return read


def _text(name: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > MOST_TEXT[name]:
            raise _said("list-too-long", most=MOST_TEXT[name])
        return cells.seen(text)

    return read


def breakdown(values: Mapping[str, Any]) -> str:
    """Return the breakdown that a row is about."""
    parts = {name: values[name] for name in ("division", "category") if values[name]}
    return shape.breakdown(parts)


def rows_checked(person: Any, rows: Sequence[ImportRow]) -> Iterable[ImportFault]:
    """Find what cannot be: numbers twice, off the scale, in other units, corrections without reason."""
    from . import formulas, observations  # the start of a command waits for no room of SciPy

    ids = {row.values["series"] for row in rows}
    units = dict(Series.objects.filter(pk__in=ids).values_list("id", "unit"))
    computed = set(formulas.in_force()) & ids
    own = plan.own_ranges(ids)
    keys = [_key(row.values) for row in rows]
    counts = Counter(keys)
    held = {_key_of(one): one for one in observations.current(voice="others").filter(series__in=ids)}
    for row, key in zip(rows, keys, strict=True):
        told = row.values
        if counts[key] > 1:
            first = rows[keys.index(key)].number
            if first != row.number:
                yield _fault(row, "region", "list-repeated", first=first)
        if told["unit"] != units[told["series"]]:
            yield _fault(row, "unit", "list-unit", wanted=units[told["series"]], found=told["unit"])
        if told["series"] in computed:
            yield _fault(row, "series", "observation-made-here", series=told["series"])
        yield from _impossible(row, own.get(told["series"]) or units_of.range_of(told["unit"]))
        standing = held.get(key)
        if standing is not None and not told["reason"] and not _same(standing, told):
            yield _fault(row, "reason", "list-standing", value=standing.said or standing.value)


def _impossible(row: ImportRow, scale: units_of.Range) -> Iterator[ImportFault]:
    """Find a number outside its scale or of nothing tested, and a period that has not begun."""
    told = row.values
    if fault := recording.outside(scale, [told["value"]]):
        yield _fault(row, "value", "list-scale", value=fault, scale=str(scale))
    if told["n"] == 0:
        yield _fault(row, "n", "list-of-none")
    try:
        recording.check_begun(told["period"], clock.today())
    except ZhihengError as error:
        yield _fault(row, "period", error.code, **error.facts)


def _key(told: Mapping[str, Any]) -> tuple[str, ...]:
    return told["series"], told["region"], told["period"], breakdown(told)


def _key_of(row: Any) -> tuple[str, ...]:
    return row.series_id, row.region, row.period, row.breakdown


def _same(standing: Any, told: Mapping[str, Any]) -> bool:
    return standing.value == shape.number(told["value"])


def _fault(row: ImportRow, column: str, code: str, **facts: Any) -> ImportFault:
    error = _said(code, **facts)
    return ImportFault(row.number, column, str(error.cause), str(error.remedy))


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many numbers were new, were restated, and said nothing new."""

    created: int
    updated: int
    unchanged: int


def store(*, by: Any, rows: Sequence[Mapping[str, Any]], source: str) -> Recorded:
    """Record the numbers of a list, those of each reason together."""
    from . import actions

    kinds = {one.pk: one for one in Series.objects.filter(pk__in={row["series"] for row in rows})}
    made: list[shape.Observation] = []
    for reason in sorted({row["reason"] for row in rows}):
        batch = [_observation(row, kinds[row["series"]]) for row in rows if row["reason"] == reason]
        made += actions.record(by=by, rows=batch, reason=reason)
    restated = sum(row.revision > 0 for row in made)
    return Recorded(len(made) - restated, restated, len(rows) - len(made))


def _observation(told: Mapping[str, Any], series: Series) -> shape.Observation:
    from . import writing

    if told["unit"] != series.unit:
        raise BadInput(*_plain(_said("list-unit", wanted=series.unit, found=told["unit"])))
    return shape.Observation(
        series=series.pk,
        region=told["region"],
        period=told["period"],
        breakdown=breakdown(told),
        unit=series.unit,
        basis=series.basis,
        purpose=series.purpose,
        origin="published",
        value=told["value"],
        said=shape.number(told["value"]) or "",
        standard_error=writing.sampling_error(series.pk, told["standard_error"]),
        n=told["n"],
        status=told["status"],
        flags=writing.flags(),
        evidence=told["evidence"],
        source=told["source"],
        note=told["note"],
        recorded_at=clock.now(),
    )


def _plain(error: ZhihengError) -> tuple[str, str]:
    return str(error.cause), str(error.remedy)


NUMBERS = ImportSpec(
    id="indicators-numbers",
    title=_("List of published numbers"),
    lead=_(
        "One row for each number that somebody published: the statistics of the index by region and "
        "division, and other official series. What is recorded is public at once; a correction needs its "
        "reason."
    ),
    permission=P.FIGURE_RELEASE,
    columns=(
        ImportColumn(
            "series",
            "指标",
            "Series",
            ("统计指标", "指标名称", "序列", "指标代码"),
            True,
            hint=_("The name of the series, or its identifier."),
            near=_series_known,
        ),
        ImportColumn(
            "region",
            "地区",
            "Region",
            ("行政区划", "行政区划代码", "地区代码", "省份"),
            True,
            _region,
            _("Six digits, or the name; 全国 for the nation."),
        ),
        ImportColumn(
            "period", "期间", "Period", ("年份", "年度", "季度"), True, _period, _("Such as 2025 or 2025Q4.")
        ),
        ImportColumn(
            "division",
            "行业大类",
            "Division",
            ("行业", "行业代码"),
            False,
            _division,
            _("Two digits or the name; empty for all manufacturing."),
        ),
        ImportColumn(
            "category", "类别", "Category", ("分类", "用途"), False, _category, _("Empty for the whole.")
        ),
        ImportColumn("value", "数值", "Value", ("指标值", "值"), True, _number, _("As published.")),
        ImportColumn("unit", "单位", "Unit", ("计量单位",), True, _unit, _("As the series has it.")),
        ImportColumn(
            "standard_error",
            "标准误",
            "Standard error",
            ("抽样误差",),
            False,
            _error,
            _("Only where the source gives one."),
            None,
        ),
        ImportColumn("n", "样本数", "Number tested", ("样本量", "批次"), False, _count, "", None),
        ImportColumn(
            "source",
            "来源",
            "Source",
            ("数据来源", "出处"),
            True,
            _text("source"),
            _("Who published it where."),
        ),
        ImportColumn(
            "evidence",
            "证据等级",
            "Grade of evidence",
            ("证据",),
            True,
            _choice(EVIDENCE),
            _("A: the page of the office itself; B: a repost; C: reworded."),
        ),
        ImportColumn(
            "status",
            "状态",
            "State",
            (),
            False,
            _choice(STATUSES),
            _("定稿 or 初步; 定稿 when empty."),
            "final",
        ),
        ImportColumn("note", "备注", "Note", ("说明",), False, _text("note")),
        ImportColumn(
            "reason",
            "更正理由",
            "Reason for a correction",
            ("理由",),
            False,
            _text("reason"),
            _("Needed where the number was recorded before with another value."),
        ),
    ),
    check_rows=rows_checked,
    store=store,
    done_url="indicators:index_office",
)
