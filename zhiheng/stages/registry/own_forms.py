"""How the three lists of the register are written back into the office's own forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from zhiheng.web.tables import OwnCell, OwnForm

from . import lists, reading

SIZE = partial(reading.in_words, reading.SIZES)
CHANNEL = partial(reading.in_words, reading.CHANNELS)
YES_NO = {True: "是", False: "否"}


def of_subject(find: Callable[[Any], Any] = lambda row: row) -> dict[str, OwnCell]:
    """Return the cells of a subject; ``find`` leads from a row to its subject, as from a visit."""
    return {
        "code": OwnCell(lambda row: find(row).code),
        "name": OwnCell(lambda row: find(row).name),
        "region": OwnCell(lambda row: find(row).region, reading.region_in_full),
        "division": OwnCell(lambda row: find(row).division, reading.division_in_words),
        "size": OwnCell(lambda row: find(row).size, SIZE),
        "channel": OwnCell(lambda row: find(row).channel, CHANNEL),
        "risk_class": OwnCell(lambda row: find(row).risk_class),
        "output_value": OwnCell(lambda row: find(row).output_value),
    }


SUBJECTS = OwnForm(lists.SUBJECTS.id, of_subject())

PRODUCTS = OwnForm(
    lists.PRODUCTS.id,
    {
        "subject": OwnCell(lambda row: row.subject.code),
        "name": OwnCell(lambda row: row.name),
        "division": OwnCell(lambda row: row.division, reading.division_in_words),
        "model": OwnCell(lambda row: row.model),
        "standard": OwnCell(lambda row: row.standard),
        "gtin": OwnCell(lambda row: row.gtin),
    },
    known_as={"subject": "firm"},  # the form names the firm by its code; the column with its name is added
)

INSPECTORS = OwnForm(
    lists.INSPECTORS.id,
    {
        "code": OwnCell(lambda row: row.code),
        "name": OwnCell(lambda row: row.name),
        "region": OwnCell(lambda row: row.region, reading.region_in_full),
        "unit": OwnCell(lambda row: row.unit),
        "fields": OwnCell(lambda row: "、".join(row.fields)),
        "conflicts": OwnCell(lambda row: "、".join(row.conflicts)),
        "is_active": OwnCell(lambda row: row.is_active, YES_NO.get),
    },
)
