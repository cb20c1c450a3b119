"""Ways to the verbs that no single deed reaches: what people do one after the other until an entry stands.

Each begins at what the deeds begin with, and is undone after the walk. Where a clock must run out, the days
go by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from typing import Any

from .deeds import cases, cast, identity, inspection, works

WHY = "演示理由"


def _by() -> Any:
    from zhiheng.people import System

    return System("walk")


@contextmanager
def _days(count: int) -> Iterator[None]:
    """Let days go by, and end the clocks that ran out meanwhile.

    A clock whose text nobody read, or whose holidays were not known when it started, ends nothing by itself:
    here both are known by then.
    """
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Clock

    with clock.at(clock.now() + timedelta(days=count)):
        for one in Clock.objects.filter(status="running", due_on__lt=clock.today()):
            proof = {name: {**said, "status": "final"} for name, said in one.proof.items()}
            Clock.objects.filter(pk=one.pk).update(proof=proof)
        actions.run_timeouts(by=_by())
        yield


def _move(item: str, *events: str) -> None:
    from zhiheng.stages.inspection import actions

    for event in events:
        actions.move_case(by=_by(), case=cases._case(item), event=event, reason=WHY)


def _object(item: str, kind: str, party: Any = None) -> None:
    from zhiheng.stages.inspection import actions

    said = {"kind": kind, "grounds": "another ground", "party": party}
    actions.object_result(by=_by(), case=cases._case(item), **said)


def _producer(item: str) -> Any:
    """Name and serve a producer, and return it."""
    from zhiheng.stages.inspection import actions

    case = cases._case(item)
    actions.add_party(by=_by(), case=case, role="producer", name=cases.PRODUCER, region=cases.NEIGHBOUR)
    return actions.serve_party(by=_by(), case=case, role="producer", served_by="post")


# --- cases ----------------------------------------------------------------------------------------


def fails_every_recheck() -> None:
    """Let a firm fail the re-check, the second one and the third one."""
    _move(cases.ON_SALE, "accept", "order_correction", "report_corrected", "recheck_fail")
    with _days(100):
        _move(cases.ON_SALE, "recheck_fail", "recheck_fail")


def passes_the_second_recheck() -> None:
    """Let a firm fail the re-check and pass the second one."""
    _move(cases.ON_SALE, "accept", "order_correction", "report_corrected", "recheck_fail")
    with _days(100):
        _move(cases.ON_SALE, "recheck_pass")


def passes_the_third_recheck() -> None:
    """Let a firm miss the second re-check and pass the third one."""
    _move(cases.ON_SALE, "accept", "order_correction", "report_corrected", "recheck_fail")
    with _days(400):
        _move(cases.ON_SALE, "second_recheck_overdue", "recheck_pass")


def corrects_nothing() -> None:
    """Let the time to correct run out, and the time of the re-check too."""
    _move(cases.ON_SALE, "accept", "order_correction")
    with _days(200):
        _move(cases.ON_SALE, "recheck_overdue")


def upholds_an_objection() -> None:
    """Uphold the objection to the sampling: the result counts no more."""
    _move(cases.OBJECTED, "uphold_objection")


def releases_the_producer() -> None:
    """Uphold the objection of a producer that it made nothing of the kind."""
    party = _producer(cases.UNNAMED)
    _object(cases.UNNAMED, "authenticity", party)
    _move(cases.UNNAMED, "release_producer")


def accepts_beside_another() -> None:
    """Let the firm accept while the producer may still object."""
    from zhiheng.stages.inspection import actions

    _producer(cases.UNNAMED)
    actions.accept_result(by=_by(), case=cases._case(cases.UNNAMED))


def names_the_laboratory_late() -> None:
    """Name the laboratory of a re-test when its time is over."""
    from zhiheng.stages.inspection import actions

    with _days(60):
        actions.name_retest_lab(by=_by(), case=cases._case(cases.FORMAL), lab=cases.RETEST_LAB, reason=WHY)


def fails_the_retest() -> None:
    """Let the re-test find the same."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules import Measurement

    case = cases._case(cases.RETESTING)
    said = cast.measured("0.9", cases.RETESTING)
    found = Measurement(seal_no=case.visit.sample.seal_no, lab=cases.RETEST_LAB, **said)
    actions.record_case_test(by=_by(), case=case, measured=found)


def loses_the_spare() -> None:
    """End a re-test whose spare sample is lost."""
    _move(cases.RETESTING, "spare_lost")


def lets_the_retest_lapse() -> None:
    """Offer a re-test to a firm that does nothing for it."""
    _object(cases.ON_SALE, "test")
    _move(cases.ON_SALE, "offer_retest")
    with _days(60):
        _move(cases.ON_SALE, "formalities_time_over")


def returns_a_case() -> None:
    """Return a case that was offered."""
    from zhiheng.stages.inspection import actions

    case = cases._case(cases.OFFERED)
    actions.answer_transfer(by=_by(), case=case, is_accepted=False, reason=WHY)


