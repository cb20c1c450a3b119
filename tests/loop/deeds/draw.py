"""What an office does with a draw: commit, reveal, abort."""

from __future__ import annotations

from typing import Any

from tests import country

from .cast import CITY, COMMITTED, ENDED, PURPOSE, REVEALED, TO_COMMIT, draw_of, person

BEACON = b"an invented text of thirty-two bytes"
SECRET, SHARES = bytes(range(32)), bytes(range(80))


def prepare() -> None:
    """Leave a duty to draw for, a draw to reveal or abort, one without visits, and one whose visits ended."""
    from zhiheng.people import clock
    from zhiheng.stages.draw import actions as draws
    from zhiheng.stages.inspection import actions as inspection
    from zhiheng.stages.plan import actions as plan
    from zhiheng.stages.registry import actions as registry

    officer = person("province")
    shares = {name: list(share) for name, share in country.scale().fractions.items()}
    for period, region in _DUTIES.items():
        plan.create_obligation(
            by=officer, region=region, period=period, fractions=shares, minimum_per_stratum=2
        )
    for region in (country.REGION, CITY):
        said = {"as_of": clock.today(), "purpose": PURPOSE, "names_key": bytes(32)}
        registry.freeze_frame(by=officer, region=region, **said)
    for period in (COMMITTED, REVEALED, ENDED):
        commit(period)
    for period in (REVEALED, ENDED):
        draws.reveal(by=officer, draw=draw_of(period), beacon=BEACON)
    inspection.open_visits(by=officer, draw=draw_of(ENDED))
    inspection.record_visits_bulk(by=officer, draw=draw_of(ENDED), rows=_refused(draw_of(ENDED)))


_DUTIES = {TO_COMMIT: country.REGION, COMMITTED: country.REGION, REVEALED: CITY, ENDED: CITY}


def _refused(draw: Any) -> list[Any]:
    from zhiheng.people import clock
    from zhiheng.stages.draw.models import Selection
    from zhiheng.stages.inspection.rules import Finding

    chosen = Selection.objects.filter(draw=draw, is_reserve=False).order_by("ticket")
    return [(unit, Finding("refused", clock.today())) for unit in chosen.values_list("unit_code", flat=True)]


def commit(period: str = TO_COMMIT) -> None:
    """Commit the draw of a duty."""
    from zhiheng.stages.draw import actions
    from zhiheng.stages.plan.models import Obligation
    from zhiheng.stages.registry.models import Frame

    region = _DUTIES[period]
    actions.commit(
        by=person("province"),
        obligation=Obligation.objects.get(region=region, period=period),
        frame=Frame.objects.get(region=region, purpose=PURPOSE),
        secret=SECRET,
        share_randomness=SHARES,
        beacon_kind="demo",
        beacon_reference=f"invented text for {period}",
    )


def reveal() -> None:
    """Reveal the draw that was committed."""
    from zhiheng.stages.draw import actions

    actions.reveal(by=person("province"), draw=draw_of(COMMITTED), beacon=BEACON)


def abort() -> None:
    """Abort the draw that was committed."""
    from zhiheng.stages.draw import actions

    actions.abort(by=person("province"), draw=draw_of(COMMITTED), reason="kill in the middle of an end")
