"""The fixed shapes that travel between rooms and to strangers: frozen, checked when built, JSON both ways.

Each has a JSON Schema in ``formats/schemas``, an example in ``tests/data/shapes`` and a page in
``docs/shapes``.
"""

from zhiheng.formats.shapes.draw_certificate import (
    DrawCertificate,
    InspectorEntry,
    ReserveUnit,
    SelectedUnit,
    StratumEntry,
)
from zhiheng.formats.shapes.figure_bundle import (
    DivisionOutput,
    FigureBundle,
    FigureCell,
    FigureOverlap,
    FigureRow,
    FigureStratum,
    FigureValues,
)
from zhiheng.formats.shapes.ledger_entry import LedgerEntry
from zhiheng.formats.shapes.result_record import CustodyStep, ResultRecord, verdict

__all__ = [
    "CustodyStep",
    "DivisionOutput",
    "DrawCertificate",
    "FigureBundle",
    "FigureCell",
    "FigureOverlap",
    "FigureRow",
    "FigureStratum",
    "FigureValues",
    "InspectorEntry",
    "LedgerEntry",
    "ReserveUnit",
    "ResultRecord",
    "SelectedUnit",
    "StratumEntry",
    "verdict",
]
