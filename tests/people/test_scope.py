"""``may``, ``require`` and ``within`` give one answer, because they read one table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiheng import people
from zhiheng.errors import BadInput, NotAllowed, UnknownCode
from zhiheng.people import clock, scope
from zhiheng.people.models import Appointment, Person
from zhiheng.people.permissions import ALL, P
from zhiheng.people.roles import ROLES
from zhiheng.reference import regions

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
CODES = ("000000", "330000", "330100", "330102", "330106", "330300", "330302", "320000", "320100", "650000")


def plain_answer(person, permission, region, organisation, day):
    """The rule written out once more, slowly, from the regions' tree instead of their codes."""
    for held in Appointment.objects.filter(person=person):
        role = ROLES[held.role]
        in_force = held.valid_from <= day and not (held.valid_to and held.valid_to <= day)
        if not in_force or permission not in role.permissions:
            continue
        if role.scope == "organisation":
            if held.organisation and held.organisation == organisation:
                return True
        elif any(above.code == held.region for above in regions.path(region)):
            return True
    return False


@pytest.fixture
def rows(db):
    """Thirty rows with a region and an organisation: appointments of somebody else."""
    keeper = Person.objects.create(login="keeper", created_at=clock.now())
    return Appointment.objects.bulk_create(
        Appointment(
            person=keeper,
            role="officer",
            region=code,
            organisation=organisation,
            valid_from=DAY,
            valid_to=DAY + timedelta(days=1),
        )
        for code in CODES
        for organisation in ("", "lab-1", "lab-2")
    )


