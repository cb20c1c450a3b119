"""Draws food and consumer goods in one quarter from the lists of factories, shops and platforms at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from zhiheng.reference import regions
from zhiheng.world import markets
from zhiheng.world.assumptions import CHANNELS

from . import country, persons, registers
from . import field as field_work
from .calendar import Quarter, after_objections, moment

if TYPE_CHECKING:
    from .loop import Story

SINCE = date(2022, 12, 1)
SITES = {"factory": "factory", "shop": "shop", "platform": "online"}
GOODS = {
    "food": ("DEMO-FOOD", "食品（大米、饼干、茶饮料，演示）", ("13", "14", "15")),
    "consumer": ("DEMO-CONSUMER", "消费品（服装、玩具、电子产品，演示）", ("18", "24", "39")),
}
SERIES = {
    "food": {"": "food_evaluative_pass_rate"},
    "consumer": {
        "": "consumer_goods_pass_rate",
        **{name: f"consumer_goods_pass_rate_{name}" for name in CHANNELS},
    },
}
QUOTAS = {"factory": 70, "shop": 40, "platform": 44}


def place(story: Story) -> str:
    """Return where it is done: the province, of a whole nation one city, so that its building stays quick."""
    held = persons.places(story.scale)
    return held["city" if story.scale.region == regions.NATION else "province"]


def enter_sites(story: Story) -> int:
    """Enter the shops and online shops of firms that sell these goods through a second channel."""
    from zhiheng.people import clock
    from zhiheng.stages.registry import actions

    low, high = regions.span(place(story))
    divisions = [int(code) for _code, _name, codes in GOODS.values() for code in codes]
    rows: list[dict[str, Any]] = []
    for number in range(story.population.blocks):
        block = story.population.block(number)
        inside = (block.region >= int(low)) & (block.region <= int(high))
        firms = block.take(np.flatnonzero(inside & np.isin(block.division, divisions)))
        if not len(firms):
            continue
        held, codes = markets.held(story.population, firms), story.population.codes(firms)
        for channel, name in enumerate(CHANNELS):
            rows += [
                _site(str(codes[spot]), SITES[name], int(firms.region[spot]))
                for spot in np.flatnonzero(held[channel] & (firms.channel != channel))
            ]
    with clock.at(Quarter(story.scale.quarters[0]).at(2, 15)):
        return actions.import_sites(by=_officer(story), rows=rows, source=country.SOURCE).created


def _site(code: str, kind: str, region: int) -> dict[str, Any]:
    said = {"subject": code, "kind": kind, "name": "", "valid_from": SINCE, "valid_until": None}
    return {**said, "address": f"演示{kind}{code[8:16]}", "region": f"{region:06d}"}


def run(story: Story, quarter: Quarter) -> None:
    """Live through a joint campaign on food and one on consumer goods, and seal the record of each."""
    from zhiheng.people import clock
    from zhiheng.stages.draw import actions as draws

    enter_sites(story)
    _issue(story, quarter)
    serials = []
    for kind in GOODS:
        joint = _open(story, quarter, kind)
        for row in joint.frames.select_related("obligation").order_by("channel"):
            _inspect(story, quarter, row.obligation)
        with clock.at(quarter.at(75)):
            serials.append(draws.seal_joint(by=_officer(story), joint=joint).serial)
    story.stages["joint"] = {"outcome": "sealed", "campaigns": serials}
    story.say(f"{quarter.period}: {len(serials)} joint campaigns over {len(CHANNELS)} lists")


def _issue(story: Story, quarter: Quarter) -> None:
    from zhiheng.people import clock
    from zhiheng.stages.registry import actions

    from .loop import keeper_of

    keeper, year = keeper_of(story), quarter.start.year
    with clock.at(quarter.at(3, 11)):
        for kind, (code, name, divisions) in GOODS.items():
            parts = [registers.item(story.scale.region, year, int(division)) for division in divisions]
            row = parts[0] | {
                "code": code,
                "name": name,
                "vertical": kind,
                "divisions": list(divisions),
                "keywords": [],
                "reason": "演示：线上线下一体化抽查",
                "hazards": [hazard for part in parts for hazard in part["hazards"]],
                "test_items": [tested for part in parts for tested in part["test_items"]],
            }
            actions.propose_item(by=keeper, row=row)
        reason = "演示：增补一体化抽查品类"
        actions.issue_catalogue(by=keeper, region=story.scale.region, year=year, reason=reason)


def _open(story: Story, quarter: Quarter, kind: str) -> Any:
    from zhiheng.people import clock
    from zhiheng.stages.draw import actions as draws
    from zhiheng.stages.plan import queries as plan

    region, code = place(story), GOODS[kind][0]
    with clock.at(quarter.at(4, 11)):
        return draws.open_joint(
            by=_officer(story),
            region=region,
            period=quarter.period,
            item=plan.chosen_item(region, quarter.period, code),
            quotas=QUOTAS,
            basis="线上线下一体化抽查方案（演示）",
            ids={
                name: field_work.duty_id(story.seed, region, f"{quarter.period} {code} {name}")
                for name in QUOTAS
            },
        )


def _inspect(story: Story, quarter: Quarter, duty: Any) -> None:
    """Freeze the list of one channel, draw from it, and do its visits."""
    from zhiheng.ledger.sealing import sequencer
    from zhiheng.people import clock
    from zhiheng.stages.draw import actions as draws
    from zhiheng.stages.draw.models import Draw
    from zhiheng.stages.inspection import actions as inspection

    from .loop import inspect

    officer = _officer(story)
    number = Draw.objects.filter(region=duty.region, period=duty.period).count() + 1
    serial = f"{duty.region}-{duty.period}-{number:03d}"
    with clock.at(quarter.at(5, 11)):
        draw = draws.commit(
            by=officer,
            obligation=duty,
            frame=draws.freeze(by=officer, obligation=duty),
            secret=field_work.secret(story.seed, serial),
            share_randomness=field_work.share_randomness(story.seed, serial),
            beacon_kind="demo",
            beacon_reference=f"invented text of the demonstration for {serial}",
        )
        sequencer.seal_now()
    with clock.at(after_objections(quarter.at(5, 11), quarter.at(9, 11))):
        draw = draws.reveal(by=officer, draw=draw, beacon=field_work.beacon(story.seed, serial))
        inspection.open_visits(by=officer, draw=draw)
    inspect(story, draw)


def release(story: Story, quarter: Quarter) -> None:
    """Release food, and consumer goods over all lists and for each channel."""
    from zhiheng.people import clock
    from zhiheng.stages.indicators import actions
    from zhiheng.stages.plan.models import Series

    with clock.at(moment(quarter.released_on, 11)):
        for names in SERIES.values():
            for series in names.values():
                story.releases.append(
                    actions.release(
                        by=story.cast["statistician"],
                        series=Series.objects.get(pk=series),
                        region=place(story),
                        periods=[quarter.period],
                    )
                )


def figures(story: Story) -> list[tuple[Any, float]]:
    """Return these figures, each with the true value of the same quantity."""
    from zhiheng.stages.indicators.models import Figure

    about = {
        series: (GOODS[kind][2], channel)
        for kind, names in SERIES.items()
        for channel, series in names.items()
    }
    prefix = place(story).removesuffix("00").removesuffix("00")
    rows = Figure.objects.filter(series_id__in=about, division="", release__replaced_by__isnull=True)
    found = []
    for row in rows.order_by("series_id"):
        divisions, channel = about[row.series_id]
        truth = markets.truth(story.population, row.period, divisions, region=prefix, channel=channel)
        found.append((row, truth))
    return found


def _officer(story: Story) -> Any:
    return story.cast["nation" if story.scale.region == regions.NATION else "province"]
