"""What a laboratory does with its reports, and a person with the keys of machines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .cast import draw_of_today, person

ITEM, UNIT = "甲醛含量", "mg/kg"  # in the scope of every laboratory of the story
LAB = "DEMO-LAB-33-1"
SEALS = ("K-DRAFT", "K-SIGN", "K-ASIDE", "K-SIGNED", "K-WRONG", "K-AMEND")
TO_DRAFT, TO_SIGN, TO_PUT_ASIDE, SIGNED, WRONG, AMENDED = SEALS
OLD_KEY, NEW_KEY = "the key that stands before", "the new key"


def prepare() -> None:
    """Leave a sample to draft, two drafts, signed reports, the correction of one, and a key."""
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Visit

    visits = Visit.objects.filter(draw=draw_of_today(), selection__is_reserve=False, state="assigned")
    first_open = visits.order_by("selection__ticket")[1 : 1 + len(SEALS)]
    for seal, visit in zip(SEALS, list(first_open), strict=True):
        actions.record_visit(
            by=person("province"),
            visit=visit,
            outcome="sampled",
            visited_on=clock.today() - timedelta(days=1),
            product_name="演示品",
            seal_no=seal,
            lab=LAB,
        )
    for seal in (TO_SIGN, TO_PUT_ASIDE, SIGNED, WRONG, AMENDED):
        actions.save_drafts(by=person("lab"), rows=[_row(seal)])
    for seal in (SIGNED, WRONG, AMENDED):
        actions.sign_reports(by=person("lab"), drafts=[_draft(seal)])
    _begin_correction(WRONG)
    actions.save_drafts(by=person("lab"), rows=[_row(WRONG, "13.5")])
    _make_key(OLD_KEY)


def save_drafts() -> None:
    """Keep the draft of one sample."""
    from zhiheng.stages.inspection import actions

    actions.save_drafts(by=person("lab"), rows=[_row(TO_DRAFT)])


def discard_draft() -> None:
    """Put a draft aside."""
    from zhiheng.stages.inspection import actions

    actions.discard_draft(by=person("lab"), draft=_draft(TO_PUT_ASIDE))


def sign_reports() -> None:
    """Sign a draft that fails: results, report, verdict, case and notice."""
    from zhiheng.stages.inspection import actions

    actions.sign_reports(by=person("lab"), drafts=[_draft(TO_SIGN)])


def correct_report() -> None:
    """Begin the correction of a signed report."""
    _begin_correction(SIGNED)


def sign_correction() -> None:
    """Sign a correction: a new result in the place of the old one, and a new version of the report."""
    from zhiheng.stages.inspection import actions

    actions.sign_reports(by=person("lab"), drafts=[_draft(WRONG)])


def correct_results() -> None:
    """Correct a signed report and sign its new version at once."""
    from zhiheng.stages.inspection import actions

    actions.correct_results(by=person("lab"), rows=[_row(AMENDED, "11.5")], reason="a slip of the pen")


def create_token() -> None:
    """Make a key for the machine of the laboratory, unless it stands already."""
    from zhiheng.people.models import ApiToken

    if not ApiToken.objects.filter(label=NEW_KEY).exists():
        _make_key(NEW_KEY)


def revoke_token() -> None:
    """Revoke the key that stands before."""
    from zhiheng.people import actions
    from zhiheng.people.models import ApiToken

    actions.revoke_token(by=person("lab"), token=ApiToken.objects.get(label=OLD_KEY))


def _make_key(label: str) -> None:
    from zhiheng.people import actions, clock

    held = person("lab").appointments.get(role="lab")
    expires_on = clock.today() + timedelta(days=30)
    actions.create_token(by=person("lab"), appointment=held, label=label, expires_on=expires_on)


def _begin_correction(seal: str) -> None:
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Report

    report = Report.objects.get(sample__seal_no=seal, version=1)
    actions.correct_report(by=person("lab"), report=report, reason="a slip of the pen")


def _row(seal: str, value: str = "12.5") -> Any:
    from zhiheng.people import clock
    from zhiheng.stages.inspection.reporting import Line, Row

    value = "90.5" if seal == TO_SIGN else value
    line = Line(ITEM, "DEMO-T 1-2023", value, UNIT, "75.0", "upper", "0.5")
    return Row(seal, clock.today(), line)


def _draft(seal: str) -> Any:
    """Return the draft of a sample; when it is gone, one as an old page still shows it."""
    from zhiheng.stages.inspection.models import ReportDraft, Sample

    found = ReportDraft.objects.filter(sample__seal_no=seal).first()
    return found or ReportDraft(sample=Sample.objects.get(seal_no=seal))
