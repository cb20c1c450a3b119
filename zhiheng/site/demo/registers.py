"""Fills the dated registers of the invented country: laboratories, licences, persons, papers, catalogues.

Numbers, names, methods and limits are made up and say so; nothing here names a real certificate.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from zhiheng.reference import market_routes, regions
from zhiheng.world.words import PRODUCTS

from . import field as field_work
from .scale import Scale

SOURCE = "demonstration"
FROM, UNTIL = date(2022, 12, 1), date(2030, 12, 31)
ISSUER = "演示发证机关"
WATCHED = (14, 18, 24, 26, 30, 31, 38, 39)
LATER = (20, 29)  # enter the catalogue in the second year
LEFT_OUT = 14  # leaves it in the second year
BUILDING, FOOD, CONSUMER = (20, 26, 29, 30, 31), (13, 14, 15), (18, 24, 39)
EVERY_LICENCE, EVERY_OFFICER, EVERY_TITLE, EVERY_PAPER = 4, 3, 7, 2
NUMBERED = {"licence": ("production", "XK"), "ccc": ("ccc", "3C"), "declaration": ("declaration", "ZS")}
TITLES = (
    ("professional_title", "质量工程师（中级）"),
    ("occupational", "质检员（三级）"),
    ("training", "首席质量官培训"),
)


def fill(scale: Scale, by: Any) -> dict[str, int]:
    """Enter what an office keeps beside firms, products and inspectors; return how many of each."""
    counted = _labs(scale, by)
    if scale.row_by_row:
        counted |= _papers_of_firms(by) | _papers_of_inspectors(by)
    return counted


def _labs(scale: Scale, by: Any) -> dict[str, int]:
    """Enter three laboratories a province, each with a scope of everything that the story tests."""
    from zhiheng.stages.registry import actions

    labs, lines = [], []
    for office in scale.offices:
        place = regions.get(office).zh
        for number in range(field_work.LABS):
            code = field_work.lab(office, number)
            labs.append(
                {
                    "code": code,
                    "name": f"{place}演示检验所{number + 1}",
                    "region": office,
                    "approval_no": f"DEMO-CMA-{office[:2]}-{number + 1}",
                    "approval_until": UNTIL,
                    "samples_a_week": 60 + 40 * number,
                }
            )
            lines += [_line(code, product) for product in PRODUCTS.values()]
    entered = actions.import_labs(by=by, rows=labs, source=SOURCE)
    scopes = actions.import_scopes(by=by, rows=lines, source=SOURCE)
    return {"labs": entered.created, "scopes": scopes.created}


def _line(code: str, product: Any) -> dict[str, Any]:
    return {
        "lab": code,
        "product": product.product,
        "item": product.item,
        "method": field_work.METHOD,
        "limits": f"演示，单位{product.unit}",
        "valid_from": FROM,
        "valid_until": UNTIL,
    }


def _papers_of_firms(by: Any) -> dict[str, int]:
    """Enter a licence where market entry asks for one of most makers, and officers for some of them."""
    from zhiheng.people import clock
    from zhiheng.stages.registry import actions
    from zhiheng.stages.registry.models import Product

    rows = Product.objects.select_related("subject").filter(subject__channel="factory")
    makers = list(rows.order_by("subject__code", "name"))
    licences = [row for number, made in enumerate(makers) if (row := _licence(number, made, clock.today()))]
    persons = [row for number, made in enumerate(makers) for row in _persons(number, made.subject.code)]
    entered = actions.import_licences(by=by, rows=licences, source=SOURCE)
    qualified = actions.import_qualifications(by=by, rows=persons, source=SOURCE)
    return {"licences": entered.created, "qualifications": qualified.created}


def _licence(number: int, product: Any, on: date) -> dict[str, Any] | None:
    """Return the licence of a product; every fourth maker that needs one has none."""
    asked = [route for route in market_routes.find(product.name, on) if route.route in NUMBERED]
    if not asked or number % EVERY_LICENCE == 0:
        return None
    kind, letters = NUMBERED[asked[0].route]
    ends = UNTIL - timedelta(days=365 * (number % 5))
    return {
        "subject": product.subject.code,
        "kind": kind,
        "number": f"DEMO-{letters}-{number:06d}",
        "product": product.name if number % 2 else "",
        "scope": "" if number % 2 else f"{product.name}；演示范围",
        "issuer": ISSUER,
        "valid_from": FROM,
        "valid_until": ends,
        "state": "suspended" if number % 41 == 1 else "valid",
        "reason": "演示：监督检查中暂停" if number % 41 == 1 else "",
    }


def _persons(number: int, code: str) -> Iterator[dict[str, Any]]:
    told = {
        "subject": code,
        "issuer": "",
        "number": "",
        "duties": "",
        "valid_from": FROM,
        "valid_until": None,
    }
    if number % EVERY_OFFICER == 0:
        duties = {"duties": "批准放行、停产和召回；直接向负责人报告", "title": "首席质量官"}
        yield told | duties | {"person": f"演示质量官{number:04d}", "kind": "chief_quality_officer"}
    if number % EVERY_TITLE == 0:
        kind, title = TITLES[number // EVERY_TITLE % len(TITLES)]
        ends = date(2026, 12, 31) + timedelta(days=number % 900)
        yield told | {"person": f"演示人员{number:04d}", "kind": kind, "title": title, "valid_until": ends}


def _papers_of_inspectors(by: Any) -> dict[str, int]:
    """Put a certificate of every second inspector on record; of the others the word of the office stands."""
    from zhiheng.stages.registry import actions
    from zhiheng.stages.registry.models import Inspector

    found = list(Inspector.objects.order_by("code"))[::EVERY_PAPER]
    for inspector in found:
        paper = {
            "number": f"DEMO-ZF-{inspector.code[-4:]}",
            "issuer": ISSUER,
            "fields": [],
            "valid_from": FROM,
            "valid_until": UNTIL,
        }
        actions.register_certificate(by=by, inspector=inspector, row=paper)
    return {"certificates": len(found)}


def issue_catalogue(scale: Scale, by: Any, year: int) -> int:
    """Issue the invented catalogue of a year; the second one copies the first and changes some of it."""
    from zhiheng.stages.registry import actions
    from zhiheng.stages.registry.models import CatalogueIssue, CatalogueItem

    region = scale.region
    has_before = CatalogueIssue.objects.filter(region=region, year=year - 1).exists()
    if has_before:
        actions.copy_year(by=by, region=region, year=year)
        held = {item.code: item for item in CatalogueItem.objects.filter(year=year, region=region)}
        left = held.get(_code(LEFT_OUT))
        if left is not None:
            actions.drop_item(by=by, item=left, reason="演示：上年未见不合格")
        for division in LATER:
            if _code(division) not in held:
                actions.propose_item(by=by, row=item(region, year, division))
    else:
        for division in WATCHED:
            actions.propose_item(by=by, row=item(region, year, division))
    made = actions.issue_catalogue(by=by, region=region, year=year, reason=f"演示：{year}年度重点产品目录")
    return made.item_count


def _code(division: int) -> str:
    return f"DEMO-{division:02d}"


def item(region: str, year: int, division: int) -> dict[str, Any]:
    """Return the invented catalogue item of a division."""
    product = PRODUCTS[division]
    return {
        "region": region,
        "year": year,
        "code": _code(division),
        "name": f"{product.product}（演示）",
        "vertical": _vertical(division),
        "divisions": [f"{division:02d}"],
        "keywords": [product.product],
        "reason": "演示：上年抽查不合格率较高，投诉较多",
        "hazards": [f"{product.item}不合格（演示）"],
        "test_items": [
            {
                "item": product.item,
                "method": field_work.METHOD,
                "unit": product.unit,
                "limit": product.limit,
                "limit_kind": product.kind,
                "source": "演示数据，非标准限值",
                "confidence": "memory",
            }
        ],
        "is_full_coverage": False,
        "source": "演示目录，不是任何部门发布的文件",
    }


def _vertical(division: int) -> str:
    if division in BUILDING:
        return "building_material"
    if division in FOOD:
        return "food"
    return "consumer" if division in CONSUMER else "industrial"
