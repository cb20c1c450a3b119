"""A figure over a draw that left firms out speaks of the covered ones, and strangers compute it again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from django.urls import reverse

from zhiheng.formats.identifiers import demo_uscc
from zhiheng.stages.draw import bundles as draw_bundles
from zhiheng.stages.indicators import actions, bundles, collecting, queries
from zhiheng.verification import figure as verification

from .conftest import BY, REGION, SIZES

VERIFIER = Path(__file__).parents[2] / "verifier" / "verify.py"
SINGLES = tuple((demo_uscc(number, "330106"), "merged", "merged in December") for number in (3, 130, 205))


def released(office, period="2025Q1"):
    return actions.release(by=BY, series=office.series, region=REGION, periods=[period])


def test_the_population_of_the_figure_is_the_covered_one(office, inspected, client):
    made = inspected(singles=SINGLES)
    figure = released(office).figures.get(region=REGION, division="", period="2025Q1")

    assert figure.population == sum(SIZES.values()) - len(SINGLES)
    assert sum(cell.population for cell in collecting.base([made], []).cells) == figure.population
    assert queries.left_out_behind(figure) == 3
    client.cookies["language"] = "en"
    address = reverse("indicators:figure", args=[office.series.pk, REGION, "2025Q1"])
    assert "left out 3 firms" in client.get(address).content.decode()


def test_both_verifiers_compute_it_again_beside_its_draw(
    office, inspected, tmp_path, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        made = inspected(singles=SINGLES)
    release = released(office)
    shown = release.figures.filter(region=REGION, division="", period="2025Q1")
    (data,) = bundles.compose_all(release, list(shown))
    (tmp_path / "figure-test.json").write_bytes(data)
    draw = draw_bundles.find(made)
    (tmp_path / draw.name).write_bytes(draw.read_bytes())

    report = verification.check(json.loads(data), beside=tmp_path)
    alone = subprocess.run(
        [sys.executable, str(VERIFIER), str(tmp_path / "figure-test.json")], capture_output=True, text=True
    )

    assert report.refusal == ""
    assert alone.returncode == 0, alone.stdout
    assert "the drawn units of 1 of 1 draws" in alone.stdout


def test_a_draw_on_one_channel_is_no_part_of_the_headline(office, inspected):
    from zhiheng.people import clock
    from zhiheng.stages.draw import actions as draws
    from zhiheng.stages.plan import actions as plan

    made = inspected()
    duty = plan.create_obligation(by=BY, region=REGION, period="2025Q1", quota=20, channel="factory")
    frame = draws.freeze(by=BY, obligation=duty)
    other = draws.commit(by=BY, obligation=duty, frame=frame, secret=bytes(range(32)))
    with clock.at("2025-06-10T09:00:00+08:00"):
        draws.reveal(by=BY, draw=other, beacon=b"a public text of that day")
        release = released(office)

    assert release.parameters["draws"] == [made.serial]
    assert release.parameters["unused"] == []
