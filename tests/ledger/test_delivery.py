"""Entries reach the rooms that wait for them: after the commit, again after a failure, each room once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from zhiheng import ledger
from zhiheng.errors import RuleRefused
from zhiheng.ledger import delivery
from zhiheng.ledger.models import Delivery, Entry

VERB = "draw.revealed"
calls: list[str] = []


def listen(entry_id: str) -> None:
    calls.append(entry_id)


def listen_too(entry_id: str) -> None:
    calls.append(f"too {entry_id}")


def record_an_answer(entry_id: str) -> None:
    """Write to the database and then fail: both must be undone together."""
    question = Entry.objects.get(pk=entry_id)
    ledger.record(
        by=ledger.Actor("system:test", "system", "000000"),
        verb="inspection.answered",
        subjects=[("entry", str(question.pk))],
        detail={},
    )
    if fail_with:
        raise fail_with[0]


fail_with: list[Exception] = []


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch):
    monkeypatch.setattr(delivery, "_handlers", {})
    calls.clear()
    fail_with.clear()


def write(actor):
    with transaction.atomic():
        return ledger.record(by=actor, verb=VERB, subjects=[("draw", "d-1")], detail={})


@pytest.mark.django_db(transaction=True)
def test_a_handler_is_called_after_the_commit_and_not_before(actor):
    ledger.on(VERB, listen)

    with transaction.atomic():
        entry = ledger.record(by=actor, verb=VERB, subjects=[], detail={})
        assert calls == []

    assert calls == [str(entry.pk)]
    assert not delivery.waiting().exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_delivered_of_what_was_rolled_back(actor):
    ledger.on(VERB, listen)

    with pytest.raises(RuntimeError), transaction.atomic():
        ledger.record(by=actor, verb=VERB, subjects=[], detail={})
        raise RuntimeError

    ledger.deliver_waiting()
    assert calls == []
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_handler_said_twice_is_called_once(actor, django_capture_on_commit_callbacks):
    ledger.on(VERB, listen)
    ledger.on(VERB, listen)
    ledger.on(VERB, listen_too)

    with django_capture_on_commit_callbacks(execute=True):
        entry = write(actor)

    assert sorted(calls) == sorted([str(entry.pk), f"too {entry.pk}"])
    assert delivery.handlers() == {VERB: sorted(Delivery.objects.values_list("handler", flat=True))}


@pytest.mark.django_db
def test_a_delivery_made_twice_calls_its_handler_once(actor, frozen_now):
    ledger.on(VERB, listen)
    write(actor)
    row = Delivery.objects.get()

    assert [delivery.attempt(str(row.pk)) for _ in range(3)] == ["delivered"] * 3

    assert len(calls) == 1
    assert Delivery.objects.get().attempts == 1


@pytest.mark.django_db
def test_what_the_commit_did_not_start_is_done_at_the_next_tick(actor, frozen_now):
    ledger.on(VERB, listen)
    entry = write(actor)  # the test's own transaction never commits, as after a kill
    assert calls == []

    assert ledger.deliver_waiting() == {"delivered": 1, "waiting": 0, "failed": 0}

    assert calls == [str(entry.pk)]
    assert ledger.deliver_waiting()["delivered"] == 0


@pytest.mark.django_db
def test_a_failing_handler_is_undone_noted_by_its_code_and_tried_again_later(actor, at, frozen_now):
    fail_with.append(RuleRefused("somebody may not", "do this", code="frame-stale"))
    ledger.on(VERB, record_an_answer)
    write(actor)

    assert ledger.deliver_waiting()["failed"] == 1
    row = Delivery.objects.get()
    assert (row.attempts, row.last_error, row.delivered_at) == (1, "frame-stale", None)
    assert not Entry.objects.filter(verb="inspection.answered").exists()
    assert ledger.deliver_waiting()["failed"] == 0, "the pause is not over"

    fail_with.clear()
    with at(frozen_now + timedelta(minutes=1)):
        assert ledger.deliver_waiting()["delivered"] == 1
    assert Entry.objects.filter(verb="inspection.answered").count() == 1
    assert ledger.check() == 2


@pytest.mark.django_db
def test_pauses_grow_up_to_a_bound(actor, at, frozen_now):
    fail_with.append(ValueError("has a name in it"))
    ledger.on(VERB, record_an_answer)
    write(actor)
    moment, pauses = frozen_now, []

    for _ in range(14):
        with at(moment):
            ledger.deliver_waiting()
        row = Delivery.objects.get()
        pauses.append(row.next_attempt_at - moment)
        moment = row.next_attempt_at

    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert pauses[-1] == delivery.LONGEST_PAUSE
    assert Delivery.objects.get().last_error == "ValueError"


@pytest.mark.django_db
def test_a_handler_that_is_gone_keeps_its_delivery_waiting(actor, frozen_now):
    ledger.on(VERB, listen)
    write(actor)
    delivery._handlers.clear()

    assert ledger.deliver_waiting()["failed"] == 1

    assert Delivery.objects.get().last_error == "LookupError"
    assert Delivery.objects.get().delivered_at is None


@pytest.mark.django_db
def test_the_failure_of_one_handler_does_not_stop_another(actor, frozen_now):
    fail_with.append(ValueError())
    ledger.on(VERB, record_an_answer)
    ledger.on(VERB, listen)
    write(actor)

    assert ledger.deliver_waiting() == {"delivered": 1, "waiting": 0, "failed": 1}
    assert len(calls) == 1


@pytest.mark.django_db
def test_a_delivery_that_does_not_exist_is_left_alone():
    assert delivery.attempt(str(ledger.ids.uuid7())) == "waiting"
