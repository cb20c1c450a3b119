"""What offices do with the register: lists, single subjects, standing, frames."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

from tests import country

from .cast import person

FIRMS, COUNTY, OTHER_CITY = 12, "330106", "330200"
SOURCE = "kill in the middle of a list"


def prepare() -> None:
    """Leave an upload to confirm."""
    from openpyxl import Workbook

    from zhiheng.web.imports import flow, get

    book, held = Workbook(), io.BytesIO()
    book.active.append(("统一社会信用代码", "名称", "所在区县", "行业大类", "规模", "环节", "年产值(万元)"))
    for number in range(FIRMS):
        book.active.append((_code(number), f"演示新厂{number}", COUNTY, "34", "小型", "生产", 120.5))
    book.save(held)
    flow.receive(
        person=person("province"), spec=get("registry-subjects"), data=held.getvalue(), name="新增.xlsx"
    )


def _code(number: int) -> str:
    from zhiheng.formats import identifiers

    return identifiers.demo_uscc(9_000_000 + number, COUNTY)


def _subject() -> Any:
    from zhiheng.stages.registry.models import Subject

    return Subject.objects.filter(code__lt=_code(0)).order_by("code").first()


def import_subjects() -> None:
    """Confirm the workbook that was uploaded."""
    from zhiheng.web.imports import flow
    from zhiheng.web.models import Upload

    upload = Upload.objects.latest("uploaded_at")
    flow.confirm(person=person("province"), upload=upload, good_rows_only=False)


def import_subjects_bulk() -> None:
    """Fill in firms as columns."""
    import numpy as np

    from zhiheng.stages.registry import actions

    columns: dict[str, Any] = {
        "code": [_code(100 + number) for number in range(FIRMS)],
        "name": [f"演示列厂{number}" for number in range(FIRMS)],
        "region": [COUNTY] * FIRMS,
        "division": ["34"] * FIRMS,
        "size": ["small"] * FIRMS,
        "channel": ["factory"] * FIRMS,
        "risk_class": ["B"] * FIRMS,
        "output_value": np.full(FIRMS, 120.5),
    }
    actions.import_subjects_bulk(by=person("province"), region=country.REGION, columns=columns, source=SOURCE)


def import_products() -> None:
    """Enter one product and correct another."""
    from zhiheng.stages.registry import actions
    from zhiheng.stages.registry.models import Product

    known = Product.objects.exclude(gtin="").select_related("subject").order_by("gtin").first()
    rows = [
        {"subject": known.subject.code, "name": known.name, "model": known.model, "division": "34"},
        {"subject": known.subject.code, "name": "演示新产品", "division": "34"},
    ]
    actions.import_products(by=person("province"), rows=rows, source=SOURCE)


def import_inspectors() -> None:
    """Enter an inspector."""
    from zhiheng.stages.registry import actions

    row = {"code": "DEMO-33-0900", "name": "演示新检查员", "region": country.REGION, "unit": "演示检查9队"}
    actions.import_inspectors(by=person("province"), rows=[row], source=SOURCE)


def register_subject() -> None:
    """Enter one firm."""
    from zhiheng.stages.registry import actions

    row = {
        "code": _code(200),
        "name": "演示单厂",
        "region": COUNTY,
        "division": "34",
        "size": "small",
        "channel": "factory",
        "output_value": Decimal("120.50"),
    }
    actions.register_subject(by=person("province"), row=row)


def update_subject() -> None:
    """Correct the name of a firm."""
    from zhiheng.stages.registry import actions

    actions.update_subject(by=person("province"), subject=_subject(), changes={"name": "演示改名厂"})


def set_standing() -> None:
    """Lower the class of a firm because of an entry."""
    from zhiheng.stages.registry import actions

    actions.set_standing(
        by=person("province"),
        subject=_subject(),
        kind="risk_class",
        value="D",
        reason=SOURCE,
        source_entry="00000000-0000-7000-8000-000000000001",
    )


def freeze_frame() -> None:
    """Freeze the frame of a city that has none, so that its list is a new file."""
    from zhiheng.people import clock
    from zhiheng.stages.registry import actions

    actions.freeze_frame(
        by=person("province"),
        region=OTHER_CITY,
        as_of=clock.today(),
        purpose="kill in the middle",
        names_key=bytes(32),
    )


def open_unit() -> None:
    """Hand a firm its own line of the newest list of the whole region."""
    from zhiheng.stages.registry import actions
    from zhiheng.stages.registry.models import Frame

    frame = Frame.objects.filter(duty__isnull=True).latest("frozen_at")
    actions.open_unit(by=person("province"), frame=frame, code=_subject().code)
