"""What people do in inspection: visits, seals, results, and the steps of a case."""

from .bulk import record_results_bulk, record_visits_bulk
from .cases import move_case, object_result, open_case, run_timeouts, serve_notice
from .receipts import receive_sample
from .reports import correct_report, discard_draft, save_drafts, sign_reports
from .results import correct_result, record_result, void_sample
from .visits import assign_lab, close_draw, open_visits, record_visit, seal_sample

__all__ = [
    "assign_lab",
    "close_draw",
    "correct_report",
    "correct_result",
    "discard_draft",
    "move_case",
    "object_result",
    "open_case",
    "open_visits",
    "receive_sample",
    "record_result",
    "record_results_bulk",
    "record_visit",
    "record_visits_bulk",
    "run_timeouts",
    "save_drafts",
    "seal_sample",
    "serve_notice",
    "sign_reports",
    "void_sample",
]
