"""What offices do with papers: issue those of a case, and ask for those of many visits as one file."""

from __future__ import annotations

from typing import Any

from .cast import failing_case, person, visit_of_today
from .inspection import CONTESTABLE

CHOSEN, BEGUN = (0, 1, 2), (3, 4)  # places of visits
FORM = "xlsx"


def _ask(places: tuple[int, ...]) -> Any:
    from zhiheng.stages.inspection import actions

    visits = [visit_of_today(place).pk for place in places]
    return actions.start_print(by=person("province"), kind="ledger", form=FORM, visits=visits)


def prepare() -> None:
    """Leave a print that a job has begun."""
    from zhiheng.stages.inspection.models import PrintJob

    PrintJob.objects.filter(pk=_ask(BEGUN).pk).update(state="running", done=len(BEGUN))


def issue_paper() -> None:
    """Issue the notice of a case that was served."""
    from zhiheng.stages.inspection import actions

    actions.issue_paper(by=person("province"), case=failing_case(CONTESTABLE), kind="notice")


def start_print() -> None:
    """Ask for the list of three visits as one file."""
    _ask(CHOSEN)


def finish_print() -> None:
    """Set the file of the print that was begun, as its job does, and note it."""
    from zhiheng.people import System
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import PrintJob
    from zhiheng.stages.inspection.papers import printing

    job = PrintJob.objects.select_related("person", "draw").get(total=len(BEGUN))
    sha256, done, skipped = printing.write(job)
    actions.finish_print(by=System("print"), job=job, file_sha=sha256, done=done, skipped=skipped)
