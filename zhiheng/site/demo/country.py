"""Brings the invented country into the register: by a workbook as an office would, or as columns."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from zhiheng.formats import identifiers
from zhiheng.reference import regions
from zhiheng.world import Population
from zhiheng.world.assumptions import CHANNELS, CLASSES, SIZES
from zhiheng.world.words import PRODUCTS

from .persons import Cast
from .scale import Scale

SOURCE = "demonstration"
_SIZE_ZH = {"large": "大型", "medium": "中型", "small": "小型"}
_CHANNEL_ZH = {"factory": "生产", "shop": "销售", "platform": "平台"}


def populate(scale: Scale, seed: int) -> Population:
    """Return the invented country of a scale."""
    return Population(seed=seed, firms=scale.firms, regions=scale.region)


def fill_register(scale: Scale, population: Population, cast: Cast) -> dict[str, int]:
    """Enter firms, products and inspectors; return how many of each."""
    if scale.row_by_row:
        return _by_workbook(scale, population, cast["province"])
    return _by_columns(scale, population, cast)


def index_of(code: str) -> int:
    """Return the number of a firm in the invented country, which its code carries."""
    return int(code[8:16])


def _by_workbook(scale: Scale, population: Population, officer: Any) -> dict[str, int]:
    """Write three lists as Excel workbooks and read them back through the import of the office."""
    firms = population.columns
    codes, names = population.codes(firms).tolist(), population.names(firms).tolist()
    subjects = zip(
        codes,
        names,
        (f"{region:06d}" for region in firms.region.tolist()),
        (f"{division:02d}" for division in firms.division.tolist()),
        (_SIZE_ZH[SIZES[size]] for size in firms.size.tolist()),
        (_CHANNEL_ZH[CHANNELS[channel]] for channel in firms.channel.tolist()),
        (CLASSES[found] for found in firms.credit_class.tolist()),
        firms.output_value.tolist(),
        strict=True,
    )
    products = (
        (code, PRODUCTS[division].product, f"{division:02d}", identifiers.demo_gtin(number))
        for number, (code, division) in enumerate(zip(codes, firms.division.tolist(), strict=True))
    )
    heads = ("统一社会信用代码", "名称", "所在区县", "行业大类", "规模", "环节", "风险分类", "年产值(万元)")
    return {
        "subjects": _import(officer, "registry-subjects", heads, subjects),
        "products": _import(
            officer,
            "registry-products",
            ("企业统一社会信用代码", "产品名称", "行业大类", "商品条码"),
            products,
        ),
        "inspectors": _import(
            officer,
            "registry-inspectors",
            ("执法证号", "姓名", "所在地区", "所属单位"),
            _inspectors(scale, scale.region),
        ),
    }


def _import(officer: Any, spec: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    from openpyxl import Workbook

    from zhiheng.web.imports import flow, get

    book = Workbook(write_only=True)
    sheet = book.create_sheet("演示")
    sheet.append(heads)
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    upload = flow.receive(person=officer, spec=get(spec), data=data.getvalue(), name=f"{spec}.xlsx")
    summary = flow.confirm(person=officer, upload=upload, good_rows_only=False)
    return int(summary["stored"])


def _inspectors(scale: Scale, region: str) -> Iterable[tuple[str, str, str, str]]:
    name = regions.get(region).zh
    for number in range(scale.inspectors):
        office = number % 8 + 1
        yield (
            f"DEMO-{region[:2]}-{number + 1:04d}",
            f"演示检查员{number + 1:03d}",
            region,
            f"{name}演示检查{office}队",
        )


def _by_columns(scale: Scale, population: Population, cast: Cast) -> dict[str, int]:
    from zhiheng.stages.registry import actions

    officer = cast["nation"]
    for firms in population.batches():
        columns = {
            "code": population.codes(firms),
            "name": population.names(firms),
            "region": np.char.zfill(firms.region.astype(str), 6),
            "division": np.char.zfill(firms.division.astype(str), 2),
            "size": np.array(SIZES)[firms.size],
            "channel": np.array(CHANNELS)[firms.channel],
            "risk_class": np.array(CLASSES)[firms.credit_class],
            "output_value": firms.output_value.astype(float),
        }
        actions.import_subjects_bulk(by=officer, region=scale.region, columns=columns, source=SOURCE)
    inspectors = [
        {"code": code, "name": name, "region": place, "unit": unit}
        for office in scale.offices
        for code, name, place, unit in _inspectors(scale, office)
    ]
    actions.import_inspectors(by=officer, rows=inspectors, source=SOURCE)
    return {"subjects": scale.firms, "products": 0, "inspectors": len(inspectors)}
