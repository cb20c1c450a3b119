"""Lists that an office has confirmed once: found again by their header, and kept as the office's own form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhiheng.formats import cells
from zhiheng.formats.spreadsheet import Sheet
from zhiheng.people import clock, roles
from zhiheng.people.models import Person
from zhiheng.reference import regions
from zhiheng.web.imports import layout, matching, reading
from zhiheng.web.imports.spec import ImportSpec
from zhiheng.web.models import KnownList

TOP_ROWS = 20
_REMARK = re.compile(r"(?:注|备注|说明|附注|填报说明|填表说明|note)", re.IGNORECASE)


@dataclass(frozen=True)
class Recalled:
    """A mapping that was confirmed before, and the row in which its header stands now."""

    header_row: int
    known: KnownList


def home(person: Any, permission: str) -> str:
    """Return the region for which a person keeps lists: of the first appointment that may, else of any."""
    if not isinstance(person, Person):
        return regions.NATION
    carrying = {role.id for role in roles.carrying(permission)}
    held = person.held_on(clock.today())
    first = next((one for one in held if one.role in carrying), held[0] if held else None)
    return first.region if first else regions.NATION


def recall(spec: ImportSpec, sheet: Sheet, region: str) -> Recalled | None:
    """Return the mapping that was confirmed for a list with this header in this region."""
    rows = range(1, min(matching.HEADER_WITHIN, len(sheet.rows)) + 1)
    signatures = {layout.signature(spec.id, layout.names(sheet, row)): row for row in reversed(rows)}
    found = KnownList.objects.filter(spec=spec.id, region=region, signature__in=list(signatures)).first()
    return Recalled(signatures[found.signature], found) if found else None


def newest(spec_id: str, region: str) -> KnownList | None:
    """Return the list of this kind that the office confirmed last."""
    return KnownList.objects.filter(spec=spec_id, region=region).first()


def remember(
    *,
    spec: ImportSpec,
    sheet: Sheet,
    header_row: int,
    mapping: Mapping[str, int],
    region: str,
    source: str,
    said: Mapping[str, str] | None = None,
) -> KnownList:
    """Keep what was confirmed, so that nobody maps the same list twice."""
    names = layout.names(sheet, header_row)
    known, _made = KnownList.objects.update_or_create(
        spec=spec.id,
        region=region,
        signature=layout.signature(spec.id, names),
        defaults={
            "header_row": header_row,
            "mapping": {key: place for key, place in mapping.items() if place},
            "said": dict(said or {}),
            "look": _look(spec, sheet, header_row, mapping),
            "source": source,
            "confirmed_at": clock.now(),
        },
    )
    return known


def _look(spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int]) -> dict[str, Any]:
    """Return the form without its rows: what stands above, widths, units, where codes are digits."""
    first = max(0, header_row - TOP_ROWS)
    found = reading.body(spec, sheet, header_row, mapping)
    names = [name.shown for name in layout.names(sheet, header_row)]
    spare = [place for place in range(1, len(names) + 1) if place not in mapping.values()]
    units = reading.units(spec, sheet, header_row, mapping)
    return {
        "sheet": sheet.name[:31],
        "top": [[cells.seen(text)[:400] for text in row] for row in sheet.rows[first:header_row]],
        "merged": [
            [top - first, left, bottom - first, right]
            for top, left, bottom, right in sheet.merged
            if first < top and bottom <= header_row
        ],
        "widths": list(sheet.widths),
        "foot": [one.text for one in found.left_out if one.why == layout.NOTE and _REMARK.match(one.text)],
        "serial": next((place for place in spare if _is_serial(names[place - 1])), 0),
        "digits": sorted(key for key, place in mapping.items() if place and _is_digits(found, place)),
        "units": {key: [stated, wanted] for key, (stated, wanted) in units.items() if stated != wanted},
    }


def _is_serial(name: str) -> bool:
    return layout.is_serial(name) or cells.plain(name) == "编号"


def _is_digits(found: layout.Body, place: int) -> bool:
    """Say whether a column holds codes of digits rather than words."""
    texts = [cells.plain(row[place - 1]) for _number, row in found.rows[:200] if place <= len(row)]
    filled = [text for text in texts if text]
    return bool(filled) and all(text.isdigit() for text in filled)
