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
from .catalogue import (
    copy_year,
    drop_item,
    import_items,
    issue_catalogue,
    propose_building_materials,
    propose_item,
)
from .duplicates import decide_duplicate, search_duplicates
from .frames import freeze_frame, open_unit
from .identity import merge_subjects, split_subject, undo_merge
from .inspectors import (
    cancel_leave,
    enter_leave,
    import_leave,
    put_on_duty,
    register_certificate,
    set_conflicts,
    strike_off,
)
from .labs import edit_lab, end_scope, enter_scope, import_labs, import_scopes, register_lab
from .licences import correct_licence, import_licences, register_licence, set_licence_state
from .lists import Outcome, import_inspectors, import_products, import_subjects
from .qualifications import end_qualification, import_qualifications, register_qualification
from .standing import set_standing
from .subjects import register_subject, update_subject

__all__ = [
    "Outcome",
    "add_batch",
    "add_belonging",
    "cancel_leave",
    "copy_year",
    "correct_licence",
    "decide_duplicate",
    "drop_item",
    "edit_lab",
    "end_belonging",
    "end_qualification",
    "end_scope",
    "enter_leave",
    "enter_scope",
    "freeze_frame",
    "import_batches",
    "import_brands",
    "import_inspectors",
    "import_items",
    "import_labs",
    "import_leave",
    "import_licences",
    "import_products",
    "import_qualifications",
    "import_scopes",
    "import_sites",
    "import_subjects",
    "import_subjects_bulk",
    "issue_catalogue",
    "merge_subjects",
    "open_unit",
    "propose_building_materials",
    "propose_item",
    "put_on_duty",
    "register_certificate",
    "register_lab",
    "register_licence",
    "register_qualification",
    "register_subject",
    "search_duplicates",
    "set_conflicts",
    "set_licence_state",
    "set_standing",
    "split_subject",
    "strike_off",
    "undo_merge",
    "update_subject",
]
