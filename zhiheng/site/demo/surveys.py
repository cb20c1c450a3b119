"""Releases invented samples of the demonstration: rounds, surveys, food supervision, site checks."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from zhiheng.reference import questionnaires
from zhiheng.world import streams
from zhiheng.world import survey_assumptions as assumed
from zhiheng.world.answers import People
from zhiheng.world.cities import ANSWERS, BATCHES, Cities
from zhiheng.world.farms import Farms, names

from .calendar import Quarter, moment

if TYPE_CHECKING:
    from .loop import Story

AGRI, FOOD = "agri_routine_monitoring_pass_rate", "food_supervision_fail_rate"
SERVICES, PERCEIVED = "public_service_quality_satisfaction", "public_quality_satisfaction"
COUNT, LOTS, ASKED, FOOD_BATCHES = 5, 90, 60, 1_500
"""Cities beside the capital, lots and people in each city, batches of food."""


def release(story: Story) -> None:
    """Release a round of monitoring, two surveys, one of them twice, and a year of food supervision."""
    after, year = Quarter(story.scale.quarters[-1]).next, story.scale.quarters[-1][:4]
    held = Cities(story.seed, _codes(story.scale.region))
    farms = Farms(held)
    services = People(held, questionnaires.get("public-services"))
    files = [
        (AGRI, f"{year}0901-{year}1031", _farm_file(story, farms), "", farms.truth()),
        (SERVICES, year, _survey_file(story, services), "public-services", services.truth()),
        (FOOD, year, _food_file(story), "", None),
    ]
    for step, back in enumerate((1, 0)):
        people = People(held, questionnaires.get("quality-perception"), year=step)
        said = _survey_file(story, people), "quality-perception", people.truth()
        files.append((PERCEIVED, str(int(year) - back), *said))
    released = [_released(story, after, *one) for one in files]
    story.stages["samples"] = {"outcome": "released", "figures": released}
    known = [row["covered"] for row in released if row["covered"] is not None]
    story.say(f"{len(released)} samples released, {sum(known)} of {len(known)} intervals hold the truth")


def release_sites(story: Story, today: date) -> None:
    """Release the conformity of the construction sites that were checked in the quarter of today."""
    from zhiheng.people import clock
    from zhiheng.stages.indicators import actions, sampling

    by = story.cast["statistician"]
    with clock.at(moment(today, 8)):
        found = sampling.prepare_sites(by=by, region=story.scale.region, period=Quarter.of(today).period)
        actions.release_sample(by=by, prepared=found)


def _codes(region: str) -> tuple[str, ...]:
    from zhiheng.stages.indicators.rules import city_design

    return tuple(city_design.cities(region))


def _released(
    story: Story, after: Quarter, series: str, period: str, file: bytes, form: str, truth: float | None
) -> dict[str, Any]:
    from zhiheng.people import clock
    from zhiheng.stages.indicators import actions, sampling
    from zhiheng.stages.plan.models import Series

    by = story.cast["statistician"]
    with clock.at(moment(after.released_on, 9)):
        found = sampling.prepare(
            by=by,
            series=Series.objects.get(pk=series),
            region=story.scale.region,
            period=period,
            file=file,
            form=form,
        )
        actions.release_sample(by=by, prepared=found)
    whole = found.numbers[0].estimate
    covered = None if truth is None else bool(whole.lower <= truth <= whole.upper)
    return {
        "name": f"{series}-{story.scale.region}-{period}",
        "truth": truth,
        "estimate": whole.value,
        "lower": whole.lower,
        "upper": whole.upper,
        "n": whole.n,
        "covered": covered,
    }


def _places(story: Story, sizes: np.ndarray, codes: Sequence[str], what: str) -> list[Any]:
    from zhiheng.stages.indicators.rules import city_design

    held = dict(zip(codes, sizes.tolist(), strict=True))
    others = sum(not city_design.is_capital(code) for code in codes)
    count = min(others, COUNT * max(1, len(codes) // 40))
    return city_design.drawn(held, count=count, seed=f"demo {story.seed} {what}")


def _farm_file(story: Story, farms: Farms) -> bytes:
    codes = farms.cities.codes
    chosen = _places(story, farms.cities.lots, codes, "farms")
    random = streams.generator(story.seed, ANSWERS, 1, 1)
    at = {codes.index(place.city): place for place in chosen}
    rows = []
    for city, kind, passed in farms.sampled(list(at), LOTS, random).tolist():
        place = at[city]
        category, link = names(kind)
        verdict = "pass" if passed else "fail"
        rows.append((place.stratum, place.city, place.chance, place.units, category, link, verdict))
    return _csv(("stratum", "city", "chance", "units", "category", "link", "verdict"), rows)


def _survey_file(story: Story, people: People) -> bytes:
    codes = people.cities.codes
    chosen = _places(story, people.cities.people, codes, people.form.id)
    random = streams.generator(story.seed, ANSWERS, 2 + len(people.form.items), people.year)
    city, group, answers = people.asked([codes.index(place.city) for place in chosen], ASKED, random)
    at = {codes.index(place.city): place for place in chosen}
    rows = []
    for where, who, given in zip(city.tolist(), group.tolist(), answers, strict=True):
        place = at[where]
        units = round(place.units * assumed.GROUP_SHARE[who])
        said = ["" if np.isnan(answer) else str(int(answer)) for answer in given]
        rows.append((place.stratum, place.city, place.chance, units, assumed.GROUPS[who], *said))
    items = (item.id for item in people.form.items)
    return _csv(("stratum", "city", "chance", "units", "group", *items), rows)


def _food_file(story: Story) -> bytes:
    random = streams.generator(story.seed, BATCHES)
    kinds = random.choice(len(assumed.FOODS), FOOD_BATCHES, p=assumed.FOOD_SHARE)
    fails = random.random(FOOD_BATCHES) < assumed.BATCH_FAILURE * np.array(assumed.FOOD_FAILURE)[kinds]
    causes = random.choice(len(assumed.CAUSES), FOOD_BATCHES, p=assumed.CAUSE_SHARE)
    rows = [
        (assumed.FOODS[kind], assumed.CAUSES[cause] if failed else "", "fail" if failed else "pass")
        for kind, cause, failed in zip(kinds.tolist(), causes.tolist(), fails.tolist(), strict=True)
    ]
    return _csv(("category", "cause", "verdict"), rows)


def _csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()
