"""Visits, sealed samples, insert-only results, and the case that a failing result opens."""

from .cases import Case, Clock, Objection
from .kept import InsertOnly
from .results import VERDICT_FOLLOWS_VALUE, Batch, Result
from .samples import Sample
from .visits import Visit

__all__ = [
    "VERDICT_FOLLOWS_VALUE",
    "Batch",
    "Case",
    "Clock",
    "InsertOnly",
    "Objection",
    "Result",
    "Sample",
    "Visit",
]
