"""Several draws stand beside each other in a quarter, each on its own goods, and none twice on the same."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from zhiheng import ledger
from zhiheng.errors import Conflict, NotAllowed, RuleRefused
from zhiheng.stages.draw import actions, bundles, frames, lists, queries
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.registry.models import Inspector, Product, Subject
from zhiheng.verification import draw as verification

from . import campaign
from .conftest import REGION

VERIFIER = Path(__file__).parents[2] / "verifier" / "verify.py"


def codes(found) -> set[str]:
    return {subject.code for subject in found}


@pytest.fixture
def goods(province):
    return campaign.item()


def test_a_campaign_and_the_evaluation_stand_in_one_quarter(province, committed, goods):
    draw = campaign.commit(province.officer, campaign.duty(province.officer, goods))

    assert (committed.serial, draw.serial) == ("330000-2025Q1-001", "330000-2025Q1-002")
    said = json.loads(draw.announcement)
    assert said["scope"]["item"] == "2025-330000-2025-07"
    assert said["frame_size"] == Subject.objects.filter(division="13").count()


@pytest.mark.parametrize("changes", [{"channel": "factory"}, {"purpose": "enforcement"}])
def test_another_channel_or_purpose_is_another_thing(province, goods, changes):
    first = campaign.commit(province.officer, campaign.duty(province.officer, goods))
    second = campaign.commit(province.officer, campaign.duty(province.officer, goods, **changes))

    assert first.serial != second.serial and first.thing != second.thing


def test_a_second_draw_on_the_same_thing_is_refused_under_whatever_ground(province, goods):
    first = campaign.commit(province.officer, campaign.duty(province.officer, goods))
    again = campaign.duty(province.officer, goods, basis="another paper")

    with pytest.raises(Conflict) as refused:
        campaign.commit(province.officer, again)

    assert (refused.value.code, refused.value.facts["draw"]) == ("second-draw", first.serial)
    actions.abort(by=province.officer, draw=first, reason="wrong list")
    assert campaign.commit(province.officer, again).serial == "330000-2025Q1-002"


def test_the_database_itself_holds_one_draw_a_thing(province, goods):
    from django.db import IntegrityError

    draw = campaign.commit(province.officer, campaign.duty(province.officer, goods))
    other = campaign.duty(province.officer, goods, basis="another paper")

    draw.pk, draw.serial, draw.obligation = None, "330000-2025Q1-009", other
    draw._state.adding = True
    with pytest.raises(IntegrityError):
        draw.save(force_insert=True)


def test_a_campaign_takes_its_own_list_and_the_evaluation_that_of_the_region(province, frame, goods):
    duty = campaign.duty(province.officer, goods)
    own = actions.freeze(by=province.officer, obligation=duty)

    with campaign.refused("frame-of-another-duty"):
        actions.commit(by=province.officer, obligation=duty, frame=frame)
    with campaign.refused("frame-not-needed"):
        actions.commit(by=province.officer, obligation=province.obligation, frame=own)
    with campaign.refused("frame-not-needed"):
        actions.freeze(by=province.officer, obligation=province.obligation)
    assert queries.frame_for(duty) == own
    assert queries.frame_for(province.obligation) == frame


def test_freezing_a_list_twice_on_a_day_is_once_and_stands_in_the_public_ledger(province, goods):
    duty = campaign.duty(province.officer, goods)

    assert actions.freeze(by=province.officer, obligation=duty) == actions.freeze(
        by=province.officer, obligation=duty
    )
    verbs = [entry.verb for entry in ledger.timeline("obligation", str(duty.pk), public_only=True)]
    assert verbs.count("draw.frame_frozen") == 1


def test_a_stranger_freezes_nothing(province, goods, person):
    duty = campaign.duty(province.officer, goods)

    with pytest.raises(NotAllowed):
        actions.freeze(by=person(region="440000"), obligation=duty)


def test_a_list_holds_who_makes_the_goods_and_whose_goods_are_unknown(province):
    other, maker, unknown, *_rest = [s for s in province.subjects if s.division == "13"]
    Product.objects.create(subject=other, name="饼干", division="13", recorded_at=other.recorded_at)
    Product.objects.create(subject=maker, name="儿童玩具车", division="24", recorded_at=other.recorded_at)
    Product.objects.create(subject=unknown, name="玩具", division="13", recorded_at=other.recorded_at)

    by_word = codes(lists.producers(REGION, campaign.item(divisions=[], keywords=["玩具"])))
    both = codes(lists.producers(REGION, campaign.item(code="b", divisions=["13"], keywords=["玩具"])))
    by_division = codes(lists.producers(REGION, campaign.item(code="c", divisions=["24"])))

    assert by_word == {maker.code, unknown.code}
    silent = codes(Subject.objects.filter(division="13", products__isnull=True))
    assert both == {unknown.code} | silent
    assert by_division == {maker.code}


def test_a_quota_is_shared_out_by_weights_exactly(province, goods):
    duty = campaign.duty(
        province.officer,
        goods,
        quota=10,
        weights={"risk": {"A": 1, "B": 2, "C": 4, "D": 8}},
        weights_reason="more failures in the lower classes",
    )
    draw = campaign.commit(province.officer, duty)

    sizes = Counter(row.stratum for row in frames.rows(frames.data(draw.frame)))
    rows = {row.stratum: row for row in queries.strata(draw)}
    assert sum(row.sample for row in rows.values()) == 10
    assert all(row.sample >= min(2, sizes[name]) for name, row in rows.items())
    assert rows["C"].probability >= rows["B"].probability >= rows["A"].probability
    assert all(row.probability == Fraction(row.sample, sizes[name]) for name, row in rows.items())


def test_credit_classes_are_strata_of_their_own(province, goods):
    some = Subject.objects.filter(division="13", risk_class="A")
    Subject.objects.filter(pk__in=[subject.pk for subject in some[:5]]).update(credit_class="D")
    duty = campaign.duty(
        province.officer,
        goods,
        quota=12,
        weights={"credit": {"A": 1, "B": 1, "C": 2, "D": 4, "x": 1}},
        weights_reason="credit supervision",
    )
    draw = campaign.commit(province.officer, duty)

    strata = {row.stratum: row for row in queries.strata(draw)}
    assert {"A-D", "A-x"} <= set(strata)
    assert strata["A-D"].probability > strata["A-x"].probability


def test_a_quota_below_the_shares_of_its_own_duty_is_refused_with_the_least(province, goods):
    shares = {name: [1, 2] for name in "ABCD"}

    with pytest.raises(RuleRefused) as refused:
        campaign.commit(province.officer, campaign.duty(province.officer, goods, quota=3, fractions=shares))

    assert refused.value.code == "quota-below-shares"
    assert refused.value.facts["least"] > 3


def test_a_quota_above_the_list_draws_all(province, goods):
    draw = campaign.commit(province.officer, campaign.duty(province.officer, goods, quota=500))

    assert all(row.sample == row.population for row in queries.strata(draw))


def test_an_item_that_is_not_issued_or_elsewhere_carries_no_duty(province):
    for found in (campaign.item(state="candidate"), campaign.item(code="x", region="440000")):
        with campaign.refused("item-unknown"):
            campaign.duty(province.officer, found)


def test_both_verifiers_repeat_a_campaign_with_everything_in_it(
    province, goods, django_capture_on_commit_callbacks
):
    Inspector.objects.filter(code__in=["ZJ001", "ZJ002"]).update(fields=["13", "34"])
    duty = campaign.duty(province.officer, goods, channel="factory")
    listed = frames.rows(frames.data(actions.freeze(by=province.officer, obligation=duty)))
    left_out = listed[0].id
    with django_capture_on_commit_callbacks(execute=True):
        draw = campaign.draw(
            province.officer, duty, singles=[(left_out, "conflict", "owned by an officer's family")]
        )
        campaign.close(province.officer, draw)
    place = bundles.folder() / bundles.name(draw.serial)

    report = verification.check(json.loads(place.read_text("utf-8")))
    alone = subprocess.run([sys.executable, str(VERIFIER), str(place)], capture_output=True, text=True)

    assert report.ok, report.refusal
    assert alone.returncode == 0, alone.stdout
    draw = Draw.objects.get(pk=draw.pk)
    assert queries.probability(draw, left_out) == 0
    assert not draw.selections.filter(unit_code=left_out).exists()
