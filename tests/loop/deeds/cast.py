"""Who acts in the deeds, and on what: found anew each time, since a deed knows nothing of an earlier try."""

from __future__ import annotations

from typing import Any

from tests import country

INSPECTED, TO_COMMIT, COMMITTED, REVEALED, ENDED = "2026Q1", "2026Q2", "2026Q3", "2025Q1", "2025Q2"
PURPOSE = "kill in the middle of a draw"
ITEM = "镉"  # what the deeds report; what stood before them is of another item
ITEM_BEFORE = "铅"
CITY = "330100"


def person(login: str) -> Any:
    """Return a person of the story."""
    from zhiheng.people.models import Person

    return Person.objects.get(login=login)


def draw_of(period: str) -> Any:
    """Return the draw of one of the quarters that the story leaves alone."""
    from zhiheng.stages.draw.models import Draw

    return Draw.objects.get(period=period)


def draw_of_today() -> Any:
    """Return the draw that the story left half done."""
    from zhiheng.stages.draw.models import Draw

    own = (INSPECTED, TO_COMMIT, COMMITTED, REVEALED, ENDED)
    evaluations = Draw.objects.filter(obligation__purpose="evaluation")
    return evaluations.exclude(period__in=(*country.QUARTERS, *own)).get()


def visit_of_today(place: int) -> Any:
    """Return a visit of the draw of today by its place in the draw; the story left the last ones open."""
    from zhiheng.stages.inspection.models import Visit

    of_today = Visit.objects.filter(draw=draw_of_today(), selection__is_reserve=False)
    return list(of_today.order_by("selection__ticket"))[place]


def waiting_samples() -> list[Any]:
    """Return the samples of today at a laboratory of which nothing is known but what a deed reported.

    One that its laboratory refused is at no laboratory.
    """
    from zhiheng.stages.inspection.models import Sample

    held = Sample.objects.filter(visit__draw=draw_of_today()).exclude(lab="").order_by("seal_no")
    held = held.exclude(visit__state="returned")
    return [one for one in held if set(one.results.values_list("item", flat=True)) <= {ITEM}]


def measured(value: str, item: str = ITEM) -> dict[str, Any]:
    """Return what a laboratory reports today of an item that may reach 0.5 mg/kg."""
    from zhiheng.people import clock

    return {
        "item": item,
        "method": "DEMO-T 1-2023",
        "value": value,
        "unit": "mg/kg",
        "limit": "0.5",
        "limit_kind": "upper",
        "reported_on": clock.today(),
    }


def failing_case(seal_no_place: int) -> Any:
    """Return one of the cases that stood before: of the sample at this place among those of its item."""
    from zhiheng.stages.inspection.models import Case, Result

    of_item = Result.objects.filter(item=ITEM_BEFORE).order_by("sample__seal_no")
    return Case.objects.get(visit=list(of_item)[seal_no_place].sample.visit)
