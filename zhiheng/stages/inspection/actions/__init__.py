"""What people do in inspection: visits, seals, results, and the steps of a case."""

from .bulk import record_results_bulk, record_visits_bulk
from .cases import move_case, object_result, open_case, run_timeouts, serve_notice
from .codes import issue_code
from .field import confirm_visit, keep_pictures, record_on_site
from .proofs import hand_in
from .results import correct_result, record_result, void_sample
from .visits import assign_lab, close_draw, open_visits, record_visit, seal_sample

__all__ = [
    "assign_lab",
    "close_draw",
    "confirm_visit",
    "correct_result",
    "hand_in",
    "issue_code",
    "keep_pictures",
    "move_case",
    "object_result",
    "open_case",
    "open_visits",
    "record_on_site",
    "record_result",
    "record_results_bulk",
    "record_visit",
    "record_visits_bulk",
    "run_timeouts",
    "seal_sample",
    "serve_notice",
    "void_sample",
]
