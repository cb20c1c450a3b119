"""Subjects that may be one are found with reasons, judged by a person, and never asked about again."""

from __future__ import annotations

import datetime as dt

import pytest

from zhiheng import ledger
from zhiheng.errors import BadInput, LimitExceeded, NotAllowed
from zhiheng.people import clock
from zhiheng.stages.registry import actions, alike, likeness, queries
from zhiheng.stages.registry.models import DuplicatePair, Subject

from .conftest import CITY, COUNTY, OTHER, code, subject_row

PLACES = {COUNTY: ("浙江省", "浙江", "杭州市", "杭州", "西湖区", "西湖")}


def row(number: int, name: str, **more) -> likeness.Row:
    said = {"code": code(number), "region": COUNTY, "division": "34", "addresses": ()} | more
    return likeness.Row(id=str(number), name=name, **said)


def score(one: likeness.Row, other: likeness.Row) -> int:
    found = likeness.pairs([one, other], PLACES)
    return found[0].score if found else 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("甬江精密机械有限公司", "甬江精密机械有限责任公司"),
        ("浙江省杭州市甬江精密机械有限公司", "甬江精密机械股份有限公司"),
        ("甬江 精密机械（有限公司）", "甬江精密机械有限公司"),
        ("ＡＢＣ精密机械有限公司", "abc精密机械有限公司"),
        ("杭州甬江精密机械有限公司", "西湖甬江精密机械公司"),
    ],
)
def test_names_that_differ_in_form_place_or_width_are_alike(one, other):
    found = likeness.pairs([row(1, one), row(2, other)], PLACES)

    assert [pair.first for pair in found] == ["1"]
    assert ("region-equal", COUNTY) in found[0].reasons
    assert found[0].reasons[0][0] == "name-equal"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("甬江精密机械有限公司", "曜厚信纺织有限公司"),
        ("甬江机械厂1", "甬江机械厂2"),
        ("甬江机械第一分公司", "甬江机械第二分公司"),
    ],
)
def test_other_names_and_numbered_branches_are_not_alike(one, other):
    assert score(row(1, one), row(2, other)) == 0


def test_an_equal_address_makes_up_for_a_letter_and_another_house_number_does_not():
    name = ("甬江精密机械有限公司", "甬红精密机械有限公司")
    here, there = ("文三路388号",), ("文三路390号",)

    assert score(row(1, name[0], addresses=here), row(2, name[1], addresses=here)) >= likeness.LEAST_SCORE
    assert score(row(1, name[0], addresses=here), row(2, name[1], addresses=there)) == 0


def test_two_codes_of_one_organisation_are_asked_about_whatever_the_names():
    moved = row(7, "曜厚信纺织有限公司", code=code(1, OTHER), region=OTHER)

    (found,) = likeness.pairs([row(1, "甬江精密机械有限公司"), moved], PLACES)

    assert ("organisation-number", likeness.organisation(code(1))) in found.reasons


def test_the_order_of_the_rows_plays_no_part():
    rows = [
        row(number, name) for number, name in enumerate(("甬江机械有限公司", "甬江机械公司", "曜厚信"), 1)
    ]

    assert likeness.pairs(rows, PLACES) == likeness.pairs(rows[::-1], PLACES)


def test_names_of_a_whole_place_are_left_standing():
    assert likeness.core("杭州", ("杭州",)) == "杭州"
    assert likeness.core("公司") == "公司"


# --- the list and its decisions --------------------------------------------------------------------


@pytest.fixture
def twins(system, db):
    rows = (subject_row(1, name="甬江精密机械有限公司"), subject_row(2, name="甬江精密机械有限责任公司"))
    return [actions.register_subject(by=system, row=one) for one in rows]


@pytest.fixture
def pair(officer, twins):
    (found,) = actions.search_duplicates(by=officer, region=COUNTY)
    return found


def _searches(region: str) -> list[int]:
    """Return how many new pairs each search of a region that is on record found, newest first."""
    entries = ledger.timeline("region", region)
    return [entry.detail["new"] for entry in entries if entry.verb == "registry.duplicates_searched"]


@pytest.mark.django_db
def test_a_search_puts_a_pair_on_the_list_once(officer, twins):
    first = actions.search_duplicates(by=officer, region=COUNTY)
    second = actions.search_duplicates(by=officer, region=COUNTY)

    assert (len(first), len(second), DuplicatePair.objects.count()) == (1, 0, 1)
    assert first[0].reasons[0][0] == "name-equal"
    assert _searches(COUNTY) == [1]


@pytest.mark.django_db
def test_a_search_of_another_day_or_region_is_on_record_though_it_finds_nothing(officer, city_officer, pair):
    with clock.at("2026-03-03T09:00:00+08:00"):
        actions.search_duplicates(by=officer, region=COUNTY)
        actions.search_duplicates(by=officer, region=COUNTY)
    actions.search_duplicates(by=city_officer, region=CITY)

    found = {place: _searches(place) for place in (COUNTY, CITY)}
    assert found == {COUNTY: [0, 1], CITY: [0]}


