"""The monitor of the site runs the rules that everybody can run, and remembers since when it found what."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.indicators.conftest import moment
from zhiheng import ledger
from zhiheng.ledger import guards
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.site import schedule
from zhiheng.stages.disclosure import monitor
from zhiheng.stages.disclosure.models import Look, Observation

pytestmark = pytest.mark.django_db
AFTER = "2025-04-01T09:00:00"
MUCH_LATER = "2025-04-02T09:00:00"


def rules_found():
    return {(one.rule, one.subject) for one in monitor.standing()}


def test_an_honest_draw_leaves_nothing_to_ask_but_the_days_to_object(closed):
    with clock.at(moment(AFTER)):
        look = monitor.look()

    assert look.entries == len(list(ledger.published()))
    assert {rule for rule, _ in rules_found()} <= {"objections-cut"}


def test_a_draw_that_is_not_revealed_shows_until_it_is(draw, client):
    serial = draw(is_revealed=False).serial
    with clock.at(moment(AFTER)):
        monitor.look()
    since = Observation.objects.get(rule="reveal-overdue").found_at
    page = client.get(reverse("disclosure:monitor")).content.decode()

    assert ("reveal-overdue", serial) in rules_found()
    assert f'href="{reverse("draw:public_draw", args=[serial])}"' in page
    assert "逾期未揭示" in page

    with clock.at(moment(MUCH_LATER)):
        monitor.look()

    assert Observation.objects.get(rule="reveal-overdue").found_at == since


def test_what_is_found_no_more_stays_on_the_page_with_its_days(draw, client):
    waiting = draw(is_revealed=False)
    with clock.at(moment(AFTER)):
        monitor.look()
    with clock.at(waiting.committed_at):
        monitor.look()

    page = client.get(reverse("disclosure:monitor")).content.decode()

    assert monitor.standing() == [] or ("reveal-overdue", waiting.serial) not in rules_found()
    assert [one.rule for one in monitor.past()] == ["reveal-overdue"]
    assert "曾经发现、现已消失（1）" in page


def test_the_page_says_that_nobody_looked_yet(client):
    page = client.get(reverse("disclosure:monitor")).content.decode()

    assert "尚未运行" in page


def test_an_entry_altered_in_the_database_shows_on_the_public_page(closed, client):
    from django.db import connection

    with guards.lifted(connection):
        Entry.objects.filter(verb="draw.revealed").update(
            detail={"serial": "x", "certificate_sha256": "0" * 64}
        )
    with clock.at(moment(AFTER)):
        monitor.look()

    page = client.get(reverse("disclosure:monitor")).content.decode()

    assert {rule for rule, _ in rules_found()} & {"chain-torn", "revealed-twice"}
    assert "链条断裂" in page


def test_the_schedule_looks_every_hour(db):
    (job,) = [job for job in schedule.jobs() if job.id == "monitor"]

    job.run()
    job.run()

    assert Look.objects.count() == 2


def test_the_page_asks_the_database_little_however_much_was_found(client, django_assert_max_num_queries):
    now = clock.now()
    Look.objects.create(looked_at=now, entries=9)
    Observation.objects.bulk_create(
        Observation(
            key=f"{number:064}",
            rule="serial-gap",
            kind="broken",
            subject="330000-2025Q1",
            found_at=now,
            facts={"serial": f"330000-2025Q1-{number:03d}"},
        )
        for number in range(300)
    )

    with django_assert_max_num_queries(4):
        page = client.get(reverse("disclosure:monitor")).content.decode()

    assert "330000-2025Q1-001" in page
