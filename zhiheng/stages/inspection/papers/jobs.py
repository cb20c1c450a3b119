"""Sets the papers that were asked for, one job at a time; what a kill left half set is set again."""

from __future__ import annotations

import logging
from datetime import timedelta

from django_tasks import task

from zhiheng import people
from zhiheng.people import clock

from .. import actions
from ..models import PrintJob
from . import printing

logger = logging.getLogger(__name__)
STALE = timedelta(minutes=10)
"""A running job shows its progress every few seconds; one that is silent for so long was killed."""


@task()
def set_papers(key: str) -> str:
    """Set the papers of one job and return how it went; a job that is done or under way is left alone."""
    job = _taken(key)
    if job is None:
        return "left"
    try:
        sha256, done, skipped = printing.write(job)
        actions.finish_print(by=people.System("print"), job=job, file_sha=sha256, done=done, skipped=skipped)
    except Exception as error:
        fault = printing.fault_of(error)
        PrintJob.objects.filter(pk=key).update(state="failed", fault=fault, moved_at=clock.now())
        logger.warning("print job %s failed: %s", key, fault)
        return "failed"
    return "done"


def set_waiting() -> int:
    """Set what was asked for and never begun, or begun and killed; twice does no harm."""
    printing.sweep()
    silent = PrintJob.objects.filter(
        state__in=("queued", "running"), moved_at__lt=clock.now() - STALE
    ).order_by("asked_at")
    return sum(set_papers.func(str(key)) == "done" for key in list(silent.values_list("pk", flat=True)))


def _taken(key: str) -> PrintJob | None:
    """Take a job: whoever moves it from its state first has it."""
    job = PrintJob.objects.select_related("person", "draw").filter(pk=key).first()
    if job is None or job.state not in ("queued", "running"):
        return None
    if job.state == "running" and job.moved_at > clock.now() - STALE:
        return None
    mine = PrintJob.objects.filter(pk=key, state=job.state, moved_at=job.moved_at)
    if not mine.update(state="running", done=0, skipped=0, moved_at=clock.now()):
        return None
    job.refresh_from_db()
    return job
