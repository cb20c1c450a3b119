"""Issues the papers of a case, and has papers of many visits set as one file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.draw.words import spoken

from ..models import Case, IssuedPaper, PrintJob
from ..papers import issued, kinds, printing
from ..refusals import REFUSALS, refuse


@spoken(REFUSALS)
@transaction.atomic
def issue_paper(*, by: Any, case: Case, kind: str, language: str = "zh", origin: str = "") -> IssuedPaper:
    """Issue a paper of a case: its words and its file are kept, and the ledger holds their hashes.

    The same words again return the paper that was issued; other words are a new paper beside it. The ledger
    names the number, the kind and the hashes; what the paper says of the firm stays in its file.
    """
    actor = people.require(by, P.CASE_HANDLE, region=case.region)
    wanted = kinds.get(kind, issued=True)
    case = Case.objects.select_for_update(of=("self",)).select_related("subject").get(pk=case.pk)
    paper = printing.build(wanted, case, language=language, origin=origin)
    known = IssuedPaper.objects.filter(case=case, kind=kind, data_sha=paper.digest).first()
    if known is not None:
        return known
    row = issued.keep(case, kind, paper)
    ledger.record(
        by=actor,
        verb="paper.issued",
        subjects=[("paper", str(row.pk)), ("case", str(case.pk)), ("subject", str(case.subject_id))],
        detail={
            "data_sha256": row.data_sha,
            "dated": row.dated.isoformat(),
            "file_sha256": row.file_sha,
            "kind": row.kind,
            "language": row.language,
            "template": row.template,
        },
        region=case.region,
    )
    return row


@spoken(REFUSALS)
@transaction.atomic
def start_print(
    *,
    by: Any,
    kind: str,
    draw: Draw | None = None,
    visits: Sequence[Any] = (),
    form: str = "pdf",
    language: str = "zh",
    origin: str = "",
) -> PrintJob:
    """Ask for the papers of a draw, or of chosen visits, as one file; a job sets them after this.

    What the person may not see or print is left out, now and again when the job runs. Asked for again
    before it is set, it is the same print.
    """
    region = draw.region if draw is not None else None
    actor = people.require(by, printing.permission(kind), region=region)
    printing.check_form(kind, form, language)
    get_user_model().objects.select_for_update().get(pk=by.pk)  # of two requests at once the second waits
    wanted = {
        "person": by,
        "kind": kind,
        "form": form,
        "language": language,
        "draw": draw,
        "visits": [str(key) for key in visits] if draw is None else [],
        "origin": origin,
    }
    known = PrintJob.objects.filter(**wanted, state__in=("queued", "running")).first()
    if known is not None:
        if known.state == "queued":  # a kill may have left it without its job; two jobs set it once
            transaction.on_commit(lambda: _enqueue(str(known.pk)), robust=True)
        return known
    job = PrintJob(
        **wanted,
        total=0,
        asked_at=clock.now(),
        moved_at=clock.now(),
    )
    job.total = printing.wanted(job).count()
    printing.check_size(kind, form, job.total)
    job.save(force_insert=True)
    about = [("print", str(job.pk))] + ([("draw", draw.serial)] if draw is not None else [])
    ledger.record(
        by=actor,
        verb="paper.print_asked",
        subjects=about,
        detail={"count": job.total, "form": form, "kind": kind},
        region=region or actor.region,
    )
    transaction.on_commit(lambda: _enqueue(str(job.pk)), robust=True)
    return job


@spoken(REFUSALS)
@transaction.atomic
def finish_print(*, by: Any, job: PrintJob, file_sha: str, done: int, skipped: int) -> PrintJob:
    """Note the file of a job that has been set; a job that was finished already stays as it is."""
    actor = people.require(by, P.INSPECTION_VIEW)
    job = PrintJob.objects.select_for_update(of=("self",)).select_related("draw").get(pk=job.pk)
    if job.state == "done":
        return job
    if job.state != "running":
        raise refuse("no-such-paper")
    job.state, job.file_sha, job.done, job.skipped = "done", file_sha, done, skipped
    job.moved_at = clock.now()
    job.save(update_fields=["state", "file_sha", "done", "skipped", "moved_at"])
    about = [("print", str(job.pk))] + ([("draw", job.draw.serial)] if job.draw else [])
    ledger.record(
        by=actor,
        verb="paper.printed",
        subjects=about,
        detail={"count": done, "file_sha256": file_sha, "kind": job.kind, "left_out": skipped},
        region=job.draw.region if job.draw else actor.region,
    )
    return job


def _enqueue(key: str) -> None:
    """Start the job; it is imported here because it finishes through an action of this module."""
    from ..papers import jobs

    jobs.set_papers.enqueue(key)
