"""What inspection adds to the time line of a subject: cases, and visits and results handed in as lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.ledger.models import EntrySubject
from zhiheng.web import slots, timeline

from . import labels, queries, rules
from .models import Result, Visit

MOST = 200


def fill() -> None:
    """Register the providers, the pages of visits and cases, and the groups of verbs."""
    slots.happenings.add("subject", cases_of)
    slots.happenings.add("subject", handed_in)
    slots.records.add("visit", visits)
    slots.records.add("case", cases)
    timeline.groups.add("visits", gettext_lazy("Visits and samples"), "visit.", "sample.")
    timeline.groups.add("results", gettext_lazy("Results"), "result.")
    timeline.groups.add("cases", gettext_lazy("Cases"), "case.")


def cases_of(person: Any, subjects: Sequence[str]) -> list[timeline.Entries]:
    """Return the cases of these subjects; an entry about many cases names the case and not its subject."""
    found = queries.cases(person).filter(subject__in=subjects).order_by("-opened_on", "id")
    keys = [str(pk) for pk in found.values_list("pk", flat=True)[:MOST]]
    return [timeline.Entries("case", keys)] if keys else []


def handed_in(person: Any, subjects: Sequence[str]) -> list[timeline.Fact]:
    """Return the visits and results that came in a list, so that no entry of the ledger names them alone."""
    found = queries.visits(person).filter(subject__in=subjects, recorded_at__isnull=False)
    held = {str(visit.pk): visit for visit in found.order_by("-recorded_at", "id")[:MOST]}
    if not held:
        return []
    named = EntrySubject.objects.filter(kind="visit", key__in=held).order_by()
    alone = set(named.values_list("key", flat=True))
    visits = [visit for key, visit in held.items() if key not in alone]
    results = Result.objects.filter(sample__visit__in=visits).select_related("sample") if visits else []
    return [_visit(visit) for visit in visits] + [_result(result) for result in results]


def _visit(visit: Visit) -> timeline.Fact:
    state = labels.VISIT_STATES[visit.state if visit.outcome != "sampled" else rules.SAMPLED]
    item = timeline.TimelineItem(
        visit.recorded_at, state.label, _("Handed in as one row of a list"), _url(visit.pk), state.tone
    )
    return timeline.Fact(item, "visits")


def _result(result: Result) -> timeline.Fact:
    said = _("%(item)s: %(value)s %(unit)s") % {
        "item": result.item,
        "value": result.said,
        "unit": result.unit,
    }
    tone = "done" if result.verdict == "pass" else "stopped"
    title = _("Result reported: %(verdict)s") % {"verdict": result.get_verdict_display()}
    item = timeline.TimelineItem(result.recorded_at, title, said, _url(result.sample.visit_id), tone)
    return timeline.Fact(item, "results")


def visits(person: Any, keys: Sequence[str]) -> dict[str, str]:
    """Return the pages of these visits."""
    seen = queries.visits(person).filter(pk__in=keys).order_by().values_list("pk", flat=True)
    return {str(pk): _url(pk) for pk in seen}


def cases(person: Any, keys: Sequence[str]) -> dict[str, str]:
    """Return the pages of these cases."""
    seen = queries.cases(person).filter(pk__in=keys).order_by().values_list("pk", flat=True)
    return {str(pk): reverse("inspection:case", args=[pk]) for pk in seen}


def _url(visit: Any) -> str:
    return reverse("inspection:visit", args=[visit])
