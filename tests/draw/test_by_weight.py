"""A draw by weight: every probability is fixed beforehand, stored with each firm, repeated by a stranger."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import pytest

from zhiheng.ledger import evidence
from zhiheng.proof import canonical, lottery
from zhiheng.stages.draw import actions, bundles, frames, linkage, queries
from zhiheng.stages.draw.models import Draw
from zhiheng.verification import draw as verification

from .campaign import close, refused, rows_of
from .conftest import BEACON, NOON, SECRET

WEIGHTS = {"A": 1, "B": 2, "C": 4, "D": 16}


@pytest.fixture
def weighing(province):
    """Return the duty of the province with weights by risk class."""
    duty = province.obligation
    duty.weights = {"risk": WEIGHTS}
    duty.save()
    return duty


@pytest.fixture
def announced(weighing, province, frame):
    """Return a draw by weight that was announced."""
    return actions.commit(
        by=province.officer, obligation=weighing, frame=frame, secret=SECRET, by_weight=True
    )


@pytest.fixture
def opened(announced, province):
    """Return a draw by weight whose firms the office knows."""
    return actions.reveal(by=province.officer, draw=announced, beacon=BEACON)


def expected() -> dict[str, Fraction]:
    """Return the probabilities worked out by hand: class D is certain, the other 8 of 10 share by weight."""
    rest = 20 * 1 + 12 * 2 + 6 * 4
    return {"A": Fraction(8, rest), "B": Fraction(16, rest), "C": Fraction(32, rest), "D": Fraction(1)}


def test_the_announcement_fixes_weights_reasons_and_what_is_certain(announced):
    said = json.loads(announced.announcement)

    assert said["method"] == announced.method == "pareto"
    assert said["strata"] == [{"stratum": "*", "population": 40, "sample": 10}]
    assert {row["stratum"]: row["weight"] for row in said["weighting"]["classes"]} == WEIGHTS
    assert said["weighting"]["classes"][3]["reason"] == "risk D x16"
    assert (said["weighting"]["certain"], said["weighting"]["left"], said["weighting"]["weight"]) == (
        2,
        8,
        68,
    )


def test_every_unit_of_the_frame_has_its_probability_and_they_add_up_to_the_sample(announced):
    total = Fraction(0)

    for row in rows_of(announced):
        share = queries.probability(announced, row.id)
        assert share == expected()[row.stratum]
        total += share

    assert total == 10
    assert queries.probabilities(announced) == expected()


def test_the_drawn_are_those_of_the_plain_rule_and_keep_their_own_probability(opened):
    rows = rows_of(opened)
    classes = {row.id: row.stratum for row in rows}
    seed = bytes.fromhex(opened.seed)
    name = frames.namer(opened.frame)
    plain = lottery.select_by_weight(seed, [(name(row.id), WEIGHTS[row.stratum]) for row in rows], 10, 3)

    chosen = list(queries.selections(opened))
    assert [name(row.unit_code) for row in chosen] == list(plain.selected)
    spare = queries.selections(opened, reserves=True)
    assert [name(row.unit_code) for row in spare] == list(plain.reserves)
    for row in chosen:
        assert Fraction(row.probability_num, row.probability_den) == expected()[classes[row.unit_code]]
    assert {row.id for row in rows if row.stratum == "D"} <= {row.unit_code for row in chosen}


def test_a_stranger_repeats_it_and_says_how_near_the_probabilities_are(opened, province):
    draw = close(province.officer, opened)
    bundle = canonical.loads(bundles.find(draw).read_bytes())

    report = verification.check(bundle)
    steps = {step.name: step.detail for step in report.steps}

    assert report.ok, report.refusal
    assert "A 2/17; B 4/17; C 8/17; D 1/1; 2 certain" in steps["probabilities"]
    # d = 20 (2/17)(15/17) + 12 (4/17)(13/17) + 6 (8/17)(9/17) = 5.73, and 4 % / 5.73 = 0.7 %
    assert "within 0.7% of its target" in steps["probabilities"]


@pytest.mark.parametrize(
    "forgery", ["weight", "probability", "certain", "method", "other unit", "shared probability"]
)
def test_a_forged_draw_by_weight_is_refused(opened, province, forgery):
    draw = close(province.officer, opened)
    bundle = copy.deepcopy(canonical.loads(bundles.find(draw).read_bytes()))
    certificate = bundle["certificate"]
    said = certificate["announcement"]
    if forgery == "weight":
        said["weighting"]["classes"][0]["weight"] = 3
    elif forgery == "probability":
        certificate["selected"][-1]["probability"] = [1, 2]
    elif forgery == "certain":
        said["weighting"]["certain"] = 1
    elif forgery == "method":
        said["method"] = "srs-within-strata"
    elif forgery == "other unit":
        certificate["selected"][-1]["unit"] = certificate["reserves"][-1]["unit"]
        certificate["reserves"].pop()
    else:
        certificate["strata"][0]["probability"] = [10, 40]

    assert not verification.check(bundle).ok


def test_results_and_overlaps_carry_the_probability_of_the_firm(opened, province):
    """Each result keeps it, so that no figure can weigh it as if its class had been drawn at random."""
    chosen = queries.selections(opened).exclude(probability_den=1).first()

    share = opened.strata.get()
    assert chosen.chance(share) == (chosen.probability_num, chosen.probability_den) != (10, 40)
    assert share.sample / share.population == 0.25


def test_a_duty_that_weighs_all_classes_alike_is_not_drawn_by_weight(province, frame):
    with refused("no-weights"):
        actions.commit(by=province.officer, obligation=province.obligation, frame=frame, by_weight=True)
    assert not Draw.objects.exists()


def test_a_cycle_of_full_coverage_is_not_drawn_by_weight(weighing, province, frame, monkeypatch):
    monkeypatch.setattr(type(weighing), "is_full_coverage", True)
    monkeypatch.setattr(linkage, "covered", lambda duty, units: {})

    with refused("weights-not-here"):
        actions.commit(by=province.officer, obligation=weighing, frame=frame, by_weight=True)


def test_reserves_step_in_over_all_classes(opened, province):
    from zhiheng.stages.inspection import actions as inspection
    from zhiheng.stages.inspection.rules import Finding

    inspection.open_visits(by=province.officer, draw=opened)
    first = queries.selections(opened).first()
    rows = [(first.unit_code, Finding("refused", NOON.date()))]
    inspection.record_visits_bulk(by=province.officer, draw=opened, rows=rows)

    made = actions.use_reserve(by=province.officer, selection=first, reason="refused twice")

    assert made.reserve.order == 11 and made.reserve.is_reserve
    certificate = canonical.loads(evidence.read(opened.certificate_sha))
    assert len(certificate["reserves"]) == 3
