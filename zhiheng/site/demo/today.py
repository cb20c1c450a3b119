"""Leaves work for today: the quarter of today half done, so that every role finds something to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from . import field as field_work
from . import ladder, persons, registers, surveys, works
from .calendar import Quarter, moment

if TYPE_CHECKING:
    from .loop import Story

# Days ago. No holiday is so long that three working days do not fit between the list and the reveal.
FROZEN, COMMITTED, REVEALED, VISITED, REPORTED = 52, 40, 36, 6, 3
DRAFTED = 3  # samples
CAMPAIGN = 3  # days ago
VISITED_SHARE, REPORTED_SHARE = (7, 10), (4, 10)


def leave_work(story: Story) -> None:
    """Draw for the quarter of today, record some visits and results, leave a duty of the city undrawn."""
    from zhiheng.people import clock

    office = persons.places(story.scale)["province"]
    today = clock.today()
    _watch_products(story, today)
    draw = _draw(story, office, today)
    units = _units(draw)
    met = field_work.meet(
        story.population, draw, units, today - timedelta(days=REVEALED), days=(1, REVEALED - VISITED - 1)
    )
    visited = range(len(units) * VISITED_SHARE[0] // VISITED_SHARE[1])
    reported = range(len(units) * REPORTED_SHARE[0] // REPORTED_SHARE[1])
    _record(story, draw, met, visited, reported, today)
    _leave_reports(story, met, visited[len(reported) :], field_work.lab(draw.region), today)
    _open_late_accounts(story, draw, units[len(visited)])
    ladder.leave_steps(story, draw, today)
    works.check_sites(story, office, today)
    surveys.release_sites(story, today)
    campaign = _campaign(story, office, today)
    story.stages["today"] = {
        "outcome": "under way",
        "draw": draw.serial,
        "visits": len(units),
        "recorded": len(visited),
        "campaign": campaign.serial,
    }
    story.say(f"{draw.serial}: {len(visited)} of {len(units)} visits recorded, the rest is left for you")


def _watch_products(story: Story, today: date) -> None:
    """Issue the catalogue of the year of today, and leave a candidate for a supplement."""
    from zhiheng.people import clock
    from zhiheng.stages.registry import actions
    from zhiheng.stages.registry.models import CatalogueIssue

    from .loop import keeper_of

    keeper, scale = keeper_of(story), story.scale
    with clock.at(moment(today - timedelta(days=COMMITTED + 1))):
        if not CatalogueIssue.objects.filter(region=scale.region, year=today.year).exists():
            registers.issue_catalogue(scale, keeper, today.year)
        actions.propose_building_materials(by=keeper, region=scale.region, year=today.year)


def _draw(story: Story, office: str, today: date) -> Any:
    from zhiheng.people import clock
    from zhiheng.stages.plan import actions as plan

    from .loop import draw_units

    quarter = Quarter.of(today)
    draw = draw_units(
        story,
        quarter,
        office,
        days=tuple(moment(today - timedelta(days=ago)) for ago in (FROZEN, COMMITTED, REVEALED)),
    )
    with clock.at(moment(today - timedelta(days=REVEALED), 16)):
        plan.create_obligation(
            by=story.cast["nation"],
            region=persons.places(story.scale)["city"],
            period=quarter.period,
            article=27,
            fractions={name: list(share) for name, share in story.scale.fractions.items()},
            minimum_per_stratum=2,
        )
    return draw


def _campaign(story: Story, office: str, today: date) -> Any:
    """Commit an enforcement draw among shops beside the evaluation: a quota by weights, not revealed yet."""
    from zhiheng.people import clock
    from zhiheng.stages.draw import actions as draws
    from zhiheng.stages.plan import actions as plan

    from .loop import officer_of

    officer, quarter = officer_of(story, office), Quarter.of(today)
    serial = f"{office}-{quarter.period}-002"
    with clock.at(moment(today - timedelta(days=CAMPAIGN), 9)):
        duty = plan.create_obligation(
            by=officer,
            region=office,
            period=quarter.period,
            basis="流通环节监督抽查（演示）",
            purpose="enforcement",
            channel="shop",
            quota=24,
            weights={"risk": {"A": 1, "B": 2, "C": 4, "D": 8}},
            weights_reason="演示：风险较高的类别多抽",
            id=field_work.duty_id(story.seed, office, f"{quarter.period} shop"),
        )
        key = field_work.names_key(story.seed, serial)
        frame = draws.freeze(by=officer, obligation=duty, names_key=key)
    with clock.at(moment(today - timedelta(days=CAMPAIGN), 10)):
        return draws.commit(
            by=officer,
            obligation=duty,
            frame=frame,
            secret=field_work.secret(story.seed, serial),
            share_randomness=field_work.share_randomness(story.seed, serial),
            by_weight=True,
            beacon_kind="demo",
            beacon_reference=f"invented text of the demonstration for {serial}",
        )


def _units(draw: Any) -> list[str]:
    from zhiheng.stages.draw.models import Selection

    chosen = Selection.objects.filter(draw=draw, is_reserve=False).order_by("ticket")
    return list(chosen.values_list("unit_code", flat=True))


def _record(
    story: Story, draw: Any, met: Any, visited: Sequence[int], reported: Sequence[int], today: date
) -> None:
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions

    from .loop import officer_of

    officer = officer_of(story, draw.region)
    with clock.at(moment(today - timedelta(days=VISITED), 18)):
        actions.record_visits_bulk(by=officer, draw=draw, rows=field_work.findings(met, visited))
    on = today - timedelta(days=REPORTED)
    with clock.at(moment(on, 18)):
        rows = field_work.measurements(met, reported, reported_on=on)
        actions.record_results_bulk(by=officer, draw=draw, rows=rows)


def _leave_reports(story: Story, met: Any, open_ones: Sequence[int], lab: str, today: date) -> None:
    """Let the laboratory take three samples in, draft their reports and sign one that conforms."""
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions, reporting
    from zhiheng.stages.inspection.models import Sample
    from zhiheng.stages.inspection.rules.sampling import Receipt

    by = story.cast["lab"]
    mine = [n for n in open_ones if met.labs[n] == lab and met.outcomes.response[n] == "sampled"][-DRAFTED:]
    rows, whole = [], Receipt(is_seal_intact=True, condition="封条完好，样品无损")
    with clock.at(moment(today - timedelta(days=1), 16)):
        for place in mine:
            sample = Sample.objects.get(seal_no=met.seals[place])
            actions.receive_sample(by=by, sample=sample, receipt=whole)
            said = field_work.measured(met, place)
            said.pop("reported_on")
            rows.append(reporting.Row(met.seals[place], clock.today(), reporting.Line(**said)))
        kept = actions.save_drafts(by=by, rows=rows)
        lines = {one: reporting.line_of(one.lines[0]) for one in kept.drafts}
        good = [one for one, line in lines.items() if reporting.prospect(line).verdict == "pass"]
        actions.sign_reports(by=by, drafts=good[:1])


def _open_late_accounts(story: Story, draw: Any, waiting: str) -> None:
    """Open the account of an inspector with a visit to make, and of a firm that may still object."""
    from zhiheng.stages.draw.models import Selection
    from zhiheng.stages.inspection.models import Case

    chosen = Selection.objects.select_related("first_inspector").get(draw=draw, unit_code=waiting)
    code = chosen.first_inspector.code
    persons.open_account(story.cast, story.scale, "inspector", organisation=code)
    case = Case.objects.filter(visit__selection__draw=draw).select_related("subject").order_by("id").first()
    firm = case.subject if case is not None else chosen.subject
    persons.open_account(story.cast, story.scale, "firm", organisation=firm.code)
