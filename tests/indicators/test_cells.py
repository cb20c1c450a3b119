"""Small cells borrow strength by a model: flagged, beside the direct rate, never in the headline."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from django.urls import reverse

from tests.prove import cell_redraws
from zhiheng.methods.survey import Sample
from zhiheng.site.demo.scale import SCALES
from zhiheng.stages.indicators.models import Figure, Observation
from zhiheng.stages.indicators.rules import cells, figures

DIVISIONS = tuple(str(number) for number in range(13, 33))


def part(region: str = "330000", *, seed: int = 1, n: int = 12, method: str = figures.WEIGHTED):
    random = np.random.default_rng(seed)
    frame = np.array([random.integers(60, 400, 20), random.integers(20, 90, 20)], float)
    answered = np.minimum(random.integers(1, n, (2, 20)), frame)
    passed = random.binomial(answered.astype(int), [[0.96], [0.8]])
    sample = Sample.from_counts(frame.sum(1), answered, passed, frame=frame, classes=["A", "C"])
    outputs = tuple(f"{100 + place:.2f}" for place in range(20))
    return SimpleNamespace(
        region=region, period="2025Q1", divisions=DIVISIONS, outputs=outputs, sample=sample, method=method
    )


def test_each_small_cell_is_drawn_towards_the_others_and_lies_in_its_interval():
    found = cells.borrow([part()], firm=60)

    direct = dict(zip(DIVISIONS, _direct(part()), strict=True))
    spread = np.std([cell.estimate for cell in found.cells])
    assert len(found.cells) == 20
    assert spread < np.std(list(direct.values()))
    assert all(0 <= cell.lower <= cell.estimate <= cell.upper <= 1 for cell in found.cells)
    assert all(0 < cell.own_weight < 1 for cell in found.cells)


def _direct(of) -> np.ndarray:
    return of.sample.wy.sum(0) / of.sample.w.sum(0)


def test_a_cell_of_many_answers_keeps_its_own_rate_and_still_teaches_the_others():
    whole, some = cells.borrow([part(n=90)], firm=1000), cells.borrow([part(n=90)], firm=60)

    assert len(some.cells) < len(whole.cells) == 20
    by_name = {cell.division: cell.estimate for cell in whole.cells}
    assert all(cell.estimate == by_name[cell.division] for cell in some.cells)


def test_cells_of_several_regions_know_their_region():
    parts = [part(f"{code}0000", seed=code) for code in range(11, 17)]

    found = cells.borrow(parts, firm=60)

    assert {cell.region for cell in found.cells} == {one.region for one in parts}
    assert found.fitted == 120


def test_series_over_several_lists_and_too_few_cells_borrow_nothing():
    few = part()
    few.divisions, few.outputs = DIVISIONS[:2], few.outputs[:2]
    frame = few.sample.frame[:, :2]
    few.sample = Sample.from_counts(
        frame.sum(1),
        few.sample.n[:, :2],
        few.sample.n[:, :2],
        frame=frame,
        classes=["A", "C"],
    )

    assert cells.borrow([part(method=figures.SEVERAL)], firm=60) is None
    assert cells.borrow([few], firm=60) is None
    assert cells.borrow([], firm=60) is None


def test_the_intervals_of_small_cells_hold_the_truth_over_countries_and_draws():
    held = []
    for number, (design, divisions) in enumerate(cell_redraws.countries(SCALES["small"], 8)):
        terms = {"divisions": divisions, "firm": 60, "by_year": False}
        for fit, truths in cell_redraws.fits(design, 3, number, **terms):
            limits = np.array([(cell.lower, cell.upper) for cell in fit.cells])
            held += ((limits[:, 0] <= truths) & (truths <= limits[:, 1])).tolist()

    assert len(held) > 500
    assert 0.91 <= np.mean(held) <= 0.985


def test_a_release_writes_borrowed_cells_beside_the_direct_ones(released):
    rows = Observation.objects.filter(release=released, flags__contains="borrowed")

    names = {row.breakdown for row in rows}
    assert all("estimator=borrowed" in name for name in names)
    assert {row.interval for row in rows} <= {"model"}
    direct = Observation.objects.filter(release=released).exclude(pk__in=rows)
    assert direct.count() == Figure.objects.filter(release=released).count()
    assert not any("estimator" in row.breakdown for row in direct)


@pytest.fixture
def with_borrowed(released, monkeypatch):
    from zhiheng.people import clock
    from zhiheng.stages.indicators import writing

    fit = cells.borrow([part()], firm=60)
    rows = [writing._borrowed(released, cell, fit) for cell in fit.cells]
    with clock.at(released.recorded_at):
        writing.add(rows, reason="")
    return rows


def test_the_page_of_the_series_shows_them_with_their_flag(with_borrowed, client):
    text = client.get(reverse("indicators:series", args=["mfg_product_pass_rate"])).content.decode()

    assert 'id="borrowed"' in text
    assert "由模型借用强度" in text or "借" in text


def test_the_number_of_a_borrowed_cell_has_a_page(with_borrowed, client):
    row = with_borrowed[0]
    asked = {"region": row.region, "period": row.period, "breakdown": row.breakdown, "voice": "own"}

    page = client.get(reverse("indicators:number", args=[row.series]), asked)

    assert page.status_code == 200
    assert "Fay" in page.content.decode() or "小域模型" in page.content.decode()
