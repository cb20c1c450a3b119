"""Builds the case of a failing visit with notice and parties, for a single result and for a whole draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhiheng.people import clock

from . import notices, rules
from .models import Case, Party, Purchase, Result, Visit


def case(visit: Visit, failing: Sequence[Result]) -> tuple[Case, dict[str, Any]]:
    """Return the case of a failing visit and its notice; nothing is stored yet."""
    made = Case(
        visit=visit,
        subject_id=visit.subject_id,
        region=visit.region,
        period=visit.period,
        opened_on=clock.today(),
        opened_at=clock.now(),
    )
    selection = visit.selection
    by_item = sorted(failing, key=lambda result: (result.item, result.recorded_at))
    notice = notices.compose(made, results=by_item, serial=selection.draw.serial, unit=selection.unit_code)
    return made, notice


def parties(case: Case, visit: Visit, bought: Purchase | None) -> list[Party]:
    """Return those to whom the notice goes besides the drawn firm, as label and order name them."""
    sample, found = visit.sample, []
    is_other = sample.producer_code != visit.selection.unit_code
    if sample.producer_name and is_other and sample.producer_name != visit.subject.name:
        said = (sample.producer_name, sample.producer_code, sample.producer_region)
        found.append(Party(case=case, role=rules.PRODUCER, name=said[0], code=said[1], region=said[2]))
    if bought is not None and bought.platform:
        found.append(Party(case=case, role=rules.PLATFORM, name=bought.platform, code=bought.platform_code))
    return found
