"""What people do in inspection: visits, seals, results, the steps of a case, and its papers."""

from .bulk import record_results_bulk, record_visits_bulk
from .cases import move_case, object_result, open_case, run_timeouts, serve_notice
from .papers import finish_print, issue_paper, start_print
from .results import correct_result, record_result, void_sample
from .visits import assign_lab, close_draw, open_visits, record_visit, seal_sample

__all__ = [
    "assign_lab",
    "close_draw",
    "correct_result",
    "finish_print",
    "issue_paper",
    "move_case",
    "object_result",
    "open_case",
    "open_visits",
    "record_result",
    "record_results_bulk",
    "record_visit",
    "record_visits_bulk",
    "run_timeouts",
    "seal_sample",
    "serve_notice",
    "start_print",
    "void_sample",
]
