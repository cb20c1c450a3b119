"""What people do in inspection: visits, seals, results, the steps of a case, and its papers."""

from .bulk import record_results_bulk, record_visits_bulk
from .cases import move_case, open_case, run_timeouts, serve_notice
from .codes import issue_code
from .execution import erase_step, open_assignments, plan_visits, start_visit
from .field import confirm_visit
from .following import (
    hold_publication,
    name_retest_lab,
    order_stop_sale,
    record_case_test,
    release_publication,
)
from .hands import receive_sample, refuse_sample, send_on, take_again
from .lists import tell_list
from .objections import accept_result, add_party, decide_objection, object_result, serve_party
from .papers import finish_print, issue_paper, start_print
from .proofs import hand_in
from .reassigning import reassign_visit
from .reports import correct_report, correct_results, discard_draft, save_drafts, sign_reports
from .results import correct_result, record_result, void_sample
from .sampling import add_specimen, attach_files, describe_sample, record_purchase
from .sites import move_site_check, plan_site_check, record_site_check, register_site
from .transfers import answer_transfer, offer_transfer
from .visits import assign_lab, close_draw, open_visits, record_visit, seal_sample

__all__ = [
    "accept_result",
    "add_party",
    "add_specimen",
    "answer_transfer",
    "assign_lab",
    "attach_files",
    "close_draw",
    "confirm_visit",
    "correct_report",
    "correct_result",
    "correct_results",
    "decide_objection",
    "describe_sample",
    "discard_draft",
    "erase_step",
    "finish_print",
    "hand_in",
    "hold_publication",
    "issue_code",
    "issue_paper",
    "move_case",
    "move_site_check",
    "name_retest_lab",
    "object_result",
    "offer_transfer",
    "open_assignments",
    "open_case",
    "open_visits",
    "order_stop_sale",
    "plan_site_check",
    "plan_visits",
    "reassign_visit",
    "receive_sample",
    "record_case_test",
    "record_purchase",
    "record_result",
    "record_results_bulk",
    "record_site_check",
    "record_visit",
    "record_visits_bulk",
    "refuse_sample",
    "register_site",
    "release_publication",
    "run_timeouts",
    "save_drafts",
    "seal_sample",
    "send_on",
    "serve_notice",
    "serve_party",
    "sign_reports",
    "start_print",
    "start_visit",
    "take_again",
    "tell_list",
    "void_sample",
]
