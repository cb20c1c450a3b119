"""Lists the papers: what each is about, who may print it, when there is something to print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from zhiheng import people
from zhiheng.people.permissions import P
from zhiheng.reports.paper import Paper

from .. import labels, rules
from ..models import Case, Visit
from ..refusals import refuse
from . import field, following, outcome

FORMS = ("pdf", "docx", "html")


@dataclass(frozen=True)
class Kind:
    """One paper of a visit or of a case; ``is_ready`` says whether its facts are on record."""

    id: str
    about: Literal["visit", "case"]
    permission: str
    build: Callable[..., Paper]
    is_ready: Callable[[Any], bool]
    is_issued: bool = False
    is_batch: bool = False
    is_on_case: bool = False

    @property
    def label(self) -> Any:
        """The name of the paper as a page says it."""
        return dict(labels.PAPERS)[self.id]

    def may_print(self, person: Any, thing: Any) -> bool:
        """Say whether a person who sees the thing may print this paper of it.

        The queries decide who sees a visit or a case. Whoever sees a case may print its papers, the firm
        too; a paper of a visit asks for a permission beyond that.
        """
        if self.permission == P.INSPECTION_VIEW or (isinstance(thing, Case) and not self.is_of_a_party):
            return True
        return people.may(person, self.permission, region=thing.region)

    @property
    def is_of_a_party(self) -> bool:
        """Whether it is a notice to a producer or a platform, which the drawn firm does not print."""
        return self.id.startswith("notice-")

    def source(self, thing: Any) -> Any:
        """Return what the paper is built from: the notice on the page of a case is that of its visit."""
        return thing.visit if self.about == "visit" and isinstance(thing, Case) else thing


def _is_party(role: str, case: Case) -> bool:
    return any(party.role == role for party in case.parties.all())


KINDS = {
    kind.id: kind
    for kind in (
        Kind(
            "task-sheet", "visit", P.INSPECTION_RECORD, field.task_sheet, lambda _visit: True, is_batch=True
        ),
        Kind(
            "sampling-sheet",
            "visit",
            P.INSPECTION_RECORD,
            field.sampling_sheet,
            field.is_sampled,
            is_batch=True,
        ),
        Kind("seal-label", "visit", P.INSPECTION_RECORD, field.seal_label, field.is_sealed, is_batch=True),
        Kind(
            "test-report",
            "visit",
            P.INSPECTION_VIEW,
            outcome.test_report,
            lambda visit: visit.state in rules.DECIDED,
            is_batch=True,
        ),
        Kind(
            "notice",
            "visit",
            P.CASE_HANDLE,
            outcome.notice,
            lambda visit: bool(visit.verdict),
            is_issued=True,
            is_batch=True,
            is_on_case=True,
        ),
        *(
            Kind(
                f"notice-{role}",
                "case",
                P.CASE_HANDLE,
                outcome.party_notice(role),
                partial(_is_party, role),
                is_issued=True,
            )
            for role in rules.PARTIES
        ),
        Kind(
            "objection-receipt",
            "case",
            P.INSPECTION_VIEW,
            following.objection_receipt,
            lambda case: getattr(case, "objection", None) is not None,
            is_issued=True,
        ),
        Kind(
            "order-to-correct",
            "case",
            P.INSPECTION_VIEW,
            following.order_to_correct,
            lambda case: any(one.rule in following.CORRECTION_RULES for one in case.clocks.all()),
            is_issued=True,
        ),
    )
}


def get(id: str, *, about: str = "", batch: bool = False, issued: bool = False) -> Kind:
    """Return the paper of this name, or say that there is none of that kind here."""
    found = KINDS.get(id)
    is_here = found is not None and (not about or found in _of(about))
    if not is_here or (batch and not found.is_batch) or (issued and not found.is_issued):
        raise refuse("no-such-paper")
    return found


def of_visit(person: Any, visit: Visit) -> list[Kind]:
    """Return the papers that this person can print of a visit now."""
    return _ready(person, visit, "visit")


def of_case(person: Any, case: Case) -> list[Kind]:
    """Return the papers that this person can print of a case now."""
    return _ready(person, case, "case")


def batches(person: Any, region: str | None = None) -> list[Kind]:
    """Return the papers that this person can have set for many visits at once."""
    return [
        kind
        for kind in KINDS.values()
        if kind.is_batch and people.may(person, kind.permission, region=region)
    ]


def _of(about: str) -> list[Kind]:
    return [kind for kind in KINDS.values() if kind.about == about or (about == "case" and kind.is_on_case)]


def _ready(person: Any, thing: Any, about: str) -> list[Kind]:
    return [
        kind for kind in _of(about) if kind.may_print(person, thing) and kind.is_ready(kind.source(thing))
    ]
