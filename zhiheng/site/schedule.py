"""The schedule: which jobs come round by themselves, how often and why; ``zhiheng tick`` runs what is due.

``tick`` is called every minute by cron, by a systemd timer, or by the worker that ``zhiheng serve`` starts.
Two ticks at once do no harm: a job's turn is taken in the database before it runs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from zhiheng.errors import ZhihengError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One job of the schedule; ``run`` takes no arguments and may be run twice without harm."""

    id: str
    every: timedelta
    why: str
    run: Callable[[], Any]


def jobs() -> tuple[Job, ...]:
    """Return the whole schedule."""
    return (
        Job("deliver", timedelta(0), "a kill after a commit leaves deliveries to be made", _deliver),
        Job("seal", timedelta(0), "what is public stands in the log within the minute", _seal),
        Job("log", timedelta(days=1), "a file of the log that somebody changed is found", _reread_log),
        Job(
            "sessions", timedelta(days=1), "sessions that have run out hold keys for nothing", _clear_sessions
        ),
        Job("strays", timedelta(days=1), "a killed writer leaves a temporary file", _sweep_evidence),
        Job("results", timedelta(days=1), "finished jobs of the last month are enough", _prune_results),
        Job("clocks", timedelta(hours=1), "a clock that has run out moves its case by itself", _end_clocks),
        Job("prints", timedelta(minutes=10), "a kill leaves a file of papers half set", _set_papers),
        Job("bundles", timedelta(hours=1), "a kill after a closing leaves no bundle", _write_bundles),
        Job("notices", timedelta(hours=1), "a kill after a publication leaves no file", _write_notices),
        Job("monitor", timedelta(hours=1), "a day that passes makes a draw overdue by itself", _watch),
        Job("figures", timedelta(hours=1), "a kill after a release leaves no bundle", _write_figures),
        Job("snapshots", timedelta(hours=1), "engines read released results as Parquet", _write_snapshots),
    )


def tick(schedule: tuple[Job, ...] | None = None) -> dict[str, str]:
    """Run what is due and return how each went: done, failed (with its code) or not due."""
    return {job.id: _turn(job) for job in (jobs() if schedule is None else schedule)}


def _turn(job: Job) -> str:
    if not _take_turn(job):
        return "not due"
    try:
        job.run()
    except Exception as error:
        code = error.code if isinstance(error, ZhihengError) else type(error).__name__
        logger.error("job %s failed: %s", job.id, code)
        _note(job, code[:64])
        return f"failed: {code}"
    _note(job, "")
    return "done"


def _take_turn(job: Job) -> bool:
    from django.db import transaction

    from zhiheng.ledger.models import Turn
    from zhiheng.people import clock

    now = clock.now()
    with transaction.atomic():
        turn = Turn.objects.select_for_update().filter(pk=job.id).first()
        if turn is None:
            Turn.objects.create(job=job.id, began_at=now)
            return True
        if now < turn.began_at + job.every and not turn.last_error:
            return False
        turn.began_at = now
        turn.save(update_fields=["began_at"])
        return True


def _note(job: Job, error: str) -> None:
    from zhiheng.ledger.models import Turn

    Turn.objects.filter(pk=job.id).update(last_error=error)


def _deliver() -> None:
    from zhiheng import ledger

    ledger.deliver_waiting()


def _seal() -> None:
    from zhiheng.ledger.sealing import sequencer, witnessing

    sequencer.seal_now()
    witnessing.ask_all()


def _reread_log() -> None:
    from zhiheng.ledger.sealing import sequencer

    sequencer.reread_all()


def _sweep_evidence() -> None:
    from zhiheng.ledger import evidence

    evidence.sweep()


def _clear_sessions() -> None:
    from django.core.management import call_command

    call_command("clearsessions")


def _prune_results() -> None:
    from django.core.management import call_command

    call_command("prune_db_task_results", min_age_days=30, verbosity=0)


def _end_clocks() -> None:
    from zhiheng.stages.inspection import jobs as inspection

    inspection.end_clocks()


def _set_papers() -> None:
    from zhiheng.stages.inspection.papers import jobs as papers

    papers.set_waiting()


def _write_bundles() -> None:
    from zhiheng.stages.draw import jobs as draws

    draws.write_bundles()


def _write_notices() -> None:
    from zhiheng.stages.disclosure import jobs as disclosure

    disclosure.write_bundles()


def _watch() -> None:
    from zhiheng.stages.disclosure import jobs as disclosure

    disclosure.watch()


def _write_figures() -> None:
    from zhiheng.stages.indicators import jobs as indicators

    indicators.write_bundles()


def _write_snapshots() -> None:
    from zhiheng.stages.indicators import snapshots

    snapshots.write_all()
