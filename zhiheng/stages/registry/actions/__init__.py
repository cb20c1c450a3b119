"""What people do in the register: enter and correct subjects, import lists, set standing, freeze frames."""

from .bulk import import_subjects_bulk
from .frames import freeze_frame
from .lists import Outcome, import_inspectors, import_products, import_subjects
from .standing import set_standing
from .subjects import register_subject, update_subject

__all__ = [
    "Outcome",
    "freeze_frame",
    "import_inspectors",
    "import_products",
    "import_subjects",
    "import_subjects_bulk",
    "register_subject",
    "set_standing",
    "update_subject",
]
