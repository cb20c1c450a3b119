"""The audit administrator reads the whole ledger and checks its chain; nobody else does."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from zhiheng import ledger
from zhiheng.ledger import guards
from zhiheng.ledger.models import Entry

LIST, CHECK = "/office/ledger/", "/office/ledger/check/"
pytestmark = pytest.mark.django_db


def write(actor, verb="draw.committed", visibility="internal", region="330000", **detail):
    with transaction.atomic():
        return ledger.record(
            by=actor,
            verb=verb,
            subjects=[("draw", "330000-2026Q1-001")],
            detail=detail,
            visibility=visibility,
            region=region,
        )


@pytest.mark.parametrize("who", ["officer", "system", "security"])
def test_nobody_but_the_audit_administrator_reads_the_ledger(three, signed_in, actor, who):
    entry = write(actor)
    client = signed_in(getattr(three, who))

    answers = [client.get(LIST), client.get(f"{LIST}{entry.seq}/"), client.post(CHECK)]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_the_list_is_narrowed_by_verb_region_day_and_visibility(three, signed_in, actor):
    signed = write(actor, "people.signed_in", "restricted", "000000")
    away = write(actor, "people.closed", "public", "440100")
    client = signed_in(three.audit)

    def shown(**filters):
        page = client.get(LIST, filters).content.decode()
        return {entry.seq for entry in (signed, away) if f'href="{LIST}{entry.seq}/"' in page}

    assert shown() == {signed.seq, away.seq}
    assert shown(verb="people.closed") == {away.seq}
    assert shown(region="440000") == {away.seq}
    assert shown(visibility="restricted") == {signed.seq}
    assert shown(at_from="2026-03-02", at_to="2026-03-02") == {signed.seq, away.seq}
    assert shown(at_from="2026-03-03") == set()


def test_the_list_has_a_bounded_number_of_statements(three, signed_in, actor, django_assert_max_num_queries):
    for number in range(60):
        write(actor, number=number)
    client = signed_in(three.audit)

    with django_assert_max_num_queries(8):
        assert client.get(LIST).status_code == 200


def test_an_audit_administrator_of_a_province_reads_that_province(signed_in, person_with, actor):
    inside, outside = write(actor, region="330106"), write(actor, region="440100")
    client = signed_in(person_with("audit_admin", "330000"))

    assert client.get(f"{LIST}{inside.seq}/").status_code == 200
    assert client.get(f"{LIST}{outside.seq}/").status_code == 404


def test_an_entry_shows_its_statement_as_it_was_hashed(three, signed_in, actor):
    from django.utils.html import escape

    from zhiheng.proof import canonical

    first, entry = write(actor), write(actor, reason="plan")

    page = signed_in(three.audit).get(f"{LIST}{entry.seq}/").content.decode()

    assert escape(canonical.dumps(ledger.statement_of(entry)).decode()) in page
    assert entry.hash in page and first.hash in page
    assert "The hash fits the statement" in page and "Hangs on the entry before" in page


def test_an_entry_names_no_person(three, signed_in, actor):
    with transaction.atomic():
        from zhiheng.people import actions

        actions.lock_person(by=three.system, person=three.officer, reason="left")
    entry = Entry.objects.get(verb="people.closed")

    page = signed_in(three.audit).get(f"{LIST}{entry.seq}/").content.decode()

    assert three.officer.display_name not in page
    assert three.officer.login not in page.split("<main", 1)[1]


def test_an_altered_entry_is_shown_as_altered(three, signed_in, actor):
    write(actor)
    entry = write(actor, grams=5)
    with guards.lifted(connection):
        Entry.objects.filter(pk=entry.pk).update(detail={"grams": 6})

    page = signed_in(three.audit).get(f"{LIST}{entry.seq}/").content.decode()

    assert "The hash does not fit the statement" in page


def test_the_whole_chain_is_checked_at_the_press_of_a_button(three, signed_in, actor):
    newest = [write(actor, number=number) for number in range(3)][-1]
    client = signed_in(three.audit)

    before, after = client.get(CHECK), client.post(CHECK)

    assert "Check the chain now" in before.content.decode()
    assert "The chain holds: 3 entries were checked" in after.content.decode()
    assert newest.hash in after.content.decode()


def test_a_broken_chain_is_named_by_its_entry(three, signed_in, actor):
    entries = [write(actor, number=number) for number in range(3)]
    with guards.lifted(connection):
        Entry.objects.filter(pk=entries[1].pk).update(region="440000")

    answer = signed_in(three.audit).post(CHECK)

    assert answer.status_code == 422
    assert "The chain breaks at entry 2." in answer.content.decode()


def test_an_empty_ledger_holds(three, signed_in):
    assert "The chain holds: 0 entries" in signed_in(three.audit).post(CHECK).content.decode()


def test_reading_an_entry_has_a_bounded_number_of_statements(
    three, signed_in, actor, django_assert_max_num_queries
):
    entry = write(actor)
    client = signed_in(three.audit)

    with django_assert_max_num_queries(10):
        assert client.get(f"{LIST}{entry.seq}/").status_code == 200
