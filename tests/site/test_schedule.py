"""The schedule runs what is due, once, and a failing job neither stops the others nor waits a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from zhiheng import ledger
from zhiheng.errors import CheckFailed
from zhiheng.ledger import delivery
from zhiheng.ledger.models import Turn
from zhiheng.site import schedule

pytestmark = pytest.mark.django_db


class Counter:
    def __init__(self):
        self.calls, self.error = 0, None

    def __call__(self):
        self.calls += 1
        if self.error:
            raise self.error


def daily(run, id_="daily"):
    return schedule.Job(id_, timedelta(days=1), "a test", run)


def test_a_job_has_its_turn_once_in_its_time(frozen_now, at):
    counter = Counter()
    plan = (daily(counter),)

    assert schedule.tick(plan) == {"daily": "done"}
    with at(frozen_now + timedelta(hours=23)):
        assert schedule.tick(plan) == {"daily": "not due"}
    with at(frozen_now + timedelta(hours=24)):
        assert schedule.tick(plan) == {"daily": "done"}

    assert counter.calls == 2


def test_a_failing_job_is_named_by_its_code_and_tried_at_the_next_tick(frozen_now):
    broken, sound = Counter(), Counter()
    broken.error = CheckFailed("the chain of somebody", code="chain-broken")
    plan = (daily(broken, "broken"), daily(sound, "sound"))

    assert schedule.tick(plan) == {"broken": "failed: chain-broken", "sound": "done"}
    assert Turn.objects.get(pk="broken").last_error == "chain-broken"
    broken.error = None
    assert schedule.tick(plan) == {"broken": "done", "sound": "not due"}
    assert schedule.tick(plan) == {"broken": "not due", "sound": "not due"}


def test_the_real_schedule_runs_through_and_delivers(frozen_now, monkeypatch, actor, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    seen = []
    monkeypatch.setattr(delivery, "_handlers", {})
    ledger.on("draw.revealed", seen_by(seen))
    with transaction.atomic():
        entry = ledger.record(by=actor, verb="draw.revealed", subjects=[], detail={})

    outcome = schedule.tick()

    assert set(outcome.values()) == {"done"}
    assert seen == [str(entry.pk)]


def seen_by(seen):
    def handler(entry_id):
        seen.append(entry_id)

    return handler


def test_every_job_says_why_it_is_there():
    jobs = schedule.jobs()

    assert len({job.id for job in jobs}) == len(jobs)
    assert all(job.why for job in jobs)