@pytest.mark.django_db
def test_the_same_putting_off_twice_is_once_and_another_reason_is_on_record(officer, pair):
    for reason in ("待核实", "待核实", "已发函"):
        actions.decide_duplicate(by=officer, pair=pair, decision="later", reason=reason)

    entries = ledger.timeline("subject", pair.first_id)
    decided = [entry for entry in entries if entry.verb == "registry.duplicate_decided"]
    told = [ledger.words.of(entry)[0].text for entry in decided]
    assert told == ["已发函", "待核实"]


@pytest.mark.django_db
@pytest.mark.parametrize("decision", ["different", "later"])
def test_a_decision_is_on_record_and_the_pair_is_never_asked_again(officer, pair, decision):
    actions.decide_duplicate(by=officer, pair=pair, decision=decision, reason="法定代表人与地址不同")

    pair.refresh_from_db()
    assert pair.decision == decision
    entry = ledger.timeline("subject", pair.first_id)[0]
    assert (entry.verb, entry.detail["decision"]) == ("registry.duplicate_decided", decision)
    assert actions.search_duplicates(by=officer, region=COUNTY) == []


@pytest.mark.django_db
def test_the_same_are_merged_into_the_chosen_survivor(officer, pair, twins):
    one, other = twins

    actions.decide_duplicate(by=officer, pair=pair, decision="same", reason="同一执照", keep=other.code)

    assert Subject.objects.get(pk=one.pk).merged_into == other
    assert queries.pair(officer, pair.pk).decision == "same"


@pytest.mark.django_db
def test_what_was_put_off_can_be_decided_and_what_was_decided_cannot(officer, pair):
    actions.decide_duplicate(by=officer, pair=pair, decision="later", reason="待核实")
    actions.decide_duplicate(by=officer, pair=pair, decision="different", reason="已核实")

    with pytest.raises(BadInput) as refusal:
        actions.decide_duplicate(by=officer, pair=pair, decision="same", reason="再看", keep=code(1))

    assert refusal.value.code == "decided-already"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said",
    [
        {"decision": "same", "keep": ""},
        {"decision": "same", "keep": code(9)},
        {"decision": "perhaps"},
        {"decision": "different", "reason": ""},
    ],
)
def test_a_decision_that_cannot_be_honoured_changes_nothing(officer, pair, said):
    with pytest.raises(BadInput):
        actions.decide_duplicate(by=officer, pair=pair, **({"reason": "同一执照"} | said))

    pair.refresh_from_db()
    assert pair.decision == "open"
    assert Subject.objects.filter(is_active=True).count() == 2


@pytest.mark.django_db
def test_others_neither_search_nor_decide_nor_see(officer, stranger, city_officer, pair):
    with pytest.raises(NotAllowed):
        actions.search_duplicates(by=stranger, region=COUNTY)
    with pytest.raises(NotAllowed):
        actions.decide_duplicate(by=stranger, pair=pair, decision="different", reason="不同")

    assert not queries.pairs(stranger).exists()
    assert queries.pairs(city_officer).count() == queries.pairs(officer).count() == 1


@pytest.mark.django_db
def test_a_pair_across_counties_belongs_to_the_city(officer, city_officer, system):
    actions.register_subject(by=system, row=subject_row(1, name="甬江精密机械有限公司"))
    there = subject_row(2, name="甬江精密机械公司", region="330102")
    actions.register_subject(by=system, row=there)

    (found,) = actions.search_duplicates(by=city_officer, region=CITY)

    assert found.region == CITY
    assert not queries.pairs(officer).exists()


@pytest.mark.django_db
def test_merged_subjects_are_not_compared_again(officer, pair, twins, system):
    actions.decide_duplicate(by=officer, pair=pair, decision="same", reason="同一执照", keep=code(1))
    actions.register_subject(by=system, row=subject_row(3, name="甬江精密机械公司"))

    (found,) = actions.search_duplicates(by=officer, region=COUNTY)

    assert {found.first.code, found.second.code} == {code(1), code(3)}


@pytest.mark.django_db
def test_a_pair_that_was_merged_by_hand_is_no_longer_asked_about(officer, pair, twins):
    gone, kept = twins

    actions.merge_subjects(by=officer, gone=gone, kept=kept, reason="同一执照")

    assert not queries.pairs(officer).exists()
    assert actions.search_duplicates(by=officer, region=COUNTY) == []


@pytest.mark.django_db
def test_a_region_too_large_to_compare_is_told(officer, twins, monkeypatch):
    monkeypatch.setattr(alike, "MOST_SUBJECTS", 1)

    with pytest.raises(LimitExceeded):
        actions.search_duplicates(by=officer, region=COUNTY)


@pytest.mark.django_db
def test_addresses_of_sites_that_ended_do_not_count(officer, twins):
    site = {"kind": "factory", "address": "文三路388号", "region": COUNTY, "valid_from": dt.date(2026, 1, 1)}
    made = [actions.add_belonging(by=officer, subject=one, kind="sites", row=site) for one in twins]
    before = alike.pairs(alike.rows(COUNTY))[0]
    actions.end_belonging(by=officer, kind="sites", thing=made[0], on=dt.date(2026, 2, 1))
    after = alike.pairs(alike.rows(COUNTY))[0]

    assert ("address-equal", "100") in before.reasons
    assert ("address-equal", "100") not in after.reasons