REGIONS = st.sampled_from(CODES)
ORGANISATIONS = st.sampled_from(["", "lab-1", "lab-2"])
HELD = st.tuples(
    st.sampled_from(sorted(ROLES)),
    REGIONS,
    ORGANISATIONS,
    st.integers(-3, 2),
    st.one_of(st.none(), st.integers(-2, 3)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.lists(HELD, max_size=4), permission=st.sampled_from(ALL))
def test_may_and_within_agree_with_the_plain_rule_for_every_row(rows, held, permission):
    Appointment.objects.filter(person__login="asked").delete()
    person, _made = Person.objects.get_or_create(login="asked", defaults={"created_at": clock.now()})
    for role, region, organisation, start, length in {
        h[:3]: h for h in held if h[0][-6:] != "_admin"
    }.values():
        starts = DAY + timedelta(days=start)
        ends = None if length is None else starts + timedelta(days=max(length, 0))
        Appointment.objects.create(
            person=person,
            role=role,
            region=region,
            organisation=organisation,
            valid_from=starts,
            valid_to=ends,
        )
    person.refresh_from_db()
    table = Appointment.objects.filter(person__login="keeper")

    seen = set(
        people.within(
            table, person, permission, region="region", organisation="organisation", on=DAY
        ).values_list("pk", flat=True)
    )

    for row in rows:
        place = {"region": row.region, "organisation": row.organisation}
        allowed = people.may(person, permission, on=DAY, **place)
        assert allowed == plain_answer(person, permission, row.region, row.organisation, DAY)
        assert (row.pk in seen) == allowed
        try:
            actor = people.require(person, permission, on=DAY, **place)
        except NotAllowed:
            assert not allowed
        else:
            assert allowed
            assert permission in ROLES[actor.role].permissions


@pytest.mark.parametrize("lookup", ["region", "organisation"])
def test_within_agrees_with_may_when_a_row_has_only_one_of_the_two(rows, person_with, lookup):
    for role in ("officer", "lab"):
        person = person_with(role, region="330000", organisation="lab-1")
        names = {"region": None, "organisation": None, lookup: lookup}
        table = Appointment.objects.filter(person__login="keeper")

        seen = set(
            people.within(table, person, P.INSPECTION_VIEW, on=DAY, **names).values_list("pk", flat=True)
        )

        for row in rows:
            assert (row.pk in seen) == people.may(
                person, P.INSPECTION_VIEW, on=DAY, **{lookup: getattr(row, lookup)}
            )


def test_a_province_reaches_its_counties_and_no_others(person_with):
    officer = person_with("officer", region="330000")

    assert people.may(officer, P.DRAW_COMMIT, region="330102")
    assert not people.may(officer, P.DRAW_COMMIT, region="320100")
    assert not people.may(officer, P.DRAW_COMMIT, region="000000")


def test_a_county_does_not_reach_up(person_with):
    officer = person_with("officer", region="330102")

    assert people.may(officer, P.INSPECTION_RECORD, region="330102")
    assert not people.may(officer, P.INSPECTION_RECORD, region="330100")


def test_a_firm_sees_itself_alone(person_with):
    firm = person_with("firm", organisation="firm-1")

    assert people.may(firm, P.OBJECTION_FILE, organisation="firm-1")
    assert not people.may(firm, P.OBJECTION_FILE, organisation="firm-2")
    assert not people.may(firm, P.REGISTRY_VIEW, region="330000")
    assert people.may(firm, P.OBJECTION_FILE), "a menu asks without a place"


def test_require_returns_the_snapshot_that_an_entry_keeps(person_with):
    officer = person_with("officer", region="330000")

    actor = people.require(officer, P.DRAW_COMMIT, region="330100")

    assert (actor.key, actor.role, actor.region) == (str(officer.pk), "officer", "330000")


def test_a_refusal_says_which_role_is_needed_and_names_nobody(person_with):
    firm = person_with("firm", organisation="firm-1", display_name="某企业人员")

    with pytest.raises(NotAllowed) as caught:
        people.require(firm, P.DRAW_COMMIT, region="330000")

    assert "监管人员" in caught.value.remedy
    with translation.override("en"), pytest.raises(NotAllowed, match="Regulatory officer"):
        people.require(firm, P.DRAW_COMMIT, region="330000")
    assert firm.display_name not in str(caught.value)
    assert caught.value.facts["permission"] == P.DRAW_COMMIT


def test_require_reads_the_appointments_afresh(person_with):
    officer = person_with("officer", region="330000")
    assert people.may(officer, P.DRAW_COMMIT, region="330000")
    Appointment.objects.filter(person=officer).update(valid_to=date(2001, 1, 1))

    with pytest.raises(NotAllowed):
        people.require(officer, P.DRAW_COMMIT, region="330000")


def test_many_questions_of_a_page_cost_one_query(person_with, django_assert_num_queries):
    officer = Person.objects.get(pk=person_with("officer", region="330000").pk)

    with django_assert_num_queries(1):
        for permission in ALL:
            people.may(officer, permission)


@pytest.mark.parametrize("nobody", [None, AnonymousUser(), "officer", object()])
def test_who_is_not_a_person_may_nothing(nobody):
    assert not people.may(nobody, P.REGISTRY_VIEW)
    assert not people.within(Appointment.objects.all(), nobody, P.REGISTRY_VIEW).exists()
    with pytest.raises(NotAllowed):
        people.require(nobody, P.REGISTRY_VIEW)


def test_a_closed_account_may_nothing(person_with):
    officer = person_with("officer", is_active=False)

    assert not people.may(officer, P.REGISTRY_VIEW)


@pytest.mark.parametrize(
    ("day", "holds"),
    [("2026-03-01", False), ("2026-03-02", True), ("2026-03-04", True), ("2026-03-05", False)],
)
def test_an_appointment_holds_from_its_first_day_until_the_day_before_its_end(person_with, day, holds):
    officer = person_with("officer", region="330000")
    Appointment.objects.filter(person=officer).update(valid_from=DAY, valid_to=date(2026, 3, 5))
    officer.refresh_from_db()

    with clock.at(f"{day}T12:00:00+08:00"):
        assert people.may(officer, P.REGISTRY_VIEW, region="330000") is holds


def test_the_day_is_that_of_beijing(person_with):
    officer = person_with("officer")
    Appointment.objects.filter(person=officer).update(valid_from=DAY)
    officer.refresh_from_db()

    with clock.at("2026-03-01T16:30:00+00:00"):
        assert people.may(officer, P.REGISTRY_VIEW)


def test_unknown_codes_are_refused_and_not_guessed(person_with):
    nation = person_with("officer")

    with pytest.raises(UnknownCode):
        people.require(nation, P.DRAW_COMMIT, region="33")
    with pytest.raises(UnknownCode):
        people.may(nation, "draw.undo")
    with pytest.raises(BadInput):
        people.within(Appointment.objects.all(), nation, P.DRAW_VIEW, region=None)


def test_the_system_acts_without_a_person_and_says_for_what():
    actor = people.require(people.System("tick"), P.PEOPLE_MANAGE, region="330000")

    assert (actor.key, actor.role, actor.region) == ("system:tick", "system", "000000")
    assert people.within(Appointment.objects.all(), people.System("tick"), P.DRAW_VIEW).count() == 0
    assert scope.may(people.System("tick"), P.DRAW_VIEW)


@pytest.mark.parametrize("permission", ALL)
@pytest.mark.parametrize("organisation", ["lab-1", "lab-2"])
def test_a_bearer_of_a_code_stands_under_the_same_table_as_a_firm(rows, permission, organisation):
    bearer = scope.Bearer("some-code", organisation, "330106")
    table = Appointment.objects.filter(person__login="keeper")

    seen = people.within(table, bearer, permission, region="region", organisation="organisation", on=DAY)

    kept = set(seen.values_list("pk", flat=True))
    for row in rows:
        place = {"region": row.region, "organisation": row.organisation}
        allowed = people.may(bearer, permission, on=DAY, **place)
        assert (row.pk in kept) == allowed
        assert allowed == (permission in ROLES["firm"].permissions and row.organisation == organisation)
        try:
            actor = people.require(bearer, permission, on=DAY, **place)
        except NotAllowed:
            assert not allowed
        else:
            assert (actor.key, actor.role, actor.region) == ("code:some-code", "firm", "330106")
