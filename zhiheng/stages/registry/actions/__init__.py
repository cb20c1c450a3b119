"""What people do in the register: enter and correct, import, merge and split, set standing, freeze frames."""

from .belongings import (
    add_batch,
    add_belonging,
    end_belonging,
    import_batches,
    import_brands,
    import_sites,
)
from .bulk import import_subjects_bulk
from .duplicates import decide_duplicate, search_duplicates
from .frames import freeze_frame
from .identity import merge_subjects, split_subject, undo_merge
from .lists import Outcome, import_inspectors, import_products, import_subjects
from .standing import set_standing
from .subjects import register_subject, update_subject

__all__ = [
    "Outcome",
    "add_batch",
    "add_belonging",
    "decide_duplicate",
    "end_belonging",
    "freeze_frame",
    "import_batches",
    "import_brands",
    "import_inspectors",
    "import_products",
    "import_sites",
    "import_subjects",
    "import_subjects_bulk",
    "merge_subjects",
    "register_subject",
    "search_duplicates",
    "set_standing",
    "split_subject",
    "undo_merge",
    "update_subject",
]
