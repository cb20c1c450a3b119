"""A unit in several frames keeps its chance in each, so that estimates over frames can weigh it."""

from __future__ import annotations

from fractions import Fraction

from zhiheng.stages.draw import overlaps
from zhiheng.stages.draw.models import Overlap
from zhiheng.stages.registry.models import Subject

from . import campaign


def test_units_of_two_frames_are_recorded_on_both_sides_with_exact_chances(province):
    Subject.objects.filter(pk__in=[s.pk for s in province.subjects[:12]]).update(channel="shop")
    goods = campaign.item(divisions=["13", "34"])
    wide = campaign.draw(province.officer, campaign.duty(province.officer, goods, quota=20))
    shops = campaign.draw(province.officer, campaign.duty(province.officer, goods, channel="shop", quota=9))
    factory = campaign.draw(
        province.officer, campaign.duty(province.officer, goods, channel="factory", quota=12)
    )

    in_shops = set(Subject.objects.filter(channel="shop").values_list("code", flat=True))
    for chosen in shops.selections.filter(is_reserve=False):
        (other,) = chosen.overlaps.all()
        assert other.other == wide and not chosen.overlaps.filter(other=factory).exists()
        own, there = overlaps.chances(chosen)
        assert there == Fraction(other.sample, other.population)
        single, by_count = overlaps.weights(chosen)
        assert (single, by_count) == (1 / (own + there), 1 / (2 * own))
    for chosen in wide.selections.filter(is_reserve=False):
        expected = shops if chosen.unit_code in in_shops else factory
        assert [row.other for row in chosen.overlaps.all()] == [expected]


def test_single_frame_weights_over_all_draws_add_up_to_the_union_on_average(province):
    """Over all units, the sum of chances times the single-frame weight is one each: exact, no simulation."""
    Subject.objects.filter(pk__in=[s.pk for s in province.subjects[:12]]).update(channel="shop")
    goods = campaign.item(divisions=["13", "34"])
    campaign.draw(province.officer, campaign.duty(province.officer, goods, quota=20))
    shops = campaign.draw(province.officer, campaign.duty(province.officer, goods, channel="shop", quota=9))

    for chosen in shops.selections.filter(is_reserve=False):
        single, _by_count = overlaps.weights(chosen)
        assert single * sum(overlaps.chances(chosen)) == 1


def test_draws_on_other_goods_do_not_overlap(province, revealed):
    campaign.draw(province.officer, campaign.duty(province.officer, campaign.item()))

    assert not Overlap.objects.exists()
