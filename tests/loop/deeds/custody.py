"""What custodians do with shares of a secret, and what inspectors do with assignments told late."""

from __future__ import annotations

from datetime import timedelta

from .cast import COMMITTED, draw_of, draw_of_today, person, visit_of_today
from .draw import BEACON, SECRET, SHARES
from .inspection import UNVISITED

GIVEN, TO_GIVE, TO_HAND_OUT = (1, 2), 3, 2


def prepare() -> None:
    """Leave a draw whose day has passed with two shares given.

    The day is moved and not the clock: what is recorded later than now would wait in the queue of deliveries.
    """
    from zhiheng.people import clock
    from zhiheng.stages.draw.models import Draw

    yesterday = clock.today() - timedelta(days=1)
    Draw.objects.filter(pk=draw_of(COMMITTED).pk).update(reveal_by=yesterday)
    for seat in GIVEN:
        _give(seat)


def _sheet(seat: int) -> str:
    from zhiheng.proof import shares

    return shares.text(shares.split(SECRET, SHARES)[seat - 1])


def _give(seat: int) -> None:
    from zhiheng.stages.draw import actions

    actions.give_share(by=person("custodian"), draw=draw_of(COMMITTED), written=_sheet(seat))


def name_custodian() -> None:
    """Name another notary."""
    from zhiheng.stages.draw import actions

    actions.name_custodian(by=person("nation"), region="000000", office="notary", body="演示公证机构二")


def hand_out_share() -> None:
    """Show the share of a body without an account, once."""
    from zhiheng.stages.draw import actions

    actions.hand_out_share(by=person("province"), draw=draw_of(COMMITTED), seat=TO_HAND_OUT)


def give_share() -> None:
    """Give the third share."""
    _give(TO_GIVE)


def recover() -> None:
    """Open the draw from the shares that were given."""
    from zhiheng.stages.draw import actions

    actions.recover(by=person("custodian"), draw=draw_of(COMMITTED), beacon=BEACON)


def start_visit() -> None:
    """Begin a visit that is still to be made."""
    from zhiheng.stages.inspection import actions

    actions.start_visit(by=person("province"), visit=visit_of_today(UNVISITED))


def plan_visits() -> None:
    """Plan the day of the visits that are still to be made."""
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions

    day = clock.today() + timedelta(days=3)
    actions.plan_visits(by=person("province"), draw=draw_of_today(), on=day)


def open_assignments() -> None:
    """See the own assignments for the first time."""
    from zhiheng.stages.inspection import actions

    actions.open_assignments(by=person("inspector"), draw=draw_of_today())


def erase_step() -> None:
    """Erase the first step that was bound in the draw of today, unless it is gone already."""
    from zhiheng.ledger.models import Entry
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Deed

    bound = Entry.objects.filter(verb="draw.execution", subjects__key=draw_of_today().serial)
    step = Deed.objects.filter(entry=bound.earliest("seq").pk).first()
    if step is not None:
        actions.erase_step(by=person("province"), step=step, reason="requested")
