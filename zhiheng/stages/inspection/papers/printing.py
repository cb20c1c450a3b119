"""Sets one paper in the form asked for, and many as one file, part by part."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from zhiheng.errors import ZhihengError
from zhiheng.ledger import evidence
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reports import fonts, page, pdf, word, workbook
from zhiheng.reports.paper import Paper
from zhiheng.stages.draw import queries as draws

from .. import labels, queries
from ..models import PrintJob, Visit
from ..refusals import refuse
from . import kinds, lists, parts

BACK_ENDS = {"pdf": pdf, "docx": word, "html": page, "xlsx": workbook}
TASK_SHEET, LEDGER = "task-sheet", "ledger"
LEDGER_FORMS = ("pdf", "xlsx")
MOST = 20_000
MOST_LEDGER_ROWS = {"pdf": 2_000, "xlsx": 20_000}
CHUNK = 500
SHOW_EVERY = 50


def render(paper: Paper, form: str) -> bytes:
    """Return a paper in one of its forms."""
    if form not in BACK_ENDS:
        raise refuse("no-such-paper")
    return BACK_ENDS[form].render(paper)


def media_type(form: str) -> str:
    """Return what a browser is told of a form."""
    return BACK_ENDS[form].MEDIA_TYPE


def best_form() -> str:
    """Return PDF where this machine can set it, else the Word file."""
    return "pdf" if fonts.has_chinese() else "docx"


def build(kind: kinds.Kind, thing: Any, *, language: str, origin: str) -> Paper:
    """Return the paper of one visit or case, in its own language."""
    if language not in parts.LANGUAGES:
        raise refuse("no-such-paper")
    with parts.spoken_in(language):
        source = kind.source(thing)
        if kind.id != TASK_SHEET:
            return kind.build(source, origin=origin)
        return kind.build(source, origin=origin, **_of_draws([source])(source))


def permission(kind: str) -> str:
    """Return what a person needs to have papers of this kind set for many visits."""
    return P.DRAW_VIEW if kind == LEDGER else kinds.get(kind, batch=True).permission


def _share(visit: Visit, shares: Any) -> str:
    """Return the probability of the class that a visit was drawn from, as its draw states it."""
    found = shares.get((visit.selection.draw_id, visit.selection.stratum))
    return "" if found is None else "{}/{}".format(*visit.selection.chance(found))


def _of_draws(visits: list[Visit]) -> Callable[[Visit], dict[str, Any]]:
    """Return what the draw of each visit tells its task sheet; two statements for all of them."""
    drawn = {visit.selection.draw for visit in visits}
    shares, entries = draws.shares(drawn), draws.revealed_in(drawn)
    return lambda visit: {
        "share": _share(visit, shares),
        "entry": entries.get(visit.selection.draw.serial),
    }


def _nothing(_visit: Visit) -> dict[str, Any]:
    return {}


def wanted(job: PrintJob) -> Any:
    """Return the visits of a job, as the person who asked may see them now."""
    rows = queries.visits(job.person).order_by("period", "region", "selection__stratum", "selection__order")
    found = rows.filter(draw=job.draw) if job.draw_id else rows.filter(pk__in=job.visits)
    return found.select_related("case")


def write(job: PrintJob) -> tuple[str, int, int]:
    """Set the papers of a job, keep the file as evidence, and return its hash, the set and the left out."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as own, parts.spoken_in(job.language):
        place = Path(own) / f"papers.{job.form}"
        tally = _Tally(job)
        if job.kind == LEDGER:
            _write_ledger(job, place, tally)
        else:
            _write_papers(job, place, tally)
        kept = evidence.store(place, name=f"{job.kind}-{job.pk}.{job.form}", media_type=_kept_type(job.form))
    return kept.sha256, tally.done, tally.skipped


def sweep(*, older_than_seconds: float = 86_400) -> int:
    """Remove what killed jobs left half set, and return how many there were."""
    before = clock.now().timestamp() - older_than_seconds
    strays = [one for one in _folder().glob("*") if one.stat().st_mtime < before]
    for stray in strays:
        shutil.rmtree(stray, ignore_errors=True)
    return len(strays)


def _folder() -> Path:
    return Path(settings.VAR) / "prints"


def _kept_type(form: str) -> str:
    return media_type(form).partition(";")[0]


class _Tally:
    """Counts the papers set and left out, and shows the number on the job now and then."""

    def __init__(self, job: PrintJob) -> None:
        self.job, self.done, self.skipped = job, 0, 0

    def show(self, done: int) -> None:
        self.done = done
        PrintJob.objects.filter(pk=self.job.pk).update(done=done, skipped=self.skipped, moved_at=clock.now())


def _write_papers(job: PrintJob, place: Path, tally: _Tally) -> None:
    title = str(dict(labels.PAPERS)[job.kind])
    papers, dated = _papers(job, tally), clock.today()
    with place.open("wb") as out:
        for done in pdf.write_many(papers, out, title=title, dated=dated, at_once=SHOW_EVERY):
            tally.show(done)


def _papers(job: PrintJob, tally: _Tally) -> Iterator[Paper]:
    kind, rows = kinds.get(job.kind, batch=True), wanted(job)
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        order = keys[start : start + CHUNK]
        held = {visit.pk: visit for visit in rows.filter(pk__in=order)}
        visits = [held[key] for key in order if key in held]
        told = _of_draws(visits) if kind.id == TASK_SHEET else _nothing
        for visit in visits:
            if not (kind.may_print(job.person, visit) and kind.is_ready(visit)):
                tally.skipped += 1
                continue
            yield kind.build(visit, origin=job.origin, **told(visit))


def _write_ledger(job: PrintJob, place: Path, tally: _Tally) -> None:
    name = job.draw.serial if job.draw_id else _("Chosen visits")
    visits = list(wanted(job))
    paper = lists.ledger(visits, origin=job.origin, dated=clock.today(), name=name)
    place.write_bytes(render(paper, job.form))
    tally.show(len(visits))


def check_form(kind: str, form: str, language: str) -> None:
    """Refuse a form in which this paper is not set for many visits, or a language it does not speak."""
    if form not in (LEDGER_FORMS if kind == LEDGER else ("pdf",)) or language not in parts.LANGUAGES:
        raise refuse("no-such-paper")
    if form == "pdf":
        fonts.chinese()  # says what to install before anybody waits for it


def check_size(kind: str, form: str, count: int) -> None:
    """Refuse what no file can hold."""
    if count < 1:
        raise refuse("no-rows-chosen")
    most = MOST_LEDGER_ROWS[form] if kind == LEDGER else MOST
    if count > most:
        raise refuse("too-many-papers", count=count, most=most)


def fault_of(error: Exception) -> str:
    """Return the code by which a failure is known; words about the papers stay out of it."""
    return (error.code if isinstance(error, ZhihengError) else type(error).__name__)[:64]
