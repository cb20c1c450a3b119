"""What offices and inspectors do in a joint campaign: open it, ask about other lists, seal its record."""

from __future__ import annotations

from typing import Any

from tests import country

from .cast import person
from .draw import BEACON

PERIOD = "2027Q4"  # nothing else is drawn in it
GROUND = "kill in the middle of a joint campaign"
PURPOSE = "risk-screening"  # so that no release and no other deed takes its draws
QUOTAS = {"factory": 12, "shop": 12}
NEW, ASKED, ENDED = "K-NEW", "K-ASKED", "K-ENDED"


def prepare() -> None:
    """Leave an item to open a campaign on, a campaign whose visits are to be made, and one that has ended."""
    from zhiheng.people import clock
    from zhiheng.stages.registry.models import CatalogueItem

    for code in (NEW, ASKED, ENDED):
        CatalogueItem.objects.create(
            region=country.REGION,
            year=int(PERIOD[:4]),
            code=code,
            name=code,
            divisions=[f"{number}" for number in range(13, 40)],
            reason=GROUND,
            state="issued",
            recorded_at=clock.now(),
        )
    for code in (ASKED, ENDED):
        _drawn(code)
    _end()


def _item(code: str) -> Any:
    from zhiheng.stages.registry.models import CatalogueItem

    return CatalogueItem.objects.get(code=code)


def _open(code: str) -> Any:
    from zhiheng.stages.draw import actions

    return actions.open_joint(
        by=person("province"),
        region=country.REGION,
        period=PERIOD,
        item=_item(code),
        quotas=QUOTAS,
        basis=GROUND,
        purpose=PURPOSE,
    )


def _drawn(code: str) -> None:
    from zhiheng.stages.draw import actions as draws
    from zhiheng.stages.inspection import actions as inspection

    officer = person("province")
    for row in _open(code).frames.select_related("obligation").order_by("channel"):
        frame = draws.freeze(by=officer, obligation=row.obligation)
        draw = draws.commit(
            by=officer,
            obligation=row.obligation,
            frame=frame,
            secret=bytes(range(32)),
            beacon_kind="demo",
            beacon_reference=f"invented text for {code}",
        )
        inspection.open_visits(by=officer, draw=draws.reveal(by=officer, draw=draw, beacon=BEACON))


def _draws(code: str) -> Any:
    from zhiheng.stages.draw.models import Draw

    return Draw.objects.filter(obligation__item__code=code).order_by("serial")


def _end() -> None:
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules import Finding

    for draw in _draws(ENDED):
        units = draw.selections.filter(is_reserve=False).values_list("unit_code", flat=True)
        rows = [(unit, Finding("refused", clock.today())) for unit in units]
        actions.record_visits_bulk(by=person("province"), draw=draw, rows=rows)
        actions.close_draw(by=person("province"), draw=draw)


def open_joint() -> None:
    """Open a campaign over factories and shops."""
    _open(NEW)


def tell_list() -> None:
    """Record that nobody could say whether a maker stands in the list of shops."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Visit

    draw = _draws(ASKED).get(obligation__channel="factory")
    visit = Visit.objects.filter(draw=draw).order_by("selection__ticket").first()
    actions.tell_list(by=person("province"), visit=visit, channel="shop", answer="unknown")


def seal_joint() -> None:
    """Seal the record of the campaign that has ended."""
    from zhiheng.stages.draw import actions
    from zhiheng.stages.draw.models import Joint

    actions.seal_joint(by=person("province"), joint=Joint.objects.get(item__code=ENDED))
