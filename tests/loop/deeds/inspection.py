"""What offices, inspectors, laboratories and firms do with visits, samples, results and cases."""

from __future__ import annotations

from datetime import timedelta

from .cast import (
    ENDED,
    ITEM_BEFORE,
    REVEALED,
    draw_of,
    draw_of_today,
    failing_case,
    measured,
    person,
    visit_of_today,
    waiting_samples,
)

LAB = "DEMO-LAB-33-1"
UNVISITED, UNSEALED, UNASSIGNED = -1, -2, -3  # places of visits that the story left open
UNSERVED, CONTESTABLE, TIMED_OUT = 0, 1, 2  # places of the cases that stand before
OBJECTION_OVER = timedelta(days=25)


def prepare() -> None:
    """Leave samples to seal and to assign, a notice to serve, a result to contest, a clock that ended."""
    from zhiheng.people import System, clock
    from zhiheng.stages.inspection import actions

    actions.run_timeouts(by=System("tick"))
    before = {"outcome": "sampled", "visited_on": clock.today() - timedelta(days=1), "product_name": "演示品"}
    officer = person("province")
    actions.record_visit(by=officer, visit=visit_of_today(UNSEALED), **before)
    actions.record_visit(by=officer, visit=visit_of_today(UNASSIGNED), seal_no="K-UNASSIGNED", **before)
    waiting = waiting_samples()
    first = next(place for place, sample in enumerate(waiting) if sample.lab == LAB)
    unserved, contestable, timed_out = waiting[first : first + 3]
    actions.record_result(by=person("lab"), sample=unserved, **measured("0.9", ITEM_BEFORE))
    actions.record_result(by=officer, sample=contestable, **measured("0.9", ITEM_BEFORE))
    with clock.at(clock.now() - OBJECTION_OVER):
        actions.record_result(by=officer, sample=timed_out, **measured("0.9", ITEM_BEFORE))


# --- visits and samples ---------------------------------------------------------------------------


def open_visits() -> None:
    """Open the visits of a revealed draw."""
    from zhiheng.stages.inspection import actions

    actions.open_visits(by=person("province"), draw=draw_of(REVEALED))


def record_visit() -> None:
    """Record one visit with its sealed sample."""
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions

    actions.record_visit(
        by=person("province"),
        visit=visit_of_today(UNVISITED),
        outcome="sampled",
        visited_on=clock.today(),
        product_name="演示产品",
        seal_no="K-ONE",
        lab=LAB,
    )


def record_visits() -> None:
    """Record the visits of the draw of today that the story left open, in one batch."""
    from zhiheng.people import clock
    from zhiheng.stages.draw.models import Selection
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules import Finding

    draw, today = draw_of_today(), clock.today()
    chosen = Selection.objects.filter(draw=draw, is_reserve=False).order_by("ticket")
    units = [unit for unit, on in chosen.values_list("unit_code", "visit__visited_on") if on in (None, today)]
    rows = [
        (unit, Finding("sampled", today, "演示产品", f"K-{place:04d}", LAB))
        if place % 3
        else (unit, Finding("refused", today))
        for place, unit in enumerate(units)
    ]
    actions.record_visits_bulk(by=person("province"), draw=draw, rows=rows)


def seal_sample() -> None:
    """Seal the sample that was taken without a seal."""
    from zhiheng.stages.inspection import actions

    sample = visit_of_today(UNSEALED).sample
    actions.seal_sample(by=person("province"), sample=sample, seal_no="K-SEALED")


def assign_lab() -> None:
    """Assign the sample that is at no laboratory."""
    from zhiheng.stages.inspection import actions

    actions.assign_lab(by=person("province"), sample=visit_of_today(UNASSIGNED).sample, lab=LAB)


def void_sample() -> None:
    """Declare the last sample that waits at the laboratory void."""
    from zhiheng.stages.inspection import actions

    sample = [one for one in waiting_samples() if one.lab == LAB][-1]
    actions.void_sample(by=person("lab"), sample=sample, reason="the seal broke")


def close_draw() -> None:
    """Close the draw whose visits have all ended."""
    from zhiheng.stages.inspection import actions

    actions.close_draw(by=person("province"), draw=draw_of(ENDED))


# --- results --------------------------------------------------------------------------------------


def record_result() -> None:
    """Report a failing result of the first sample that waits: result, verdict, case, notice, clocks."""
    from zhiheng.stages.inspection import actions

    actions.record_result(by=person("province"), sample=waiting_samples()[0], **measured("0.9"))


def record_results() -> None:
    """Report every sample that waits in one batch; each fifth fails."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.rules import Measurement

    rows = [
        Measurement(seal_no=sample.seal_no, lab=sample.lab, **measured("0.2" if place % 5 else "0.9"))
        for place, sample in enumerate(waiting_samples())
    ]
    actions.record_results_bulk(by=person("province"), draw=draw_of_today(), rows=rows)


def correct_result() -> None:
    """Correct a result that passed: it fails, and a case opens."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Result

    of_today = Result.objects.filter(sample__visit__draw=draw_of_today(), replaces__isnull=True)
    passed = of_today.filter(verdict="pass", limit_kind="upper").order_by("sample__seal_no", "item").first()
    actions.correct_result(by=person("province"), result=passed, reason="a slip of the pen", value="9999")


# --- cases ----------------------------------------------------------------------------------------


def serve_notice() -> None:
    """Serve the notice of a case that the laboratory's report opened."""
    from zhiheng.stages.inspection import actions

    actions.serve_notice(by=person("province"), case=failing_case(UNSERVED))


def object_result() -> None:
    """File an objection that the firm brought on paper."""
    from zhiheng.people import System
    from zhiheng.stages.inspection import actions

    case = failing_case(CONTESTABLE)
    actions.object_result(by=System("paper"), case=case, kind="test", grounds="the method is not in force")


def move_case() -> None:
    """Order the correction of the first case whose result is final."""
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Case

    final = Case.objects.filter(state__in=("accepted", "rectifying")).order_by("opened_at", "id").first()
    actions.move_case(by=person("province"), case=final, event="order_correction")


def run_timeouts() -> None:
    """End the one clock that has run out; each clock is a transaction of its own."""
    from zhiheng.people import System
    from zhiheng.stages.inspection import actions

    actions.run_timeouts(by=System("clocks"))
