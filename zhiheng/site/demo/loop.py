"""One turn of the loop after another, by the ordinary actions: plan, register, draw, inspection, release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from zhiheng.world import Population

from . import country, follow, index, markets, notices, persons, registers, surveys, turned
from . import field as field_work
from .calendar import Quarter, after_objections, moment
from .persons import Cast
from .scale import Scale

HEADLINE = "mfg_product_pass_rate"
MEASURED = "制造业产品质量合格率"
TARGET, AMBIGUOUS = "CN-2025-4", "CN-2025-3"
FOOD_SERIES = "food_evaluative_pass_rate"
# In the row-by-row scale these visits of each quarter are entered one at a time, as a person would.
BY_HAND = 3

Say = Callable[[str], None]


@dataclass
class Story:
    """What a demonstration holds on its way: people, country, and the outcome of each stage."""

    scale: Scale
    seed: int
    population: Population
    say: Say
    cast: Cast = field(default_factory=Cast)
    stages: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)
    releases: list[Any] = field(default_factory=list)


def run(scale: Scale, seed: int, say: Say) -> Story:
    """Live through all quarters of a scale and return what came of it."""
    story = Story(scale, seed, country.populate(scale, seed), say)
    open_office(story)
    promise(story)
    register(story)
    for period in scale.quarters:
        live_quarter(story, Quarter(period))
    after = Quarter(scale.quarters[-1]).next
    follow.order_corrections(story, after)
    follow.close_corrected(story, after)
    take_published(story, after)
    surveys.release(story)
    index.run(story, after)
    turned.run(story, after)
    story.stages["inspection"] = _inspected(story)
    story.stages["draw"] = {
        "outcome": "revealed",
        "draws": story.counts["draws"],
        "drawn": story.counts["drawn"],
    }
    story.stages["indicators"] = _released(story)
    story.stages["disclosure"] = notices.outcome(story)
    return story


def open_office(story: Story) -> None:
    """Open one account a role."""
    lab = field_work.lab(persons.places(story.scale)["province"])
    story.cast = persons.open_accounts(story.scale, lab=lab)
    persons.name_custodians(story.cast)
    story.stages["people"] = {"outcome": "appointed", "accounts": len(story.cast.people)}
    story.say(f"{len(story.cast.people)} accounts opened")


def promise(story: Story) -> None:
    """Adopt the Outline, bind the target of the pass rate, and see the ambiguous food target refused."""
    from zhiheng.people import clock
    from zhiheng.stages.plan import actions, queries

    first = Quarter(story.scale.quarters[0])
    with clock.at(moment(persons.OPENED_ON, 10)):
        targets = actions.adopt_outline(by=story.cast["nation"])
    with clock.at(first.at(1)):
        statistician = story.cast["statistician"]
        bound = actions.bind_target(by=statistician, target=queries.target(TARGET), series_id=HEADLINE)
        food = actions.bind_target(by=statistician, target=queries.target(AMBIGUOUS), series_id=FOOD_SERIES)
    story.stages["plan"] = {
        "outcome": bound.binding,
        "targets": len(targets),
        "bound": {bound.id: bound.series_id},
        "refused": {food.id: food.binding_reason_en} if food.binding == "refused" else {},
    }
    story.say(f"target {bound.id} bound to {bound.series_id}, {food.id} {food.binding}")


def take_published(story: Story, after: Quarter) -> None:
    """Take over the published numbers once all of them were published: none is known before its source."""
    from zhiheng.people import clock
    from zhiheng.stages.indicators import actions, loading

    with clock.at(max(after.at(4), moment(loading.known_by()))):
        made = actions.load_published(by=story.cast["statistician"])
    story.stages["plan"]["published_numbers"] = len(made)
    story.say(f"{len(made)} published numbers taken over")


def register(story: Story) -> None:
    """Enter firms, products and inspectors."""
    from zhiheng.people import clock

    with clock.at(Quarter(story.scale.quarters[0]).at(2)):
        entered = country.fill_register(story.scale, story.population, story.cast)
    with clock.at(Quarter(story.scale.quarters[0]).at(2, 14)):
        entered |= registers.fill(story.scale, keeper_of(story))
    how = "workbook" if story.scale.row_by_row else "columns"
    story.stages["registry"] = {"outcome": "imported", "by": how, **entered}
    story.say(f"{entered['subjects']} firms, {entered['inspectors']} inspectors entered by {how}")


def live_quarter(story: Story, quarter: Quarter) -> None:
    """Draw and inspect in every province, then release the quarter, and the year with its last quarter."""
    watch_products(story, quarter)
    for office in story.scale.offices:
        draw = draw_units(story, quarter, office)
        follow.order_corrections(story, quarter)
        inspect(story, draw)
        notices.publish_results(story, draw)
        follow.close_corrected(story, quarter)
    is_last = story.scale.joint and quarter.period == story.scale.quarters[-1]
    if is_last:
        markets.run(story, quarter)
    release(story, quarter)
    notices.publish_figures(story, quarter)
    if is_last:
        markets.release(story, quarter)
        notices.publish_markets(story, quarter)


def keeper_of(story: Story) -> Any:
    """Return who keeps the register of the whole country of the story: its officer."""
    return officer_of(story, story.scale.region)


def watch_products(story: Story, quarter: Quarter) -> None:
    """Issue the catalogue of key products of the year where it is not issued yet."""
    from zhiheng.people import clock
    from zhiheng.stages.registry.models import CatalogueIssue

    year = quarter.start.year
    if CatalogueIssue.objects.filter(region=story.scale.region, year=year).exists():
        return
    with clock.at(quarter.at(3)):
        registers.issue_catalogue(story.scale, keeper_of(story), year)


def draw_units(
    story: Story, quarter: Quarter, office: str, days: tuple[datetime, datetime, datetime] | None = None
) -> Any:
    """Set the duty, freeze the frame, commit, reveal with the public random text, open the visits.

    ``days`` are the moments of freezing, commitment and reveal; by default those of the quarter.
    """
    from zhiheng.ledger.sealing import sequencer
    from zhiheng.people import clock
    from zhiheng.stages.draw import actions as draws
    from zhiheng.stages.inspection import actions as inspection
    from zhiheng.stages.plan import actions as plan
    from zhiheng.stages.registry import actions as registry

    officer = officer_of(story, office)
    scale, period = story.scale, quarter.period
    serial = f"{office}-{period}-001"
    planned = quarter.at(4), quarter.at(5), after_objections(quarter.at(4), quarter.at(9))
    frozen, committed, revealed = days or planned
    with clock.at(frozen):
        duty = plan.create_obligation(
            by=officer,
            region=office,
            period=period,
            article=27,
            fractions={name: list(share) for name, share in scale.fractions.items()},
            minimum_per_stratum=scale.minimum,
            id=field_work.duty_id(story.seed, office, period),
        )
        frame = registry.freeze_frame(
            by=officer,
            region=office,
            as_of=frozen.date(),
            purpose=f"{MEASURED} {period}",
            names_key=field_work.names_key(story.seed, serial),
        )
    with clock.at(committed):
        draw = draws.commit(
            by=officer,
            obligation=duty,
            frame=frame,
            secret=field_work.secret(story.seed, serial),
            share_randomness=field_work.share_randomness(story.seed, serial),
            beacon_kind="demo",
            beacon_reference=f"invented text of the demonstration for {serial}",
        )
        sequencer.seal_now()
    with clock.at(revealed):
        draw = draws.reveal(by=officer, draw=draw, beacon=field_work.beacon(story.seed, serial))
        story.counts["drawn"] += inspection.open_visits(by=officer, draw=draw)
    story.counts["draws"] += 1
    return draw


def officer_of(story: Story, office: str) -> Any:
    """Return who acts for a province: its officer, or the national one where there is no account for it."""
    held = persons.places(story.scale)["province"]
    return story.cast["province" if office == held else "nation"]


def inspect(story: Story, draw: Any) -> None:
    """Record what the visits met and what the laboratories found; failing results open their cases."""
    from zhiheng.people import clock
    from zhiheng.stages.draw.models import Selection
    from zhiheng.stages.inspection import actions

    chosen = Selection.objects.filter(draw=draw, is_reserve=False).order_by("stratum", "order")
    units = list(chosen.values_list("unit_code", flat=True))
    met = field_work.meet(story.population, draw, units, timezone.localdate(draw.revealed_at))
    by_hand = hand_picked(met) if story.scale.row_by_row else []
    rest = [place for place in range(len(units)) if place not in set(by_hand)]
    officer = officer_of(story, draw.region)
    for place in by_hand:
        record_one(officer, draw, met, place)
    with clock.at(moment(max(met.visited_on), 18)):
        actions.record_visits_bulk(by=officer, draw=draw, rows=field_work.findings(met, rest))
    with clock.at(moment(max(met.reported_on), 18)):
        actions.record_results_bulk(by=officer, draw=draw, rows=field_work.measurements(met, rest))
        actions.close_draw(by=officer, draw=draw)
    for response in met.outcomes.response.tolist():
        story.counts[response] += 1
    verdicts = met.outcomes.verdict.tolist()
    story.counts["pass"] += verdicts.count("pass")
    story.counts["fail"] += verdicts.count("fail")


def hand_picked(met: field_work.Met) -> list[int]:
    """Return the places of a refused, a closed and a failing unit, as far as there are any."""
    responses, verdicts = met.outcomes.response.tolist(), met.outcomes.verdict.tolist()
    found = [responses.index(word) for word in ("refused", "closed") if word in responses]
    return [*found, *([verdicts.index("fail")] if "fail" in verdicts else [])][:BY_HAND]


def record_one(officer: Any, draw: Any, met: field_work.Met, place: int) -> None:
    """Record one visit and, where a sample was taken, its result, by the actions of the forms."""
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Visit

    visit = Visit.objects.get(selection__draw=draw, selection__unit_code=met.units[place])
    (_unit, found), *_none = field_work.findings(met, [place])
    with clock.at(moment(met.visited_on[place], 15)):
        visit = actions.record_visit(
            by=officer,
            visit=visit,
            outcome=found.outcome,
            visited_on=found.visited_on,
            product_name=found.product_name,
            seal_no=found.seal_no,
            lab=found.lab,
        )
    if found.outcome == "sampled":
        with clock.at(moment(met.reported_on[place], 11)):
            actions.record_result(by=officer, sample=visit.sample, **field_work.measured(met, place))


def release(story: Story, quarter: Quarter) -> None:
    """Release the quarter, and the year when this was its last quarter."""
    from zhiheng.people import clock
    from zhiheng.stages.indicators import actions
    from zhiheng.stages.plan.models import Series

    year = quarter.period[:4]
    ends_year = quarter.period.endswith("Q4") and year in story.scale.years
    periods = [quarter.period, year] if ends_year else [quarter.period]
    with clock.at(moment(quarter.released_on, 10)):
        made = actions.release(
            by=story.cast["statistician"],
            series=Series.objects.get(pk=HEADLINE),
            region=story.scale.region,
            periods=periods,
        )
    story.releases.append(made)
    headline = made.figures.get(region=story.scale.region, division="", period=periods[-1])
    story.say(
        f"{' '.join(periods)}: {headline.n} answered, {headline.estimate:.4f} "
        f"[{headline.lower:.4f}, {headline.upper:.4f}]"
        if headline.is_shown
        else f"{' '.join(periods)}: withheld, {headline.n} answered"
    )


def _inspected(story: Story) -> dict[str, Any]:
    from zhiheng.stages.inspection.models import Case, Clock

    names = ("sampled", "refused", "closed", "not_found", "no_stock", "pass", "fail")
    return {
        "outcome": "recorded",
        **{name: story.counts[name] for name in names},
        "cases": Case.objects.count(),
        "clocks": Clock.objects.count(),
    }


def _released(story: Story) -> dict[str, Any]:
    from zhiheng.stages.indicators import snapshots
    from zhiheng.stages.indicators.models import Figure

    snapshots.write_all()
    shown = Figure.objects.exclude(bundle_sha="").count()
    return {
        "outcome": "released",
        "releases": len(story.releases),
        "figures": shown,
        "withheld": Figure.objects.filter(bundle_sha="").count(),
    }
