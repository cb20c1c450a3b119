"""A quota of a few firms over four credit classes is drawn: classes are joined, which everybody can check."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from zhiheng.stages.draw import actions, bundles, designing, queries, reasons
from zhiheng.stages.draw.rules import design
from zhiheng.stages.registry.models import Subject
from zhiheng.verification import draw as verification

from . import campaign

VERIFIER = Path(__file__).parents[2] / "verifier" / "verify.py"
WEIGHTS = {"credit": {"A": 1, "B": 2, "C": 4, "D": 8, "x": 1}}


@pytest.fixture
def goods(province):
    """An item whose firms stand in all four credit classes."""
    for number, subject in enumerate(province.subjects):
        Subject.objects.filter(pk=subject.pk).update(credit_class="ABCD"[number % 4])
    return campaign.item(divisions=["13", "34"])


def drawn(province, goods, quota, **changes):
    said = {"weights": WEIGHTS, "weights_reason": "credit supervision", "quota": quota} | changes
    return campaign.commit(province.officer, campaign.duty(province.officer, goods, **said))


@pytest.mark.parametrize("quota", range(1, 8))
def test_a_quota_of_one_to_seven_firms_is_drawn_with_exact_probabilities(province, goods, quota):
    draw = drawn(province, goods, quota)

    strata = queries.strata(draw)
    chances = [queries.probability(draw, subject.code) for subject in province.subjects]
    assert sum(row.sample for row in strata) == quota
    assert sum(row.population for row in strata) == len(province.subjects)
    assert sum(chances) == quota
    assert all(0 < chance <= 1 for chance in chances)
    assert draw.joined["quota"] == quota and draw.joined["reason"] == "quota-below-floors"


@pytest.mark.parametrize("quota", [1, 3, 7])
def test_both_verifiers_join_the_classes_again(province, goods, quota, django_capture_on_commit_callbacks):
    draw = drawn(province, goods, quota)
    with django_capture_on_commit_callbacks(execute=True):
        draw = actions.reveal(by=province.officer, draw=draw, beacon=campaign.BEACON)
        draw = campaign.close(province.officer, draw)
    path = bundles.write(draw)

    bundle = json.loads(path.read_text("utf-8"))
    report = verification.check(bundle)
    alone = subprocess.run([sys.executable, VERIFIER, path], capture_output=True, text=True, check=False)
    assert report.ok, report.refusal
    assert alone.returncode == 0, alone.stdout + alone.stderr
    assert len(bundle["certificate"]["selected"]) == quota


def test_a_quota_that_serves_every_class_joins_none(province, goods):
    draw = drawn(province, goods, 39)

    assert draw.joined is None
    assert "joined" not in json.loads(draw.announcement)


def test_a_small_frame_is_drawn_whole(province, goods):
    draw = drawn(province, goods, 40)

    assert all(row.probability == Fraction(1) for row in queries.strata(draw))
    assert draw.joined is None


def test_the_ground_says_which_classes_were_joined_and_why(province, goods):
    draw = drawn(province, goods, 3)

    said = " ".join(str(value) for _label, value in reasons.of_draw(draw).inputs)
    assert "zh-join-1" in said and "3" in said


def test_the_page_before_the_draw_says_so_too(client, province, goods):
    duty = campaign.duty(province.officer, goods, quota=2)
    actions.freeze(by=province.officer, obligation=duty)
    client.force_login(province.officer)

    page = client.get(f"/office/draws/prepare/{duty.pk}/").content.decode()

    assert "zh-join-1" in page


def test_a_cycle_is_held_to_its_quota_as_well(province):
    goods = campaign.item(divisions=["13", "34"])
    duty = campaign.duty(province.officer, goods, quota=3, cycle_from="2025Q1", cycle_to="2029Q4")
    frame = actions.freeze(by=province.officer, obligation=duty)

    found = designing.work_out(duty, frame, designing.Wish())

    assert found.n == 3


def test_a_joined_class_may_hold_what_the_duty_states_of_each():
    found = design.allot(
        {"A": 10, "B": 10, "C": 2}, quota=6, fractions={n: [1, 10] for n in "ABC"}, weights={}, minimum=3
    )

    assert [(row.stratum, row.sample, row.population) for row in found.shares] == [
        ("A", 3, 10),
        ("B~C", 3, 12),
    ]
    assert found.joined["least"] == {"A": 1, "B": 1, "C": 1}
