"""One deed for every public action of the house: a real call of it on a copy of the story.

Each deed may be done again, and then does what a person would do who does not know whether it was done. A new
action needs a deed here before the suite is green.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from . import (
    cases,
    custody,
    disclosure,
    draw,
    firm,
    hands,
    identity,
    indicators,
    inspection,
    joints,
    lab,
    papers,
    people,
    plan,
    planning,
    registers,
    registry,
    works,
)
from .before import ROOMS, ROOMS_OF_OFTEN, prepare, prepare_for_now

__all__ = ["DEEDS", "OFTEN", "Deed", "prepare", "prepare_for_now", "rooms_for"]


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


def _plan(module: str, act: Callable[[], None], verb: str) -> Deed:
    return _stage("plan.actions", act, verb, f"{module}.{act.__name__}")


def _register(module: str, act: Callable[[], None], verb: str, *names: str) -> Deed:
    reached = names or (f"{module}.{act.__name__}",)
    return _stage("registry.actions", act, verb, *reached)


def _draw(module: str, act: Callable[[], None], verb: str) -> Deed:
    return _stage("draw.actions", act, verb, f"{module}.{act.__name__}")


def _inspect(act: Callable[[], None], verb: str, *names: str) -> Deed:
    return _stage("inspection.actions", act, verb, *names)


_LISTED = (
    _people(people.create_person, "people.created"),
    _people(people.lock_person, "people.closed"),
    _people(people.unlock_person, "people.opened"),
    _people(people.erase_person, "people.person_erased"),
    _people(people.erase_words, "ledger.words_erased"),
    _people(people.reset_password, "people.password_reset"),
    _people(people.change_password, "people.password_changed", signs_in=True),
    _people(people.appoint, "people.appointed"),
    _people(people.end_appointment, "people.appointment_ended"),
    _plan("promises", plan.adopt_outline, "plan.outline_adopted"),
    _plan("promises", plan.bind_target, "plan.target_bound"),
    _plan("promises", plan.define_series, "plan.series_defined"),
    _plan("breaks", plan.declare_break, "plan.break_declared"),
    _plan("duties", plan.create_obligation, "plan.obligation_issued"),
    _plan("duties", plan.move_obligation, "plan.obligation_withdrawn"),
    _plan("duties", planning.import_obligations, "plan.obligations_imported"),
    _register("lists", registry.import_subjects, "registry.subjects_imported"),
    _register("bulk", registry.import_subjects_bulk, "registry.subjects_imported"),
    _register("lists", registry.import_products, "registry.products_imported"),
    _register("lists", registry.import_inspectors, "registry.inspectors_imported"),
    _register("subjects", registry.register_subject, "registry.subject_registered"),
    _register("subjects", registry.update_subject, "registry.subject_updated"),
    _register("standing", registry.set_standing, "registry.standing_set"),
    _register("frames", registry.freeze_frame, "registry.frame_frozen"),
    _register("frames", registry.open_unit, "registry.unit_opened"),
    _register("identity", identity.merge_subjects, "registry.subject_merged"),
    _register("identity", identity.undo_merge, "registry.merge_undone"),
    _register(
        "identity",
        identity.split_subject,
        "registry.subject_split",
        "identity.split_subject",
        "subjects.register_subject",
    ),
    _register("duplicates", identity.search_duplicates, "registry.duplicates_searched"),
    _register(
        "duplicates",
        identity.decide_duplicate,
        "registry.duplicate_decided",
        "duplicates.decide_duplicate",
        "identity.merge_subjects",
    ),
    _register(
        "duplicates", identity.put_off_duplicate, "registry.duplicate_decided", "duplicates.decide_duplicate"
    ),
    _register("belongings", identity.add_belonging, "registry.site_added"),
    _register("belongings", identity.end_belonging, "registry.role_ended"),
    _register("belongings", identity.add_batch, "registry.batch_added"),
    _register("belongings", identity.import_sites, "registry.sites_imported"),
    _register("belongings", identity.import_brands, "registry.brands_imported"),
    _register("belongings", identity.import_batches, "registry.batches_imported"),
    _register("licences", registers.register_licence, "registry.licence_registered"),
    _register("licences", registers.correct_licence, "registry.licence_corrected"),
    _register("licences", registers.set_licence_state, "registry.licence_state_set"),
    _register("licences", registers.import_licences, "registry.licences_imported"),
    _register("qualifications", registers.register_qualification, "registry.qualification_registered"),
    _register("qualifications", registers.end_qualification, "registry.qualification_ended"),
    _register("qualifications", registers.import_qualifications, "registry.qualifications_imported"),
    _register("inspectors", registers.register_certificate, "registry.certificate_registered"),
    _register("inspectors", registers.strike_off, "registry.inspector_struck_off"),
    _register("inspectors", registers.put_on_duty, "registry.inspector_on_duty"),
    _register("inspectors", registers.enter_leave, "registry.leave_entered"),
    _register("inspectors", registers.cancel_leave, "registry.leave_cancelled"),
    _register("inspectors", registers.set_conflicts, "registry.conflicts_set"),
    _register("inspectors", registers.import_leave, "registry.leave_imported"),
    _register("labs", registers.register_lab, "registry.lab_registered"),
    _register("labs", registers.edit_lab, "registry.lab_changed"),
    _register("labs", registers.enter_scope, "registry.scope_entered"),
    _register("labs", registers.import_labs, "registry.labs_imported"),
    _register("labs", registers.import_scopes, "registry.scopes_imported"),
    _register("labs", registers.end_scope, "registry.scope_ended"),
    _register("catalogue", registers.propose_item, "registry.catalogue_item_proposed"),
    _register("catalogue", registers.drop_item, "registry.catalogue_supplemented"),
    _register("catalogue", registers.issue_catalogue, "registry.catalogue_supplemented"),
    _register("catalogue", registers.import_items, "registry.catalogue_imported"),
    _register("catalogue", registers.copy_year, "registry.catalogue_copied"),
    _register("catalogue", registers.propose_building_materials, "registry.catalogue_copied"),
    Deed(
        planning.freeze,
        "draw.frame_frozen",
        (
            "zhiheng.stages.draw.actions.announcing.freeze",
            "zhiheng.stages.registry.actions.frames.freeze_frame",
        ),
    ),
    _draw("announcing", draw.commit, "draw.committed"),
    _draw("revealing", draw.reveal, "draw.revealed"),
    _draw("revealing", draw.abort, "draw.aborted"),
    _draw("custody", custody.name_custodian, "draw.custodian_named"),
    _draw("custody", custody.hand_out_share, "draw.share_handed_out"),
    _draw("custody", custody.give_share, "draw.share_given"),
    _draw("custody", custody.recover, "draw.revealed"),
    _inspect(custody.start_visit, "draw.execution", "execution.start_visit"),
    _inspect(custody.erase_step, "draw.execution_erased", "execution.erase_step"),
    _inspect(custody.plan_visits, "visit.planned", "execution.plan_visits"),
    _inspect(custody.open_assignments, "draw.assignments_opened", "execution.open_assignments"),
    _draw("planning", planning.plan_year, "draw.year_planned"),
    _draw("planning", planning.plan_draw, "draw.planned"),
    _draw("panels", planning.announce_panel, "draw.panel_announced"),
    _draw("panels", planning.end_panel, "draw.panel_ended"),
    Deed(
        joints.open_joint,
        "draw.joint_opened",
        (
            "zhiheng.stages.draw.actions.joints.open_joint",
            "zhiheng.stages.plan.actions.duties.create_obligation",
        ),
    ),
    _draw("joints", joints.seal_joint, "draw.joint_sealed"),
    _inspect(joints.tell_list, "visit.list_told", "lists.tell_list"),
    _draw("reserves", planning.use_reserve, "draw.reserve_used"),
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
        "results.replace_result",
        "cases.open_case",
        "cases.serve_notice",
    ),
    _inspect(inspection.serve_notice, "case.notice_served", "cases.serve_notice"),
    _inspect(inspection.object_result, "case.objected", "objections.object_result"),
    _inspect(inspection.move_case, "case.correction_ordered", "cases.move_case"),
    _inspect(inspection.run_timeouts, "case.objection_time_over", "cases.run_timeouts"),
    _inspect(firm.issue_code, "access.issued", "codes.issue_code"),
    _inspect(firm.hand_in, "firm.sent", "proofs.hand_in", "objections.object_result"),
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
    _inspect(
        lab.correct_results,
        "report.corrected",
        "reports.correct_results",
        "reports.correct_report",
        "reports.save_drafts",
        "reports.sign_reports",
        "results.replace_result",
    ),
    _people(lab.create_token, "people.token_created"),
    _people(lab.revoke_token, "people.token_revoked"),
    _inspect(hands.attach_files, "visit.files_added", "sampling.attach_files"),
    _inspect(hands.describe_sample, "sample.described", "sampling.describe_sample"),
    _inspect(hands.record_purchase, "sample.bought", "sampling.record_purchase"),
    _inspect(hands.add_specimen, "sample.part_added", "sampling.add_specimen"),
    _inspect(hands.receive_sample, "sample.received", "hands.receive_sample"),
    _inspect(hands.refuse_sample, "sample.refused", "hands.refuse_sample"),
    _inspect(hands.send_on, "sample.sent_on", "hands.send_on"),
    _inspect(hands.take_again, "sample.taken_again", "hands.take_again"),
    _inspect(hands.reassign_visit, "visit.reassigned", "reassigning.reassign_visit"),
    _inspect(cases.add_party, "case.party_named", "objections.add_party"),
    _inspect(cases.serve_party, "case.party_served", "objections.serve_party"),
    _inspect(cases.accept_result, "case.accepted", "objections.accept_result"),
    _inspect(cases.decide_objection, "case.objection_rejected", "objections.decide_objection"),
    _inspect(cases.name_retest_lab, "case.retest_laboratory_named", "following.name_retest_lab"),
    _inspect(cases.record_case_test, "case.test_recorded", "following.record_case_test"),
    _inspect(cases.order_stop_sale, "case.sale_stopped", "following.order_stop_sale"),
    _inspect(cases.hold_publication, "case.publication_held", "following.hold_publication"),
    _inspect(cases.release_publication, "case.publication_released", "following.release_publication"),
    _inspect(cases.offer_transfer, "case.transfer_offered", "transfers.offer_transfer"),
    _inspect(cases.answer_transfer, "case.transfer_accepted", "transfers.answer_transfer"),
    _inspect(works.register_site, "site.registered", "sites.register_site"),
    _inspect(works.plan_site_check, "site.check_planned", "sites.plan_site_check"),
    _inspect(works.record_site_check, "site.findings", "sites.record_site_check"),
    _inspect(works.move_site_check, "site.correction_ordered", "sites.move_site_check"),
    _inspect(papers.issue_paper, "paper.issued", "papers.issue_paper"),
    _inspect(papers.start_print, "paper.print_asked", "papers.start_print"),
    _inspect(papers.finish_print, "paper.printed", "papers.finish_print"),
    _stage("indicators.actions", indicators.release, "indicators.released", "release", "publish"),
    _stage("indicators.actions", indicators.release_sample, "indicators.sample_released", "release_sample"),
    _stage("indicators.actions", indicators.record, "indicators.observations_recorded", "record"),
    _stage(
        "indicators.actions", indicators.load_published, "indicators.observations_recorded", "load_published"
    ),
    _stage("indicators.actions", indicators.define_formula, "indicators.formula_defined", "define_formula"),
    _stage("indicators.actions", indicators.compute, "indicators.observations_recorded", "compute"),
    _stage(
        "indicators.actions",
        indicators.publish_index,
        "indicators.observations_recorded",
        "publish_index",
        "define_formula",
    ),
    _stage(
        "indicators.actions",
        indicators.classify,
        "indicators.observations_recorded",
        "classify",
        "define_formula",
        "compute",
    ),
    _stage("disclosure.actions", disclosure.draft_notice, "notice.drafted", "draft"),
    _stage("disclosure.actions", disclosure.redraft_notice, "notice.redrafted", "redraft"),
    _stage("disclosure.actions", disclosure.discard_notice, "notice.discarded", "discard"),
    _stage("disclosure.actions", disclosure.publish_notice, "notice.published", "publish"),
    _stage("disclosure.actions", disclosure.correct_notice, "notice.corrected", "correct"),
    _stage("disclosure.actions", disclosure.withdraw_notice, "notice.withdrawn", "withdraw"),
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


def rooms_for(wanted: Sequence[str]) -> Sequence[Any]:
    """Return the rooms to prepare: those of the deeds of every suite, or else all."""
    return ROOMS_OF_OFTEN if set(wanted) <= set(OFTEN) else ROOMS
