"""A draw, its strata with the stored probabilities, the units that were drawn, and those left out."""

from .custody import Custodian, HeldShare
from .draws import (
    Draw,
    DrawStratum,
    Exclusion,
    ObligationFrame,
    Overlap,
    Panel,
    PlannedDraw,
    SealedSecret,
    Selection,
    Substitution,
)
from .joints import Joint, JointFrame, Told

__all__ = [
    "Custodian",
    "Draw",
    "DrawStratum",
    "Exclusion",
    "HeldShare",
    "Joint",
    "JointFrame",
    "ObligationFrame",
    "Overlap",
    "Panel",
    "PlannedDraw",
    "SealedSecret",
    "Selection",
    "Substitution",
    "Told",
]
