"""What an office does with a draw: plan, list, commitment, reveal, abort, reserves, panels, joint lists."""

from .announcing import commit, freeze
from .custody import give_share, hand_out_share, name_custodian, recover
from .joints import open_joint, seal_joint
from .panels import announce_panel, end_panel
from .planning import plan_draw, plan_year
from .reserves import use_reserve
from .revealing import abort, reveal

__all__ = [
    "abort",
    "announce_panel",
    "commit",
    "end_panel",
    "freeze",
    "give_share",
    "hand_out_share",
    "name_custodian",
    "open_joint",
    "plan_draw",
    "plan_year",
    "recover",
    "reveal",
    "seal_joint",
    "use_reserve",
]
