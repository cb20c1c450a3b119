"""What offices do around a draw: a list of duties, the list of one duty, panels, reserves."""

from __future__ import annotations

from typing import Any

from tests import country

from .cast import CITY, ENDED, REVEALED, draw_of, person

PERIOD, LATER = "2027Q2", "2027Q3"  # nothing is drawn in them
SOURCE = "kill in the middle of a list"
GROUND = "kill in the middle of a draw's list"


def prepare() -> None:
    """Leave a duty among the shops of a city, whose list is a new file, and a panel of the city."""
    from zhiheng.people import clock
    from zhiheng.stages.draw.models import Panel
    from zhiheng.stages.plan import actions

    actions.create_obligation(
        by=person("province"),
        region=CITY,
        period=PERIOD,
        basis=GROUND,
        purpose="enforcement",
        channel="shop",
        quota=24,
    )
    first = draw_of(REVEALED)
    said = {"name": GROUND, "reason": GROUND, "shift_top": 1, "shift_bottom": 10}
    Panel.objects.create(region=CITY, thing=first.thing, first_draw=first, announced_at=clock.now(), **said)


def import_obligations() -> None:
    """Issue the duties of a list."""
    from zhiheng.stages.plan import actions

    rows: list[dict[str, Any]] = [
        {"region": region, "period": LATER, "quota": 12, "basis": SOURCE} for region in (country.REGION, CITY)
    ]
    actions.import_obligations(by=person("province"), rows=rows, source=SOURCE)


def freeze() -> None:
    """Freeze the list of the duty among shops."""
    from zhiheng.stages.draw import actions
    from zhiheng.stages.plan.models import Obligation

    duty = Obligation.objects.get(region=CITY, period=PERIOD, basis=GROUND)
    actions.freeze(by=person("province"), obligation=duty, names_key=bytes(32))


def announce_panel() -> None:
    """Announce that the draws after a closed one go on with its numbers."""
    from zhiheng.stages.draw import actions
    from zhiheng.stages.draw.models import Draw

    closed = Draw.objects.get(
        region=country.REGION, period=country.QUARTERS[-1], obligation__purpose="evaluation"
    )
    actions.announce_panel(by=person("province"), draw=closed, name=GROUND, shift=(1, 10), reason=GROUND)


def end_panel() -> None:
    """End the panel of the city."""
    from zhiheng.stages.draw import actions
    from zhiheng.stages.draw.models import Panel

    panel = Panel.objects.get(region=CITY)
    actions.end_panel(by=person("province"), panel=panel, reason=GROUND)


def use_reserve() -> None:
    """Let a reserve step in for a unit that refused."""
    from zhiheng.stages.draw import actions, queries
    from zhiheng.stages.draw.models import Selection

    draw = draw_of(ENDED)
    waiting = Selection.objects.filter(draw=draw, is_reserve=True).order_by("stratum", "order").first()
    refused = queries.selections(draw).filter(stratum=waiting.stratum, is_reserve=False).first()
    actions.use_reserve(by=person("province"), selection=refused, reason=GROUND)


def plan_year() -> None:
    """Plan the draws of a year in one go."""
    from zhiheng.stages.draw import actions

    actions.plan_year(by=person("province"), region=country.REGION, year=int(PERIOD[:4]))


def plan_draw() -> None:
    """Move the draw of one duty to a day of its period."""
    from zhiheng.formats.periods import parse
    from zhiheng.stages.draw import actions
    from zhiheng.stages.plan.models import Obligation

    duty = Obligation.objects.get(region=CITY, period=PERIOD, basis=GROUND)
    actions.plan_draw(by=person("province"), obligation=duty, draw_on=parse(PERIOD).last)
