"""Which series are released from an uploaded sample: what is estimated, and which columns the file has."""

from __future__ import annotations

from dataclasses import dataclass

from zhiheng.reference import questionnaires
from zhiheng.reference.questionnaires import Questionnaire

from ..sample_refusals import refuse
from .samples import COUNT, SCORE, SHARE

DESIGN = ("stratum", "city", "chance", "units")
GROUP, VERDICT = "group", "verdict"
NUMBER = "sample_no"  # which sample or answer a row is: it may be left out, and is not published
SITES = "engineering_conformity_rate"


@dataclass(frozen=True)
class Family:
    """A share or score of drawn cities, or a plain share of what nobody drew by chance.

    ``by`` are the columns that cut it; ``of_failures`` says that the share is that of failing units.
    """

    series: str
    kind: str
    by: tuple[str, ...] = ()
    of_failures: bool = False
    is_uploaded: bool = True

    def columns(self, form: Questionnaire | None) -> tuple[str, ...]:
        """Return the columns of a file in their order; ``group`` may be left out of a survey."""
        if self.kind == SCORE and form is not None:
            return (*DESIGN, GROUP, *(item.id for item in form.items))
        if self.kind == SHARE:
            return (*DESIGN, *self.by, VERDICT)
        return (*self.by, VERDICT)


FAMILIES = {
    one.series: one
    for one in (
        Family("agri_routine_monitoring_pass_rate", SHARE, ("category", "link")),
        Family("food_supervision_fail_rate", COUNT, ("category", "cause"), of_failures=True),
        Family("public_service_quality_satisfaction", SCORE),
        Family("public_quality_satisfaction", SCORE),
        Family(SITES, COUNT, ("project",), is_uploaded=False),
    )
}


def of(series: str) -> Family:
    """Return how a series is released from a sample, or refuse one that is not."""
    if series not in FAMILIES:
        raise refuse("sample-series", series=series, known=", ".join(FAMILIES))
    return FAMILIES[series]


def form_of(family: Family, id: str) -> Questionnaire | None:
    """Return the questionnaire that scores a series; of one that needs none, nothing."""
    if family.kind != SCORE:
        return None
    known = {found.id: found for found in questionnaires.of_series(family.series)}
    if id not in known:
        raise refuse(
            "sample-questionnaire",
            series=family.series,
            given=id or "—",
            known=", ".join(known),
            field="form",
        )
    return known[id]
