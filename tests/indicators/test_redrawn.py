"""Figures over a few hundred re-draws: made as releases make them, holding the truth as often as they say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.prove import index_redraws, list_redraws
from zhiheng.site.demo.markets import GOODS, QUOTAS
from zhiheng.site.demo.scale import SCALES, SEED
from zhiheng.stages.indicators import rules
from zhiheng.stages.indicators.rules import dataset, figures
from zhiheng.world import Population
from zhiheng.world.assumptions import CHANNELS

REGION, PERIOD = "330000", "2024Q1"
SMALL = SCALES["small"]


def lists(number: int = 0) -> list_redraws.Lists:
    country = Population(seed=SEED + number, firms=SMALL.firms, regions=SMALL.region)
    return list_redraws.Lists.of(country, GOODS["consumer"][2], PERIOD, QUOTAS)


def test_the_index_holds_the_index_of_the_true_rate():
    (found,) = index_redraws.drawn(index_redraws.Setting.of(SMALL), 100, 6)

    for one in found.values():
        held = (one.lower <= one.truth) & (one.truth <= one.upper)
        assert 0.87 <= held.mean() <= 0.995
    assert found["index"].error.mean() == pytest.approx(found["index"].value.std(), rel=0.25)


def test_rates_over_lists_and_of_each_list_hold_the_truth():
    held = {channel: [] for channel in ("", *CHANNELS)}
    for number in range(4):
        made = lists(number)
        truths = {channel: made.truth(channel) for channel in held}
        for found in list_redraws.campaigns(made, 40, number):
            for channel, rate in found.items():
                held[channel].append(rate.lower - 1e-12 <= truths[channel] <= rate.upper + 1e-12)

    assert all(0.88 <= np.mean(one) <= 0.985 for one in held.values())


def test_a_campaign_drawn_again_is_estimated_as_its_release():
    made = lists()
    drawn = made.draw(np.random.default_rng(3))
    found = made.figures(drawn)

    base, rows = released(made, drawn)
    part = figures.cut(base, figures.reduce(base, rows), REGION, PERIOD)
    headline = next(figures.values(part, rules.size_rule()))

    assert headline.n == found[""].n
    for name in ("estimate", "lower", "upper", "standard_error"):
        assert getattr(headline, name) == pytest.approx(getattr(found[""], name), abs=1e-12)


def released(made: list_redraws.Lists, drawn: list_redraws.Drawn) -> tuple[dataset.Base, list[dataset.Row]]:
    """Return a campaign as a release takes it: answered units alone, all of one division."""
    strata = tuple(
        dataset.Stratum(CHANNELS[place], name, int(size), int(count), int(count))
        for place, name, size, count in zip(
            made.channel, made.names, made.population, drawn.answered, strict=True
        )
    )
    rows, beside = [], []
    for firm, stratum in zip(drawn.firm.tolist(), drawn.stratum.tolist(), strict=True):
        draw, verdict = CHANNELS[made.channel[stratum]], "pass" if made.passed[firm] else "fail"
        held = (draw, made.names[stratum], str(firm), REGION, "18", "sampled", verdict, "")
        rows.append(dataset.Row(*held))
        for other, home in zip(CHANNELS, made.home[:, firm].tolist(), strict=True):
            if other != draw and home >= 0:
                beside.append(dataset.Beside(draw, str(firm), other, str(firm), made.names[home], "listed"))
    cells = tuple(dataset.Cell(row.draw, row.stratum, "18", row.population) for row in strata)
    draws = tuple(dataset.Drawn(channel, REGION, PERIOD, "") for channel in CHANNELS)
    outputs = {channel: {"18": "1.00"} for channel in CHANNELS}
    return dataset.Base(draws, strata, cells, outputs, figures.SEVERAL, tuple(beside)), rows
