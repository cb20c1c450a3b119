"""A figure from a draw of a few firms: joined classes, a stratum with one answer, a frame drawn whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from zhiheng.stages.draw import bundles as draw_bundles
from zhiheng.stages.indicators import actions, bundles, collecting
from zhiheng.stages.indicators.rules import figures
from zhiheng.verification import figure as verification

from .conftest import BY, REGION

VERIFIER = Path(__file__).parents[2] / "verifier" / "verify.py"


def headline(made):
    """Return the headline of one draw as a release would compute it."""
    rows = collecting.rows([made], basis="probability", purpose="evaluation")
    base = collecting.base([made], rows)
    part = figures.cut(base, figures.reduce(base, rows), made.region, made.period)
    shown = figures.survey.post_stratified(part.sample, [float(text) for text in part.outputs]).at()
    return base, part, shown


@pytest.mark.parametrize("quota", [1, 2, 3, 7])
def test_a_few_firms_over_four_classes_give_a_figure_with_its_interval(inspected, quota):
    made = inspected(fractions={}, minimum_per_stratum=2, quota=quota)

    base, part, shown = headline(made)
    assert sum(cell.population for cell in base.cells) == 220
    assert {cell.stratum for cell in base.cells} == {row.stratum for row in made.strata.all()}
    assert part.sample.population.sum() == 220
    assert 0 <= shown.lower <= shown.estimate <= shown.upper <= 1
    assert shown.upper - shown.lower > 0.2, "so few firms say little, and the interval must show it"


def test_a_stratum_with_one_answer_is_centred_on_the_whole_and_not_left_out(inspected):
    made = inspected(fractions={}, minimum_per_stratum=2, quota=9)

    base, _part, shown = headline(made)
    answered = {row.stratum: row.respondents for row in base.strata}
    assert 1 in answered.values(), answered
    assert shown.upper > shown.lower


def test_a_frame_drawn_whole_has_no_error_of_chance_where_all_answered(inspected):
    made = inspected(fractions={}, minimum_per_stratum=2, quota=10_000)

    _base, part, _shown = headline(made)
    assert all(row.probability == 1 for row in made.strata.all())
    assert part.sample.population.sum() == made.selections.filter(is_reserve=False).count()


def test_both_verifiers_compute_a_figure_over_joined_classes_beside_its_draw(
    office, inspected, tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        made = inspected(fractions={}, minimum_per_stratum=25, quota=60)
    release = actions.release(by=BY, series=office.series, region=REGION, periods=["2025Q1"])
    (data,) = bundles.compose_all(release, list(release.figures.filter(region=REGION, division="")))
    (tmp_path / "figure-test.json").write_bytes(data)
    draw = draw_bundles.find(made)
    (tmp_path / draw.name).write_bytes(draw.read_bytes())

    report = verification.check(json.loads(data), beside=tmp_path)
    alone = subprocess.run(
        [sys.executable, str(VERIFIER), str(tmp_path / "figure-test.json")], capture_output=True, text=True
    )

    assert made.joined is not None
    assert report.refusal == ""
    assert alone.returncode == 0, alone.stdout
    assert "the drawn units of 1 of 1 draws" in alone.stdout
