"""Visits, sealed samples, insert-only results, signed reports, and the case that a failing result opens."""

from .access import AccessCode, Confirmation, Sent
from .cases import Case, Clock, Decision, Objection, Party
from .execution import Access, Deed
from .following import CaseTest, Measure, Retest, Transfer
from .kept import InsertOnly
from .papers import IssuedPaper, PrintJob
from .reports import Report, ReportDraft, ReportLine
from .results import VERDICT_FOLLOWS_VALUE, Batch, Result
from .samples import Move, Purchase, Sample, Specimen
from .sites import CheckPoint, PointResult, Site, SiteCheck
from .visits import Reassignment, Visit, VisitFile

__all__ = [
    "VERDICT_FOLLOWS_VALUE",
    "Access",
    "AccessCode",
    "Batch",
    "Case",
    "CaseTest",
    "CheckPoint",
    "Clock",
    "Confirmation",
    "Decision",
    "Deed",
    "InsertOnly",
    "IssuedPaper",
    "Measure",
    "Move",
    "Objection",
    "Party",
    "PointResult",
    "PrintJob",
    "Purchase",
    "Reassignment",
    "Report",
    "ReportDraft",
    "ReportLine",
    "Result",
    "Retest",
    "Sample",
    "Sent",
    "Site",
    "SiteCheck",
    "Specimen",
    "Transfer",
    "Visit",
    "VisitFile",
]