def corrects_a_failing_result() -> None:
    """Correct a result that failed: it passes, and its case is over."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Result

    failed = Result.objects.get(item=cases.ON_SALE)
    actions.correct_result(by=_by(), result=failed, reason=WHY, value="0.2")


# --- visits, works, the firm's page ---------------------------------------------------------------


def finds_nobody() -> None:
    """Find nobody at the address."""
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions

    visit = cast.visit_of_today(inspection.UNVISITED)
    actions.record_visit(by=_by(), visit=visit, outcome="not_found", visited_on=clock.today(), note=WHY)


def _planned(event: str) -> Callable[[], None]:
    """Return what ends a planned check of a site without a check."""

    def end() -> None:
        from zhiheng.site.demo import works as story
        from zhiheng.stages.inspection import actions

        check = works._check(f"DEMO-SITE-{story.SITES:03d}")
        actions.move_site_check(by=_by(), check=check, event=event, reason=WHY)

    return end


def _found(*events: str) -> Callable[[], None]:
    """Return what follows on the findings at a site."""

    def follow() -> None:
        from zhiheng.people import clock
        from zhiheng.stages.inspection import actions
        from zhiheng.stages.inspection.models import SiteCheck

        pk = SiteCheck.objects.filter(state="findings").order_by("site__code").first().pk
        for event in events:
            said = {"correct_by": clock.today() + timedelta(days=9)} if event == "order_correction" else {}
            check = SiteCheck.objects.get(pk=pk)
            actions.move_site_check(by=_by(), check=check, event=event, reason=WHY, **said)

    return follow


def knocks_at_the_firms_page() -> None:
    """Open the page of a firm with its code, and enter a wrong one until the door is locked."""
    from zhiheng.errors import ZhihengError
    from zhiheng.stages.inspection import actions, door

    visit = cast.failing_case(inspection.TIMED_OUT).visit
    issued = actions.issue_code(by=_by(), visit=visit)
    door.enter(organisation=visit.subject.code, code=issued.code)
    for _attempt in range(5):
        with suppress(ZhihengError):
            door.enter(organisation=visit.subject.code, code="0000-0000-0000")


# --- people, plan, register, log ------------------------------------------------------------------


def forgets_the_password() -> None:
    """Try a wrong password until the account is locked."""
    from zhiheng.errors import NotAllowed
    from zhiheng.people.sign_in import authenticate_person

    for _attempt in range(5):
        with suppress(NotAllowed):
            authenticate_person(login="kill-own", password="not this one at all")


def _duty(end: str) -> Callable[[], None]:
    """Return what drafts a duty, issues it and ends it."""

    def live() -> None:
        from tests import country
        from zhiheng.stages.plan import actions

        said = {"region": country.REGION, "period": "2027Q4", "basis": "walk"}
        duty = actions.create_obligation(by=_by(), as_draft=True, **said)
        for to in ("issued", end):
            actions.move_obligation(by=_by(), obligation=duty, to=to, reason=WHY)

    return live


def keeps_a_brand_and_a_site() -> None:
    """Add a brand and a site to a firm, and end both."""
    from zhiheng.people import clock
    from zhiheng.stages.registry import actions

    brand = {"name": "演示牌", "mark_no": "1", "valid_from": date(2024, 3, 1)}
    rows = {"sites": identity._site(), "brands": brand}
    for kind, row in rows.items():
        made = actions.add_belonging(by=_by(), subject=identity._firm(identity.KEPT), kind=kind, row=row)
        actions.end_belonging(by=_by(), kind=kind, thing=made, on=clock.today())


def renews_the_log() -> None:
    """End the public log and open the next, as after a change of its key; its files are not undone."""
    from zhiheng.ledger.sealing import renewal, sequencer

    sequencer.seal_now()
    renewal.renew(by=_by().actor(), reason="key")


WAYS: dict[str, Callable[[], None]] = {
    way.__name__: way
    for way in (
        fails_every_recheck,
        passes_the_second_recheck,
        passes_the_third_recheck,
        corrects_nothing,
        upholds_an_objection,
        releases_the_producer,
        accepts_beside_another,
        names_the_laboratory_late,
        fails_the_retest,
        loses_the_spare,
        lets_the_retest_lapse,
        returns_a_case,
        corrects_a_failing_result,
        finds_nobody,
        knocks_at_the_firms_page,
        forgets_the_password,
        keeps_a_brand_and_a_site,
    )
} | {
    "refused_at_a_site": _planned("refuse"),
    "not_begun_at_a_site": _planned("not_start"),
    "standstill_at_a_site": _planned("standstill"),
    "closes_a_site": _found("order_correction", "report_corrected", "recheck_pass"),
    "refers_a_site": _found("order_correction", "report_corrected", "recheck_fail", "suspend", "refer"),
    "ends_a_duty": _duty("done"),
    "lets_a_duty_lapse": _duty("lapsed"),
}
