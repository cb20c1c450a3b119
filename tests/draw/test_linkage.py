"""A draw sees what stands on other draws: it leaves out with a reason, and never names a secret list."""

from __future__ import annotations

import pytest

from zhiheng.errors import BadInput
from zhiheng.people import clock
from zhiheng.stages.draw import actions, designing, linkage, queries
from zhiheng.stages.draw.designing import Wish
from zhiheng.stages.draw.models import Draw, Exclusion
from zhiheng.stages.draw.rules import design
from zhiheng.stages.registry.models import Frame

from . import campaign

CITY = "330100"


@pytest.fixture
def goods(province):
    return campaign.item(region="000000", divisions=["13", "34"])


def units(draw) -> set[str]:
    return set(draw.selections.filter(is_reserve=False).values_list("unit_code", flat=True))


def seen_by_the_city(province, goods):
    duty = campaign.duty(province.officer, goods, region=CITY, quota=8)
    frame = actions.freeze(by=province.officer, obligation=duty)
    return duty, frame


def test_what_a_higher_level_drew_is_left_out_of_a_lower_draw_with_its_reason(province, goods):
    above = campaign.close(
        province.officer, campaign.draw(province.officer, campaign.duty(province.officer, goods, quota=20))
    )
    duty, frame = seen_by_the_city(province, goods)
    found = designing.work_out(duty, frame, Wish(exclude=[design.HIGHER]))

    in_city = {row.id for row in found.rows} & units(above)
    assert in_city and set(found.exclusions) == in_city
    assert set(found.exclusions.values()) == {(design.HIGHER, above.serial)}
    assert found.population + len(in_city) == frame.unit_count
    draw = actions.reveal(
        by=province.officer,
        draw=actions.commit(by=province.officer, obligation=duty, frame=frame, exclude=[design.HIGHER]),
        beacon=b"a public text of the day after",
    )
    assert not units(draw) & in_city
    assert all(queries.probability(draw, unit) == 0 for unit in in_city)
    assert queries.excluded_counts(draw) == {design.HIGHER: len(in_city)}


def test_a_list_that_is_still_secret_is_told_by_its_number_alone(province, goods):
    above = campaign.draw(province.officer, campaign.duty(province.officer, goods, quota=20))
    duty, frame = seen_by_the_city(province, goods)
    found = designing.work_out(duty, frame, Wish(exclude=[design.HIGHER]))

    assert not found.exclusions
    assert found.linked.hidden == len({row.id for row in found.rows} & units(above)) > 0
    assert found.linked.hidden_draws == 1


def test_the_half_year_rule_is_offered_and_never_acts_by_itself(province, goods):
    first = campaign.draw(province.officer, campaign.duty(province.officer, goods))
    with clock.at("2025-04-07T10:00:00+08:00"):
        duty = campaign.duty(province.officer, goods, period="2025Q2")
        frame = actions.freeze(by=province.officer, obligation=duty)
        plain = designing.work_out(duty, frame, Wish())
        chosen = designing.work_out(duty, frame, Wish(exclude=[design.NO_REPEAT]))

        assert not plain.exclusions
        assert set(plain.linked.by_reason[design.NO_REPEAT]) == units(first)
        assert set(chosen.exclusions) == units(first)
    with clock.at("2025-09-30T10:00:00+08:00"):
        assert not linkage.find(duty, units(first)).by_reason[design.NO_REPEAT]
        assert linkage.find(duty, units(first)).by_reason[design.YEARLY]


def test_a_draw_on_other_goods_links_with_nothing(province, goods):
    campaign.draw(province.officer, campaign.duty(province.officer, goods))
    other = campaign.duty(province.officer, campaign.item(code="other"), period="2025Q1")
    frame = actions.freeze(by=province.officer, obligation=other)

    assert not designing.work_out(other, frame, Wish(exclude=design.BY_RULE)).exclusions


@pytest.mark.parametrize(
    ("single", "code"),
    [
        (("X1330106000009999A", "conflict", "word"), "excluded-elsewhere"),
        (("first", "higher-level", "word"), "no-such-exclusion"),
        (("first", "conflict", " "), "exclusion-without-word"),
    ],
)
def test_a_single_firm_is_left_out_with_a_known_reason_and_a_word_alone(province, frame, single, code):
    unit, reason, note = single
    unit = province.subjects[0].code if unit == "first" else unit

    with pytest.raises(BadInput) as refused:
        actions.commit(
            by=province.officer, obligation=province.obligation, frame=frame, singles=[(unit, reason, note)]
        )

    assert refused.value.code == code
    assert not Draw.objects.exists()


def test_an_unknown_ground_is_refused(province, frame):
    with campaign.refused("no-such-exclusion"):
        actions.commit(by=province.officer, obligation=province.obligation, frame=frame, exclude=["friend"])


def test_a_draw_of_nobody_is_refused(province, frame):
    everybody = [(subject.code, "merged", "word") for subject in province.subjects]

    with campaign.refused("all-excluded"):
        actions.commit(by=province.officer, obligation=province.obligation, frame=frame, singles=everybody)


def test_the_exclusions_of_a_draw_cannot_be_changed_before_its_reveal(province, frame):
    from zhiheng.errors import CheckFailed

    unit = province.subjects[0].code
    draw = actions.commit(
        by=province.officer,
        obligation=province.obligation,
        frame=frame,
        singles=[(unit, "merged", "merged with its neighbour")],
    )
    Exclusion.objects.filter(draw=draw).delete()

    with pytest.raises(CheckFailed, match="exclusions"):
        actions.reveal(by=province.officer, draw=draw, beacon=b"a public text of the day after")


def test_frames_of_duties_are_not_offered_for_the_region(province, frame, goods):
    actions.freeze(by=province.officer, obligation=campaign.duty(province.officer, goods))

    assert list(queries.frames_of(province.officer)) == [frame]
    assert Frame.objects.count() == 2
