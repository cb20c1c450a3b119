"""One deed for every public action of the house: a real call of it on a copy of the story.

Each deed may be done again, and then does what a person would do who does not know whether it was done. A new
action needs a deed here before the suite is green.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from . import draw, firm, indicators, inspection, lab, people, plan, registry
from .before import prepare, prepare_for_now

__all__ = ["DEEDS", "OFTEN", "Deed", "prepare", "prepare_for_now"]


@dataclass(frozen=True)
class Deed:
    """What is done, the verb of its entry, and which public actions it calls or reaches by that.

    ``signs_in`` says that a transaction of its own stands before it, which records a sign-in and no more.
    """

    act: Callable[[], None]
    verb: str
    actions: tuple[str, ...]
    signs_in: bool = False


def _people(act: Callable[[], None], verb: str, *, signs_in: bool = False) -> Deed:
    return Deed(act, verb, (f"zhiheng.people.actions.{act.__name__}",), signs_in)


def _stage(room: str, act: Callable[[], None], verb: str, *names: str) -> Deed:
    reached = names or (act.__name__,)
    return Deed(act, verb, tuple(f"zhiheng.stages.{room}.{name}" for name in reached))


def _plan(act: Callable[[], None], verb: str) -> Deed:
    return _stage("plan.actions", act, verb)


def _register(module: str, act: Callable[[], None], verb: str) -> Deed:
    return _stage(f"registry.actions.{module}", act, verb)


def _draw(act: Callable[[], None], verb: str) -> Deed:
    return _stage("draw.actions", act, verb)


def _inspect(act: Callable[[], None], verb: str, *names: str) -> Deed:
    return _stage("inspection.actions", act, verb, *names)


_LISTED = (
    _people(people.create_person, "people.created"),
    _people(people.lock_person, "people.closed"),
    _people(people.unlock_person, "people.opened"),
    _people(people.reset_password, "people.password_reset"),
    _people(people.change_password, "people.password_changed", signs_in=True),
    _people(people.appoint, "people.appointed"),
    _people(people.end_appointment, "people.appointment_ended"),
    _plan(plan.adopt_outline, "plan.outline_adopted"),
    _plan(plan.bind_target, "plan.target_bound"),
    _plan(plan.create_obligation, "plan.obligation_issued"),
    _plan(plan.move_obligation, "plan.obligation_withdrawn"),
    _register("lists", registry.import_subjects, "registry.subjects_imported"),
    _register("bulk", registry.import_subjects_bulk, "registry.subjects_imported"),
    _register("lists", registry.import_products, "registry.products_imported"),
    _register("lists", registry.import_inspectors, "registry.inspectors_imported"),
    _register("subjects", registry.register_subject, "registry.subject_registered"),
    _register("subjects", registry.update_subject, "registry.subject_updated"),
    _register("standing", registry.set_standing, "registry.standing_set"),
    _register("frames", registry.freeze_frame, "registry.frame_frozen"),
    _draw(draw.commit, "draw.committed"),
    _draw(draw.reveal, "draw.revealed"),
    _draw(draw.abort, "draw.aborted"),
    _inspect(inspection.open_visits, "visit.opened", "visits.open_visits"),
    _inspect(inspection.record_visit, "visit.sampled", "visits.record_visit"),
    _inspect(inspection.record_visits, "visit.batch_recorded", "bulk.record_visits_bulk"),
    _inspect(inspection.seal_sample, "sample.sealed", "visits.seal_sample"),
    _inspect(inspection.assign_lab, "sample.assigned", "visits.assign_lab"),
    _inspect(inspection.void_sample, "sample.void", "results.void_sample"),
    _inspect(inspection.close_draw, "draw.closed", "visits.close_draw"),
    _inspect(
        inspection.record_result,
        "result.reported",
        "results.record_result",
        "cases.open_case",
        "cases.serve_notice",
    ),
    _inspect(inspection.record_results, "result.batch_recorded", "bulk.record_results_bulk"),
    _inspect(
        inspection.correct_result,
        "result.corrected",
        "results.correct_result",
        "cases.open_case",
        "cases.serve_notice",
    ),
    _inspect(inspection.serve_notice, "case.notice_served", "cases.serve_notice"),
    _inspect(inspection.object_result, "case.objected", "cases.object_result"),
    _inspect(inspection.move_case, "case.correction_ordered", "cases.move_case"),
    _inspect(inspection.run_timeouts, "case.objection_time_over", "cases.run_timeouts"),
    _inspect(firm.issue_code, "access.issued", "codes.issue_code"),
    _inspect(firm.hand_in, "firm.sent", "proofs.hand_in", "cases.object_result"),
    _inspect(
        firm.record_on_site,
        "visit.pictures_kept",
        "field.record_on_site",
        "field.keep_pictures",
        "visits.record_visit",
    ),
    _inspect(firm.keep_pictures, "visit.pictures_kept", "field.keep_pictures"),
    _inspect(firm.confirm_visit, "visit.confirmed", "field.confirm_visit"),
    _inspect(lab.save_drafts, "report.drafted", "reports.save_drafts"),
    _inspect(lab.discard_draft, "report.discarded", "reports.discard_draft"),
    _inspect(
        lab.sign_reports,
        "report.signed",
        "reports.sign_reports",
        "results.record_result",
        "cases.open_case",
    ),
    _inspect(lab.sign_correction, "report.corrected", "reports.sign_reports", "results.replace_result"),
    _inspect(lab.correct_report, "report.drafted", "reports.correct_report"),
    _people(lab.create_token, "people.token_created"),
    _people(lab.revoke_token, "people.token_revoked"),
    _stage("indicators.actions", indicators.release, "indicators.released", "release", "publish"),
)

DEEDS: dict[str, Deed] = {deed.act.__name__: deed for deed in _LISTED}

# These run in every suite, from the register to the release; all run in the slow lane.
OFTEN = (
    "import_subjects",
    "freeze_frame",
    "commit",
    "reveal",
    "record_result",
    "record_visits",
    "release",
)
