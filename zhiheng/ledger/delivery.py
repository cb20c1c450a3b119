"""Brings entries to the rooms that wait for them: after the commit, at least once, each handler once.

``on`` is called in ``apps.ready``. The deliveries still to make are rows written in the entry's transaction,
so a kill after the commit loses none: the job that the commit queues does them, and ``tick`` does what is
left. A handler runs in one transaction with the mark that it is done; what it writes to the database happens
exactly once. What it does outside (mail, files) may happen again, so it must be idempotent by the entry's id.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django_tasks import task

from zhiheng.errors import ZhihengError
from zhiheng.ledger import instants
from zhiheng.ledger.models import Delivery, Entry

Handler = Callable[[str], Any]

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)

_handlers: dict[str, dict[str, Handler]] = {}
logger = logging.getLogger(__name__)


def on(verb: str, handler: Handler) -> None:
    """Let ``handler(entry_id)`` be called for every entry with this verb; to say it twice changes nothing.

    The handler is a function of a module or a ``django_tasks`` task; its dotted name is what is stored.
    """
    function = getattr(handler, "func", handler)
    name = f"{function.__module__}.{function.__qualname__}"
    _handlers.setdefault(verb, {})[name] = function


def handlers() -> dict[str, list[str]]:
    """Return which handlers wait for which verb."""
    return {verb: sorted(names) for verb, names in sorted(_handlers.items())}


def queue(entry: Entry) -> None:
    """Write what is to be delivered beside the entry, and start the job once that is committed."""
    queue_all(entry.verb, [entry.pk])


def queue_all(verb: str, keys: Sequence[UUID]) -> None:
    """Write what is to be delivered beside some entries of one verb, given by their keys."""
    names = sorted(_handlers.get(verb, ()))
    if not names:
        return
    due = instants.now()
    rows = [Delivery(entry_id=key, handler=name, next_attempt_at=due) for key in keys for name in names]
    Delivery.objects.bulk_create(rows)
    for row in rows:
        transaction.on_commit(lambda key=str(row.pk): deliver.enqueue(key), robust=True)


def waiting() -> QuerySet[Delivery]:
    """Return the deliveries that are still to be made, the most patient first."""
    return Delivery.objects.filter(delivered_at__isnull=True)


@task()
def deliver(delivery_id: str) -> str:
    """Make one delivery and return how it went: delivered, waiting or failed."""
    return attempt(delivery_id)


def deliver_waiting(*, limit: int = 1_000) -> dict[str, int]:
    """Make the deliveries that are due; ``tick`` calls this, so that nothing stays behind after a kill."""
    due = waiting().filter(next_attempt_at__lte=instants.now()).values_list("pk", flat=True)[:limit]
    outcome = {"delivered": 0, "waiting": 0, "failed": 0}
    for key in list(due):
        outcome[attempt(str(key))] += 1
    return outcome


def attempt(delivery_id: str) -> str:
    """Call the handler and mark the delivery in one transaction; note a failure by its code alone."""
    try:
        with transaction.atomic():
            row = _locked(delivery_id)
            if row is None:
                return "waiting"
            if row.delivered_at is None:
                _call(row)
                row.delivered_at, row.last_error = instants.now(), ""
                row.attempts += 1
                row.save(update_fields=["delivered_at", "last_error", "attempts"])
        return "delivered"
    except Exception as error:
        code = error.code if isinstance(error, ZhihengError) else type(error).__name__
        _note_failure(delivery_id, code[:64])
        return "failed"


def _locked(delivery_id: str) -> Delivery | None:
    rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("entry")
    return rows.filter(pk=delivery_id).first()


def _call(row: Delivery) -> None:
    handler = _handlers.get(row.entry.verb, {}).get(row.handler)
    if handler is None:
        raise LookupError(row.handler)
    handler(str(row.entry_id))


def _note_failure(delivery_id: str, code: str) -> None:
    with transaction.atomic():
        row = Delivery.objects.select_for_update().get(pk=delivery_id)
        if row.delivered_at is not None:
            return
        pause = min(FIRST_PAUSE * 2 ** min(row.attempts, 20), LONGEST_PAUSE)
        row.attempts, row.last_error = F("attempts") + 1, code
        row.next_attempt_at = instants.now() + pause
        row.save(update_fields=["attempts", "last_error", "next_attempt_at"])
    logger.warning("delivery %s to %s failed: %s", delivery_id, row.handler, code)
