"""What offices do with who a firm is and what it has: merges, doubles, sites, brands, batches."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from .cast import person

COUNTY, SEARCHED, UNSEARCHED = "330106", "330108", "330110"  # twins wait in the last two
SOURCE = "kill in the middle of a list"
FROM = date(2024, 3, 1)
PLACE = "演示路900号"
GONE, KEPT, MERGED, SURVIVOR = 0, 1, 2, 3  # numbers of the firms that stand before
NAMES = ("演示晨光阀门厂", "演示远山阀门厂", "演示白鹭电缆厂", "演示松涛电缆厂")
TWINS = {SEARCHED: "演示汀洲水泵", UNSEARCHED: "演示云岫轴承"}


def prepare() -> None:
    """Leave two firms to merge, two merged ones, a pair to decide, one to be found, and a role to end."""
    from zhiheng.stages.registry import actions

    officer = person("province")
    rows = [_row(number, COUNTY, name) for number, name in enumerate(NAMES)]
    for place, (region, name) in enumerate(TWINS.items(), 1):
        rows += [_row(10 * place, region, f"{name}有限公司"), _row(10 * place + 1, region, f"{name}公司")]
    actions.import_subjects(by=officer, rows=rows, source=SOURCE)
    actions.merge_subjects(by=officer, gone=_firm(MERGED), kept=_firm(SURVIVOR), reason=SOURCE)
    actions.search_duplicates(by=officer, region=SEARCHED)
    role = {"kind": "producer", "valid_from": FROM}
    actions.add_belonging(by=officer, subject=_firm(KEPT), kind="roles", row=role)
    goods = [{"subject": _firm(KEPT).code, "name": "演示阀门", "division": "34"}]
    actions.import_products(by=officer, rows=goods, source=SOURCE)


def _code(number: int, region: str = COUNTY) -> str:
    from zhiheng.formats import identifiers

    return identifiers.demo_uscc(9_100_000 + number, region)


def _row(number: int, region: str, name: str) -> dict[str, Any]:
    return {
        "code": _code(number, region),
        "name": name,
        "region": region,
        "division": "34",
        "size": "small",
        "channel": "factory",
        "output_value": Decimal("120.50"),
    }


def _firm(number: int) -> Any:
    from zhiheng.stages.registry.models import Subject

    return Subject.objects.get(code=_code(number))


def _product() -> Any:
    from zhiheng.stages.registry.models import Product

    return Product.objects.select_related("subject").get(subject=_firm(KEPT))


# --- who a firm is --------------------------------------------------------------------------------


def merge_subjects() -> None:
    """Merge two records."""
    from zhiheng.stages.registry import actions

    actions.merge_subjects(by=person("province"), gone=_firm(GONE), kept=_firm(KEPT), reason=SOURCE)


def undo_merge() -> None:
    """Undo a merge."""
    from zhiheng.stages.registry import actions

    actions.undo_merge(by=person("province"), gone=_firm(MERGED), reason=SOURCE)


def split_subject() -> None:
    """Enter a part of a firm as a firm of its own."""
    from zhiheng.stages.registry import actions

    part = _row(9, COUNTY, "演示晨光分厂")
    actions.split_subject(by=person("province"), whole=_firm(KEPT), row=part, reason=SOURCE)


def search_duplicates() -> None:
    """Look for doubles in a county where two are alike."""
    from zhiheng.stages.registry import actions

    actions.search_duplicates(by=person("province"), region=UNSEARCHED)


def _pair() -> Any:
    from zhiheng.stages.registry.models import DuplicatePair

    return DuplicatePair.objects.get(first__code__in=_twins(), second__code__in=_twins())


def _twins() -> tuple[str, str]:
    return _code(10, SEARCHED), _code(11, SEARCHED)


def decide_duplicate() -> None:
    """Say that two firms are one, which merges them."""
    from zhiheng.stages.registry import actions

    kept, _gone = _twins()
    actions.decide_duplicate(by=person("province"), pair=_pair(), decision="same", reason=SOURCE, keep=kept)


def put_off_duplicate() -> None:
    """Put off what to say of two firms."""
    from zhiheng.stages.registry import actions

    actions.decide_duplicate(by=person("province"), pair=_pair(), decision="later", reason=SOURCE)


# --- what a firm has ------------------------------------------------------------------------------


def _site() -> dict[str, Any]:
    return {"kind": "warehouse", "name": "演示仓库", "address": PLACE, "region": COUNTY, "valid_from": FROM}


def add_belonging() -> None:
    """Add a site to a firm."""
    from zhiheng.stages.registry import actions

    actions.add_belonging(by=person("province"), subject=_firm(KEPT), kind="sites", row=_site())


def end_belonging() -> None:
    """End the role of a firm."""
    from zhiheng.people import clock
    from zhiheng.stages.registry import actions

    role = _firm(KEPT).roles.get()
    actions.end_belonging(by=person("province"), kind="roles", thing=role, on=clock.today())


def add_batch() -> None:
    """Enter a batch of a product."""
    from zhiheng.stages.registry import actions

    row = {"number": "K-BATCH", "made_on": FROM, "quantity": Decimal("12.5"), "unit": "件"}
    actions.add_batch(by=person("province"), product=_product(), row=row)


def import_sites() -> None:
    """Enter the sites of two firms."""
    from zhiheng.stages.registry import actions

    rows = [{"subject": _code(number)} | _site() for number in (GONE, KEPT)]
    actions.import_sites(by=person("province"), rows=rows, source=SOURCE)


def import_brands() -> None:
    """Enter the brands of two firms."""
    from zhiheng.stages.registry import actions

    brand = {"name": "演示牌", "mark_no": "DEMO-1", "valid_from": FROM}
    rows = [{"subject": _code(number)} | brand for number in (GONE, KEPT)]
    actions.import_brands(by=person("province"), rows=rows, source=SOURCE)


def import_batches() -> None:
    """Enter two batches of a product."""
    from zhiheng.stages.registry import actions

    product = _product()
    said = {"subject": product.subject.code, "product": product.name, "made_on": FROM}
    rows = [said | {"number": f"K-LIST-{number}"} for number in range(2)]
    actions.import_batches(by=person("province"), rows=rows, source=SOURCE)
