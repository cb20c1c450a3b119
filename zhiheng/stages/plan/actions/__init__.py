"""What people do with the plan: adopt the Outline, bind its targets, set obligations to inspect."""

from .breaks import declare_break
from .duties import create_obligation, import_obligations, move_obligation
from .promises import adopt_outline, bind_target, define_series

__all__ = [
    "adopt_outline",
    "bind_target",
    "create_obligation",
    "declare_break",
    "define_series",
    "import_obligations",
    "move_obligation",
]
