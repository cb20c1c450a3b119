"""What a firm does by its access code, and what inspectors do on the spot."""

from __future__ import annotations

from uuid import UUID

from .cast import failing_case, person, visit_of_today
from .inspection import CONTESTABLE, TIMED_OUT

TOKEN = UUID("018f0000-0000-7000-8000-00000000f1e1")
TO_CONFIRM, RECORDED = -4, 0  # places of visits: one that the story left open, one that it recorded
JPEG = b"\xff\xd8\xff\xe0" + b"deed" * 64


def prepare() -> None:
    """Leave a code in the hands of a firm that may still object, and a visit for the second to confirm."""
    from datetime import date, timedelta

    from zhiheng.people import clock
    from zhiheng.people.models import Appointment, Person
    from zhiheng.stages.inspection import actions

    actions.issue_code(by=person("province"), visit=failing_case(CONTESTABLE).visit)
    visit = visit_of_today(TO_CONFIRM)
    yesterday = clock.today() - timedelta(days=1)  # the batch of today is of other visits
    actions.record_visit(by=person("province"), visit=visit, outcome="no_stock", visited_on=yesterday)
    second = Person.objects.create(login="second", display_name="演示第二检查员", created_at=clock.now())
    Appointment.objects.create(
        person=second,
        role="inspector",
        region=visit.region,
        organisation=visit.selection.second_inspector.code,
        valid_from=date(2020, 1, 1),
    )


def issue_code() -> None:
    """Issue the access code of a firm whose notice was served, unless its page says that one is in force."""
    from zhiheng.stages.inspection import actions, firm_queries

    visit = failing_case(TIMED_OUT).visit
    if firm_queries.access_in_force(visit.subject) is None:
        actions.issue_code(by=person("province"), visit=visit)


def hand_in() -> None:
    """Object with a file through the firm's own page; done again it carries the same token."""
    from zhiheng.people import Bearer
    from zhiheng.stages.inspection import actions, handed_files
    from zhiheng.stages.inspection.actions.proofs import HandedIn
    from zhiheng.stages.inspection.models import AccessCode

    case = failing_case(CONTESTABLE)
    access = AccessCode.objects.get(subject=case.subject, ended_at__isnull=True)
    bearer = Bearer(str(access.pk), case.subject.code, case.subject.region)
    files = [handed_files.Paper("deed.jpg", JPEG)]
    said = {"said": "stored too warm", "objection_kind": "test", "files": files}
    actions.hand_in(by=bearer, case=case, handed=HandedIn("object", TOKEN, **said))


def confirm_visit() -> None:
    """Confirm a visit as its second inspector."""
    from zhiheng.stages.inspection import actions

    actions.confirm_visit(by=person("second"), visit=visit_of_today(TO_CONFIRM))
