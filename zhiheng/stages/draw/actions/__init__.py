"""What an office does with a draw: list, commitment, reveal, abort, reserves, panels."""

from .announcing import commit, freeze
from .panels import announce_panel, end_panel
from .reserves import use_reserve
from .revealing import abort, reveal

__all__ = ["abort", "announce_panel", "commit", "end_panel", "freeze", "reveal", "use_reserve"]
